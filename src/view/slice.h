/* The slice view: what slice.c (options, computing, keys) and slice_picture.c
 * (drawing) and slice_words.c share. */
#ifndef DELTAW_VIEW_SLICE_H
#define DELTAW_VIEW_SLICE_H

#include "deltaw/study/probe.h"
#include "deltaw/view/view.h"
#include "choose.h"
#include "held.h"
#include "hold.h"
#include "watch.h"

enum { SLICE_MOST_W = 8 };

struct slice_state {
    struct probe_request request; /* as asked: of "" is auto, fixed values are in held */
    struct frozen fixed;          /* variables that are fixed */
    char *model;
    uint32_t support;
    enum show show;
    struct watch watch;
    struct slice slice;
    struct hold hold; /* in a replay, with the values of w of the newest slice */
    size_t n_hold;
    double hold_w[SLICE_MOST_W];
};

/* Whose change it is, also before there is a slice. */
const char *slice_of(const struct slice_state *s);
/* Is a point drawn; its value as `show` has it, NaN when there is no truth. */
bool slice_supported(const struct slice_state *s, const struct slice_line *line, size_t i);
double slice_shown(const struct slice_state *s, const struct slice_line *line, size_t i);
/* Make room for all that is drawn of the slice. */
void slice_hold(struct slice_state *s);

void slice_title(const void *state, struct strbuf *out);
void slice_draw(void *state, struct canvas *canvas, struct rect area, const struct style *style);
void slice_describe(const void *state, struct strbuf *out);
void slice_fields(const void *state, struct strbuf *object);
extern const struct answer_row slice_answer[];

#endif
