#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/outfile.h"
#include "deltaw/data/load.h"
#include "../state.h"

static const struct option_row load_table[] = {
    {"format", OPTION_WORD, 0, 0, load_formats, "auto", "of the files; auto: by their first bytes"},
    {"subject", OPTION_COLUMN, 0, 0, NULL, NULL, "column that names the animal"},
    {"session", OPTION_COLUMN, 0, 0, NULL, NULL, "column of the session"},
    {"trial", OPTION_COLUMN, 0, 0, NULL, NULL, "column of the trial's number"},
    {"date", OPTION_COLUMN, 0, 0, NULL, NULL, "column of the date; sessions go by it"},
    {"stimulus", OPTION_COLUMN, 0, 0, NULL, NULL, "column of the signed stimulus (right > 0)"},
    {"left", OPTION_COLUMN, 0, 0, NULL, NULL, "column of the contrast on the left"},
    {"right", OPTION_COLUMN, 0, 0, NULL, NULL, "column of the contrast on the right"},
    {"choice", OPTION_COLUMN, 0, 0, NULL, NULL, "column of the choice"},
    {"reward", OPTION_COLUMN, 0, 0, NULL, NULL, "column of the reward"},
    {"answer", OPTION_COLUMN, 0, 0, NULL, NULL, "column of the correct side"},
    {"contrast", OPTION_WORD, 0, 0, "raw|tanh5", "raw", "tanh5: tanh(5 c) / tanh 5, as for IBL"},
    {"missing_reward", OPTION_WORD, 0, 0, "drop|half", "drop",
     "trials of unknown reward: leave them out, or reward 0.5"},
    {"as", OPTION_TEXT, 0, 0, NULL, NULL, "name of the cohort; default: the file's"},
    {0},
};

struct load {
    struct args args; /* what `options` points into */
    char **paths;
    struct load_options options;
    struct cohort *cohort;
};

static void load_release(void *data)
{
    struct load *load = data;
    cohort_drop(load->cohort);
    for (size_t i = 0; i < load->options.n_paths; i++)
        free(load->paths[i]);
    free(load->paths);
    args_free(&load->args);
    free(load);
}

static bool load_work(void *data, struct task *task, struct err *err)
{
    struct load *load = data;
    load->options.cancel = &task->job.stop;
    load->options.permille = &task->job.permille;
    return cohort_load(&load->options, &load->cohort, err);
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

static bool load_finish(struct session *session, void *data, struct output *out, struct err *err)
{
    (void)err;
    struct load *load = data;
    const struct cohort *cohort = load->cohort;
    struct strbuf text = {0};
    load_words(cohort, &text);
    output_say(out, "%s", strbuf_text(&text));
    strbuf_reset(&text);
    if (cohort->report.mapping) {
        char *mapping = clean_text(cohort->report.mapping);
        strbuf_puts(&text, "columns: ");
        text_fill(&text, mapping, 2, out->width > 40 ? out->width : 40);
        free(mapping);
    }
    if (cohort->report.sides) {
        char *sides = clean_text(cohort->report.sides);
        strbuf_puts(&text, sides);
        free(sides);
    }
    if (text.len > 0)
        output_block(out, text.text);
    strbuf_free(&text);
    output_field_text(out, "name", cohort->name);
    output_field_number(out, "animals", (double)cohort->n_animals);
    output_field_number(out, "trials", (double)cohort->n_trials);
    output_field_number(out, "rows", (double)cohort->report.n_rows);
    output_field_number(out, "no_choice", (double)cohort->report.n_no_choice);
    output_field_number(out, "no_reward", (double)cohort->report.n_no_reward);
    session_push_cohort(session, load->cohort, false);
    load->cohort = NULL;
    return true;
}

/* The cohort that comes with the program, unless a file has its name. */
static char *load_path(const char *word)
{
    char *shipped = strcmp(word, "sample") == 0 && access(word, F_OK) != 0
                        ? shipped_path("sample.csv.gz")
                        : NULL;
    return shipped ? shipped : path_expand(word);
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
    o->format = args_text(args, load_table, "format");
    o->contrast = strcmp(args_text(args, load_table, "contrast"), "tanh5") == 0
                      ? LOAD_CONTRAST_TANH5
                      : LOAD_CONTRAST_RAW;
    o->missing_reward = strcmp(args_text(args, load_table, "missing_reward"), "half") == 0
                            ? LOAD_MISSING_HALF
                            : LOAD_MISSING_DROP;
    const struct {
        const char *name, **to;
    } columns[] = {
        {"subject", &o->subject}, {"session", &o->session},   {"trial", &o->trial},
        {"date", &o->date},       {"stimulus", &o->stimulus}, {"left", &o->left},
        {"right", &o->right},     {"choice", &o->choice},     {"reward", &o->reward},
        {"answer", &o->answer},   {"as", &o->name},
    };
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
        *columns[i].to = args_text(args, load_table, columns[i].name);
}

static bool load_run(struct session *session, const struct args *args, struct output *out,
                     struct err *err)
{
    (void)out;
    struct load *load = mem_new(1, sizeof *load);
    load->args = args_copy(args);
    load_options_take(load);
    const char *first = args_at(args, 0), *slash = strrchr(first, '/');
    char *name = clean_text(slash && slash[1] ? slash + 1 : first);
    char *label = mem_printf("loading %s", name);
    free(name);
    return task_start(session, label, load, load_work, load_finish, load_release, err);
}

extern const struct command command_load;
const struct command command_load = {
    .name = "load",
    .group = GROUP_DATA,
    .arguments = "FILE... [name=value]...",
    .summary = "read trial logs: CSV, plain or gzip",
    .detail = "The native log has the columns subject,session,trial,stimulus,choice,reward "
              "(choice 0 left, 1 right; reward 0 or 1; stimulus negative left).  Other names are "
              "found without regard to case, blanks and underscores, or told by COLUMN options; "
              "what was taken is printed.  Several files make one cohort.  If anything is wrong "
              "nothing is loaded and the cohort that was open stays.  `load sample` is the "
              "simulated cohort that comes with the program.",
    .examples = "load sample\n"
                "load mice.csv.gz\n"
                "load mice.csv.gz stimulus=stimulus choice=choice as=mine\n"
                "load mice.csv.gz missing_reward=half",
    .options = load_table,
    .positional_type = OPTION_FILE,
    .endings = load_endings,
    .first_words = "sample",
    .positional_min = 1,
    .positional_max = 10000,
    .following_type = OPTION_FILE,
    .run = load_run,
};
