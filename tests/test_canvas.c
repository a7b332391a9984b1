/* The canvas: clipping, wide glyphs, text, frames, emission. */
#include "deltaw/draw/canvas.h"

#include "deltaw/base/rng.h"
#include "deltaw/base/utf8.h"
#include "tap.h"

static const struct style utf8 = {.ascii = false, .colours = 0, .dark = true};
static const struct style ascii = {.ascii = true, .colours = 0, .dark = true};
static const struct style colours = {.ascii = false, .colours = 256, .dark = true};
static const struct rect all = {0, 0, 1000, 1000};

static void emitted(const struct canvas *canvas, const struct style *style, const char *want,
                    const char *what)
{
    struct strbuf out = {0};
    canvas_emit(canvas, style, &out);
    tap_is_text(strbuf_text(&out), want, "%s", what);
    strbuf_free(&out);
}

static void put(struct canvas *canvas, int x, int y, uint32_t glyph)
{
    canvas_put(canvas, x, y, glyph, COLOUR_DEFAULT, COLOUR_DEFAULT, 0);
}

static void test_cells(void)
{
    struct canvas c;
    canvas_init(&c, 4, 2);
    emitted(&c, &utf8, "\n\n", "a new canvas is blank");
    put(&c, 0, 0, 'a');
    put(&c, 3, 1, 'b');
    put(&c, -1, 0, 'x'), put(&c, 4, 0, 'x'), put(&c, 0, -1, 'x'), put(&c, 0, 2, 'x');
    emitted(&c, &utf8, "a\n   b\n", "cells outside are not drawn");
    canvas_clear(&c, (struct rect){-5, -5, 6, 6});
    emitted(&c, &utf8, "\n   b\n", "a cleared area is clipped");
    canvas_resize(&c, 2, 1);
    emitted(&c, &utf8, "\n", "a resized canvas is blank");
    canvas_resize(&c, -3, 5);
    tap_ok(c.width == 0, "no negative width");
    put(&c, 0, 0, 'a');
    canvas_free(&c);
    tap_ok(!c.cells, "a freed canvas has no cells");
}

static int text(struct canvas *c, int x, int room, const char *words, const struct style *style)
{
    canvas_clear(c, all);
    return canvas_text(c, x, 0, room, words, COLOUR_DEFAULT, 0, style);
}

static void test_text(void)
{
    struct canvas c;
    canvas_init(&c, 8, 1);
    tap_ok(text(&c, 1, 5, "loss", &utf8) == 4, "text says how many cells it took");
    emitted(&c, &utf8, " loss\n", "text");
    tap_ok(text(&c, 0, 4, "epochs", &utf8) == 4, "cut text takes its room");
    emitted(&c, &utf8, "epo\xe2\x80\xa6\n", "cut text ends in an ellipsis");
    text(&c, 0, 4, "epochs", &ascii);
    emitted(&c, &ascii, "epo~\n", "in ASCII in a tilde");
    tap_ok(text(&c, 0, 0, "x", &utf8) == 0, "no room, no text");
    text(&c, 6, 8, "epochs", &utf8);
    emitted(&c, &utf8, "      ep\n", "text is clipped at the canvas");
    text(&c, -3, 8, "epochs", &utf8);
    emitted(&c, &utf8, "chs\n", "on both sides");
    text(&c, 0, 8, "\xce\x94w \xc2\xb7 e\xcc\x81", &ascii);
    emitted(&c, &ascii, "dw . e\n", "in ASCII text has 7 bits and keeps its cells");
    text(&c, 0, 8, "a\033[2J", &utf8);
    emitted(&c, &utf8, "a\\x1b[2J\n", "control characters are shown as escapes");
    text(&c, 0, 8, "\x7f", &utf8);
    emitted(&c, &utf8, "\\x7f\n", "also DEL");
    text(&c, 0, 8, "\xc2\x9b", &utf8);
    emitted(&c, &utf8, "\\u009b\n", "and those of C1");
    text(&c, 0, 8, "a\033[2Jbc", &utf8);
    emitted(&c, &utf8, "a\\x1b[2\xe2\x80\xa6\n", "cut like any text");
    canvas_free(&c);
}

static void test_wide(void)
{
    struct canvas c;
    canvas_init(&c, 5, 1);
    tap_ok(text(&c, 0, 5, "a\xe4\xb8\xad\xe6\x96\x87", &utf8) == 5, "wide glyphs take two cells");
    emitted(&c, &utf8, "a\xe4\xb8\xad\xe6\x96\x87\n", "and come out as they went in");
    put(&c, 2, 0, 'x');
    emitted(&c, &utf8, "a x\xe6\x96\x87\n", "half a glyph overwritten takes the other half along");
    put(&c, 3, 0, 'y');
    emitted(&c, &utf8, "a xy\n", "the right half too");
    tap_ok(text(&c, 0, 4, "ab\xe4\xb8\xad\xe6\x96\x87", &utf8) == 3, "a cut leaves no half");
    emitted(&c, &utf8, "ab\xe2\x80\xa6\n", "but an ellipsis");
    text(&c, 4, 4, "\xe4\xb8\xad", &utf8);
    emitted(&c, &utf8, "\n", "at the edge of the canvas neither half is drawn");
    canvas_free(&c);
}

static void test_frame(void)
{
    struct canvas c;
    canvas_init(&c, 12, 3);
    canvas_frame(&c, (struct rect){0, 0, 12, 3}, "loss", &ascii);
    emitted(&c, &ascii, "+ loss ----+\n|          |\n+----------+\n", "a frame in ASCII");
    canvas_frame(&c, (struct rect){0, 0, 12, 3}, "a long title", &utf8);
    emitted(&c, &utf8,
            "\u250c a long \u2026 \u2510\n\u2502          \u2502\n"
            "\u2514\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2518\n",
            "a long title is cut within its frame");
    canvas_clear(&c, all);
    canvas_frame(&c, (struct rect){0, 0, 1, 3}, "x", &ascii);
    emitted(&c, &ascii, "\n\n\n", "no frame in one column");
    canvas_free(&c);
}

/* --- emission -------------------------------------------------------------- */

static void test_sequences(void)
{
    struct canvas c;
    canvas_init(&c, 4, 2);
    canvas_put(&c, 0, 0, 'a', 196, COLOUR_DEFAULT, 0);
    canvas_put(&c, 1, 0, 'b', 196, 17, 0);
    canvas_put(&c, 2, 0, 'c', 196, 17, CELL_BOLD);
    canvas_put(&c, 3, 0, 'd', 2, 17, 0);
    canvas_put(&c, 0, 1, 'e', 12, 9, CELL_REVERSE);
    put(&c, 1, 1, 'f');
    emitted(&c, &colours,
            "\033[38;5;196ma\033[48;5;17mb\033[1mc\033[0;32;48;5;17md\033[0m\n"
            "\033[7;94;101me\033[0mf\n",
            "sequences only where the look changes, none left open");
    emitted(&c, &utf8, "abcd\nef\n", "none without colours");
    struct style eight = {.colours = 8};
    emitted(&c, &eight, "\033[39ma\033[49mb\033[1mc\033[0;32;49md\033[0m\n\033[7;34;41me\033[0mf\n",
            "eight colours are asked for no others");
    canvas_clear(&c, all);
    canvas_put(&c, 1, 0, ' ', COLOUR_DEFAULT, 20, 0);
    emitted(&c, &colours, " \033[48;5;20m \033[0m\n\n",
            "a blank with background is no trailing blank");
    emitted(&c, &utf8, "\n\n", "without colours it is");
    canvas_free(&c);
}

/* Reads back what was emitted; sets of attributes as a terminal keeps them. */
static void obey(const char *digits, size_t n, struct cell *look)
{
    static const int attribute[] = {0, CELL_BOLD, CELL_DIM, 0, CELL_UNDERLINE, 0, 0, CELL_REVERSE};
    int code[16] = {0}, count = 1;
    for (size_t i = 0; i < n && count < 16; i++)
        if (digits[i] == ';')
            count++;
        else
            code[count - 1] = code[count - 1] * 10 + digits[i] - '0';
    for (int i = 0; i < count; i++) {
        int32_t *colour = code[i] % 60 / 10 == 3 ? &look->foreground : &look->background;
        if (code[i] == 0)
            *look = (struct cell){' ', COLOUR_DEFAULT, COLOUR_DEFAULT, 0};
        else if (code[i] < 8)
            look->attributes |= (uint8_t)attribute[code[i]];
        else if (code[i] % 10 == 8 && code[i] < 60)
            *colour = (int32_t)code[i + 2], i += 2;
        else if (code[i] % 10 == 9 && code[i] < 60)
            *colour = COLOUR_DEFAULT;
        else
            *(code[i] >= 100 || code[i] / 10 == 4 ? &look->background : &look->foreground) =
                (int32_t)(code[i] % 10 + (code[i] >= 90 ? 8 : 0));
    }
}

static void read_back(const char *text, struct canvas *c)
{
    struct cell look = {' ', COLOUR_DEFAULT, COLOUR_DEFAULT, 0};
    int x = 0, y = 0;
    for (size_t left = strlen(text); left > 0;) {
        size_t n = 1;
        if (text[0] == '\033') {
            n = strcspn(text, "m") + 1;
            obey(text + 2, n - 3, &look);
        } else if (text[0] == '\n') {
            x = 0, y++;
        } else {
            uint32_t glyph;
            n = utf8_decode(text, left, &glyph);
            canvas_put(c, x++, y, glyph, look.foreground, look.background, look.attributes);
        }
        text += n, left -= n;
    }
}

static void test_read_back(void)
{
    enum { WIDTH = 40, HEIGHT = 25 };
    static const uint32_t glyphs[] = {' ', 'a', 0x2580, 0x2591, 0x253c};
    struct rng rng = rng_stream(20, RNG_TEST, 1, 0);
    struct canvas c, again;
    struct strbuf out = {0};
    canvas_init(&c, WIDTH, HEIGHT);
    canvas_init(&again, WIDTH, HEIGHT);
    for (int i = 0; i < WIDTH * HEIGHT; i++)
        canvas_put(&c, i % WIDTH, i / WIDTH, glyphs[rng_below(&rng, 5)],
                   (int)rng_below(&rng, 30) - 1, (int)rng_below(&rng, 257) - 1,
                   rng_below(&rng, 3) ? 0 : rng_below(&rng, 16));
    canvas_emit(&c, &colours, &out);
    read_back(strbuf_text(&out), &again);
    bool same = true;
    for (int i = 0; i < WIDTH * HEIGHT; i++) {
        const struct cell *a = &c.cells[i], *b = &again.cells[i];
        same = same && a->glyph == b->glyph && a->foreground == b->foreground &&
               a->background == b->background && a->attributes == b->attributes;
    }
    tap_ok(same, "a terminal would show every cell as it was put (seed 20)");
    strbuf_free(&out);
    canvas_free(&c);
    canvas_free(&again);
}

int main(void)
{
    test_cells();
    test_text();
    test_wide();
    test_frame();
    test_sequences();
    test_read_back();
    return tap_done();
}
