#include "check_bias.h"

#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/study/bias.h"

struct checking {
    struct model *rule;
    struct cohort *cohort;
    struct fit_settings network;
    bool fast_epochs; /* the data choose them */
    uint64_t seed;
    struct bias *bias;
};

static void release(void *data)
{
    struct checking *c = data;
    model_drop(c->rule);
    cohort_drop(c->cohort);
    fit_settings_free(&c->network);
    bias_free(c->bias);
    free(c);
}

static bool work(void *data, struct task *task, struct err *err)
{
    struct checking *c = data;
    if (c->fast_epochs)
        c->network.epochs = fit_minibatch_epochs(&c->network, c->cohort);
    return bias_run(c->rule, &c->network, c->cohort, c->seed, &task->job, &c->bias, err);
}

static bool finish(struct session *session, void *data, struct output *out, struct err *err)
{
    struct checking *c = data;
    struct table table = {0};
    size_t beyond = 0;
    (void)err;
    bias_table(c->bias, &table);
    output_table(out, "bias", &table);
    table_free(&table);
    for (size_t i = 0; i < c->bias->n; i++)
        beyond += c->bias->part[i].bias > c->bias->part[i].width;
    output_say(out,
               "what a network makes of %s on these animals' stimuli: %s; `map diff=bias` shows it",
               c->rule->name,
               beyond ? "its bias is larger than what the rule leaves open"
                      : "no bias is larger than what the rule leaves open");
    bias_free(session->bias);
    session->bias = c->bias;
    session->bias_changes++;
    c->bias = NULL;
    return true;
}

/* A network of the rule's policy and start weights: that of the model, or a dnn. */
static bool take_network(const struct session *session, const char *name, struct checking *c,
                         struct err *err)
{
    const struct fit_settings *rule = &c->rule->settings;
    struct model *model = name ? session_need_model(session, name, 0, err) : NULL;
    if (name && !model)
        return false;
    if (model) {
        bool good = model->rule->network && !model->rule->no_weights && !model->ensemble &&
                    strcmp(model->settings.policy.text, rule->policy.text) == 0;
        if (good)
            c->network = fit_settings_copy(&model->settings);
        free(c->network.holdout);
        c->network.holdout = NULL;
        model_drop(model);
        return good || err_set(err, ERR_USAGE,
                               "check rule: %s is no single network of the policy %s; name "
                               "another by=, or leave it out",
                               name, rule->policy.text);
    }
    fit_settings_default(&c->network);
    c->network.optimizer = OPTIMIZER_FAST;
    c->network.w0 = rule->w0;
    c->fast_epochs = true;
    return fit_settings_policy(&c->network, rule->policy.text, err);
}

bool check_bias_start(struct session *session, const struct args *args, const char *network,
                      uint64_t seed, struct err *err)
{
    const struct cohort *cohort = session_need_cohort(session, err);
    struct checking *c = mem_new(1, sizeof *c);
    fit_settings_default(&c->network);
    bool good = cohort != NULL;
    if (good) {
        c->cohort = cohort_hold(cohort);
        c->rule = session_need_model(session, args_at(args, 1), 0, err);
        c->seed = seed;
        good = c->rule != NULL;
    }
    if (good && !rule_is_textbook(c->rule->rule) && !c->rule->gp)
        good = err_set(err, ERR_USAGE,
                       "check rule: %s is no textbook rule and no gp, whose form is known; fit "
                       "one, `fit gp`, and name it",
                       c->rule->name);
    good = good && take_network(session, network, c, err);
    c->network.threads = session_threads(session);
    if (!good) {
        release(c);
        return false;
    }
    return task_start(session, mem_printf("checking what a network makes of %s", c->rule->name), c,
                      work, finish, release, err);
}
