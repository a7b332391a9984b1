/* members= of fit: a group of fits that becomes one ensemble. */
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/rng.h"
#include "deltaw/learn/ensemble.h"
#include "state.h"

/* Member i of `n` begins from seed + i and has a sample of animals of its own; no seed of
 * samples is 0, which would be none. */
static struct fit *start_one(struct session *session, const struct fit_settings *settings,
                             const struct cohort *cohort, const char *name, size_t i,
                             struct job_group *group, struct err *err)
{
    struct fit_settings own = fit_settings_copy(settings);
    char *called = mem_printf("%s.%zu", name, i + 1);
    own.seed = (settings->seed + i) % SEED_MOST;
    own.bootstrap = own.seed + 1;
    struct fit *fit = fit_start(&own, cohort, called, session->jobs, group, err);
    fit_settings_free(&own);
    free(called);
    return fit;
}

bool members_start(struct session *session, const struct fit_settings *settings,
                   const struct cohort *cohort, const char *name, size_t members, struct err *err)
{
    struct job_group *group = session_make_group(session, name);
    for (size_t i = 0; i < members; i++) {
        struct fit *fit = start_one(session, settings, cohort, name, i, group, err);
        if (!fit && i == 0)
            return false;
        if (!fit)
            break;
        session_add_fit(session, fit);
        session->fits[session->n_fits - 1].member = true;
    }
    return true;
}

/* --- once they are over -------------------------------------------------------------- */

struct gathering {
    size_t n, all; /* finished; of all */
    struct fit *fit[ENSEMBLE_MOST];
    struct model *model[ENSEMBLE_MOST]; /* references, of the finished */
    const struct cohort *cohort;
};

static void gather_from(const struct session *session, const struct job_group *group,
                        struct gathering *g)
{
    for (size_t i = 0; i < session->n_fits; i++) {
        struct fit *fit = session->fits[i].fit;
        if (fit_group(fit) != group || !session->fits[i].member || g->all == ENSEMBLE_MOST)
            continue;
        g->fit[g->all++] = fit;
        g->cohort = fit_cohort(fit);
        if (fit_status(fit).state == FIT_DONE)
            g->model[g->n++] = fit_model(fit);
    }
}

/* The members go, their models stay in the ensemble. */
static void replace(struct session *session, const struct gathering *g, struct fit *ensemble)
{
    session_add_fit(session, ensemble);
    for (size_t i = 0; i < g->all; i++)
        session_forget_fit(session, g->fit[i], NULL);
}

static void gather(struct session *session, const struct job_group *group)
{
    struct gathering g = {0};
    struct err err = {0};
    gather_from(session, group, &g);
    if (g.all == 0)
        return;
    size_t trained = ensemble_trained(g.n, g.model);
    struct model *model = g.n > 1 ? ensemble_new(group->name, trained, g.model, &err) : NULL;
    if (model)
        model->ensemble->left_out = g.n - trained;
    struct fit *fit = model ? fit_ensemble(model, g.cohort, session->jobs, &err) : NULL;
    if (fit && g.n < g.all)
        strbuf_printf(&session->gathered, "%s is of the %zu members of %zu that had finished\n",
                      group->name, g.n, g.all);
    if (fit && trained < g.n)
        strbuf_printf(&session->gathered,
                      "%s leaves out %zu of %zu members: they stayed on the plateau\n", group->name,
                      g.n - trained, g.n);
    if (!fit)
        strbuf_printf(&session->gathered,
                      "%s: %zu of %zu members had finished, which is no "
                      "ensemble%s%s; those that began are models by themselves\n",
                      group->name, g.n, g.all, err.code ? ": " : "", err.message);
    for (size_t i = 0; i < session->n_fits; i++)
        session->fits[i].member &= fit_group(session->fits[i].fit) != group;
    if (fit)
        replace(session, &g, fit);
    for (size_t i = 0; i < g.n; i++)
        model_drop(g.model[i]);
}

void members_gather(struct session *session)
{
    for (size_t i = 0; i < session->n_fits; i++) {
        const struct job_group *group = fit_group(session->fits[i].fit);
        if (session->fits[i].member && group_over(session, group)) {
            gather(session, group);
            i = (size_t)-1; /* fits have moved */
        }
    }
}

void members_news(struct session *session, struct output *out)
{
    char *rest = session->gathered.text, *line;
    while (rest && *rest && (line = strsep(&rest, "\n")))
        output_note(out, "%s", line);
    strbuf_reset(&session->gathered);
}
