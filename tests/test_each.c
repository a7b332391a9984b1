/* pool=each: every animal is asked of the model that was fitted to it alone, others of all; the
 * same from a file, from a part of the log, and where a cross-validation fits it. */
#include <math.h>
#include <poll.h>

#include "cohorts.h"
#include "deltaw/base/mem.h"
#include "deltaw/data/filter.h"
#include "deltaw/learn/ensemble.h"
#include "deltaw/learn/fit.h"
#include "deltaw/study/behaviour.h"
#include "tap.h"

enum { SEED = 8, K = 2, ANIMALS = 5, FITTED = 3 };

/* a2 has nothing to score; a4 is held out. */
static const size_t counts[ANIMALS] = {160, 120, 1, 90, 70};
static const size_t fitted[FITTED] = {0, 1, 3};

static struct fit_settings settings_of(const char *w0)
{
    struct fit_settings s;
    fit_settings_default(&s);
    snprintf(s.rule, sizeof s.rule, "reinforce-base");
    s.threads = 1;
    s.pool = POOL_EACH;
    s.holdout = mem_text("a4");
    setting_set(setting_find("w0"), w0, &s, NULL);
    return s;
}

struct work {
    struct job job;
    const struct fit_settings *s;
    const struct cohort *c;
    struct model *model;
    struct err err;
};

static void do_work(struct job *job)
{
    struct work *w = job->data;
    w->model = fit_within(w->s, w->c, NULL, job, &w->err);
}

static struct model *fit(const struct fit_settings *s, const struct cohort *c)
{
    struct wake wake;
    struct err err = {0};
    wake_open(&wake, &err);
    struct jobs *jobs = jobs_new(&wake);
    struct work w = {.s = s, .c = c};
    w.job = (struct job){.run = do_work, .data = &w, .lane = JOB_FIT};
    job_send(jobs, &w.job, &err);
    while (!job_done(&w.job)) {
        poll(&(struct pollfd){.fd = wake.fd, .events = POLLIN}, 1, 20);
        wake_drain(&wake);
    }
    jobs_free(jobs);
    wake_close(&wake);
    if (!tap_ok(w.model != NULL, "fitted %s", w.err.message))
        exit(tap_done());
    return w.model;
}

/* Losses of animal a by member i, followed through its own life. */
static double loss_of(const struct model *member, const struct cohort *c, size_t a)
{
    size_t most[ANIMALS] = {0};
    struct cohort *alone;
    double loss[ANIMALS];
    most[a] = c->animals[a].count;
    cohort_heads(c, most, &alone, NULL);
    model_loss(member, alone, loss, NULL);
    cohort_drop(alone);
    return loss[0];
}

static void test_owners(const struct model *m, const struct cohort *c)
{
    const struct ensemble *e = m->ensemble;
    double loss[ANIMALS], worst = 0;
    size_t n[ANIMALS];
    tap_ok(e && e->each && e->n == FITTED && m->rule->each, "a model of the three with choices");
    model_loss(m, c, loss, n);
    for (size_t i = 0; i < FITTED; i++) {
        size_t a = fitted[i];
        tap_ok(ensemble_asked(e, c->animals[a].name) == i && !m->held_out[a],
               "%s is asked of its own", c->animals[a].name);
        worst = fmax(worst, fabs(loss[a] - loss_of(e->member[i], c, a)));
        tap_near(m->w0[a * K], e->member[i]->w0[0], 0, "and starts as that says");
        tap_ok(loss[a] < loss_of(e->member[(i + 1) % FITTED], c, a), "which fits it best");
    }
    tap_near(worst, 0, 1e-5, "losses are those of an animal's own");
    tap_ok(m->held_out[4] && m->held_out[2] && n[2] == 0, "others are held out");
}

static void test_strangers(const struct model *m, const struct cohort *c)
{
    const struct animal *who = &c->animals[4];
    float *w = mem_new(c->n_trials * K, sizeof *w), *own = mem_new(c->n_trials * K, sizeof *own);
    double worst = 0, mean[70] = {0};
    model_sweep(m, c, w);
    for (size_t i = 0; i < FITTED; i++) {
        model_sweep(m->ensemble->member[i], c, own);
        for (size_t t = 0; t < who->count; t++)
            mean[t] += trajectory_p_right(m->ensemble->member[i], c, who, who->first + t,
                                          own + (who->first + t) * K) /
                       FITTED;
    }
    for (size_t t = 0; t < who->count; t++)
        worst = fmax(worst, fabs(mean[t] - trajectory_p_right(m, c, who, who->first + t,
                                                              w + (who->first + t) * K)));
    tap_near(worst, 0, 1e-6, "a stranger is predicted by the mean over all");
    size_t most[ANIMALS] = {0, counts[1]};
    struct cohort *alone;
    cohort_heads(c, most, &alone, NULL);
    model_sweep(m->ensemble->member[1], alone, own);
    worst = 0;
    for (size_t i = 0; i < counts[1] * K; i++)
        worst = fmax(worst, fabs((double)w[c->animals[1].first * K + i] - (double)own[i]));
    tap_near(worst, 0, 1e-6, "weights of an animal are its own model's");
    cohort_drop(alone);
    free(w), free(own);
}

/* Scored on a part of what was fitted: lives go on, nothing restarts. */
static void test_parts(const struct model *m, const struct cohort *c)
{
    struct cohort *late;
    double loss[ANIMALS], masked[ANIMALS];
    size_t n[ANIMALS];
    uint8_t *scored = mem_new(c->n_trials, 1);
    cohort_trials(c, 41, 80, &late, NULL);
    for (size_t a = 0; a < ANIMALS; a++)
        for (size_t i = 40; i < 80 && i < c->animals[a].count; i++)
            scored[c->animals[a].first + i] = 1;
    model_loss(m, late, loss, NULL);
    model_score(m, c, NULL, scored, masked, n);
    for (size_t a = 0; a < late->n_animals; a++) {
        size_t at = (size_t)cohort_animal(c, late->animals[a].name);
        tap_near(loss[a], masked[at], 1e-9, "%s: a part of its life", late->animals[a].name);
        tap_ok(n[at] == late->animals[a].count, "all of whose trials count");
    }
    cohort_drop(late);
    free(scored);
}

static void test_file(const struct model *m, const struct cohort *c)
{
    struct err err = {0};
    struct model *o = NULL;
    tap_ok(model_save(m, "each.npz", &err) && model_open("each.npz", "o", &o, &err),
           "saved and opened %s", err.message);
    if (!o)
        return;
    tap_ok(o->ensemble->each && o->n_animals == ANIMALS && o->held_out[4] &&
               o->cohort_digest == c->digest && strcmp(o->cohort_name, c->name) == 0,
           "with whose model is which");
    tap_ok(model_loss(o, c, NULL, NULL) == model_loss(m, c, NULL, NULL), "and says the same");
    model_drop(o);
}

/* As a cross-validation has it: fitted to heads, scored on what comes, from given starts. */
static void test_future(const struct cohort *c)
{
    struct fit_settings s = settings_of("psychometric");
    size_t most[ANIMALS], n[ANIMALS];
    double w0[ANIMALS * K] = {0}, loss[ANIMALS], worst = 0;
    struct cohort *heads;
    uint8_t *scored = mem_new(c->n_trials, 1);
    for (size_t a = 0; a < ANIMALS; a++) {
        most[a] = c->animals[a].count > 1 && a < 4 ? c->animals[a].count - 30 : 0;
        memset(scored + c->animals[a].first + most[a], 1, most[a] ? 30 : 0);
    }
    free(s.holdout), s.holdout = NULL;
    cohort_heads(c, most, &heads, NULL);
    struct model *m = fit(&s, heads);
    for (size_t i = 0; i < FITTED; i++)
        memcpy(w0 + fitted[i] * K, m->ensemble->member[i]->w0, K * sizeof *w0);
    model_score(m, c, w0, scored, loss, n);
    for (size_t i = 0; i < FITTED; i++) {
        double own[ANIMALS];
        model_score(m->ensemble->member[i], c, w0, scored, own, n);
        worst = fmax(worst, fabs(own[fitted[i]] - loss[fitted[i]]));
        tap_ok(n[fitted[i]] == 30, "what comes is scored");
    }
    tap_near(worst, 0, 1e-5, "by each animal's own, from the weights that it reached");
    model_drop(m);
    cohort_drop(heads);
    free(scored);
    fit_settings_free(&s);
}

static void test_refused(struct model *m, const struct cohort *c)
{
    struct err err = {0};
    struct model *pooled;
    struct fit_settings s = settings_of("zero");
    s.pool = POOL_ALL;
    pooled = fit(&s, c);
    tap_ok(!fit_together("e", c, 1, &pooled, &err) && strstr(err.message, "one animal"),
           "refused: %s", err.message);
    tap_ok(!fit_together("e", c, 1, &m, &err), "refused: %s", err.message);
    tap_ok(!fit_together("e", c, 0, NULL, &err), "refused: %s", err.message);
    model_drop(pooled);
    fit_settings_free(&s);
}

int main(void)
{
    struct cohort *c = test_cohort(ANIMALS, counts, SEED);
    struct fit_settings s = settings_of("psychometric");
    struct model *m = fit(&s, c);
    test_owners(m, c);
    test_strangers(m, c);
    test_parts(m, c);
    test_file(m, c);
    test_future(c);
    test_refused(m, c);
    int fast, pooled;
    snprintf(s.rule, sizeof s.rule, "dnn");
    s.optimizer = OPTIMIZER_FAST, s.truncation = 10;
    fast = fit_minibatch_epochs(&s, c);
    s.pool = POOL_ALL;
    pooled = fit_minibatch_epochs(&s, c);
    tap_ok(fast >= pooled, "fewer trials take as many passes or more: %d, %d", fast, pooled);
    model_drop(m);
    fit_settings_free(&s);
    cohort_drop(c);
    return tap_done();
}
