#include "axis.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/utf8.h"
#include "deltaw/draw/plot.h"

/* --- ticks and numbers ----------------------------------------------------- */

size_t ticks_linear(double lo, double hi, size_t most, double *out)
{
    static const double ladder[] = {1, 2, 5};
    if (!(hi > lo) || most == 0 || !isfinite(hi - lo))
        return 0;
    double power = pow(10, floor(log10((hi - lo) / (double)most)) - 1), step = 0;
    for (int decade = 0; decade < 4 && step == 0; decade++, power *= 10)
        for (int i = 0; i < 3 && step == 0; i++) {
            double s = ladder[i] * power;
            if (s > 0 && floor(hi / s + 1e-9) - ceil(lo / s - 1e-9) + 1 <= (double)most)
                step = s;
        }
    size_t n = 0;
    if (step == 0)
        return 0;
    for (double k = ceil(lo / step - 1e-9); k * step <= hi + 1e-9 * step && n < most; k++) {
        out[n++] = k == 0 ? 0 : k * step;
        if (k + 1 == k) /* a range far from zero and too narrow for doubles */
            break;
    }
    return n;
}

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

const char *axis_short_label(char buf[40], double value)
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

struct ticks ticks_within(double lo, double hi, size_t most)
{
    struct ticks ticks = {0};
    ticks.n = ticks_linear(lo, hi, most < TICKS_MOST ? most : TICKS_MOST, ticks.at);
    return ticks;
}

const char *ticks_label(const struct ticks *ticks, size_t i, char text[40])
{
    const double *at = ticks->at;
    return tick_label(text, at[i], ticks->each ? at[i] : ticks->n > 1 ? at[1] - at[0] : at[0]);
}

/* --- labels ---------------------------------------------------------------- */

void label_row_begin(struct label_row *row, struct canvas *canvas, const struct style *style, int x,
                     int y, int width)
{
    *row = (struct label_row){canvas, style, x, y, width > 0 ? width : 0, NULL};
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

bool label_row_put(struct label_row *row, int centre, const char *text)
{
    int w = utf8_width(text), x = label_start(row, centre, w);
    if (!label_row_fits(row, centre, text))
        return false;
    canvas_text(row->canvas, row->x + x, row->y, w, text, COLOUR_DEFAULT, 0, row->style);
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
