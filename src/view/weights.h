/* The weights view: what weights.c (options, computing, keys) and
 * weights_picture.c (drawing, words) share. */
#ifndef DELTAW_VIEW_WEIGHTS_H
#define DELTAW_VIEW_WEIGHTS_H

#include "deltaw/study/behaviour.h"
#include "deltaw/view/view.h"
#include "hold.h"
#include "watch.h"

struct weights_state {
    char *asked, *model, *reference;
    const struct model *wanted_walk; /* only compared */
    struct model *walk;              /* the reference shown; NULL: none */
    double inside[POLICY_MAX];       /* share of its trials within the band */
    struct watch watch;
    long wanted_animal; /* -1: none */
    long animal;        /* shown, -1: none */
    bool held_out;
    struct trajectory path;
    struct hold hold; /* in a replay, of this animal's weights */
    long hold_animal;
};

void weights_title(const void *state, struct strbuf *out);
void weights_draw(void *state, struct canvas *canvas, struct rect area, const struct style *style);
void weights_describe(const void *state, struct strbuf *out);
void weights_fields(const void *state, struct strbuf *object);
extern const struct answer_row weights_answer[];

#endif
