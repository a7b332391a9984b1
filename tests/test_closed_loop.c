/* Models in closed loop, and recovery of rules along whole histories. */
#include "agents.h"

/* --- models in closed loop ------------------------------------------------------ */

static void test_loop_same(const char *rule, const struct rule_shape *shape, const char *policy,
                           const double *theta, const char *common, const char *as_rule)
{
    struct model *m = model_of(rule, shape, policy, theta);
    struct err err = {0};
    char *text = mem_printf("%s %s", common, as_rule);
    struct cohort *a = try_make(NULL, m, common, &err), *b = make(rule, text);
    if (!a)
        tap_ok(false, "simulate %s: %s", m->name, err.message);
    double worst = 0;
    for (size_t k = 0; a && k < m->settings.policy.n; k++)
        for (size_t t = 0; t < a->n_trials; t++)
            worst = fmax(worst, fabs((double)a->columns[k].values[t] - b->columns[k].values[t]));
    tap_ok(a && memcmp(a->choice, b->choice, a->n_trials) == 0 && worst < 1e-5,
           "%s %s: a model with these parameters behaves as the rule does (%.2g)", rule, text,
           worst);
    free(text);
    cohort_drop(a);
    cohort_drop(b);
    model_drop(m);
}

/* The weights a network passed through are those a sweep over its log gives. */
static void test_loop_sweep(const char *rule, const struct rule_shape *shape, const char *policy,
                            const char *text)
{
    struct model *m = model_of(rule, shape, policy, NULL);
    for (size_t i = 0; i < m->tensors.n; i++)
        if (strcmp(m->tensors.item[i].name, "scaling_factor") == 0)
            for (size_t k = 0; k < m->tensors.item[i].size; k++)
                m->theta[m->tensors.item[i].offset + k] = .2;
    struct err err = {0};
    struct cohort *c = try_make(NULL, m, text, &err);
    if (!c) {
        tap_ok(false, "simulate %s %s: %s", m->name, text, err.message);
        return;
    }
    size_t n = m->settings.policy.n;
    float *w = mem_new(c->n_trials * n, sizeof *w);
    double worst = 0, size = 0;
    model_sweep(m, c, w);
    for (size_t t = 0; t < c->n_trials; t++)
        for (size_t k = 0; k < n; k++) {
            worst = fmax(worst, fabs((double)w[t * n + k] - c->columns[k].values[t]));
            size = fmax(size, fabs((double)w[t * n + k]));
        }
    tap_ok(worst < 1e-3 * size && size > .1, "%s %s: closed loop as its sweep (%.2g of %.2g)", rule,
           policy, worst, size);
    struct cohort *more = try_make(NULL, m, "animals=70 trials=200 session=60 distractors=2", &err);
    struct cohort *few = try_make(NULL, m, "animals=3 trials=200 session=60 distractors=2", &err);
    tap_ok(more && few && same_life(more, few, 0) && same_life(more, few, 2),
           "%s: an animal does not depend on how many there are %s", rule, err.message);
    free(w);
    cohort_drop(more);
    cohort_drop(few);
    cohort_drop(c);
    model_drop(m);
}

static void test_loops(void)
{
    const double two[] = {.05, .03}, base[] = {.05, .03, .3, -.2}, lapsing[] = {.05, .03, .2};
    const double three[] = {.05, .03, .02};
    test_loop_same("reinforce", &(struct rule_shape){0}, "stim+bias", two,
                   "animals=5 trials=500 seed=3", "alpha=.05,.03");
    test_loop_same("reinforce-base", &(struct rule_shape){0}, "stim+bias", base,
                   "animals=70 trials=300 w0=-1..1 bias0=.25 noise=.01",
                   "alpha=.05,.03 baseline=.3,-.2");
    test_loop_same("trace", &(struct rule_shape){.window = 4}, "stim+bias", two,
                   "animals=150 trials=200 seed=3", "alpha=.05,.03 window=4");
    test_loop_same("predict-max", &(struct rule_shape){.lapse = {.fitted = true}}, "stim+bias",
                   lapsing, "animals=5 trials=500", "alpha=.05,.03 lapse=.2");
    test_loop_same("reward-max", &(struct rule_shape){.lapse = {.value = .3}}, "stim+bias", two,
                   "animals=5 trials=500", "alpha=.05,.03 lapse=.3");
    test_loop_same("reinforce", &(struct rule_shape){0}, "stim+d2+prevchoice", three,
                   "animals=5 trials=500 distractors=2",
                   "alpha=.05,.03,.02 policy=stim+d2+prevchoice");
    test_loop_same("static", &(struct rule_shape){0}, "stim+bias", (const double[]){2, -.5},
                   "animals=3 trials=300", "w0=2 bias0=-.5");
    const char *text = "animals=6 trials=400 session=90 distractors=1";
    test_loop_sweep("dnn", &(struct rule_shape){.hidden = 8, .layers = 2}, "stim+bias", text);
    test_loop_sweep("dnn", &(struct rule_shape){.hidden = 8, .layers = 2, .lags = 3},
                    "stim+prevstim+bias+d1", text);
    test_loop_sweep("rnn", &(struct rule_shape){.hidden = 8, .layers = 2}, "right+left+stim+bias",
                    text);
}

static void test_model_starts(void)
{
    struct model *m =
        model_of("reinforce", &(struct rule_shape){0}, "stim+bias", (const double[]){.1, .1});
    m->n_animals = 2;
    m->w0 = mem_copy((const double[]){1, -.5, 2, .25}, 4, sizeof(double));
    m->animals = mem_new(2, sizeof *m->animals);
    m->animals[0] = mem_text("a");
    m->animals[1] = mem_text("b");
    struct err err = {0};
    struct cohort *c = try_make(NULL, m, "animals=3 trials=4", &err);
    tap_ok(c && values(c, "true_w_stim")[0] == 1 && values(c, "true_w_bias")[4] == .25f &&
               values(c, "true_w_stim")[8] == 1,
           "agents start as the fitted animals in turn %s", err.message);
    struct truth t = {0};
    struct recovery r;
    tap_ok(c && truth_read(c, &t, &err) && parameter(t.group[0].model, "alpha", 1) == .1 &&
               recovery_compute(m, c, NULL, &r, &err) && r.r2[0] == 1,
           "a textbook rule is a truth for itself %s", err.message);
    truth_free(&t);
    tap_ok(c && strstr(c->truth, "\"parameters\"") && strstr(c->truth, "reinforce1") &&
               strstr(c->truth, "\"w0\": \"model\""),
           "the model is told in the truth");
    cohort_drop(c);
    c = try_make(NULL, m, "animals=2 trials=4 w0=3", &err);
    tap_ok(c && values(c, "true_w_stim")[0] == 3 && values(c, "true_w_bias")[0] == -.5f,
           "w0= goes before the model's, the bias stays the model's");
    cohort_drop(c);
    model_drop(m);

    m = model_of("tinyrnn", &(struct rule_shape){.hidden = 4}, "bias", NULL);
    err = (struct err){0};
    c = try_make(NULL, m, "animals=3 trials=300", &err);
    tap_ok(c && c->n_columns == 0 && c->n_trials == 900, "tinyrnn acts, and has no weights %s",
           err.message);
    tap_ok(c && !recovery_compute(m, c, NULL, &r, &err) && strstr(err.message, "no weights"),
           "nor a recovery: %s", err.message);
    struct model *plain = model_of("static", &(struct rule_shape){0}, "bias", NULL);
    err = (struct err){0};
    tap_ok(c && !recovery_compute(plain, c, NULL, &r, &err) && strstr(err.message, "no weights"),
           "whoever asks: %s", err.message);
    model_drop(plain);
    cohort_drop(c);
    model_drop(m);
}

/* A fitted network travels with its cohort: by its own truth it is recovered, and its map
 * is the true one. */
static void test_network_truth(const char *rule, size_t lags)
{
    struct rule_shape shape = {.hidden = 5, .layers = 1, .lags = lags, .order = ORDER_MLP_GRU};
    struct model *m = model_of(rule, &shape, "stim+prevchoice+bias", NULL), *plain;
    for (size_t i = 0; i < m->tensors.size; i++)
        m->theta[i] *= 3;
    struct err err = {0};
    struct cohort *c = try_make(NULL, m, "animals=4 trials=300 session=70 w0=.5", &err);
    struct recovery r = {0}, other = {0};
    bool good = c && recovery_compute(m, c, NULL, &r, &err);
    tap_ok(good && r.r2[0] > 1 - 1e-9 && r.r2[2] > 1 - 1e-9,
           "%s lags=%zu: a network is a truth for itself (%.12f) %s", rule, lags, r.r2[0],
           err.message);
    plain = model_of("reinforce", &(struct rule_shape){0}, "stim+prevchoice+bias", NULL);
    tap_ok(c && recovery_compute(plain, c, NULL, &other, &err) && other.r2[0] < .9,
           "  not any rule");
    struct probe_request request;
    struct map map = {0};
    probe_request_default(&request);
    request.nx = 5, request.ny = 4, request.fixed.w[1] = 0, request.fixed.w[2] = .2;
    double worst = 0, size = 0;
    if (tap_ok(c && probe_map_compute(m, c, NULL, &request, &map, &err), "  its map %s",
               err.message))
        for (size_t i = 0; i < map.x.n * map.y.n; i++) {
            double value = map.panel[1].value[i];
            worst = fmax(worst, isnan(value) ? 0 : fabs(value - map.panel[1].truth[i]));
            size = fmax(size, isnan(value) ? 0 : fabs(value));
        }
    tap_ok(worst < 1e-6 * size && size > 1e-3, "  is the true one (%.2g of %.2g)", worst, size);
    probe_map_free(&map);
    cohort_drop(c);
    model_drop(m), model_drop(plain);
}

/* One too large to be kept says so. */
static void test_large_network(void)
{
    struct model *m =
        model_of("dnn", &(struct rule_shape){.hidden = 150, .layers = 2}, "stim+bias", NULL);
    struct err err = {0};
    struct cohort *c = try_make(NULL, m, "animals=1 trials=10", &err);
    struct truth t = {0};
    tap_ok(c && !truth_read(c, &t, &err) && strstr(err.message, "dnn1") &&
               strstr(err.message, "true updates"),
           "a large network is no truth: %s", err.message);
    cohort_drop(c);
    model_drop(m);
}

/* The choices of tinyrnn follow its network over the trials before and the
 * stimulus of the trial itself. */
static void test_tinyrnn(void)
{
    struct model *m = model_of("tinyrnn", &(struct rule_shape){.hidden = 4}, "bias", NULL);
    for (size_t i = 0; i < m->tensors.size; i++)
        m->theta[i] *= 4;
    struct cohort *c = try_make(NULL, m, "animals=20 trials=1000", NULL);
    struct fitness own = {0};
    float *w = mem_new(c->n_trials, sizeof *w);
    double spread = 0;
    model_sweep(m, c, w);
    for (size_t t = 0; t < c->n_trials; t++)
        if (t % 1000) {
            fitness_add(&own, logistic(w[t]), c->choice[t], w[t]);
            spread += (double)w[t] * w[t] / (double)c->n_trials;
        }
    tap_ok(fabs(own.surprise) < 4 * sqrt(own.spread) && spread > .1,
           "tinyrnn: choices follow its logits (%.2f sd, logits of %.2f)",
           own.surprise / sqrt(own.spread), sqrt(spread));
    free(w);
    cohort_drop(c);
    model_drop(m);
}

/* --- recovery trial by trial ----------------------------------------------------- */

/* Animal a keeps all but its last 37 a trials. */
static struct cohort *ragged(const struct cohort *c)
{
    struct cohort_builder *b = cohort_builder_new();
    const char *names[] = {"true_w_stim", "true_w_bias"};
    cohort_builder_columns(b, 2, names);
    for (size_t a = 0; a < c->n_animals; a++) {
        cohort_builder_animal(b, c->animals[a].name);
        cohort_builder_session(b, "001");
        for (size_t i = 0; i + 37 * a < c->animals[a].count; i++) {
            size_t t = c->animals[a].first + i;
            const float w[] = {values(c, names[0])[t], values(c, names[1])[t]};
            cohort_builder_trial(b,
                                 &(struct cohort_trial){.stimulus = c->stimulus[t],
                                                        .reward = c->reward[t],
                                                        .choice = c->choice[t],
                                                        .answer = c->answer[t],
                                                        .trial = (int32_t)i + 1},
                                 w);
        }
    }
    struct cohort *out = cohort_builder_finish(b, "ragged", "test");
    out->truth = mem_text(c->truth);
    return out;
}

/* Of long histories only parts are run, each after a run-up. */
static void test_parts(void)
{
    struct cohort *c = make("trace", "animals=5 trials=4000 alpha=.02,.01 noise=.01");
    struct model *same =
        model_of("trace", &(struct rule_shape){0}, "stim+bias", (const double[]){.02, .01});
    struct model *wide = model_of("trace", &(struct rule_shape){.window = 5}, "stim+bias",
                                  (const double[]){.02, .01});
    struct recovery whole, part;
    struct err err = {0};
    atomic_bool stop;
    atomic_init(&stop, false);
    bool good = recovery_estimate(same, c, 8000, &stop, &part, &err);
    tap_ok(good && part.n_trials == 8000 && part.n_visited == 20000 && part.r2[0] > 1 - 1e-9 &&
               part.r2[1] > 1 - 1e-9,
           "parts of histories: recovered by itself over %zu of %zu trials", part.n_trials,
           part.n_visited);
    good = recovery_compute(wide, c, NULL, &whole, &err) &&
           recovery_estimate(wide, c, 8000, NULL, &part, &err);
    tap_ok(good && whole.n_trials == 20000 && fabs(part.r2[0] - whole.r2[0]) < .05,
           "  as over all of them (%.3f, %.3f)", part.r2[0], whole.r2[0]);
    atomic_store(&stop, true);
    tap_ok(!recovery_estimate(wide, c, 8000, &stop, &part, &err) && err.code == ERR_INTERRUPTED,
           "  given up when asked: %s", err.message);
    err_clear(&err);
    tap_ok(!recovery_estimate(wide, c, 80000, &stop, &part, &err) && err.code == ERR_INTERRUPTED,
           "  also over whole histories");
    model_drop(same), model_drop(wide);
    cohort_drop(c);
}

static void test_recovery(void)
{
    struct cohort *whole = make("trace", "animals=9 trials=400 alpha=.02,.01 w0=.5 noise=.01");
    struct cohort *c = ragged(whole);
    struct model *same =
        model_of("trace", &(struct rule_shape){0}, "stim+bias", (const double[]){.02, .01});
    struct model *half =
        model_of("trace", &(struct rule_shape){0}, "stim+bias", (const double[]){.01, .005});
    struct model *wide = model_of("trace", &(struct rule_shape){.window = 5}, "stim+bias",
                                  (const double[]){.02, .01});
    struct model *plain =
        model_of("reinforce", &(struct rule_shape){0}, "stim+bias", (const double[]){.02, .01});
    struct recovery r;
    struct err err = {0};
    bool good = recovery_compute(same, c, NULL, &r, &err);
    tap_ok(good && r.n_trials == c->n_trials && r.n_weights == 2 && r.r2[0] > 1 - 1e-9 &&
               r.r2[1] > 1 - 1e-9,
           "trace is recovered by itself (%.10f, %.10f) %s", r.r2[0], r.r2[1], err.message);
    good = recovery_compute(half, c, NULL, &r, &err);
    tap_ok(good && fabs(r.rmse[0] / r.null_rmse[0] - .5) < 1e-9, "at half its rate the error is "
                                                                 "half that of answering 0");
    good = recovery_compute(wide, c, NULL, &r, &err);
    tap_ok(good && r.r2[0] > .2 && r.r2[0] < .95, "another window: in between (%.3f)", r.r2[0]);
    good = recovery_compute(plain, c, NULL, &r, &err);
    tap_ok(good && r.r2[0] < .5, "a rule without a memory misses most (%.3f)", r.r2[0]);
    model_drop(same);
    model_drop(half);
    model_drop(wide);
    model_drop(plain);
    cohort_drop(whole);
    cohort_drop(c);

    c = make("predict-max", "animals=4 trials=300 alpha=.02/.08");
    struct model *mean =
        model_of("predict-max", &(struct rule_shape){0}, "stim+bias", (const double[]){.05, .05});
    good = recovery_compute(mean, c, NULL, &r, &err);
    double squares = 0, error = 0;
    for (size_t t = 0; t < c->n_trials; t++) {
        double own = t / 300 % 2 ? .08 : .02;
        double e = f(c->answer[t]) * (1 - of_side(c->answer[t], visited_right(c, t)));
        squares += own * e * own * e;
        error += (own - .05) * e * (own - .05) * e;
    }
    tap_near(good ? r.rmse[1] / r.null_rmse[1] : NAN, sqrt(error / squares), 1e-9,
             "a mixture: each animal's own rate is the truth");
    model_drop(mean);
    cohort_drop(c);
}

/* More animals than are run side by side, in groups with rates of their own. */
static void test_many_lives(void)
{
    struct cohort *c = make("trace", "animals=150 trials=100 alpha=.02/.04 window=4");
    struct model *m = model_of("trace", &(struct rule_shape){.window = 4}, "stim+bias",
                               (const double[]){.03, .03});
    double squares = 0, error = 0;
    struct recovery r;
    for (size_t t = 0; t < c->n_trials; t++) {
        double own = t / 100 % 2 ? .04 : .02;
        const float *w = values(c, "true_w_bias");
        double dw = (t + 1) % 100 ? (double)w[t + 1] - w[t] : 0;
        squares += dw * dw;
        error += pow(dw * (own - .03) / own, 2);
    }
    bool good = recovery_compute(m, c, NULL, &r, NULL);
    tap_near(good ? r.rmse[1] / r.null_rmse[1] : NAN, sqrt(error / squares), .01,
             "150 animals: each animal's memory and rates are its own");
    model_drop(m);
    cohort_drop(c);
}

/* A network that sees past trials and features of them, against one walk by hand. */
static void test_past_inputs(void)
{
    struct cohort *c = make("predict-max", "animals=3 trials=300 session=70 "
                                           "policy=stim+prevchoice+bias alpha=.1");
    struct rule_shape shape = {.hidden = 6, .layers = 1, .lags = 2};
    struct model *m = model_of("dnn", &shape, "stim+prevchoice+bias", NULL);
    for (size_t i = 0; i < m->tensors.size; i++)
        m->theta[i] *= 5;
    struct rule_state *state = rule_state_new(m, 1);
    const float *w[] = {values(c, "true_w_stim"), values(c, "true_w_prevchoice"),
                        values(c, "true_w_bias")};
    double error[3] = {0};
    for (size_t t = 0; t < c->n_trials; t++) {
        size_t first = t / 300 * 300, one = t - first >= 1, two = t - first >= 2;
        double s = c->stimulus[t], z = c->answer[t], dw[3];
        double x[] = {s, one ? 2. * c->choice[t - 1] - 1 : 0, 1}, logit = 0;
        double u[] = {w[0][t],
                      w[1][t],
                      w[2][t],
                      s,
                      1,
                      t > first && (t - first) % 70 == 0,
                      c->choice[t],
                      c->reward[t],
                      s > 0,
                      one ? c->stimulus[t - 1] : 0,
                      one ? c->choice[t - 1] : 0,
                      one ? c->reward[t - 1] : 0,
                      two ? c->stimulus[t - 2] : 0,
                      two ? c->choice[t - 2] : 0,
                      two ? c->reward[t - 2] : 0};
        rule_state_step(state, 1, u, x, &z, NULL, dw);
        for (int k = 0; k < 3; k++)
            logit += u[k] * x[k];
        for (int k = 0; k < 3; k++)
            error[k] += pow(dw[k] - .1 * (z - logistic(logit)) * x[k], 2);
    }
    struct recovery r;
    bool good = recovery_compute(m, c, NULL, &r, NULL);
    for (int k = 0; k < 3; k++)
        tap_near(good ? r.rmse[k] : NAN, sqrt(error[k] / 900), 1e-9,
                 "past trials are seen in recovery too, weight %d", k);
    rule_state_free(state);
    model_drop(m);
    cohort_drop(c);
}

/* --- refusals -------------------------------------------------------------------- */

static void test_model_refusals(void)
{
    static const struct {
        const char *rule, *policy, *text, *says;
    } models[] = {
        {"reinforce", "stim+bias", "alpha=.1", "brings its own"},
        {"dnn", "stim+bias", "lapse=.1", "brings its own"},
        {"dnn", "stim+weather", "trials=10", "weather"},
        {"dnn", "stim", "bias0=1", "no bias"},
        {"tinyrnn", "bias", "noise=.1", "noise"},
        {"static", "stim+bias", "noise=.1", "noise"},
        {"static", "stim+bias", "w0=1", "nothing to static"},
    };
    for (size_t i = 0; i < sizeof models / sizeof *models; i++) {
        struct err err = {0};
        struct model *m = model_of(models[i].rule, &(struct rule_shape){.hidden = 2, .layers = 1},
                                   models[i].policy, NULL);
        struct cohort *c = try_make(NULL, m, models[i].text, &err);
        tap_ok(!c && err.code == ERR_USAGE && strstr(err.message, models[i].says), "%s %s: %s",
               m->name, models[i].text, err.message);
        cohort_drop(c);
        model_drop(m);
    }
}

int main(void)
{
    test_loops();
    test_model_starts();
    test_network_truth("dnn", 0);
    test_network_truth("dnn", 2);
    test_network_truth("rnn", 0);
    test_large_network();
    test_tinyrnn();
    test_recovery();
    test_parts();
    test_many_lives();
    test_past_inputs();
    test_model_refusals();
    return tap_done();
}
