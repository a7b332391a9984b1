#include "deltaw/base/decimal.h"

#include <float.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { LONGEST = 800 };

static const double tens[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                              1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                              1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

/* Digits from p on into *m, as many as fit. */
static const char *take_digits(const char *p, const char *end, uint64_t *m)
{
    uint64_t v = *m;
    for (unsigned d; p < end && (d = (unsigned char)*p - '0') <= 9; p++)
        v = v * 10 + d;
    *m = v;
    return p;
}

/* An exponent behind its e; NULL: it is none. */
static const char *take_exponent(const char *p, const char *end, int *e)
{
    bool negative = p < end && *p == '-';
    if (p < end && (*p == '-' || *p == '+'))
        p++;
    const char *from = p;
    for (; p < end && *p >= '0' && *p <= '9'; p++)
        if (*e < 100000)
            *e = *e * 10 + (*p - '0');
    if (negative)
        *e = -*e;
    return p == from ? NULL : p;
}

/* The number as mantissa * 10^exponent; *exact says that the mantissa holds all
 * digits.  False: not a decimal number. */
static bool scan(const char *text, size_t n, uint64_t *mantissa, int *exponent, bool *exact)
{
    const char *p = text, *end = text + n;
    uint64_t m = 0;
    int e = 0;
    if (p < end && (*p == '-' || *p == '+'))
        p++;
    const char *from = p;
    p = take_digits(p, end, &m);
    ptrdiff_t digits = p - from, places = 0;
    if (p < end && *p == '.') {
        from = ++p;
        p = take_digits(p, end, &m);
        places = p - from;
        digits += places;
    }
    if (digits == 0)
        return false;
    if (p < end && (*p == 'e' || *p == 'E') && !(p = take_exponent(p + 1, end, &e)))
        return false;
    *mantissa = m;
    *exponent = e - (int)places;
    *exact = digits <= 18;
    return p == end;
}

/* 1: done.  0: leave it to strtod.  -1: no number. */
static int quick(const char *text, size_t n, double *out)
{
    uint64_t m;
    int e;
    bool exact;
    if (n == 1 && (unsigned char)(text[0] - '0') <= 9) {
        *out = text[0] - '0';
        return 1;
    }
    if (n == 0 || n > LONGEST || !scan(text, n, &m, &e, &exact))
        return -1;
    /* Both factors are exact doubles, so one operation rounds once. */
    if (!exact || m > (UINT64_C(1) << 53) || e < -22 || e > 22)
        return 0;
    double v = e < 0 ? (double)m / tens[-e] : (double)m * tens[e];
    *out = text[0] == '-' ? -v : v;
    return 1;
}

bool decimal_double(const char *text, size_t n, double *out)
{
    double v;
    int got = quick(text, n, &v);
    if (got < 0)
        return false;
    if (got == 0)
        v = strtod(text, NULL);
    if (isinf(v))
        return false;
    *out = v;
    return true;
}

bool decimal_float(const char *text, size_t n, float *out)
{
    double v;
    uint64_t bits;
    int got = quick(text, n, &v);
    if (got < 0)
        return false;
    memcpy(&bits, &v, sizeof bits);
    /* Rounding twice goes wrong only from the middle between two floats, and
     * below the normal range where that middle lies elsewhere. */
    bool middle = (bits & 0x1fffffff) == 0x10000000;
    float f;
    if (got == 0 || middle || (v != 0 && fabs(v) < FLT_MIN) || fabs(v) > FLT_MAX)
        f = strtof(text, NULL);
    else
        f = (float)v;
    if (isinf(f))
        return false;
    *out = f;
    return true;
}
