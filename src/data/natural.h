/* The natural order of names that hold numbers and dates: day2 before day10, and
 * 12312022 before 01012023 where the month is known to come first. */
#ifndef DATA_NATURAL_H
#define DATA_NATURAL_H

#include <stdbool.h>

#include "deltaw/base/strbuf.h"

/* Orders in which a date may be written, as bits. */
enum { NATURAL_YMD = 1, NATURAL_DMY = 2, NATURAL_MDY = 4, NATURAL_ALL = 7 };

/* The orders that all dates in the text can have; NATURAL_ALL when it holds none.  A
 * date is eight digits, or three numbers with - / . or _ between of which the first or
 * last has four digits, or (short_years) two; or has the month as a word.  Nobody writes
 * a short year first with . or / behind it. */
unsigned natural_orders(const char *text, bool short_years);
/* Appends a text that sorts, as bytes, the way the name does: numbers padded, dates with
 * the year first.  shape, if any, gets what the name is without its numbers: names of one
 * shape can be compared.  Returns how many numbers and dates there were. */
size_t natural_key(const char *text, unsigned order, bool short_years, struct strbuf *key,
                   struct strbuf *shape);

/* Bytes up to the end of the first date in the text; 0: there is none. */
size_t natural_day(const char *text);
/* Year, month and day of the date that the text begins with; returns its bytes, 0: it begins
 * with none that has this order. */
size_t natural_date(const char *text, unsigned order, int date[3]);
/* Widens [*least, *most] to the years of the dates in the text, in this order. */
void natural_years(const char *text, unsigned order, bool short_years, int *least, int *most);

/* Puts names in natural order: dates with the year first, numbers by value. */
void natural_sort(char **names, size_t n);

#endif
