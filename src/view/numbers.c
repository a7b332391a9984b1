#include "numbers.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "deltaw/base/mem.h"
#include "deltaw/base/number.h"
#include "deltaw/base/utf8.h"

size_t numbers_list(const char *text, double *out, size_t most)
{
    size_t n = 0;
    while (text && *text) {
        size_t length = strcspn(text, ",");
        char *item = mem_text_n(text, length);
        double value;
        bool fine = number_parse(item, &value) && isfinite(value) && n < most;
        free(item);
        if (!fine)
            return 0;
        out[n++] = value;
        text += length;
        text += *text == ',';
    }
    return n;
}

const char *numbers_short(char buf[NUMBER_SIZE], double value, int places)
{
    number_fixed(buf, value, places, false);
    if (strchr(buf, '.')) {
        size_t n = strlen(buf);
        while (buf[n - 1] == '0')
            buf[--n] = '\0';
        if (buf[n - 1] == '.')
            buf[--n] = '\0';
    }
    if (buf[0] == '\0' || strcmp(buf, "-") == 0)
        strcpy(buf, "0");
    return buf;
}

static int places_of(double scale)
{
    int places = 4;
    if (scale > 0 && isfinite(scale)) {
        places = 2 - (int)floor(log10(scale));
        places = places < 1 ? 1 : places > 9 ? 9 : places;
    }
    return places;
}

const char *numbers_signed(char buf[NUMBER_SIZE], double value, double scale)
{
    return number_fixed(buf, value, places_of(scale), true);
}

const char *numbers_size(char buf[NUMBER_SIZE], double value, double scale)
{
    return number_fixed(buf, value, places_of(scale), false);
}

static const double ladder[] = {1, 1.5, 2, 3, 4, 5, 6, 8};
enum { LADDER_N = sizeof ladder / sizeof ladder[0] };

/* Steps of the ladder are counted from 1 = step 0, 10 = step LADDER_N. */
static double ladder_value(long step)
{
    long decade = step >= 0 ? step / LADDER_N : -((-step + LADDER_N - 1) / LADDER_N);
    return ladder[step - decade * LADDER_N] * pow(10, (double)decade);
}

static long ladder_step(double value)
{
    long step = (long)floor(log10(value)) * LADDER_N;
    while (ladder_value(step) < value * (1 - 1e-9))
        step++;
    return step;
}

double numbers_nice(double value)
{
    if (!(value > 1e-30) || !isfinite(value))
        return 1e-3;
    return ladder_value(ladder_step(value));
}

double numbers_nice_step(double value, bool up)
{
    long step = ladder_step(value > 1e-30 && isfinite(value) ? value : 1e-3);
    return ladder_value(up ? step + 1 : step - 1);
}

double numbers_bias_step(double now, bool up)
{
    double least = -1;
    if (isnan(now))
        return up ? least : NAN;
    double next = up ? floor(now * 2 + 1) / 2 : ceil(now * 2 - 1) / 2;
    return up || next >= least ? next : NAN;
}
