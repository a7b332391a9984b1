/* Decimal numbers: a sign, digits, a point, an exponent, nothing else.  Exact: what
 * strtof and strtod would give, a few times sooner. */
#ifndef DELTAW_BASE_DECIMAL_H
#define DELTAW_BASE_DECIMAL_H

#include <stdbool.h>
#include <stddef.h>

/* The first n bytes are the number; text[n] is NUL or a character that ends it.
 * False: no number, or too large for the type. */
bool decimal_double(const char *text, size_t n, double *out);
bool decimal_float(const char *text, size_t n, float *out);

#endif
