#include "deltaw/study/bias.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/learn/fit.h"
#include "deltaw/study/loop.h"

enum { CELLS = 9 }; /* of a continuous axis */

bool bias_map(const struct bias *bias, const struct cohort *cohort,
              const struct probe_request *request, struct map *out, struct err *err)
{
    size_t K = bias->rule->settings.policy.n;
    float *visited = cohort ? mem_new(cohort->n_trials * K, sizeof *visited) : NULL;
    struct map rule;
    struct probe_request same = *request;
    if (cohort)
        model_sweep(bias->rule, cohort, visited);
    bool good = probe_map_compute(bias->network, cohort, visited, request, out, err);
    if (good) {
        same.x_lo = out->request.x_lo, same.x_hi = out->request.x_hi;
        same.y_lo = out->request.y_lo, same.y_hi = out->request.y_hi;
        good = probe_map_compute(bias->rule, cohort, visited, &same, &rule, err);
        if (!good)
            probe_map_free(out);
    }
    free(visited);
    if (!good)
        return false;
    for (size_t p = 0; p < out->n_panels; p++) {
        struct probe_cells *cells = &out->panel[p], *its = &rule.panel[p];
        free(cells->truth), free(cells->lower), free(cells->upper);
        cells->truth = its->value, cells->lower = its->lower, cells->upper = its->upper;
        its->value = its->lower = its->upper = NULL;
    }
    out->interval = rule.interval;
    out->r2 = NAN; /* the model that this would be of is not the cohort's */
    probe_map_free(&rule);
    return true;
}

/* --- the report --------------------------------------------------------------------- */

static void sum_panel(const struct map *map, size_t p, struct bias_part *out)
{
    const struct probe_cells *c = &map->panel[p];
    double n = 0, known = 0, update = 0, bias = 0, width = 0;
    for (size_t i = 0; i < map->x.n * map->y.n; i++) {
        double trials = c->support[i], b = c->value[i] - c->truth[i];
        double half = c->lower ? (c->upper[i] - c->lower[i]) / 2 : NAN;
        if (trials == 0 || isnan(b))
            continue;
        out->cells++;
        n += trials;
        update += trials * c->truth[i] * c->truth[i];
        bias += trials * b * b;
        if (isfinite(half)) {
            known += trials;
            width += trials * half * half;
        }
    }
    out->update = n > 0 ? sqrt(update / n) : NAN;
    out->bias = n > 0 ? sqrt(bias / n) : NAN;
    out->width = known > 0 ? sqrt(width / known) : NAN;
}

static bool report(struct bias *bias, const struct cohort *cohort, struct job *job, struct err *err)
{
    const struct policy *policy = &bias->rule->settings.policy;
    bias->part = mem_new(policy->n * PROBE_MAX_PANELS, sizeof *bias->part);
    for (size_t k = 0; k < policy->n; k++) {
        struct probe_request request;
        struct map map;
        probe_request_default(&request);
        snprintf(request.of, sizeof request.of, "%s", policy->weight[k]);
        request.nx = request.ny = CELLS;
        request.stop = &job->stop;
        if (!bias_map(bias, cohort, &request, &map, err))
            return false;
        for (size_t p = 0; p < map.n_panels; p++) {
            struct bias_part *part = &bias->part[bias->n++];
            snprintf(part->weight, sizeof part->weight, "%s", policy->weight[k]);
            snprintf(part->outcome, sizeof part->outcome, "%s", map.title[p]);
            sum_panel(&map, p, part);
        }
        probe_map_free(&map);
    }
    return true;
}

bool bias_run(const struct model *rule, const struct fit_settings *network,
              const struct cohort *cohort, uint64_t seed, struct job *job, struct bias **out,
              struct err *err)
{
    struct cohort *agents = NULL;
    struct bias *bias = mem_new(1, sizeof *bias);
    struct fit_settings s = fit_settings_copy(network);
    s.seed = seed;
    bias->rule = model_hold(rule);
    if (loop_cohort(rule, cohort, seed, job, &agents, err))
        bias->network = fit_within(&s, agents, NULL, job, err);
    bool good = bias->network && report(bias, cohort, job, err);
    fit_settings_free(&s);
    cohort_drop(agents);
    if (good)
        *out = bias;
    else
        bias_free(bias);
    return good;
}

struct bias *bias_hold(const struct bias *bias)
{
    struct bias *b = mem_new(1, sizeof *b);
    b->rule = model_hold(bias->rule);
    b->network = model_hold(bias->network);
    return b;
}

void bias_free(struct bias *bias)
{
    if (!bias)
        return;
    model_drop(bias->rule);
    model_drop(bias->network);
    free(bias->part);
    free(bias);
}

const struct column bias_columns[] = {
    {"weight", COLUMN_TEXT, .once = true, .meaning = "whose updates"},
    {"outcome", COLUMN_TEXT, .meaning = "error or correct"},
    {"cells", COLUMN_COUNT, .meaning = "of its map that some trial is in"},
    {"rms_update", COLUMN_NUMBER, 3, "update", .meaning = "of the rule, over trials"},
    {"rms_bias", COLUMN_NUMBER, 3, "bias", .meaning = "of the network, over trials"},
    {"half_width", COLUMN_NUMBER, 3, "half width", .optional = true,
     .meaning = "of the rule's 90 % intervals; null: it has none"},
    {"beyond", COLUMN_FLAG, .meaning = "is the bias larger than that?"},
    {0},
};

void bias_table(const struct bias *bias, struct table *out)
{
    table_declare(out, bias_columns);
    for (size_t i = 0; i < bias->n; i++) {
        const struct bias_part *p = &bias->part[i];
        table_add(out, 2, (const char *[]){p->weight, p->outcome}, 5,
                  (double[]){(double)p->cells, p->update, p->bias, p->width, p->bias > p->width});
    }
}
