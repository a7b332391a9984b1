#include "mat.h"

#include <config.h>
#include <math.h>
#include <matio.h>
#include <stdlib.h>
#include <string.h>

#include "sandbox.h"
#include "deltaw/base/library.h"
#include "deltaw/base/mem.h"

#define FUNCTIONS(F)               \
    F(Mat_LogInitFunc)             \
    F(Mat_Open)                    \
    F(Mat_Close)                   \
    F(Mat_VarReadNextInfo)         \
    F(Mat_VarReadDataAll)          \
    F(Mat_VarFree)                 \
    F(Mat_VarGetStructFieldByName) \
    F(Mat_VarGetStructFieldnames)  \
    F(Mat_VarGetNumberOfFields)
#define SYMBOL(name) {#name, offsetof(struct matio, name)},

struct matio {
    FUNCTIONS(LIBRARY_MEMBER)
};
static const struct library_symbol symbols[] = {FUNCTIONS(SYMBOL)};

enum { MOST = 1 << 28 /* items of a variable */ };

static size_t count_of(const matvar_t *v)
{
    size_t n = v->rank > 0;
    for (int i = 0; i < v->rank; i++)
        if (__builtin_mul_overflow(n, v->dims[i], &n))
            return MOST + 1;
    return n;
}

/* A row or column of numbers or logicals. */
static bool is_vector(const matvar_t *v)
{
    if (!v || v->rank != 2 || v->isComplex || !v->data || (v->dims[0] != 1 && v->dims[1] != 1))
        return false;
    return v->class_type >= MAT_C_DOUBLE && v->class_type <= MAT_C_UINT64 && count_of(v) <= MOST;
}

static double number_at(const matvar_t *v, size_t i)
{
    switch (v->class_type) {
    case MAT_C_DOUBLE: return ((const double *)v->data)[i];
    case MAT_C_SINGLE: return ((const float *)v->data)[i];
    case MAT_C_INT8: return ((const int8_t *)v->data)[i];
    case MAT_C_UINT8: return ((const uint8_t *)v->data)[i];
    case MAT_C_INT16: return ((const int16_t *)v->data)[i];
    case MAT_C_UINT16: return ((const uint16_t *)v->data)[i];
    case MAT_C_INT32: return ((const int32_t *)v->data)[i];
    case MAT_C_UINT32: return ((const uint32_t *)v->data)[i];
    case MAT_C_INT64: return (double)((const int64_t *)v->data)[i];
    case MAT_C_UINT64: return (double)((const uint64_t *)v->data)[i];
    default: return NAN;
    }
}

static bool fits_bytes(const matvar_t *v)
{
    static const size_t sizes[] = {
        [MAT_C_DOUBLE] = 8, [MAT_C_SINGLE] = 4, [MAT_C_INT8] = 1,  [MAT_C_UINT8] = 1,
        [MAT_C_INT16] = 2,  [MAT_C_UINT16] = 2, [MAT_C_INT32] = 4, [MAT_C_UINT32] = 4,
        [MAT_C_INT64] = 8,  [MAT_C_UINT64] = 8};
    return count_of(v) <= v->nbytes / sizes[v->class_type];
}

/* Row `row` of a matrix of characters, without the blanks that pad it. */
static char *text_of(const matvar_t *v, size_t row)
{
    size_t rows = v->rank == 2 ? v->dims[0] : 0, width = v->rank == 2 ? v->dims[1] : 0;
    size_t item = v->data_type == MAT_T_UINT16 || v->data_type == MAT_T_UTF16 ? 2 : 1;
    struct strbuf out = {0};
    for (size_t i = 0; v->data && i < width && (row + i * rows + 1) * item <= v->nbytes; i++) {
        size_t at = row + i * rows;
        unsigned code =
            item == 2 ? ((const uint16_t *)v->data)[at] : ((const unsigned char *)v->data)[at];
        if (code == 0)
            break;
        if (item == 1)
            strbuf_putc(&out, (char)code);
        else
            strbuf_codepoint(&out, code >= 0xd800 && code < 0xe000 ? 0xfffd : code);
    }
    while (out.len && out.text[out.len - 1] == ' ')
        strbuf_cut(&out, out.len - 1);
    return out.text ? strbuf_take(&out) : mem_text("");
}

/* A cell array of texts, one a trial. */
static bool add_cells(struct log_source *source, const char *name, matvar_t *v)
{
    size_t n = count_of(v);
    if (n < 2 || n > MOST || v->nbytes < n * sizeof(matvar_t *) || !v->data)
        return false;
    matvar_t **cells = v->data;
    for (size_t i = 0; i < n; i++)
        if (!cells[i] || (cells[i]->class_type != MAT_C_CHAR && count_of(cells[i]) > 0))
            return false;
    char **texts = mem_new(n, sizeof *texts);
    for (size_t i = 0; i < n; i++)
        texts[i] = cells[i]->class_type == MAT_C_CHAR && count_of(cells[i]) ? text_of(cells[i], 0)
                                                                            : mem_text("");
    memory_texts(source, name, n, texts);
    return true;
}

/* False: it is no column. */
static bool add_column(struct log_source *source, const char *name, matvar_t *v)
{
    if (!name || !v)
        return false;
    if (v->class_type == MAT_C_CELL)
        return add_cells(source, name, v);
    if (v->class_type == MAT_C_CHAR && v->rank == 2 && v->dims[0] > 1) {
        char **texts = mem_new(v->dims[0], sizeof *texts);
        for (size_t i = 0; i < v->dims[0]; i++)
            texts[i] = text_of(v, i);
        memory_texts(source, name, v->dims[0], texts);
        return true;
    }
    size_t n = count_of(v);
    if (!is_vector(v) || n < 2 || !fits_bytes(v))
        return false;
    double *values = mem_new(n, sizeof *values);
    for (size_t i = 0; i < n; i++)
        values[i] = number_at(v, i);
    memory_numbers(source, name, n, values);
    return true;
}

/* A struct of a damaged file may have neither names nor values. */
static bool is_struct(const struct matio *m, matvar_t *v)
{
    if (!v || v->class_type != MAT_C_STRUCT || !v->data)
        return false;
    size_t n = m->Mat_VarGetNumberOfFields(v), elements = count_of(v), bytes;
    char *const *names = m->Mat_VarGetStructFieldnames(v);
    if (!names || elements > MOST || __builtin_mul_overflow(n * elements, sizeof v, &bytes) ||
        v->nbytes < bytes)
        return false;
    for (size_t i = 0; i < n; i++)
        if (!names[i])
            return false;
    return true;
}

/* Field `name` of the i-th element, NULL without. */
static matvar_t *field(const struct matio *m, matvar_t *v, const char *name, size_t i)
{
    return is_struct(m, v) && i < count_of(v) ? m->Mat_VarGetStructFieldByName(v, name, i) : NULL;
}

/* A struct array has an element a trial, each field a number or a text. */
static bool add_elements(const struct matio *m, struct log_source *source, matvar_t *v,
                         const char *name)
{
    size_t n = count_of(v), texts = 0;
    matvar_t *first = field(m, v, name, 0);
    if (!first || n > MOST)
        return false;
    for (size_t i = 0; i < n; i++) {
        matvar_t *f = field(m, v, name, i);
        texts += f && f->class_type == MAT_C_CHAR;
        if (f && f->class_type != MAT_C_CHAR && count_of(f) > 1)
            return false;
    }
    if (texts) {
        char **text = mem_new(n, sizeof *text);
        for (size_t i = 0; i < n; i++) {
            matvar_t *f = field(m, v, name, i);
            text[i] =
                f && f->class_type == MAT_C_CHAR && count_of(f) ? text_of(f, 0) : mem_text("");
        }
        memory_texts(source, name, n, text);
        return true;
    }
    double *values = mem_new(n, sizeof *values);
    for (size_t i = 0; i < n; i++) {
        matvar_t *f = field(m, v, name, i);
        values[i] = is_vector(f) && count_of(f) == 1 && fits_bytes(f) ? number_at(f, 0) : NAN;
    }
    memory_numbers(source, name, n, values);
    return true;
}

/* Was a state of a Bpod trial entered?  Its times are NaN when not. */
static bool entered(const struct matio *m, matvar_t *states, const char *name)
{
    matvar_t *times = field(m, states, name, 0);
    return is_vector(times) && count_of(times) > 0 && fits_bytes(times) &&
           !isnan(number_at(times, 0));
}

static bool entered_any(const struct matio *m, matvar_t *states, const char *const *words)
{
    if (!is_struct(m, states))
        return false;
    char *const *names = m->Mat_VarGetStructFieldnames(states);
    for (size_t i = 0; names && i < m->Mat_VarGetNumberOfFields(states); i++)
        for (size_t k = 0; words[k]; k++)
            if (strcasestr(names[i], words[k]) && entered(m, states, names[i]))
                return true;
    return false;
}

/* Bpod's SessionData: how each trial ended, by the states it went through. */
static bool add_bpod(const struct matio *m, struct log_source *source, matvar_t *session)
{
    static const char *const good[] = {"reward", "correct", "drink", NULL};
    static const char *const bad[] = {"punish", "error", "incorrect", "wrong", NULL};
    matvar_t *trials = field(m, field(m, session, "RawEvents", 0), "Trial", 0);
    matvar_t *types = field(m, session, "TrialTypes", 0);
    if (!trials || trials->class_type != MAT_C_CELL || !is_vector(types))
        return false;
    size_t n = count_of(trials);
    if (n < 2 || n > MOST || trials->nbytes < n * sizeof(matvar_t *))
        return false;
    char **texts = mem_new(n, sizeof *texts);
    for (size_t i = 0; i < n; i++) {
        matvar_t *states = field(m, ((matvar_t **)trials->data)[i], "States", 0);
        bool error = states && entered_any(m, states, bad);
        bool hit = states && !error && entered_any(m, states, good);
        texts[i] = mem_text(hit ? "hit" : error ? "miss" : "missed");
    }
    memory_texts(source, "outcome", n, texts);
    strbuf_printf(&source->odd,
                  "%s: outcomes are taken from the states Bpod's trials went through (reward, "
                  "punish)\n",
                  source->path);
    return true;
}

static void add_struct(const struct matio *m, struct log_source *source, matvar_t *v)
{
    if (!is_struct(m, v))
        return;
    char *const *names = m->Mat_VarGetStructFieldnames(v);
    size_t n = m->Mat_VarGetNumberOfFields(v);
    bool many = count_of(v) > 1;
    for (size_t i = 0; names && i < n; i++)
        if (many)
            add_elements(m, source, v, names[i]);
        else if (!add_column(source, names[i], field(m, v, names[i], 0)) &&
                 field(m, v, names[i], 0) && field(m, v, names[i], 0)->class_type == MAT_C_STRUCT &&
                 count_of(field(m, v, names[i], 0)) > 1)
            add_struct(m, source, field(m, v, names[i], 0));
    if (!many)
        add_bpod(m, source, v);
}

/* What its items take, and pointers to those of a struct or of cells: before they are read. */
static double bytes_of(const matvar_t *v)
{
    double n = v->rank > 0;
    for (int i = 0; i < v->rank; i++)
        n *= (double)v->dims[i];
    return n * 8;
}

/* The next variable.  NULL: there is none, or (err is set) it would take more than there is. */
static matvar_t *read_next(const struct matio *m, mat_t *mat, const char *path, struct err *err)
{
    matvar_t *v = m->Mat_VarReadNextInfo(mat);
    if (!v)
        return NULL;
    if (!mem_room(bytes_of(v), path, err)) {
        m->Mat_VarFree(v);
        return NULL;
    }
    m->Mat_VarReadDataAll(mat, v); /* one that fails has no data, and is no column */
    return v;
}

static void be_quiet(int level, char *message)
{
    (void)level;
    (void)message;
}

static bool fill(struct log_source *source, const void *library, struct err *err)
{
    const struct matio *m = library;
    m->Mat_LogInitFunc("deltaw", be_quiet);
    mat_t *mat = m->Mat_Open(source->file, MAT_ACC_RDONLY);
    if (!mat)
        return err_set(err, ERR_DATA, "%s: the MATLAB file is damaged or cut off", source->path);
    bool opaque = false;
    for (matvar_t *v; (v = read_next(m, mat, source->path, err)); m->Mat_VarFree(v)) {
        opaque = opaque || v->class_type == MAT_C_OPAQUE || v->class_type == MAT_C_OBJECT;
        if (v->class_type == MAT_C_STRUCT)
            add_struct(m, source, v);
        else
            add_column(source, v->name, v);
    }
    m->Mat_Close(mat);
    if (err->code != ERR_NONE)
        return false;
    if (source->n_columns > 0)
        return memory_finish(source, NULL, err);
    return err_set(err, ERR_DATA,
                   opaque ? "%s: it holds objects such as a table, which only MATLAB "
                            "can read; save table2struct(T, 'ToScalar', true), or "
                            "use writetable"
                          : "%s: there is no column of trials in it: vectors of one "
                            "length, or a struct of them",
                   source->path);
}

bool mat_open(struct log_source *source, struct err *err)
{
    struct matio m;
    memory_new(source);
    return library_load(MATIO_SONAME, "libmatio11", symbols, sizeof symbols / sizeof *symbols, &m,
                        err) &&
           sandbox_open(source, fill, &m, err);
}
