/* Updates of many copies side by side, for maps, slices and agents: no trials, no backward
 * pass.  Part of engine.c, compiled with it for every engine. */
#ifndef LEARN_COPIES_H
#define LEARN_COPIES_H

#include "compiled_rule.h"

static void update(const struct compiled_rule *p, size_t n, const double *u, const double *x,
                   const double *answer, const double *next, double *state, double *dw)
{
    enum {
        SMALL = 64
    }; /* vectors; no textbook rule has more, and an agent comes here each trial */
    size_t k = p->n_weights, width = p->n_inputs, ns = p->n_state;
    size_t all = width + p->n_cache + 2 * ns + k;
    vec few[SMALL], *more = all > SMALL ? mem_aligned(all, sizeof(vec)) : NULL;
    vec *in = more ? more : memset(few, 0, all * sizeof(vec));
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
        p->kernel->forward(&p->run, &step, before, after, cache, out);
        for (size_t l = 0; l < lanes; l++) {
            for (size_t j = 0; j < k; j++)
                dw[(i + l) * k + j] = out[j][l];
            for (size_t j = 0; state && j < ns; j++)
                state[(i + l) * ns + j] = after[j][l];
        }
    }
    free(more);
}

#endif
