/* The terminal: the one file that draws with curses.  Full screen on and off, a canvas shown on
 * it, and the terminal restored on every way out. */
#ifndef SCREEN_SCREEN_H
#define SCREEN_SCREEN_H

#include <stdbool.h>

#include "deltaw/base/err.h"
#include "deltaw/draw/canvas.h"

/* Cells across the terminal of this descriptor; 80 when it is none. */
int screen_columns(int fd);

/* stdin and stdout are terminals.  stderr, when it is one, is held back until
 * screen_close, so that what libraries say does not spoil the picture.  `direct`: with
 * direct colours where terminfo knows of 256. */
bool screen_open(bool direct, struct err *err);
/* Any number of times. */
void screen_close(void);
/* The same for a signal handler. */
void screen_crash(void);

/* Clicks, drags and the wheel arrive as keys (mode 1006), or are left to the terminal. */
void screen_mouse(bool on);

/* Give the terminal back, stop (^Z) or do what needs it, and take it again. */
void screen_suspend(void (*stop)(void *data), void *data);
/* Ask for the background, unless this terminal would not understand; answers arrive as
 * input.  Returns whether it was asked. */
bool screen_ask_background(void);
/* Ask for a sign that everything so far is drawn: the answer is ESC [ 0 n.  Only for
 * terminals that answered the other question. */
void screen_ask_through(void);
/* Ask how big it is now. */
void screen_size(int *width, int *height);
/* Colours the open screen has. */
int screen_colours(void);
/* Has its font braille?  Consoles have no more than a few hundred glyphs. */
bool screen_braille(void);
bool screen_dims(void); /* can it show dim text apart from plain? */

/* Show the canvas, which has the size of the screen; the cursor at (x, y), or
 * hidden when x < 0.  `anew`: paint every cell. */
void screen_show(const struct canvas *canvas, int x, int y, bool anew);

/* Bytes that are no picture (the clipboard), between two screen_show or without a
 * full screen. */
bool screen_raw(const char *bytes, size_t n, struct err *err);

const char *screen_version(void); /* "ncurses 6.4.20221231" */

#endif
