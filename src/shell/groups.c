/* Groups of fits: made by group= of fit, gone with the last of their fits. */
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "state.h"

struct job_group *session_group(const struct session *session, const char *name)
{
    for (size_t i = 0; i < session->n_groups; i++)
        if (strcmp(session->groups[i]->name, name) == 0)
            return session->groups[i];
    return NULL;
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
    for (size_t i = 0; i < session->n_fits; i++)
        if (fit_group(session->fits[i].fit) == group && fit_active(session->fits[i].fit))
            return false;
    return true;
}

bool group_told(const struct session *session, const struct job_group *group)
{
    for (size_t i = 0; i < session->n_fits; i++)
        if (fit_group(session->fits[i].fit) == group && !session->fits[i].told)
            return false;
    return true;
}

void session_told_group(struct session *session, const struct job_group *group)
{
    for (size_t i = 0; i < session->n_fits; i++)
        if (fit_group(session->fits[i].fit) == group)
            session->fits[i].told = true;
}

void groups_scene(struct session *session)
{
    struct scene *scene = &session->scene;
    session->scene_groups =
        mem_resize(session->scene_groups, session->n_groups + 1, sizeof *scene->groups);
    scene->groups = session->scene_groups;
    scene->n_groups = session->n_groups;
    for (size_t i = 0; i < session->n_groups; i++) {
        const struct job_group *group = session->groups[i];
        session->scene_groups[i] = (struct scene_group){.name = group->name};
        job_group_progress(session->jobs, group, &session->scene_groups[i].progress);
    }
}
