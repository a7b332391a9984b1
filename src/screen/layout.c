#include "layout.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"

enum {
    TILE_EVEN_WIDTH = 35, /* of tiles of equal shares, with a border */
    TILE_LEAST_WIDTH = 24,
    TILE_LEAST_HEIGHT = 4,
    TILE_MIN_HEIGHT = 7,
    TEXT_LEAST = 2,
};

static bool parse_tile(struct layout *fresh, const char *p, size_t n, const char *text,
                       struct err *err)
{
    int tile = fresh->n_tiles, row = fresh->n_rows - 1;
    struct layout_tile read;
    if (!layout_tile_read(p, n, text, &read, err))
        return false;
    if (tile == LAYOUT_TILES)
        return err_set(err, ERR_USAGE, "layout '%s': at most %d tiles", text, LAYOUT_TILES);
    for (int i = 0; i < tile; i++)
        if (strcmp(fresh->view[i], read.view) == 0)
            return err_set(err, ERR_USAGE, "layout '%s': %s is there twice", text, read.view);
    strcpy(fresh->view[tile], read.view);
    fresh->wide[tile] = read.wide;
    if (read.high)
        fresh->high[row] = read.high;
    fresh->n_tiles++;
    fresh->columns[row]++;
    return true;
}

bool layout_parse(struct layout *layout, const char *text, struct err *err)
{
    struct layout fresh = {.n_rows = 1, .text = layout->text};
    for (const char *p = text;;) {
        size_t n = strcspn(p, "|,/");
        if (!parse_tile(&fresh, p, n, text, err))
            return false;
        p += n;
        if (!*p)
            break;
        if (*p++ != '/')
            continue;
        if (fresh.n_rows == LAYOUT_ROWS)
            return err_set(err, ERR_USAGE, "layout '%s': at most %d rows", text, LAYOUT_ROWS);
        fresh.n_rows++;
    }
    int kept = layout->n_tiles ? layout_find(&fresh, layout->view[layout->current]) : -1;
    int map = layout_find(&fresh, "map");
    fresh.current = kept >= 0 ? kept : map >= 0 ? map : fresh.n_tiles - 1;
    *layout = fresh;
    return true;
}

void layout_text(const struct layout *layout, struct strbuf *out)
{
    for (int row = 0, tile = 0; row < layout->n_rows; row++)
        for (int i = 0; i < layout->columns[row]; i++, tile++) {
            int high = i == 0 ? layout->high[row] : 0;
            int wide = layout->columns[row] > 1 ? layout->wide[tile] : 0;
            strbuf_printf(out, "%s%s", i ? "|" : row ? "/" : "", layout->view[tile]);
            if (wide || high)
                strbuf_printf(out, ":%d", wide ? wide : 1);
            if (high)
                strbuf_printf(out, "x%d", high);
        }
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
    for (int i = 0; i < LAYOUT_ROWS; i++) {
        layout->columns[i] = i < layout->n_rows ? row ? layout->n_tiles : 1 : 0;
        layout->high[i] = 0;
    }
}

void layout_next(struct layout *layout)
{
    if (layout->no_tiles) {
        layout->no_tiles = layout->zoom = false;
        if (layout->n_tiles <= 3)
            arrange_in(layout, true);
    } else if (layout->zoom) {
        layout->zoom = false;
        layout->no_tiles = true;
    } else if (layout->n_rows == 1 && layout->n_tiles > 1 && layout->n_tiles <= 3) {
        arrange_in(layout, false);
    } else {
        layout->zoom = true;
        layout->zoom_text = 0;
    }
}

/* `room` cells divided by shares; equally where a share would get too little. */
static void part(int room, int n, const int *share, int least, int *out)
{
    long total = 0, before = 0;
    for (int i = 0; i < n; i++)
        total += share[i] ? share[i] : 1;
    for (int i = 0, from = 0; i < n; i++) {
        before += share[i] ? share[i] : 1;
        int to = (int)((2 * before * room + total) / (2 * total));
        out[i] = to - from;
        from = to;
    }
    for (int i = 0; i < n; i++)
        if (out[i] < least) {
            for (int k = 0; k < n; k++)
                out[k] = room * (k + 1) / n - room * k / n;
            break;
        }
}

/* --- what fits ---------------------------------------------------------------- */

static int first_of_row(const struct layout *layout, int row)
{
    int first = 0;
    for (int i = 0; i < row; i++)
        first += layout->columns[i];
    return first;
}

static int row_of(const struct layout *layout, int tile)
{
    int row = 0;
    for (int end = layout->columns[0]; tile >= end && row + 1 < layout->n_rows;)
        end += layout->columns[++row];
    return row;
}

static bool row_fits(const struct layout *layout, int row, int width)
{
    return layout->columns[row] == 1 || width / layout->columns[row] >= TILE_EVEN_WIDTH;
}

/* Rows that are shown, and whether only the current tile of them is. */
struct extent {
    int row, n_rows;
    bool alone;
};

/* As asked; else one above another; else as many rows as fit, including the current tile's;
 * else that tile alone. */
static struct extent fit_in(struct layout *shown, int width, int height)
{
    struct extent all = {0, shown->n_rows, false};
    int at = row_of(shown, shown->current);
    if (shown->zoom)
        return (struct extent){at, 1, true};
    if (shown->n_rows == 1 && shown->n_tiles <= 3 && !row_fits(shown, 0, width)) {
        arrange_in(shown, false);
        all.n_rows = shown->n_rows;
        at = shown->current;
    }
    bool wide = true;
    for (int i = 0; i < shown->n_rows; i++)
        wide = wide && row_fits(shown, i, width);
    int most = (height + 1) / (TILE_MIN_HEIGHT + 1);
    most = most < 1 ? 1 : most;
    if (wide && most >= shown->n_rows)
        return all;
    if (!row_fits(shown, at, width))
        return (struct extent){at, 1, true};
    if (!wide)
        return (struct extent){at, 1, false};
    int first = at / most * most;
    return (struct extent){first, shown->n_rows - first < most ? shown->n_rows - first : most,
                           false};
}

int *layout_text_rows(struct layout *layout)
{
    return layout->zoom ? &layout->zoom_text : &layout->text;
}

/* Rows of the transcript, prompt included, out of `rows` for it and the tiles. */
static int transcript_rows(const struct layout *layout, int rows)
{
    int most = rows - TILE_LEAST_HEIGHT > TEXT_LEAST ? rows - TILE_LEAST_HEIGHT : TEXT_LEAST;
    int asked = layout->zoom ? layout->zoom_text : layout->text;
    if (asked)
        return asked < TEXT_LEAST ? TEXT_LEAST : asked < most ? asked : most;
    if (layout->zoom)
        return rows < 16 ? 2 : 3;
    int share = rows * 3 / 10;
    int least = rows >= 12 ? 4 : rows >= 7 ? 3 : 2;
    share = share > 10 ? 10 : share;
    return share > least ? share : least;
}

static void add_bar(struct placement *out, struct rect at, int tile, int row)
{
    out->bar[out->n_bars++] = (struct bar){at, tile, row};
}

static void place_row(struct placement *out, const struct layout *shown, int first, int n, int row,
                      int y, int rows)
{
    int left = out->box.x + 1, width[LAYOUT_TILES];
    part(out->box.width - 1 - n, n, shown->wide + first, TILE_LEAST_WIDTH, width);
    for (int i = 0; i < n; i++) {
        out->tile[first + i] = (struct rect){left, y, width[i], rows};
        left += width[i] + 1;
        if (i < n - 1)
            add_bar(out, (struct rect){left - 1, y - 1, 1, rows + 2}, first + i, row);
    }
}

void layout_place(const struct layout *layout, int width, int height, struct placement *out)
{
    memset(out, 0, sizeof *out); /* placements are compared as bytes */
    out->too_small = width < LAYOUT_MIN_WIDTH || height < LAYOUT_MIN_HEIGHT;
    if (out->too_small)
        return;
    out->header = (struct rect){0, 0, width, 1};
    out->footer = (struct rect){0, height - 1, width, 1};
    out->box = (struct rect){0, 1, width, height - 1};
    out->n_hidden = layout->n_tiles;
    int rows = height - 3; /* within the box */
    bool tiles = layout->n_tiles > 0 && !layout->no_tiles;
    int text = tiles ? transcript_rows(layout, rows - 1) : rows;
    out->transcript = (struct rect){1, height - 1 - text, width - 2, text};
    if (!tiles)
        return;
    int room = rows - text - 1, y = 2, high[LAYOUT_ROWS];
    struct layout shown = *layout;
    struct extent extent = fit_in(&shown, width, room);
    part(room - extent.n_rows + 1, extent.n_rows, shown.high + extent.row, TILE_LEAST_HEIGHT, high);
    for (int i = 0; i < extent.n_rows; i++) {
        int row = extent.row + i;
        int first = extent.alone ? layout->current : first_of_row(&shown, row);
        int n = extent.alone ? 1 : shown.columns[row];
        place_row(out, &shown, first, n, row, y, high[i]);
        out->n_hidden -= n;
        y += high[i] + 1;
        add_bar(out, (struct rect){0, y - 1, width, 1}, -1, i + 1 < extent.n_rows ? row : -1);
    }
}

/* --- moving bars --------------------------------------------------------------- */

static bool within(struct rect area, int x, int y)
{
    return x >= area.x && y >= area.y && x < area.x + area.width && y < area.y + area.height;
}

int layout_tile_at(const struct placement *placement, int x, int y)
{
    for (int i = 0; i < LAYOUT_TILES; i++)
        if (within(placement->tile[i], x, y))
            return i;
    return -1;
}

int layout_bar_at(const struct placement *placement, int x, int y)
{
    for (int i = 0; i < placement->n_bars; i++)
        if (within(placement->bar[i].at, x, y))
            return i;
    return -1;
}

int layout_side(const struct layout *layout, const struct placement *placement, int *sign)
{
    int tile = layout->current;
    for (int i = 0; i < placement->n_bars; i++)
        if (placement->bar[i].tile == tile)
            return *sign = 1, i;
    for (int i = 0; i < placement->n_bars; i++)
        if (placement->bar[i].tile == tile - 1 && tile > 0)
            return *sign = -1, i;
    return -1;
}

static int bounded(int value, int lo, int hi)
{
    return value < lo ? lo : value > hi ? hi : value;
}

/* Shares become cells: those shown now, after the bar has moved. */
static bool move_beside(struct layout *layout, const struct placement *placement, int left, int to)
{
    struct rect a = placement->tile[left], b = placement->tile[left + 1];
    if (a.y != b.y || b.width == 0)
        return false;
    int room = a.width + b.width;
    int width = bounded(to - a.x, TILE_LEAST_WIDTH, room - TILE_LEAST_WIDTH);
    if (room < 2 * TILE_LEAST_WIDTH || width == a.width)
        return false;
    int row = row_of(layout, left), first = first_of_row(layout, row);
    for (int i = first; i < first + layout->columns[row]; i++)
        layout->wide[i] = placement->tile[i].width;
    layout->wide[left] = width;
    layout->wide[left + 1] = room - width;
    return true;
}

static bool move_below(struct layout *layout, const struct placement *placement, int row, int to)
{
    struct rect a = placement->tile[first_of_row(layout, row)];
    struct rect b = placement->tile[first_of_row(layout, row + 1)];
    int room = a.height + b.height;
    int height = bounded(to - a.y, TILE_LEAST_HEIGHT, room - TILE_LEAST_HEIGHT);
    if (a.width == 0 || b.width == 0 || room < 2 * TILE_LEAST_HEIGHT || height == a.height)
        return false;
    for (int i = 0; i < layout->n_rows; i++) {
        int now = placement->tile[first_of_row(layout, i)].height;
        layout->high[i] = now ? now : layout->high[i];
    }
    layout->high[row] = height;
    layout->high[row + 1] = room - height;
    return true;
}

bool layout_move(struct layout *layout, const struct placement *placement, int bar, int to)
{
    const struct bar *moved = &placement->bar[bar];
    if (moved->tile >= 0)
        return row_of(layout, moved->tile) == moved->row &&
               move_beside(layout, placement, moved->tile, to);
    if (moved->row >= 0)
        return layout->n_rows > moved->row + 1 && move_below(layout, placement, moved->row, to);
    int rows = placement->box.height - 2; /* tiles, the bar, the transcript */
    int last = placement->transcript.y + placement->transcript.height;
    int text = bounded(last - to - 1, TEXT_LEAST, rows - 1 - TILE_LEAST_HEIGHT);
    if (text == placement->transcript.height)
        return false;
    *layout_text_rows(layout) = text;
    return true;
}

/* --- borders --------------------------------------------------------------------- */

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
    unsigned char *arms = mem_new(n, 1);
    struct rect b = placement->box;
    mark_bar(arms, canvas, (struct rect){b.x, b.y, b.width, 1});
    mark_bar(arms, canvas, (struct rect){b.x, b.y + b.height - 1, b.width, 1});
    mark_bar(arms, canvas, (struct rect){b.x, b.y, 1, b.height});
    mark_bar(arms, canvas, (struct rect){b.x + b.width - 1, b.y, 1, b.height});
    for (int i = 0; i < placement->n_bars; i++)
        mark_bar(arms, canvas, placement->bar[i].at);
    for (int y = 0; y < canvas->height; y++)
        for (int x = 0; x < canvas->width; x++) {
            unsigned bits = arms[y * canvas->width + x];
            if (bits)
                canvas_plain(canvas, x, y, border_glyph(bits, style->ascii),
                             style->colours ? CELL_DIM : 0);
        }
    free(arms);
}
