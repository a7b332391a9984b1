/* Numbers as text.  The program never sets LC_NUMERIC, so strtod and printf
 * use the point everywhere. */
#ifndef DELTAW_BASE_NUMBER_H
#define DELTAW_BASE_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { NUMBER_SIZE = 40 };

/* The whole text is one number: 3, -.5, 1e-3, 2^-6, -2^3, nan.  Blanks around
 * it are not allowed.  False: it is not one, or it overflows. */
bool number_parse(const char *text, double *out);
bool number_parse_integer(const char *text, long long *out);
/* A digest as files have it, in hexadecimal digits; 0: it is none. */
uint64_t number_digest(const char *text);

/* `digits` significant digits, no "-0", NaN as "nan". */
const char *number_format(char buf[NUMBER_SIZE], double value, int digits);
/* As short as it can be and still read back as the same float / double. */
const char *number_float(char buf[NUMBER_SIZE], float value);
const char *number_double(char buf[NUMBER_SIZE], double value);
/* For people: .0172, -1.5, .0003; `places` digits after the point, no leading
 * zero, sign kept when `sign`. */
const char *number_fixed(char buf[NUMBER_SIZE], double value, int places, bool sign);
/* A share in per cent, rounded so that .775 is 77.5 and not 77.49999999999999. */
double number_percent(double share);
/* 1234567 as "1,234,567". */
const char *number_grouped(char buf[NUMBER_SIZE], long long value);
/* Seconds as "8 s", "2 min 5 s", "1 h 3 min". */
const char *number_duration(char buf[NUMBER_SIZE], double seconds);

#endif
