/* Numbers of a log: plain decimals and exponents, nothing else.  Exact: what
 * strtof and strtod would give, a few times sooner. */
#ifndef DATA_DECIMAL_H
#define DATA_DECIMAL_H

#include <stdbool.h>
#include <stddef.h>

/* text[n] is NUL.  False: no number, or too large for the type. */
bool decimal_double(const char *text, size_t n, double *out);
bool decimal_float(const char *text, size_t n, float *out);
/* "", nan, na, n/a, null, none, "." in any case: nothing was recorded. */
bool decimal_missing(const char *text, size_t n);

#endif
