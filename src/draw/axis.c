#include "axis.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/utf8.h"
#include "deltaw/draw/plot.h"

/* --- numbers --------------------------------------------------------------- */

/* "0.5" as ".5", "1e-05" as "1e-5", "-0" as "0". */
static const char *trim_number(char *text)
{
    char *digits = text[0] == '-' ? text + 1 : text;
    char *power = strpbrk(digits, "e");
    if (power) {
        char *zeros = power + 1 + (power[1] == '-' || power[1] == '+');
        char *from = zeros;
        while (*from == '0' && from[1])
            from++;
        memmove(power[1] == '+' ? power + 1 : zeros, from, strlen(from) + 1);
    }
    if (digits[0] == '0' && digits[1] == '.')
        memmove(digits, digits + 1, strlen(digits));
    if (strspn(digits, ".0") == strlen(digits))
        strcpy(text, "0");
    return text;
}

const char *short_label(char buf[40], double value)
{
    snprintf(buf, 40, "%.3g", value);
    return trim_number(buf);
}

const char *tick_label(char buf[40], double value, double step)
{
    int places = 0, digits = 3;
    double size = fabs(value);
    for (double s = fabs(step); places < 9 && s > 0 && fabs(s - round(s)) > 1e-6 * s; s *= 10)
        places++;
    if (size > 0 && (size >= 1e7 || (places >= 6 && size < 1e-3))) {
        if (step != 0)
            digits = (int)(floor(log10(size) + 1e-9) - floor(log10(fabs(step)) + 1e-9)) + 1;
        snprintf(buf, 40, "%.*g", digits < 1 ? 1 : digits > 9 ? 9 : digits, value);
    } else {
        snprintf(buf, 40, "%.*f", places, value);
    }
    return trim_number(buf);
}

/* --- labels ---------------------------------------------------------------- */

void label_row_begin(struct label_row *row, int x, int y, int width)
{
    *row = (struct label_row){x, y, width > 0 ? width : 0, NULL};
    row->taken = mem_new((size_t)row->width, sizeof *row->taken);
}

static int label_start(const struct label_row *row, int centre, int width)
{
    int x = centre - width / 2;
    if (x + width > row->width)
        x = row->width - width;
    return x > 0 ? x : 0;
}

bool label_row_fits(const struct label_row *row, int centre, const char *text)
{
    int w = utf8_width(text), x = label_start(row, centre, w);
    if (w == 0 || x + w > row->width)
        return false;
    for (int i = x - 1; i <= x + w; i++)
        if (i >= 0 && i < row->width && row->taken[i])
            return false;
    return true;
}

bool label_row_put(struct label_row *row, int centre, const char *text, struct canvas *canvas,
                   const struct style *style)
{
    int w = utf8_width(text), x = label_start(row, centre, w);
    if (!label_row_fits(row, centre, text))
        return false;
    canvas_text(canvas, row->x + x, row->y, w, text, COLOUR_DEFAULT, 0, style);
    for (int i = x; i < x + w; i++)
        row->taken[i] = true;
    return true;
}

int label_row_free(const struct label_row *row)
{
    int n = 0;
    while (n < row->width && !row->taken[row->width - 1 - n])
        n++;
    return n;
}

void label_row_end(struct label_row *row)
{
    free(row->taken);
    row->taken = NULL;
}
