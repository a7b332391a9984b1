/* Keys and what they do. */
#include "explorer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "history.h"

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

static void next_layout(struct explorer *e);

static bool set_layout(struct explorer *e, const struct args *args, struct err *err)
{
    const char *first = args_at(args, 0);
    const struct layout_named *named = first ? layout_named_find(first) : NULL;
    if (args_given(args, "text")) {
        for (size_t i = 0; i < args->n; i++)
            if (args->items[i].name)
                e->layout.text = atoi(args->items[i].value); /* auto: 0 */
    }
    if (named) {
        e->named = named;
        e->layout.zoom = e->layout.no_tiles = false;
        e->layout.n_tiles = 0; /* none is the current one */
    } else if (first && strcmp(first, "next") == 0) {
        next_layout(e);
    } else if (first) {
        return set_picture(e, args, err);
    } else if (args->n == 0) {
        struct strbuf text = {0};
        layout_text(&e->layout, &text);
        output_say(&e->out, "now: %s%s%s text=%d", e->named ? e->named->name : "",
                   e->named ? ", " : "", strbuf_text(&text), e->place.transcript.height);
        strbuf_free(&text);
    }
    return true;
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
        if (good)
            e->layout.zoom = named || !e->layout.zoom;
        e->layout.no_tiles = false;
    } else {
        good = err_set(err, ERR_FAILED, "%s: the screen knows nothing of it", verb);
    }
    explorer_place(e);
    return good;
}

/* --- lines ------------------------------------------------------------------------ */

enum { PROMPT_CELLS = 8 }; /* "deltaw> " */

static void echo(struct explorer *e, const char *prompt, const char *line)
{
    struct strbuf text = {0};
    strbuf_printf(&text, "%s%s\n", prompt, line);
    transcript_add(&e->transcript, LINE_COMMAND, text.text, text.len);
    strbuf_free(&text);
    e->transcript.scrolled = 0;
    e->dirty = true;
}

static void quit_if_asked_twice(struct explorer *e)
{
    if (e->asked_end || !session_busy(e->session)) {
        e->quit = true;
        return;
    }
    explorer_hint(e, "A fit is not done. ^D again or `quit` leaves and gives it up.");
    e->asked_end = true;
}

void explorer_enter(struct explorer *e, const char *line)
{
    popup_clear(&e->popup);
    e->dirty = true;
    if (!line) {
        quit_if_asked_twice(e);
        return;
    }
    bool blank = !line[strspn(line, " \t\n")];
    if (e->step == STEP_PAUSED) {
        session_enter(e->session);
        e->step = STEP_RAN;
        if (blank)
            return;
    }
    char *copy = mem_text(line), *rest = copy;
    for (char *one; (one = strsep(&rest, "\n"));)
        echo(e, one == copy ? "deltaw> " : "      > ", one);
    free(copy);
    bool idle = e->step == STEP_IDLE || e->step == STEP_RAN || e->step == STEP_FAILED;
    e->out.echoed = idle && !strchr(line, '\n') ? PROMPT_CELLS : 0;
    if (!blank)
        session_feed(e->session, line, "prompt");
}

void explorer_interrupt(struct explorer *e)
{
    bool asked = e->asked_interrupt;
    e->asked_interrupt = e->asked_end = false;
    e->hint[0] = '\0';
    e->dirty = true;
    if (e->help.n) {
        popup_clear(&e->help);
        e->redraw = true;
    } else if (!lineedit_empty()) { /* and the candidates that belong to it */
        e->redraw = e->popup.n > 0;
        popup_clear(&e->popup);
        lineedit_drop_line();
    } else if (e->step == STEP_WAITING || e->step == STEP_PAUSED || e->step == STEP_RAN) {
        session_cancel(e->session);
    } else if (e->view_focus) {
        explorer_focus(e, false, false);
    } else if (session_busy(e->session)) {
        explorer_hint(e, "Nothing is waited for. `stop` ends the fit, `quit` leaves.");
    } else if (asked) {
        e->quit = true;
        e->code = ERR_INTERRUPTED;
    } else {
        explorer_hint(e, "Nothing to cancel. ^D, `quit` or ^C again leaves.");
        e->asked_interrupt = true;
    }
}

/* --- keys -------------------------------------------------------------------------- */

static bool is(const struct keypress *key, const char *name)
{
    return strcmp(key->name, name) == 0;
}

void explorer_focus(struct explorer *e, bool view, bool reading)
{
    e->view_focus = view;
    e->reading = view && reading;
    e->asking = false;
    e->redraw = e->dirty = true;
}

static void toggle_focus(struct explorer *e)
{
    explorer_focus(e, !e->view_focus, e->layout.no_tiles);
}

/* The transcript comes after the last tile. */
static void step_tile(struct explorer *e, int by)
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
    explorer_place(e); /* where only one has room, another is shown now */
}

/* Layouts that would look the same, since there is no room, are passed over. */
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

void explorer_tell_layout(struct explorer *e, bool text_only)
{
    struct strbuf command = {0};
    strbuf_puts(&command, "layout ");
    if (text_only)
        strbuf_printf(&command, "text=%d", e->layout.text);
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

static void more_text(struct explorer *e, int by)
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
 * transcript takes the place of one like it, so that steps leave one line. */
void explorer_run(struct explorer *e, const char *command)
{
    struct transcript *t = &e->transcript;
    struct strbuf shape = {0}, line = {0};
    if (!*command)
        return;
    session_key_shape(command, &shape);
    if (shape.len && e->key_mark == transcript_mark(t) && e->key_shape.len &&
        strcmp(shape.text, e->key_shape.text) == 0)
        transcript_drop_last(t);
    strbuf_printf(&line, "deltaw> %s\n", command);
    transcript_add(t, LINE_COMMAND, line.text, line.len);
    strbuf_free(&line);
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

/* True: done.  Keys of the tile or of the transcript. */
static bool tile_key(struct explorer *e, const struct keypress *key)
{
    struct err err = {0};
    struct strbuf command = {0};
    struct view *view = session_view(e->session, e->layout.view[e->layout.current], &err);
    bool done = true;
    if (is(key, "z"))
        zoom_key(e);
    else if (view && view_key(view, key->name, &command))
        explorer_run(e, strbuf_text(&command));
    else if (is(key, "n") || is(key, "p"))
        step_view(e, key->name[0] == 'n' ? 1 : -1);
    else if (is(key, "<") || is(key, ">"))
        widen(e, key->name[0] == '>' ? 2 : -2);
    else
        done = false;
    strbuf_free(&command);
    return done;
}

static void view_focus_key(struct explorer *e, const struct keypress *key)
{
    struct strbuf command = {0};
    e->redraw = e->dirty = true;
    if (e->asking)
        reader_key(e, key);
    else if (!e->reading && session_replay_key(e->session, key->name, &command))
        explorer_run(e, strbuf_text(&command));
    else if (is(key, "esc") || is(key, ":") || is(key, "C-g"))
        explorer_focus(e, false, false);
    else if (is(key, "tab"))
        step_tile(e, 1);
    else if (is(key, "S-tab"))
        step_tile(e, -1);
    else if (is(key, "?"))
        keyhelp_open(e);
    else if (is(key, "enter") && e->step == STEP_PAUSED)
        explorer_enter(e, "");
    else if (is(key, "/"))
        reader_ask(e);
    else if (is(key, "C-d"))
        quit_if_asked_twice(e);
    else if (!(e->reading ? reader_key(e, key) : tile_key(e, key)) && key->name[0])
        explorer_hint(e, "%s does nothing here. ? lists the keys, Esc goes to the prompt.",
                      key->name);
    strbuf_free(&command);
}

/* Terminals differ in these; readline is told in the way it surely knows. */
static bool type_named(const struct keypress *key)
{
    static const char *const known[][2] = {
        {"up", "\033[A"},   {"down", "\033[B"},   {"right", "\033[C"},   {"left", "\033[D"},
        {"home", "\033[H"}, {"end", "\033[F"},    {"delete", "\033[3~"}, {"insert", "\033[2~"},
        {"enter", "\r"},    {"C-right", "\033f"}, {"C-left", "\033b"},   {"backspace", "\177"},
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (is(key, known[i][0])) {
            lineedit_type(known[i][1], strlen(known[i][1]));
            return true;
        }
    return false;
}

static void escape_at_prompt(struct explorer *e)
{
    if (lineedit_vi())
        lineedit_type("\033", 1);
    else if (lineedit_midway())
        lineedit_type("\007", 1);
    else
        toggle_focus(e);
}

static void prompt_key(struct explorer *e, const struct keypress *key)
{
    e->dirty = true;
    bool sequence = key->n_bytes > 1 && key->bytes[0] == '\033';
    if (is(key, "esc"))
        escape_at_prompt(e);
    else if (is(key, "C-d") && lineedit_empty())
        quit_if_asked_twice(e);
    else if (type_named(key))
        ;
    else if (sequence ? lineedit_knows(key->bytes, key->n_bytes) : key->name[0] || !e->utf8)
        lineedit_type(key->bytes, key->n_bytes);
}

/* Keys that mean the same everywhere. */
static bool common_key(struct explorer *e, const struct keypress *key)
{
    if (e->asking || (lineedit_midway() && !e->view_focus))
        return false;
    if (is(key, "f1")) {
        keyhelp_open(e);
    } else if (is(key, "f2")) {
        explorer_run(e, "layout next");
    } else if (is(key, "f6")) {
        toggle_focus(e);
    } else if (is(key, "C-l")) {
        e->repaint = e->stale = true;
    } else if (is(key, "M-up") || is(key, "M-down")) {
        more_text(e, is(key, "M-up") ? 1 : -1);
    } else if (reader_scroll_key(e, key)) {
        ;
    } else if (!e->view_focus && e->transcript.scrolled && lineedit_empty() &&
               (is(key, "home") || is(key, "end"))) {
        reader_key(e, key);
    } else if (is(key, "C-c")) { /* another interrupt key was set */
        explorer_interrupt(e);
    } else {
        return false;
    }
    e->dirty = true;
    return true;
}

/* True: the key was for the page of keys. */
static bool help_key(struct explorer *e, const struct keypress *key)
{
    if (!e->help.n)
        return false;
    e->dirty = e->redraw = true;
    size_t page = e->help.shown > 1 ? (size_t)e->help.shown - 1 : 1, first = e->help.first;
    size_t last = e->help.n > (size_t)e->help.shown ? e->help.n - (size_t)e->help.shown : 0;
    if (is(key, "down") || is(key, "up"))
        page = 1;
    if (is(key, "down") || is(key, "pgdn") || is(key, "space"))
        e->help.first = first + page < last ? first + page : last;
    else if (is(key, "up") || is(key, "pgup"))
        e->help.first = first > page ? first - page : 0;
    else
        popup_clear(&e->help);
    return true;
}

void explorer_key(struct explorer *e, const struct keypress *key)
{
    if (!key->paste && !key->name[0] && key->n_bytes != 1)
        return; /* a report of the terminal, no key */
    e->hint[0] = '\0';
    e->dirty = true;
    if (!is(key, "C-d"))
        e->asked_end = false;
    if (!is(key, "C-c"))
        e->asked_interrupt = false;
    if (help_key(e, key))
        return;
    bool listed = e->popup.n > 0;
    if (!is(key, "tab"))
        popup_clear(&e->popup);
    if (mouse_key(e, key)) {
        ;
    } else if (key->paste) {
        explorer_focus(e, false, false);
        lineedit_paste(strbuf_text(&e->keys.paste), e->keys.paste.len);
    } else if (listed && is(key, "esc")) {
        ; /* only closes the list */
    } else if (!common_key(e, key)) {
        if (e->view_focus)
            view_focus_key(e, key);
        else
            prompt_key(e, key);
    }
}
