#include "page.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "codec.h"
#include "deltaw/base/mem.h"
#include "thrift.h"

enum { WINDOW = 1 << 16, MOST_HEADER = 1 << 24, MOST_PAGE = 1 << 28, MOST_VALUES = 1 << 27 };
enum { PAGE_DATA, PAGE_INDEX, PAGE_DICTIONARY, PAGE_DATA_2 };

struct header {
    int type, encoding;
    bool packed;
    int64_t unpacked, bytes, values, definition, repetition;
};

void parquet_page_reader_start(struct page_reader *r, int fd, const struct parquet_chunk *chunk,
                               bool optional)
{
    r->fd = fd;
    r->at = chunk->start;
    r->end = chunk->start + chunk->bytes;
    r->from = r->to = 0;
    r->codec = chunk->codec;
    r->optional = optional;
}

void parquet_page_reader_free(struct page_reader *r)
{
    free(r->window), free(r->unpacked);
}

bool page_bytes(int fd, void *bytes, size_t n, uint64_t at, struct err *err)
{
    for (size_t done = 0; done < n;) {
        ssize_t got = pread(fd, (char *)bytes + done, n - done, (off_t)(at + done));
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return err_system(err, ERR_DATA, "cannot read");
        if (got == 0)
            return err_set(err, ERR_DATA, "the file became shorter while it was read");
        done += (size_t)got;
    }
    return true;
}

/* At least `want` bytes in the window, where the chunk has them. */
static bool fill(struct page_reader *r, size_t want, struct err *err)
{
    if (r->to - r->from >= want)
        return true;
    if (r->to > r->from)
        memmove(r->window, r->window + r->from, r->to - r->from);
    r->to -= r->from;
    r->from = 0;
    size_t whole = want > WINDOW ? want : WINDOW;
    if (whole > r->room && !mem_room((double)whole, NULL, err))
        return false;
    r->window = mem_reserve(r->window, &r->room, whole, 1);
    size_t some = whole - r->to < r->end - r->at ? whole - r->to : (size_t)(r->end - r->at);
    if (!page_bytes(r->fd, r->window + r->to, some, r->at, err))
        return false;
    r->to += some;
    r->at += some;
    return true;
}

/* DataPageHeader 1 values, 2 encoding; DictionaryPageHeader alike; DataPageHeaderV2
 * 1 values, 4 encoding, 5 and 6 bytes of levels, 7 packed. */
static void read_inner(struct thrift *t, struct header *h, bool second)
{
    enum thrift_type type;
    int field = 0;
    while (thrift_field(t, &field, &type))
        if (field == 1)
            h->values = thrift_integer(t, type);
        else if (field == (second ? 4 : 2))
            h->encoding = (int)thrift_integer(t, type);
        else if (second && field == 5)
            h->definition = thrift_integer(t, type);
        else if (second && field == 6)
            h->repetition = thrift_integer(t, type);
        else if (second && field == 7)
            h->packed = thrift_integer(t, type);
        else
            thrift_skip(t, type);
}

static void read_header(struct thrift *t, struct header *h)
{
    enum thrift_type type;
    int field = 0;
    *h = (struct header){.type = -1, .packed = true};
    while (thrift_field(t, &field, &type))
        if (field == 1)
            h->type = (int)thrift_integer(t, type);
        else if (field == 2)
            h->unpacked = thrift_integer(t, type);
        else if (field == 3)
            h->bytes = thrift_integer(t, type);
        else if ((field == 5 || field == 7 || field == 8) && thrift_struct(t, type))
            read_inner(t, h, field == 8);
        else
            thrift_skip(t, type);
}

/* Statistics can make a header long; its size is known once it was read. */
static bool take_header(struct page_reader *r, struct header *h, struct err *err)
{
    for (size_t want = 1024; want <= MOST_HEADER; want *= 8) {
        if (!fill(r, want, err))
            return false;
        struct thrift t = {.at = r->window + r->from, .end = r->window + r->to};
        read_header(&t, h);
        if (!t.broken) {
            r->from = (size_t)(t.at - r->window);
            return true;
        }
        if (r->at == r->end && r->to - r->from <= want)
            break;
    }
    return err_set(err, ERR_DATA, "the header of a page is broken");
}

static bool check_header(const struct header *h, struct err *err)
{
    if (h->bytes < 0 || h->unpacked < 0 || h->values < 0 || h->definition < 0 ||
        h->repetition < 0 || h->definition + h->repetition > h->bytes ||
        h->definition + h->repetition > h->unpacked)
        return err_set(err, ERR_DATA, "the header of a page is broken");
    if (h->bytes > MOST_PAGE || h->unpacked > MOST_PAGE || h->values > MOST_VALUES)
        return err_set(err, ERR_DATA,
                       "a page has %lld bytes and %lld values; %d and %d can be read: save the "
                       "table with smaller pages",
                       (long long)(h->bytes > h->unpacked ? h->bytes : h->unpacked),
                       (long long)h->values, MOST_PAGE, MOST_VALUES);
    return true;
}

/* The page's bytes, unpacked but for the levels of version 2, which never are packed. */
static bool unpack_page(struct page_reader *r, const struct header *h, struct bytes *out,
                        struct err *err)
{
    size_t levels = (size_t)(h->definition + h->repetition);
    const unsigned char *from = r->window + r->from;
    r->from += (size_t)h->bytes;
    if (!h->packed || r->codec == 0) {
        *out = (struct bytes){from, from + h->bytes};
        return true;
    }
    size_t size = (size_t)h->unpacked;
    if (size >= r->unpacked_room && !mem_room((double)size, NULL, err))
        return false;
    r->unpacked = mem_reserve(r->unpacked, &r->unpacked_room, size + 1, 1);
    memcpy(r->unpacked, from, levels);
    *out = (struct bytes){r->unpacked, r->unpacked + size};
    return size == levels || parquet_unpack(r->codec, from + levels, (size_t)h->bytes - levels,
                                            r->unpacked + levels, size - levels, err);
}

/* Where levels end and values begin. */
static bool split_levels(const struct page_reader *r, const struct header *h, struct bytes all,
                         struct parquet_page *page, struct err *err)
{
    size_t n = (size_t)h->definition, skip = (size_t)h->repetition;
    if (h->type == PAGE_DATA && r->optional) {
        if (all.end - all.at < 4)
            return err_set(err, ERR_DATA, "a page is too short for its levels");
        n = (size_t)parquet_little(all.at, 4);
        skip = 4;
    }
    if (skip > (size_t)(all.end - all.at) || n > (size_t)(all.end - all.at) - skip)
        return err_set(err, ERR_DATA, "a page is too short for its levels");
    page->levels = (struct bytes){all.at + skip, all.at + skip + n};
    page->data = (struct bytes){all.at + skip + n, all.end};
    return true;
}

int parquet_page_next(struct page_reader *r, struct parquet_page *page, struct err *err)
{
    struct header h;
    struct bytes all;
    bool other;
    do {
        if (r->from == r->to && r->at == r->end)
            return 0;
        if (!take_header(r, &h, err) || !check_header(&h, err) || !fill(r, (size_t)h.bytes, err))
            return -1;
        if (r->to - r->from < (size_t)h.bytes)
            return err_set(err, ERR_DATA, "a page ends beyond its column") - 1;
        other = h.type != PAGE_DATA && h.type != PAGE_DICTIONARY && h.type != PAGE_DATA_2;
        if (other)
            r->from += (size_t)h.bytes;
    } while (other);
    *page = (struct parquet_page){.dictionary = h.type == PAGE_DICTIONARY,
                                  .values = (size_t)h.values,
                                  .encoding = h.encoding};
    if (!unpack_page(r, &h, &all, err))
        return -1;
    page->data = all;
    return page->dictionary || split_levels(r, &h, all, page, err) ? 1 : -1;
}
