#include "npy.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/utf8.h"

/* n bytes (1 to 8) as a number. */
static uint64_t word_of(const unsigned char *p, size_t n, bool big_endian)
{
    uint64_t v = 0;
    for (size_t i = 0; i < n; i++)
        v |= (uint64_t)p[i] << 8 * (big_endian ? n - 1 - i : i);
    return v;
}

static double half_value(uint64_t bits)
{
    int exponent = bits >> 10 & 31;
    double fraction = (double)(bits & 1023);
    double v = exponent == 31  ? (fraction > 0 ? NAN : INFINITY)
               : exponent == 0 ? ldexp(fraction, -24)
                               : ldexp(1024 + fraction, exponent - 25);
    return bits & 0x8000 ? -v : v;
}

double npy_number(const unsigned char *p, const struct npy_type *t)
{
    uint64_t bits = word_of(p, t->item, t->big_endian);
    if (t->kind == 'b')
        return bits != 0;
    if (t->kind == 'u')
        return (double)bits;
    if (t->kind == 'i') {
        unsigned shift = (unsigned)(64 - 8 * t->item);
        return (double)((int64_t)(bits << shift) >> shift);
    }
    if (t->item == 2)
        return half_value(bits);
    if (t->item == 4) {
        uint32_t low = (uint32_t)bits;
        float f;
        memcpy(&f, &low, sizeof f);
        return f;
    }
    double d;
    memcpy(&d, &bits, sizeof d);
    return d;
}

/* Where item i in C order lies in Fortran order. */
static size_t fortran_index(const struct npy_header *h, size_t i)
{
    size_t at[NPZ_MAX_DIMENSIONS] = {0}, index = 0;
    for (size_t k = h->n_dimensions; k-- > 0;) {
        at[k] = i % h->shape[k];
        i /= h->shape[k];
    }
    for (size_t k = h->n_dimensions; k-- > 0;)
        index = index * h->shape[k] + at[k];
    return index;
}

/* NULs that pad it are cut off. */
static void put_letters(const unsigned char *p, const struct npy_type *t, struct strbuf *out)
{
    size_t step = t->kind == 'U' ? 4 : 1;
    for (size_t i = 0; i + step <= t->item; i += step) {
        uint64_t code = word_of(p + i, step, t->big_endian);
        if (code == 0)
            break;
        if (t->kind == 'S')
            strbuf_putc(out, (char)code);
        else
            strbuf_codepoint(out, code > 0x10ffff || (code >= 0xd800 && code < 0xe000)
                                      ? 0xfffd
                                      : (unsigned)code);
    }
}

/* "2020-08-31T10:00:00.250"; nothing for NaT */
static void put_date(const unsigned char *p, const struct npy_type *t, struct strbuf *out)
{
    static const struct {
        char unit;
        int64_t per_second, seconds;
    } units[] = {{'D', 1, 86400}, {'h', 1, 3600},        {'m', 1, 60},        {'s', 1, 1},
                 {'i', 1000, 1},  {'u', 1000 * 1000, 1}, {'n', 1000000000, 1}};
    int64_t v = (int64_t)word_of(p, 8, t->big_endian), per = 1, seconds = 0, rest = 0;
    if (v == INT64_MIN || __builtin_mul_overflow(v, (int64_t)t->step, &v))
        return;
    if (t->unit == 'Y' || t->unit == 'M') {
        int64_t months = t->unit == 'Y' ? 12 * (v % 100000) : v % 1000000;
        int64_t year = 1970 + (months - (months % 12 + 12) % 12) / 12;
        strbuf_printf(out, "%04lld-%02lld-01", (long long)year,
                      (long long)((months % 12 + 12) % 12) + 1);
        return;
    }
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (units[i].unit == t->unit) {
            per = units[i].per_second;
            rest = (v % per + per) % per;
            if (__builtin_mul_overflow((v - rest) / per, units[i].seconds, &seconds))
                return;
        }
    time_t when = (time_t)seconds;
    struct tm tm;
    char text[64];
    if (!gmtime_r(&when, &tm) || !strftime(text, sizeof text, "%Y-%m-%d", &tm))
        return;
    strbuf_puts(out, text);
    if (t->unit == 'D')
        return;
    strbuf_printf(out, "T%02d:%02d:%02d", tm.tm_hour, tm.tm_min, tm.tm_sec);
    if (rest)
        strbuf_printf(out, ".%09lld", (long long)(rest * (1000000000 / per)));
}

char *npy_text(const unsigned char *p, const struct npy_type *type)
{
    struct strbuf out = {0};
    if (type->kind == 'M')
        put_date(p, type, &out);
    else
        put_letters(p, type, &out);
    return out.text ? strbuf_take(&out) : mem_text("");
}

bool npy_read(const unsigned char *bytes, size_t n, struct npz_array *array, struct err *err)
{
    struct npy_header h;
    if (!npy_header_read(bytes, n, false, &h, err))
        return false;
    const unsigned char *data = bytes + h.data;
    array->n_dimensions = h.n_dimensions;
    memcpy(array->shape, h.shape, sizeof array->shape);
    array->size = h.size;
    if (h.type.kind == 'U' || h.type.kind == 'S') {
        if (h.n_dimensions != 0)
            return err_set(err, ERR_DATA, "it holds several texts, and only a single one is read");
        array->type = NPZ_TEXT;
        array->text = npy_text(data, &h.type);
        return true;
    }
    array->type = h.type.kind != 'f' ? NPZ_INT64 : h.type.item == 8 ? NPZ_FLOAT64 : NPZ_FLOAT32;
    if (!mem_room((double)h.size * sizeof *array->values, NULL, err))
        return false;
    array->values = mem_new(h.size, sizeof *array->values);
    bool turn = h.fortran && h.n_dimensions > 1;
    for (size_t i = 0; i < h.size; i++) {
        double v = npy_number(data + h.type.item * (turn ? fortran_index(&h, i) : i), &h.type);
        /* 2^53: beyond it a double no longer holds every whole number. */
        if (array->type == NPZ_INT64 && fabs(v) > 9007199254740992.0)
            return err_set(err, ERR_DATA, "it holds an integer above 2^53; save it as float64");
        array->values[i] = v;
    }
    return true;
}

static void put_word(struct strbuf *out, uint64_t word, size_t n)
{
    char b[8];
    for (size_t i = 0; i < n; i++)
        b[i] = (char)(word >> 8 * i);
    strbuf_add(out, b, n);
}

static void put_header(const struct npz_array *a, const char *descr, struct strbuf *out)
{
    struct strbuf text = {0};
    strbuf_printf(&text, "{'descr': '%s', 'fortran_order': False, 'shape': (", descr);
    for (size_t i = 0; i < a->n_dimensions; i++)
        strbuf_printf(&text, "%s%zu%s", i ? " " : "", a->shape[i],
                      i + 1 < a->n_dimensions || i == 0 ? "," : "");
    strbuf_puts(&text, "), }");
    strbuf_fill(&text, ' ', 63 - (10 + text.len) % 64); /* data begin at 64 bytes */
    strbuf_putc(&text, '\n');
    strbuf_add(out, "\x93NUMPY\x01\x00", 8);
    put_word(out, text.len, 2);
    strbuf_add(out, text.text, text.len);
    strbuf_free(&text);
}

/* Appends the code points of a text; returns how many. */
static size_t put_codes(const char *text, struct strbuf *out)
{
    size_t n = strlen(text), count = 0;
    for (size_t i = 0; i < n; count++) {
        uint32_t code;
        i += utf8_decode(text + i, n - i, &code);
        put_word(out, code, 4);
    }
    return count;
}

/* All of one width; numpy has no empty items, and cuts NULs off. */
static void put_text(const struct npz_array *a, struct strbuf *out)
{
    const char *single = a->text ? a->text : "";
    struct strbuf codes = {0};
    char descr[32];
    size_t widest = 1;
    for (size_t i = 0; i < a->size; i++) {
        strbuf_reset(&codes);
        size_t n = put_codes(a->texts ? a->texts[i] : single, &codes);
        widest = n > widest ? n : widest;
    }
    snprintf(descr, sizeof descr, "<U%zu", widest);
    put_header(a, descr, out);
    for (size_t i = 0; i < a->size; i++) {
        strbuf_reset(&codes);
        put_codes(a->texts ? a->texts[i] : single, &codes);
        strbuf_fill(&codes, '\0', widest * 4 - codes.len);
        strbuf_add(out, strbuf_text(&codes), codes.len);
    }
    strbuf_free(&codes);
}

bool npy_write(const struct npz_array *a, struct strbuf *out, struct err *err)
{
    static const char *const descr[] = {
        [NPZ_FLOAT32] = "<f4", [NPZ_FLOAT64] = "<f8", [NPZ_INT64] = "<i8"};
    if (a->type == NPZ_TEXT) {
        put_text(a, out);
        return true;
    }
    put_header(a, descr[a->type], out);
    for (size_t i = 0; i < a->size; i++) {
        double v = a->values[i];
        uint64_t bits;
        if (a->type == NPZ_FLOAT32) {
            float f = (float)v;
            uint32_t low;
            memcpy(&low, &f, sizeof low);
            put_word(out, low, 4);
            continue;
        }
        if (a->type == NPZ_INT64 && !(fabs(v) <= 9007199254740992.0))
            return err_set(err, ERR_FAILED, "%s: %g is not a whole number that can be stored",
                           a->name, v);
        memcpy(&bits, &v, sizeof bits);
        put_word(out, a->type == NPZ_INT64 ? (uint64_t)(int64_t)v : bits, 8);
    }
    return true;
}
