#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/rng.h"
#include "deltaw/base/utf8.h"
#include "deltaw/study/check.h"
#include "deltaw/study/diagnose.h"
#include "../help_inside.h"
#include "../state.h"

static const struct option_row diagnose_table[] = {
    {"refit", OPTION_WORD, 0, 0, "yes|no", "yes",
     "fit the textbook rule again where a lapse or other start weights are missing, to say how "
     "much they gain"},
    {"loop", OPTION_INTEGER, 0, 10000, NULL, "0",
     "runs of agents in closed loop, at least 100 for a verdict; 0: none"},
    {"seed", OPTION_INTEGER, 0, SEED_MOST, NULL, "99", "of these"},
    {0},
};

/* A model's; without one the cohort's. */
struct diagnosing {
    struct cohort *cohort;
    struct model *model; /* NULL: the cohort */
    bool refit;
    size_t runs;
    uint64_t seed;
    struct loop *loop; /* NULL: none, or the session has it */
    size_t n_others;
    struct model **others;
    struct diagnosis diagnosis;
    struct cohort_check facts;
};

static void diagnosing_release(void *data)
{
    struct diagnosing *d = data;
    for (size_t i = 0; i < d->n_others; i++)
        model_drop(d->others[i]);
    loop_free(d->loop);
    model_drop(d->model);
    cohort_drop(d->cohort);
    free(d->others);
    free(d);
}

static bool diagnosing_work(void *data, struct task *task, struct err *err)
{
    struct diagnosing *d = data;
    if (!d->model) {
        cohort_check(d->cohort, &d->facts);
        return true;
    }
    const struct diagnosis_request request = {.model = d->model,
                                              .cohort = d->cohort,
                                              .n_others = d->n_others,
                                              .others = d->others,
                                              .refit = d->refit,
                                              .job = &task->job};
    if (!diagnosis_run(&request, &d->diagnosis, err))
        return false;
    if (d->runs == 0)
        return true;
    if (!loop_run(d->model, d->cohort, d->runs, d->seed, &task->job, &d->loop, err))
        return false;
    diagnosis_loop(d->loop, &d->diagnosis);
    return true;
}

/* The facts of `check data` as checks: words in place of a value. */
static void facts_table(const struct cohort_check *facts, struct table *out)
{
    table_declare(out, diagnosis_columns);
    for (size_t i = 0; i < facts->n; i++) {
        const struct cohort_fact *f = &facts->fact[i];
        enum verdict verdict = f->failed ? VERDICT_FAIL : f->warning ? VERDICT_LOOK : VERDICT_OK;
        char *advice = mem_printf("%s%s%s", f->value, f->remark[0] ? ".  " : "", f->remark);
        table_add(out, 3, (const char *[]){f->name, diagnosis_verdicts[verdict], advice}, 0, NULL);
        free(advice);
    }
}

/* Of a table of diagnosis_columns a line or more each, as wide as the output. */
static void rows_text(const struct table *t, int width, struct strbuf *out)
{
    enum { CHECK_CELL, VALUE_CELL, THRESHOLD_CELL, VERDICT_CELL, ADVICE_CELL };
    int room = 0;
    for (size_t i = 0; i < t->n_rows; i++) {
        int n = utf8_width(t->cells[i * t->n_columns].text);
        room = n > room ? n : room;
    }
    for (size_t i = 0; i < t->n_rows; i++) {
        const struct table_cell *cell = t->cells + i * t->n_columns;
        char *value = table_cell_words(&t->columns[VALUE_CELL], &cell[VALUE_CELL]);
        char *head = mem_printf("%-5s %-*s %8s  ", cell[VERDICT_CELL].text, room,
                                cell[CHECK_CELL].text, value);
        char *words = mem_text(cell[ADVICE_CELL].text), *more = strstr(words, ": ");
        if (more && strcmp(cell[VERDICT_CELL].text, "ok") == 0)
            *more = 0; /* a line each of what is well; --json has all */
        strbuf_puts(out, head);
        help_text_fill(out, words, room + 17, width);
        free(value), free(head), free(words);
    }
}

static size_t count(const struct table *t, const char *verdict)
{
    size_t n = 0;
    for (size_t i = 0; i < t->n_rows; i++)
        n += strcmp(t->cells[i * t->n_columns + 3].text, verdict) == 0;
    return n;
}

static void say_untried(const struct table *untried, struct output *out)
{
    struct strbuf text = {0};
    for (size_t i = 0; i < untried->n_rows; i++)
        strbuf_printf(&text, "%s%s (%s)", i ? "; " : "not tried: ", untried->cells[2 * i].text,
                      untried->cells[2 * i + 1].text);
    if (text.len) {
        struct strbuf filled = {0};
        help_text_fill(&filled, strbuf_text(&text), 0, out->width);
        output_block(out, strbuf_text(&filled));
        strbuf_free(&filled);
    }
    strbuf_free(&text);
}

/* For the view. */
static void keep_loop(struct session *session, struct diagnosing *d)
{
    loop_free(session->loop);
    session->loop = d->loop;
    session->loop_changes++;
    d->loop = NULL;
}

static bool diagnosing_finish(struct session *session, void *data, struct output *out,
                              struct err *err)
{
    (void)err;
    struct diagnosing *d = data;
    struct table rows = {0}, untried = {0};
    struct strbuf text = {0};
    if (d->model)
        diagnosis_table(&d->diagnosis, &rows);
    else
        facts_table(&d->facts, &rows);
    diagnosis_untried(&d->diagnosis, &untried);
    size_t looks = count(&rows, "look"), fails = count(&rows, "fail");
    const char *name = d->model ? d->model->name : d->cohort->name;
    const struct finding *first = diagnosis_first(&d->diagnosis);
    if (looks + fails == 0)
        output_say(out, "%s: %zu checks, nothing to look at twice", name, rows.n_rows);
    else
        output_say(out, "%s: of %zu checks %zu fail and %zu deserve a look%s%s", name, rows.n_rows,
                   fails, looks, first ? "; begin with " : "", first ? first->check->name : "");
    rows_text(&rows, out->width, &text);
    if (out->mode == OUTPUT_TEXT)
        output_block(out, strbuf_text(&text));
    output_data(out, "rows", &rows);
    output_data(out, "untried", &untried);
    say_untried(&untried, out);
    if (d->model)
        output_field_text(out, "model", d->model->name);
    output_field_number(out, "failed", (double)fails);
    output_field_number(out, "to_look_at", (double)looks);
    if (d->loop)
        keep_loop(session, d);
    strbuf_free(&text);
    table_free(&rows);
    table_free(&untried);
    return true;
}

/* Models of the session that go with these trials, for checks that compare. */
static void take_others(struct session *session, struct diagnosing *d)
{
    d->others = mem_new(session->n_fits, sizeof *d->others);
    for (size_t i = 0; i < session->n_fits; i++) {
        struct fit *fit = session->fits[i].fit;
        struct model *m = fit_active(fit) ? NULL : fit_model(fit);
        if (m && model_meets(m, d->cohort, NULL))
            d->others[d->n_others++] = m;
        else
            model_drop(m);
    }
}

static bool diagnose_run(struct session *session, const struct args *args, struct output *out,
                         struct err *err)
{
    (void)out;
    const struct cohort *cohort = session_need_cohort(session, err);
    const char *name = args_at(args, 0);
    struct model *model = NULL;
    if (!cohort)
        return false;
    for (size_t i = 0; name && i < args->n; i++)
        if (args->items[i].value == name)
            model = session_need_model(session, name, args->items[i].column, err);
    if (name && !model)
        return false;
    struct diagnosing *d = mem_new(1, sizeof *d);
    d->cohort = cohort_hold(cohort);
    d->model = model;
    d->runs = (size_t)args_integer(args, diagnose_table, "loop");
    d->seed = (uint64_t)args_integer(args, diagnose_table, "seed");
    d->refit = strcmp(args_text(args, diagnose_table, "refit"), "yes") == 0;
    if (model && (!model_meets(model, cohort, err) || !model_has_rule(model, err))) {
        err_prefix(err, "diagnose");
        diagnosing_release(d);
        return false;
    }
    if (model)
        take_others(session, d);
    char *label = mem_printf("diagnosing %s", model ? model->name : cohort->name);
    return task_start(session, label, d, diagnosing_work, diagnosing_finish, diagnosing_release,
                      err);
}

static const struct answer_row answer[] = {
    {"rows", ANSWER_TABLE, .columns = diagnosis_columns},
    {"untried", ANSWER_TABLE, .columns = diagnosis_untried_columns},
    {"model", ANSWER_TEXT, .sometimes = true, .meaning = "none: the cohort was looked over"},
    {"failed", ANSWER_COUNT, .meaning = "rows of that verdict"},
    {"to_look_at", ANSWER_COUNT, .meaning = "rows of verdict look"},
    {0},
};

const struct command command_diagnose = {
    .name = "diagnose",
    .group = GROUP_JUDGE,
    .arguments = "[MODEL]",
    .summary = "what may be wrong with a model, check by check, and what to do",
    .detail =
        "Each check has a number, a threshold, a verdict (ok, look, fail) and advice.  Checks "
        "of the fit: a network on the plateau, overfit (with holdout=), seeds that disagree "
        "(with other fits of the rule, or members=), thin support, animals predicted worse than "
        "by chance, a memory that does not pay (with other fits).  Checks of what the model did "
        "not expect, by score tests in standard deviations: updates that depend on earlier "
        "trials, wrong start weights, lapses, temperature, stimulus and side, other columns "
        "alone and multiplied with features, the last choice, autocorrelation, animals with "
        "learning rates of their own, states that come in blocks.  They need no other fit.  One "
        "fault shows in several: of each that calls it is said what is left beyond the others, and "
        "the one with most left is named first.  Thresholds are from simulated cohorts of right "
        "models.  With loop=200 agents that learn as the model does are run on the "
        "animals' own stimuli so many times, and six figures of what they do are compared with the "
        "animals' (`loop` draws them); value is then the share of runs as far off.  Without a "
        "model: the cohort, as `check data`.",
    .examples =
        "diagnose dnn1 loop=100\nfit reinforce-base; wait; diagnose reinforce-base1\ndiagnose",
    .options = diagnose_table,
    .answer = answer,
    .positional_type = OPTION_MODEL,
    .positional_max = 1,
    .trial_bytes = 800,
    .run = diagnose_run,
};
