/* members= and pool=each of fit: a group of fits that becomes one ensemble. */
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

bool members_start_each(struct session *session, const struct fit_settings *settings,
                        const struct cohort *cohort, const char *name, size_t *n, struct err *err)
{
    struct job_group *group = session_make_group(session, name);
    struct fit_settings own = fit_alone_settings(settings);
    bool good = true;
    *n = 0;
    for (size_t a = 0; good && a < cohort->n_animals; a++) {
        struct cohort *alone = fit_alone(settings, cohort, a);
        char *called = mem_printf("%s.%s", name, cohort->animals[a].name);
        struct fit *fit = alone ? fit_start(&own, alone, called, session->jobs, group, err) : NULL;
        good = fit || !alone;
        if (fit) {
            session_add_fit(session, fit);
            struct fit_entry *entry = &session->fits[session->n_fits - 1];
            entry->member = true;
            entry->pool = cohort_hold(cohort);
            ++*n;
        }
        cohort_drop(alone);
        free(called);
    }
    fit_settings_free(&own);
    return good && (*n > 0 || err_set(err, ERR_FAILED, "fit: no animal has two trials to fit"));
}

/* --- once they are over -------------------------------------------------------------- */

struct gathering {
    size_t n, all;         /* finished; of all */
    struct fit **fit;      /* [all] */
    struct model **model;  /* [n] references, of the finished */
    struct cohort *cohort; /* a reference */
    bool each;
};

static void gather_from(const struct session *session, const struct job_group *group,
                        struct gathering *g)
{
    for (size_t i = 0; i < session->n_fits; i++) {
        struct fit *fit = session->fits[i].fit;
        struct cohort *pool = session->fits[i].pool;
        if (fit_group(fit) != group || !session->fits[i].member)
            continue;
        g->fit[g->all++] = fit;
        g->each = pool;
        if (!g->cohort)
            g->cohort = cohort_hold(pool ? pool : fit_cohort(fit));
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

static struct model *together(const char *name, const struct gathering *g, size_t n,
                              struct err *err)
{
    if (g->each)
        return n > 0 ? fit_together(name, g->cohort, n, g->model, err) : NULL;
    return g->n > 1 ? ensemble_new(name, n, g->model, err) : NULL;
}

static void gather(struct session *session, const struct job_group *group)
{
    struct gathering g = {.fit = mem_new(session->n_fits, sizeof(struct fit *)),
                          .model = mem_new(session->n_fits, sizeof(struct model *))};
    struct err err = {0};
    gather_from(session, group, &g);
    size_t trained = g.each ? g.n : ensemble_trained(g.n, g.model);
    struct model *model = together(group->name, &g, trained, &err);
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
    cohort_drop(g.cohort);
    free(g.fit), free(g.model);
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
