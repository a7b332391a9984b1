/* The full screen: its state, and the parts that work on it.
 *
 *   loop.c      poll, signals, stepping the session, when to draw
 *   actions.c   keys and what they do
 *   tiles.c     what tiles show, focus and sizes; layout, zoom, clear, search; the mouse
 *   reader.c    keys of the transcript
 *   explorer.c  the picture: header, tiles, transcript, prompt, footer
 *   promptline.c   the prompt, and what it offers while one types
 *   keyhelp.c   what keys do
 *
 * Actions change the state and mark what must be drawn by `dirty` and `stale`; only the
 * loop draws. */
#ifndef SCREEN_EXPLORER_H
#define SCREEN_EXPLORER_H

#include "deltaw/screen/host.h"
#include "deltaw/shell/layouts.h"
#include "keys.h"
#include "layout.h"
#include "lineedit.h"
#include "popup.h"
#include "transcript.h"

struct explorer {
    const struct host_setup *setup;
    struct session *session;
    struct output out; /* into the transcript */
    struct style style;
    bool utf8;
    int width, height;
    /* what is on the screen */
    struct layout layout;
    const struct layout_named *named; /* the named one in use; NULL: it was changed */
    struct placement place;
    struct canvas base;  /* header, borders, tiles */
    struct canvas frame; /* and everything over it */
    struct transcript transcript;
    struct popup popup;      /* candidates */
    size_t popup_at;         /* byte of the line where their word begins */
    struct strbuf rest;      /* shown after the cursor, for the right arrow to accept */
    struct popup help;       /* keys; open while it has rows */
    struct strbuf key_shape; /* of the last command that a key gave ... */
    size_t key_mark;         /* ... and the transcript after it */
    long page_from;          /* row of the transcript where the last command begins; -1: done */
    int drawer;              /* rows that the text of the last command needs; 0: the usual */
    char hint[256];          /* in the footer until the next key */
    int line_offset;         /* cells of the line scrolled off to the left */
    int cursor_x, cursor_y;
    /* what is to be done */
    bool view_focus; /* keys go to the current tile ... */
    bool reading;    /* ... or to the transcript */
    bool asking;     /* a search text is being typed */
    struct strbuf asked;
    long asked_from; /* how far it had been scrolled */
    int dragged;     /* bar under the mouse, -1: none */
    bool moved;
    bool dirty;       /* the text parts */
    bool redraw;      /* the tiles too */
    bool tiles_drawn; /* and not yet sent */
    bool stale;       /* the views are to be updated first */
    bool repaint;     /* every cell of the terminal */
    double drawn_at, updated_at;
    /* typing */
    struct keys keys;
    double asked_at; /* when the terminal was asked for its background; NAN: no answer is due */
    bool sixel;      /* the terminal draws sixels */
    bool picture;    /* one stands in the place of everything */
    bool background_known, is_dark; /* what it said */
    bool answers;   /* it answered, so it can be asked whether a frame has been drawn */
    double flow_at; /* when that was asked; NAN: no answer is due */
    double through_at, flow_took;    /* when the last answer came, and after how long */
    enum step step;                  /* the last one */
    bool asked_end, asked_interrupt; /* the last key was ^D, ^C and was answered by a hint */
    char mistyped[8];                /* letters typed to a tile one after the other, ... */
    double mistyped_at;              /* ... the last of them then */
    bool quit, ended;                /* ended: by TERM or HUP */
    int code;
};

/* explorer.c */
void explorer_place(struct explorer *e);  /* after a change of size or layout */
void explorer_update(struct explorer *e); /* the views that are shown */
void explorer_draw(struct explorer *e);
void explorer_hint(struct explorer *e, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* actions.c */
void explorer_key(struct explorer *e, const struct keypress *key);
void explorer_interrupt(struct explorer *e); /* ^C */
void explorer_enter(struct explorer *e, const char *line);
bool explorer_is_flow(const struct keypress *key); /* a frame has been drawn */

/* tiles.c */
bool explorer_show_view(void *data, const char *view, struct err *err);
bool explorer_screen_verb(void *data, const char *verb, const struct args *args, struct err *err);
void explorer_layout(void *data, struct args *layout, const char **zoomed);
/* Keys go to the current tile, to the transcript, or (neither) to the prompt. */
void explorer_focus(struct explorer *e, bool view, bool reading);
/* Run the command a key stands for. */
void explorer_run(struct explorer *e, const char *command);
void tiles_step(struct explorer *e, int by);                    /* the focus goes to the next one */
void tiles_more_text(struct explorer *e, int by);               /* rows of the transcript */
bool tiles_key(struct explorer *e, const struct keypress *key); /* false: it means nothing */
bool tiles_mouse(struct explorer *e, const struct keypress *key);

/* reader.c */
bool reader_key(struct explorer *e, const struct keypress *key);        /* when reading */
bool reader_scroll_key(struct explorer *e, const struct keypress *key); /* always */
void reader_scroll(struct explorer *e, long by);                        /* rows up */
void reader_ask(struct explorer *e);
/* "": the next one. */
bool reader_search(struct explorer *e, const char *text, struct err *err);
void reader_draw_line(struct explorer *e, struct rect row);

/* promptline.c: keys of the pop-up and of the hint go before those of the prompt */
bool promptline_candidates_key(struct explorer *e, const struct keypress *key);
bool promptline_candidates_rest_key(struct explorer *e, const struct keypress *key);
void promptline_candidates_show(struct explorer *e, const struct completion *completion);
void promptline_candidates_narrow(struct explorer *e); /* the line has changed */
void promptline_draw(struct explorer *e, struct rect row);
/* Cells from the left of the row to byte `at` of the line, as drawn last. */
int promptline_column(const struct explorer *e, size_t at);

/* mistyped.c: a command typed while a tile has the keys.  True: its letters, with this one,
 * are at the prompt now. */
bool mistyped_key(struct explorer *e, const struct keypress *key);

/* keyhelp.c */
void keyhelp_open(struct explorer *e);
void keyhelp_footer(const struct explorer *e, int room, struct strbuf *out);

/* Pictures, for struct session_host. */
void explorer_picture_room(void *data, struct picture_room *room);
bool explorer_picture(void *data, const char *bytes, size_t n, struct err *err);
/* Whether one was shown, which is over now. */
bool explorer_end_picture(struct explorer *e);

#endif
