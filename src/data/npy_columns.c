/* Columns of trials from .npy arrays. */
#include <stdlib.h>

#include "deltaw/base/mem.h"
#include "memory.h"
#include "npy.h"

enum { WIDEST = 64 };

/* An item becomes a number, or a pointer and an allocation with its text. */
static bool has_room(const struct npy_header *h, size_t rows, size_t width, struct err *err)
{
    enum { TEXT = 40 };
    bool numbers = !h->n_fields && h->type.kind != 'U' && h->type.kind != 'S';
    double items = (double)rows * (double)(h->n_fields ? h->n_fields : width);
    return mem_room(items * (numbers ? sizeof(double) : TEXT) +
                        (numbers ? 0 : (double)rows * (double)h->type.item),
                    NULL, err);
}

/* n items, `step` bytes apart. */
static void add_column(struct log_source *source, const char *name, const unsigned char *p,
                       size_t n, size_t step, const struct npy_type *type)
{
    if (type->kind == 'U' || type->kind == 'S' || type->kind == 'M') {
        char **texts = mem_new(n, sizeof *texts);
        for (size_t i = 0; i < n; i++)
            texts[i] = npy_text(p + i * step, type);
        memory_texts(source, name, n, texts);
        return;
    }
    double *values = mem_new(n, sizeof *values);
    for (size_t i = 0; i < n; i++)
        values[i] = npy_number(p + i * step, type);
    memory_numbers(source, name, n, values);
}

static void leave_out(struct log_source *source, const char *name, const char *why)
{
    strbuf_printf(&source->odd, "%s: %.60s is left out: %s\n", source->path, name, why);
}

bool npy_columns(struct log_source *source, const char *name, const unsigned char *bytes, size_t n,
                 struct err *err)
{
    struct npy_header h;
    if (!npy_header_read(bytes, n, true, &h, err)) {
        npy_header_free(&h);
        return false;
    }
    const unsigned char *p = bytes + h.data;
    size_t item = h.type.item, rows = h.n_dimensions ? h.shape[0] : 1;
    size_t width = h.n_dimensions == 2 ? h.shape[1] : 1;
    if (!has_room(&h, rows, width, err)) {
        npy_header_free(&h);
        return false;
    }
    for (size_t i = 0; h.n_dimensions <= 1 && i < h.n_fields; i++)
        add_column(source, h.fields[i].name, p + h.fields[i].offset, rows, item, &h.fields[i].type);
    if (h.n_fields && h.n_dimensions <= 1)
        ;
    else if (h.n_dimensions > 2 || width > WIDEST || h.type.kind == 'V')
        leave_out(source, name, "it is no column of numbers or texts");
    else if (width == 1)
        add_column(source, name, p, rows, item, &h.type);
    else
        for (size_t k = 0; k < width; k++) {
            char *numbered = mem_printf("%s_%zu", name, k);
            add_column(source, numbered, p + item * (h.fortran ? k * rows : k), rows,
                       h.fortran ? item : item * width, &h.type);
            free(numbered);
        }
    npy_header_free(&h);
    return true;
}
