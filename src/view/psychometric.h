/* The psychometric view: what psychometric.c (options, computing, keys) and
 * psychometric_picture.c (drawing, words) share. */
#ifndef DELTAW_VIEW_PSYCHOMETRIC_H
#define DELTAW_VIEW_PSYCHOMETRIC_H

#include "deltaw/study/psychometric.h"
#include "deltaw/view/view.h"
#include "source.h"

struct psychometric_state {
    struct args asked; /* animals, by place */
    char *model;
    struct psychometric_group group[PSYCHOMETRIC_GROUPS];
    size_t n_groups;
    /* what the newest job is of */
    bool fresh, stale; /* fresh: other options or trials; stale: another model, or given up */
    struct cohort *wanted_cohort;
    struct source wanted;
    bool *chosen;  /* [n_animals] */
    long only;     /* the one animal that is chosen, -1: several */
    char *subject; /* its name, "all", or names joined by + */
    /* what the picture is of */
    bool have, expects;
    struct cohort *cohort;
    struct source source;
    struct psychometric curves;
    long seen_only;
    char *seen_subject;
};

void psychometric_title(const void *state, struct strbuf *out);
void psychometric_draw(void *state, struct canvas *canvas, struct rect area,
                       const struct style *style);
void psychometric_describe(const void *state, struct strbuf *out);
void psychometric_fields(const void *state, struct strbuf *object);
extern const struct answer_row psychometric_answer[];

#endif
