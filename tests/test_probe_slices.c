/* Slices and recovery of a rule that is known in closed form; axes and what is refused. */
#include "known_rule.h"

static void test_truth(const struct cohort *c, const float *visited)
{
    struct probe_request request;
    struct recovery found;
    struct err err = {0};
    probe_request_default(&request);
    behaves = TRUE_RULE;
    struct map map = map_of(c, visited, &request);
    double worst = 0, most = 0;
    for (size_t p = 0; p < 2; p++)
        for (size_t i = 0; i < map.x.n * map.y.n; i++) {
            worst = fmax(worst, fabs(map.panel[p].value[i] - map.panel[p].truth[i]));
            most = fmax(most, fabs(map.panel[p].truth[i]));
        }
    tap_ok(worst < 1e-15 && most > .01, "the true rule's map is the truth's");
    tap_near(map.r2, 1, 1e-12, "and its R^2 is 1");
    probe_map_free(&map);
    double sum[K] = {0}, squares[K] = {0}, n = (double)c->n_trials;
    for (size_t t = 0; t < c->n_trials; t++) {
        double w[K] = {visited[t * K], visited[t * K + 1]}, dw[K];
        double p = 1 / (1 + exp(-w[0] * c->stimulus[t] - w[1]));
        for (int k = 0; k < K; k++) {
            dw[k] =
                true_rule.alpha[k] * c->reward[t] * (c->choice[t] - p) * (k ? 1 : c->stimulus[t]);
            sum[k] += dw[k];
            squares[k] += dw[k] * dw[k];
        }
    }
    behaves = SHIFTED;
    tap_ok(recovery_compute(&model, c, NULL, &found, &err) && found.n_trials == c->n_trials &&
               found.n_visited == c->n_trials && found.n_weights == K,
           "recovery over all trials");
    double around = squares[STIM] - sum[STIM] * sum[STIM] / n;
    tap_near(found.r2[STIM], 1 - n * .004 * .004 / around, 1e-9, "R^2 of a shifted rule");
    tap_near(found.rmse[STIM], .004, 1e-12, "its RMSE");
    tap_near(found.null_rmse[STIM], sqrt(squares[STIM] / n), 1e-12, "RMSE of answering 0");
    if (true_rule.alpha[BIAS] > 0)
        tap_near(found.r2[BIAS], 1, 1e-12, "the bias is right");
    else
        tap_near(found.r2[BIAS], NAN, 0, "a bias that never learns has no R^2");
    behaves = ZERO;
    recovery_compute(&model, c, NULL, &found, NULL);
    tap_near(found.r2[STIM], 1 - squares[STIM] / around, 1e-9, "R^2 of answering 0");
    tap_near(found.rmse[STIM], found.null_rmse[STIM], 0, "RMSE of answering 0 is the null's");
}

static void refuse(const struct cohort *c, const float *visited, struct probe_request *request,
                   const char *says)
{
    struct err err = {0};
    struct map map = {.n_visited = 77};
    tap_ok(!probe_map_compute(&model, c, visited, request, &map, &err) &&
               strstr(err.message, says) && map.n_visited == 77 && !map.x.value,
           "refused: %s", err.message);
    probe_request_default(request);
}

static void test_refusals(const struct cohort *c, const float *visited)
{
    struct probe_request r;
    struct err err = {0};
    probe_request_default(&r);
    strcpy(r.x, "stimulsu");
    refuse(c, visited, &r, "did you mean stimulus");
    strcpy(r.y, "past");
    refuse(c, visited, &r, "stimulus, choice, reward, day, side, w_stim, w_bias");
    strcpy(r.of, "stimulus");
    refuse(c, visited, &r, "w_stim, w_bias");
    strcpy(r.x, "w_stim");
    strcpy(r.y, "w_stim");
    refuse(c, visited, &r, "same");
    r.fixed.stimulus = .5;
    refuse(c, visited, &r, "stimulus");
    r.fixed.reward = .5;
    refuse(c, visited, &r, "0 or 1");
    r.fixed.w[STIM] = 1;
    refuse(c, visited, &r, "w_stim");
    r.fixed.w[BIAS] = INFINITY;
    refuse(c, visited, &r, "w_bias");
    r.y_lo = 3, r.y_hi = 3;
    refuse(c, visited, &r, "must go up");
    r.x_lo = 5;
    refuse(c, visited, &r, "no stimulus");
    r.ny = 100000;
    refuse(c, visited, &r, "at most");
    r.past = PAST_BOTH;
    refuse(c, visited, &r, "one past");
    r.lags = 11;
    refuse(c, visited, &r, "lags=11");
    model.rule = &choice_rule;
    refuse(c, visited, &r, "nothing to map");
    model.rule = &rule;
    struct recovery found;
    struct model other = model;
    fit_settings_policy(&other.settings, "bias+stim", NULL);
    err_clear(&err);
    tap_ok(!recovery_compute(&other, c, NULL, &found, &err), "recovery: %s", err.message);
}

static void test_axes(const struct cohort *c, const float *visited)
{
    struct probe_request r;
    probe_request_default(&r);
    r.x_lo = -.9, r.x_hi = 0, r.y_lo = -1, r.y_hi = 1, r.ny = 8;
    struct map map = map_of(c, visited, &r);
    tap_ok(map.x.n == 4 && map.x.value[3] == 0 && map.y.n == 8 && map.y.edge[0] == -1 &&
               map.y.edge[8] == 1,
           "ranges are taken, levels outside left out");
    probe_map_free(&map);
    probe_request_default(&r);
    map = map_of(NULL, NULL, &r);
    size_t support = 0;
    for (size_t i = 0; i < map.x.n * map.y.n; i++)
        support += map.panel[0].support[i] + map.panel[1].support[i];
    double w[K] = {map.y.value[5], 0}, dw[K];
    curved(w, map.x.value[30], 0, 0, 0, 1, dw);
    tap_ok(map.x.n == 41 && map.x.edge[0] == -1 && support == 0 && map.n_sample == 0,
           "with no data: a map with no support");
    tap_near(map.panel[0].value[5 * 41 + 30], dw[STIM], 1e-12, "with no data: its values");
    tap_ok(map.limit > 0, "with no data: a limit");
    probe_map_free(&map);
}

static void test_slices(const struct cohort *c, const float *visited)
{
    struct probe_request r;
    struct slice slice;
    struct err err = {0};
    behaves = CURVED;
    probe_request_default(&r);
    r.n_w = 3, r.w[0] = 2, r.w[1] = 0, r.w[2] = 1;
    r.sample = c->n_trials;
    if (!tap_ok(probe_slice_compute(&model, c, visited, &r, &slice, &err), "slice %s", err.message))
        return;
    tap_ok(slice.n_lines == 6 && slice.line[0].w == 0 && slice.line[0].correct &&
               slice.line[5].w == 2 && !slice.line[5].correct && slice.x.n == 11,
           "three weights, correct and error each, ascending");
    double worst = 0;
    size_t sum = 0, want = 0;
    for (size_t i = 0; i < 6; i++)
        for (size_t j = 0; j < 11; j++) {
            if (slice.x.value[j] != 0)
                worst = fmax(worst, fabs(slice.line[i].cells.value[j] -
                                         mean_update(c, visited, slice.line[i].w, slice.x.value[j],
                                                     slice.line[i].correct, NAN)));
            sum += slice.line[i].cells.support[j];
        }
    for (size_t t = 0; t < c->n_trials; t++)
        want += visited[t * K] >= -.5 && visited[t * K] <= 2.5;
    tap_ok(worst < 1e-9, "the lines are means over visited trials (%.2g)", worst);
    tap_ok(sum == want, "support: weights within half a step");
    struct table table = {0};
    probe_slice_table(1, &(const struct slice *){&slice}, &table);
    tap_ok(table.n_rows == 66 && table.n_columns == 11, "table of a slice");
    table_free(&table);
    probe_slice_free(&slice);
}

/* Lines where none are asked for, and where there can be none. */
static void test_own_lines(const struct cohort *c, const float *visited)
{
    struct probe_request r;
    struct slice slice;
    struct err err = {0};
    behaves = CURVED;
    probe_request_default(&r);
    bool made = probe_slice_compute(&model, c, visited, &r, &slice, &err);
    tap_ok(made && slice.n_lines == 6 && slice.request.w[0] == 0 && slice.request.w[1] == 2 &&
               slice.request.w[2] == 4,
           "three round weights from what was visited: %g %g %g", slice.request.w[0],
           slice.request.w[1], slice.request.w[2]);
    probe_slice_free(&slice);
    strcpy(r.x, "w_stim");
    r.fixed.stimulus = 1, r.fixed.w[1] = .5, r.nx = 9;
    behaves = TRUE_RULE;
    tap_ok(probe_slice_compute(&model, c, visited, &r, &slice, &err) && slice.n_lines == 2 &&
               slice.line[0].correct && isnan(slice.line[0].w) && slice.x.n == 9,
           "x=w_stim: one pair of lines");
    double w[K] = {slice.x.value[3], .5}, dw[K];
    scalar_step(&true_rule, NULL, w, (double[]){1, 1}, &(struct scalar_trial){1, 1, 1}, dw);
    tap_near(slice.line[0].cells.value[3], dw[STIM], 1e-12, "x=w_stim: correct, at stimulus 1");
    tap_near(slice.line[0].cells.truth[3], dw[STIM], 1e-12, "x=w_stim: its truth");
    tap_near(slice.r2, 1, 1e-12, "R^2 of the true rule");
    probe_slice_free(&slice);
    strcpy(r.x, "reward");
    tap_ok(!probe_slice_compute(&model, c, visited, &r, &slice, &err), "refused: %s", err.message);
    probe_request_default(&r);
    r.n_w = 2, r.w[0] = r.w[1] = 1;
    err_clear(&err);
    tap_ok(!probe_slice_compute(&model, c, visited, &r, &slice, &err), "refused: %s", err.message);
}

int main(void)
{
    tap_note("seed %d", SEED);
    fit_settings_policy(&model.settings, "stim+bias", NULL);
    struct cohort *c = make("ibl", "8", ".02"), *grid = make("grid", "6", "0");
    float *visited = visited_of(c), *grid_visited = visited_of(grid);
    true_rule = true_rule_of(c);
    test_axes(c, visited);
    test_slices(c, visited);
    test_own_lines(c, visited);
    test_refusals(c, visited);
    test_truth(c, visited);
    true_rule = true_rule_of(grid);
    test_truth(grid, grid_visited);
    free(visited);
    free(grid_visited);
    cohort_drop(c);
    cohort_drop(grid);
    return tap_done();
}
