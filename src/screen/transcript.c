#include "transcript.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/utf8.h"

static const int red = 9, yellow = 11, cyan_dark = 14, cyan_light = 6;
enum { SAY_MARGIN = 2 }; /* narration has a bar at its left */

/* Cells for text in a row of `width` cells. */
static int text_width(enum transcript_kind kind, int width)
{
    int room = width > 3 * SAY_MARGIN ? width - SAY_MARGIN : width;
    return kind != LINE_SAY ? width : room < SAY_WIDTH ? room : SAY_WIDTH;
}

static int count_rows(const struct transcript_line *line, int width)
{
    const char *text = line->text;
    int rows = 0;
    width = text_width(line->kind, width);
    do {
        size_t skip, n = utf8_row(text, width, &skip);
        text += n + skip;
        rows++;
    } while (*text);
    return rows;
}

static void recount(struct transcript *t, int width)
{
    if (t->width == width)
        return;
    /* keep the line that is lowest now */
    double share = t->rows ? (double)t->scrolled / (double)t->rows : 0;
    t->width = width;
    t->rows = 0;
    for (size_t i = 0; i < t->n; i++)
        t->rows += t->lines[i].rows = count_rows(&t->lines[i], width);
    t->scrolled = (long)(share * (double)t->rows);
}

static void drop_oldest(struct transcript *t, size_t n)
{
    if (n == 0)
        return;
    for (size_t i = 0; i < n; i++) {
        t->rows -= t->lines[i].rows;
        free(t->lines[i].text);
    }
    memmove(t->lines, t->lines + n, (t->n - n) * sizeof *t->lines);
    t->n -= n;
    t->dropped += n;
}

/* Takes `text`. */
static void add_line(struct transcript *t, enum transcript_kind kind, char *text, bool open)
{
    struct transcript_line *last = t->n ? &t->lines[t->n - 1] : NULL;
    long before = t->rows;
    if (last && last->open && last->kind == kind) {
        char *joined = mem_printf("%s%s", last->text, text);
        free(last->text);
        free(text);
        last->text = joined;
        t->rows -= last->rows;
    } else {
        if (last)
            last->open = false;
        if (t->n >= TRANSCRIPT_LINES) {
            drop_oldest(t, TRANSCRIPT_LINES / 10);
            before = t->rows;
        }
        t->lines = mem_reserve(t->lines, &t->capacity, t->n + 1, sizeof *t->lines);
        last = &t->lines[t->n++];
        *last = (struct transcript_line){.text = text, .kind = kind};
    }
    last->open = open;
    last->rows = count_rows(last, t->width);
    t->rows += last->rows;
    if (t->scrolled) /* a reader further up stays there */
        t->scrolled += t->rows - before;
}

/* Tabs become blanks, other control characters '?'. */
static char *harmless(const char *bytes, size_t n)
{
    struct strbuf out = {0};
    size_t from = 0;
    for (size_t i = 0; i <= n; i++) {
        if (i < n && bytes[i] != '\t' && bytes[i] != '\r')
            continue;
        char *part = utf8_visible(bytes + from, i - from, "");
        strbuf_puts(&out, part);
        free(part);
        if (i < n && bytes[i] == '\t')
            strbuf_fill(&out, ' ', 8 - (size_t)utf8_width(strbuf_text(&out)) % 8);
        from = i + 1;
    }
    strbuf_puts(&out, "");
    return strbuf_take(&out);
}

void transcript_add(struct transcript *t, enum transcript_kind kind, const char *bytes, size_t n)
{
    while (n) {
        const char *newline = memchr(bytes, '\n', n);
        size_t length = newline ? (size_t)(newline - bytes) : n;
        add_line(t, kind, harmless(bytes, length), !newline);
        bytes += length + (newline != NULL);
        n -= length + (newline != NULL);
    }
}

void transcript_print(struct transcript *t, enum transcript_kind kind, const char *format, ...)
{
    struct strbuf text = {0};
    va_list list;
    va_start(list, format);
    strbuf_vprintf(&text, format, list);
    va_end(list);
    transcript_add(t, kind, text.text, text.len);
    strbuf_free(&text);
}

void transcript_drop_last(struct transcript *t)
{
    if (t->n == 0)
        return;
    const struct transcript_line *last = &t->lines[--t->n];
    t->rows -= last->rows;
    if (t->scrolled)
        t->scrolled = t->scrolled > last->rows ? t->scrolled - last->rows : 0;
    free(last->text);
}

size_t transcript_mark(const struct transcript *t)
{
    return t->dropped + t->n;
}

void transcript_change(struct transcript *t, size_t mark, enum transcript_kind from,
                       enum transcript_kind to)
{
    for (size_t i = mark > t->dropped ? mark - t->dropped : 0; i < t->n; i++)
        if (t->lines[i].kind == from)
            t->lines[i].kind = to;
}

void transcript_clear(struct transcript *t)
{
    drop_oldest(t, t->n);
    t->rows = t->scrolled = 0;
}

void transcript_free(struct transcript *t)
{
    transcript_clear(t);
    free(t->lines);
    free(t->needle);
    *t = (struct transcript){0};
}

void transcript_scroll(struct transcript *t, long by, int width, int height)
{
    recount(t, width);
    long most = t->rows > height ? t->rows - height : 0;
    t->scrolled += by;
    t->scrolled = t->scrolled < 0 ? 0 : t->scrolled > most ? most : t->scrolled;
}

/* --- searching ------------------------------------------------------------------ */

static const char *match(const struct transcript *t, const char *text)
{
    bool capitals = false;
    for (const char *c = t->needle; *c; c++)
        capitals = capitals || isupper((unsigned char)*c);
    return capitals ? strstr(text, t->needle) : strcasestr(text, t->needle);
}

void transcript_seek(struct transcript *t, const char *needle)
{
    free(t->needle);
    t->needle = needle && *needle ? mem_text(needle) : NULL;
    t->found = 0;
}

/* A search for the text is not a find. */
static bool has_match(const struct transcript *t, size_t i)
{
    static const char search[] = "deltaw> search ";
    const struct transcript_line *line = &t->lines[i];
    return match(t, line->text) && strncmp(line->text, search, sizeof search - 1) != 0;
}

/* The line whose row is the lowest that is shown. */
static size_t lowest_line(const struct transcript *t)
{
    long below = 0;
    for (size_t i = t->n; i-- > 0;)
        if ((below += t->lines[i].rows) > t->scrolled)
            return i;
    return 0;
}

static void show_line(struct transcript *t, size_t at, int width, int height)
{
    long below = 0;
    for (size_t i = t->n; --i > at;)
        below += t->lines[i].rows;
    bool seen = below >= t->scrolled && below + t->lines[at].rows <= t->scrolled + height;
    if (!seen)
        t->scrolled = below - height / 2;
    transcript_scroll(t, 0, width, height);
}

enum found transcript_find(struct transcript *t, bool below, int width, int height)
{
    if (!t->needle || t->n == 0)
        return FOUND_NONE;
    recount(t, width);
    size_t from = lowest_line(t);
    bool again = t->found > t->dropped;
    if (again)
        from = t->found - t->dropped - 1;
    for (size_t k = again ? 1 : 0; k <= t->n; k++) {
        size_t i = below ? (from + k) % t->n : (from + t->n - k % t->n) % t->n;
        if (!has_match(t, i))
            continue;
        t->found = t->dropped + i + 1;
        show_line(t, i, width, height);
        return (below ? from + k >= t->n : k > from) ? FOUND_AROUND : FOUND_NEXT;
    }
    return FOUND_NONE;
}

/* The part of each match that is within `n` bytes from `row` of the line. */
static void mark_matches(const struct transcript *t, const struct transcript_line *line,
                         const char *row, size_t n, struct canvas *canvas, struct rect area, int y)
{
    if (!t->needle || !t->marking || y < 0 || y >= canvas->height)
        return;
    size_t length = strlen(t->needle);
    for (const char *at = line->text; (at = match(t, at)); at += length) {
        const char *from = at > row ? at : row;
        const char *to = at + length < row + n ? at + length : row + n;
        if (from >= to)
            continue;
        char *before = mem_text_n(row, (size_t)(from - row));
        char *marked = mem_text_n(from, (size_t)(to - from));
        int x = area.x + utf8_width(before), end = x + utf8_width(marked);
        for (; x < end && x < area.x + area.width && x < canvas->width; x++)
            canvas->cells[y * canvas->width + x].attributes |= CELL_REVERSE;
        free(before);
        free(marked);
    }
}

static void draw_row(struct canvas *canvas, struct rect area, int y, const char *text, size_t n,
                     const struct transcript_line *line, const struct style *style)
{
    char *row = mem_text_n(text, n);
    bool error = line->kind == LINE_ERROR;
    int foreground = !style->colours ? COLOUR_DEFAULT
                     : error         ? style->dark && style->colours >= 16 ? red : 1
                     : line->kind == LINE_NOTE && style->dark ? style->colours >= 16 ? yellow : 3
                     : line->kind == LINE_SAY
                         ? style->dark ? style->colours >= 16 ? cyan_dark : 6 : cyan_light
                         : COLOUR_DEFAULT;
    if (line->kind == LINE_SAY && area.width > 3 * SAY_MARGIN) {
        canvas_put(canvas, area.x, y, style->ascii ? '>' : 0x2590, foreground, COLOUR_DEFAULT, 0);
        foreground = COLOUR_DEFAULT; /* the bar tells who speaks; long text reads better plain */
        area.x += SAY_MARGIN;
        area.width -= SAY_MARGIN;
    }
    unsigned attributes = line->kind == LINE_COMMAND || (error && !style->colours) ? CELL_BOLD : 0;
    canvas_text(canvas, area.x, y, area.width, row, foreground, attributes, style);
    free(row);
}

int transcript_draw(struct transcript *t, struct canvas *canvas, struct rect area,
                    const struct style *style)
{
    if (area.width <= 0 || area.height <= 0)
        return 0;
    recount(t, area.width);
    transcript_scroll(t, 0, area.width, area.height);
    int used = t->rows < area.height ? (int)t->rows : area.height;
    long bottom = t->rows - t->scrolled; /* one below the last row shown */
    long row = t->rows;                  /* where line i ends */
    for (size_t i = t->n; i-- > 0 && row > bottom - used;) {
        const struct transcript_line *line = &t->lines[i];
        row -= line->rows;
        const char *text = line->text;
        int width = text_width(line->kind, area.width);
        for (int k = 0; k < line->rows; k++) {
            size_t skip, n = utf8_row(text, width, &skip);
            long y = row + k - (bottom - used);
            if (y >= 0 && y < used) {
                draw_row(canvas, area, area.y + (int)y, text, n, line, style);
                mark_matches(t, line, text, n, canvas, area, area.y + (int)y);
            }
            text += n + skip;
        }
    }
    return used;
}
