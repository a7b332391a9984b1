#include "layout.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TILE_MIN_WIDTH = 35, TILE_MIN_HEIGHT = 6 }; /* width: with a border */

bool layout_parse(struct layout *layout, const char *text, struct err *err)
{
    struct layout fresh = {0};
    const char *p = text;
    fresh.n_rows = 1;
    for (;;) {
        size_t n = strcspn(p, "|/");
        if (n == 0 || n >= LAYOUT_NAME)
            return err_set(err, ERR_USAGE,
                           "layout '%s': name a view between | and /, as in loss|map or loss/map",
                           text);
        if (fresh.n_tiles == LAYOUT_TILES)
            return err_set(err, ERR_USAGE, "layout '%s': at most %d tiles", text, LAYOUT_TILES);
        snprintf(fresh.view[fresh.n_tiles], LAYOUT_NAME, "%.*s", (int)n, p);
        if (layout_find(&fresh, fresh.view[fresh.n_tiles]) < fresh.n_tiles &&
            layout_find(&fresh, fresh.view[fresh.n_tiles]) >= 0)
            return err_set(err, ERR_USAGE, "layout '%s': %s is there twice", text,
                           fresh.view[fresh.n_tiles]);
        fresh.n_tiles++;
        fresh.columns[fresh.n_rows - 1]++;
        p += n;
        if (!*p)
            break;
        if (*p++ == '/') {
            if (fresh.n_rows == LAYOUT_ROWS)
                return err_set(err, ERR_USAGE, "layout '%s': at most %d rows", text, LAYOUT_ROWS);
            fresh.n_rows++;
        }
    }
    int kept = layout->n_tiles ? layout_find(&fresh, layout->view[layout->current]) : -1;
    fresh.current = kept >= 0 ? kept : fresh.n_tiles - 1;
    *layout = fresh;
    return true;
}

void layout_text(const struct layout *layout, struct strbuf *out)
{
    for (int row = 0, tile = 0; row < layout->n_rows; row++)
        for (int i = 0; i < layout->columns[row]; i++, tile++)
            strbuf_printf(out, "%s%s", i ? "|" : row ? "/" : "", layout->view[tile]);
}

int layout_find(const struct layout *layout, const char *view)
{
    for (int i = 0; i < layout->n_tiles; i++)
        if (strcmp(layout->view[i], view) == 0)
            return i;
    return -1;
}

void layout_step(struct layout *layout, int by)
{
    if (layout->n_tiles)
        layout->current = (layout->current + by + layout->n_tiles) % layout->n_tiles;
}

static void arrange_in(struct layout *layout, bool row)
{
    layout->n_rows = row ? 1 : layout->n_tiles;
    for (int i = 0; i < LAYOUT_ROWS; i++)
        layout->columns[i] = i < layout->n_rows ? row ? layout->n_tiles : 1 : 0;
}

void layout_next(struct layout *layout)
{
    if (layout->no_tiles) {
        layout->no_tiles = layout->zoom = false;
        arrange_in(layout, layout->n_tiles <= LAYOUT_ROWS);
    } else if (layout->zoom) {
        layout->zoom = false;
        layout->no_tiles = true;
    } else if (layout->n_rows == 1 && layout->n_tiles > 1 && layout->n_tiles <= LAYOUT_ROWS) {
        arrange_in(layout, false);
    } else {
        layout->zoom = true;
    }
}

/* The arrangement that fits: as asked, else one above the other, else only the
 * current tile. */
static struct layout fitting(const struct layout *layout, int width, int height)
{
    struct layout shown = *layout;
    if (!layout->zoom) {
        int widest = 0;
        for (int i = 0; i < shown.n_rows; i++)
            widest = shown.columns[i] > widest ? shown.columns[i] : widest;
        if (width / widest < TILE_MIN_WIDTH && shown.n_tiles <= LAYOUT_ROWS) {
            arrange_in(&shown, false);
            widest = 1;
        }
        if ((height - shown.n_rows + 1) / shown.n_rows >= TILE_MIN_HEIGHT || shown.n_tiles == 1)
            if (widest == 1 || width / widest >= TILE_MIN_WIDTH)
                return shown;
    }
    shown.n_rows = shown.columns[0] = 1;
    shown.zoom = true;
    return shown;
}

/* Rows of the transcript, prompt included, when `rows` are for it and tiles. */
static int transcript_rows(const struct layout *layout, int rows)
{
    if (layout->zoom)
        return rows < 16 ? 2 : 3;
    int share = rows * 3 / 10;
    int least = rows >= 12 ? 4 : rows >= 7 ? 3 : 2;
    return share > least ? share : least;
}

static void place_row(struct placement *out, int first, int n, int y, int rows)
{
    int left = out->box.x + 1, room = out->box.width - 1 - n; /* a bar after each but the last */
    for (int i = 0; i < n; i++) {
        int width = room / (n - i);
        room -= width;
        out->tile[first + i] = (struct rect){left, y, width, rows};
        left += width + 1;
        if (i < n - 1)
            out->bar[out->n_bars++] = (struct rect){left - 1, y - 1, 1, rows + 2};
    }
}

void layout_place(const struct layout *layout, int width, int height, struct placement *out)
{
    *out = (struct placement){0};
    out->too_small = width < LAYOUT_MIN_WIDTH || height < LAYOUT_MIN_HEIGHT;
    if (out->too_small)
        return;
    out->header = (struct rect){0, 0, width, 1};
    out->footer = (struct rect){0, height - 1, width, 1};
    out->box = (struct rect){0, 1, width, height - 1};
    int rows = height - 3; /* within the box */
    bool tiles = layout->n_tiles > 0 && !layout->no_tiles;
    int text = tiles ? transcript_rows(layout, rows - 1) : rows;
    out->transcript = (struct rect){1, height - 1 - text, width - 2, text};
    if (!tiles)
        return;
    int room = rows - text - 1;
    struct layout shown = fitting(layout, width, room);
    bool alone = shown.n_rows == 1 && shown.columns[0] == 1;
    int y = 2;
    room -= shown.n_rows - 1;
    for (int row = 0, first = 0; row < shown.n_rows; first += shown.columns[row], row++) {
        int height_of_row = room / (shown.n_rows - row);
        room -= height_of_row;
        place_row(out, alone ? layout->current : first, shown.columns[row], y, height_of_row);
        y += height_of_row + 1;
        out->bar[out->n_bars++] = (struct rect){0, y - 1, width, 1};
    }
}

enum { UP = 1, DOWN = 2, LEFT = 4, RIGHT = 8 };

static uint32_t border_glyph(unsigned arms, bool ascii)
{
    static const uint32_t glyphs[16] = {
        ' ',    0x2502, 0x2502, 0x2502, 0x2500, 0x2518, 0x2510, 0x2524,
        0x2500, 0x2514, 0x250c, 0x251c, 0x2500, 0x2534, 0x252c, 0x253c,
    };
    if (!ascii)
        return glyphs[arms];
    if (!(arms & (UP | DOWN)))
        return '-';
    return arms & (LEFT | RIGHT) ? '+' : '|';
}

static void mark(unsigned char *arms, const struct canvas *canvas, int x, int y, unsigned bits)
{
    if (x >= 0 && y >= 0 && x < canvas->width && y < canvas->height)
        arms[y * canvas->width + x] |= bits;
}

static void mark_bar(unsigned char *arms, const struct canvas *canvas, struct rect bar)
{
    for (int x = bar.x; bar.height == 1 && x < bar.x + bar.width; x++)
        mark(arms, canvas, x, bar.y,
             (x > bar.x ? LEFT : 0) | (x < bar.x + bar.width - 1 ? RIGHT : 0));
    for (int y = bar.y; bar.width == 1 && y < bar.y + bar.height; y++)
        mark(arms, canvas, bar.x, y,
             (y > bar.y ? UP : 0) | (y < bar.y + bar.height - 1 ? DOWN : 0));
}

void layout_draw_borders(const struct placement *placement, struct canvas *canvas,
                         const struct style *style)
{
    size_t n = (size_t)canvas->width * (size_t)canvas->height;
    unsigned char *arms = calloc(n ? n : 1, 1);
    if (!arms)
        return;
    struct rect b = placement->box;
    mark_bar(arms, canvas, (struct rect){b.x, b.y, b.width, 1});
    mark_bar(arms, canvas, (struct rect){b.x, b.y + b.height - 1, b.width, 1});
    mark_bar(arms, canvas, (struct rect){b.x, b.y, 1, b.height});
    mark_bar(arms, canvas, (struct rect){b.x + b.width - 1, b.y, 1, b.height});
    for (int i = 0; i < placement->n_bars; i++)
        mark_bar(arms, canvas, placement->bar[i]);
    for (int y = 0; y < canvas->height; y++)
        for (int x = 0; x < canvas->width; x++) {
            unsigned bits = arms[y * canvas->width + x];
            if (bits)
                canvas_put(canvas, x, y, border_glyph(bits, style->ascii), COLOUR_DEFAULT,
                           COLOUR_DEFAULT, style->colours ? CELL_DIM : 0);
        }
    free(arms);
}
