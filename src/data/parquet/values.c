#include "values.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "decode.h"
#include "deltaw/base/mem.h"

bool parquet_is_text(const struct parquet_column *c)
{
    return c->meaning == PARQUET_TEXT || c->meaning == PARQUET_DATE ||
           c->meaning == PARQUET_TIMESTAMP || c->meaning == PARQUET_UUID;
}

struct values values_new(const struct parquet_column *c, size_t n)
{
    struct values v = {0};
    if (parquet_is_text(c))
        v.texts = mem_new(n, sizeof *v.texts);
    else
        v.numbers = mem_new(n, sizeof *v.numbers);
    return v;
}

void values_free(struct values *v)
{
    free(v->numbers), free(v->texts);
    strbuf_free(&v->arena);
}

size_t values_width(const struct parquet_column *c)
{
    switch (c->physical) {
    case PARQUET_INT32:
    case PARQUET_FLOAT: return 4;
    case PARQUET_INT64:
    case PARQUET_DOUBLE: return 8;
    case PARQUET_INT96: return 12;
    case PARQUET_FIXED: return c->width;
    default: return 0;
    }
}

static double half(uint64_t v)
{
    int exponent = v >> 10 & 31;
    double mantissa = (double)(v & 1023), sign = v >> 15 & 1 ? -1 : 1;
    if (exponent == 31)
        return mantissa != 0 ? NAN : sign * INFINITY;
    return sign * (exponent ? ldexp(1024 + mantissa, exponent - 25) : ldexp(mantissa, -24));
}

/* Integers, of INT32 with their sign. */
double values_integer(const struct parquet_column *c, int64_t v)
{
    double value = c->meaning != PARQUET_UNSIGNED ? (double)v
                   : c->physical == PARQUET_INT32 ? (double)(uint32_t)v
                                                  : (double)(uint64_t)v;
    return c->meaning == PARQUET_TIME ? value / c->per_second : value;
}

static int64_t stored_integer(const struct parquet_column *c, const unsigned char *at)
{
    return c->physical == PARQUET_INT32 ? (int32_t)parquet_little(at, 4)
                                        : (int64_t)parquet_little(at, 8);
}

static double stored_number(const struct parquet_column *c, const unsigned char *at)
{
    float f;
    double d;
    switch (c->physical) {
    case PARQUET_FLOAT: memcpy(&f, at, sizeof f); return f;
    case PARQUET_DOUBLE: memcpy(&d, at, sizeof d); return d;
    case PARQUET_FIXED: return half(parquet_little(at, 2));
    default: return values_integer(c, stored_integer(c, at));
    }
}

void values_add_text(struct values *v, size_t i, const char *text, size_t n)
{
    while (n > 0 && (*text == ' ' || *text == '\t'))
        text++, n--;
    while (n > 0 && (text[n - 1] == ' ' || text[n - 1] == '\t'))
        n--;
    strbuf_add(&v->arena, text, n);
    strbuf_putc(&v->arena, 0);
    v->texts[i].n = n;
}

/* Now that the arena no longer moves. */
void values_place(struct values *v, size_t n)
{
    char *at = v->arena.text;
    for (size_t i = 0; i < n; i++) {
        v->texts[i].text = at;
        at += v->texts[i].n + 1;
    }
}

/* "2020-08-24", "2020-08-24T10:00:00.25"; whatever is not within these years is left out. */
static void add_moment(struct values *v, size_t i, double seconds, bool date)
{
    char text[64] = "", part[16];
    double whole = floor(seconds), fraction = seconds - whole;
    struct tm tm;
    time_t t = fabs(whole) < 1e11 ? (time_t)whole : 0;
    if (fabs(whole) < 1e11 && gmtime_r(&t, &tm)) {
        strftime(text, sizeof text, date ? "%Y-%m-%d" : "%Y-%m-%dT%H:%M:%S", &tm);
        snprintf(part, sizeof part, "%.6f", fraction);
        size_t n = strlen(part);
        while (n > 1 && (part[n - 1] == '0' || part[n - 1] == '.'))
            n--;
        part[n] = 0;
        if (!date && n > 1 && part[0] == '0')
            strcat(text, part + 1);
    }
    values_add_text(v, i, text, strlen(text));
}

static void add_uuid(struct values *v, size_t i, const unsigned char *at)
{
    char text[40], *to = text;
    for (int b = 0; b < 16; b++) {
        if (b == 4 || b == 6 || b == 8 || b == 10)
            *to++ = '-';
        to += sprintf(to, "%02x", at[b]);
    }
    values_add_text(v, i, text, (size_t)(to - text));
}

void values_add_moment(const struct parquet_column *c, struct values *v, size_t i, int64_t value)
{
    bool date = c->meaning == PARQUET_DATE;
    add_moment(v, i, date ? (double)value * 86400 : (double)value / c->per_second, date);
}

/* A value of fixed width in a column of texts. */
static void add_stored_text(const struct parquet_column *c, struct values *v, size_t i,
                            const unsigned char *at)
{
    if (c->physical == PARQUET_INT96) /* nanoseconds of the day, Julian day */
        add_moment(v, i,
                   ((double)parquet_little(at + 8, 4) - 2440588) * 86400 +
                       (double)parquet_little(at, 8) / 1e9,
                   false);
    else if (c->meaning == PARQUET_UUID)
        add_uuid(v, i, at);
    else if (c->physical == PARQUET_FIXED)
        values_add_text(v, i, (const char *)at, c->width);
    else
        values_add_moment(c, v, i, stored_integer(c, at));
}

void values_add(const struct parquet_column *c, struct values *v, size_t i, const unsigned char *at)
{
    if (parquet_is_text(c))
        add_stored_text(c, v, i, at);
    else
        v->numbers[i] = stored_number(c, at);
}
