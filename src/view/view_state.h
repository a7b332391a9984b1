/* A view, for view.c and view_print.c. */
#ifndef DELTAW_VIEW_VIEW_STATE_H
#define DELTAW_VIEW_VIEW_STATE_H

#include "deltaw/view/view.h"

struct view {
    const struct view_ops *ops;
    struct args args;  /* all that was ever given and still holds */
    void *state;       /* of ops->state_size bytes, zeroed before the first configure */
    bool shown;        /* the last update found something to show */
    struct err reason; /* when it did not */
    /* "replay 120/1000 · " before the title, "" when there is none: of the picture that
     * is shown, of the job under way, and of the scene */
    char replay[64], replay_sent[64], replay_wanted[64];
    /* of views with prepare */
    bool pictured;         /* the state holds a result that can be shown */
    struct err failure;    /* of the last result, when it cannot */
    struct worker *worker; /* the last one used, NULL: none yet */
    bool later;            /* updates do not wait */
    bool pending;          /* errand holds a job */
    struct errand errand;
    void *next; /* the job that replaces the pending one, NULL: none */
};

#endif
