/* Pictures for terminals: what is sent is whole, and in pieces that they take. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "deltaw/draw/picture.h"
#include "tap.h"

enum { WIDTH = 400, HEIGHT = 300 };

static struct figure a_figure(void)
{
    static const double x[3] = {0, 1, 2}, y[3] = {1, 3, 2};
    static const struct curve curve = {.label = "train", .n = 3, .x = x, .y = y};
    struct line_plot plot = {
        .x_lo = NAN, .x_hi = NAN, .y_lo = NAN, .y_hi = NAN, .n_curves = 1, .curves = &curve};
    struct figure figure = {.width = 40, .height = 12};
    figure_add_lines(&figure, &plot, (struct rect){0, 0, 40, 12});
    return figure;
}

/* Every piece has at most 4096 bytes, all but the last say that more follow, and together
 * they are a PNG. */
static void test_kitty(const struct figure *figure)
{
    static const char png[] = "iVBORw0KGgo"; /* of the eight bytes that PNGs begin with */
    struct strbuf out = {0};
    struct err err = {0};
    struct picture_room room = {PICTURE_KITTY, WIDTH, HEIGHT, 18};
    bool good = picture_encode(figure, &room, false, &out, &err), first = true, last = false;
    tap_ok(good, "kitty: encoded %s", err.message);
    for (const char *at = out.text; good && at && *at; first = false) {
        const char *body = strchr(at, ';'), *end = strstr(at, "\033\\");
        good = strncmp(at, "\033_G", 3) == 0 && body && end && end - body - 1 <= 4096 && !last &&
               (!first || strncmp(body + 1, png, sizeof png - 1) == 0);
        last = good && body[-1] == '0';
        at = good ? end + 2 : NULL;
    }
    tap_ok(good && last, "kitty: a PNG in pieces, the last of which says so");
    strbuf_free(&out);
}

static void test_sixel(const struct figure *figure)
{
    struct strbuf out = {0};
    struct err err = {0};
    struct picture_room room = {PICTURE_SIXEL, WIDTH, HEIGHT, 18};
    char size[40];
    snprintf(size, sizeof size, "\"1;1;%d;%d", WIDTH, HEIGHT);
    if (!picture_encode(figure, &room, true, &out, &err) && strstr(err.message, "libsixel1")) {
        tap_skip("no libsixel");
        return;
    }
    const char *text = strbuf_text(&out);
    tap_ok(strncmp(text, "\033P", 2) == 0 && strstr(text, size) &&
               strcmp(text + out.len - 2, "\033\\") == 0,
           "sixels of the size of the room %s", err.message);
    strbuf_free(&out);
}

int main(void)
{
    if (!figure_library()) {
        tap_skip("built without cairo");
        return tap_done();
    }
    struct figure figure = a_figure();
    test_kitty(&figure);
    test_sixel(&figure);
    struct strbuf text = {0};
    strbuf_base64(&text, "foob", 4); /* of RFC 4648 */
    tap_is_text(strbuf_text(&text), "Zm9vYg==", "base64");
    strbuf_free(&text);
    figure_free(&figure);
    return tap_done();
}
