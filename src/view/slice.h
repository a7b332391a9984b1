/* The slice view: what slice.c (options, keys), slice_jobs.c (computing), slice_picture.c
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

/* What is shown of one model. */
struct slice_part {
    struct watch watch;
    struct slice slice;
};

struct slice_state {
    struct probe_request request; /* as asked: of "" is auto, fixed values are in held */
    struct frozen fixed;          /* variables that are fixed */
    char *model[VIEW_MOST_MODELS];
    size_t n_models; /* asked for; one where that in use is */
    uint32_t support;
    enum show show;
    size_t n_parts;                           /* of the picture; 0: there is none */
    struct slice_part part[VIEW_MOST_MODELS]; /* of one policy, with the lines of the first */
    struct hold hold; /* in a replay, with the values of w of the newest slice */
    size_t n_hold;
    double hold_w[SLICE_MOST_W];
};

/* Whose change it is, also before there is a slice. */
const char *slice_of(const struct slice_state *s);
/* Is a point drawn; its value as `show` has it, NaN when there is no truth. */
/* Of the fit, against the true rule; NaN: unknown, or the truth itself is shown. */
double slice_r2(const struct slice_state *s, const struct slice_part *part);
bool slice_supported(const struct slice_state *s, const struct slice_part *part,
                     const struct slice_line *line, size_t i);
double slice_shown(const struct slice_state *s, const struct slice_line *line, size_t i);
/* Make room for all that is drawn of a slice of that part. */
void slice_hold(struct slice_state *s, const struct slice_part *part, const struct slice *slice);
/* Do the models that are wanted go together? */
bool slice_agree(const struct source *first, const struct source *other, struct err *err);
/* What is asked for, in the terms of a model. */
bool slice_request(const struct slice_state *s, const struct source *source,
                   struct probe_request *r, struct err *err);
/* As in struct view_ops. */
bool slice_update(void *state, const struct scene *scene, bool pending, struct view_job **job,
                  struct err *err);
extern const struct view_work slice_work;
void slice_table_full(const void *state, struct table *out);

void slice_title(const void *state, struct strbuf *out);
void slice_draw(void *state, struct canvas *canvas, struct rect area, const struct style *style);
void slice_describe(const void *state, struct strbuf *out);
void slice_fields(const void *state, struct strbuf *object);
extern const struct answer_row slice_answer[];

#endif
