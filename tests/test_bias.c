/* What a network makes of a rule: lives on the animals' stimuli, the map of the difference,
 * and its sums. */
#include <math.h>
#include <poll.h>

#include "agents.h"
#include "deltaw/study/bias.h"
#include "deltaw/study/loop.h"

static struct model *rule_of(const char *name, double alpha)
{
    struct fit_settings s;
    fit_settings_default(&s);
    snprintf(s.rule, sizeof s.rule, "%s", name);
    struct model *m = agent_model(rule_find(name), &s);
    for (size_t i = 0; i < m->tensors.size; i++)
        m->theta[i] = alpha;
    fit_settings_free(&s);
    return m;
}

static void test_lives(const struct cohort *c, const struct model *rule)
{
    struct cohort *lives = NULL;
    size_t same = 0, own = 0, paid = 0;
    loop_cohort(rule, c, 3, NULL, &lives, NULL);
    tap_ok(lives->n_animals == c->n_animals && lives->n_trials == c->n_trials,
           "agents live as many trials as their animals");
    for (size_t t = 0; t < c->n_trials; t++) {
        same += lives->stimulus[t] == c->stimulus[t] && lives->answer[t] == c->answer[t];
        own += lives->choice[t] != c->choice[t];
        paid += lives->reward[t] == (float)(lives->choice[t] == lives->answer[t]);
    }
    tap_ok(same == c->n_trials, "with their stimuli");
    tap_ok(own > c->n_trials / 20, "but choices of their own");
    tap_ok(paid == c->n_trials, "which are rewarded when right");
    tap_ok(lives->animals[1].n_sessions == c->animals[1].n_sessions, "in their sessions");
    cohort_drop(lives);
}

/* The refit stands for a rule at half the rate: its bias is half of the update, everywhere. */
static void test_map(const struct cohort *c, struct model *rule, struct model *half)
{
    struct bias bias = {.rule = rule, .network = half};
    struct probe_request r;
    struct map map;
    double worst = 0, largest = 0;
    probe_request_default(&r);
    r.nx = r.ny = 9;
    bias_map(&bias, c, &r, &map, NULL);
    for (size_t p = 0; p < map.n_panels; p++)
        for (size_t i = 0; i < map.x.n * map.y.n; i++)
            if (isfinite(map.panel[p].value[i])) {
                double b = map.panel[p].value[i] - map.panel[p].truth[i];
                worst = fmax(worst, fabs(b + map.panel[p].truth[i] / 2));
                largest = fmax(largest, fabs(b));
            }
    tap_near(worst, 0, 1e-9, "half the rate is a bias of minus half the update");
    tap_ok(largest > 1e-3, "which is some");
    probe_map_free(&map);
}

struct work {
    struct job job;
    const struct model *rule;
    const struct cohort *cohort;
    const struct fit_settings *settings;
    struct bias *bias;
};

static void do_work(struct job *job)
{
    struct work *w = job->data;
    bias_run(w->rule, w->settings, w->cohort, 4, job, &w->bias, NULL);
}

/* The "network" is the right textbook rule: it has next to no bias. */
static void test_report(const struct cohort *c, const struct model *rule)
{
    struct jobs *jobs = jobs_new(NULL);
    struct fit_settings s;
    fit_settings_default(&s);
    snprintf(s.rule, sizeof s.rule, "reinforce");
    struct work w = {.rule = rule, .cohort = c, .settings = &s};
    w.job = (struct job){.run = do_work, .data = &w, .lane = JOB_FIT};
    job_send(jobs, &w.job, NULL);
    while (!job_done(&w.job))
        poll(NULL, 0, 5);
    struct bias *b = w.bias;
    tap_ok(b && b->n == 4, "a part for each weight after errors and after correct choices");
    tap_is_text(b->part[1].weight, "w_stim", "of w_stim first");
    tap_ok(b->part[1].cells > 20 && b->part[1].update > 1e-3, "over the cells with trials");
    tap_ok(b->part[1].bias < .2 * b->part[1].update, "the right rule has next to no bias");
    tap_near(b->part[0].update, 0, 1e-12, "nothing is learnt from errors");
    tap_ok(isnan(b->part[1].width), "a rule without intervals leaves nothing to compare with");
    bias_free(b);
    fit_settings_free(&s);
    jobs_free(jobs);
}

int main(void)
{
    struct cohort *c = make("reinforce", "animals=6 trials=600 session=200 alpha=2^-5 seed=2");
    struct model *rule = rule_of("reinforce", 0x1p-5), *half = rule_of("reinforce", 0x1p-6);
    test_lives(c, rule);
    test_map(c, rule, half);
    test_report(c, rule);
    model_drop(rule), model_drop(half);
    cohort_drop(c);
    return tap_done();
}
