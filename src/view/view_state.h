/* A view, for view.c and view_print.c. */
#ifndef DELTAW_VIEW_VIEW_STATE_H
#define DELTAW_VIEW_VIEW_STATE_H

#include "deltaw/view/view.h"
#include "choose.h"
#include "watch.h"

struct view {
    const struct view_ops *ops;
    struct args args;              /* all arguments given that are still in force */
    char *model[VIEW_MOST_MODELS]; /* names of model=, NULL after the last */
    bool met;                      /* the last model had all variables that the arguments name */
    struct strbuf gone;            /* what was dropped and not reported yet */
    void *state;                   /* of ops->state_size bytes, zeroed before the first configure */
    bool shown;                    /* the last update found something to show */
    struct err reason;             /* when it did not */
    /* "replay 120/1000 · " before the title, "" when there is none: of the picture that
     * is shown, of the job under way, and of the scene */
    char replay[64], replay_sent[64], replay_wanted[64];
    /* of views with work */
    bool pictured;      /* the state holds a result that can be shown */
    struct err failure; /* of the last result, when it cannot */
    struct jobs *jobs;  /* updates do not wait but send jobs there; NULL: they wait */
    bool pending;       /* `job` is under way, with this data: */
    struct job job;
    struct view_job *sent, *next; /* next: replaces the pending one, NULL: none */
};

/* A reason is shown below the view's name, and after it in complaints: it goes without. */
void view_drop_name(char *message, const char *name);
/* Before an update.  Options that went with the last model and do not with this one would be
 * refused from then on, whatever is asked for: they are dropped. */
void view_meet(struct view *view, const struct scene *scene);

#endif
