/* Each of many trials after each of many states, means over the states: for maps and
 * slices of rules that see the past.  Part of engine.c, compiled with it for every engine.
 *
 * Boxes of some trials by some states are computed together, the network that reads the
 * state as relu_fold.h says.  Trials close together and states alike make boxes small. */
#ifndef LEARN_BATCH_MEAN_H
#define LEARN_BATCH_MEAN_H

#include "relu_fold.h"
#include "compiled_rule.h"

/* Trials of a box at most; fewer leave room for more states. */
enum { BATCH_MEAN_TRIALS = BOX < 16 ? BOX : 16 };

struct batch_mean_run {
    const struct batch_mean *batch_mean;
    size_t m, n;             /* trials, states */
    size_t together, blocks; /* of a box: trials, vectors of states */
    size_t boxes;            /* of the states; state i is in box i % boxes */
    size_t of_trial, of_state;
    real *trials;           /* [m, to whole boxes][of_trial] */
    vec *states;            /* [boxes][blocks][of_state] */
    vec *room, *low, *high; /* of a box: [features][BOX]; [inputs] */
    vec *sum;               /* [K][together] over the states */
    struct relu_fold *relu_fold;
};

/* Rows of doubles into the lanes of `width` vectors. */
static void lanes_take(const double *rows, size_t width, const size_t *row, vec *out)
{
    for (size_t l = 0; l < LANES; l++)
        for (size_t j = 0; j < width; j++)
            out[j][l] = (real)rows[row[l] * width + j];
}

static void batch_mean_trials(const struct compiled_rule *p, struct batch_mean_run *f,
                              const double *u, bool *far)
{
    size_t whole = (f->m + f->together - 1) / f->together * f->together, row[LANES];
    vec in[p->n_inputs], part[f->of_trial];
    for (size_t i = 0; i < whole; i += LANES) {
        for (size_t l = 0; l < LANES; l++)
            row[l] = i + l < f->m ? i + l : f->m - 1;
        lanes_take(u, p->n_inputs, row, in);
        f->batch_mean->of_trial(&p->run, in, part, far);
        for (size_t l = 0; l < LANES && i + l < whole; l++)
            for (size_t j = 0; j < f->of_trial; j++)
                f->trials[(i + l) * f->of_trial + j] = part[j][l];
    }
}

/* Which state a lane of a box holds; beyond the last its first one again. */
static size_t batch_mean_state(const struct batch_mean_run *f, size_t box, size_t lane)
{
    size_t i = lane * f->boxes + box;
    return i < f->n ? i : box;
}

static void batch_mean_states(const struct compiled_rule *p, struct batch_mean_run *f,
                              const double *state, bool *far)
{
    size_t row[LANES];
    vec in[p->n_state];
    for (size_t box = 0; box < f->boxes; box++)
        for (size_t b = 0; b < f->blocks; b++) {
            for (size_t l = 0; l < LANES; l++)
                row[l] = batch_mean_state(f, box, b * LANES + l);
            lanes_take(state, p->n_state, row, in);
            f->batch_mean->of_state(&p->run, in, f->states + (box * f->blocks + b) * f->of_state,
                                    far);
        }
}

/* Each vector's least lane of low and greatest of high. */
static void lanes_range(size_t n, const vec *low, const vec *high, real *least, real *greatest)
{
    for (size_t i = 0; i < n; i++) {
        const real *l = (const real *)(low + i), *h = (const real *)(high + i);
        real a = l[0], b = h[0];
        for (size_t k = 1; k < LANES; k++) {
            a = l[k] < a ? l[k] : a;
            b = h[k] > b ? h[k] : b;
        }
        least[i] = a, greatest[i] = b;
    }
}

/* Adds what the states of a box change after some trials to f->sum. */
static void batch_mean_box(const struct compiled_rule *p, struct batch_mean_run *f, size_t box,
                           const real *trials)
{
    size_t inputs = p->n_state, n = f->together;
    real least[inputs], greatest[inputs];
    for (size_t i = 0; i < inputs; i++)
        f->low[i] = vec_splat(INFINITY), f->high[i] = vec_splat(-INFINITY);
    for (size_t b = 0; b < f->blocks; b++)
        f->batch_mean->together(&p->run, f->states + (box * f->blocks + b) * f->of_state, n, trials,
                                f->room + b * n, BOX, f->low, f->high);
    lanes_range(inputs, f->low, f->high, least, greatest);
    relu_fold_find(f->relu_fold, f->blocks * n, least, greatest);
    const vec *y = relu_fold_run(f->relu_fold, f->blocks * n, f->room);
    for (size_t b = 0; b < f->blocks; b++) {
        vec_bits there;
        for (size_t l = 0; l < LANES; l++)
            there[l] = -((b * LANES + l) * f->boxes + box < f->n);
        for (size_t k = 0; k < p->n_weights; k++)
            for (size_t t = 0; t < n; t++)
                f->sum[k * n + t] += vec_where(there, y[k * BOX + b * n + t]);
    }
}

static void batch_mean_boxes(const struct compiled_rule *p, struct batch_mean_run *f, double *dw)
{
    size_t k = p->n_weights, n = f->together;
    for (size_t i = 0; i < f->m; i += n) {
        memset(f->sum, 0, k * n * sizeof *f->sum);
        for (size_t box = 0; box < f->boxes; box++)
            batch_mean_box(p, f, box, f->trials + i * f->of_trial);
        for (size_t t = 0; t < n && i + t < f->m; t++)
            for (size_t j = 0; j < k; j++)
                dw[(i + t) * k + j] = p->packed[j] * vec_sum(f->sum[j * n + t]) / (double)f->n;
    }
}

/* How trials and states are shared out among boxes.  Histories come sorted from the oldest
 * trial on, so that those a stride apart have their newest trials in common, and states
 * alike. */
static void batch_mean_lay_out(struct batch_mean_run *f)
{
    size_t vectors = (f->n + LANES - 1) / LANES;
    f->together = 1;
    while (f->together < f->m && f->together < BATCH_MEAN_TRIALS)
        f->together *= 2;
    f->blocks = BOX / f->together < vectors ? BOX / f->together : vectors;
    f->boxes = (f->n + f->blocks * LANES - 1) / (f->blocks * LANES);
}

static bool batch_mean(const struct compiled_rule *p, size_t m, const double *u, size_t n,
                       const double *state, double *dw)
{
    const struct batch_mean *of = p->kernel->batch_mean;
    if (!of || p->run.shape.order == ORDER_MLP_GRU || n == 0)
        return false;
    const struct mlp network = of->network(&p->run.shape);
    struct batch_mean_run f = {.batch_mean = of,
                               .m = m,
                               .n = n,
                               .of_trial = of->trial(&p->run.shape),
                               .of_state = of->state(&p->run.shape)};
    bool far = false;
    batch_mean_lay_out(&f);
    f.trials = mem_aligned((m + BATCH_MEAN_TRIALS) * f.of_trial, sizeof(real));
    f.states = mem_aligned(f.boxes * f.blocks * f.of_state, sizeof(vec));
    f.room = mem_aligned(relu_fold_features(&network) * BOX, sizeof(vec));
    f.low = mem_aligned(p->n_state, sizeof(vec));
    f.high = mem_aligned(p->n_state, sizeof(vec));
    f.sum = mem_aligned(p->n_weights * f.together, sizeof(vec));
    f.relu_fold = relu_fold_new(&network, p->packed);
    batch_mean_trials(p, &f, u, &far);
    batch_mean_states(p, &f, state, &far);
    if (!far)
        batch_mean_boxes(p, &f, dw);
    relu_fold_free(f.relu_fold);
    free(f.trials), free(f.states), free(f.room), free(f.low), free(f.high), free(f.sum);
    return !far;
}

#endif
