/* Strokes and words on a page. */
#include "figure_ink.h"

#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"

void ink_tone(const struct ink *ink, enum ink_tone tone)
{
    static const double grey[2][4] = {{.1, .38, .78, 1}, {.93, .68, .32, .07}};
    double g = grey[ink->dark][tone];
    cairo_set_source_rgb(ink->cairo, g, g, g);
}

void ink_line(const struct ink *ink, double x0, double y0, double x1, double y1, double width)
{
    cairo_set_line_width(ink->cairo, width);
    cairo_move_to(ink->cairo, x0, y0);
    cairo_line_to(ink->cairo, x1, y1);
    cairo_stroke(ink->cairo);
}

double ink_width(const struct ink *ink, const char *text)
{
    cairo_text_extents_t size;
    cairo_text_extents(ink->cairo, text, &size);
    return size.x_advance;
}

void ink_text(const struct ink *ink, double x, double y, double align, const char *text)
{
    cairo_move_to(ink->cairo, x - align * ink_width(ink, text), y);
    cairo_show_text(ink->cairo, text);
}

void ink_text_up(const struct ink *ink, double x, double y, const char *text)
{
    cairo_save(ink->cairo);
    cairo_translate(ink->cairo, x, y);
    cairo_rotate(ink->cairo, -1.5707963267948966);
    ink_text(ink, 0, 0, .5, text);
    cairo_restore(ink->cairo);
}

void ink_bold(const struct ink *ink, const char *family, bool bold, double font)
{
    cairo_select_font_face(ink->cairo, family, CAIRO_FONT_SLANT_NORMAL,
                           bold ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL);
    cairo_set_font_size(ink->cairo, font);
}

void ink_size(const struct ink *ink, double share)
{
    cairo_set_font_size(ink->cairo, ink->font * share);
}

const char *ink_number(char out[64], const char *label)
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

/* Bytes of the next line that fits; a word wider than the line stands alone. */
static size_t piece(const struct ink *ink, const char *text, double width)
{
    size_t fits = 0, at = 0;
    while (text[at]) {
        size_t end = at + strspn(text + at, " ");
        end += strcspn(text + end, " ");
        char *line = mem_text_n(text, end);
        bool wide = ink_width(ink, line) > width;
        free(line);
        if (wide && fits > 0)
            break;
        fits = at = end;
    }
    return fits;
}

int ink_paragraph(const struct ink *ink, double x, double y, double width, double leading,
                  const char *text, bool draw)
{
    int n = 0;
    while (text && *(text += strspn(text, " "))) {
        size_t length = piece(ink, text, width);
        char *line = mem_text_n(text, length);
        if (draw)
            ink_text(ink, x, y + n * leading, 0, line);
        free(line);
        text += length;
        n++;
    }
    return n;
}

void ink_notice(const struct ink *ink, struct box box, const char *text)
{
    double leading = ink->font * 1.4;
    int n = ink_paragraph(ink, 0, 0, box.width, leading, text, false);
    ink_tone(ink, INK_FAINT);
    double wide = ink_width(ink, text);
    double x = n == 1 ? box.x + (box.width - wide) / 2 : box.x;
    ink_paragraph(ink, x, box.y + (box.height - (n - 1) * leading) / 2, box.width, leading, text,
                  true);
}
