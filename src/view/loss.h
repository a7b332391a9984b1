/* The loss view: what loss.c (options, drawing, keys) and loss_words.c share. */
#ifndef DELTAW_VIEW_LOSS_H
#define DELTAW_VIEW_LOSS_H

#include "deltaw/view/view.h"

/* One model's history, copied, with the newest status as its last point. */
struct loss_line {
    char *name;
    int colour;
    struct fit_status status;
    size_t n;
    double *epoch, *seconds, *train, *held_out; /* [n] */
    bool any_heldout;
    bool replayed, network; /* replayed: epoch `seen` of `newest` */
    int seen, newest;
};

struct loss_state {
    char *model;
    bool log, by_seconds;
    int from;
    size_t n_lines, main; /* main: the one that is exported, of lines */
    struct loss_line *lines;
};

/* Points first .. up to the epoch shown in a replay; all when there is none. */
size_t loss_seen(const struct loss_line *line, size_t first);

void loss_describe(const void *state, struct strbuf *out);
void loss_table(const void *state, struct table *out);
void loss_fields(const void *state, struct strbuf *object);
extern const struct answer_row loss_answer[];

#endif
