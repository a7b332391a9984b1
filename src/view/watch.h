/* Views of one model: what is wanted, what is shown, and the jobs between. */
#ifndef VIEW_WATCH_H
#define VIEW_WATCH_H

#include "deltaw/view/view.h"
#include "pace.h"
#include "source.h"

/* What each job of a view begins with. */
struct view_job {
    const struct view_work *work;
    struct source source; /* swept before compute */
    bool ok;              /* compute went well */
    struct err err;
    double seconds; /* that it took */
};
/* All zero but for references of its own to source (NULL: none). */
struct view_job *view_job_new(const struct view_work *work, const struct source *source);
void view_job_free(struct view_job *job); /* NULL is fine */

/* What a view of one model keeps about what it shows and what is wanted. */
struct watch {
    struct source wanted; /* of the newest job */
    struct source source; /* of the picture */
    struct pace pace;
    bool have;                    /* there is a picture */
    bool stale, urgent;           /* to be computed again; at once, whatever the pace */
    const struct model *held_for; /* final of the newest job; only compared */
};
/* Takes over what the scene has (NULL: nothing new), as view_source_want. */
bool watch_update(struct watch *watch, const struct scene *scene, const char *model,
                  bool needs_trials, struct err *err);
/* Is a job to be made? */
bool watch_due(const struct watch *watch, bool pending);
/* One for what is wanted. */
struct view_job *watch_job(struct watch *watch, const struct view_work *work);
/* Of a model that is shown beside: what is wanted goes into another's job, with references. */
struct source watch_send(struct watch *watch);
/* The job is the picture now: its source moves over. */
void watch_adopt(struct watch *watch, struct view_job *job);
/* The same for one shown beside; the seconds are the job's. */
void watch_take(struct watch *watch, struct source *done, double seconds);
void watch_release(struct watch *watch);

#endif
