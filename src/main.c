/* Flags; picks the full screen, the line REPL or batch. */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/number.h"
#include "deltaw/base/rng.h"
#include "deltaw/draw/figure.h"
#include "deltaw/learn/engine.h"
#include "deltaw/screen/host.h"
#include "deltaw/shell/help.h"

#ifndef PACKAGE_VERSION
#define PACKAGE_VERSION "unknown"
#endif

enum flag {
    FLAG_PLAIN = 256,
    FLAG_ASCII,
    FLAG_COLOUR,
    FLAG_JSON,
    FLAG_CSV,
    FLAG_THREADS,
    FLAG_SEED,
    FLAG_NO_RC,
    FLAG_KEEP_GOING,
    FLAG_LOG,
    FLAG_HELP,
    FLAG_HELP_MDOC,
    FLAG_HELP_SCHEMA,
    FLAG_VERSION,
};

static const char usage[] =
    "Usage: deltaw [OPTION]... [FILE]...\n"
    "       deltaw [OPTION]... -c 'COMMAND' [-c ...] | -f SCRIPT | < SCRIPT\n"
    "Infer how animals learn: load logs of trials, fit learning rules, see the maps.\n"
    "\n"
    "Without -c or -f the explorer opens, with the FILEs loaded; on a pipe, or where\n"
    "the terminal cannot do it, commands are read line by line.\n"
    "\n"
    "  -c COMMAND       run COMMAND and exit; may be given many times\n"
    "  -f SCRIPT        run the commands of a file (-: stdin) and exit\n"
    "  -i               stay after -c and -f\n"
    "      --plain      lines of text, no full screen\n"
    "      --ascii      draw with 7-bit characters only\n"
    "      --color=WHEN auto, always, never, 16, 256, truecolor\n"
    "      --json       one JSON object a command\n"
    "      --csv        tables only, as CSV\n"
    "      --threads N  threads of a fit and of a map; 0: all cores\n"
    "      --seed N     seed of what draws random numbers\n"
    "      --no-rc      do not run the rc file\n"
    "      --keep-going go on after a command that failed\n"
    "  -q               no progress and no remarks on stderr\n"
    "      --log FILE   write the commands to FILE, to be run again\n"
    "      --help       this text\n"
    "      --version    the version; with -v also kernels and libraries\n"
    "\n"
    "Exit status: 0 fine, 1 a command failed, 2 usage, 3 data refused,\n"
    "4 a check failed, 130 interrupted.  `help` within lists the commands.\n";

static const struct option flags[] = {
    {"plain", no_argument, NULL, FLAG_PLAIN},
    {"ascii", no_argument, NULL, FLAG_ASCII},
    {"color", required_argument, NULL, FLAG_COLOUR},
    {"colour", required_argument, NULL, FLAG_COLOUR},
    {"json", no_argument, NULL, FLAG_JSON},
    {"csv", no_argument, NULL, FLAG_CSV},
    {"threads", required_argument, NULL, FLAG_THREADS},
    {"seed", required_argument, NULL, FLAG_SEED},
    {"no-rc", no_argument, NULL, FLAG_NO_RC},
    {"keep-going", no_argument, NULL, FLAG_KEEP_GOING},
    {"quiet", no_argument, NULL, 'q'},
    {"log", required_argument, NULL, FLAG_LOG},
    {"help", no_argument, NULL, FLAG_HELP},
    {"help-mdoc", no_argument, NULL, FLAG_HELP_MDOC},
    {"help-schema", no_argument, NULL, FLAG_HELP_SCHEMA},
    {"version", no_argument, NULL, FLAG_VERSION},
    {"verbose", no_argument, NULL, 'v'},
    {NULL, 0, NULL, 0},
};

/* The command line. */
struct command_line {
    struct host_setup setup;
    struct host_input *inputs;
    bool commands;     /* a -c or -f */
    bool stdin_script; /* -f - */
    bool stay, plain, ascii, verbose;
    const char *colour;
    int then; /* FLAG_HELP ...: do only this */
};

static bool take_number(const char *flag, const char *text, long long most, long long *out)
{
    if (number_parse_integer(text, out) && *out >= 0 && *out <= most)
        return true;
    fprintf(stderr, "deltaw: --%s takes a whole number from 0 to %lld, not '%s'\n", flag, most,
            text);
    return false;
}

static bool take_colour(struct command_line *line, const char *when)
{
    static const char *const known[] = {"auto", "always", "never", "16", "256", "truecolor", NULL};
    for (size_t i = 0; known[i]; i++)
        if (strcmp(when, known[i]) == 0) {
            line->colour = known[i];
            return true;
        }
    fprintf(stderr, "deltaw: --color takes auto, always, never, 16, 256 or truecolor, not '%s'\n",
            when);
    return false;
}

static bool take_mode(struct command_line *line, enum output_mode mode)
{
    if (line->setup.mode != OUTPUT_TEXT && line->setup.mode != mode) {
        fprintf(stderr, "deltaw: --json and --csv exclude each other\n");
        return false;
    }
    line->setup.mode = mode;
    return true;
}

static void add_input(struct command_line *line, int kind, const char *text)
{
    line->inputs = mem_resize(line->inputs, line->setup.n_inputs + 1, sizeof *line->inputs);
    line->inputs[line->setup.n_inputs++] = (struct host_input){.kind = kind, .text = text};
    line->setup.inputs = line->inputs;
}

static bool take_flag(struct command_line *line, int flag, const char *value)
{
    long long number;
    switch (flag) {
    case 'c':
        line->commands = true;
        add_input(line, INPUT_COMMAND, value);
        return true;
    case 'f':
        line->commands = true;
        line->stdin_script = line->stdin_script || strcmp(value, "-") == 0;
        add_input(line, INPUT_SCRIPT, value);
        return true;
    case 'i': line->stay = true; return true;
    case 'q': line->setup.quiet = true; return true;
    case 'v': line->verbose = true; return true;
    case FLAG_PLAIN: line->plain = true; return true;
    case FLAG_ASCII: line->ascii = true; return true;
    case FLAG_COLOUR: return take_colour(line, value);
    case FLAG_JSON: return take_mode(line, OUTPUT_JSON);
    case FLAG_CSV: return take_mode(line, OUTPUT_CSV);
    case FLAG_THREADS:
        if (!take_number("threads", value, 1024, &number))
            return false;
        line->setup.session.threads = (int)number;
        return true;
    case FLAG_SEED:
        if (!take_number("seed", value, SEED_MOST, &number))
            return false;
        line->setup.session.seed = (uint64_t)number;
        line->setup.session.seeded = true;
        return true;
    case FLAG_NO_RC: line->setup.no_rc = true; return true;
    case FLAG_KEEP_GOING: line->setup.session.keep_going = true; return true;
    case FLAG_LOG: line->setup.log = value; return true;
    case FLAG_HELP:
    case FLAG_HELP_MDOC:
    case FLAG_HELP_SCHEMA:
    case FLAG_VERSION: line->then = line->then ? line->then : flag; return true;
    default: return false; /* getopt_long has complained */
    }
}

static bool take_command_line(struct command_line *line, int argc, char **argv)
{
    static char name[] = "deltaw"; /* in getopt's own messages */
    argv[0] = name;
    for (int flag; (flag = getopt_long(argc, argv, "c:f:iqv", flags, NULL)) != -1;)
        if (!take_flag(line, flag, optarg)) {
            fprintf(stderr, "deltaw: `deltaw --help` lists the options\n");
            return false;
        }
    for (int i = optind; i < argc; i++)
        add_input(line, INPUT_LOG_FILE, argv[i]);
    return true;
}

/* --- what is only printed --------------------------------------------------------- */

/* Everything must have reached stdout. */
static int printed(int code)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return code;
    if (errno != EPIPE)
        fprintf(stderr, "deltaw: standard output: %s\n", strerror(errno));
    return ERR_FAILED;
}

static void print_version(bool verbose)
{
    printf("deltaw %s\n", PACKAGE_VERSION);
    if (!verbose)
        return;
    printf("kernels:");
    for (size_t i = 0; engine_at(i); i++)
        printf(" %s", engine_at(i)->name);
    struct strbuf libraries = {0};
    host_libraries(&libraries);
    printf(" double; in use: %s\nlibraries: %s, %s\n", engine_name(), strbuf_text(&libraries),
           figure_library() ? figure_library() : "no cairo (no figures)");
    strbuf_free(&libraries);
}

static int print_made(bool (*make)(struct strbuf *out))
{
    struct strbuf text = {0};
    bool good = make(&text);
    fputs(strbuf_text(&text), stdout);
    strbuf_free(&text);
    return good ? 0 : ERR_FAILED;
}

static int print_only(const struct command_line *line)
{
    int code = 0;
    if (line->then == FLAG_HELP)
        fputs(usage, stdout);
    else if (line->then == FLAG_HELP_MDOC)
        code = print_made(help_mdoc);
    else if (line->then == FLAG_HELP_SCHEMA)
        code = print_made(help_schema);
    else
        print_version(line->verbose);
    return printed(code);
}

/* --- which host ---------------------------------------------------------------------- */

/* An explicit --color beats NO_COLOR (set and not empty), which beats what the
 * terminal can. */
static int pick_colours(const struct command_line *line, bool terminal)
{
    const char *no_colour = getenv("NO_COLOR"), *colour = line->colour ? line->colour : "auto";
    int can = host_ability().colours;
    if (strcmp(colour, "never") == 0)
        return 0;
    if (strcmp(colour, "16") == 0)
        return 16;
    if (strcmp(colour, "256") == 0)
        return 256;
    if (strcmp(colour, "truecolor") == 0)
        return COLOURS_DIRECT;
    if (strcmp(colour, "always") == 0)
        return can ? can : 256;
    if (line->colour == NULL && no_colour && *no_colour)
        return 0;
    return terminal ? can : 0;
}

/* A full screen was to be expected. */
static void tell_lines(void)
{
    struct strbuf why = {0};
    if (host_why_lines(&why))
        fprintf(stderr, "deltaw: %s\n", strbuf_text(&why));
    strbuf_free(&why);
}

static int run(struct command_line *line)
{
    struct err err = {0};
    if (!engine_check(&err)) {
        fprintf(stderr, "deltaw: %s\n", err.message);
        return err.code;
    }
    bool in = isatty(STDIN_FILENO), out = isatty(STDOUT_FILENO);
    struct host_setup *setup = &line->setup;
    setup->style = (struct style){
        .ascii = line->ascii || strcmp(nl_langinfo(CODESET), "UTF-8") != 0,
        .colours = pick_colours(line, out),
        .dark = true,
    };
    if (!line->stay && (line->commands || !in))
        return host_batch(setup, !line->commands);
    if (in && out && !line->plain && setup->mode == OUTPUT_TEXT && host_ability().full)
        return host_screen(setup);
    if (in && out && !line->plain && setup->mode == OUTPUT_TEXT && !setup->quiet)
        tell_lines();
    return host_line(setup);
}

/* A closed descriptor would be given to the next file opened, and then written
 * into.  stdout becomes one that refuses, so that lost results are noticed. */
static void open_standard(void)
{
    static const int modes[] = {O_RDONLY, O_RDONLY, O_RDWR};
    for (int fd = 0; fd < 3; fd++)
        if (fcntl(fd, F_GETFD) < 0 && errno == EBADF && open("/dev/null", modes[fd]) != fd)
            _exit(ERR_FAILED);
}

int main(int argc, char **argv)
{
    open_standard();
    setlocale(LC_CTYPE, ""); /* and no other: numbers keep the point */
    blas_prepare();
    struct command_line line = {0};
    int code;
    if (!take_command_line(&line, argc, argv))
        code = ERR_USAGE;
    else if (line.then)
        code = print_only(&line);
    else
        code = run(&line);
    free(line.inputs);
    if (code & HOST_AT_WORK) { /* what exit() would run is in use */
        fflush(stdout);
        _exit(code & ~HOST_AT_WORK);
    }
    return code;
}
