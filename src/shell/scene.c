/* What views look at: models, fits, groups, help. */
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/shell/keytable.h"
#include "replay.h"
#include "series.h"

void scene_drop(struct session *session)
{
    for (size_t i = 0; i < session->scene.n_models; i++) {
        model_drop((struct model *)session->scene.models[i].model);
        model_drop((struct model *)session->scene.models[i].final);
    }
    session->scene.n_models = 0;
}

/* Verbs by group, then keys: for the view help. */
static void scene_help(struct session *session)
{
    const struct key_row *row;
    size_t n = 0, n_keys = 0;
    if (session->scene_help)
        return;
    while (command_at(n))
        n++;
    while (key_row_at(n_keys))
        n_keys++;
    struct scene_help *help = mem_new(n + n_keys, sizeof *help);
    n = 0;
    for (int g = 0; g <= GROUP_ELSE; g++)
        for (size_t i = 0; command_at(i); i++)
            if ((int)command_at(i)->group == g)
                help[n++] = (struct scene_help){command_group_name(g), command_at(i)->name,
                                                command_at(i)->summary};
    for (size_t i = 0; (row = key_row_at(i)); i++)
        help[n++] = (struct scene_help){key_group_name(row->group), row->key, row->text};
    session->scene_help = help;
    session->scene.help = help;
    session->scene.n_help = n;
}

static void scene_model(struct session *session, struct fit *fit, struct model *model)
{
    struct scene *scene = &session->scene;
    struct scene_model *seen = &session->scene_models[scene->n_models];
    *seen = (struct scene_model){
        .model = model, .status = session_status(session, fit), .cohort = fit_cohort(fit)};
    if (!model->rule->network) /* the end of a search is not known */
        seen->status.epochs = seen->status.epoch;
    replay_scene(session, fit, seen);
    if (strcmp(fit_name(fit), session->current) == 0)
        scene->current = (long)scene->n_models;
    scene->n_models++;
}

/* Models, and fits that may be none yet. */
static void scene_fits(struct session *session)
{
    struct scene *scene = &session->scene;
    size_t n = session->n_fits;
    session->scene_models = mem_resize(session->scene_models, n + 1, sizeof *scene->models);
    session->scene_jobs = mem_resize(session->scene_jobs, n + 1, sizeof *scene->jobs);
    scene->models = session->scene_models;
    scene->jobs = session->scene_jobs;
    scene->n_jobs = n;
    scene->current = -1;
    for (size_t i = 0; i < n; i++) {
        struct fit *fit = session->fits[i].fit;
        const struct job_group *group = fit_group(fit);
        struct model *model = fit_model(fit);
        session->scene_jobs[i] = (struct scene_job){.name = fit_name(fit),
                                                    .group = group ? group->name : NULL,
                                                    .rule = fit_rule(fit),
                                                    .status = session_status(session, fit),
                                                    .model = model ? (long)scene->n_models : -1};
        if (model)
            scene_model(session, fit, model);
    }
}

const struct scene *session_scene(struct session *session)
{
    scene_help(session);
    scene_drop(session);
    struct scene *scene = &session->scene;
    scene->threads = session_threads(session);
    scene->cohort = session_cohort(session);
    series_collect(session);
    const struct session_study *cv = &session->studies[STUDY_CV];
    const struct session_study *recover = &session->studies[STUDY_RECOVER];
    scene->cv = (const struct cv *)cv->study;
    scene->cv_changes = cv->changes;
    scene->recover = (const struct recover *)recover->study;
    scene->recover_changes = recover->changes;
    scene->bias = session->bias;
    scene->bias_changes = session->bias_changes;
    scene->comparison = session->comparison;
    scene->comparison_changes = session->comparison_changes;
    scene->loop = session->loop;
    scene->loop_changes = session->loop_changes;
    scene_fits(session);
    groups_scene(session);
    return scene;
}
