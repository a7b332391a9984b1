#include "deltaw/base/mem.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "deltaw/base/err.h"

static size_t product(size_t n, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(n, size, &bytes) || bytes > PTRDIFF_MAX)
        err_die("out of memory: %zu items of %zu bytes", n, size);
    return bytes ? bytes : 1;
}

static void *must(void *memory, size_t bytes)
{
    if (!memory)
        err_die("out of memory: %zu bytes", bytes);
    return memory;
}

void *mem_new(size_t n, size_t size)
{
    size_t bytes = product(n, size);
    return must(calloc(1, bytes), bytes);
}

void *mem_aligned(size_t n, size_t size)
{
    size_t bytes = product(n, size);
    bytes = (bytes + 63) & ~(size_t)63;
    return memset(must(aligned_alloc(64, bytes), bytes), 0, bytes);
}

void *mem_resize(void *old, size_t n, size_t size)
{
    size_t bytes = product(n, size);
    return must(realloc(old, bytes), bytes);
}

void *mem_reserve(void *old, size_t *capacity, size_t need, size_t size)
{
    if (old && need <= *capacity)
        return old;
    size_t more = *capacity;
    if (__builtin_add_overflow(more, more, &more) || more < need)
        more = need;
    if (more < 8)
        more = 8;
    void *memory = mem_resize(old, more, size);
    *capacity = more;
    return memory;
}

void mem_discard(void *memory, size_t bytes)
{
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    uintptr_t from = ((uintptr_t)memory + page - 1) / page * page;
    uintptr_t to = ((uintptr_t)memory + bytes) / page * page;
    if (to > from)
        madvise((void *)from, to - from, MADV_DONTNEED);
}

char *mem_text(const char *text)
{
    return mem_copy(text, strlen(text) + 1, 1);
}

char *mem_text_n(const char *text, size_t n)
{
    char *copy = must(malloc(product(n + 1, 1)), n + 1);
    if (n)
        memcpy(copy, text, n);
    copy[n] = '\0';
    return copy;
}

void *mem_copy(const void *from, size_t n, size_t size)
{
    size_t bytes = product(n, size);
    void *copy = must(malloc(bytes), bytes);
    if (n && size)
        memcpy(copy, from, n * size);
    return copy;
}

char *mem_printf(const char *format, ...)
{
    va_list ap;
    va_start(ap, format);
    char *text = NULL;
    int n = vasprintf(&text, format, ap);
    va_end(ap);
    if (n < 0)
        err_die("out of memory: a text of format \"%s\"", format);
    return text;
}
