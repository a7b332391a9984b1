#include "decode.h"

#include <string.h>

#include "thrift.h"

uint64_t parquet_little(const unsigned char *at, size_t n)
{
    uint64_t value = 0;
    for (size_t i = 0; i < n; i++)
        value |= (uint64_t)at[i] << (8 * i);
    return value;
}

static bool take_varint(struct bytes *in, uint64_t *out)
{
    struct thrift t = {.at = in->at, .end = in->end};
    *out = thrift_varint(&t);
    in->at = t.at;
    return !t.broken;
}

struct rle parquet_rle_open(struct bytes in, unsigned bits)
{
    return (struct rle){.in = in, .bits = bits};
}

static bool rle_run(struct rle *r)
{
    uint64_t head;
    size_t width = (r->bits + 7) / 8;
    if (!take_varint(&r->in, &head))
        return false;
    r->packed = head & 1;
    r->left = r->packed ? (head >> 1) * 8 : head >> 1;
    r->buffer = r->in_buffer = 0;
    if (r->packed)
        return r->left > 0 && r->left <= UINT32_MAX;
    if (r->left == 0 || (size_t)(r->in.end - r->in.at) < width)
        return false;
    r->value = (uint32_t)parquet_little(r->in.at, width);
    r->in.at += width;
    return r->bits >= 32 || r->value >> r->bits == 0; /* levels are counts of what follows */
}

static bool rle_unpack(struct rle *r, size_t n, uint32_t *out)
{
    uint64_t mask = r->bits == 32 ? UINT32_MAX : (1u << r->bits) - 1;
    for (size_t i = 0; i < n; i++) {
        while (r->in_buffer < r->bits) {
            if (r->in.at == r->in.end)
                return false;
            r->buffer |= (uint64_t)*r->in.at++ << r->in_buffer;
            r->in_buffer += 8;
        }
        out[i] = (uint32_t)(r->buffer & mask);
        r->buffer >>= r->bits;
        r->in_buffer -= r->bits;
    }
    return true;
}

bool parquet_rle_take(struct rle *r, size_t n, uint32_t *out)
{
    while (n > 0) {
        if (r->left == 0 && !rle_run(r))
            return false;
        size_t some = n < r->left ? n : (size_t)r->left;
        if (r->packed && !rle_unpack(r, some, out))
            return false;
        for (size_t i = 0; !r->packed && i < some; i++)
            out[i] = r->value;
        out += some, n -= some, r->left -= some;
    }
    return true;
}

static uint64_t zigzag(uint64_t v)
{
    return (v >> 1) ^ -(v & 1);
}

bool parquet_delta_open(struct delta *d, struct bytes in)
{
    uint64_t block, minis, first;
    *d = (struct delta){.in = in, .first = true};
    if (!take_varint(&d->in, &block) || !take_varint(&d->in, &minis) ||
        !take_varint(&d->in, &d->left) || !take_varint(&d->in, &first))
        return false;
    if (block == 0 || minis == 0 || block > 1 << 24 || minis > 1 << 16 || block % minis ||
        block / minis % 8)
        return false;
    d->minis = d->mini = (unsigned)minis;
    d->per_mini = block / minis;
    d->value = zigzag(first);
    return true;
}

/* The next miniblock, of the next block when the last was its last. */
static bool delta_mini(struct delta *d)
{
    if (++d->mini >= d->minis) {
        uint64_t least;
        if (!take_varint(&d->in, &least) || (size_t)(d->in.end - d->in.at) < d->minis)
            return false;
        d->least = zigzag(least);
        d->widths = d->in.at;
        d->in.at += d->minis;
        d->mini = 0;
    }
    d->bits = d->widths[d->mini];
    uint64_t size = d->bits * d->per_mini / 8;
    if (d->bits > 64 || size > (uint64_t)(d->in.end - d->in.at))
        return false;
    d->packed = (struct bytes){d->in.at, d->in.at + size};
    d->in.at += size;
    d->bit = 0;
    d->in_mini = d->per_mini;
    return true;
}

static uint64_t delta_unpack(struct delta *d)
{
    uint64_t value = 0;
    for (unsigned got = 0; got < d->bits;) {
        unsigned some = 8 - d->bit < d->bits - got ? 8 - d->bit : d->bits - got;
        uint64_t part = (*d->packed.at >> d->bit) & ((1u << some) - 1);
        value |= part << got;
        got += some;
        d->bit += some;
        d->packed.at += d->bit / 8;
        d->bit %= 8;
    }
    return value;
}

bool parquet_delta_take(struct delta *d, size_t n, int64_t *out)
{
    for (size_t i = 0; i < n; i++) {
        if (d->left == 0)
            return false;
        if (!d->first) {
            if (d->in_mini == 0 && !delta_mini(d))
                return false;
            d->in_mini--;
            d->value += d->least + delta_unpack(d);
        }
        d->first = false;
        d->left--;
        out[i] = (int64_t)d->value;
    }
    return true;
}

bool parquet_delta_end(struct delta *d, const unsigned char **end)
{
    int64_t unused;
    while (d->left > 0)
        if (!parquet_delta_take(d, 1, &unused))
            return false;
    *end = d->in.at;
    return true;
}
