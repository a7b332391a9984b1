/* Intervals of maps and slices: what a rule that knows them is asked, where its answers
 * stand, and what the intervals of standard errors are. */
#include "cohorts.h"
#include "deltaw/base/mem.h"
#include "deltaw/learn/covariance.h"
#include "deltaw/learn/fit.h"
#include "deltaw/learn/gp.h"
#include "deltaw/study/probe.h"
#include "tap.h"

enum { K = 2 };

/* Sums of the weights of a cell's updates in lower, of weight times stimulus in upper: what
 * comes back tells what was asked. */
static bool tells_stimulus(const struct model *model, const struct interval_request *r,
                           double *mean, double *lower, double *upper)
{
    size_t inputs = rule_inputs(&model->settings.shape);
    (void)mean;
    for (size_t i = 0; i < r->n_sums; i++)
        lower[i] = upper[i] = 0;
    for (size_t i = 0; i < r->n; i++) {
        lower[r->sum[i]] -= r->weight[i];
        upper[r->sum[i]] += r->weight[i] * r->u[i * inputs + K + INPUT_STIMULUS];
    }
    return r->component == 1;
}

/* How many numbers of state come along, and w_stim. */
static bool tells_state(const struct model *model, const struct interval_request *r, double *mean,
                        double *lower, double *upper)
{
    size_t inputs = rule_inputs(&model->settings.shape);
    (void)mean;
    for (size_t i = 0; i < r->n_sums; i++)
        lower[i] = upper[i] = 0;
    for (size_t i = 0; i < r->n; i++) {
        lower[r->sum[i]] += r->weight[i] * (r->state ? (double)r->n_state : -1);
        upper[r->sum[i]] += r->weight[i] * r->u[i * inputs];
    }
    return true;
}

static struct model *model_of(const struct rule *rule)
{
    struct model *m = mem_new(1, sizeof *m);
    m->references = 1;
    m->name = mem_text(rule->name);
    m->rule = rule;
    fit_settings_default(&m->settings);
    snprintf(m->settings.rule, sizeof m->settings.rule, "%s", rule->name);
    rule_layout(m->rule, &m->settings.shape, &m->tensors);
    m->theta = mem_new(m->tensors.size, sizeof *m->theta);
    rule_init(m->rule, &m->settings.shape, &m->tensors, 1, m->theta);
    return m;
}

static bool same(double a, double b)
{
    return fabs(a - b) < 1e-9;
}

/* Whichever axis the lines of cells go along, and however many threads. */
static void test_asked(const struct cohort *c, const char *x, const char *y, int threads)
{
    struct rule rule = *rule_find("reinforce");
    rule.interval = tells_stimulus;
    struct model *m = model_of(&rule);
    m->gp = mem_new(1, sizeof *m->gp); /* intervals are claimed of a posterior that is there */
    float *visited = mem_new(c->n_trials * K, sizeof *visited);
    struct probe_request r;
    struct map map;
    struct err err = {0};
    size_t wrong = 0, empty = 0;
    probe_request_default(&r);
    snprintf(r.of, sizeof r.of, "w_bias");
    snprintf(r.x, sizeof r.x, "%s", x);
    snprintf(r.y, sizeof r.y, "%s", y);
    r.threads = threads;
    bool across = strcmp(x, "stimulus") == 0;
    if (!tap_ok(probe_map_compute(m, c, visited, &r, &map, &err), "%s over %s: %s", y, x,
                err.message))
        return;
    tap_ok(map.interval == INTERVAL_POSTERIOR && !map.panel[0].se, "they are of a posterior");
    for (size_t p = 0; p < map.n_panels; p++)
        for (size_t i = 0; i < map.x.n * map.y.n; i++) {
            const struct probe_cells *panel = &map.panel[p];
            double s = across ? map.x.value[i % map.x.n] : map.y.value[i / map.x.n];
            bool any = !isnan(panel->value[i]);
            wrong += any && !(same(panel->lower[i], -1) && same(panel->upper[i], s));
            wrong += !any && !(isnan(panel->lower[i]) && isnan(panel->upper[i]));
            empty += !any;
        }
    tap_ok(wrong == 0, "each cell has its own, of weights that sum to 1 (%zu cells empty)", empty);
    probe_map_free(&map);
    snprintf(r.of, sizeof r.of, "w_stim");
    if (tap_ok(probe_map_compute(m, c, visited, &r, &map, &err), "of w_stim"))
        tap_ok(isnan(map.panel[0].lower[0]) && isnan(map.panel[1].upper[1]),
               "where the rule knows none there is none");
    probe_map_free(&map);
    free(visited);
    model_drop(m);
}

/* A rule with a memory brings its state after each history along. */
static void test_state(const struct cohort *c)
{
    struct rule rule = *rule_find("trace");
    rule.interval = tells_state;
    struct model *m = model_of(&rule);
    m->gp = mem_new(1, sizeof *m->gp);
    float *visited = mem_new(c->n_trials * K, sizeof *visited);
    struct probe_request r;
    struct slice slice;
    struct err err = {0};
    size_t wrong = 0, n_state;
    struct rule_state *state = rule_state_new(m, 1);
    rule_state_values(state, 0, &n_state);
    rule_state_free(state);
    probe_request_default(&r);
    r.n_w = 2, r.w[0] = -1, r.w[1] = 2;
    if (!tap_ok(probe_slice_compute(m, c, visited, &r, &slice, &err),
                "a slice of a rule with a memory"))
        return;
    for (size_t l = 0; l < slice.n_lines; l++)
        for (size_t i = 0; i < slice.x.n; i++)
            wrong += !same(slice.line[l].cells.lower[i], (double)n_state) ||
                     !same(slice.line[l].cells.upper[i], slice.line[l].w);
    tap_ok(n_state > 0 && wrong == 0, "%zu numbers of state, and each line its own", n_state);
    probe_slice_free(&slice);
    free(visited);
    model_drop(m);
}

/* Of standard errors: so many either way, in the table too; a rule that is 0 by its form is
 * settled. */
static void test_errors(const struct cohort *c)
{
    static const double covariance[] = {9e-6, 1e-6, 1e-6, 4e-6};
    struct model *m = model_of(rule_find("reinforce"));
    float *visited = mem_new(c->n_trials * K, sizeof *visited);
    struct probe_request r;
    struct map map;
    struct table t = {0};
    double worst = 0;
    m->covariance = covariance_copy(covariance, K);
    probe_request_default(&r);
    probe_map_compute(m, c, visited, &r, &map, NULL);
    const struct probe_cells *panel = &map.panel[1];
    for (size_t i = 0; i < map.x.n * map.y.n; i++) {
        worst = fmax(worst, fabs(panel->value[i] - 1.6448536 * panel->se[i] - panel->lower[i]));
        worst = fmax(worst, fabs(panel->value[i] + 1.6448536 * panel->se[i] - panel->upper[i]));
    }
    tap_ok(map.interval == INTERVAL_ERROR && worst < 1e-9, "1.645 standard errors either way");
    tap_ok(interval_settled(map.panel[0].lower[0], map.panel[0].upper[0]),
           "no change after errors is settled for REINFORCE");
    probe_map_table(&map, &t);
    size_t cells = map.x.n * map.y.n;
    tap_ok(strcmp(t.columns[6].name, "lower") == 0 && strcmp(t.columns[7].name, "upper") == 0 &&
               t.cells[(cells + 1) * t.n_columns + 6].number == panel->lower[1] &&
               t.cells[(cells + 1) * t.n_columns + 7].number == panel->upper[1],
           "and they are columns of the table");
    table_free(&t);
    probe_map_free(&map);
    free(visited);
    model_drop(m);
}

static void test_settled(void)
{
    tap_ok(interval_settled(.1, .2) && interval_settled(-.2, -.1), "away from 0 it is settled");
    tap_ok(!interval_settled(-.1, .2) && !interval_settled(0, .2), "with 0 inside it is not");
    tap_ok(interval_settled(NAN, NAN), "and nothing is unsettled where nothing is known");
    tap_is_text(interval_word(INTERVAL_ERROR), "standard error", "intervals have names");
}

int main(void)
{
    struct cohort *c = test_cohort(2, (const size_t[]){160, 120}, 3);
    test_asked(c, "stimulus", "w_stim", 1);
    test_asked(c, "w_stim", "stimulus", 2);
    test_asked(c, "stimulus", "choice", 2);
    test_state(c);
    test_errors(c);
    test_settled();
    cohort_drop(c);
    return tap_done();
}
