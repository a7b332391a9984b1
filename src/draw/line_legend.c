/* The legend of a line plot: a sample of each stroke and its name. */
#include "deltaw/base/utf8.h"
#include "deltaw/draw/palette.h"
#include "line_plot.h"

enum { DASHES = 0x2505 };       /* where the gap has the mark */
enum { SAMPLE = 4, APART = 2 }; /* cells: three of a stroke and a blank; between two entries */

static int entry_width(const struct curve *curve)
{
    return SAMPLE + utf8_width(curve->label);
}

bool legend_wanted(const struct line_plot *plot)
{
    for (size_t i = 0; i < plot->n_curves; i++)
        if (plot->curves[i].label)
            return true;
    return false;
}

int legend_rows(const struct line_plot *plot, int width, int most)
{
    int rows = 1, x = 0;
    for (size_t i = 0; i < plot->n_curves && rows <= most; i++) {
        if (!plot->curves[i].label)
            continue;
        int need = entry_width(&plot->curves[i]);
        if (x > 0 && x + need > width)
            rows++, x = 0;
        x += need + APART;
    }
    return rows < most ? rows : most;
}

/* In ASCII strokes differ by their gaps; an empty curve is sampled by its stroke whatever
 * its mark. */
static void draw_sample(const struct frame *f, const struct curve *curve, int x, int y)
{
    int foreground = palette_curve(curve->colour, f->style);
    bool points = curve->stroke == STROKE_POINTS;
    uint32_t mark = curve->n == 0          ? '-'
                    : f->points && !points ? glyphs_line(curve->colour)
                                           : glyphs_mark(curve->colour);
    if (curve->stroke == STROKE_BAND) {
        canvas_put(f->canvas, x + 1, y, f->glyphs->vertical, foreground, COLOUR_DEFAULT, CELL_DIM);
        return;
    }
    if (points) {
        bool marked = f->style->ascii || f->marked;
        canvas_put(f->canvas, x + 1, y, marked ? mark : f->glyphs->point, foreground,
                   COLOUR_DEFAULT, curve->attributes);
        return;
    }
    for (int i = 0; i < 3; i++) {
        bool gap =
            (curve->stroke == STROKE_DASHED && i == 1) || (curve->stroke == STROKE_DOTS && i != 1);
        uint32_t glyph = f->glyphs->stroke[curve->stroke % 3];
        bool marked = f->marked && !f->points && i == 1 && curve->n > 0;
        if (f->style->ascii)
            glyph = gap ? ' ' : mark;
        else if (marked)
            glyph = mark;
        else if (curve->stroke == STROKE_DASHED && (i == 1 || f->marked))
            glyph = f->marked ? DASHES : ' ';
        canvas_put(f->canvas, x + i, y, glyph, foreground, COLOUR_DEFAULT, curve->attributes);
    }
}

void legend_draw(const struct frame *f, struct rect area)
{
    int x = area.x, y = area.y, right = area.x + area.width;
    for (size_t i = 0; i < f->plot->n_curves; i++) {
        const struct curve *curve = &f->plot->curves[i];
        if (!curve->label)
            continue;
        int need = entry_width(curve);
        if (x > area.x && x + need > right)
            x = area.x, y++;
        if (y >= area.y + area.height || right - x < SAMPLE + 1)
            break;
        draw_sample(f, curve, x, y);
        canvas_text(f->canvas, x + SAMPLE, y, right - x - SAMPLE, curve->label, COLOUR_DEFAULT, 0,
                    f->style);
        x += need + APART;
    }
}

/* --- a free place ---------------------------------------------------------- */

static bool is_free(const struct frame *f, const struct raster *r, struct rect place)
{
    int px = r->cell_width, py = r->cell_height;
    int left = (place.x - 1 - f->body.x) * px, right = (place.x + place.width + 1 - f->body.x) * px;
    int top = (place.y - f->body.y) * py, bottom = (place.y + place.height - f->body.y) * py;
    for (int y = top; y < bottom; y++)
        for (int x = left < 0 ? 0 : left; x < right && x < r->width; x++)
            if (r->curve[y * r->width + x] >= 0)
                return false;
    return true;
}

/* Upper right first, where a falling loss leaves room, then lower right, lower
 * left, upper left, and rows from the top at the right. */
static bool find_place(const struct frame *f, const struct raster *r, int width, int height,
                       struct rect *place)
{
    const struct rect *b = &f->body;
    if (width > b->width - 4 || height > b->height - 1)
        return false;
    int left = b->x + 2, right = b->x + b->width - width - 1, low = b->y + b->height - height;
    const struct rect corners[] = {{right, b->y, width, height},
                                   {right, low, width, height},
                                   {left, low, width, height},
                                   {left, b->y, width, height}};
    for (int i = 0; i < 4; i++)
        if (is_free(f, r, *place = corners[i]))
            return true;
    for (int y = b->y + 1; y < low; y++)
        if (is_free(f, r, *place = (struct rect){right, y, width, height}))
            return true;
    return false;
}

bool legend_place(const struct frame *f, const struct raster *r, struct rect *place)
{
    int across = -APART, down = 0, widest = 0;
    for (size_t i = 0; i < f->plot->n_curves; i++)
        if (f->plot->curves[i].label) {
            int need = entry_width(&f->plot->curves[i]);
            across += need + APART;
            widest = need > widest ? need : widest;
            down++;
        }
    return find_place(f, r, across, 1, place) || find_place(f, r, widest, down, place);
}
