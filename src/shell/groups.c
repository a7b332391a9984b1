/* Groups of fits: made by group= of fit, gone with the last of their fits. */
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "series.h"

struct job_group *session_group(const struct session *session, const char *name)
{
    for (size_t i = 0; i < session->n_groups; i++)
        if (strcmp(session->groups[i]->name, name) == 0)
            return session->groups[i];
    struct series *series = series_find(session, name);
    return series ? &series->group : NULL;
}

struct job_group *session_make_group(struct session *session, const char *name)
{
    struct job_group *group = session_group(session, name);
    if (group)
        return group;
    group = mem_new(1, sizeof *group);
    group->name = mem_text(name);
    session->groups = mem_resize(session->groups, session->n_groups + 1, sizeof *session->groups);
    return session->groups[session->n_groups++] = group;
}

static bool is_used(const struct session *session, const struct job_group *group)
{
    for (size_t i = 0; i < session->n_fits; i++)
        if (fit_group(session->fits[i].fit) == group)
            return true;
    for (size_t i = 0; i < session->n_closing; i++)
        if (fit_group(session->closing[i]) == group)
            return true;
    return false;
}

void groups_reap(struct session *session)
{
    for (size_t i = session->n_groups; i-- > 0;)
        if (!is_used(session, session->groups[i])) {
            free((char *)session->groups[i]->name);
            free(session->groups[i]);
            session->groups[i] = session->groups[--session->n_groups];
        }
    if (session->n_groups == 0) {
        free(session->groups);
        session->groups = NULL;
    }
}

bool group_over(const struct session *session, const struct job_group *group)
{
    const struct series *series = series_of(session, group);
    if (series)
        return series_over(series);
    for (size_t i = 0; i < session->n_fits; i++)
        if (fit_group(session->fits[i].fit) == group && fit_active(session->fits[i].fit))
            return false;
    return true;
}

bool group_told(const struct session *session, const struct job_group *group)
{
    const struct series *series = series_of(session, group);
    if (series)
        return series->told;
    for (size_t i = 0; i < session->n_fits; i++)
        if (fit_group(session->fits[i].fit) == group && !session->fits[i].told)
            return false;
    return true;
}

void session_told_group(struct session *session, const struct job_group *group)
{
    struct series *series = series_of(session, group);
    if (series)
        series->told = true;
    for (size_t i = 0; i < session->n_fits; i++)
        if (fit_group(session->fits[i].fit) == group)
            session->fits[i].told = true;
}

void group_progress(const struct session *session, const struct job_group *group,
                    struct job_progress *out)
{
    const struct series *series = series_of(session, group);
    if (series)
        series->ops->progress(session, series, out);
    else
        job_group_progress(session->jobs, group, out);
}

static void group_scene(struct session *session, const struct job_group *group)
{
    struct scene_group *seen = &session->scene_groups[session->scene.n_groups++];
    *seen = (struct scene_group){.name = group->name};
    group_progress(session, group, &seen->progress);
}

void groups_scene(struct session *session)
{
    struct scene *scene = &session->scene;
    size_t n = session->n_groups + session->n_series;
    session->scene_groups = mem_resize(session->scene_groups, n + 1, sizeof *scene->groups);
    scene->groups = session->scene_groups;
    scene->n_groups = 0;
    for (size_t i = 0; i < session->n_groups; i++)
        group_scene(session, session->groups[i]);
    for (size_t i = 0; i < session->n_series; i++)
        group_scene(session, &session->series[i]->group);
}
