/* Updates of many copies side by side, for maps, slices and agents: no trials, no way
 * back.  Part of engine.c, compiled with it for every engine. */
#ifndef LEARN_COPIES_H
#define LEARN_COPIES_H

#include "plan.h"

static void update(const struct plan *p, size_t n, const double *u, const double *x,
                   const double *answer, const double *next, double *state, double *dw)
{
    size_t k = p->n_weights, width = p->n_inputs, ns = p->n_state;
    vec *in = mem_aligned(width + p->n_cache + 2 * ns + k, sizeof(vec));
    vec *cache = in + width, *before = cache + p->n_cache;
    vec *after = before + ns, *feature = after + ns;
    for (size_t i = 0; i < n; i += LANES) {
        size_t lanes = n - i < LANES ? n - i : LANES;
        vec out[POLICY_MAX], z = {0}, s = {0};
        for (size_t l = 0; l < lanes; l++) {
            for (size_t j = 0; j < width; j++)
                in[j][l] = (real)u[(i + l) * width + j];
            for (size_t j = 0; j < k; j++)
                feature[j][l] = (real)x[(i + l) * k + j];
            for (size_t j = 0; state && j < ns; j++)
                before[j][l] = (real)state[(i + l) * ns + j];
            z[l] = (real)answer[i + l];
            s[l] = next ? (real)next[i + l] : 0;
        }
        struct step step = {in, feature, z, s};
        p->code->forward(&p->run, &step, before, after, cache, out);
        for (size_t l = 0; l < lanes; l++) {
            for (size_t j = 0; j < k; j++)
                dw[(i + l) * k + j] = out[j][l];
            for (size_t j = 0; state && j < ns; j++)
                state[(i + l) * ns + j] = after[j][l];
        }
    }
    free(in);
}

/* Rows of doubles into the lanes of `width` vectors; lanes without a row repeat the
 * last one. */
static void lanes_take(const double *rows, size_t width, size_t n, vec *out)
{
    for (size_t l = 0; l < LANES; l++)
        for (size_t j = 0; j < width; j++)
            out[j][l] = (real)rows[(l < n ? l : n - 1) * width + j];
}

struct fanned {
    size_t m, n, blocks, of_trial, of_state;
    real *trials; /* [m][of_trial] */
    vec *states;  /* [blocks][of_state] */
    vec *room;    /* for inputs, parts and steps */
};

static bool fan_apart(const struct plan *p, struct fanned *f, const double *u, const double *state)
{
    size_t width = p->n_inputs, ns = p->n_state;
    vec *part = f->room + (width > ns ? width : ns);
    bool far = false;
    for (size_t i = 0; i < f->m; i += LANES) {
        size_t lanes = f->m - i < LANES ? f->m - i : LANES;
        lanes_take(u + i * width, width, lanes, f->room);
        p->code->fan->of_trial(&p->run, f->room, part, &far);
        for (size_t l = 0; l < lanes; l++)
            for (size_t j = 0; j < f->of_trial; j++)
                f->trials[(i + l) * f->of_trial + j] = part[j][l];
    }
    for (size_t b = 0; b < f->blocks; b++) {
        size_t first = b * LANES, lanes = f->n - first < LANES ? f->n - first : LANES;
        lanes_take(state + first * ns, ns, lanes, f->room);
        p->code->fan->of_state(&p->run, f->room, f->states + b * f->of_state, &far);
    }
    return !far;
}

static void fan_together(const struct plan *p, struct fanned *f, double *dw)
{
    size_t k = p->n_weights, rest = f->n % LANES;
    vec out[POLICY_MAX], full[POLICY_MAX];
    for (size_t i = 0; i < f->m; i++) {
        memset(full, 0, sizeof full);
        for (size_t b = 0; b < f->blocks; b++) {
            p->code->fan->step(&p->run, f->states + b * f->of_state, f->trials + i * f->of_trial,
                               f->room, out);
            for (size_t j = 0; j < k && !(rest && b + 1 == f->blocks); j++)
                full[j] += out[j];
        }
        for (size_t j = 0; j < k; j++) {
            double sum = vec_sum(full[j]);
            for (size_t l = 0; l < rest; l++)
                sum += out[j][l];
            dw[i * k + j] = sum / (double)f->n;
        }
    }
}

static bool fan(const struct plan *p, size_t m, const double *u, size_t n, const double *state,
                double *dw)
{
    if (!p->code->fan || p->run.shape.mlp_first || n == 0)
        return false;
    struct fanned f = {.m = m, .n = n, .blocks = (n + LANES - 1) / LANES,
                       .of_trial = p->code->fan->trial(&p->run.shape),
                       .of_state = p->code->fan->state(&p->run.shape)};
    f.trials = mem_aligned(m * f.of_trial, sizeof(real));
    f.states = mem_aligned(f.blocks * f.of_state, sizeof(vec));
    f.room = mem_aligned(p->n_inputs + p->n_state + f.of_trial + p->n_cache, sizeof(vec));
    bool near = fan_apart(p, &f, u, state);
    if (near)
        fan_together(p, &f, dw);
    free(f.trials), free(f.states), free(f.room);
    return near;
}

#endif
