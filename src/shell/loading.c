/* What load and watch share: options, and words on what was read. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/outfile.h"
#include "fitting.h"
#include "loading.h"
#include "help_inside.h"

const struct option_row loading_table[] = {
    {"format", OPTION_WORD, 0, 0, source_formats, "auto",
     "of the files; auto: by their first bytes"},
    {"subject", OPTION_COLUMN, 0, 0, NULL, NULL,
     "column that names the animal; none: the file's name"},
    {"session", OPTION_COLUMN, 0, 0, NULL, NULL, "column of the session"},
    {"trial", OPTION_COLUMN, 0, 0, NULL, NULL, "column of the trial's number"},
    {"date", OPTION_COLUMN, 0, 0, NULL, NULL, "column of the date; sessions go by it"},
    {"stimulus", OPTION_COLUMN, 0, 0, NULL, NULL,
     "column of the signed stimulus (right > 0), COLUMN:VALUE=NUMBER,... or none"},
    {"left", OPTION_COLUMN, 0, 0, NULL, NULL, "column of the contrast on the left"},
    {"right", OPTION_COLUMN, 0, 0, NULL, NULL, "column of the contrast on the right"},
    {"choice", OPTION_COLUMN, 0, 0, NULL, NULL,
     "column of the choice, COLUMN:VALUE=left,VALUE=right,VALUE=missed or none"},
    {"reward", OPTION_COLUMN, 0, 0, NULL, NULL,
     "column of the reward, COLUMN:VALUE=1,VALUE=0,VALUE=missed or none"},
    {"answer", OPTION_COLUMN, 0, 0, NULL, NULL,
     "column of the correct side, COLUMN:VALUE=left,VALUE=right or none"},
    {"contrast", OPTION_WORD, 0, 0, "auto|raw|tanh5", "auto",
     "tanh5: tanh(5 c) / tanh 5; auto: for the IBL's own files"},
    {"center", OPTION_NUMBER, 0, 0, NULL, NULL, "stimulus that is neither left nor right"},
    {"divide", OPTION_NUMBER, 0, 0, NULL, NULL, "stimuli are divided by it"},
    {"scale", OPTION_WORD, 0, 0, "linear|log2", "linear", "log2: octaves from center="},
    {"flip", OPTION_WORD, 0, 0, "none|stimulus|choice|both", "none", "turn left and right round"},
    {"missing_reward", OPTION_WORD, 0, 0, "drop|half", "drop",
     "trials of unknown reward: leave them out, or reward 0.5"},
    {"missed", OPTION_WORD, 0, 0, "drop|gap", "drop",
     "trials left out: never were, or leave a gap before which no prevchoice or lag looks"},
    {"dates", OPTION_WORD, 0, 0, "auto|ymd|dmy|mdy", "auto", "order of year, month, day in dates"},
    {"copies", OPTION_WORD, 0, 0, "refuse|keep", "refuse", "sessions that are there twice"},
    {"strict", OPTION_WORD, 0, 0, "yes|no", "no",
     "yes: a bad session of many refuses the load, else it is named and left out"},
    {"names", OPTION_TEXT, 0, 0, NULL, NULL,
     "what files' names tell: {subject}_{date}_s{session}.csv, {} for anything"},
    {"header", OPTION_WORD, 0, 0, "yes|no", "yes",
     "no: text without it; columns are numbered from 1"},
    {"skip", OPTION_INTEGER, 0, 1000000, NULL, "0", "lines of text before the header"},
    {"comment", OPTION_TEXT, 0, 0, NULL, NULL,
     "lines of text that begin with this are not rows; before the header # is known"},
    {"separator", OPTION_TEXT, 0, 0, NULL, NULL,
     "between columns of text: comma, semicolon, tab, blanks or a character"},
    {"decimal", OPTION_TEXT, 0, 0, NULL, NULL, "decimal point of text, if it is not a point"},
    {"thousands", OPTION_TEXT, 0, 0, NULL, NULL, "what groups digits in text"},
    {"every", OPTION_NUMBER, .1, 3600, NULL, "2", "seconds between looks at the file, of watch"},
    {"times", OPTION_INTEGER, 1, 1000000000, NULL, NULL, "readings after which watch ends"},
    {"as", OPTION_TEXT, 0, 0, NULL, NULL, "name of the cohort; default: the file's"},
    {0},
};

void loading_release(void *data)
{
    struct load *load = data;
    if (!load)
        return;
    cohort_drop(load->cohort);
    for (size_t i = 0; i < load->options.n_paths; i++)
        free(load->paths[i]);
    free(load->paths);
    free(load->said);
    args_free(&load->args);
    free(load);
}

/* How many lines. */
static size_t count_lines(const char *text)
{
    size_t n = 0;
    for (; *text; text++)
        n += *text == '\n';
    return n;
}

/* The first two oddities in short: "odd (3 things, see `data`): ...; ...". */
static void load_verdict(const char *notes, struct strbuf *out)
{
    enum { SHOWN = 2, LONGEST = 160 };
    size_t n = count_lines(notes), k = 0;
    if (n == 0) {
        strbuf_puts(out, "nothing odd was found");
        return;
    }
    if (n > SHOWN)
        strbuf_printf(out, "odd (%zu things, see `data`): ", n);
    else
        strbuf_puts(out, "odd: ");
    for (const char *p = notes; k < SHOWN && *p; k++) {
        size_t length = strcspn(p, "\n"), shown = length < LONGEST ? length : LONGEST;
        while (shown < length && (p[shown] & 0xc0) == 0x80)
            shown--;
        strbuf_puts(out, k ? "; " : "");
        strbuf_add(out, p, shown);
        strbuf_puts(out, shown < length ? "..." : "");
        p += length + 1;
    }
}

/* One paragraph of at most `lines` lines. */
static void load_paragraph(const struct output *to, const char *words, size_t lines,
                           struct strbuf *out)
{
    struct strbuf text = {0};
    help_text_fill(&text, words, 2, to->width > 40 ? to->width : 40);
    const char *end = strbuf_text(&text);
    for (size_t i = 0; i < lines && *end; i++)
        end += strcspn(end, "\n") + 1;
    strbuf_add(out, strbuf_text(&text), (size_t)(end - strbuf_text(&text)));
    if (*end) {
        strbuf_cut(out, out->len - 1);
        strbuf_puts(out, " ...\n");
    }
    strbuf_free(&text);
}

/* "13 animals, 66,375 trials (7,318 with unknown reward dropped; `data` says more)" */
static void load_words(const struct cohort *cohort, struct strbuf *out)
{
    const struct load_report *report = &cohort->report;
    char buf[NUMBER_SIZE];
    size_t n = 0;
    cohort_words(cohort, out);
    if (report->n_no_choice > 0)
        strbuf_printf(out, "%s%s no-go dropped", n++ ? ", " : " (",
                      number_grouped(buf, (long long)report->n_no_choice));
    if (report->n_no_reward > 0)
        strbuf_printf(out, "%s%s with unknown reward %s", n++ ? ", " : " (",
                      number_grouped(buf, (long long)report->n_no_reward),
                      report->reward_half ? "kept at one half" : "dropped");
    if (n > 0)
        strbuf_puts(out, "; `data` says more)");
}

void loading_tell(const struct cohort *cohort, struct output *out)
{
    struct strbuf text = {0};
    load_words(cohort, &text);
    output_say(out, "%s", strbuf_text(&text));
    strbuf_reset(&text);
    struct strbuf words = {0};
    strbuf_printf(&words, "%s; columns: %s", cohort->report.sides, cohort->report.mapping);
    load_paragraph(out, strbuf_text(&words), 2, &text);
    strbuf_reset(&words);
    load_verdict(cohort->report.notes, &words);
    load_paragraph(out, strbuf_text(&words), 2, &text);
    strbuf_free(&words);
    if (text.len > 0)
        output_block(out, text.text);
    strbuf_free(&text);
    tell_report(cohort, out);
}

/* The cohort that comes with the program, unless there is a file of that name. */
static char *load_path(const char *word)
{
    char *shipped = strcmp(word, "sample") == 0 && access(word, F_OK) != 0
                        ? shipped_path("sample.csv.gz")
                        : NULL;
    return shipped ? shipped : path_expand(word);
}

/* NULL, or the one character that the option is or names; false when it is none. */
static bool load_character(const struct args *args, const char *name, char *out, struct err *err)
{
    static const struct {
        const char *name;
        char c;
    } words[] = {{"comma", ','}, {"semicolon", ';'}, {"tab", '\t'}, {"blanks", ' '},
                 {"blank", ' '}, {"space", ' '},     {"\\t", '\t'}, {"point", '.'}};
    const char *text = args_text(args, loading_table, name);
    *out = '\0';
    if (!text)
        return true;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(text, words[i].name) == 0)
            *out = words[i].c;
    if (!*out && strlen(text) == 1)
        *out = *text;
    return *out ||
           err_at(err, ERR_USAGE, args_column(args, name),
                  "load: %s=%s: it takes one character, or a word such as comma", name, text);
}

static bool load_layout_take(struct load *load, struct err *err)
{
    const struct args *args = &load->args;
    struct load_options *o = &load->options;
    const char *flip = args_text(args, loading_table, "flip");
    const char *dates = args_text(args, loading_table, "dates");
    o->flip_stimulus = strcmp(flip, "stimulus") == 0 || strcmp(flip, "both") == 0;
    o->flip_choice = strcmp(flip, "choice") == 0 || strcmp(flip, "both") == 0;
    o->dates = strcmp(dates, "ymd") == 0   ? LOAD_DATES_YMD
               : strcmp(dates, "dmy") == 0 ? LOAD_DATES_DMY
               : strcmp(dates, "mdy") == 0 ? LOAD_DATES_MDY
                                           : LOAD_DATES_AUTO;
    o->strict = strcmp(args_text(args, loading_table, "strict"), "yes") == 0;
    o->keep_copies = strcmp(args_text(args, loading_table, "copies"), "keep") == 0;
    o->no_header = strcmp(args_text(args, loading_table, "header"), "no") == 0;
    o->skip = (size_t)args_integer(args, loading_table, "skip");
    o->comment = args_text(args, loading_table, "comment");
    o->names = args_text(args, loading_table, "names");
    o->scale = strcmp(args_text(args, loading_table, "scale"), "log2") == 0 ? LOAD_SCALE_LOG2
                                                                            : LOAD_SCALE_NONE;
    o->center = args_given(args, "center") ? args_number(args, loading_table, "center") : 0;
    o->divide = args_given(args, "divide") ? args_number(args, loading_table, "divide") : 0;
    if (args_given(args, "divide") && !(o->divide > 0))
        return err_at(err, ERR_USAGE, args_column(args, "divide"),
                      "load: divide= takes a number above 0; flip=stimulus turns sides round");
    return load_character(args, "separator", &o->separator, err) &&
           load_character(args, "decimal", &o->decimal, err) &&
           load_character(args, "thousands", &o->thousands, err);
}

static void load_options_take(struct load *load)
{
    const struct args *args = &load->args;
    struct load_options *o = &load->options;
    o->n_paths = args_positional(args);
    load->paths = mem_new(o->n_paths, sizeof *load->paths);
    for (size_t i = 0; i < o->n_paths; i++)
        load->paths[i] = load_path(args_at(args, i));
    o->paths = (const char *const *)load->paths;
    o->format = args_text(args, loading_table, "format");
    const char *contrast = args_text(args, loading_table, "contrast");
    o->contrast = strcmp(contrast, "tanh5") == 0 ? LOAD_CONTRAST_TANH5
                  : strcmp(contrast, "raw") == 0 ? LOAD_CONTRAST_RAW
                                                 : LOAD_CONTRAST_AUTO;
    o->missing_reward = strcmp(args_text(args, loading_table, "missing_reward"), "half") == 0
                            ? LOAD_MISSING_HALF
                            : LOAD_MISSING_DROP;
    o->missed = strcmp(args_text(args, loading_table, "missed"), "gap") == 0 ? LOAD_MISSED_GAP
                                                                             : LOAD_MISSED_DROP;
    const struct {
        const char *name, **to;
    } columns[] = {
        {"subject", &o->subject}, {"session", &o->session},   {"trial", &o->trial},
        {"date", &o->date},       {"stimulus", &o->stimulus}, {"left", &o->left},
        {"right", &o->right},     {"choice", &o->choice},     {"reward", &o->reward},
        {"answer", &o->answer},   {"as", &o->name},
    };
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
        *columns[i].to = args_text(args, loading_table, columns[i].name);
}

/* Files and options, to be typed again. */
static char *say_again(const struct args *args)
{
    struct strbuf text = {0};
    for (size_t i = 0; i < args->n; i++) {
        const struct arg *arg = &args->items[i];
        const char *quote = !strpbrk(arg->value, " ;#'\"\\") ? ""
                            : strchr(arg->value, '"')        ? "'"
                                                             : "\"";
        strbuf_printf(&text, "%s%s%s%s%s%s", i ? " " : "", arg->name ? arg->name : "",
                      arg->name ? "=" : "", quote, arg->value, quote);
    }
    return strbuf_take(&text);
}

void loading_remember(struct session *session, const struct load *load)
{
    static const char *const own[] = {"as", "every", "times"}; /* of this one load */
    args_free(&session->loaded);
    session->loaded = (struct args){0};
    for (size_t i = 0; i < load->args.n; i++) {
        const struct arg *arg = &load->args.items[i];
        bool kept = arg->name != NULL;
        for (size_t k = 0; kept && k < sizeof own / sizeof *own; k++)
            kept = strcmp(arg->name, own[k]) != 0;
        if (kept)
            args_set(&session->loaded, arg->name, arg->value, 0);
    }
}

struct load *loading_new(const struct session *session, const struct args *args, struct err *err)
{
    struct load *load = mem_new(1, sizeof *load);
    load->args = args_copy(args);
    for (size_t i = 0; session && i < session->schema.n; i++)
        if (!args_given(args, session->schema.items[i].name))
            args_set(&load->args, session->schema.items[i].name, session->schema.items[i].value, 0);
    load_options_take(load);
    load->options.said = load->said = say_again(&load->args);
    if (load_layout_take(load, err))
        return load;
    loading_release(load);
    return NULL;
}

char *loading_label(const struct load *load, const char *verb)
{
    const char *first = args_at(&load->args, 0), *slash = strrchr(first, '/');
    const char *name = slash && slash[1] ? slash + 1 : first;
    char *label = mem_printf("%s %s", verb, name);
    return label;
}
