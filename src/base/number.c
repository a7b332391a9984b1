#include "deltaw/base/number.h"

#include <errno.h>
#include <float.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "deltaw/base/decimal.h"

/* An unsigned decimal number of n bytes. */
static bool plain(const char *text, size_t n, double *out)
{
    return *text != '-' && *text != '+' && decimal_double(text, n, out);
}

bool number_parse(const char *text, double *out)
{
    bool negative = *text == '-';
    const char *p = text + (*text == '-' || *text == '+'), *caret = strchrnul(p, '^');
    double value, power;
    if (!strcasecmp(p, "nan")) {
        *out = NAN;
        return true;
    }
    if (!plain(p, (size_t)(caret - p), &value))
        return false;
    if (*caret) {
        if (!decimal_double(caret + 1, strlen(caret + 1), &power))
            return false;
        value = pow(value, power);
        if (!isfinite(value))
            return false;
    }
    *out = negative ? -value : value;
    return true;
}

uint64_t number_digest(const char *text)
{
    return strtoull(text, NULL, 16);
}

bool number_parse_integer(const char *text, long long *out)
{
    const char *p = text + (*text == '-' || *text == '+');
    size_t digits = strspn(p, "0123456789");
    if (digits && !p[digits]) {
        errno = 0;
        long long value = strtoll(text, NULL, 10);
        if (errno)
            return false;
        *out = value;
        return true;
    }
    /* 2^10, 1e3, 1.0: if a double holds it exactly. */
    double value;
    if (!number_parse(text, &value) || !(fabs(value) <= 9007199254740992.0) ||
        value != floor(value))
        return false;
    *out = (long long)value;
    return true;
}

static const char *special(char buf[NUMBER_SIZE], double value)
{
    strcpy(buf, isnan(value) ? "nan" : value < 0 ? "-inf" : "inf");
    return buf;
}

const char *number_format(char buf[NUMBER_SIZE], double value, int digits)
{
    if (!isfinite(value))
        return special(buf, value);
    if (value == 0)
        value = 0; /* no "-0" */
    digits = digits < 1 ? 1 : digits > 17 ? 17 : digits;
    snprintf(buf, NUMBER_SIZE, "%.*g", digits, value);
    return buf;
}

/* With the digits every float can keep (6; double 15) %g drops trailing zeros
 * and so is the shortest already.  Denormals keep fewer: begin at one. */
const char *number_float(char buf[NUMBER_SIZE], float value)
{
    if (!isfinite(value))
        return special(buf, (double)value);
    int digits = fabsf(value) < FLT_MIN ? 1 : FLT_DIG;
    for (; digits <= FLT_DECIMAL_DIG; digits++) {
        snprintf(buf, NUMBER_SIZE, "%.*g", digits, (double)value);
        if (strtof(buf, NULL) == value)
            break;
    }
    return buf;
}

const char *number_double(char buf[NUMBER_SIZE], double value)
{
    if (!isfinite(value))
        return special(buf, value);
    int digits = fabs(value) < DBL_MIN ? 1 : DBL_DIG;
    for (; digits <= DBL_DECIMAL_DIG; digits++) {
        snprintf(buf, NUMBER_SIZE, "%.*g", digits, value);
        if (strtod(buf, NULL) == value)
            break;
    }
    return buf;
}

const char *number_fixed(char buf[NUMBER_SIZE], double value, int places, bool sign)
{
    if (!isfinite(value))
        return special(buf, value);
    if (fabs(value) >= 1e15)
        return number_format(buf, value, 6);
    places = places < 0 ? 0 : places > 17 ? 17 : places;
    char digits[NUMBER_SIZE - 2];
    snprintf(digits, sizeof digits, "%.*f", places, fabs(value));
    bool zero = strspn(digits, "0.") == strlen(digits);
    const char *mark = zero ? "" : value < 0 ? "-" : sign ? "+" : "";
    const char *rest = digits[0] == '0' && digits[1] == '.' ? digits + 1 : digits;
    snprintf(buf, NUMBER_SIZE, "%s%s", mark, rest);
    return buf;
}

const char *number_grouped(char buf[NUMBER_SIZE], long long value)
{
    char digits[24];
    unsigned long long size =
        value < 0 ? 0ULL - (unsigned long long)value : (unsigned long long)value;
    int n = snprintf(digits, sizeof digits, "%llu", size);
    char *p = buf;
    if (value < 0)
        *p++ = '-';
    for (int i = 0; i < n; i++) {
        if (i && (n - i) % 3 == 0)
            *p++ = ',';
        *p++ = digits[i];
    }
    *p = '\0';
    return buf;
}

double number_percent(double share)
{
    return round(share * 1e12) / 1e10;
}

const char *number_duration(char buf[NUMBER_SIZE], double seconds)
{
    if (!(seconds >= 0) || !isfinite(seconds)) {
        strcpy(buf, "?");
        return buf;
    }
    if (seconds < .9995) {
        snprintf(buf, NUMBER_SIZE, "%.0f ms", seconds * 1e3);
        return buf;
    }
    double whole = round(seconds);
    if (whole >= 100 * 86400.) {
        snprintf(buf, NUMBER_SIZE, "%.6g d", whole / 86400);
        return buf;
    }
    static const struct {
        int seconds;
        const char *name;
    } units[] = {{86400, "d"}, {3600, "h"}, {60, "min"}, {1, "s"}};
    int left = (int)whole, i = 0;
    while (left < units[i].seconds)
        i++;
    int n = snprintf(buf, NUMBER_SIZE, "%d %s", left / units[i].seconds, units[i].name);
    left %= units[i].seconds;
    if (i < 3 && left >= units[i + 1].seconds)
        snprintf(buf + n, NUMBER_SIZE - (size_t)n, " %d %s", left / units[i + 1].seconds,
                 units[i + 1].name);
    return buf;
}
