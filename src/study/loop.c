#include "deltaw/study/loop.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/rng.h"
#include "deltaw/learn/ensemble.h"
#include "deltaw/learn/inputs.h"
#include "loop_figures.h"

/* Runs that are simulated side by side: so many, and no more bytes of choices than that. */
enum { SIDE = 64, CHOICES = 64 * 1024 * 1024, CHECK_EVERY = 512 };

struct closed_loop {
    const struct model *model; /* whose rule the agents learn by: of an ensemble a member */
    const struct model *of;    /* all of it */
    const struct cohort *cohort;
    const float **column; /* [K] of features that are columns, else NULL */
    const float *start;   /* [n_trials][K] weights under the model */
    uint64_t seed;
    size_t side;         /* most runs side by side */
    size_t n, first_run; /* those there are, the number of their first */
    size_t turn;         /* of which member */
    uint8_t *choice;     /* [n][n_trials] */
    struct rule_state *state;
    struct rng *rng;
    double *w, *u, *x, *answer, *next, *dw; /* [n][...] */
};

static double reward_of(const struct cohort *c, size_t t, uint8_t choice)
{
    return c->reward[t] == 0 || c->reward[t] == 1 ? choice == c->answer[t] : c->reward[t];
}

static struct input_trial input_of(const struct closed_loop *l, const struct animal *who,
                                   size_t run, size_t t)
{
    uint8_t choice = l->choice[run * l->cohort->n_trials + t];
    return (struct input_trial){.stimulus = l->cohort->stimulus[t],
                                .choice = choice,
                                .reward = reward_of(l->cohort, t, choice),
                                .day = cohort_day(l->cohort, who, t)};
}

/* Trial t of one run: a choice, and what the rule sees of it. */
static void run_trial(struct closed_loop *l, const struct animal *who, size_t run, size_t t)
{
    const struct rule_shape *shape = &l->model->settings.shape;
    size_t k_n = shape->n_weights, most = shape->lags > 1 ? shape->lags : 1;
    size_t n = cohort_past(l->cohort, who, t, most);
    double *x = l->x + run * k_n, *w = l->w + run * k_n, columns[POLICY_MAX] = {0}, z = 0;
    struct input_trial past[most], now;
    for (size_t i = 0; i < n; i++)
        past[i] = input_of(l, who, run, t - 1 - i);
    for (size_t k = 0; k < k_n; k++)
        columns[k] = l->column[k] ? l->column[k][t] : 0;
    now = input_of(l, who, run, t);
    inputs_policy(&l->model->settings.policy, &now, past, n, columns, x);
    for (size_t k = 0; k < k_n; k++)
        z += w[k] * x[k];
    l->choice[run * l->cohort->n_trials + t] =
        rng_uniform(&l->rng[run]) < policy_right(z, model_lapse(l->model));
    now = input_of(l, who, run, t);
    inputs_rule(shape, w, &now, past, n < shape->lags ? n : shape->lags,
                l->u + run * rule_inputs(shape));
    l->answer[run] = l->cohort->answer[t];
    l->next[run] = t + 1 < who->first + who->count ? l->cohort->stimulus[t + 1] : 0;
}

static void take_member(struct closed_loop *l, const struct model *member)
{
    l->model = member;
    rule_state_free(l->state);
    l->state = rule_state_new(member, l->side);
    rule_state_follow(l->state);
    free(l->u);
    l->u = mem_new(l->side * rule_inputs(&member->settings.shape), sizeof *l->u);
}

/* Of an ensemble a run is one member's: the animal's own, or that whose turn it is. */
static void take_rule(struct closed_loop *l, const struct animal *who)
{
    const struct ensemble *e = l->of->ensemble;
    size_t asked = e ? ensemble_asked(e, who->name) : 0;
    if (e)
        take_member(l, e->member[asked < e->n ? asked : l->turn % e->n]);
    else
        rule_state_reset(l->state);
}

/* False: stopped. */
static bool run_animal(struct closed_loop *l, size_t animal, struct job *job)
{
    const struct animal *who = &l->cohort->animals[animal];
    size_t k_n = l->of->settings.policy.n;
    bool still = l->of->rule->no_start;
    take_rule(l, who);
    for (size_t run = 0; run < l->n; run++) {
        l->rng[run] =
            rng_stream(l->seed, RNG_CHOICES, (uint32_t)animal, (uint32_t)(l->first_run + run));
        for (size_t k = 0; k < k_n; k++)
            l->w[run * k_n + k] = l->start[who->first * k_n + k];
    }
    for (size_t t = who->first; t < who->first + who->count; t++) {
        if (t % CHECK_EVERY == 0 && job && atomic_load(&job->stop))
            return false;
        for (size_t run = 0; run < l->n; run++)
            run_trial(l, who, run, t);
        if (still)
            continue;
        rule_state_step(l->state, l->n, l->u, l->x, l->answer, l->next, l->dw);
        for (size_t i = 0; i < l->n * k_n; i++)
            l->w[i] += l->dw[i];
    }
    return true;
}

/* How many members have turns at an animal: runs side by side are of one of them. */
static size_t turns(const struct model *m, const struct cohort *c)
{
    const struct ensemble *e = m->ensemble;
    for (size_t a = 0; e && a < c->n_animals; a++)
        if (ensemble_asked(e, c->animals[a].name) == e->n)
            return e->n;
    return 1;
}

static struct closed_loop closed_loop_new(const struct model *m, const struct cohort *c,
                                          size_t runs, uint64_t seed)
{
    size_t k_n = m->settings.policy.n, room = CHOICES / (c->n_trials ? c->n_trials : 1);
    struct closed_loop l = {.model = m, .of = m, .cohort = c, .seed = seed};
    float *start = mem_new(c->n_trials * k_n, sizeof *start);
    l.n = runs < SIDE ? runs : SIDE;
    l.n = room < 1 ? 1 : room < l.n ? room : l.n;
    size_t n = turns(m, c), rounds = (runs + l.n * n - 1) / (l.n * n); /* as many for all */
    l.side = l.n = (runs + rounds * n - 1) / (rounds * n);
    model_sweep(m, c, start);
    l.start = start;
    l.column = mem_new(k_n, sizeof *l.column);
    for (size_t k = 0; k < k_n; k++)
        if (m->settings.policy.feature[k] == FEATURE_COLUMN)
            l.column[k] = cohort_column(c, m->settings.policy.weight[k] + 2)->values;
    l.choice = mem_new(l.n * c->n_trials, 1);
    l.state = rule_state_new(m, l.n);
    rule_state_follow(l.state);
    l.rng = mem_new(l.n, sizeof *l.rng);
    l.w = mem_new(l.n * k_n, sizeof *l.w), l.x = mem_new(l.n * k_n, sizeof *l.x);
    l.dw = mem_new(l.n * k_n, sizeof *l.dw);
    l.u = mem_new(l.n * rule_inputs(&m->settings.shape), sizeof *l.u);
    l.answer = mem_new(l.n, sizeof *l.answer), l.next = mem_new(l.n, sizeof *l.next);
    return l;
}

static void closed_loop_free(struct closed_loop *l)
{
    rule_state_free(l->state);
    free((float *)l->start);
    free(l->column), free(l->choice), free(l->rng);
    free(l->w), free(l->x), free(l->dw), free(l->u), free(l->answer), free(l->next);
}

/* --- can it be done? ------------------------------------------------------------- */

static bool rewards_follow(const struct cohort *c)
{
    size_t known = 0, other = 0;
    for (size_t t = 0; t < c->n_trials; t++)
        if (c->reward[t] == 0 || c->reward[t] == 1) {
            known++;
            other += (c->choice[t] == c->answer[t]) != (c->reward[t] == 1);
        }
    return !c->report.answer_unknown && other * 100 <= known;
}

static bool loop_check(const struct model *m, const struct cohort *c, struct err *err)
{
    if (!model_meets(m, c, err) || !model_has_rule(m, err))
        return false;
    if (m->rule->no_weights)
        return err_set(err, ERR_FAILED,
                       "%s has no weights to be followed when it is left alone; name a model of "
                       "another rule",
                       m->name);
    return rewards_follow(c) ||
           err_set(err, ERR_FAILED,
                   "rewards of %s do not follow from the correct side, so what another choice "
                   "would have brought is not known",
                   c->name);
}

/* --- all of it ---------------------------------------------------------------------- */

/* values [runs][loop_values()]; false: stopped. */
static bool run_all(struct closed_loop *l, size_t runs, struct job *job, double *values)
{
    const struct cohort *c = l->cohort;
    size_t side = l->n, n_values = loop_values(c);
    for (l->first_run = 0; l->first_run < runs; l->first_run += side) {
        l->n = runs - l->first_run < side ? runs - l->first_run : side;
        l->turn = l->first_run / side;
        for (size_t a = 0; a < c->n_animals; a++) {
            if (!run_animal(l, a, job))
                return false;
            if (job)
                atomic_store(&job->permille,
                             (int)(1000 * (l->first_run * c->n_animals + (a + 1) * l->n) /
                                   (runs * c->n_animals)));
        }
        for (size_t run = 0; run < l->n; run++)
            loop_measure(c, l->choice + run * c->n_trials,
                         values + (l->first_run + run) * n_values);
    }
    return true;
}

bool loop_run(const struct model *model, const struct cohort *cohort, size_t runs, uint64_t seed,
              struct job *job, struct loop **out, struct err *err)
{
    if (!loop_check(model, cohort, err)) {
        err_prefix(err, "closed loop");
        return false;
    }
    double *values = mem_new(runs * loop_values(cohort), sizeof *values);
    struct closed_loop l = closed_loop_new(model, cohort, runs, seed);
    bool good = run_all(&l, runs, job, values);
    closed_loop_free(&l);
    if (good) {
        *out = mem_new(1, sizeof **out);
        (*out)->model = mem_text(model->name);
        (*out)->n_runs = runs;
        (*out)->n_animals = cohort->n_animals;
        loop_summarise(cohort, values, *out);
    }
    free(values);
    return good || err_set(err, ERR_INTERRUPTED, "closed loop: interrupted");
}

/* --- as a cohort ---------------------------------------------------------------------- */

/* Animal a with the choices of the agents; the rest is its own. */
static void copy_animal(const struct closed_loop *l, size_t a, struct cohort_builder *b, float *row)
{
    const struct cohort *c = l->cohort;
    const struct animal *who = &c->animals[a];
    cohort_builder_animal(b, who->name);
    for (size_t t = who->first; t < who->first + who->count; t++) {
        const uint8_t choice = l->choice[t];
        const struct cohort_trial trial = {.stimulus = c->stimulus[t],
                                           .reward = (float)reward_of(c, t, choice),
                                           .choice = choice,
                                           .answer = c->answer[t],
                                           .gap = c->gap[t],
                                           .trial = c->trial[t]};
        if (t == who->first || c->session[t] != c->session[t - 1])
            cohort_builder_session(b, c->session_names[c->session[t]]);
        for (size_t i = 0; i < c->n_columns; i++)
            row[i] = c->columns[i].values[t];
        cohort_builder_trial(b, &trial, row);
    }
}

bool loop_cohort(const struct model *model, const struct cohort *cohort, uint64_t seed,
                 struct job *job, struct cohort **out, struct err *err)
{
    if (!loop_check(model, cohort, err))
        return false;
    struct closed_loop l = closed_loop_new(model, cohort, 1, seed);
    bool good = true;
    for (size_t a = 0; good && a < cohort->n_animals; a++)
        good = run_animal(&l, a, job);
    if (good) {
        struct cohort_builder *b = cohort_builder_new();
        const char **names = mem_new(cohort->n_columns, sizeof *names);
        float *row = mem_new(cohort->n_columns, sizeof *row);
        for (size_t i = 0; i < cohort->n_columns; i++)
            names[i] = cohort->columns[i].name;
        cohort_builder_columns(b, cohort->n_columns, names);
        for (size_t a = 0; a < cohort->n_animals; a++)
            copy_animal(&l, a, b, row);
        *out = cohort_builder_finish(b, cohort->name, "agents on the animals' stimuli");
        free(names), free(row);
    }
    closed_loop_free(&l);
    return good || err_set(err, ERR_INTERRUPTED, "interrupted");
}

void loop_free(struct loop *loop)
{
    for (size_t i = 0; loop && i < LOOP_PARTS; i++) {
        struct loop_figure *f = &loop->figure[i];
        free(f->x), free(f->observed), free(f->mean), free(f->low), free(f->high);
    }
    if (loop)
        free(loop->model);
    free(loop);
}

const struct column loop_columns[] = {
    {.name = "figure", .type = COLUMN_TEXT, .once = true},
    {.name = "x", .type = COLUMN_NUMBER, .digits = 4, .meaning = "trial, stimulus, quarter or lag"},
    {.name = "observed", .type = COLUMN_NUMBER, .digits = 4, .meaning = "of the animals"},
    {.name = "mean", .type = COLUMN_NUMBER, .digits = 4, .meaning = "of the agents"},
    {.name = "low", .type = COLUMN_NUMBER, .digits = 4, .meaning = "95 % of the runs are above"},
    {.name = "high", .type = COLUMN_NUMBER, .digits = 4},
    {0},
};

void loop_table(const struct loop *loop, struct table *out)
{
    table_declare(out, loop_columns);
    for (size_t i = 0; i < LOOP_PARTS; i++) {
        const struct loop_figure *f = &loop->figure[i];
        for (size_t j = 0; j < f->n; j++)
            table_add(out, 1, &f->name, 5,
                      (double[]){f->x[j], f->observed[j], f->mean[j], f->low[j], f->high[j]});
    }
}
