/* How far a gp's intervals can be trusted: cohorts of agents with a known rule, fitted, and
 * for each weight the share of lived updates that lie inside their 90 % intervals.
 *
 *   bench_calibration [SEEDS [AGENT [COHORT [terms [memory]]]]]
 *
 * AGENT and COHORT are numbers from 0, -1 for all. */
#include <stdio.h>
#include <stdlib.h>

#include "deltaw/base/thread.h"
#include "deltaw/learn/engine.h"
#include "gp_agents.h"

struct cohort_kind {
    const char *name;
    size_t n, trials;
    double alpha, w0;
};
static const struct cohort_kind kinds[] = {{"12 x 3,000", 12, 3000, 0x1p-5, 0},
                                           {"30 x 2,000", 30, 2000, 0x1p-5, 0},
                                           {"60 x 600", 60, 600, 0x1p-4, -2}};
enum { N_KINDS = sizeof kinds / sizeof *kinds, MOST_SEEDS = 200, SAMPLE = 4000 };

struct outcome {
    double cover, robust, r2, width, settled, wrong;
};

static void judge(const struct agents *g, const uint8_t *keep, const struct gp_value *v,
                  const struct gp_value *robust, int k, struct outcome *o)
{
    double n = 0, off = 0, all = 0;
    *o = (struct outcome){0};
    for (size_t i = 0; i < g->data.n_trials; i++) {
        if (!keep[i])
            continue;
        const struct gp_value *m = &v[k], *b = &robust[k];
        double truth = (double)g->dw[2 * i + (size_t)k];
        o->cover += truth >= m->low && truth <= m->high;
        o->robust += truth >= b->low && truth <= b->high;
        o->width += m->high - m->low;
        off += pow(truth - m->mean, 2), all += truth * truth;
        bool settled = m->low > 0 || m->high < 0;
        o->settled += settled;
        o->wrong += settled && fabs(truth) > 1e-9 && truth * m->mean < 0;
        n++, v += 2, robust += 2;
    }
    o->wrong /= fmax(o->settled, 1);
    o->cover /= n, o->robust /= n, o->width /= n, o->settled /= n;
    o->r2 = 1 - off / all;
}

/* Some of the trials, of each animal but its last. */
static uint8_t *sample(const struct agents *g)
{
    uint8_t *keep = mem_new(g->data.n_trials, 1);
    size_t step = g->data.n_trials / SAMPLE + 1;
    for (size_t i = step / 2; i < g->data.n_trials; i += step)
        keep[i] = 1;
    for (size_t a = 0; a < g->data.n_animals; a++)
        keep[g->first[a] + g->count[a] - 1] = 0;
    return keep;
}

static void one(enum agent_rule rule, const struct cohort_kind *kind, uint64_t seed,
                const struct gp_options *options, struct outcome o[2])
{
    struct agents *g = agents_new(rule, kind->n, kind->trials, 0, kind->alpha, kind->w0, seed);
    struct err err = {0};
    struct gp *gp = NULL;
    double begun = clock_seconds();
    if (!gp_fit(&g->data, options, NULL, &gp, &err))
        err_die("%s", err.message);
    double fitted = clock_seconds();
    uint8_t *keep = sample(g);
    struct gp_value *v = mem_new(2 * g->data.n_trials, sizeof *v);
    struct gp_value *robust = mem_new(2 * g->data.n_trials, sizeof *v);
    gp_trajectory(gp, GP_MODEL, &g->data, keep, v, NULL);
    double told = clock_seconds();
    gp_trajectory(gp, GP_ROBUST, &g->data, keep, robust, NULL);
    for (int k = 0; k < 2; k++)
        judge(g, keep, v, robust, k, &o[k]);
    fprintf(stderr,
            "  seed %3d  %.2f s + %.2f s  tried %zu kept %zu  evidence %.1f (textbook %.1f) "
            "remainder %+.1f memory %+.1f | cover %.2f %.2f robust %.2f %.2f R2 %.2f %.2f\n",
            (int)seed, fitted - begun, told - fitted, gp->n_tried, gp->n_points, gp->log_evidence,
            gp->textbook.log_evidence, gp->log_bayes_smooth, gp->log_bayes_memory, o[0].cover,
            o[1].cover, o[0].robust, o[1].robust, o[0].r2, o[1].r2);
    gp_drop(gp);
    agents_free(g);
    free(keep), free(v), free(robust);
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static void row(enum agent_rule rule, const struct cohort_kind *kind, int seeds,
                const struct gp_options *options)
{
    static struct outcome o[MOST_SEEDS][2];
    for (int i = 0; i < seeds; i++)
        one(rule, kind, (uint64_t)i + 1, options, o[i]);
    printf("%-13s %-11s", agent_names[rule], kind->name);
    for (int k = 0; k < 2; k++) {
        struct outcome m = {0};
        double r2[MOST_SEEDS];
        for (int i = 0; i < seeds; i++) {
            m.cover += o[i][k].cover / seeds, m.robust += o[i][k].robust / seeds;
            m.width += o[i][k].width / seeds, m.settled += o[i][k].settled / seeds;
            m.wrong += o[i][k].wrong / seeds, r2[i] = o[i][k].r2;
        }
        qsort(r2, (size_t)seeds, sizeof *r2, ascending);
        printf(" | %4.2f  %4.2f  %5.2f  %.4f  %4.2f  %.3f", m.cover, m.robust,
               (r2[(seeds - 1) / 2] + r2[seeds / 2]) / 2, m.width, m.settled, m.wrong);
    }
    printf("\n");
    fflush(stdout);
}

int main(int argc, char **argv)
{
    int seeds = argc > 1 ? atoi(argv[1]) : 20, rule = argc > 2 ? atoi(argv[2]) : -1;
    int kind = argc > 3 ? atoi(argv[3]) : -1;
    struct gp_options options;
    struct err err = {0};
    blas_prepare();
    gp_options_default(&options);
    if (argc > 4 && !gp_terms_parse(argv[4], &options.terms, &err))
        err_die("%s", err.message);
    if (seeds < 1 || seeds > MOST_SEEDS)
        err_die("1 to %d seeds, not %s", MOST_SEEDS, argv[1]);
    printf("%d seeds; w_stim | w_bias: 90 %% coverage, robust, median R2, width, settled, wrong "
           "among them\n",
           seeds);
    for (int k = 0; k < N_KINDS; k++)
        for (int r = 0; r < AGENT_N; r++)
            if ((rule < 0 || r == rule) && (kind < 0 || k == kind))
                row((enum agent_rule)r, &kinds[k], seeds, &options);
    return 0;
}
