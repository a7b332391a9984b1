/* The map view: what map_options.c, map.c (computing), map_picture.c (drawing, words)
 * and map_keys.c share. */
#ifndef DELTAW_VIEW_MAP_H
#define DELTAW_VIEW_MAP_H

#include "deltaw/study/bias.h"
#include "deltaw/study/probe.h"
#include "deltaw/view/view.h"
#include "choose.h"
#include "held.h"
#include "hold.h"
#include "watch.h"

struct map_state {
    /* from the options */
    struct probe_request request; /* of and y: those of the last model where auto */
    bool auto_of, auto_y;
    struct frozen fixed; /* variables that are fixed */
    char *model;
    char *asked;      /* arguments that the values depend on */
    double range;     /* of colours, NaN: from the values */
    uint32_t support; /* fewest visited trials of a painted cell */
    bool settled;     /* cells whose sign is not settled are shaded */
    enum show show;
    struct bias *bias; /* that is shown, NULL: none */
    size_t bias_changes;
    struct watch watch;
    struct map map;
    const struct model *held; /* whose axes and colours are kept, in a replay; only compared */
    double hold[4];           /* x_lo, x_hi, y_lo, y_hi */
    size_t sample;            /* visited trials averaged over while training */
    size_t updates;           /* of rules that see the past: updates of a picture then */
    double limit;             /* of the automatic colour scale */
    double held_limit;        /* the scale for the newest state of a replay */
    size_t room_x, room_y;    /* cells of the last picture; 0: none drawn yet */
    /* the cross-hair, by value so that it stays where it is at a new size */
    bool crossed; /* it was placed there; otherwise it is where most trials are */
    bool placed;
    size_t cross_panel;
    double cross_x, cross_y;
};

extern const struct option_row map_options[];
void map_merge(struct args *kept, const struct args *fresh);
bool map_configure(void *state, const struct args *args, struct err *err);

/* All of it, as it is exported: a state to draw from, whose map is to be freed. */
bool map_in_full(const struct map_state *s, struct map_state *full);
/* The value of a cell as `show` has it; NaN when there is no truth. */
double map_shown(const struct map_state *s, size_t panel, size_t cell);
bool map_painted(const struct map_state *s, size_t panel, size_t cell);
/* The interval of what `show` has; false: none is known. */
bool map_interval(const struct map_state *s, size_t panel, size_t cell, double *lower,
                  double *upper);
/* The cross-hair's cell. */
void map_cross(const struct map_state *s, size_t *x, size_t *y);
double map_limit(const struct map_state *s);
/* How well the fit agrees with the truth; NaN: not known, or the truth alone is shown. */
double map_r2(const struct map_state *s);

void map_cross_to(const struct map_state *s, size_t panel, size_t x, size_t y,
                  struct strbuf *command);
bool map_click(void *state, struct rect area, const struct style *style, int x, int y,
               struct strbuf *command);
void map_room(void *state, struct rect area, const struct style *style);
bool map_key(void *state, const char *key, struct strbuf *command);
void map_title(const void *state, struct strbuf *out);
void map_draw(void *state, struct canvas *canvas, struct rect area, const struct style *style);
void map_describe(const void *state, struct strbuf *out);
void map_fields(const void *state, struct strbuf *object);
extern const struct answer_row map_answer[];
/* "┼ w .5  s -1  correct Δw +.0020 ± .0003  from 430 trials"; wide: with the interval. */
void map_read_out(const struct map_state *s, bool wide, struct strbuf *out);

#endif
