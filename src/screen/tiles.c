/* The tiles: which views they show, which has the keys, how large they are; the mouse. */
#include "explorer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- what commands ask of the screen ------------------------------------------- */

static const char *view_name_at(void *unused, size_t i)
{
    (void)unused;
    const struct view_ops *ops = view_at(i);
    return ops ? ops->name : NULL;
}

static bool check_view(const char *name, struct err *err)
{
    if (view_find(name))
        return true;
    const char *near = nearest_word(name, view_name_at, NULL);
    return near ? err_set(err, ERR_USAGE, "there is no view '%s'; did you mean %s?", name, near)
                : err_set(err, ERR_USAGE, "there is no view '%s'; `help layout` lists them", name);
}

bool explorer_show_view(void *data, const char *view, struct err *err)
{
    struct explorer *e = data;
    if (!check_view(view, err))
        return false;
    int tile = layout_find(&e->layout, view);
    if (tile < 0) {
        tile = e->layout.current;
        e->named = NULL;
        snprintf(e->layout.view[tile], LAYOUT_NAME, "%s", view);
    }
    e->layout.current = tile;
    e->layout.no_tiles = false;
    explorer_place(e);
    return true;
}

/* Several words are one picture: beside each other, above three in two rows. */
static bool set_picture(struct explorer *e, const struct args *args, struct err *err)
{
    struct strbuf text = {0};
    size_t n = args_positional(args);
    for (size_t i = 0; i < n; i++) {
        bool row = i > 0 && n > 3 && i == (n + 1) / 2;
        strbuf_printf(&text, "%s%s", i == 0 ? "" : row ? "/" : "|", args_at(args, i));
    }
    bool good = layout_parse(&e->layout, strbuf_text(&text), err);
    strbuf_free(&text);
    if (good)
        e->named = NULL;
    return good;
}

/* Layouts that would look the same for lack of room are skipped. */
static void next_layout(struct explorer *e)
{
    struct placement before = e->place;
    e->named = NULL;
    for (int i = 0; i < 4; i++) {
        layout_next(&e->layout);
        explorer_place(e);
        if (memcmp(&before, &e->place, sizeof before) != 0)
            break;
    }
    e->reading = e->view_focus && (e->reading || e->layout.no_tiles);
}

static bool set_layout(struct explorer *e, const struct args *args, struct err *err)
{
    const char *first = args_at(args, 0);
    const struct layout_named *named = first ? layout_named_find(first) : NULL;
    bool next = first && strcmp(first, "next") == 0, picture = first && !named && !next;
    if (picture && !set_picture(e, args, err))
        return false;
    if (args_given(args, "text")) {
        for (size_t i = 0; i < args->n; i++)
            if (args->items[i].name)
                *layout_text_rows(&e->layout) = atoi(args->items[i].value); /* auto: 0 */
    }
    if (named) {
        e->named = named;
        e->layout.zoom = e->layout.no_tiles = false;
        e->layout.n_tiles = 0; /* none is the current one */
    } else if (next) {
        next_layout(e);
    } else if (args->n == 0) {
        struct strbuf text = {0};
        layout_text(&e->layout, &text);
        output_say(&e->out, "now: %s%s%s text=%d", e->named ? e->named->name : "",
                   e->named ? ", " : "", strbuf_text(&text), e->place.transcript.height);
        strbuf_free(&text);
    }
    return true;
}

void explorer_layout(void *data, struct args *layout, const char **zoomed)
{
    const struct explorer *e = data;
    struct strbuf text = {0};
    char rows[16];
    layout_text(&e->layout, &text);
    args_set(layout, NULL, e->named ? e->named->name : strbuf_text(&text), 0);
    snprintf(rows, sizeof rows, "%d", e->layout.text);
    args_set(layout, "text", e->layout.text ? rows : "auto", 0);
    *zoomed = e->layout.zoom ? e->layout.view[e->layout.current] : NULL;
    strbuf_free(&text);
}

bool explorer_screen_verb(void *data, const char *verb, const struct args *args, struct err *err)
{
    struct explorer *e = data;
    bool good = true;
    if (strcmp(verb, "search") == 0) {
        struct strbuf text = {0};
        for (size_t i = 0; i < args_positional(args); i++)
            strbuf_printf(&text, "%s%s", i ? " " : "", args_at(args, i));
        good = reader_search(e, strbuf_text(&text), err);
        strbuf_free(&text);
        return good;
    }
    if (strcmp(verb, "clear") == 0) {
        transcript_clear(&e->transcript);
    } else if (strcmp(verb, "layout") == 0) {
        good = set_layout(e, args, err);
    } else if (strcmp(verb, "zoom") == 0) {
        bool named = args_positional(args) > 0;
        good = !named || explorer_show_view(e, args_at(args, 0), err);
        if (good && !e->layout.zoom)
            e->layout.zoom_text = 0; /* all the room, until told otherwise */
        if (good)
            e->layout.zoom = named || !e->layout.zoom;
        e->layout.no_tiles = false;
    } else {
        good = err_set(err, ERR_FAILED, "%s: the screen knows nothing of it", verb);
    }
    explorer_place(e);
    return good;
}

/* --- focus and size ------------------------------------------------------------- */

void explorer_focus(struct explorer *e, bool view, bool reading)
{
    e->view_focus = view;
    e->reading = view && reading;
    e->asking = false;
    e->redraw = e->dirty = true;
}

/* The transcript comes after the last tile. */
void tiles_step(struct explorer *e, int by)
{
    struct layout *layout = &e->layout;
    bool end = layout->current == (by > 0 ? layout->n_tiles - 1 : 0);
    if (layout->no_tiles || (end && !e->reading)) {
        explorer_focus(e, true, true);
        return;
    }
    if (e->reading)
        layout->current = by > 0 ? 0 : layout->n_tiles - 1;
    else
        layout_step(layout, by);
    explorer_focus(e, true, false);
    explorer_place(e); /* where only one fits, another is shown now */
}

/* Gives the present layout, or only the rows of its transcript, as a command. */
static void explorer_tell_layout(struct explorer *e, bool text_only)
{
    struct strbuf command = {0};
    strbuf_puts(&command, "layout ");
    if (text_only)
        strbuf_printf(&command, "text=%d", *layout_text_rows(&e->layout));
    else
        layout_text(&e->layout, &command);
    explorer_run(e, strbuf_text(&command));
    strbuf_free(&command);
}

/* The current tile gets wider, or narrower. */
static void widen(struct explorer *e, int by)
{
    int sign, bar = layout_side(&e->layout, &e->place, &sign);
    if (bar < 0)
        explorer_hint(e, "Nothing is beside this tile.");
    else if (!layout_move(&e->layout, &e->place, bar, e->place.bar[bar].at.x + sign * by))
        explorer_hint(e, "There is no room for that.");
    else
        explorer_tell_layout(e, false);
}

void tiles_more_text(struct explorer *e, int by)
{
    int last = e->place.n_bars - 1; /* the one above the transcript */
    if (e->layout.no_tiles || last < 0)
        explorer_hint(e, "The transcript has it all. F2 shows the tiles.");
    else if (!layout_move(&e->layout, &e->place, last, e->place.bar[last].at.y - by))
        explorer_hint(e, "There is no room for that.");
    else
        explorer_tell_layout(e, true);
}

/* A command from a key runs as if it had been typed, but at once.  Its line in the
 * transcript replaces a similar one, so that a series of steps leaves one line. */
void explorer_run(struct explorer *e, const char *command)
{
    struct transcript *t = &e->transcript;
    struct strbuf shape = {0};
    if (!*command)
        return;
    session_key_shape(command, &shape);
    if (shape.len && e->key_mark == transcript_mark(t) && e->key_shape.len &&
        strcmp(shape.text, e->key_shape.text) == 0)
        transcript_drop_last(t);
    transcript_print(t, LINE_COMMAND, "deltaw> %s\n", command);
    strbuf_free(&e->key_shape);
    e->key_shape = shape;
    e->key_mark = transcript_mark(t);
    session_key(e->session, command, &e->out);
    e->stale = e->redraw = e->dirty = true;
}

/* The next view that no other tile shows. */
static void step_view(struct explorer *e, int by)
{
    size_t n = 0, now = 0;
    const char *name = e->layout.view[e->layout.current];
    for (; view_at(n); n++)
        if (strcmp(view_at(n)->name, name) == 0)
            now = n;
    for (size_t i = 1; i < n; i++) {
        const struct view_ops *ops = view_at((now + (by > 0 ? i : n - i)) % n);
        if (layout_find(&e->layout, ops->name) < 0) {
            explorer_run(e, ops->name);
            return;
        }
    }
    explorer_hint(e, "Every view has a tile. Tab goes to the next.");
}

static void zoom_key(struct explorer *e)
{
    char command[LAYOUT_NAME + 8];
    snprintf(command, sizeof command, "zoom %s", e->layout.view[e->layout.current]);
    explorer_run(e, e->layout.zoom ? "zoom" : command);
}

/* What writes a file waits at the prompt for its name to be seen, or changed. */
static void offer(struct explorer *e, const char *command)
{
    if (!lineedit_empty()) {
        explorer_hint(e, "The prompt holds a line: Esc goes there. Then `e` can ask for a name.");
        return;
    }
    explorer_focus(e, false, false);
    lineedit_paste(command, strlen(command));
    explorer_hint(e, "Enter writes this file; change its name or ending first, or ^C.");
}

bool tiles_key(struct explorer *e, const struct keypress *key)
{
    struct err err = {0};
    struct strbuf command = {0};
    struct view *view = session_view(e->session, e->layout.view[e->layout.current], &err);
    bool done = true;
    if (key_is(key, "z"))
        zoom_key(e);
    else if (view && view_key(view, key->name, &command))
        strncmp(strbuf_text(&command), "export ", 7) == 0 ? offer(e, strbuf_text(&command))
                                                          : explorer_run(e, strbuf_text(&command));
    else if (key_is(key, "n") || key_is(key, "p"))
        step_view(e, key->name[0] == 'n' ? 1 : -1);
    else if (key_is(key, "<") || key_is(key, ">"))
        widen(e, key->name[0] == '>' ? 2 : -2);
    else
        done = false;
    strbuf_free(&command);
    return done;
}

/* --- the mouse: a click selects, the wheel scrolls, a border can be dragged ---------- */

static void click_tile(struct explorer *e, int tile, int x, int y)
{
    struct err err = {0};
    struct strbuf command = {0};
    const char *name = e->layout.view[tile];
    struct view *view = session_view(e->session, name, &err);
    e->layout.current = tile;
    explorer_focus(e, true, false);
    if (view && view_click(view, e->place.tile[tile], &e->style, x, y, &command))
        explorer_run(e, strbuf_text(&command));
    strbuf_free(&command);
}

static void press(struct explorer *e, int x, int y)
{
    int tile = layout_tile_at(&e->place, x, y), bar = layout_bar_at(&e->place, x, y);
    e->dragged = bar;
    e->moved = false;
    if (tile >= 0)
        click_tile(e, tile, x, y);
    else if (bar < 0 && y >= e->place.transcript.y)
        explorer_focus(e, false, false);
}

static void drag(struct explorer *e, int x, int y)
{
    if (e->dragged < 0 || e->dragged >= e->place.n_bars)
        return;
    bool beside = e->place.bar[e->dragged].tile >= 0;
    if (layout_move(&e->layout, &e->place, e->dragged, beside ? x : y)) {
        e->named = beside || e->place.bar[e->dragged].row >= 0 ? NULL : e->named;
        e->moved = true;
        explorer_place(e);
    }
}

/* A moved border is reported as the command that would move it there. */
static void let_go(struct explorer *e)
{
    if (e->dragged >= 0 && e->dragged < e->place.n_bars && e->moved)
        explorer_tell_layout(e,
                             e->place.bar[e->dragged].tile < 0 && e->place.bar[e->dragged].row < 0);
    e->dragged = -1;
}

bool tiles_mouse(struct explorer *e, const struct keypress *key)
{
    if (key_is(key, "wheel-up") || key_is(key, "wheel-down"))
        reader_scroll(e, key_is(key, "wheel-up") ? 3 : -3);
    else if (key_is(key, "click"))
        press(e, key->x, key->y);
    else if (key_is(key, "drag"))
        drag(e, key->x, key->y);
    else if (key_is(key, "release"))
        let_go(e);
    else
        return false;
    e->dirty = true;
    return true;
}
