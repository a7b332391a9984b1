/* What the posterior of a gp says of agents whose rule is known. */
#include "deltaw/learn/engine.h"
#include "gp_agents.h"
#include "tap.h"

static bool never(void *context)
{
    (void)context;
    return false;
}

/* What the posterior says of agents: the terms that are there are found, those that are not
 * have 0 within reach, and intervals hold the updates. */
static void test_agents(void)
{
    struct agents *g = agents_new(AGENT_BASE_BELOW, 12, 1500, 0, 0x1p-4, 0, 2);
    struct gp_options options;
    struct gp_term_report rows[GP_N_TERMS * 2];
    gp_options_default(&options);
    options.terms = 1u << GP_CORRECT | 1u << GP_ERROR | 1u << GP_FORGETTING;
    struct gp *gp = gp_fitted(&g->data, &options);
    size_t n = gp_terms_report(gp, GP_MODEL, rows);
    double alpha = 0x1p-4, truth[] = {1.3 * alpha, .3 * alpha, 0};
    bool near = n == 6;
    for (size_t i = 0; i < n; i++)
        near = near && fabs(rows[i].mean - truth[i / 2]) < 3.5 * rows[i].sd;
    tap_ok(near, "terms of an agent with a baseline of -.3 are what they are");
    tap_ok(rows[0].log_bayes_factor > 5 && rows[1].log_bayes_factor > 5,
           "correct is there: %.1f nats", rows[0].log_bayes_factor);
    tap_ok(rows[4].log_bayes_factor < 3 && rows[5].log_bayes_factor < 3,
           "forgetting is not: %.1f, %.1f", rows[4].log_bayes_factor, rows[5].log_bayes_factor);
    tap_ok(gp->log_bayes_smooth < 1, "nor is a remainder: %.1f", gp->log_bayes_smooth);
    struct gp_start *s = gp->start;
    tap_ok(s[0].same && s[1].same && s[2].same, "three starts end at one mode");
    struct gp_watch watch = {.go_on = never};
    struct gp *none = NULL;
    struct err err = {0};
    tap_ok(!gp_fit(&g->data, &options, &watch, &none, &err) && err.code == ERR_NONE,
           "a fit is stopped without an error");
    gp_drop(gp);
    agents_free(g);
}

/* Where nothing is learnt these terms are one and the same: in long lives nothing tells them
 * apart but a prior below the rounding of the information. */
static void test_alike(void)
{
    struct agents *g = agents_new(AGENT_REINFORCE, 3, 12000, 0, 0x1p-10, 0, 3);
    struct gp_options options = {.terms = 1u << GP_CORRECT | 1u << GP_TOWARD | 1u << GP_EXPECTED,
                                 .threads = 2};
    struct gp *gp = gp_fitted(&g->data, &options);
    tap_ok(gp->start[0].log_evidence > gp->textbook.log_evidence - 2,
           "the start that learns nothing finds the mode: %.1f, best %.1f",
           gp->start[0].log_evidence, gp->textbook.log_evidence);
    gp_drop(gp);
    agents_free(g);
}

static struct gp *doubted(enum agent_rule rule)
{
    struct agents *g = agents_new(rule, 12, 1500, 0, 0x1p-4, 0, 5);
    struct gp_options options = {.terms = 1u << GP_CORRECT, .threads = 2};
    struct gp *gp = gp_fitted(&g->data, &options);
    agents_free(g);
    return gp;
}

/* Without a fit of either: memory and animals that differ are seen. */
static void test_doubts(void)
{
    struct gp *plain = doubted(AGENT_REINFORCE), *trace = doubted(AGENT_TRACE),
              *groups = doubted(AGENT_GROUPS);
    tap_ok(plain->log_bayes_missing < 0, "no memory, none is missing: %.1f nats",
           plain->log_bayes_missing);
    tap_ok(trace->log_bayes_missing > 20, "of a rule with traces it is: %.1f nats",
           trace->log_bayes_missing);
    tap_ok(fabs(plain->scatter_z) < 3, "scores of animals of one rule: %.2f times, z %.1f",
           plain->scatter, plain->scatter_z);
    tap_ok(groups->scatter_z > 4, "of two rates: %.2f times, z %.1f", groups->scatter,
           groups->scatter_z);
    gp_drop(plain), gp_drop(trace), gp_drop(groups);
}

int main(void)
{
    blas_prepare();
    test_agents();
    test_doubts();
    test_alike();
    return tap_done();
}
