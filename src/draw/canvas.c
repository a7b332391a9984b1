#include "deltaw/draw/canvas.h"

#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/utf8.h"
#include "glyphs.h"

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
    for (size_t i = 0; i < n; i++)
        canvas->cells[i] = blank;
}

void canvas_free(struct canvas *canvas)
{
    free(canvas->cells);
    *canvas = (struct canvas){0};
}

/* When half of a wide glyph is overwritten the other half goes too, or everything after it
 * in the row would shift by a cell. */
static void mend_wide(struct canvas *canvas, int x, int y, uint32_t glyph)
{
    struct cell *cell = &canvas->cells[(size_t)y * (size_t)canvas->width + (size_t)x];
    if (x + 1 < canvas->width && cell[1].glyph == 0)
        cell[1].glyph = ' ';
    if (x > 0 && cell->glyph == 0 && glyph != 0)
        cell[-1].glyph = ' ';
}

void canvas_put(struct canvas *canvas, int x, int y, uint32_t glyph, int foreground, int background,
                unsigned attributes)
{
    if (x < 0 || y < 0 || x >= canvas->width || y >= canvas->height)
        return;
    if (glyph != 0 && utf8_is_hidden(glyph))
        glyph = '?';
    mend_wide(canvas, x, y, glyph);
    canvas->cells[(size_t)y * (size_t)canvas->width + (size_t)x] =
        (struct cell){glyph, foreground, background, (uint8_t)attributes};
}

void canvas_plain(struct canvas *canvas, int x, int y, uint32_t glyph, unsigned attributes)
{
    canvas_put(canvas, x, y, glyph, COLOUR_DEFAULT, COLOUR_DEFAULT, attributes);
}

void canvas_clear(struct canvas *canvas, struct rect area)
{
    long right = (long)area.x + area.width, bottom = (long)area.y + area.height;
    for (int y = area.y < 0 ? 0 : area.y; y < bottom && y < canvas->height; y++)
        for (int x = area.x < 0 ? 0 : area.x; x < right && x < canvas->width; x++)
            canvas_plain(canvas, x, y, ' ', 0);
}

/* --- text ------------------------------------------------------------------ */

static int put_text(struct canvas *canvas, int x, int y, int room, const char *text, int foreground,
                    unsigned attributes, const struct style *style)
{
    size_t fits = strlen(text);
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
        bool halved = width == 2 && (x + used + 1 >= canvas->width || x + used < 0);
        canvas_put(canvas, x + used, y, halved ? ' ' : glyph, foreground, COLOUR_DEFAULT,
                   attributes);
        if (width == 2)
            canvas_put(canvas, x + used + 1, y, halved ? ' ' : 0, foreground, COLOUR_DEFAULT,
                       attributes);
        used += width;
    }
    if (cut)
        canvas_put(canvas, x + used++, y, glyphs_for(style)->ellipsis, foreground, COLOUR_DEFAULT,
                   attributes);
    return used;
}

int canvas_text(struct canvas *canvas, int x, int y, int room, const char *text, int foreground,
                unsigned attributes, const struct style *style)
{
    char *safe = utf8_is_visible(text) ? NULL : utf8_visible(text, strlen(text), "");
    const char *seen = safe ? safe : text;
    char *plain = style->ascii ? utf8_ascii(seen) : NULL;
    int used = put_text(canvas, x, y, room, plain ? plain : seen, foreground, attributes, style);
    free(plain);
    free(safe);
    return used;
}

void canvas_notice(struct canvas *canvas, struct rect area, const char *text, unsigned attributes,
                   const struct style *style)
{
    int n_lines = 0;
    size_t n, skip;
    if (area.width < 1)
        return;
    for (const char *at = text; *at && n_lines < area.height; at += n + skip, n_lines++)
        n = utf8_row(at, area.width, &skip);
    int y = area.y + (area.height - n_lines) / 2;
    for (int i = 0; i < n_lines; i++, y++, text += n + skip) {
        n = utf8_row(text, area.width, &skip);
        bool last = i + 1 == n_lines;
        char *line = last ? mem_text(text) : mem_text_n(text, n);
        int x = (area.width - utf8_width(line)) / 2;
        x = x > 0 ? x : 0;
        canvas_text(canvas, area.x + x, y, area.width - x, line, COLOUR_DEFAULT, attributes, style);
        free(line);
    }
}

void canvas_title(struct canvas *canvas, int x, int y, int room, const char *text,
                  unsigned attributes, const struct style *style)
{
    canvas_plain(canvas, x, y, ' ', attributes);
    int used = canvas_text(canvas, x + 1, y, room, text, COLOUR_DEFAULT, attributes, style);
    canvas_plain(canvas, x + 1 + used, y, ' ', attributes);
}

void canvas_frame(struct canvas *canvas, struct rect area, const char *title,
                  const struct style *style)
{
    const struct glyphs *g = glyphs_for(style);
    int right = area.x + area.width - 1, bottom = area.y + area.height - 1;
    if (area.width < 2 || area.height < 2)
        return;
    for (int x = area.x + 1; x < right; x++) {
        canvas_plain(canvas, x, area.y, g->horizontal, 0);
        canvas_plain(canvas, x, bottom, g->horizontal, 0);
    }
    for (int y = area.y + 1; y < bottom; y++) {
        canvas_plain(canvas, area.x, y, g->vertical, 0);
        canvas_plain(canvas, right, y, g->vertical, 0);
    }
    canvas_plain(canvas, area.x, area.y, g->top_left, 0);
    canvas_plain(canvas, right, area.y, g->top_right, 0);
    canvas_plain(canvas, area.x, bottom, g->bottom_left, 0);
    canvas_plain(canvas, right, bottom, g->bottom_right, 0);
    if (title && *title && area.width > 6)
        canvas_title(canvas, area.x + 1, area.y, area.width - 4, title, 0, style);
}

/* --- emission -------------------------------------------------------------- */

static bool same_look(const struct cell *a, const struct cell *b)
{
    return a->foreground == b->foreground && a->background == b->background &&
           a->attributes == b->attributes;
}

/* A picture has tens of thousands of these: no printf. */
static char *put_number(char *at, unsigned n)
{
    *at++ = ';';
    if (n >= 100)
        *at++ = (char)('0' + n / 100);
    if (n >= 10)
        *at++ = (char)('0' + n / 10 % 10);
    *at++ = (char)('0' + n % 10);
    return at;
}

/* base: 30 for the foreground, 40 for the background. */
static char *put_colour(char *at, int colour, unsigned base, int colours)
{
    unsigned c = (unsigned)colour;
    if (colour >= COLOUR_RGB) {
        at = put_number(put_number(at, base + 8), 2);
        at = put_number(put_number(at, c >> 16 & 255), c >> 8 & 255);
        return put_number(at, c & 255);
    }
    if (colour < 0 || (c >= 16 && colours < 256))
        return put_number(at, base + 9);
    if (c < 16 && colours < 16)
        return put_number(at, base + c % 8);
    if (c < 8)
        return put_number(at, base + c);
    if (c < 16)
        return put_number(at, base + 60 + c - 8);
    at = put_number(at, base + 8);
    at = put_number(at, 5);
    return put_number(at, c & 255);
}

/* The sequence from one appearance to the next: only what changes. */
static void put_look(struct strbuf *out, const struct cell *from, const struct cell *to,
                     int colours)
{
    char sequence[64], *at = sequence;
    static const struct {
        unsigned bit, code;
    } attribute[] = {{CELL_BOLD, 1}, {CELL_DIM, 2}, {CELL_UNDERLINE, 4}, {CELL_REVERSE, 7}};
    if (same_look(to, &blank)) {
        strbuf_add(out, "\033[0m", 4);
        return;
    }
    if (from->attributes & ~to->attributes) {
        at = put_number(at, 0);
        from = &blank;
    }
    for (size_t i = 0; i < sizeof attribute / sizeof attribute[0]; i++)
        if (to->attributes & ~from->attributes & attribute[i].bit)
            at = put_number(at, attribute[i].code);
    if (to->foreground != from->foreground)
        at = put_colour(at, to->foreground, 30, colours);
    if (to->background != from->background)
        at = put_colour(at, to->background, 40, colours);
    *at++ = 'm';
    strbuf_add(out, "\033[", 2);
    strbuf_add(out, sequence + 1, (size_t)(at - sequence - 1)); /* without the first ';' */
}

void canvas_emit(const struct canvas *canvas, const struct style *style, struct strbuf *out)
{
    for (int y = 0; y < canvas->height; y++) {
        const struct cell *row = canvas->cells + (size_t)y * (size_t)canvas->width;
        const struct cell *now = &blank;
        bool looks = style->colours > 0;
        int end = canvas->width;
        while (end > 0 && row[end - 1].glyph == ' ' && (!looks || same_look(&row[end - 1], &blank)))
            end--;
        for (int x = 0; x < end; x++) {
            char bytes[4];
            if (row[x].glyph == 0)
                continue;
            if (looks && !same_look(&row[x], now)) {
                put_look(out, now, &row[x], style->colours);
                now = &row[x];
            }
            strbuf_add(out, bytes, utf8_encode(row[x].glyph, bytes));
        }
        if (!same_look(now, &blank))
            strbuf_add(out, "\033[0m", 4);
        strbuf_putc(out, '\n');
    }
}
