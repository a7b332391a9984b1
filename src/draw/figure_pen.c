/* Strokes and words on a page. */
#include "figure_pen.h"

#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"

void pen_tone(const struct pen *pen, enum pen_tone tone)
{
    static const double grey[2][4] = {{.1, .38, .78, 1}, {.93, .68, .32, .07}};
    double g = grey[pen->dark][tone];
    pen->lib->set_source_rgb(pen->cairo, g, g, g);
}

void pen_line(const struct pen *pen, double x0, double y0, double x1, double y1, double width)
{
    pen->lib->set_line_width(pen->cairo, width);
    pen->lib->move_to(pen->cairo, x0, y0);
    pen->lib->line_to(pen->cairo, x1, y1);
    pen->lib->stroke(pen->cairo);
}

double pen_width(const struct pen *pen, const char *text)
{
    cairo_text_extents_t size;
    pen->lib->text_extents(pen->cairo, text, &size);
    return size.x_advance;
}

void pen_text(const struct pen *pen, double x, double y, double align, const char *text)
{
    pen->lib->move_to(pen->cairo, x - align * pen_width(pen, text), y);
    pen->lib->show_text(pen->cairo, text);
}

void pen_text_up(const struct pen *pen, double x, double y, const char *text)
{
    pen->lib->save(pen->cairo);
    pen->lib->translate(pen->cairo, x, y);
    pen->lib->rotate(pen->cairo, -1.5707963267948966);
    pen_text(pen, 0, 0, .5, text);
    pen->lib->restore(pen->cairo);
}

void pen_bold(const struct pen *pen, const char *family, bool bold, double font)
{
    pen->lib->select_font_face(pen->cairo, family, CAIRO_FONT_SLANT_NORMAL,
                               bold ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL);
    pen->lib->set_font_size(pen->cairo, font);
}

void pen_size(const struct pen *pen, double share)
{
    pen->lib->set_font_size(pen->cairo, pen->font * share);
}

void pen_tick_left(const struct pen *pen, struct box body, double y, const char *label)
{
    double u = pen->unit;
    pen_line(pen, body.x - 2.5 * u, y, body.x, y, .6 * u);
    pen_text(pen, body.x - 4 * u, y + pen->font * .31, 1, label);
}

void pen_tick_down(const struct pen *pen, struct box body, double x, const char *label)
{
    double u = pen->unit, bottom = body.y + body.height;
    pen_line(pen, x, bottom, x, bottom + 2.5 * u, .6 * u);
    pen_text(pen, x, bottom + 4 * u + pen->font * .7, .5, label);
}

const char *pen_title(const char *title, const char *label)
{
    return title ? title : label ? label : "";
}

double pen_titles(const struct pen *pen, struct box body, const struct margin *margin,
                  const char *x, const char *y)
{
    double below = body.y + body.height + 4 * pen->unit + pen->font * 2.25;
    pen_tone(pen, PEN_TEXT);
    pen_text(pen, body.x + body.width / 2, below, .5, x);
    pen_text_up(pen, body.x - margin->left + pen->font * .85, body.y + body.height / 2, y);
    return below;
}

const char *pen_number(char out[64], const char *label)
{
    char *at = out;
    if (*label == '-') {
        memcpy(at, "\xe2\x88\x92", 3);
        at += 3;
        label++;
    }
    if (*label == '.')
        *at++ = '0';
    strncpy(at, label, (size_t)(out + 63 - at));
    out[63] = '\0';
    return out;
}

/* Bytes of the next line that fits; a word wider than the line gets one of its own. */
static size_t piece(const struct pen *pen, const char *text, double width)
{
    size_t fits = 0, at = 0;
    while (text[at]) {
        size_t end = at + strspn(text + at, " ");
        end += strcspn(text + end, " ");
        char *line = mem_text_n(text, end);
        bool wide = pen_width(pen, line) > width;
        free(line);
        if (wide && fits > 0)
            break;
        fits = at = end;
    }
    return fits;
}

int pen_paragraph(const struct pen *pen, double x, double y, double width, double leading,
                  const char *text, bool draw)
{
    int n = 0;
    while (text && *(text += strspn(text, " "))) {
        size_t length = piece(pen, text, width);
        char *line = mem_text_n(text, length);
        if (draw)
            pen_text(pen, x, y + n * leading, 0, line);
        free(line);
        text += length;
        n++;
    }
    return n;
}

void pen_notice(const struct pen *pen, struct box box, const char *text)
{
    double leading = pen->font * 1.4;
    int n = pen_paragraph(pen, 0, 0, box.width, leading, text, false);
    pen_tone(pen, PEN_FAINT);
    double wide = pen_width(pen, text);
    double x = n == 1 ? box.x + (box.width - wide) / 2 : box.x;
    pen_paragraph(pen, x, box.y + (box.height - (n - 1) * leading) / 2, box.width, leading, text,
                  true);
}
