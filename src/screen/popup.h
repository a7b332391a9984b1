/* The pop-up of completions: words with their meanings, above the prompt. */
#ifndef SCREEN_POPUP_H
#define SCREEN_POPUP_H

#include <stdbool.h>
#include <stddef.h>

#include "deltaw/draw/canvas.h"
#include "deltaw/shell/session.h"

struct popup {
    size_t n, first; /* first: uppermost shown */
    long chosen;     /* -1: none */
    struct popup_row {
        char *word, *meaning;
    } * rows;
    char *about; /* over all of them; NULL: nothing */
    int shown;   /* rows that had room */
};

/* Copies; none is chosen. */
void popup_fill(struct popup *popup, const struct completion *completion);
/* One (word, meaning) more; for lists that are no completions. */
void popup_add(struct popup *popup, const char *word, const char *meaning);
/* Choose another, `by` rows further down; steps of one wrap around. */
void popup_choose(struct popup *popup, long by);
void popup_clear(struct popup *popup);
/* A framed box with its lower left corner at (x, bottom), within `room`. */
void popup_draw(struct popup *popup, struct canvas *canvas, int x, int bottom, struct rect room,
                const char *title, const struct style *style);

#endif
