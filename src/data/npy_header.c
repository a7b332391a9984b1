/* The header of a .npy file is a Python dictionary as text:
 *   {'descr': '<f4', 'fortran_order': False, 'shape': (32, 8), }
 * See numpy.lib.format for its three versions. */
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/utf8.h"
#include "npy.h"

struct text {
    const char *at, *end;
};

static void skip_blanks(struct text *t)
{
    while (t->at < t->end && (*t->at == ' ' || *t->at == '\t' || *t->at == '\n' || *t->at == '\r'))
        t->at++;
}

static bool take(struct text *t, char c)
{
    skip_blanks(t);
    if (t->at == t->end || *t->at != c)
        return false;
    t->at++;
    return true;
}

static bool take_word(struct text *t, const char *word)
{
    size_t n = strlen(word);
    skip_blanks(t);
    if ((size_t)(t->end - t->at) < n || memcmp(t->at, word, n) != 0)
        return false;
    t->at += n;
    return true;
}

/* A quoted text of up to room - 1 bytes. */
static bool take_quoted(struct text *t, char *out, size_t room)
{
    skip_blanks(t);
    if (t->at == t->end || (*t->at != '\'' && *t->at != '"'))
        return false;
    char quote = *t->at++;
    const char *close = memchr(t->at, quote, (size_t)(t->end - t->at));
    if (!close || (size_t)(close - t->at) >= room)
        return false;
    memcpy(out, t->at, (size_t)(close - t->at));
    out[close - t->at] = '\0';
    t->at = close + 1;
    return true;
}

static bool take_size(struct text *t, size_t *out)
{
    skip_blanks(t);
    const char *from = t->at;
    size_t v = 0;
    for (; t->at < t->end && *t->at >= '0' && *t->at <= '9'; t->at++)
        if (__builtin_mul_overflow(v, 10, &v) ||
            __builtin_add_overflow(v, (size_t)(*t->at - '0'), &v))
            return false;
    bool any = t->at > from;
    if (any && t->at < t->end && *t->at == 'L') /* Python 2 */
        t->at++;
    *out = v;
    return any;
}

/* "M8[ns]", "M8[25s]" */
static bool read_unit(const char *text, struct npy_type *type)
{
    static const char *const units[] = {"Y", "M", "D", "h", "m", "s", "ms", "us", "ns"};
    static const char codes[] = "YMDhmsiun";
    size_t n = strspn(text + 1, "0123456789");
    if (*text != '[')
        return false;
    type->step = n ? strtoul(text + 1, NULL, 10) : 1;
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        size_t k = strlen(units[i]);
        if (strncmp(text + 1 + n, units[i], k) == 0 && strcmp(text + 1 + n + k, "]") == 0)
            type->unit = codes[i];
    }
    return type->unit != 0;
}

/* '<f4', '|b1', '>i8', '<U12'; dates and what has no value only among columns. */
static bool parse_type(const char *descr, bool column, struct npy_type *type)
{
    const char *d = descr;
    bool order = *d == '<' || *d == '>' || *d == '|' || *d == '=';
    *type = (struct npy_type){.big_endian = *d == '>'};
    d += order;
    type->kind = *d;
    if (strcmp(d, "?") == 0) {
        type->kind = 'b';
        type->item = 1;
        return true;
    }
    if (column && d[0] == 'M' && d[1] == '8') {
        type->item = 8;
        return read_unit(d + 2, type);
    }
    struct text number = {*d ? d + 1 : d, descr + strlen(descr)};
    if (!take_size(&number, &type->item) || number.at != number.end)
        return false;
    switch (type->kind) {
    case 'f': return type->item == 2 || type->item == 4 || type->item == 8;
    case 'i':
    case 'u': return type->item == 1 || type->item == 2 || type->item == 4 || type->item == 8;
    case 'b': return type->item == 1;
    case 'U': return !__builtin_mul_overflow(type->item, 4, &type->item);
    case 'S': return true;
    case 'V': return column;
    default: return false;
    }
}

static bool refuse_type(const char *descr, struct err *err)
{
    char *clean = utf8_visible(descr, strlen(descr), "");
    err_set(err, ERR_DATA,
            "the dtype '%s' is not read; save it as float32, float64 or an "
            "integer",
            clean);
    free(clean);
    return false;
}

/* ('choice', '<i8'), or ('position', '<f8', (3,)), which is no column. */
static bool read_field(struct text *t, struct npy_header *h, struct err *err)
{
    char name[200], descr[64];
    struct npy_type type;
    size_t count = 1, n;
    if (!take(t, '(') || !take_quoted(t, name, sizeof name) || !take(t, ',') ||
        !take_quoted(t, descr, sizeof descr))
        return err_set(err, ERR_DATA, "the fields in the .npy header are not plain ones");
    if (!parse_type(descr, true, &type))
        return refuse_type(descr, err);
    while (take(t, ',') || take(t, '('))
        if (take_size(t, &n) && __builtin_mul_overflow(count, n, &count))
            return err_set(err, ERR_DATA, "its shape is too large");
    take(t, ')');
    if (count != 1)
        take(t, ')');
    size_t bytes;
    if (__builtin_mul_overflow(type.item, count, &bytes) ||
        __builtin_add_overflow(h->type.item, bytes, &bytes))
        return err_set(err, ERR_DATA, "its shape is too large");
    if (count == 1 && *name && type.kind != 'V') {
        h->fields = mem_resize(h->fields, h->n_fields + 1, sizeof *h->fields);
        h->fields[h->n_fields++] = (struct npy_field){mem_text(name), type, h->type.item};
    }
    h->type.item = bytes;
    return true;
}

static bool read_type(struct text *t, struct npy_header *h, struct err *err)
{
    char descr[64];
    skip_blanks(t);
    if (t->at < t->end && *t->at == '[') {
        if (!h->with_fields)
            return err_set(err, ERR_DATA,
                           "records (structured dtypes) are not read; save each field "
                           "as its own array");
        h->type = (struct npy_type){.kind = 'V'};
        take(t, '[');
        do {
            if (take(t, ']'))
                return true;
            if (!read_field(t, h, err))
                return false;
        } while (take(t, ','));
        return take(t, ']') || err_set(err, ERR_DATA, "the fields in the .npy header are broken");
    }
    if (!take_quoted(t, descr, sizeof descr))
        return err_set(err, ERR_DATA, "the .npy header has no dtype");
    return parse_type(descr, h->with_fields, &h->type) || refuse_type(descr, err);
}

static bool read_shape(struct text *t, struct npy_header *h, struct err *err)
{
    if (!take(t, '('))
        return err_set(err, ERR_DATA, "the shape in the .npy header is broken");
    while (!take(t, ')')) {
        size_t n;
        if (!take_size(t, &n))
            return err_set(err, ERR_DATA, "the shape in the .npy header is broken");
        if (h->n_dimensions == NPZ_MAX_DIMENSIONS)
            return err_set(err, ERR_DATA, "it has more than %d dimensions", NPZ_MAX_DIMENSIONS);
        h->shape[h->n_dimensions++] = n;
        if (!take(t, ',')) {
            if (!take(t, ')'))
                return err_set(err, ERR_DATA, "the shape in the .npy header is broken");
            break;
        }
    }
    return true;
}

static bool read_dictionary(struct text t, struct npy_header *h, struct err *err)
{
    bool descr = false, order = false, shape = false;
    if (!take(&t, '{'))
        return err_set(err, ERR_DATA, "the .npy header is not a dictionary");
    while (!take(&t, '}')) {
        char key[32];
        if (!take_quoted(&t, key, sizeof key) || !take(&t, ':'))
            return err_set(err, ERR_DATA, "the .npy header is broken");
        if (strcmp(key, "descr") == 0 && !descr) {
            descr = true;
            if (!read_type(&t, h, err))
                return false;
        } else if (strcmp(key, "fortran_order") == 0 && !order) {
            order = true;
            h->fortran = take_word(&t, "True");
            if (!h->fortran && !take_word(&t, "False"))
                return err_set(err, ERR_DATA, "the .npy header is broken at fortran_order");
        } else if (strcmp(key, "shape") == 0 && !shape) {
            shape = true;
            if (!read_shape(&t, h, err))
                return false;
        } else {
            return err_set(err, ERR_DATA, "the .npy header is broken");
        }
        if (!take(&t, ',')) {
            if (!take(&t, '}'))
                return err_set(err, ERR_DATA, "the .npy header is broken");
            break;
        }
    }
    if (!descr || !order || !shape)
        return err_set(err, ERR_DATA, "the .npy header lacks descr, fortran_order or shape");
    return true;
}

bool npy_header_read(const unsigned char *bytes, size_t n, bool with_fields, struct npy_header *h,
                     struct err *err)
{
    *h = (struct npy_header){.with_fields = with_fields};
    if (n < 10 || memcmp(bytes, "\x93NUMPY", 6) != 0)
        return err_set(err, ERR_DATA, "it is not a .npy array");
    int version = bytes[6];
    if (version < 1 || version > 3)
        return err_set(err, ERR_DATA, "its .npy version %d is not known", version);
    size_t length = bytes[8] | (size_t)bytes[9] << 8, from = 10;
    if (version > 1) {
        if (n < 12)
            return err_set(err, ERR_DATA, "its .npy header is cut off");
        length |= (size_t)bytes[10] << 16 | (size_t)bytes[11] << 24;
        from = 12;
    }
    if (length > n - from)
        return err_set(err, ERR_DATA, "its .npy header is cut off");
    h->data = from + length;
    const char *text = (const char *)bytes + from;
    if (!read_dictionary((struct text){text, text + length}, h, err))
        return false;
    size_t total = h->type.item;
    h->size = 1;
    for (size_t i = 0; i < h->n_dimensions; i++)
        if (__builtin_mul_overflow(h->size, h->shape[i], &h->size))
            return err_set(err, ERR_DATA, "its shape is too large");
    if (__builtin_mul_overflow(total, h->size, &total) || total != n - h->data)
        return err_set(err, ERR_DATA, "its shape and dtype do not fit its %zu bytes of data",
                       n - h->data);
    return true;
}

void npy_header_free(struct npy_header *h)
{
    for (size_t i = 0; i < h->n_fields; i++)
        free(h->fields[i].name);
    free(h->fields);
    *h = (struct npy_header){0};
}
