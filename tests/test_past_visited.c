/* Maps and slices of rules that see the past: what was really visited after either past,
 * and policies without w_stim. */
#include <math.h>

#include "deltaw/study/probe.h"
#include "past_scenes.h"

/* What was really visited after either past, counted by hand. */
/* On the line's visited trials with fixed w_bias 0: the sum of changes of w_stim, of half the
 * true weights [0] and of these [1], and of how many. */
static void sum_visited(const struct cohort *c, const struct slice_line *line, double sum[2],
                        size_t n[2])
{
    double want_past = line->past == PAST_REWARDED;
    const float *ws = cohort_column(c, "true_w_stim")->values;
    const float *wb = cohort_column(c, "true_w_bias")->values;
    for (size_t a = 0; a < c->n_animals; a++)
        for (size_t i = 2; i + 1 < c->animals[a].count; i++) {
            size_t t = c->animals[a].first + i;
            if (c->reward[t] != line->correct || c->reward[t - 1] != want_past ||
                c->reward[t - 2] != want_past)
                continue;
            for (int truth = 0; truth < 2; truth++) {
                double scale = truth ? 1 : .5;
                if (fabs(scale * ws[t] - .25) > .25 || fabs(scale * wb[t]) > .25)
                    continue;
                sum[truth] += scale * (ws[t + 1] - ws[t]);
                n[truth]++;
            }
        }
}

static void test_visited(void)
{
    struct cohort *c = simulated("trace", "20", "300");
    float *visited = true_visited(c);
    struct model *m = make("trace", "stim+bias", 0);
    struct probe_request r;
    struct slice slice;
    for (size_t i = 0; i < 2 * c->n_trials; i++)
        visited[i] *= .5f; /* so that the fitted weights are not the true ones */
    probe_request_default(&r);
    r.n_w = 1, r.w[0] = .25, r.fixed.w[1] = 0, r.past = PAST_BOTH, r.lags = 2;
    probe_slice_compute(m, c, visited, &r, &slice, NULL);
    tap_ok(slice.n_lines == 4 && slice.line[1].past == PAST_UNREWARDED && slice.line[1].correct &&
               !slice.line[2].correct,
           "correct before error, rewarded before unrewarded");
    for (size_t l = 0; l < slice.n_lines; l++) {
        double sum[2] = {0};
        size_t n[2] = {0};
        sum_visited(c, &slice.line[l], sum, n);
        tap_ok(n[0] > 20 && n[0] == slice.line[l].n_visited &&
                   n[1] == slice.line[l].n_visited_truth,
               "line %zu: %zu and %zu visited trials", l, n[0], n[1]);
        tap_near(slice.line[l].visited, sum[0] / (double)n[0], 1e-7, "fitted, as visited");
        tap_near(slice.line[l].visited_truth, sum[1] / (double)n[1], 1e-7, "true, as visited");
    }
    tap_ok(slice.line[0].visited_truth > slice.line[1].visited_truth + .005,
           "the trace rule moves more after a rewarded past");
    struct table table = {0};
    probe_slice_table(1, &(const struct slice *){&slice}, &table);
    tap_ok(table.n_columns == 14 && strcmp(table.columns[3].name, "past") == 0 &&
               strcmp(table.cells[3].text, "rewarded") == 0,
           "the table has the past, and w_bias and lags as frozen");
    table_free(&table);
    probe_slice_free(&slice);
    model_drop(m);
    free(visited);
    cohort_drop(c);
}

/* Policies without w_stim: the first weight of the stimulus takes its place. */
static void test_names(void)
{
    struct model *m = make("dnn", "bias+right+left", 0);
    struct probe_request r;
    struct map map;
    struct probe_request s;
    struct slice slice;
    probe_request_default(&r);
    tap_ok(probe_map_compute(m, NULL, NULL, &r, &map, NULL) &&
               strcmp(map.request.of, "w_right") == 0 && strcmp(map.y.name, "w_right") == 0,
           "a map is of w_right by w_right");
    probe_map_free(&map);
    probe_request_default(&s);
    strcpy(s.of, "w_left");
    tap_ok(probe_slice_compute(m, NULL, NULL, &s, &slice, NULL) &&
               strcmp(slice.weight, "w_left") == 0,
           "lines of a slice of w_left are values of it");
    probe_slice_free(&slice);
    strcpy(s.of, "w_bias");
    tap_ok(probe_slice_compute(m, NULL, NULL, &s, &slice, NULL) &&
               strcmp(slice.weight, "w_right") == 0,
           "those of w_bias are values of w_right");
    probe_slice_free(&slice);
    model_drop(m);
    m = make("static", "bias", 0);
    tap_is_text(probe_weight(&m->settings.policy), "w_bias", "without a stimulus the first weight");
    model_drop(m);
    m = make("tinyrnn", "stim+bias", 0);
    struct err err = {0};
    tap_ok(!probe_map_compute(m, NULL, NULL, &r, &map, &err) &&
               strstr(err.message, "nothing to map") && strstr(err.message, "m1"),
           "tinyrnn: %s", err.message);
    err_clear(&err);
    tap_ok(!probe_slice_compute(m, NULL, NULL, &s, &slice, &err), "tinyrnn: %s", err.message);
    model_drop(m);
}

int main(void)
{
    tap_note("seed %d", SEED);
    test_visited();
    test_names();
    return tap_done();
}
