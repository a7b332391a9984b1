#include "source.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "arrays.h"
#include "csv.h"
#include "deltaw/base/decimal.h"
#include "deltaw/base/mem.h"
#include "mat.h"
#include "nwb.h"
#include "parquet.h"

static const struct log_format formats[] = {
#define FORMAT(id, endings, ...) {.name = #id, __VA_ARGS__},
#include "deltaw/data/formats.def"
#undef FORMAT
};

const char source_formats[] = "auto"
#define FORMAT(id, endings, ...) "|" #id
#include "deltaw/data/formats.def"
#undef FORMAT
    ;

const char source_endings[] = ""
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
    {"PK\3\4", 4, "a zip archive that holds no logs; a spreadsheet (.xlsx) is to be saved as CSV"},
    {"\xd0\xcf\x11\xe0", 4, "an old spreadsheet or document; save the table as CSV"},
    {"\x1f\x8b", 2, "packed twice; unpack it once, with gzip -d"},
    {"version https://git-lfs", 23, "what Git LFS keeps instead of the file; git lfs pull gets it"},
    {"<!DOCTYPE", 9, "a page of the web, perhaps of an error when the file was fetched"},
    {"<html", 5, "a page of the web, perhaps of an error when the file was fetched"},
    {"{", 1, "JSON; save the trials as CSV"},
    {"[", 1, "JSON; save the trials as CSV"},
    {"\xff\xfe", 2, "UTF-16 text; save it as UTF-8"},
    {"\xfe\xff", 2, "UTF-16 text; save it as UTF-8"},
    {"PAR1", 4, "a Parquet file that is damaged, or not text"},
    {"\x89HDF", 4, "an HDF5 file, not text"},
    {"MATLAB ", 7, "a MATLAB file, not text"},
};

static const struct log_format *find_format(const char *name, const unsigned char *head, size_t n,
                                            struct err *err)
{
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
        if (name ? strcmp(name, formats[i].name) == 0 : formats[i].sniff(head, n))
            return &formats[i];
    err_set(err, ERR_USAGE, "no format is called '%s'; it is one of %s", name, source_formats);
    return NULL;
}

static bool refuse_other(const struct log_source *source, const unsigned char *head, size_t n,
                         struct err *err)
{
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if (n >= others[i].n && memcmp(head, others[i].magic, others[i].n) == 0)
            return err_set(err, ERR_DATA, "%s: this is %s", source->path, others[i].what);
    return true;
}

static bool open_format(struct log_source *source, struct err *err)
{
    const char *name = source->input->format ? source->input->format : source->options->format;
    const unsigned char *head = NULL;
    size_t n = 0;
    if (source->in && !(head = gz_head(source->in, &n, err))) {
        err_prefix(err, "%s:1", source->path);
        return false;
    }
    bool named = name && strcmp(name, "auto") != 0;
    source->format = find_format(named ? name : NULL, head, n, err);
    if (!source->format || (source->format->any && !refuse_other(source, head, n, err)))
        return false;
    if (source->format->whole && source->in && !(source->file = gz_whole(source->in, err))) {
        err_prefix(err, "%s", source->path);
        return false;
    }
    return source->format->open(source, err);
}

bool source_open(struct log_source *source, const struct input *input,
                 const struct load_options *options, struct err *err)
{
    *source = (struct log_source){
        .options = options, .input = input, .path = mem_text(input->name), .tanh5 = input->ibl};
    if (input->n_files == 0) {
        source->in = gz_open(input->path, input->member, options->cancel, err);
        if (!source->in)
            err_prefix(err, "%s", source->path);
    }
    if ((input->n_files == 0 && !source->in) || !open_format(source, err)) {
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

/* "FILE:12" */
static void source_place(const struct log_format *format, const char *path, size_t row,
                         struct strbuf *out)
{
    strbuf_puts(out, path);
    if (row > 0)
        strbuf_printf(out, ":%s%zu", format->unit, row);
}

bool source_refuse_at(const struct log_format *kind, const char *path, size_t row, struct err *err,
                      const char *format, va_list list)
{
    struct strbuf text = {0};
    source_place(kind, path, row, &text);
    strbuf_puts(&text, ": ");
    strbuf_vprintf(&text, format, list);
    err_set(err, ERR_DATA, "%s", strbuf_text(&text));
    strbuf_free(&text);
    return false;
}

bool source_refuse(const struct log_source *source, struct err *err, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    source_refuse_at(source->format, source->path, source->row, err, format, list);
    va_end(list);
    return false;
}

bool source_cell_number(const struct log_source *source, size_t column, double *out)
{
    const struct log_cell *cell = &source->cells[column];
    *out = NAN;
    if (source->columns[column].type == LOG_NUMBER) {
        *out = cell->number;
        return true;
    }
    return decimal_double(cell->text, cell->n, out) || source_text_missing(cell->text, cell->n);
}

bool source_text_missing(const char *text, size_t n)
{
    static const char *const words[] = {"nan",  "na",     "n/a",  "null",  "none",    ".",
                                        "<na>", "#n/a",   "n.a.", "nil",   "<null>",  "(null)",
                                        "--",   "#null!", "\\n",  "#num!", "missing", NULL};
    if (n == 0)
        return true;
    if (n > 7 || (text[0] >= '0' && text[0] <= '9'))
        return false;
    for (size_t i = 0; words[i]; i++)
        if (strcasecmp(text, words[i]) == 0)
            return true;
    return false;
}
