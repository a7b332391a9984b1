/* Completion of weights and other variables of a policy: those of the model the line is
 * about. */
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/study/probe.h"
#include "complete.h"

/* The policy of the model that model= names, else of the one in use, else the usual one. */
static struct policy policy_of(const struct session *session, const struct words *words)
{
    struct policy policy;
    struct fit *fit = NULL;
    for (size_t i = 1; i + 1 < words->n; i++)
        if (strncmp(words->items[i].text, "model=", 6) == 0)
            fit = session_fit(session, words->items[i].text + 6);
    if (!fit && session->current)
        fit = session_fit(session, session->current);
    struct model *model = fit ? fit_model(fit) : NULL;
    if (!model) {
        policy_parse("stim+bias", &policy, NULL);
        return policy;
    }
    policy = model->settings.policy;
    model_drop(model);
    return policy;
}

static bool is_weight(const struct policy *policy, const char *name)
{
    return policy_weight(policy, name) >= 0;
}

void complete_variables(const struct session *session, const struct words *words, bool weights,
                        const char *prefix, struct completion *out)
{
    struct policy policy = policy_of(session, words);
    const char *name;
    for (size_t i = 0; (name = probe_variable(&policy, i)); i++) {
        bool known = false;
        for (size_t j = 0; j < out->n; j++)
            known = known || strcmp(out->items[j].word, name) == 0;
        if (!known && (!weights || is_weight(&policy, name)))
            complete_add_if(out, prefix, name, is_weight(&policy, name) ? "a weight" : "", false);
    }
}

void complete_standing(const struct session *session, const struct words *words,
                       const struct option_row *options, const struct option_row *row,
                       const char *prefix, struct completion *out)
{
    struct policy policy = policy_of(session, words);
    const char *name;
    for (size_t i = 0; (name = probe_variable(&policy, i)); i++)
        if (option_of(options, name) == row && !complete_words_name(words, name)) {
            char *text = mem_printf("%s=", name);
            complete_add_if(out, prefix, text, row->text, true);
            free(text);
        }
}
