/* Where tiles, transcript and borders are, at every size. */
#include "layout.h"

#include "tap.h"

static bool disjoint(struct rect a, struct rect b)
{
    return a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y ||
           b.y + b.height <= a.y;
}

static bool within(struct rect a, int width, int height)
{
    return a.x >= 1 && a.y >= 2 && a.x + a.width <= width - 1 && a.y + a.height <= height - 1;
}

static int shown(const struct placement *p)
{
    int n = 0;
    for (int i = 0; i < LAYOUT_TILES; i++)
        n += p->tile[i].width > 0;
    return n;
}

static struct layout layout_of(const char *text)
{
    struct layout layout = {0};
    layout_parse(&layout, text, NULL);
    return layout;
}

static void test_parse(void)
{
    static const char *const good[] = {
        "loss|map", "loss/map",     "loss|map/slice",       "a|b|c/d/e",
        "map",      "loss:2|map:3", "loss:2x3|map:3/slice", "a:1x2/b"};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        struct layout layout = {0};
        struct err err = {0};
        struct strbuf text = {0};
        bool ok = layout_parse(&layout, good[i], &err);
        layout_text(&layout, &text);
        tap_ok(ok, "%s is a layout", good[i]);
        tap_is_text(strbuf_text(&text), good[i], "%s is read as it was said", good[i]);
        strbuf_free(&text);
    }
    static const char *const bad[] = {"",
                                      "|",
                                      "loss|",
                                      "/map",
                                      "loss||map",
                                      "a|a",
                                      "a|b|c|d|e|f|g|h|i",
                                      "a/b/c/d/e",
                                      "a:",
                                      "a:0",
                                      "a:1x",
                                      "a:1x0",
                                      "a:x2",
                                      "a:2y",
                                      "a:-1",
                                      "a:1000",
                                      ":2",
                                      "averyveryverylongnameofaview"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct layout layout = layout_of("loss|map"), before = layout;
        struct err err = {0};
        tap_ok(!layout_parse(&layout, bad[i], &err) && err.message[0] &&
                   memcmp(&layout, &before, sizeof before) == 0,
               "'%s' is refused and changes nothing", bad[i]);
    }
    struct layout layout = layout_of("loss|map");
    layout.current = 0;
    layout_parse(&layout, "map/slice/loss", NULL);
    tap_is_text(layout.view[layout.current], "loss", "the current view stays the current one");
}

static void test_sizes(void)
{
    struct layout layout = layout_of("loss|map");
    struct placement p;
    layout_place(&layout, 80, 24, &p);
    tap_ok(p.tile[0].height == 14 && p.tile[1].height == 14 && p.transcript.height == 6,
           "80x24: tiles of 14 rows, 6 of transcript (%d, %d)", p.tile[0].height,
           p.transcript.height);
    tap_ok(p.tile[0].y == p.tile[1].y && p.tile[1].x == p.tile[0].x + p.tile[0].width + 1,
           "80x24: side by side with one border between");
    tap_ok(p.tile[1].x + p.tile[1].width == 79, "80x24: up to the right border");
    layout_place(&layout, 69, 40, &p);
    tap_ok(shown(&p) == 2 && p.tile[0].x == p.tile[1].x && p.tile[1].y > p.tile[0].y,
           "69 columns: one above the other");
    layout_place(&layout, 40, 12, &p);
    tap_ok(shown(&p) == 1 && p.tile[1].width == 38 && p.tile[1].height >= 4 &&
               p.transcript.height >= 2,
           "40x12: the current tile alone");
    tap_ok(p.n_hidden == 1, "and it tells that one is hidden");
    layout_place(&layout, 29, 12, &p);
    tap_ok(p.too_small, "29 columns are too few");
    layout_place(&layout, 30, 7, &p);
    tap_ok(p.too_small, "7 rows are too few");
    layout_place(&layout, 30, 8, &p);
    tap_ok(!p.too_small && shown(&p) == 1, "30x8 will do");
    layout.zoom = true;
    layout.current = 0;
    layout_place(&layout, 100, 30, &p);
    tap_ok(shown(&p) == 1 && p.tile[0].width == 98 && p.tile[0].height > 20, "zoomed: one, large");
    layout.zoom = false;
    layout.no_tiles = true;
    layout_place(&layout, 100, 30, &p);
    tap_ok(shown(&p) == 0 && p.transcript.height == 27, "without tiles: the transcript");
}

static void test_shares(void)
{
    struct layout layout = layout_of("loss:2|map:3");
    struct placement p;
    layout_place(&layout, 80, 24, &p);
    tap_ok(p.tile[0].width == 31 && p.tile[1].width == 46,
           "shares of the width: 31 and 46 (%d, %d)", p.tile[0].width, p.tile[1].width);
    layout = layout_of("loss:1|map:20");
    layout_place(&layout, 80, 24, &p);
    tap_ok(p.tile[0].width + p.tile[1].width == 77 && p.tile[0].width >= 38,
           "too small a share: even ones");
    layout = layout_of("a:1x2/b");
    layout_place(&layout, 80, 40, &p);
    tap_ok(p.tile[0].height >= 2 * p.tile[1].height - 1, "shares of the height (%d, %d)",
           p.tile[0].height, p.tile[1].height);
    layout = layout_of("a|b/c|d/e");
    layout.current = 2;
    layout_place(&layout, 80, 24, &p);
    tap_ok(shown(&p) == 2 && p.tile[2].width && p.tile[3].width && p.n_hidden == 3,
           "where not all rows fit, the current tile's is shown");
    layout.current = 4;
    layout_place(&layout, 80, 24, &p);
    tap_ok(shown(&p) == 1 && p.tile[4].width == 78, "and another when that gets the focus");
    layout.text = 9;
    layout_place(&layout, 80, 24, &p);
    tap_ok(p.transcript.height == 9, "the transcript has the rows that were asked for");
    layout.text = 900;
    layout_place(&layout, 80, 24, &p);
    tap_ok(shown(&p) == 1 && p.tile[4].height == 4, "as far as the tiles can spare them");
}

static bool moved_to(struct layout *layout, int bar, int to, struct placement *p)
{
    bool moved = layout_move(layout, p, bar, to);
    layout_place(layout, 100, 40, p);
    return moved;
}

static void test_move(void)
{
    struct layout layout = layout_of("a|b/c|d");
    struct placement p;
    struct strbuf text = {0};
    layout_place(&layout, 100, 40, &p);
    int side = layout_bar_at(&p, p.tile[0].x + p.tile[0].width, p.tile[0].y + 2);
    tap_ok(side >= 0 && p.bar[side].tile == 0 && layout_tile_at(&p, 3, 3) == 0 &&
               layout_tile_at(&p, 98, 20) == 3 && layout_tile_at(&p, 0, 0) == -1,
           "tiles and bars are found by cell");
    int below = p.tile[2].width;
    tap_ok(moved_to(&layout, side, 40, &p) && p.tile[1].x == 41 && p.tile[0].width == 39 &&
               p.tile[2].width == below,
           "a bar between two tiles goes where it is put, the other row stays");
    tap_ok(moved_to(&layout, side, 2, &p) && p.tile[0].width == 24, "but leaves both some room");
    tap_ok(!moved_to(&layout, side, 1, &p), "and then stays");
    int row = -1, last = -1, sign = 0;
    for (int i = 0; i < p.n_bars; i++)
        if (p.bar[i].tile < 0)
            *(p.bar[i].row >= 0 ? &row : &last) = i;
    tap_ok(moved_to(&layout, row, 20, &p) && p.bar[row].at.y == 20, "between rows too");
    tap_ok(moved_to(&layout, last, 34, &p) && p.bar[last].at.y == 34 && p.transcript.y == 35 &&
               layout.text == 4,
           "and above the transcript");
    layout_text(&layout, &text);
    struct layout again = layout_of(text.text);
    again.text = layout.text;
    struct placement q;
    layout_place(&again, 100, 40, &q);
    tap_ok(memcmp(p.tile, q.tile, sizeof p.tile) == 0, "%s is what is seen", text.text);
    layout.current = 3;
    tap_ok(layout_side(&layout, &p, &sign) >= 0 && sign == -1, "the last tile grows to the left");
    layout = layout_of("a");
    layout_place(&layout, 100, 40, &p);
    tap_ok(layout_side(&layout, &p, &sign) == -1, "one alone has no side");
    strbuf_free(&text);
}

static void test_every_size(void)
{
    static const char *const texts[] = {"map",         "loss|map",       "loss/map", "a|b|c",
                                        "a|b/c|d",     "a|b|c/d|e|f",    "a/b/c",    "a:2|b:3",
                                        "a:1x9|b:9/c", "a|b|c|d/e|f|g|h"};
    bool inside = true, apart = true, some = true;
    for (size_t k = 0; k < sizeof texts / sizeof texts[0]; k++)
        for (int width = 1; width <= 160; width++)
            for (int height = 1; height <= 60; height++) {
                struct layout layout = layout_of(texts[k]);
                struct placement p;
                layout_place(&layout, width, height, &p);
                if (p.too_small)
                    continue;
                some = some && shown(&p) >= 1 && p.transcript.height >= 2;
                inside = inside && within(p.transcript, width, height);
                for (int i = 0; i < LAYOUT_TILES; i++) {
                    if (!p.tile[i].width)
                        continue;
                    inside = inside && within(p.tile[i], width, height) && p.tile[i].height >= 1;
                    apart = apart && disjoint(p.tile[i], p.transcript);
                    for (int j = 0; j < i; j++)
                        apart = apart && (!p.tile[j].width || disjoint(p.tile[i], p.tile[j]));
                    for (int j = 0; j < p.n_bars; j++)
                        apart = apart && disjoint(p.tile[i], p.bar[j].at);
                }
            }
    tap_ok(some, "every size from 30x8 on shows a tile and a prompt");
    tap_ok(inside, "all within the box");
    tap_ok(apart, "nothing over something else");
}

static void draw(const char *text, int width, int height, bool ascii, struct strbuf *out)
{
    struct layout layout = layout_of(text);
    struct placement p;
    struct canvas canvas;
    struct style style = {.ascii = ascii};
    canvas_init(&canvas, width, height);
    layout_place(&layout, width, height, &p);
    layout_draw_borders(&p, &canvas, &style);
    canvas_emit(&canvas, &style, out);
    canvas_free(&canvas);
}

static void test_borders(void)
{
    struct strbuf text = {0};
    draw("a|b", 70, 14, false, &text);
    tap_ok(strstr(text.text, "\n┌") && strstr(text.text, "┬") && strstr(text.text, "┐\n") &&
               strstr(text.text, "├") && strstr(text.text, "┴") && strstr(text.text, "┤\n") &&
               strstr(text.text, "└") && strstr(text.text, "┘\n"),
           "borders share their corners and tees");
    strbuf_reset(&text);
    draw("a|b/c|d", 70, 40, false, &text);
    tap_ok(strstr(text.text, "┼") != NULL, "and crossings");
    strbuf_reset(&text);
    draw("a", 30, 8, true, &text);
    tap_is_text(strbuf_text(&text),
                "\n"
                "+----------------------------+\n"
                "|                            |\n"
                "|                            |\n"
                "+----------------------------+\n"
                "|                            |\n"
                "|                            |\n"
                "+----------------------------+\n",
                "the same in 7 bits");
    strbuf_free(&text);
}

static void test_next(void)
{
    struct layout layout = layout_of("loss|map");
    struct strbuf seen = {0};
    for (int i = 0; i < 5; i++) {
        layout_text(&layout, &seen);
        strbuf_puts(&seen, layout.no_tiles ? " none\n" : layout.zoom ? " one\n" : "\n");
        layout_next(&layout);
    }
    tap_is_text(strbuf_text(&seen), "loss|map\nloss/map\nloss/map one\nloss/map none\nloss|map\n",
                "layouts follow each other and come round");
    strbuf_free(&seen);
    layout = layout_of("a|b|c");
    layout.current = 2;
    layout_step(&layout, 1);
    tap_ok(layout.current == 0, "after the last tile comes the first");
    layout_step(&layout, -1);
    tap_ok(layout.current == 2 && layout_find(&layout, "b") == 1 && layout_find(&layout, "x") == -1,
           "and back; views are found by name");
}

int main(void)
{
    test_parse();
    test_sizes();
    test_shares();
    test_move();
    test_every_size();
    test_borders();
    test_next();
    return tap_done();
}
