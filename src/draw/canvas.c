#include "deltaw/draw/canvas.h"

#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/utf8.h"

static const struct cell blank = {' ', COLOUR_DEFAULT, COLOUR_DEFAULT, 0};

void canvas_init(struct canvas *canvas, int width, int height)
{
    *canvas = (struct canvas){0};
    canvas_resize(canvas, width, height);
}

void canvas_resize(struct canvas *canvas, int width, int height)
{
    canvas->width = width > 0 ? width : 0;
    canvas->height = height > 0 ? height : 0;
    size_t n = (size_t)canvas->width * (size_t)canvas->height;
    canvas->cells = mem_resize(canvas->cells, n ? n : 1, sizeof *canvas->cells);
    canvas_clear(canvas, (struct rect){0, 0, canvas->width, canvas->height});
}

void canvas_clear(struct canvas *canvas, struct rect area)
{
    for (int y = area.y < 0 ? 0 : area.y; y < area.y + area.height && y < canvas->height; y++)
        for (int x = area.x < 0 ? 0 : area.x; x < area.x + area.width && x < canvas->width; x++)
            canvas->cells[y * canvas->width + x] = blank;
}

void canvas_free(struct canvas *canvas)
{
    free(canvas->cells);
    *canvas = (struct canvas){0};
}

void canvas_put(struct canvas *canvas, int x, int y, uint32_t glyph, int ink, int paper,
                unsigned attributes)
{
    if (x < 0 || y < 0 || x >= canvas->width || y >= canvas->height)
        return;
    canvas->cells[y * canvas->width + x] =
        (struct cell){glyph, (int16_t)ink, (int16_t)paper, (uint8_t)attributes};
}

static int put_text(struct canvas *canvas, int x, int y, int room, const char *text, int ink,
                    unsigned attributes, const struct style *style)
{
    size_t left = strlen(text), fits = left;
    int used = 0;
    bool cut = utf8_width(text) > room;
    if (room <= 0)
        return 0;
    if (cut)
        fits = utf8_prefix(text, room - 1);
    while (fits > 0) {
        uint32_t glyph;
        size_t n = utf8_decode(text, fits, &glyph);
        int width = utf8_codepoint_width(glyph);
        text += n, fits -= n;
        if (width == 0)
            continue;
        canvas_put(canvas, x + used, y, glyph, ink, COLOUR_DEFAULT, attributes);
        if (width == 2)
            canvas_put(canvas, x + used + 1, y, 0, ink, COLOUR_DEFAULT, attributes);
        used += width;
    }
    if (cut)
        canvas_put(canvas, x + used++, y, style->ascii ? '~' : 0x2026, ink, COLOUR_DEFAULT,
                   attributes);
    return used;
}

int canvas_text(struct canvas *canvas, int x, int y, int room, const char *text, int ink,
                unsigned attributes, const struct style *style)
{
    char *plain = style->ascii ? utf8_ascii(text) : NULL;
    int used = put_text(canvas, x, y, room, plain ? plain : text, ink, attributes, style);
    free(plain);
    return used;
}

void canvas_frame(struct canvas *canvas, struct rect area, const char *title, bool focus,
                  const struct style *style)
{
    static const uint32_t lines[2][6] = {{'+', '+', '+', '+', '-', '|'},
                                         {0x250c, 0x2510, 0x2514, 0x2518, 0x2500, 0x2502}};
    const uint32_t *l = lines[!style->ascii];
    int right = area.x + area.width - 1, bottom = area.y + area.height - 1;
    unsigned attributes = focus ? CELL_BOLD : 0;
    if (area.width < 2 || area.height < 2)
        return;
    for (int x = area.x + 1; x < right; x++) {
        canvas_put(canvas, x, area.y, l[4], COLOUR_DEFAULT, COLOUR_DEFAULT, attributes);
        canvas_put(canvas, x, bottom, l[4], COLOUR_DEFAULT, COLOUR_DEFAULT, attributes);
    }
    for (int y = area.y + 1; y < bottom; y++) {
        canvas_put(canvas, area.x, y, l[5], COLOUR_DEFAULT, COLOUR_DEFAULT, attributes);
        canvas_put(canvas, right, y, l[5], COLOUR_DEFAULT, COLOUR_DEFAULT, attributes);
    }
    canvas_put(canvas, area.x, area.y, l[0], COLOUR_DEFAULT, COLOUR_DEFAULT, attributes);
    canvas_put(canvas, right, area.y, l[1], COLOUR_DEFAULT, COLOUR_DEFAULT, attributes);
    canvas_put(canvas, area.x, bottom, l[2], COLOUR_DEFAULT, COLOUR_DEFAULT, attributes);
    canvas_put(canvas, right, bottom, l[3], COLOUR_DEFAULT, COLOUR_DEFAULT, attributes);
    if (title && *title && area.width > 6) {
        int used = canvas_text(canvas, area.x + 2, area.y, area.width - 4, title, COLOUR_DEFAULT,
                               attributes, style);
        canvas_put(canvas, area.x + 1, area.y, ' ', COLOUR_DEFAULT, COLOUR_DEFAULT, 0);
        canvas_put(canvas, area.x + 2 + used, area.y, ' ', COLOUR_DEFAULT, COLOUR_DEFAULT, 0);
    }
}

static bool same_look(const struct cell *a, const struct cell *b)
{
    return a->ink == b->ink && a->paper == b->paper && a->attributes == b->attributes;
}

static void put_colour(struct strbuf *out, int colour, int base)
{
    if (colour < 0)
        return;
    if (colour < 8)
        strbuf_printf(out, ";%d", base + colour);
    else if (colour < 16)
        strbuf_printf(out, ";%d", base + 60 + colour - 8);
    else
        strbuf_printf(out, ";%d;5;%d", base + 8, colour);
}

static void put_look(struct strbuf *out, const struct cell *c)
{
    strbuf_puts(out, "\033[0");
    if (c->attributes & CELL_BOLD)
        strbuf_puts(out, ";1");
    if (c->attributes & CELL_DIM)
        strbuf_puts(out, ";2");
    if (c->attributes & CELL_UNDERLINE)
        strbuf_puts(out, ";4");
    if (c->attributes & CELL_REVERSE)
        strbuf_puts(out, ";7");
    put_colour(out, c->ink, 30);
    put_colour(out, c->paper, 40);
    strbuf_putc(out, 'm');
}

void canvas_emit(const struct canvas *canvas, const struct style *style, struct strbuf *out)
{
    for (int y = 0; y < canvas->height; y++) {
        const struct cell *row = canvas->cells + y * canvas->width;
        const struct cell *now = &blank;
        int end = canvas->width;
        while (end > 0 && row[end - 1].glyph == ' ' && same_look(&row[end - 1], &blank))
            end--;
        for (int x = 0; x < end; x++) {
            if (row[x].glyph == 0)
                continue;
            if (style->colours > 0 && !same_look(&row[x], now)) {
                now = &row[x];
                put_look(out, now);
            }
            strbuf_codepoint(out, row[x].glyph);
        }
        if (!same_look(now, &blank))
            strbuf_puts(out, "\033[0m");
        strbuf_putc(out, '\n');
    }
}
