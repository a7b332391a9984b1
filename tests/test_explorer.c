/* Whole screens, as the loop would show them: layouts by size, focus, keys, the
 * page of keys, reading, the mouse.  No terminal is needed: what is drawn is a
 * canvas. */
#include "golden.h"
#include "screenless.h"

/* --- pictures --------------------------------------------------------------------- */

static void golden(struct explorer *e, const char *name)
{
    struct strbuf out = {0};
    look(e, &out);
    golden_check(name, strbuf_text(&out));
    strbuf_free(&out);
}

static bool shows_row(struct explorer *e, const char *text)
{
    struct strbuf out = {0};
    look(e, &out);
    bool seen = strstr(strbuf_text(&out), text) != NULL;
    strbuf_free(&out);
    return seen;
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

/* A transcript that no change of the program changes: forty lines, one of them to be found. */
static void say_much(struct explorer *e)
{
    for (int i = 1; i <= 20; i++) {
        char line[40];
        snprintf(line, sizeof line, i == 9 ? "say the score stands here" : "say line %d of 20", i);
        enter(e, line);
    }
}

static void test_states(void)
{
    struct explorer e;
    begin(&e, false, 80, 24);
    fit_one(&e);
    say_much(&e);
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

/* With rows asked for the transcript, a zoomed tile has all the room all the same. */
static void test_zoom(void)
{
    struct explorer e;
    begin(&e, false, 80, 40);
    fit_one(&e);
    enter(&e, "layout text=24");
    int usual = e.place.tile[1].height, text = e.place.transcript.height;
    enter(&e, "zoom map");
    int zoomed = e.place.tile[1].height, rows = e.place.transcript.height;
    tap_ok(zoomed > usual + 10 && rows < 5, "zoom takes the room of the transcript (%d, %d)", usual,
           zoomed);
    press(&e, "M-up");
    tap_ok(e.place.transcript.height == rows + 1, "which can be made larger there");
    enter(&e, "zoom");
    tap_ok(e.place.transcript.height == text, "and is as before afterwards");
    enter(&e, "zoom");
    tap_ok(e.place.transcript.height == rows, "as is the zoom");
    end(&e);
}

/* The page of keys where there is little room: whole sentences. */
static void test_narrow_keys(void)
{
    struct explorer e;
    begin(&e, false, 40, 12);
    press(&e, "f1");
    tap_ok(shows_row(&e, "Tab             complete; in the") &&
               shows_row(&e, "││                 list Tab or arrows") && !shows_row(&e, "…"),
           "keys are explained in whole sentences on a narrow screen");
    end(&e);
}

/* The caret stands under its own line, or the line is told again. */
static void test_typed_ahead(void)
{
    struct explorer e;
    begin(&e, false, 80, 24);
    enter(&e, "help nosuch");
    tap_ok(shows(&e, "deltaw> help nosuch") && !shows_row(&e, "│help nosuch") &&
               shows_row(&e, "│             ^~~~~~"),
           "an error's caret stands below the line typed");
    enter(&e, "clear");
    explorer_enter(&e, "help nosuch");
    explorer_enter(&e, "say one");
    run(&e);
    tap_ok(shows_row(&e, "│  help nosuch") && shows_row(&e, "│       ^~~~~~"),
           "or below the line told again, when another was typed before it ran");
    end(&e);
}

/* A line typed while a script pauses runs at once; the script waits on. */
static void test_aside(void)
{
    struct explorer e;
    begin(&e, false, 80, 24);
    enter(&e, "pause-for-enter; say the script");
    tap_ok(e.step == STEP_PAUSED, "a script pauses");
    enter(&e, "say an aside");
    tap_ok(shows(&e, "│an aside"), "a line typed meanwhile runs at once");
    struct strbuf out = {0};
    look(&e, &out);
    tap_ok(e.step == STEP_PAUSED && !strstr(strbuf_text(&out), "│the script"),
           "and the script waits on");
    enter(&e, "");
    tap_ok(shows(&e, "│the script"), "until Enter");
    strbuf_free(&out);
    end(&e);
}

static const char *line_now(void)
{
    size_t n, point;
    return lineedit_line(&n, &point);
}

static void test_file_name_first(void)
{
    struct explorer e;
    begin(&e, false, 80, 24);
    fit_one(&e);
    press(&e, "esc");
    update(&e);
    long before = e.transcript.n;
    press(&e, "e");
    tap_ok(!e.view_focus && strncmp(line_now(), "export map map-", 15) == 0 &&
               (long)e.transcript.n == before,
           "e writes no file yet: its name is at the prompt (%s)", line_now());
    press(&e, "esc");
    e.mistyped_at = 0;
    press(&e, "e");
    tap_ok(e.view_focus && strstr(e.hint, "holds a line"), "a line that is there is not lost");
    lineedit_drop_line();
    end(&e);
}

static void test_mistyped(void)
{
    static const struct {
        const char *keys, *line;
    } typed[] = {
        {"s c o r e", "score"}, {"s e t", "set"}, {"z h e l p", "help"}, {"z z z d d", ""}};
    for (size_t i = 0; i < sizeof typed / sizeof *typed; i++) {
        struct explorer e;
        begin(&e, false, 80, 24);
        fit_one(&e);
        enter(&e, "map");
        press(&e, "esc");
        press(&e, typed[i].keys);
        tap_is_text(line_now(), typed[i].line, "%s, typed to a tile", typed[i].keys);
        tap_ok(e.view_focus == !*typed[i].line, "%s: who has the keys", typed[i].keys);
        lineedit_drop_line();
        end(&e);
    }
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
    test_zoom();
    test_typed_ahead();
    test_narrow_keys();
    test_aside();
    test_file_name_first();
    test_mistyped();
    lineedit_close();
    return tap_done();
}
