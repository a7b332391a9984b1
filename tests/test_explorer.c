/* Whole screens, as the loop would show them: layouts by size, focus, keys, the
 * page of keys, reading, the mouse.  No terminal is needed: what is drawn is a
 * canvas. */
#include "explorer.h"

#include <poll.h>

#include "deltaw/base/thread.h"
#include "golden.h"
#include "lineedit.h"

static struct host_setup setup;

static void put_result(void *host, const char *bytes, size_t n)
{
    transcript_add(&((struct explorer *)host)->transcript, LINE_PLAIN, bytes, n);
}

static void put_complaint(void *host, const char *bytes, size_t n)
{
    transcript_add(&((struct explorer *)host)->transcript, LINE_NOTE, bytes, n);
}

/* --- an explorer without a loop ------------------------------------------------- */

static void run(struct explorer *e)
{
    for (;;) {
        e->step = session_step(e->session, &e->out);
        if (e->step == STEP_WAITING) {
            struct pollfd p = {session_wake(e->session)->fd, POLLIN, 0};
            poll(&p, 1, 60000);
            wake_drain(session_wake(e->session));
        } else if (e->step != STEP_RAN) {
            break;
        }
    }
}

static void enter(struct explorer *e, const char *line)
{
    explorer_enter(e, line);
    run(e);
}

static void resize(struct explorer *e, int width, int height)
{
    e->width = width;
    e->height = height;
    explorer_place(e);
}

/* Until all that views compute beside the main thread is there. */
static void update(struct explorer *e)
{
    explorer_update(e);
    for (int i = 0; i < e->layout.n_tiles; i++) {
        struct view *view = session_view(e->session, e->layout.view[i], NULL);
        while (view && view_waits(view)) {
            struct pollfd p = {session_wake(e->session)->fd, POLLIN, 0};
            poll(&p, 1, 60000);
            wake_drain(session_wake(e->session));
        }
    }
    e->redraw = true;
}

static void look(struct explorer *e, struct strbuf *out)
{
    update(e);
    explorer_draw(e); /* tells views their room ... */
    update(e);
    explorer_draw(e); /* ... for which they compute */
    strbuf_reset(out);
    canvas_emit(&e->frame, &e->style, out);
}

static void begin(struct explorer *e, bool ascii, int width, int height)
{
    struct err err = {0};
    *e = (struct explorer){.setup = &setup, .step = STEP_IDLE, .utf8 = !ascii, .dragged = -1};
    setup = (struct host_setup){.style.ascii = ascii, .quiet = true};
    struct session_setup session = {.threads = 1, .prefixes = true};
    session.host = (struct session_host){.data = e, .show = explorer_show_view,
                                         .screen = explorer_screen_verb};
    e->session = session_new(&session, &err);
    e->out = (struct output){.width = 80, .quiet = true, .host = e, .result = put_result,
                             .complaint = put_complaint};
    e->named = layout_named_find("default");
    resize(e, width, height);
    explorer_update(e);
}

static void end(struct explorer *e)
{
    session_free(e->session);
    output_free(&e->out);
    transcript_free(&e->transcript);
    popup_clear(&e->popup);
    popup_clear(&e->help);
    canvas_free(&e->base);
    canvas_free(&e->frame);
    keys_free(&e->keys);
    strbuf_free(&e->key_shape);
    strbuf_free(&e->asked);
}

/* By name, as keys.c gives them. */
static void press(struct explorer *e, const char *names)
{
    char *copy = mem_text(names), *rest = copy, *name;
    while ((name = strsep(&rest, " "))) {
        struct keypress key = {0};
        snprintf(key.name, sizeof key.name, "%s", name);
        key.n_bytes = (size_t)snprintf(key.bytes, sizeof key.bytes, "%s", name);
        explorer_key(e, &key);
        run(e);
    }
    free(copy);
}

static void mouse(struct explorer *e, const char *name, int x, int y)
{
    struct keypress key = {.n_bytes = 6, .x = x, .y = y};
    snprintf(key.name, sizeof key.name, "%s", name);
    explorer_key(e, &key);
}

static bool shows(struct explorer *e, const char *text)
{
    struct strbuf out = {0};
    look(e, &out);
    bool seen = strstr(strbuf_text(&out), text) != NULL;
    if (!seen)
        tap_show("the screen", strbuf_text(&out));
    strbuf_free(&out);
    return seen;
}

static void fit_one(struct explorer *e)
{
    enter(e, "simulate reinforce animals=6 trials=400 seed=5");
    enter(e, "fit dnn epochs=60 hidden=8 rate=1e-2; wait");
    enter(e, "clear");
}

/* --- pictures --------------------------------------------------------------------- */

static void golden(struct explorer *e, const char *name)
{
    struct strbuf out = {0};
    look(e, &out);
    golden_check(name, strbuf_text(&out));
    strbuf_free(&out);
}

static void test_sizes(bool ascii)
{
    static const int sizes[][2] = {{80, 24}, {100, 30}, {120, 40}, {40, 12}};
    struct explorer e;
    char name[80];
    begin(&e, ascii, 80, 24);
    snprintf(name, sizeof name, "screen-empty-%s", ascii ? "ascii" : "utf8");
    golden(&e, name);
    fit_one(&e);
    enter(&e, "layout");
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        resize(&e, sizes[i][0], sizes[i][1]);
        snprintf(name, sizeof name, "screen-%dx%d-%s", sizes[i][0], sizes[i][1],
                 ascii ? "ascii" : "utf8");
        golden(&e, name);
    }
    resize(&e, 26, 6);
    snprintf(name, sizeof name, "screen-26x6-%s", ascii ? "ascii" : "utf8");
    golden(&e, name);
    resize(&e, 120, 40);
    enter(&e, "layout overview");
    snprintf(name, sizeof name, "screen-overview-%s", ascii ? "ascii" : "utf8");
    golden(&e, name);
    end(&e);
}

static void test_states(void)
{
    struct explorer e;
    begin(&e, false, 80, 24);
    fit_one(&e);
    enter(&e, "help");
    press(&e, "esc");
    golden(&e, "screen-tile");
    press(&e, "?");
    golden(&e, "screen-keys");
    press(&e, "esc z");
    golden(&e, "screen-zoom");
    press(&e, "z / s c o r e");
    golden(&e, "screen-search");
    press(&e, "enter");
    golden(&e, "screen-found");
    press(&e, "esc");
    enter(&e, "layout teaching text=4");
    resize(&e, 100, 30);
    golden(&e, "screen-teaching");
    end(&e);
}

/* --- what keys do -------------------------------------------------------------------- */

static void test_focus(void)
{
    struct explorer e;
    begin(&e, false, 80, 24);
    fit_one(&e);
    press(&e, "esc");
    tap_ok(e.view_focus && !e.reading && shows(&e, "Esc prompt"), "Esc goes to the tile");
    press(&e, "tab");
    tap_ok(e.reading && shows(&e, "/ search"), "the transcript comes after the last tile");
    press(&e, "tab");
    tap_ok(!e.reading && e.layout.current == 0, "and the first tile after it");
    press(&e, "S-tab S-tab");
    tap_ok(!e.reading && e.layout.current == 1, "S-Tab goes the other way");
    press(&e, "n");
    tap_ok(layout_find(&e.layout, "slice") == 1 && !e.named, "n shows the next view here");
    press(&e, "p");
    tap_ok(layout_find(&e.layout, "map") == 1, "p the one before");
    press(&e, ":");
    tap_ok(!e.view_focus, ": goes to the prompt");
    press(&e, "f2 f2 f2");
    tap_ok(e.layout.no_tiles || e.layout.zoom, "F2 goes through the arrangements");
    enter(&e, "layout default");
    tap_ok(e.named && !e.layout.zoom && !e.layout.no_tiles && e.layout.n_tiles == 2,
           "layout default is back");
    resize(&e, 120, 40);
    tap_ok(e.layout.n_tiles == 4, "and goes with the size");
    press(&e, "esc");
    enter(&e, "layout loss/map");
    resize(&e, 80, 40);
    tap_ok(e.layout.n_tiles == 2 && e.layout.n_rows == 2, "what was asked for stays");
    end(&e);
}

static void test_bars(void)
{
    struct explorer e;
    begin(&e, false, 80, 24);
    fit_one(&e);
    press(&e, "esc");
    int width = e.place.tile[1].width, text = e.place.transcript.height;
    press(&e, "> > >");
    tap_ok(e.place.tile[1].width == width + 6, "> widens the tile (%d, %d)", width,
           e.place.tile[1].width);
    tap_ok(shows(&e, "deltaw> layout loss:24|map:53") && e.transcript.n == 1,
           "as one command, told once");
    press(&e, "< <");
    tap_ok(e.place.tile[1].width == width + 2, "< narrows it");
    press(&e, "M-up M-up M-up");
    tap_ok(e.place.transcript.height == text + 3 && e.layout.text == text + 3, "M-Up: more text");
    press(&e, "M-down");
    tap_ok(e.place.transcript.height == text + 2, "M-Down: less");
    enter(&e, "layout text=auto");
    tap_ok(e.place.transcript.height == text, "auto: as before");
    int x = e.place.tile[1].x - 1, y = e.place.transcript.y - 1;
    mouse(&e, "click", x, 5);
    mouse(&e, "drag", x + 4, 5);
    mouse(&e, "drag", x + 7, 5);
    mouse(&e, "release", x + 7, 5);
    tap_ok(e.place.tile[1].x == x + 8, "a border is dragged");
    mouse(&e, "click", 10, y);
    mouse(&e, "drag", 10, y - 3);
    mouse(&e, "release", 10, y - 3);
    tap_ok(e.place.transcript.height == text + 3 && shows(&e, "deltaw> layout text=9"),
           "the one above the transcript too");
    mouse(&e, "drag", 10, 3);
    tap_ok(e.place.transcript.height == text + 3, "not after it was let go");
    mouse(&e, "click", 0, 0);
    mouse(&e, "drag", 5, 5);
    mouse(&e, "release", 400, 300);
    tap_ok(e.place.transcript.height == text + 3, "nothing else can be");
    mouse(&e, "click", 5, e.place.transcript.y + 1);
    tap_ok(!e.view_focus, "a click on the transcript goes to the prompt");
    mouse(&e, "click", 3, 5);
    tap_ok(e.view_focus && e.layout.current == 0, "one on a tile to that");
    end(&e);
}

static void test_click(void)
{
    struct explorer e;
    begin(&e, false, 80, 24);
    fit_one(&e);
    struct strbuf out = {0};
    look(&e, &out);
    bool all = true, moved = false;
    for (int i = 0; i < 46; i += 5) {
        struct rect area = e.place.tile[1];
        mouse(&e, "click", area.x + i, area.y + 4);
        mouse(&e, "release", area.x + i, area.y + 4);
        look(&e, &out);
        struct cell cell = e.frame.cells[(area.y + 4) * e.width + area.x + i];
        bool cross = cell.glyph == 0x253c || cell.glyph == 0x2541 || cell.glyph == 0x2540;
        moved = moved || cross;
        bool in = strstr(strbuf_text(&out), "deltaw> map cross=") != NULL;
        all = all && (!cross || in);
    }
    tap_ok(moved && all, "a click puts the cross-hair there, as a command");
    strbuf_free(&out);
    end(&e);
}

static void test_reading(void)
{
    struct explorer e;
    begin(&e, false, 80, 24);
    enter(&e, "help");
    enter(&e, "help fit");
    press(&e, "pgup");
    tap_ok(e.transcript.scrolled > 0 && !e.view_focus, "PgUp scrolls at the prompt");
    press(&e, "home");
    tap_ok(shows(&e, "deltaw> help\n") || shows(&e, "deltaw> help "), "Home: the beginning");
    press(&e, "end");
    tap_ok(e.transcript.scrolled == 0, "End: the end");
    press(&e, "esc S-tab S-tab");
    tap_ok(e.reading, "the transcript has the keys");
    press(&e, "g");
    long top = e.transcript.scrolled;
    press(&e, "j j k");
    tap_ok(e.transcript.scrolled == top - 1, "g, j and k");
    press(&e, "space b G");
    tap_ok(e.transcript.scrolled == 0, "G");
    press(&e, "n");
    tap_ok(e.hint[0], "n without a search says so");
    press(&e, "/ h o l d o u t enter");
    tap_ok(!e.asking && shows(&e, "holdout="), "/ searches");
    size_t found = e.transcript.found;
    press(&e, "/ x x esc");
    tap_ok(!e.asking && e.reading, "Esc gives a search up");
    press(&e, ":");
    enter(&e, "search truncation");
    tap_ok(e.reading && e.transcript.found && e.transcript.found != found, "search does the same");
    press(&e, "esc");
    enter(&e, "search nowhereatall");
    tap_ok(!e.view_focus && shows(&e, "is nowhere in the transcript"), "and says when it cannot");
    end(&e);
}

int main(void)
{
    setenv("INPUTRC", "/dev/null", 1);
    setenv("TERM", "dumb", 1);
    unsetenv("COLORFGBG");
    static const struct lineedit_host editor;
    lineedit_open(&editor, "deltaw> ", true);
    test_sizes(false);
    test_sizes(true);
    test_states();
    test_focus();
    test_bars();
    test_click();
    test_reading();
    lineedit_close();
    return tap_done();
}
