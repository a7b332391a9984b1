/* Colours: 256-colour indices, or what 16, 8 and 0 colours allow. */
#ifndef DELTAW_DRAW_PALETTE_H
#define DELTAW_DRAW_PALETTE_H

#include <stdint.h>

#include "deltaw/draw/canvas.h"

/* A diverging ladder for t in [-1, 1]: blue negative, red positive, zero a
 * grey in the middle; lightness is strictly monotone on each side.  256 colours or more only. */
int palette_diverging(double t, const struct style *style);
/* Colours on each side of its zero. */
int palette_steps(const struct style *style);
/* Colour of the i-th curve; COLOUR_DEFAULT without colours.  Told apart by
 * colour-blind eyes (after Okabe and Ito). */
int palette_curve(int i, const struct style *style);
int palette_negative(const struct style *style);
int palette_positive(const struct style *style);
/* Glyph of size |t| and sign for maps of fewer colours: shades; without colours
 * shades for plus and lines for minus; in ASCII A to I for plus and a to i for
 * minus.  Zero is '0' with colours, else blank, or '.' in ASCII. */
uint32_t palette_glyph(double t, const struct style *style);
/* Glyphs on each side of its zero. */
int palette_levels(const struct style *style);
/* Red, green and blue, 0 to 1, of one of the 256 colours. */
void palette_rgb(int colour, double rgb[3]);
/* The ladder without steps, and the colour of the i-th curve, as a figure has them. */
void palette_diverging_rgb(double t, bool dark, double rgb[3]);
void palette_curve_rgb(int i, bool dark, double rgb[3]);
/* A cell without data: its mark and, with 256 colours or more, a background that is
 * neither the terminal's nor any of the ladder's, which half a cell can have too. */
struct cell palette_no_data(const struct style *style);

#endif
