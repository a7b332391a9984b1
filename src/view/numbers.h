/* Numbers as views print them, and steps of their ranges. */
#ifndef VIEW_NUMBERS_H
#define VIEW_NUMBERS_H

#include "deltaw/base/number.h"

/* The numbers of a list "-1,0,1"; 0 when one is none or there are too many. */
size_t numbers_list(const char *text, double *out, size_t most);

/* At most `places` digits after the point, no trailing zeros: "1.5", "-.3". */
const char *numbers_short(char buf[NUMBER_SIZE], double value, int places);
/* Signed, with as many places as a number of the size `scale` needs to show
 * three digits: "+.0172". */
const char *numbers_signed(char buf[NUMBER_SIZE], double value, double scale);
/* The same without a sign, for an error beside such a number. */
const char *numbers_size(char buf[NUMBER_SIZE], double value, double scale);
/* The smallest of 1, 1.5, 2, 3, 4, 5, 6, 8 times a power of ten that is >= value. */
double numbers_nice(double value);
/* The same ladder one step on (up) or back. */
double numbers_nice_step(double value, bool up);
/* Steps of a fixed bias weight: as visited (NaN), -1, -.5, 0, ... in halves. */
double numbers_bias_step(double now, bool up);

#endif
