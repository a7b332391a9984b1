#include "deltaw/study/diagnose.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/number.h"
#include "deltaw/learn/ensemble.h"
#include "deltaw/learn/fit.h"
#include "diagnose_inside.h"

const char *const diagnosis_verdicts[] = {"ok", "look", "fail"};

static const struct row {
    struct diagnosis_check check;
    diagnosis_trying *try;
} rows[] = {
#define CHECK(name, look, fail, meaning, advice) \
    {{#name, look, fail, meaning, advice}, diagnosis_try_##name},
#include "diagnosis.def"
#undef CHECK
};
enum { ROWS = sizeof rows / sizeof *rows };
_Static_assert((int)ROWS <= (int)DIAGNOSIS_MOST, "more checks than there is room for");

const struct diagnosis_check *diagnosis_check_at(size_t i)
{
    return i < ROWS ? &rows[i].check : NULL;
}

/* --- what is examined --------------------------------------------------------------- */

bool examined_stopped(const struct examined *p)
{
    return p->request->job && atomic_load(&p->request->job->stop);
}

bool examined_held_out(const struct examined *p, size_t animal)
{
    const struct model *m = p->request->model;
    const char *name = p->request->cohort->animals[animal].name;
    for (size_t a = 0; a < m->n_animals; a++)
        if (strcmp(m->animals[a], name) == 0)
            return m->held_out[a];
    return false;
}

bool examined_begin(const struct diagnosis_request *request, struct examined *out, struct err *err)
{
    const struct model *m = request->model;
    *out = (struct examined){.request = request, .model = m};
    if (!model_meets(m, request->cohort, err) || !model_has_rule(m, err))
        return false;
    if (m->ensemble)
        out->model = m->ensemble->member[0];
    size_t n = request->cohort->n_animals;
    out->loss = mem_new(n, sizeof *out->loss);
    out->scored = mem_new(n, sizeof *out->scored);
    model_loss(m, request->cohort, out->loss, out->scored);
    residuals_compute(m, request->cohort, &out->residuals);
    if (!out->model->rule->no_weights && !m->rule->each) /* no parameters are of all animals */
        directions_of_parameters(out, &out->fitted);
    score_base_new(&out->residuals, &out->fitted, &out->base);
    return true;
}

void examined_end(struct examined *p)
{
    for (size_t i = 0; i < p->n_kept; i++)
        directions_free(&p->kept[i].directions);
    score_base_free(&p->base);
    directions_free(&p->fitted);
    residuals_free(&p->residuals);
    free(p->loss), free(p->scored);
}

/* --- how much a better decision or start would gain --------------------------------- */

/* The rule itself where it is a textbook one, else reinforce-base. */
static struct fit_settings stand_in(const struct model *m)
{
    struct fit_settings s;
    if (rule_is_textbook(m->rule)) {
        s = fit_settings_copy(&m->settings);
        return s;
    }
    fit_settings_default(&s);
    snprintf(s.rule, sizeof s.rule, "reinforce-base");
    s.policy = m->settings.policy;
    s.shape.n_weights = s.policy.n;
    s.w0 = m->settings.w0;
    return s;
}

/* Mean loss of the rule on the cohort with the setting at that value, NULL: as it is; the
 * fitted lapse. */
static double refit_loss(const struct examined *p, const char *name, const char *value,
                         double *lapse)
{
    struct fit_settings s = stand_in(p->model);
    double loss = NAN;
    if (!name || setting_set(setting_find(name), value, &s, NULL)) {
        struct err why = {0};
        struct model *m = fit_within(&s, p->request->cohort, NULL, p->request->job, &why);
        if (m) {
            loss = model_loss(m, p->request->cohort, NULL, NULL);
            *lapse = model_lapse(m);
        }
        model_drop(m);
    }
    fit_settings_free(&s);
    return loss;
}

static void refit(const struct examined *p, struct finding *f, const char *name, const char *value)
{
    double lapse = 0, was = refit_loss(p, NULL, NULL, &lapse);
    double now = refit_loss(p, name, value, &lapse);
    const char *rule = rule_is_textbook(p->model->rule) ? "refitted" : "reinforce-base";
    if (isnan(was) || isnan(now))
        return;
    int n = snprintf(f->note, sizeof f->note, "%s with %s=%s: %+.5f nats per trial", rule, name,
                     value, was - now);
    if (strcmp(name, "lapse") == 0 && n > 0 && (size_t)n < sizeof f->note)
        snprintf(f->note + n, sizeof f->note - (size_t)n, ", lapse %.3f", lapse);
}

static void refit_where(const struct examined *p, struct finding *f)
{
    if (!p->request->refit || !f->tried || f->verdict == VERDICT_OK)
        return;
    if (strcmp(f->check->name, "lapse") == 0)
        refit(p, f, "lapse", "fit");
    else if (strcmp(f->check->name, "start_weights") == 0)
        refit(p, f, "w0", "psychometric");
}

/* --- all of it ------------------------------------------------------------------------ */

static enum verdict verdict_of(const struct diagnosis_check *c, double value)
{
    bool down = c->look > c->fail;
    if (isnan(value) || (down ? value <= c->fail : value >= c->fail))
        return VERDICT_FAIL;
    return (down ? value <= c->look : value >= c->look) ? VERDICT_LOOK : VERDICT_OK;
}

/* ".095" as numbers are elsewhere, for "0.095". */
static void without_zeros(char *text)
{
    char *to = text;
    for (const char *at = text; *at; at++)
        if (!(*at == '0' && at[1] == '.' && (at == text || strchr(" +-", at[-1]))))
            *to++ = *at;
    *to = 0;
}

static void try_row(struct examined *p, const struct row *row, struct finding *out)
{
    *out = (struct finding){.check = &row->check, .value = NAN, .beyond = NAN};
    out->tried = row->try(p, out);
    if (out->tried)
        out->verdict = verdict_of(&row->check, out->value);
    refit_where(p, out);
    without_zeros(out->note);
}

/* One fault shows in several checks: of each that calls, what is left of it beyond the others.
 * Columns are lent, not copied. */
static void beyond_others(const struct examined *p, const struct kept *one)
{
    struct directions taken = {.trials = p->fitted.trials};
    struct score_base base;
    struct score_result result;
    size_t n = p->fitted.n;
    for (size_t i = 0; i < p->n_kept; i++)
        n += p->kept[i].directions.n;
    taken.column = mem_new(n, sizeof *taken.column);
    for (size_t j = 0; j < p->fitted.n; j++)
        taken.column[taken.n++] = p->fitted.column[j];
    for (size_t i = 0; i < p->n_kept; i++)
        for (size_t j = 0; p->kept[i].of->verdict != VERDICT_OK && &p->kept[i] != one &&
                           j < p->kept[i].directions.n;
             j++)
            taken.column[taken.n++] = p->kept[i].directions.column[j];
    score_base_new(&p->residuals, &taken, &base);
    score_test(&base, &one->directions, &result);
    one->of->beyond = result.df ? score_deviation(result.chi2, (double)result.df) : 0;
    score_base_free(&base);
    free(taken.column);
}

static void beyond_all(const struct examined *p)
{
    size_t n = 0;
    for (size_t i = 0; i < p->n_kept; i++)
        n += p->kept[i].of->verdict != VERDICT_OK;
    for (size_t i = 0; n > 1 && i < p->n_kept && !examined_stopped(p); i++)
        if (p->kept[i].of->verdict != VERDICT_OK)
            beyond_others(p, &p->kept[i]);
}

bool diagnosis_run(const struct diagnosis_request *request, struct diagnosis *out, struct err *err)
{
    struct examined p;
    bool good = examined_begin(request, &p, err);
    *out = (struct diagnosis){0};
    for (size_t i = 0; good && i < ROWS && !examined_stopped(&p); i++) {
        try_row(&p, &rows[i], &out->finding[out->n++]);
        if (request->job)
            atomic_store(&request->job->permille, (int)(200 + 800 * (i + 1) / ROWS));
    }
    if (good)
        beyond_all(&p);
    if (good && examined_stopped(&p))
        good = err_set(err, ERR_INTERRUPTED, "diagnose: interrupted");
    examined_end(&p);
    return good;
}

/* --- the closed loop ------------------------------------------------------------------- */

/* There are six of them: a right model seldom has a p below .01. */
static const struct diagnosis_check figures[] = {
#define FIGURE(name, what)                                                            \
    {                                                                                 \
        "loop_" name, .01, .0099, what " in closed loop, share of runs as far off",   \
            "left alone the model does not behave so: look at `loop figure=" name "`" \
    }
    [LOOP_LEARNING_CURVE] = FIGURE("learning_curve", "share correct"),
    [LOOP_EARLY] = FIGURE("psychometric_early", "P(right) by stimulus, early"),
    [LOOP_LATE] = FIGURE("psychometric_late", "P(right) by stimulus, late"),
    [LOOP_SWITCH_CORRECT] = FIGURE("switch_correct", "switches after correct choices"),
    [LOOP_SWITCH_ERROR] = FIGURE("switch_error", "switches after errors"),
    [LOOP_HISTORY] = FIGURE("history", "choices by earlier choices"),
#undef FIGURE
};

void diagnosis_loop(const struct loop *loop, struct diagnosis *d)
{
    for (size_t i = 0; i < LOOP_PARTS && d->n < DIAGNOSIS_MOST; i++) {
        const struct loop_figure *f = &loop->figure[i];
        struct finding *out = &d->finding[d->n++];
        size_t j = f->worst;
        *out = (struct finding){.check = &figures[i], .tried = true, .value = f->p, .beyond = NAN};
        out->verdict = verdict_of(out->check, f->p);
        snprintf(out->note, sizeof out->note, "%.3f at %s %.4g, runs %.3f to %.3f", f->observed[j],
                 f->x_name, f->x[j], f->low[j], f->high[j]);
        without_zeros(out->note);
    }
}

/* --- tables ------------------------------------------------------------------------------ */

const struct column diagnosis_columns[] = {
    {.name = "check", .type = COLUMN_TEXT},
    {.name = "value", .type = COLUMN_NUMBER, .digits = 5, .meaning = "what it is, the check says"},
    {.name = "threshold", .type = COLUMN_NUMBER, .digits = 3, .meaning = "from which it is not ok"},
    {.name = "verdict", .type = COLUMN_TEXT, .meaning = "ok, look or fail"},
    {.name = "advice", .type = COLUMN_TEXT, .meaning = "what it is about; if not ok, what to do"},
    {0},
};

const struct column diagnosis_untried_columns[] = {
    {.name = "check", .type = COLUMN_TEXT},
    {.name = "why", .type = COLUMN_TEXT},
    {0},
};

static void diagnosis_advice(const struct finding *f, struct strbuf *out)
{
    char buf[NUMBER_SIZE];
    strbuf_puts(out, f->check->meaning);
    if (f->note[0])
        strbuf_printf(out, ": %s", f->note);
    if (!isnan(f->beyond))
        strbuf_printf(out, "; %s beyond the other signs", number_fixed(buf, f->beyond, 1, false));
    if (f->verdict != VERDICT_OK)
        strbuf_printf(out, "; %s", f->check->advice);
}

/* What fails goes before what deserves a look, however far each is beyond its threshold; that a
 * network has not learnt all comes after what no training would cure. */
#define FAILED_FIRST 1e6

static bool is_of_learning(const struct finding *f)
{
    return strcmp(f->check->name, "plateau") == 0;
}

const struct finding *diagnosis_first(const struct diagnosis *d)
{
    const struct finding *first = NULL;
    double most = 0;
    for (size_t i = 0; i < d->n; i++) {
        const struct finding *f = &d->finding[i];
        bool down = f->check->look > f->check->fail;
        double value = isnan(f->beyond) ? f->value : fmax(f->beyond, 0);
        double by = !f->tried || f->verdict == VERDICT_OK ? 0
                    : down                                ? 1e-9
                                                          : value / f->check->look;
        if (f->verdict == VERDICT_FAIL && !down)
            by += is_of_learning(f) ? FAILED_FIRST / 2 : FAILED_FIRST;
        if (by > most)
            most = by, first = f;
    }
    return first;
}

void diagnosis_table(const struct diagnosis *d, struct table *out)
{
    table_declare(out, diagnosis_columns);
    for (size_t i = 0; i < d->n; i++) {
        const struct finding *f = &d->finding[i];
        struct strbuf advice = {0};
        if (!f->tried)
            continue;
        diagnosis_advice(f, &advice);
        table_add(
            out, 3,
            (const char *[]){f->check->name, diagnosis_verdicts[f->verdict], strbuf_text(&advice)},
            2, (double[]){f->value, f->check->look});
        strbuf_free(&advice);
    }
}

void diagnosis_untried(const struct diagnosis *d, struct table *out)
{
    table_declare(out, diagnosis_untried_columns);
    for (size_t i = 0; i < d->n; i++)
        if (!d->finding[i].tried)
            table_add(out, 2, (const char *[]){d->finding[i].check->name, d->finding[i].note}, 0,
                      NULL);
}
