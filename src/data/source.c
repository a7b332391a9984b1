#include "source.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "csv.h"
#include "deltaw/base/decimal.h"
#include "deltaw/base/mem.h"
#include "parquet.h"

static const struct log_format formats[] = {
#define FORMAT(id, endings, ...) {.name = #id, __VA_ARGS__},
#include "deltaw/data/formats.def"
#undef FORMAT
};

const char load_formats[] = "auto"
#define FORMAT(id, endings, ...) "|" #id
#include "deltaw/data/formats.def"
#undef FORMAT
    ;

const char load_endings[] = ""
#define FORMAT(id, endings, ...) endings "|"
#include "deltaw/data/formats.def"
#undef FORMAT
    ;

/* What else people try to load. */
static const struct {
    const char *magic;
    size_t n;
    const char *what;
} others[] = {
    {"PK\3\4", 4, "a zip archive; unpack it and load the CSV file inside"},
    {"\xfd"
     "7zXZ",
     5, "an xz file; unpack it with unxz"},
    {"BZh", 3, "a bzip2 file; unpack it with bunzip2"},
    {"\x28\xb5\x2f\xfd", 4, "a zstd file; unpack it with unzstd"},
    {"\x93NUMPY", 6, "a numpy array; save the trials as CSV"},
    {"\x89HDF", 4, "an HDF5 file; save the trials as CSV"},
    {"MATLAB ", 7, "a MATLAB file; save the trials as CSV"},
    {"\xff\xfe", 2, "UTF-16 text; save it as UTF-8"},
    {"\xfe\xff", 2, "UTF-16 text; save it as UTF-8"},
};

static const struct log_format *find_format(const char *name, const unsigned char *head, size_t n,
                                            struct err *err)
{
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
        if (name ? strcmp(name, formats[i].name) == 0 : formats[i].sniff(head, n))
            return &formats[i];
    err_set(err, ERR_USAGE, "no format is called '%s'; it is one of %s", name, load_formats);
    return NULL;
}

static bool open_format(struct log_source *source, struct err *err)
{
    const char *name = source->options->format;
    size_t n;
    const unsigned char *head = gz_head(source->in, &n, err);
    if (!head) {
        err_prefix(err, "%s:1", source->path);
        return false;
    }
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if (n >= others[i].n && memcmp(head, others[i].magic, others[i].n) == 0)
            return err_set(err, ERR_DATA, "%s: this is %s", source->path, others[i].what);
    bool named = name && strcmp(name, "auto") != 0;
    source->format = find_format(named ? name : NULL, head, n, err);
    return source->format && source->format->open(source, err);
}

bool source_open(struct log_source *source, const char *path, const struct load_options *options,
                 struct err *err)
{
    *source = (struct log_source){.options = options, .path = mem_text(path)};
    source->in = gz_open(path, options->cancel, err);
    if (!source->in)
        err_prefix(err, "%s", path);
    if (!source->in || !open_format(source, err)) {
        source_close(source);
        return false;
    }
    source->cells = mem_new(source->n_columns, sizeof *source->cells);
    source->wanted = mem_new(source->n_columns, sizeof *source->wanted);
    return true;
}

void source_close(struct log_source *source)
{
    if (source->format)
        source->format->close(source);
    for (size_t i = 0; i < source->n_columns; i++)
        free(source->columns[i].name);
    free(source->columns);
    free(source->cells);
    free(source->wanted);
    free(source->path);
    strbuf_free(&source->odd);
    gz_close(source->in);
    *source = (struct log_source){0};
}

void source_place(const struct log_format *format, const char *path, size_t row, struct strbuf *out)
{
    strbuf_printf(out, "%s:%s%zu", path, format->unit, row);
}

bool source_refuse(const struct log_source *source, struct err *err, const char *format, ...)
{
    struct strbuf text = {0};
    va_list list;
    source_place(source->format, source->path, source->row, &text);
    strbuf_puts(&text, ": ");
    va_start(list, format);
    strbuf_vprintf(&text, format, list);
    va_end(list);
    err_set(err, ERR_DATA, "%s", strbuf_text(&text));
    strbuf_free(&text);
    return false;
}

bool cell_number(const struct log_source *source, size_t column, double *out)
{
    const struct log_cell *cell = &source->cells[column];
    *out = NAN;
    if (source->columns[column].type == LOG_NUMBER) {
        *out = cell->number;
        return true;
    }
    return decimal_double(cell->text, cell->n, out) || text_missing(cell->text, cell->n);
}

bool text_missing(const char *text, size_t n)
{
    static const char *const words[] = {"nan", "na", "n/a", "null", "none", ".", "<na>", NULL};
    if (n == 0)
        return true;
    if (n > 4 || (text[0] >= '0' && text[0] <= '9'))
        return false;
    for (size_t i = 0; words[i]; i++)
        if (strcasecmp(text, words[i]) == 0)
            return true;
    return false;
}
