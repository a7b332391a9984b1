/* Memory that ends the program when there is none: callers never test for
 * NULL.  Everything is released with free().  Sizes are checked for overflow.
 *
 * What grows with a log or with an option asks first whether there is room, and is refused
 * where there is not: mem_room. */
#ifndef DELTAW_BASE_MEM_H
#define DELTAW_BASE_MEM_H

#include <stdbool.h>
#include <stddef.h>

#include "deltaw/base/err.h"

/* Zeroed; n * size bytes, at least one. */
void *mem_new(size_t n, size_t size) __attribute__((malloc, returns_nonnull));
/* Zeroed, at a multiple of 64 bytes. */
void *mem_aligned(size_t n, size_t size) __attribute__((malloc, returns_nonnull));
/* Plain realloc to n * size; new bytes are not zeroed. */
void *mem_resize(void *old, size_t n, size_t size) __attribute__((returns_nonnull));
/* Room for `need` items of `size` in an array of *capacity: doubles.  Returns
 * the array (moved or not); new bytes are not zeroed. */
void *mem_reserve(void *old, size_t *capacity, size_t need, size_t size)
    __attribute__((returns_nonnull));
/* The contents of these bytes are no longer needed: whole pages among them go back to the
 * system at once and read as 0 until the allocation is freed. */
void mem_discard(void *memory, size_t bytes);

/* Bytes that can still be had: the least of machine, control group and address space, minus a
 * reserve.  INFINITY: not known. */
double mem_available(void);
/* What the limit of the address space (ulimit -v) leaves; INFINITY: there is none. */
double mem_space(void);
/* False and "WHAT: not enough memory: ..." (NULL: without) when so many bytes more are
 * not there.  Little is not asked for; otherwise it takes some 50 us. */
bool mem_room(double bytes, const char *what, struct err *err);

/* From now on the address space grows by at most so many bytes: for a process of its own. */
void mem_limit(double bytes);

char *mem_text(const char *text) __attribute__((malloc, returns_nonnull));
char *mem_text_n(const char *text, size_t n) __attribute__((malloc, returns_nonnull));
void *mem_copy(const void *from, size_t n, size_t size) __attribute__((malloc, returns_nonnull));
char *mem_printf(const char *format, ...) __attribute__((format(printf, 1, 2), returns_nonnull));

#endif
