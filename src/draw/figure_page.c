/* A page: title, plots, note and caption, on the kind of surface asked for. */
#include <math.h>
#include <string.h>

#include "deltaw/base/jobs.h"
#include "deltaw/base/mem.h"
#include "figure_pen.h"

static const double mm = 72 / 25.4;

struct page {
    const struct figure *figure;
    const struct figure_look *look;
    struct pen pen;
    double width, height, edge;
    double title_height, foot_height;
};

const char *figure_library(void)
{
    static const char name[] = "cairo " CAIRO_VERSION_STRING;
    return name;
}

/* A large page takes a minute to pack: it ends where nobody waits for it. */
static cairo_status_t collect(void *out, const unsigned char *bytes, unsigned n)
{
    strbuf_add(out, bytes, n);
    return job_unwanted() ? CAIRO_STATUS_WRITE_ERROR : CAIRO_STATUS_SUCCESS;
}

/* Metrics independent of the size of pixels, so that lines break alike on every surface. */
static void begin(struct page *page, cairo_surface_t *surface)
{
    const struct cairo_library *lib = page->pen.lib;
    cairo_font_options_t *options = lib->font_options_create();
    lib->font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    lib->font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    lib->font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
    page->pen.cairo = lib->create(surface);
    lib->set_font_options(page->pen.cairo, options);
    lib->font_options_destroy(options);
    pen_bold(&page->pen, page->look->family, false, page->pen.font);
}

static void use_font(const struct page *page, bool bold, double share)
{
    pen_bold(&page->pen, page->look->family, bold, page->pen.font * share);
}

static bool has(const char *text)
{
    return text && *text;
}

/* Unless the caption says it as well. */
static const char *note(const struct figure *f)
{
    return has(f->note) && !(has(f->caption) && strstr(f->caption, f->note)) ? f->note : NULL;
}

/* --- layout --------------------------------------------------------------------- */

/* Title and foot take what they need; the plots take the rest. */
static void measure_words(struct page *page)
{
    double width = page->width - 2 * page->edge, font = page->pen.font;
    const struct figure *f = page->figure;
    page->title_height = page->foot_height = 0;
    if (has(f->title)) {
        use_font(page, true, 1);
        int n = pen_paragraph(&page->pen, 0, 0, width, 0, f->title, false);
        page->title_height = (n * 1.3 + .5) * font;
        use_font(page, false, 1);
    }
    use_font(page, false, .9);
    int n = pen_paragraph(&page->pen, 0, 0, width, 0, note(f), false) +
            pen_paragraph(&page->pen, 0, 0, width, 0, f->caption, false);
    page->foot_height = n ? (n * 1.25 + .4) * font : 0;
    use_font(page, false, 1);
}

static struct margin part_margin(const struct page *page, const struct figure_part *part,
                                 double width, double height)
{
    return part->lines ? figure_lines_margin(&page->pen, part->lines, width, height)
                       : figure_heat_margin(&page->pen, part->heat, width, height);
}

/* Height of the body of a plot: three fifths of one column's width, less in
 * proportion where it is wider. */
static double own_height(const struct page *page)
{
    double width = page->width - 2 * page->edge, column = 89 * mm, most = 0;
    for (size_t i = 0; i < page->figure->n; i++) {
        const struct figure_part *part = &page->figure->parts[i];
        double share =
            page->figure->width > 0 ? part->place.width / (double)page->figure->width : 1;
        double body = part->heat       ? figure_heat_height(&page->pen, part->heat, width * share)
                      : width < column ? width * .52
                                       : column * .52 + (width - column) * .3;
        struct margin m = part_margin(page, part, width * share, body);
        double above =
            page->figure->height > 0 ? part->place.height / (double)page->figure->height : 1;
        /* parts above one another share a body a little higher than that of one */
        body *= above < .99 ? 1.3 * above : 1;
        most = fmax(most, (body + m.top + m.bottom) / fmax(above, .05));
    }
    return most;
}

static struct box part_box(const struct page *page, const struct figure_part *part)
{
    const struct figure *f = page->figure;
    double width = page->width - 2 * page->edge;
    double height = page->height - 2 * page->edge - page->title_height - page->foot_height;
    double sx = width / (f->width > 0 ? f->width : 1);
    double sy = height / (f->height > 0 ? f->height : 1);
    return (struct box){page->edge + part->place.x * sx,
                        page->edge + page->title_height + part->place.y * sy,
                        part->place.width * sx, part->place.height * sy};
}

static struct box inside(struct box box, const struct margin *m)
{
    return (struct box){box.x + m->left, box.y + m->top, box.width - m->left - m->right,
                        box.height - m->top - m->bottom};
}

/* Plots above one another share their left and right edges. */
static bool lay_out(const struct page *page, struct margin *margins, struct err *err)
{
    for (size_t i = 0; i < page->figure->n; i++) {
        const struct figure_part *part = &page->figure->parts[i];
        struct box box = part_box(page, part);
        struct margin m = part_margin(page, part, box.width, box.height * .7);
        /* its left depends on the labels that this height of the body has room for */
        margins[i] = part_margin(page, part, box.width, inside(box, &m).height);
    }
    for (size_t i = 0; i < page->figure->n; i++)
        for (size_t k = 0; k < page->figure->n; k++)
            if (page->figure->parts[i].place.x == page->figure->parts[k].place.x) {
                margins[i].left = fmax(margins[i].left, margins[k].left);
                margins[i].right = fmax(margins[i].right, margins[k].right);
            }
    for (size_t i = 0; i < page->figure->n; i++) {
        struct box body = inside(part_box(page, &page->figure->parts[i]), &margins[i]);
        double least = 4 * page->pen.font;
        if (body.width < least || body.height < least)
            return err_set(err, ERR_FAILED,
                           "a page of %.0f x %.0f mm is too small for this plot "
                           "with letters of %.3g points; raise width= or height=, or lower font=",
                           page->width / mm, page->height / mm, page->pen.font);
    }
    return true;
}

/* --- painting ------------------------------------------------------------------- */

static void paint_words(const struct page *page)
{
    const struct figure *f = page->figure;
    const struct pen *pen = &page->pen;
    double width = page->width - 2 * page->edge, font = pen->font;
    pen_tone(pen, PEN_TEXT);
    if (has(f->title)) {
        use_font(page, true, 1);
        pen_paragraph(pen, page->edge, page->edge + font, width, font * 1.3, f->title, true);
        use_font(page, false, 1);
    }
    double y = page->height - page->edge - page->foot_height + font * 1.2;
    use_font(page, false, .9);
    pen_tone(pen, PEN_FAINT);
    int n = pen_paragraph(pen, page->edge, y, width, font * 1.25, note(f), true);
    pen_tone(pen, PEN_TEXT);
    pen_paragraph(pen, page->edge, y + n * font * 1.25, width, font * 1.25, f->caption, true);
    use_font(page, false, 1);
}

static void paint(const struct page *page, const struct margin *margins)
{
    pen_tone(&page->pen, PEN_BACKGROUND);
    page->pen.lib->paint(page->pen.cairo);
    paint_words(page);
    for (size_t i = 0; i < page->figure->n; i++) {
        const struct figure_part *part = &page->figure->parts[i];
        struct box body = inside(part_box(page, part), &margins[i]);
        page->pen.lib->save(page->pen.cairo);
        if (part->lines)
            figure_lines_paint(&page->pen, part->lines, body, &margins[i]);
        else
            figure_heat_paint(&page->pen, part->heat, body, &margins[i]);
        page->pen.lib->restore(page->pen.cairo);
    }
}

static void tell(cairo_surface_t *surface, const struct page *page)
{
    const struct cairo_library *lib = page->pen.lib;
    const struct figure *f = page->figure;
    if (has(f->title))
        lib->pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, f->title);
    if (has(f->caption))
        lib->pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_SUBJECT, f->caption);
    if (has(page->look->creator))
        lib->pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATOR, page->look->creator);
}

static cairo_surface_t *open_surface(const struct page *page, enum figure_kind kind,
                                     struct strbuf *out)
{
    const struct cairo_library *lib = page->pen.lib;
    double dots = page->look->dpi / 72;
    if (kind >= FIGURE_PNG) {
        cairo_surface_t *surface = lib->image_surface_create(
            CAIRO_FORMAT_RGB24, (int)lround(page->width * dots), (int)lround(page->height * dots));
        lib->surface_set_device_scale(surface, dots, dots);
        return surface;
    }
    if (kind == FIGURE_PDF) {
        cairo_surface_t *surface =
            lib->pdf_surface_create_for_stream(collect, out, page->width, page->height);
        tell(surface, page);
        return surface;
    }
    cairo_surface_t *surface =
        lib->svg_surface_create_for_stream(collect, out, page->width, page->height);
    lib->svg_surface_set_document_unit(surface, CAIRO_SVG_UNIT_PT);
    return surface;
}

static void put_dots(const struct cairo_library *lib, cairo_surface_t *surface, struct strbuf *out)
{
    int size[2] = {lib->image_surface_get_width(surface), lib->image_surface_get_height(surface)};
    lib->surface_flush(surface);
    const unsigned char *rows = lib->image_surface_get_data(surface);
    size_t stride = (size_t)lib->image_surface_get_stride(surface);
    strbuf_add(out, (const char *)size, sizeof size);
    for (int y = 0; y < size[1]; y++)
        for (int x = 0; x < size[0]; x++) {
            uint32_t dot;
            memcpy(&dot, rows + (size_t)y * stride + 4 * (size_t)x, sizeof dot);
            for (int shift = 16; shift >= 0; shift -= 8)
                strbuf_putc(out, (char)(dot >> shift & 255));
        }
}

static bool close_surface(const struct pen *pen, cairo_surface_t *surface, enum figure_kind kind,
                          struct strbuf *out, struct err *err)
{
    const struct cairo_library *lib = pen->lib;
    cairo_status_t status = lib->status(pen->cairo);
    lib->destroy(pen->cairo);
    if (status == CAIRO_STATUS_SUCCESS && kind == FIGURE_PNG)
        status = lib->surface_write_to_png_stream(surface, collect, out);
    if (status == CAIRO_STATUS_SUCCESS && kind == FIGURE_DOTS)
        put_dots(lib, surface, out);
    lib->surface_finish(surface);
    if (status == CAIRO_STATUS_SUCCESS)
        status = lib->surface_status(surface);
    lib->surface_destroy(surface);
    return status == CAIRO_STATUS_SUCCESS ||
           err_set(err, ERR_FAILED, "cairo: %s", lib->status_to_string(status));
}

/* The best height, found by measuring words on a page that is thrown away. */
static void measure(struct page *page)
{
    const struct cairo_library *lib = page->pen.lib;
    cairo_surface_t *surface = lib->recording_surface_create(CAIRO_CONTENT_COLOR_ALPHA, NULL);
    begin(page, surface);
    measure_words(page);
    page->height = isfinite(page->look->height)
                       ? page->look->height * mm
                       : own_height(page) + page->title_height + page->foot_height + 2 * page->edge;
    lib->destroy(page->pen.cairo);
    lib->surface_destroy(surface);
}

/* Of pictures of dots: each takes four bytes, and some of what is written. */
static bool has_room(const struct page *page, enum figure_kind kind, struct err *err)
{
    enum { MOST = 20000, DOT = 6 };
    double wide = page->width * page->look->dpi / 72, high = page->height * page->look->dpi / 72;
    if (kind < FIGURE_PNG)
        return true;
    if (fmax(wide, high) > MOST)
        return err_set(err, ERR_FAILED,
                       "a PNG of %.0f dots is too large, the most is %d; lower "
                       "dpi= or width=",
                       fmax(wide, high), MOST);
    if (mem_room(wide * high * DOT, NULL, err))
        return true;
    err_remedy(err, "lower dpi= or width=");
    return false;
}

bool figure_paint(const struct figure *figure, enum figure_kind kind,
                  const struct figure_look *look, struct strbuf *out, struct err *err)
{
    enum { PARTS_MOST = 16 };
    struct margin margins[PARTS_MOST];
    struct cairo_library lib;
    struct page page = {
        .figure = figure,
        .look = look,
        .width = look->width * mm,
        .pen = {.lib = &lib, .font = look->font, .unit = look->font / 7, .dark = look->dark}};
    page.edge = 3 * page.pen.unit;
    if (figure->n == 0 || figure->n > PARTS_MOST)
        return err_set(err, ERR_FAILED, "there are %zu plots to draw; a page holds 1 to %d",
                       figure->n, PARTS_MOST);
    if (!figure_cairo_load(&lib, err))
        return false;
    measure(&page);
    if (!has_room(&page, kind, err))
        return false;
    cairo_surface_t *surface = open_surface(&page, kind, out);
    begin(&page, surface);
    bool fits = lay_out(&page, margins, err);
    if (fits)
        paint(&page, margins);
    return close_surface(&page.pen, surface, kind, out, fits ? err : NULL) && fits;
}
