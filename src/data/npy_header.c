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

/* '<f4', '|b1', '>i8', '<U12' */
static bool read_type(struct text *t, struct npy_header *h, struct err *err)
{
    char descr[64];
    skip_blanks(t);
    if (t->at < t->end && *t->at == '[')
        return err_set(err, ERR_DATA,
                       "records (structured dtypes) are not read; save each field "
                       "as its own array");
    if (!take_quoted(t, descr, sizeof descr))
        return err_set(err, ERR_DATA, "the .npy header has no dtype");
    const char *d = descr;
    bool order = *d == '<' || *d == '>' || *d == '|' || *d == '=';
    h->big_endian = *d == '>';
    d += order;
    struct text number = {*d ? d + 1 : d, descr + strlen(descr)};
    h->kind = *d;
    bool sized = take_size(&number, &h->item) && number.at == number.end;
    if (!sized && strcmp(d, "?") == 0) {
        h->kind = 'b';
        h->item = 1;
        sized = true;
    }
    bool known = false;
    if (h->kind == 'f')
        known = h->item == 2 || h->item == 4 || h->item == 8;
    else if (h->kind == 'i' || h->kind == 'u')
        known = h->item == 1 || h->item == 2 || h->item == 4 || h->item == 8;
    else if (h->kind == 'b')
        known = h->item == 1;
    else if (h->kind == 'U')
        known = !__builtin_mul_overflow(h->item, 4, &h->item);
    else if (h->kind == 'S')
        known = true;
    if (sized && known)
        return true;
    char *clean = utf8_clean(descr, strlen(descr));
    err_set(err, ERR_DATA,
            "the dtype '%s' is not read; save it as float32, float64 or an "
            "integer",
            clean);
    free(clean);
    return false;
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

bool npy_header_read(const unsigned char *bytes, size_t n, struct npy_header *h, struct err *err)
{
    *h = (struct npy_header){0};
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
    size_t total = h->item;
    h->size = 1;
    for (size_t i = 0; i < h->n_dimensions; i++)
        if (__builtin_mul_overflow(h->size, h->shape[i], &h->size))
            return err_set(err, ERR_DATA, "its shape is too large");
    if (__builtin_mul_overflow(total, h->size, &total) || total != n - h->data)
        return err_set(err, ERR_DATA, "its shape and dtype do not fit its %zu bytes of data",
                       n - h->data);
    return true;
}
