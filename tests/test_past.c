/* Maps and slices of rules that see the past against a plain recalculation: every
 * history by itself, step by step with frozen weights, then the cell's trial. */
#include <math.h>

#include "deltaw/study/probe.h"
#include "past_scenes.h"

struct trial {
    double s, day, y, r, answer;
};

static void plain_step(const struct model *m, struct rule_state *state, const double *w,
                       const struct trial *now, const struct trial *past, size_t n, double *dw)
{
    const struct policy *policy = &m->settings.policy;
    double u[64] = {0}, x[POLICY_MAX] = {0}, *v = u + policy->n;
    memcpy(u, w, policy->n * sizeof *u);
    v[0] = now->s, v[1] = 1, v[2] = now->day, v[3] = now->y, v[4] = now->r, v[5] = now->s > 0;
    for (size_t lag = 1; lag <= m->settings.shape.lags && lag <= n; lag++) {
        v[6 + 3 * (lag - 1)] = past[n - lag].s;
        v[7 + 3 * (lag - 1)] = past[n - lag].y;
        v[8 + 3 * (lag - 1)] = past[n - lag].r;
    }
    for (size_t k = 0; k < policy->n; k++) {
        const char *name = policy->weight[k];
        x[k] = strcmp(name, "w_stim") == 0       ? now->s
               : strcmp(name, "w_right") == 0    ? (now->s >= 0 ? now->s : 0)
               : strcmp(name, "w_left") == 0     ? (now->s < 0 ? now->s : 0)
               : strcmp(name, "w_bias") == 0     ? 1
               : n == 0                          ? 0
               : strcmp(name, "w_prevstim") == 0 ? past[n - 1].s
                                                 : 2 * past[n - 1].y - 1;
    }
    rule_state_step(state, 1, u, x, &now->answer, NULL, dw);
}

/* Mean over all histories that fit, one at a time. */
static double plain_mean(const struct model *m, const double *w, const struct trial *now,
                         enum past past, size_t lags, size_t component)
{
    double sum = 0, dw[POLICY_MAX];
    size_t n = 0, all = (size_t)1 << (2 * lags);
    for (size_t code = 0; code < all; code++) {
        struct trial before[10];
        bool fits = true;
        for (size_t i = 0; i < lags; i++) {
            size_t digit = code >> (2 * i) & 3;
            struct trial *t = &before[i];
            *t = (struct trial){.s = digit & 1 ? 1 : -1, .y = digit & 2 ? 1 : 0};
            t->answer = t->s > 0;
            t->r = t->y == t->answer;
            fits = fits && (past == PAST_ANY || t->r == (past == PAST_REWARDED));
        }
        if (!fits)
            continue;
        struct rule_state *state = rule_state_new(m, 1);
        for (size_t i = 0; i < lags; i++)
            plain_step(m, state, w, &before[i], before, i, dw);
        plain_step(m, state, w, now, before, lags, dw);
        rule_state_free(state);
        sum += dw[component];
        n++;
    }
    return sum / (double)n;
}

/* A gate so far open that trials cannot be taken apart from states. */
static void open_gate(struct model *m)
{
    for (size_t i = 0; i < m->tensors.n; i++)
        if (strcmp(m->tensors.item[i].name, "gru.bias_hh_l0") == 0)
            m->theta[m->tensors.item[i].offset] = 60;
}

static void test_map(const char *rule, const char *policy, size_t shape_lags, const char *of,
                     const char *y, double tolerance, bool far)
{
    struct model *m = make(rule, policy, shape_lags);
    if (far)
        open_gate(m);
    size_t k = (size_t)policy_weight(&m->settings.policy, of);
    size_t ky = (size_t)policy_weight(&m->settings.policy, y);
    double largest = 0;
    for (enum past past = PAST_ANY; past <= PAST_UNREWARDED; past++)
        for (size_t lags = 1; lags <= 3; lags += 2) {
            struct probe_request r;
            struct map map;
            struct err err = {0};
            double worst = 0;
            probe_request_default(&r);
            for (size_t j = 0; j < m->settings.policy.n; j++)
                r.fixed.w[j] = j == ky ? NAN : .7 - .4 * (double)j;
            strcpy(r.of, of);
            strcpy(r.y, y);
            r.nx = 6, r.ny = 3, r.y_lo = -2, r.y_hi = 2.5;
            r.past = past, r.lags = lags;
            if (!tap_ok(probe_map_compute(m, NULL, NULL, &r, &map, &err), "%s map %s", rule,
                        err.message))
                continue;
            for (size_t p = 0; p < 2; p++)
                for (size_t i = 0; i < 18; i++) {
                    double w[POLICY_MAX] = {0}, s = map.x.value[i % 6];
                    struct trial now = {.s = s, .answer = s > 0, .r = (double)p};
                    now.y = p ? now.answer : 1 - now.answer;
                    for (size_t j = 0; j < m->settings.policy.n; j++)
                        w[j] = r.fixed.w[j];
                    w[ky] = map.y.value[i / 6];
                    double want = plain_mean(m, w, &now, past, lags, k);
                    worst = fmax(worst, fabs(want - map.panel[p].value[i]));
                    largest = fmax(largest, fabs(want));
                }
            tap_ok(worst < tolerance,
                   "%s %s lags=%zu, past %d of %zu: all histories, each by itself (%.2g)", rule,
                   policy, shape_lags, (int)past, lags, worst);
            size_t fitting = (size_t)1 << (past == PAST_ANY ? 2 * lags : lags);
            tap_ok(map.n_histories == fitting && map.n_fitting == fitting, "%zu histories",
                   fitting);
            tap_ok(strcmp(map.request.of, of) == 0 && strcmp(map.request.y, y) == 0, "of %s by %s",
                   of, y);
            probe_map_free(&map);
        }
    tap_ok(largest > 1e-3, "the updates are not all tiny (%.2g)", largest);
    model_drop(m);
}

/* By hand: alpha 1, w = 0, a correct trial at s > 0 adds s/2, each correct trial
 * of the past 1/2, each error takes 1/2; half of the window must be correct. */
static void test_trace(void)
{
    static const struct {
        enum past past;
        size_t lags, window;
        double past_sum;
        bool fires;
    } cases[] = {
        {PAST_REWARDED, 3, 4, 1.5, true},  {PAST_UNREWARDED, 3, 4, 0, false},
        {PAST_REWARDED, 1, 4, .5, true},   {PAST_UNREWARDED, 1, 2, -.5, true},
        {PAST_UNREWARDED, 2, 2, -1, true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct model *m = make("trace", "stim+bias", 0);
        struct probe_request r;
        struct slice slice;
        m->theta[0] = m->theta[1] = 1;
        m->settings.shape.window = cases[i].window;
        probe_request_default(&r);
        r.n_w = 1, r.w[0] = 0, r.fixed.w[1] = 0, r.fixed.reward = 1, r.nx = 3;
        r.past = cases[i].past, r.lags = cases[i].lags;
        struct err err = {0};
        if (tap_ok(probe_slice_compute(m, NULL, NULL, &r, &slice, &err), "trace slice %s",
                   err.message)) {
            double want = cases[i].fires ? cases[i].past_sum + .5 * slice.x.value[2] : 0;
            tap_ok(slice.n_lines == 1 && slice.line[0].correct, "one line, correct");
            tap_near(slice.line[0].cells.value[2], want, 1e-12, "trace by hand, case %zu", i);
            probe_slice_free(&slice);
        }
        model_drop(m);
    }
}

static void test_sampled(void)
{
    struct model *m = make("rnn", "stim+bias", 0);
    struct probe_request r;
    struct map map, again;
    probe_request_default(&r);
    r.nx = 2, r.ny = 2, r.lags = 6;
    probe_map_compute(m, NULL, NULL, &r, &map, NULL);
    probe_map_compute(m, NULL, NULL, &r, &again, NULL);
    tap_ok(map.n_histories == PAST_HISTORIES && map.n_fitting == 4096, "1024 of 4096 histories");
    tap_ok(strstr(map.rest, "past 6 trials: mean over 1,024 of 4,096 histories") != NULL,
           "it is said: %s", map.rest);
    tap_ok(memcmp(map.panel[0].value, again.panel[0].value, 4 * sizeof(double)) == 0,
           "the same ones each time");
    double worst = 0, most = 0;
    for (size_t i = 0; i < 4; i++) {
        double w[2] = {map.y.value[i / 2], 0}, s = map.x.value[i % 2];
        struct trial now = {.s = s, .answer = s > 0, .y = s > 0, .r = 1};
        double want = plain_mean(m, w, &now, PAST_ANY, 6, 0);
        worst = fmax(worst, fabs(want - map.panel[1].value[i]));
        most = fmax(most, fabs(want));
    }
    tap_ok(worst > 0 && worst < .01 * most, "an even sample stands for all (%.2g of %.2g)", worst,
           most);
    probe_map_free(&map);
    probe_map_free(&again);
    r.past = PAST_REWARDED, r.lags = 10;
    probe_map_compute(m, NULL, NULL, &r, &map, NULL);
    tap_ok(map.n_histories == 1024 && map.n_fitting == 1024, "all 1024 of ten rewarded trials");
    probe_map_free(&map);
    model_drop(m);
}

/* Cells computed together must not be those that a thread happened to take. */
static void test_threads(void)
{
    struct model *m = make("rnn", "stim+bias", 0);
    struct probe_request r;
    struct map one, four;
    probe_request_default(&r);
    strcpy(r.x, "reward"); /* so that all lines have the same past */
    strcpy(r.y, "stimulus");
    r.fixed.w[0] = .7, r.fixed.w[1] = -.2;
    r.ny = 900, r.lags = 4, r.histories = 256;
    r.threads = 1;
    probe_map_compute(m, NULL, NULL, &r, &one, NULL);
    r.threads = 4;
    probe_map_compute(m, NULL, NULL, &r, &four, NULL);
    tap_ok(memcmp(one.panel[0].value, four.panel[0].value, one.x.n * one.y.n * sizeof(double)) == 0,
           "the same bits with four threads as with one");
    probe_map_free(&one);
    probe_map_free(&four);
    model_drop(m);
}

/* The true rule goes through the same histories; visited weights lend the rest. */
static void test_true_map(const struct cohort *c, const float *visited, const struct model *m)
{
    struct probe_request r;
    struct map map;
    probe_request_default(&r);
    r.ny = 4, r.past = PAST_REWARDED, r.sample = c->n_trials;
    probe_map_compute(m, c, visited, &r, &map, NULL);
    double worst = 0, off = 0, most = 0;
    for (size_t p = 0; p < 2; p++)
        for (size_t i = 0; i < map.x.n * map.y.n; i++) {
            double s = map.x.value[i % map.x.n], sum = 0;
            worst = fmax(worst, fabs(map.panel[p].value[i] - map.panel[p].truth[i]));
            if (s == 0 || i % 3)
                continue;
            for (size_t t = 0; t < c->n_trials; t++) {
                double w[2] = {map.y.value[i / map.x.n], visited[2 * t + 1]};
                struct trial now = {.s = s, .answer = s > 0, .r = (double)p};
                now.y = p ? now.answer : 1 - now.answer;
                sum += plain_mean(m, w, &now, PAST_REWARDED, 3, 0) / (double)c->n_trials;
            }
            off = fmax(off, fabs(sum - map.panel[p].value[i]));
            most = fmax(most, fabs(sum));
        }
    tap_ok(worst < 1e-12 && most > .01, "the trace rule's map is that of its truth (%.2g)", worst);
    tap_near(map.r2, 1, 1e-9, "and its R^2 over visited trials is 1");
    tap_ok(off < 1e-12, "a mean over visited trials and histories (%.2g)", off);
    probe_map_free(&map);
}

/* Few visited values stand for all. */
static void test_true_few(const struct cohort *c, const float *visited, const struct model *m)
{
    struct probe_request r;
    probe_request_default(&r);
    r.ny = 4, r.past = PAST_REWARDED;
    struct map few;
    probe_map_compute(m, c, visited, &r, &few, NULL);
    tap_ok(few.n_sample == 8 && strstr(few.rest, "8 visited trials; past 3 trials rewarded: mean "
                                                 "over 8 histories"),
           "rest: %s", few.rest);
    probe_map_free(&few);
}

/* Support: trials after such a past. */
static void test_true_support(const struct cohort *c, const float *visited, const struct model *m)
{
    struct map map;
    struct probe_request r;
    probe_request_default(&r);
    r.ny = 4, r.past = PAST_REWARDED;
    size_t want = 0, sum = 0;
    for (size_t a = 0; a < c->n_animals; a++)
        for (size_t i = 3; i < c->animals[a].count; i++) {
            const float *reward = c->reward + c->animals[a].first + i;
            want += reward[-1] == 1 && reward[-2] == 1 && reward[-3] == 1;
        }
    probe_map_compute(m, c, visited, &r, &map, NULL);
    for (size_t i = 0; i < map.x.n * map.y.n; i++)
        sum += map.panel[0].support[i] + map.panel[1].support[i];
    tap_ok(sum == want && want > 0, "support counts trials after three rewarded ones (%zu)", sum);
    probe_map_free(&map);
}

/* A rule without a memory: the truth has its gap, the fit has none. */
static void test_true_gap(const struct cohort *c, const float *visited, const struct model *dnn)
{
    struct probe_request s;
    struct slice slice;
    probe_request_default(&s);
    s.n_w = 1, s.w[0] = 0, s.fixed.w[1] = 0, s.fixed.reward = 1, s.past = PAST_BOTH;
    probe_slice_compute(dnn, c, visited, &s, &slice, NULL);
    double gap = 0, true_gap = 0;
    for (size_t i = 0; i < slice.x.n; i++) {
        gap = fmax(gap, fabs(slice.line[0].cells.value[i] - slice.line[1].cells.value[i]));
        true_gap +=
            (slice.line[0].cells.truth[i] - slice.line[1].cells.truth[i]) / (double)slice.x.n;
    }
    tap_ok(slice.n_lines == 2 && slice.line[0].past == PAST_REWARDED &&
               slice.line[1].past == PAST_UNREWARDED,
           "a line for each past");
    tap_ok(gap == 0 && true_gap > .02, "dnn shows no gap, the truth does (%+.4f)", true_gap);
    probe_slice_free(&slice);
}

static void test_truth(void)
{
    struct cohort *c = simulated("trace", "3", "40");
    float *visited = true_visited(c);
    struct model *m = make("trace", "stim+bias", 0), *dnn = make("dnn", "stim+bias", 0);
    m->theta[0] = m->theta[1] = ldexp(1, -6);
    test_true_map(c, visited, m);
    test_true_few(c, visited, m);
    test_true_support(c, visited, m);
    test_true_gap(c, visited, dnn);
    model_drop(m);
    model_drop(dnn);
    free(visited);
    cohort_drop(c);
}

int main(void)
{
    tap_note("seed %d", SEED);
    test_map("rnn", "stim+bias", 0, "w_stim", "w_stim", 1e-5, false);
    test_map("rnn", "stim+bias", 0, "w_stim", "w_stim", 1e-5, true);
    test_map("rnn", "right+left+bias", 0, "w_left", "w_right", 1e-5, false);
    test_map("dnn", "stim+bias", 2, "w_bias", "w_stim", 1e-5, false);
    test_map("trace", "stim+prevchoice+bias", 0, "w_prevchoice", "w_stim", 1e-12, false);
    test_map("reinforce", "stim+prevstim+bias", 0, "w_prevstim", "w_prevstim", 1e-12, false);
    test_trace();
    test_sampled();
    test_threads();
    test_truth();
    return tap_done();
}
