/* Cells: everything is drawn on a canvas of characters with colours; a terminal,
 * a text file or an ANSI file only copies it.  No curses here, no models. */
#ifndef DELTAW_DRAW_CANVAS_H
#define DELTAW_DRAW_CANVAS_H

#include <stdbool.h>
#include <stdint.h>

#include "deltaw/base/strbuf.h"

/* Else 0 to 255: the xterm palette; or, where there are COLOURS_DIRECT, COLOUR_RGB |
 * red << 16 | green << 8 | blue. */
enum { COLOUR_DEFAULT = -1, COLOUR_RGB = 1 << 24, COLOURS_DIRECT = 1 << 24 };
enum cell_attribute { CELL_BOLD = 1, CELL_DIM = 2, CELL_REVERSE = 4, CELL_UNDERLINE = 8 };

struct cell {
    uint32_t glyph; /* code point; 0: the right half of a wide one; ' ' when empty */
    int32_t foreground, background;
    uint8_t attributes;
};

struct figure;

struct canvas {
    int width, height;
    struct cell *cells;    /* [height][width] */
    struct figure *figure; /* plots are kept there, not drawn in cells; NULL: drawn */
};

struct rect {
    int x, y, width, height;
};

/* What curves are made of; auto: quadrants.  Braille has twice as many points to a cell as
 * quadrants have, but not every font has it. */
enum style_curves { CURVES_AUTO, CURVES_BRAILLE, CURVES_QUADRANTS, CURVES_ASCII };

/* What the output can show. */
struct style {
    bool ascii;  /* glyphs of 7 bits only */
    int colours; /* 0: none, 8, 16, 256, COLOURS_DIRECT */
    bool dark;   /* background of the terminal */
    enum style_curves curves;
};

void canvas_init(struct canvas *canvas, int width, int height);   /* blank */
void canvas_resize(struct canvas *canvas, int width, int height); /* blank */
void canvas_clear(struct canvas *canvas, struct rect area);
void canvas_free(struct canvas *canvas);

/* All drawing is clipped to the canvas and, where a rect is given, to it. */
void canvas_put(struct canvas *canvas, int x, int y, uint32_t glyph, int foreground, int background,
                unsigned attributes);
/* In the terminal's own colours. */
void canvas_plain(struct canvas *canvas, int x, int y, uint32_t glyph, unsigned attributes);
/* Text of at most `room` cells; returns the cells used.  Cut text ends in
 * an ellipsis ("~" in ASCII style). */
int canvas_text(struct canvas *canvas, int x, int y, int room, const char *text, int foreground,
                unsigned attributes, const struct style *style);
/* A sentence in the middle of an area, broken at blanks. */
void canvas_notice(struct canvas *canvas, struct rect area, const char *text, unsigned attributes,
                   const struct style *style);
/* Text in a line, from cell x on, set off from it by blanks of its own: it takes at most
 * room + 2 cells. */
void canvas_title(struct canvas *canvas, int x, int y, int room, const char *text,
                  unsigned attributes, const struct style *style);
/* A frame of lines with a title in its upper edge. */
void canvas_frame(struct canvas *canvas, struct rect area, const char *title,
                  const struct style *style);

/* Rows without trailing blanks, each with a newline.  Plain text, or with SGR
 * sequences when style->colours > 0. */
void canvas_emit(const struct canvas *canvas, const struct style *style, struct strbuf *out);

#endif
