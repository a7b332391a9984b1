#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/rng.h"
#include "deltaw/study/check.h"
#include "deltaw/study/bias.h"
#include "../check_bias.h"
#include "../fitting.h"
#include "../help_inside.h"
#include "../state.h"

#define FIELDS(...) __VA_ARGS__
static const struct option_row check_table[] = {
#define UNITS "8"
#define SETTING(...)
#define SHAPE(id, fields, ...) {.name = #id, FIELDS fields},
#include "deltaw/learn/settings.def"
    {"seed", OPTION_INTEGER, 0, SEED_MOST, NULL, "99", "of the parameters and trials"},
    {"by", OPTION_MODEL, 0, 0, NULL, NULL,
     "rule: the network whose settings the refit has; without it dnn optimizer=fast"},
    {0},
};

enum { CHECK_RULES = 64, CHECK_ROWS = RULE_MAX_TENSORS + 1 };

struct check {
    uint64_t seed;
    size_t n;
    const struct rule *rules[CHECK_RULES];
    struct rule_shape shapes[CHECK_RULES];
    struct gradient_row rows[CHECK_RULES][CHECK_ROWS];
    size_t n_rows[CHECK_RULES];
    struct err failed; /* ERR_CHECK: the rows exist all the same */
};

static bool check_work(void *data, struct task *task, struct err *err)
{
    struct check *check = data;
    for (size_t i = 0; i < check->n; i++) {
        struct err one = {0};
        if (atomic_load(&task->job.stop))
            return err_set(err, ERR_INTERRUPTED, "check: interrupted");
        atomic_store(&task->job.permille, (int)(1000 * i / check->n));
        if (!fit_check_gradient(check->rules[i], &check->shapes[i], check->seed, check->rows[i],
                                &check->n_rows[i], &one)) {
            if (one.code != ERR_CHECK) {
                *err = one;
                return false;
            }
            if (check->failed.code == ERR_NONE) /* the first; the table has all */
                check->failed = one;
        }
    }
    return true;
}

static const struct column gradient_columns[] = {
    {"rule", .type = COLUMN_TEXT},
    {"tensor", .type = COLUMN_TEXT},
    {"entries", .type = COLUMN_COUNT},
    {"kinks", .type = COLUMN_COUNT},
    {"signs", .type = COLUMN_COUNT},
    {"norm", .type = COLUMN_NUMBER, .digits = 4},
    {"error", .type = COLUMN_NUMBER, .digits = 3},
    {"result", .type = COLUMN_TEXT},
    {0},
};

static bool check_finish(struct session *session, void *data, struct output *out, struct err *err)
{
    (void)session;
    struct check *check = data;
    struct table table = {0};
    table_declare(&table, gradient_columns);
    for (size_t r = 0; r < check->n; r++)
        for (size_t i = 0; i < check->n_rows[r]; i++) {
            const struct gradient_row *row = &check->rows[r][i];
            table_add(
                &table, 3,
                (const char *[]){check->rules[r]->name, row->tensor, row->passed ? "ok" : "FAILED"},
                5, (double[]){row->size, row->n_kinks, row->n_signs, row->norm, row->error});
        }
    output_table(out, "gradient", &table);
    table_free(&table);
    if (check->failed.code != ERR_NONE)
        return err_set(err, ERR_CHECK, "%s", check->failed.message);
    output_say(out, "the gradient agrees with central differences in every tensor of %zu rule%s",
               check->n, check->n == 1 ? "" : "s");
    output_field_number(out, "rules", (double)check->n);
    return true;
}

/* --- check data ---------------------------------------------------------------- */

struct look_over {
    struct cohort *cohort;
    struct cohort_check check;
    struct table animals;
    struct animal_verdict *verdicts; /* [n_animals] */
    size_t n_failed, n_looks;        /* animals */
};

static void data_release(void *data)
{
    struct look_over *look = data;
    cohort_drop(look->cohort);
    table_free(&look->animals);
    free(look->verdicts);
    free(look);
}

static bool data_work(void *data, struct task *task, struct err *err)
{
    (void)task, (void)err;
    struct look_over *look = data;
    cohort_check(look->cohort, &look->check);
    look->verdicts = mem_new(look->cohort->n_animals, sizeof *look->verdicts);
    look->n_failed =
        cohort_check_animals(look->cohort, look->verdicts, &look->n_looks, &look->animals);
    return true;
}

/* " (first at mice.csv:117, session 3 trial 17)" */
static void data_place(const struct cohort *cohort, size_t at, const char *trial,
                       struct strbuf *out)
{
    struct strbuf place = {0};
    if (at == SIZE_MAX)
        return;
    cohort_place(cohort, at, &place);
    strbuf_printf(&place, "%s%s", place.len && *trial ? ", " : "", trial);
    if (place.len)
        strbuf_printf(out, " (first at %s)", strbuf_text(&place));
    strbuf_free(&place);
}

/* Those of the animals that are not well, the first few. */
static void data_animals(const struct look_over *look, const struct output *out,
                         struct strbuf *text)
{
    enum { SHOWN = 20 };
    size_t n = 0;
    for (size_t i = 0; i < look->animals.n_rows; i++) {
        const struct animal_verdict *v = &look->verdicts[i];
        if (strcmp(v->verdict, "ok") == 0 || n++ >= SHOWN)
            continue;
        const char *name = look->cohort->animals[i].name;
        struct strbuf words = {0};
        strbuf_printf(&words, "%s: %s", name, v->why);
        data_place(look->cohort, v->at, v->place, &words);
        strbuf_printf(text, "%-5s ", v->verdict);
        help_text_fill(text, strbuf_text(&words), 6, out->width);
        strbuf_free(&words);
    }
    if (n > SHOWN)
        strbuf_printf(text, "      and %zu animals more; --json lists all\n", n - SHOWN);
}

static bool data_finish(struct session *session, void *data, struct output *out, struct err *err)
{
    (void)session;
    struct look_over *look = data;
    const struct cohort_check *check = &look->check;
    struct table table = {0};
    struct strbuf text = {0};
    cohort_check_table(look->cohort, check, &table);
    int room = 0; /* the longest name */
    for (size_t i = 0; i < check->n; i++)
        room = (int)strlen(check->fact[i].name) > room ? (int)strlen(check->fact[i].name) : room;
    for (size_t i = 0; i < check->n; i++) {
        const struct cohort_fact *fact = &check->fact[i];
        const char *value = fact->value, *remark = fact->remark;
        strbuf_printf(&text, "%-5s %-*s  ",
                      fact->failed    ? "fail"
                      : fact->warning ? "look"
                                      : "ok",
                      room, fact->name);
        help_text_fill(&text, value, room + 8, out->width);
        if (remark[0]) {
            struct strbuf words = {0};
            strbuf_puts(&words, remark);
            if (fact->warning)
                data_place(look->cohort, fact->at, "", &words);
            strbuf_fill(&text, ' ', 6);
            help_text_fill(&text, words.text, 6, out->width);
            strbuf_free(&words);
        }
    }
    data_animals(look, out, &text);
    output_block(out, strbuf_text(&text));
    output_data(out, "facts", &table);
    output_data(out, "animals", &look->animals);
    output_field_number(out, "warnings", (double)check->n_warnings);
    output_field_number(out, "failed", (double)(check->n_failed + look->n_failed));
    output_field_number(out, "animals_failed", (double)look->n_failed);
    output_field_number(out, "animals_to_look_at", (double)look->n_looks);
    if (check->n_warnings == 0 && look->n_failed + look->n_looks == 0)
        output_say(out, "nothing to look at twice");
    strbuf_free(&text);
    table_free(&table);
    if (check->n_failed + look->n_failed == 0)
        return true;
    return err_set(err, ERR_CHECK,
                   "check data: %zu facts and %zu animals fail: see what is said "
                   "of them above",
                   check->n_failed, look->n_failed);
}

static bool data_start(struct session *session, struct err *err)
{
    const struct cohort *cohort = session_need_cohort(session, err);
    if (!cohort)
        return false;
    struct look_over *look = mem_new(1, sizeof *look);
    look->cohort = cohort_hold(cohort);
    return task_start(session, mem_text("checking the trials"), look, data_work, data_finish,
                      data_release, err);
}

static bool check_add(struct check *check, const struct rule *rule, const struct args *args,
                      struct err *err)
{
    struct fit_settings settings;
    fit_settings_default(&settings);
    if (!rule_settings(rule, args, check_table, NULL, "check", &settings, err))
        return false;
    for (size_t i = 0; i < args->n; i++) {
        const struct arg *arg = &args->items[i];
        const struct setting *row = arg->name ? setting_find(arg->name) : NULL;
        if (row && row->tensor && setting_held(row->tensor, &settings))
            return err_at(err, ERR_USAGE, arg->column,
                          "check: %s=%s: `check gradient` draws the parameters itself; it takes %s",
                          arg->name, arg->value, row->option.words);
    }
    check->rules[check->n] = rule;
    check->shapes[check->n++] = settings.shape;
    return true;
}

/* The rule named, which must take all options given; or all rules, each with those it takes. */
static bool check_pick(struct check *check, const struct args *args, struct err *err)
{
    const char *name = args_at(args, 1);
    int column = 0;
    for (size_t i = 0; name && i < args->n; i++)
        if (args->items[i].value == name)
            column = args->items[i].column;
    const struct rule *rule = name ? rule_need(name, column, "check", err) : NULL;
    if (rule && rule->no_updates)
        return err_at(err, ERR_USAGE, column,
                      "check: %s has no rule whose gradient could be checked; `rules` lists others",
                      name);
    if (name)
        return rule && rule_check_args(rule, args, "check", err) &&
               check_add(check, rule, args, err);
    for (size_t i = 0; rule_at(i) && check->n < CHECK_RULES; i++)
        if (!rule_at(i)->no_updates && !check_add(check, rule_at(i), args, err))
            return false;
    return true;
}

static bool gradient_start(struct session *session, const struct args *args, struct err *err)
{
    if (args_given(args, "by"))
        return err_at(err, ERR_USAGE, args_column(args, "by"),
                      "check gradient: by= is of `check rule MODEL`; leave it out");
    struct args all = args_copy(args);
    session_settings_seed(session, &all);
    struct check *check = mem_new(1, sizeof *check);
    check->seed = (uint64_t)args_integer(&all, check_table, "seed");
    bool good = check_pick(check, &all, err);
    args_free(&all);
    if (!good) {
        free(check);
        return false;
    }
    return task_start(session, mem_text("checking the gradient"), check, check_work, check_finish,
                      free, err);
}

static bool rule_start(struct session *session, const struct args *args, struct err *err)
{
    struct args all = args_copy(args);
    for (size_t i = 0; i < args->n; i++)
        if (args->items[i].name && !strstr("seed by", args->items[i].name)) {
            args_free(&all);
            return err_at(err, ERR_USAGE, args->items[i].column,
                          "check rule: %s= is of `check gradient`; seed= and by= are of this",
                          args->items[i].name);
        }
    session_settings_seed(session, &all);
    uint64_t seed = (uint64_t)args_integer(&all, check_table, "seed");
    args_free(&all);
    return args_at(args, 1)
               ? check_bias_start(session, args, args_text(args, check_table, "by"), seed, err)
               : err_set(err, ERR_USAGE,
                         "check rule: name a fitted textbook rule or gp: `check "
                         "rule reinforce-base1`");
}

static bool check_run(struct session *session, const struct args *args, struct output *out,
                      struct err *err)
{
    (void)out;
    const char *what = args_at(args, 0);
    if (strcmp(what, "gradient") == 0)
        return gradient_start(session, args, err);
    if (strcmp(what, "rule") == 0)
        return rule_start(session, args, err);
    if (strcmp(what, "data") != 0)
        return err_set(err, ERR_USAGE,
                       "check: '%s' is nothing to check; `check data`, `check gradient` and "
                       "`check rule MODEL` are",
                       what);
    if (args->n > 1)
        return err_set(err, ERR_USAGE,
                       "check data takes no more words; the options are those of "
                       "`check gradient`");
    return data_start(session, err);
}

static const struct answer_row check_answer[] = {
    {"gradient", .type = ANSWER_TABLE, .columns = gradient_columns, .sometimes = true},
    {"rules", .type = ANSWER_COUNT, .sometimes = true, .meaning = "that were checked"},
    {"bias", .type = ANSWER_TABLE, .columns = bias_columns, .sometimes = true},
    {"facts", .type = ANSWER_TABLE, .columns = cohort_fact_columns, .sometimes = true},
    {"animals", .type = ANSWER_TABLE, .columns = cohort_animal_columns, .sometimes = true},
    {"warnings", .type = ANSWER_COUNT, .sometimes = true},
    {"failed", .type = ANSWER_COUNT, .sometimes = true},
    {"animals_failed", .type = ANSWER_COUNT, .sometimes = true},
    {"animals_to_look_at", .type = ANSWER_COUNT, .sometimes = true},
    {0},
};

extern const struct command command_check;
const struct command command_check = {
    .name = "check",
    .group = GROUP_JUDGE,
    .arguments = "data|gradient [RULE]|rule MODEL [name=value]...",
    .summary = "look trials over; test gradients, and networks on known rules",
    .detail = "data: facts about the open cohort and a row per animal, and which to look at twice; "
              "nothing is changed.  "
              "gradient: every parameter tensor against central differences in double precision: "
              "the largest error relative to the largest entry, the entries left out since a ReLU "
              "switches within the step (kinks), and those whose signs disagree.  A check that "
              "fails ends with exit code 4.  Without a rule: all, each with the options that it "
              "takes.  The options are those of `check gradient`.  "
              "rule MODEL: agents that learn as a fitted textbook rule or gp does are run on the "
              "animals' own stimuli, a network is fitted to them, and its updates are compared "
              "with the rule's in the cells of maps: its bias, root mean square over trials, "
              "beside half the width of the rule's intervals.  `map diff=bias` shows it.",
    .examples = "check data\n"
                "check gradient hidden=4\n"
                "check gradient dnn hidden=4 lags=2 seed=3\n"
                "fit reinforce-base name=known; wait; check rule known; map diff=bias\n"
                "check gradient predict-max policy=stim+prevchoice+bias alpha_error=yes",
    .options = check_table,
    .positional_type = OPTION_TEXT,
    .positional_min = 1,
    .positional_max = 2,
    .first_words = "data|gradient|rule",
    .following_type = OPTION_RULE,
    .answer = check_answer,
    .trial_bytes = 200,
    .run = check_run,
};
