#include "codec.h"

#include <string.h>

#include "../gz.h"
#include "config.h"

#ifdef HAVE_BROTLI
#include <brotli/decode.h>
#endif
#ifdef HAVE_LZ4
#include <lz4.h>
#endif
#ifdef HAVE_SNAPPY
#include <snappy-c.h>
#endif
#ifdef HAVE_ZSTD
#include <zstd.h>
#endif

typedef bool unpack(const unsigned char *from, size_t n, unsigned char *to, size_t size);

static bool unpack_none(const unsigned char *from, size_t n, unsigned char *to, size_t size)
{
    if (n == size && n)
        memcpy(to, from, n);
    return n == size;
}

#ifdef HAVE_SNAPPY
static bool unpack_snappy(const unsigned char *from, size_t n, unsigned char *to, size_t size)
{
    size_t got = 0;
    const char *packed = (const char *)from;
    return snappy_uncompressed_length(packed, n, &got) == SNAPPY_OK && got == size &&
           snappy_uncompress(packed, n, (char *)to, &got) == SNAPPY_OK && got == size;
}
#else
#define unpack_snappy NULL
#endif

#ifdef HAVE_ZSTD
static bool unpack_zstd(const unsigned char *from, size_t n, unsigned char *to, size_t size)
{
    return ZSTD_decompress(to, size, from, n) == size;
}
#else
#define unpack_zstd NULL
#endif

#ifdef HAVE_LZ4
static bool unpack_lz4(const unsigned char *from, size_t n, unsigned char *to, size_t size)
{
    return LZ4_decompress_safe((const char *)from, (char *)to, (int)n, (int)size) == (int)size;
}
#else
#define unpack_lz4 NULL
#endif

#ifdef HAVE_BROTLI
static bool unpack_brotli(const unsigned char *from, size_t n, unsigned char *to, size_t size)
{
    size_t got = size;
    return BrotliDecoderDecompress(n, from, &got, to) == BROTLI_DECODER_RESULT_SUCCESS &&
           got == size;
}
#else
#define unpack_brotli NULL
#endif

static const struct codec {
    const char *name;
    unpack *run;
    const char *package; /* of Debian, that builds it in; NULL: no build has it */
} codecs[] = {
    {"none", unpack_none, NULL},
    {"snappy", unpack_snappy, "libsnappy-dev"},
    {"gzip", gz_unpack, "zlib1g-dev"},
    {"lzo", NULL, NULL},
    {"brotli", unpack_brotli, "libbrotli-dev"},
    {"lz4 in the frames of Hadoop", NULL, NULL},
    {"zstd", unpack_zstd, "libzstd-dev"},
    {"lz4_raw", unpack_lz4, "liblz4-dev"},
};

bool parquet_unpack(int codec, const unsigned char *from, size_t n, unsigned char *to, size_t size,
                    struct err *err)
{
    if (codec < 0 || codec >= (int)(sizeof codecs / sizeof *codecs))
        return err_set(err, ERR_DATA, "pages are packed in an unknown way (codec %d)", codec);
    const struct codec *c = &codecs[codec];
    if (!c->run && !c->package)
        return err_set(err, ERR_DATA,
                       "pages are packed by %s, which is not read; save the table with zstd, "
                       "snappy or gzip",
                       c->name);
    if (!c->run)
        return err_set(err, ERR_DATA,
                       "pages are packed by %s, and this program was built without it; build it "
                       "with Debian's %s, or save the table with gzip",
                       c->name, c->package);
    return c->run(from, n, to, size) ||
           err_set(err, ERR_DATA, "a page is broken: %zu bytes (%s) do not unpack to %zu", n,
                   c->name, size);
}
