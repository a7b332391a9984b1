#include "probe_past.h"

#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/rng.h"
#include "deltaw/learn/inputs.h"

enum { BATCH = 512, SAMPLE_SEED = 1 };

struct past_node {
    size_t parent;  /* index within the level before */
    size_t history; /* a history that begins so */
};

/* Networks do not see the policy's features, textbook rules do. */
static bool features_matter(const struct policy *policy)
{
    bool matter = false;
    for (size_t k = 0; k < policy->n; k++)
        matter = matter || policy->feature[k] == FEATURE_PREVSTIM ||
                 policy->feature[k] == FEATURE_PREVCHOICE;
    return matter;
}

bool probe_sees_past(const struct model *model)
{
    return rule_remembers(model->rule, &model->settings.shape) || model->settings.shape.lags > 0 ||
           (!model->rule->network && features_matter(&model->settings.policy));
}

bool past_check(const char *verb, size_t lags, struct err *err)
{
    return lags <= PAST_MOST_LAGS ||
           err_set(err, ERR_USAGE, "%s: lags=%zu; at most %d", verb, lags, PAST_MOST_LAGS);
}

/* History number `index` of those that fit: its digits, newest trial first, are
 * the most telling, so that an even sample is even in the newest trials. */
static void write_history(enum past past, size_t lags, size_t index, uint8_t *code)
{
    for (size_t i = 0; i < lags; i++) {
        if (past == PAST_ANY) {
            code[i] = index & 3;
            index >>= 2;
        } else {
            uint8_t right = index & 1;
            code[i] = (uint8_t)(right << 1 | (past == PAST_REWARDED ? right : !right));
            index >>= 1;
        }
    }
}

static size_t common(const uint8_t *a, const uint8_t *b, size_t n)
{
    size_t i = 0;
    while (i < n && a[i] == b[i])
        i++;
    return i;
}

static int compare_lags(const void *a, const void *b, void *lags)
{
    return memcmp(a, b, *(size_t *)lags);
}

/* Beginnings that histories share are run once. */
static void share(struct histories *h)
{
    size_t level = 0, at = 0, *of = mem_new(h->n, sizeof *of);
    h->nodes = mem_new(h->n * h->lags, sizeof *h->nodes);
    h->level = mem_new(h->lags + 1, sizeof *h->level);
    for (level = 0; level < h->lags; level++) {
        h->level[level] = at;
        for (size_t i = 0; i < h->n; i++) {
            const uint8_t *code = h->code + i * h->lags;
            bool same = i > 0 && common(code - h->lags, code, h->lags) > level;
            if (!same)
                h->nodes[at++] = (struct past_node){.parent = level ? of[i] : 0, .history = i};
            of[i] = at - 1 - h->level[level];
        }
    }
    h->level[h->lags] = at;
    free(of);
}

void histories_make(enum past past, size_t lags, size_t most, struct histories *out)
{
    *out = (struct histories){.past = past, .lags = lags ? lags : PAST_LAGS};
    lags = out->lags;
    most = most ? most : PAST_HISTORIES;
    out->n_fitting = (size_t)1 << (past == PAST_ANY ? 2 * lags : lags);
    out->n = out->n_fitting < most ? out->n_fitting : most;
    out->code = mem_new(out->n * lags, sizeof *out->code);
    struct rng rng = rng_stream(SAMPLE_SEED, RNG_SAMPLE, (uint32_t)lags, (uint32_t)past);
    for (size_t i = 0; i < out->n; i++) {
        size_t first = i * out->n_fitting / out->n, end = (i + 1) * out->n_fitting / out->n;
        size_t index = first + rng_below(&rng, (uint32_t)(end - first));
        write_history(past, lags, index, out->code + i * lags);
    }
    qsort_r(out->code, out->n, lags, compare_lags, &lags);
    share(out);
}

void histories_free(struct histories *h)
{
    free(h->code), free(h->nodes), free(h->level);
    *h = (struct histories){0};
}

bool past_visited(const struct cohort *cohort, const struct animal *animal, size_t trial,
                  enum past past, size_t lags)
{
    if (past == PAST_ANY)
        return true;
    if (cohort_past(cohort, animal, trial, lags) < lags)
        return false;
    for (size_t i = 1; i <= lags; i++)
        if (cohort->reward[trial - i] != (past == PAST_REWARDED))
            return false;
    return true;
}

struct past_run {
    const struct model *model;
    const struct histories *h; /* NULL: none */
    size_t n_weights, n_inputs;
    bool frozen, states; /* has weights; keeps states between trials */
    bool together;       /* the trial is the same after all histories: see rule_state_batch_mean */
    double w[POLICY_MAX], x[POLICY_MAX];
    struct rule_state *state[2]; /* states after the levels, by turns; NULL without states */
    size_t last;                 /* which of the two has the last level */
    struct rule_state *batch;    /* [BATCH] */
    size_t n;                    /* in the batch */
    double *in, *features, *answer, *dw; /* [room][...] */
    double *weight, **sum;               /* [BATCH] */
    size_t *component;                   /* [BATCH] */
};

struct past_run *past_run_new(const struct model *model, const struct histories *h)
{
    struct past_run *run = mem_new(1, sizeof *run);
    size_t k = model->settings.policy.n;
    run->model = model;
    run->h = h && probe_sees_past(model) ? h : NULL;
    run->n_weights = k;
    run->n_inputs = rule_inputs(&model->settings.shape);
    run->states = run->h && rule_remembers(model->rule, &model->settings.shape);
    run->together = run->states && model->rule->network && model->settings.shape.lags == 0;
    size_t room = run->states && h->n > BATCH ? h->n : BATCH;
    for (int i = 0; run->states && i < 2; i++)
        run->state[i] = rule_state_new(model, h->n);
    run->batch = rule_state_new(model, BATCH);
    run->in = mem_new(room * run->n_inputs, sizeof *run->in);
    run->features = mem_new(room * k, sizeof *run->features);
    run->answer = mem_new(room, sizeof *run->answer);
    run->dw = mem_new(room * k, sizeof *run->dw);
    run->weight = mem_new(BATCH, sizeof *run->weight);
    run->sum = mem_new(BATCH, sizeof *run->sum);
    run->component = mem_new(BATCH, sizeof *run->component);
    return run;
}

void past_run_free(struct past_run *run)
{
    if (!run)
        return;
    rule_state_free(run->state[0]), rule_state_free(run->state[1]), rule_state_free(run->batch);
    free(run->in), free(run->features), free(run->answer), free(run->dw);
    free(run->weight), free(run->sum), free(run->component);
    free(run);
}

size_t past_run_width(const struct past_run *run)
{
    return run->h ? run->h->n : 1;
}

/* Up to `most` of the `n` trials of `code`, oldest first, as inputs: newest first. */
static size_t past_inputs(const uint8_t *code, size_t n, size_t most, struct input_trial *past)
{
    most = most < n ? most : n;
    for (size_t i = 0; i < most; i++) {
        uint8_t one = code[n - 1 - i];
        past[i] = (struct input_trial){
            .stimulus = past_stimulus(one), .choice = past_choice(one), .reward = past_reward(one)};
    }
    return most;
}

static struct input_trial trial_inputs(const struct past_trial *trial)
{
    return (struct input_trial){.stimulus = trial->stimulus,
                                .choice = trial->choice,
                                .reward = trial->reward,
                                .day = trial->day};
}

/* Features of a trial after the `n` trials of `code`, oldest first. */
static void put_features(const struct policy *policy, bool history, const struct past_trial *trial,
                         const uint8_t *code, size_t n, double *x)
{
    struct input_trial now = trial_inputs(trial), before;
    if (history) {
        n = past_inputs(code, n, 1, &before);
        inputs_policy(policy, &now, &before, n, trial->x, x);
        for (size_t k = 0; trial->given && k < policy->n; k++)
            x[k] = trial->given[k] ? trial->x[k] : x[k];
    } else {
        memcpy(x, trial->x, policy->n * sizeof *x);
        inputs_policy_stimulus(policy, trial->stimulus, x);
    }
}

static struct past_trial past_trial(uint8_t code, const double *w, const double *x)
{
    return (struct past_trial){.w = w,
                               .x = x,
                               .stimulus = past_stimulus(code),
                               .choice = past_choice(code),
                               .reward = past_reward(code),
                               .answer = past_stimulus(code) > 0};
}

/* Inputs and features of a trial after the `n` trials of `code`, oldest first. */
static void make_inputs(const struct past_run *run, const struct past_trial *trial,
                        const uint8_t *code, size_t n, double *u, double *x)
{
    const struct rule_shape *shape = &run->model->settings.shape;
    struct input_trial now = trial_inputs(trial), past[shape->lags + 1];
    size_t n_past = past_inputs(code, n, shape->lags, past);
    inputs_rule(shape, trial->w, &now, past, n_past, u);
    put_features(&run->model->settings.policy, run->h, trial, code, n, x);
}

/* The same in row `i`. */
static void put_inputs(struct past_run *run, size_t i, const struct past_trial *trial,
                       const uint8_t *code, size_t n)
{
    make_inputs(run, trial, code, n, run->in + i * run->n_inputs,
                run->features + i * run->n_weights);
    run->answer[i] = trial->answer;
}

const double *past_run_inputs(const struct past_run *run, const struct past_trial *trial, size_t i,
                              double *u, double *x, size_t *n_state)
{
    const struct histories *h = run->h;
    make_inputs(run, trial, h ? h->code + i * h->lags : NULL, h ? h->lags : 0, u, x);
    *n_state = 0;
    return run->states ? rule_state_values(run->state[run->last], i, n_state) : NULL;
}

/* One more past trial of every history that differs from the others so far. */
static void run_level(struct past_run *run, size_t level)
{
    const struct histories *h = run->h;
    size_t first = h->level[level], n = h->level[level + 1] - first;
    struct rule_state *from = run->state[!run->last], *to = run->state[run->last];
    for (size_t i = 0; i < n; i++) {
        const struct past_node *node = &h->nodes[first + i];
        const uint8_t *code = h->code + node->history * h->lags;
        struct past_trial trial = past_trial(code[level], run->w, run->x);
        put_inputs(run, i, &trial, code, level);
        if (level > 0)
            rule_state_copy(to, i, from, node->parent);
    }
    rule_state_step(to, n, run->in, run->features, run->answer, NULL, run->dw);
}

void past_run_freeze(struct past_run *run, const double *w, const double *x)
{
    size_t size = run->n_weights * sizeof *w;
    if (!run->states ||
        (run->frozen && memcmp(w, run->w, size) == 0 && memcmp(x, run->x, size) == 0))
        return;
    past_run_flush(run);
    memcpy(run->w, w, size);
    memcpy(run->x, x, size);
    run->frozen = true;
    run->last = 0;
    rule_state_reset(run->state[0]);
    for (size_t level = 0; level < run->h->lags; level++) {
        run->last = level & 1;
        run_level(run, level);
    }
}

static void put_waiting(struct past_run *run, size_t k, double weight, double *sum)
{
    run->component[run->n] = k;
    run->weight[run->n] = weight;
    run->sum[run->n++] = sum;
}

void past_run_put(struct past_run *run, const struct past_trial *trial, size_t k, double weight,
                  double *sum)
{
    const struct histories *h = run->h;
    if (run->together) {
        if (run->n == BATCH)
            past_run_flush(run);
        put_inputs(run, run->n, trial, NULL, 0);
        put_waiting(run, k, weight, sum);
        return;
    }
    size_t width = past_run_width(run);
    for (size_t i = 0; i < width; i++) {
        if (run->n == BATCH)
            past_run_flush(run);
        put_inputs(run, run->n, trial, h ? h->code + i * h->lags : NULL, h ? h->lags : 0);
        /* each history is its own leaf: state i belongs to history i */
        if (run->states)
            rule_state_copy(run->batch, run->n, run->state[run->last], i);
        put_waiting(run, k, weight / (double)width, sum);
    }
}

/* What rule_state_batch_mean does, step by step: waiting trial i after every history. */
static void mean_by_steps(struct past_run *run, size_t i)
{
    const size_t width = run->n_inputs, k = run->n_weights, n = run->h->n;
    double *in = mem_new(BATCH * width, sizeof *in), *x = mem_new(BATCH * k, sizeof *x);
    double *answer = mem_new(BATCH, sizeof *answer), *dw = mem_new(BATCH * k, sizeof *dw);
    double *mean = run->dw + i * k;
    memset(mean, 0, k * sizeof *mean);
    for (size_t j = 0; j < BATCH; j++)
        memcpy(in + j * width, run->in + i * width, width * sizeof *in);
    for (size_t first = 0; first < n; first += BATCH) {
        size_t now = n - first < BATCH ? n - first : BATCH;
        for (size_t j = 0; j < now; j++)
            rule_state_copy(run->batch, j, run->state[run->last], first + j);
        rule_state_step(run->batch, now, in, x, answer, NULL, dw);
        for (size_t j = 0; j < now * k; j++)
            mean[j % k] += dw[j] / (double)n;
    }
    free(in), free(x), free(answer), free(dw);
}

static void run_waiting(struct past_run *run)
{
    if (!run->states)
        rule_state_reset(run->batch);
    if (!run->together)
        rule_state_step(run->batch, run->n, run->in, run->features, run->answer, NULL, run->dw);
    else if (!rule_state_batch_mean(run->state[run->last], run->h->n, run->n, run->in, run->dw))
        for (size_t i = 0; i < run->n; i++)
            mean_by_steps(run, i);
}

void past_run_flush(struct past_run *run)
{
    if (run->n == 0)
        return;
    run_waiting(run);
    for (size_t i = 0; i < run->n; i++)
        *run->sum[i] += run->weight[i] * run->dw[i * run->n_weights + run->component[i]];
    run->n = 0;
}
