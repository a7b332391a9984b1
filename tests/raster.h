/* Pictures as pixels: a PNG read back, to ask what stands where. */
#ifndef TESTS_RASTER_H
#define TESTS_RASTER_H

#include <stdint.h>
#include <zlib.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/strbuf.h"
#include "tap.h"

struct raster {
    int width, height;
    uint8_t *rgb; /* [height][width][3], row 0 at the top */
};

static uint32_t raster_word(const uint8_t *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

/* The five filters of a row (PNG specification, 9): `up` is the row above. */
static void raster_unfilter(int kind, size_t n, const uint8_t *in, const uint8_t *up, uint8_t *row)
{
    for (size_t i = 0; i < n; i++) {
        int a = i < 3 ? 0 : row[i - 3], b = up ? up[i] : 0, c = up && i >= 3 ? up[i - 3] : 0;
        int pa = abs(b - c), pb = abs(a - c), pc = abs(a + b - 2 * c);
        int paeth = pa <= pb && pa <= pc ? a : pb <= pc ? b : c;
        const int guess[] = {0, a, b, (a + b) / 2, paeth};
        row[i] = (uint8_t)(in[i] + guess[kind < 5 ? kind : 0]);
    }
}

/* Of 8 bits a channel, red, green and blue, not interlaced: what figures are. */
TAP_USED static bool raster_read(const struct strbuf *png, struct raster *out)
{
    const uint8_t *at = (const uint8_t *)png->text, *end = at + png->len;
    static const uint8_t plain[] = {8, 2, 0, 0, 0};
    *out = (struct raster){0};
    if (png->len < 33 || memcmp(at, "\x89PNG\r\n\x1a\n", 8) != 0 || memcmp(at + 24, plain, 5) != 0)
        return false;
    out->width = (int)raster_word(at + 16), out->height = (int)raster_word(at + 20);
    size_t row = (size_t)out->width * 3, size = (row + 1) * (size_t)out->height;
    uint8_t *bytes = mem_new(size, 1);
    z_stream z = {.next_out = bytes, .avail_out = (uInt)size};
    if (inflateInit(&z) != Z_OK)
        abort();
    for (at += 8; at + 12 <= end; at += 12 + raster_word(at))
        if (memcmp(at + 4, "IDAT", 4) == 0) {
            z.next_in = (uint8_t *)at + 8;
            z.avail_in = raster_word(at);
            inflate(&z, Z_NO_FLUSH);
        }
    bool whole = z.total_out == size;
    inflateEnd(&z);
    out->rgb = mem_new(row * (size_t)out->height, 1);
    for (int y = 0; y < out->height; y++) {
        const uint8_t *in = bytes + (row + 1) * (size_t)y;
        uint8_t *to = out->rgb + row * (size_t)y;
        raster_unfilter(in[0], row, in + 1, y ? to - row : NULL, to);
    }
    free(bytes);
    return whole;
}

TAP_USED static void raster_free(struct raster *r)
{
    free(r->rgb);
    *r = (struct raster){0};
}

static const uint8_t *raster_at(const struct raster *r, int x, int y)
{
    return r->rgb + 3 * ((size_t)y * (size_t)r->width + (size_t)x);
}

/* Is this pixel of a colour, 0 to 1, to within a few steps of 255? */
static bool raster_is(const struct raster *r, int x, int y, const double rgb[3], int within)
{
    const uint8_t *at = raster_at(r, x, y);
    for (int c = 0; c < 3; c++)
        if (fabs(at[c] - 255 * rgb[c]) > within)
            return false;
    return true;
}

/* Not a grey: part of a curve or a cell, blended with the background perhaps. */
static bool raster_coloured(const struct raster *r, int x, int y)
{
    const uint8_t *at = raster_at(r, x, y);
    return abs(at[0] - at[1]) > 8 || abs(at[1] - at[2]) > 8 || abs(at[0] - at[2]) > 8;
}

/* The middle (median of columns, of rows) and the edges of all pixels of a colour. */
struct spot {
    size_t n;
    int x, y, left, right, top, bottom;
};

static int raster_median(const size_t *count, int n, size_t half)
{
    size_t sum = 0;
    for (int i = 0; i < n; i++)
        if ((sum += count[i]) > half)
            return i;
    return n;
}

TAP_USED static struct spot raster_find(const struct raster *r, const double rgb[3], int within)
{
    struct spot s = {.left = r->width, .top = r->height, .right = -1, .bottom = -1};
    size_t *columns = mem_new((size_t)r->width, sizeof *columns);
    size_t *rows = mem_new((size_t)r->height, sizeof *rows);
    for (int y = 0; y < r->height; y++)
        for (int x = 0; x < r->width; x++)
            if (raster_is(r, x, y, rgb, within)) {
                s.n++, columns[x]++, rows[y]++;
                s.left = x < s.left ? x : s.left, s.right = x > s.right ? x : s.right;
                s.top = y < s.top ? y : s.top, s.bottom = y > s.bottom ? y : s.bottom;
            }
    s.x = raster_median(columns, r->width, s.n / 2);
    s.y = raster_median(rows, r->height, s.n / 2);
    free(columns), free(rows);
    return s;
}

/* Coloured pixels within [x0, x1) x [y0, y1). */
TAP_USED static size_t raster_colours(const struct raster *r, int x0, int y0, int x1, int y1)
{
    size_t n = 0;
    for (int y = y0 < 0 ? 0 : y0; y < y1 && y < r->height; y++)
        for (int x = x0 < 0 ? 0 : x0; x < x1 && x < r->width; x++)
            n += raster_coloured(r, x, y);
    return n;
}

#endif
