#include "column.h"

#include <math.h>
#include <stdlib.h>

#include "deltaw/base/mem.h"
#include "page.h"
#include "values.h"

struct parquet_reader {
    const struct parquet_meta *meta;
    const struct parquet_column *column;
    size_t index, group;
    bool started; /* the group's chunk */
    bool text;
    struct page_reader pages;
    struct parquet_page page;
    size_t left;        /* values of the page not handed out */
    uint64_t chunk;     /* values of the chunk not begun on a page yet */
    struct rle levels;  /* of the page */
    struct rle indices; /* of a page of indices, of booleans */
    struct delta delta, prefix;
    struct strbuf before;                  /* the text that the next one begins with */
    size_t at, stride;                     /* of split streams: which value, how many */
    unsigned bit;                          /* of plain booleans: used of *page.data.at */
    struct parquet_dictionary *dictionary; /* of the row group; NULL: none so far */
    struct values *out;                    /* of the batch that is filled */
};

static void dictionary_drop(struct parquet_dictionary *d)
{
    if (!d || --d->holders > 0)
        return;
    values_free(&d->of);
    free(d);
}

struct parquet_reader *parquet_reader_new(const struct parquet_meta *meta, size_t column, int fd)
{
    struct parquet_reader *r = mem_new(1, sizeof *r);
    r->meta = meta;
    r->index = column;
    r->column = &meta->columns[column];
    r->text = parquet_is_text(r->column);
    r->pages.fd = fd;
    return r;
}

void parquet_reader_free(struct parquet_reader *r)
{
    if (!r)
        return;
    dictionary_drop(r->dictionary);
    strbuf_free(&r->before);
    parquet_page_reader_free(&r->pages);
    free(r);
}

void parquet_batch_free(struct parquet_batch *batch)
{
    values_free(&batch->values);
    dictionary_drop(batch->dictionary);
}

static bool broken(const struct parquet_reader *r, struct err *err)
{
    (void)r;
    return err_set(err, ERR_DATA, "a page ends before its values do, or is broken");
}

/* --- the encodings: n values into v [0 .. n-1] */

static bool take_plain(const struct parquet_reader *r, struct bytes *in, size_t n, struct values *v)
{
    size_t width = values_width(r->column);
    for (size_t i = 0; i < n; i++) {
        size_t left = (size_t)(in->end - in->at), size = width;
        if (r->column->physical == PARQUET_BYTES) {
            if (left < 4)
                return false;
            size = (size_t)parquet_little(in->at, 4);
            in->at += 4;
            left -= 4;
        }
        if (left < size)
            return false;
        if (r->column->physical == PARQUET_BYTES)
            values_add_text(v, i, (const char *)in->at, size);
        else
            values_add(r->column, v, i, in->at);
        in->at += size;
    }
    return true;
}

static bool take_bits(struct parquet_reader *r, size_t n, double *out)
{
    struct bytes *in = &r->page.data;
    for (size_t i = 0; i < n; i++) {
        if (in->at == in->end)
            return false;
        out[i] = *in->at >> r->bit & 1;
        r->bit = (r->bit + 1) % 8;
        in->at += r->bit == 0;
    }
    return true;
}

static bool take_runs(struct parquet_reader *r, size_t n, double *out)
{
    uint32_t value[PARQUET_BATCH];
    if (!parquet_rle_take(&r->indices, n, value))
        return false;
    for (size_t i = 0; i < n; i++)
        out[i] = value[i];
    return true;
}

static bool take_indices(struct parquet_reader *r, size_t n)
{
    uint32_t index[PARQUET_BATCH];
    if (!parquet_rle_take(&r->indices, n, index))
        return false;
    for (size_t i = 0; i < n; i++) {
        if (!r->dictionary || index[i] >= r->dictionary->n)
            return false;
        if (r->text)
            r->out->texts[i] = r->dictionary->of.texts[index[i]];
        else
            r->out->numbers[i] = r->dictionary->of.numbers[index[i]];
    }
    return true;
}

static bool take_delta(struct parquet_reader *r, size_t n)
{
    int64_t value[PARQUET_BATCH];
    if (!parquet_delta_take(&r->delta, n, value))
        return false;
    for (size_t i = 0; i < n; i++) {
        int64_t one = r->column->physical == PARQUET_INT32 ? (int32_t)value[i] : value[i];
        if (r->text)
            values_add_moment(r->column, r->out, i, one);
        else
            r->out->numbers[i] = values_integer(r->column, one);
    }
    return true;
}

/* Lengths first, then all bytes; with a prefix shared with the text before. */
static bool take_delta_texts(struct parquet_reader *r, size_t n)
{
    int64_t size[PARQUET_BATCH], shared[PARQUET_BATCH] = {0};
    struct bytes *in = &r->page.data;
    bool prefixes = r->page.encoding == ENCODING_DELTA_BYTES;
    if (!parquet_delta_take(&r->delta, n, size) ||
        (prefixes && !parquet_delta_take(&r->prefix, n, shared)))
        return false;
    for (size_t i = 0; i < n; i++) {
        if (size[i] < 0 || size[i] > in->end - in->at || shared[i] < 0 ||
            (uint64_t)shared[i] > r->before.len)
            return false;
        strbuf_cut(&r->before, (size_t)shared[i]);
        strbuf_add(&r->before, in->at, (size_t)size[i]);
        in->at += size[i];
        if (r->column->physical == PARQUET_BYTES)
            values_add_text(r->out, i, strbuf_text(&r->before), r->before.len);
        else if (r->before.len == r->column->width)
            values_add(r->column, r->out, i, (const unsigned char *)r->before.text);
        else
            return false;
    }
    return true;
}

/* Byte b of value i stands at b * stride + i. */
static bool take_split(struct parquet_reader *r, size_t n)
{
    size_t width = values_width(r->column);
    unsigned char value[64];
    if (r->at + n > r->stride || width > sizeof value)
        return false;
    for (size_t i = 0; i < n; i++, r->at++) {
        for (size_t b = 0; b < width; b++)
            value[b] = r->page.data.at[b * r->stride + r->at];
        values_add(r->column, r->out, i, value);
    }
    return true;
}

static bool take(struct parquet_reader *r, size_t n)
{
    switch (r->page.encoding) {
    case ENCODING_PLAIN:
        return r->column->physical == PARQUET_BOOLEAN ? take_bits(r, n, r->out->numbers)
                                                      : take_plain(r, &r->page.data, n, r->out);
    case ENCODING_RLE: return take_runs(r, n, r->out->numbers);
    case ENCODING_DELTA: return take_delta(r, n);
    case ENCODING_SPLIT: return take_split(r, n);
    case ENCODING_DELTA_LENGTH:
    case ENCODING_DELTA_BYTES: return take_delta_texts(r, n);
    default: return take_indices(r, n);
    }
}

/* --- pages */

static bool read_dictionary(struct parquet_reader *r, struct err *err)
{
    struct bytes in = r->page.data;
    size_t n = r->page.values, width = values_width(r->column);
    if (r->column->physical == PARQUET_BOOLEAN ||
        n > (size_t)(in.end - in.at) / (width ? width : 4))
        return broken(r, err);
    if (!mem_room((double)n * (r->text ? sizeof(struct parquet_text) : sizeof(double)),
                  "a dictionary", err))
        return false;
    struct parquet_dictionary *d = mem_new(1, sizeof *d);
    *d = (struct parquet_dictionary){.n = n, .of = values_new(r->column, n), .holders = 1};
    dictionary_drop(r->dictionary);
    r->dictionary = d;
    if (!take_plain(r, &in, n, &d->of))
        return broken(r, err);
    values_place(&d->of, r->text ? n : 0);
    return true;
}

static bool open_runs(struct parquet_reader *r, bool indices)
{
    struct bytes *in = &r->page.data;
    r->indices = parquet_rle_open(*in, 0);
    if (in->end - in->at < (indices ? 1 : 4)) /* nothing but nulls */
        return in->at == in->end;
    unsigned bits = indices ? *in->at : 1;
    in->at += indices ? 1 : 4;
    r->indices = parquet_rle_open(*in, bits);
    return bits <= 32;
}

static bool open_delta_texts(struct parquet_reader *r)
{
    struct bytes *in = &r->page.data;
    if (r->page.encoding == ENCODING_DELTA_BYTES) {
        if (!parquet_delta_open(&r->prefix, *in) || r->prefix.left > r->left)
            return false;
        struct delta over = r->prefix;
        if (!parquet_delta_end(&over, &in->at))
            return false;
    }
    if (!parquet_delta_open(&r->delta, *in) || r->delta.left > r->left)
        return false;
    struct delta over = r->delta;
    strbuf_reset(&r->before);
    return parquet_delta_end(&over, &in->at);
}

/* Does the page's encoding suit the column, and does its data begin well? */
static bool open_values(struct parquet_reader *r, struct err *err)
{
    enum parquet_physical p = r->column->physical;
    size_t width = values_width(r->column);
    bool none = r->page.data.at == r->page.data.end; /* nothing but nulls */
    r->delta = r->prefix = (struct delta){0};
    bool integer = p == PARQUET_INT32 || p == PARQUET_INT64, ok = true, known = true;
    switch (r->page.encoding) {
    case ENCODING_PLAIN: break;
    case ENCODING_PLAIN_DICTIONARY:
    case ENCODING_DICTIONARY: ok = open_runs(r, true); break;
    case ENCODING_RLE: known = p == PARQUET_BOOLEAN, ok = open_runs(r, false); break;
    case ENCODING_DELTA:
        known = integer,
        ok = none || (parquet_delta_open(&r->delta, r->page.data) && r->delta.left <= r->left);
        break;
    case ENCODING_DELTA_LENGTH:
        known = p == PARQUET_BYTES, ok = none || !known || open_delta_texts(r);
        break;
    case ENCODING_DELTA_BYTES:
        known = p == PARQUET_BYTES || p == PARQUET_FIXED,
        ok = none || !known || open_delta_texts(r);
        break;
    case ENCODING_SPLIT:
        known = width > 0;
        r->stride = width ? (size_t)(r->page.data.end - r->page.data.at) / width : 0;
        break;
    default: known = false;
    }
    if (!known)
        return err_set(err, ERR_DATA,
                       "values are encoded in a way that is not read (encoding %d); save the "
                       "table with another writer",
                       r->page.encoding);
    return ok || broken(r, err);
}

static bool open_page(struct parquet_reader *r, struct err *err)
{
    if (r->page.values > r->chunk)
        return err_set(err, ERR_DATA, "pages have more values than their column");
    r->left = r->page.values;
    r->chunk -= r->left;
    r->at = r->bit = 0;
    r->levels = parquet_rle_open(r->page.levels, 1);
    return r->left == 0 || open_values(r, err);
}

/* The next page with values; 0: all row groups are read. */
static int next_page(struct parquet_reader *r, struct err *err)
{
    while (r->left == 0) {
        if (!r->started) {
            if (r->group >= r->meta->n_groups)
                return 0;
            const struct parquet_chunk *c = &r->meta->groups[r->group].chunks[r->index];
            parquet_page_reader_start(&r->pages, r->pages.fd, c, r->column->optional);
            r->chunk = c->values;
            dictionary_drop(r->dictionary);
            r->dictionary = NULL;
            r->started = true;
        }
        int got = r->chunk ? parquet_page_next(&r->pages, &r->page, err) : 0;
        if (got < 0)
            return -1;
        if (got == 0 && r->chunk)
            return err_set(err, ERR_DATA, "pages have fewer values than their column") - 1;
        if (got == 0) {
            r->started = false;
            r->group++;
        } else if (!(r->page.dictionary ? read_dictionary(r, err) : open_page(r, err))) {
            return -1;
        }
    }
    return 1;
}

/* Values to their places among nulls, from the last back. */
static void spread(struct parquet_reader *r, const uint32_t *there, size_t n, size_t filled)
{
    static char none[1];
    for (size_t i = n; i-- > 0;) {
        bool here = there[i];
        filled -= here;
        if (r->text)
            r->out->texts[i] = here ? r->out->texts[filled] : (struct parquet_text){none, 0};
        else
            r->out->numbers[i] = here ? r->out->numbers[filled] : NAN;
    }
}

static bool next_batch(struct parquet_reader *r, size_t n)
{
    uint32_t there[PARQUET_BATCH];
    size_t filled = 0;
    bool nulls = r->column->optional && r->page.levels.at < r->page.levels.end;
    if (nulls && !parquet_rle_take(&r->levels, n, there))
        return false;
    for (size_t i = 0; nulls && i < n; i++)
        filled += there[i];
    filled = nulls ? filled : n;
    strbuf_reset(&r->out->arena);
    bool indexed =
        r->page.encoding == ENCODING_DICTIONARY || r->page.encoding == ENCODING_PLAIN_DICTIONARY;
    if (filled > 0 && !take(r, filled))
        return false;
    if (r->text && !indexed)
        values_place(r->out, filled);
    if (filled < n)
        spread(r, there, n, filled);
    return true;
}

/* Texts of a batch may be those of the dictionary, which the reader has done with before. */
static void batch_begin(struct parquet_reader *r, struct parquet_batch *batch)
{
    if (!batch->values.numbers && !batch->values.texts)
        batch->values = values_new(r->column, PARQUET_BATCH);
    dictionary_drop(batch->dictionary);
    batch->dictionary = r->text ? r->dictionary : NULL;
    if (batch->dictionary)
        batch->dictionary->holders++;
    r->out = &batch->values;
}

int parquet_reader_next(struct parquet_reader *r, struct parquet_batch *batch, struct err *err)
{
    if (r->column->meaning == PARQUET_DECIMAL || r->column->meaning == PARQUET_OTHER)
        return err_set(err, ERR_DATA, "column %s is %s, which is not read; save it as a number",
                       r->column->name,
                       r->column->meaning == PARQUET_DECIMAL ? "a decimal" : "of an odd type") -
               1;
    int got = next_page(r, err);
    size_t n = r->left < PARQUET_BATCH ? r->left : PARQUET_BATCH;
    if (got > 0)
        batch_begin(r, batch);
    if (got > 0 && !next_batch(r, n))
        got = broken(r, err) - 1;
    if (got < 0)
        err_prefix(err, "column %s", r->column->name);
    if (got <= 0)
        return got;
    r->left -= n;
    batch->n = n;
    return 1;
}
