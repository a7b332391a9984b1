#include "codec.h"

#include <string.h>

#include "../gz.h"
#include "config.h"
#include "deltaw/base/library.h"

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

/* One of a library, which is loaded when a page needs it: snappy's alone brings C++ with it,
 * which would make every start of the program a third longer. */
typedef void function(void);
typedef bool unpack(function *call, const unsigned char *from, size_t n, unsigned char *to,
                    size_t size);

static bool unpack_none(function *call, const unsigned char *from, size_t n, unsigned char *to,
                        size_t size)
{
    (void)call;
    if (n == size && n)
        memcpy(to, from, n);
    return n == size;
}

static bool unpack_gzip(function *call, const unsigned char *from, size_t n, unsigned char *to,
                        size_t size)
{
    (void)call;
    return gz_unpack(from, n, to, size);
}

#ifdef HAVE_SNAPPY
static bool unpack_snappy(function *call, const unsigned char *from, size_t n, unsigned char *to,
                          size_t size)
{
    size_t got = size;
    __typeof__(snappy_uncompress) *run = (__typeof__(run))call;
    return run((const char *)from, n, (char *)to, &got) == SNAPPY_OK && got == size;
}
#else
#define unpack_snappy NULL
#endif

#ifdef HAVE_ZSTD
static bool unpack_zstd(function *call, const unsigned char *from, size_t n, unsigned char *to,
                        size_t size)
{
    __typeof__(ZSTD_decompress) *run = (__typeof__(run))call;
    return run(to, size, from, n) == size;
}
#else
#define unpack_zstd NULL
#endif

#ifdef HAVE_LZ4
static bool unpack_lz4(function *call, const unsigned char *from, size_t n, unsigned char *to,
                       size_t size)
{
    __typeof__(LZ4_decompress_safe) *run = (__typeof__(run))call;
    return run((const char *)from, (char *)to, (int)n, (int)size) == (int)size;
}
#else
#define unpack_lz4 NULL
#endif

#ifdef HAVE_BROTLI
static bool unpack_brotli(function *call, const unsigned char *from, size_t n, unsigned char *to,
                          size_t size)
{
    size_t got = size;
    __typeof__(BrotliDecoderDecompress) *run = (__typeof__(run))call;
    return run(n, from, &got, to) == BROTLI_DECODER_RESULT_SUCCESS && got == size;
}
#else
#define unpack_brotli NULL
#endif

static const struct codec {
    const char *name;
    unpack *run;
    const char *package;         /* of Debian, that builds it in; NULL: no build has it */
    const char *soname, *symbol; /* of its library; NULL: none to load */
} codecs[] = {
    {"none", unpack_none, NULL, NULL, NULL},
    {"snappy", unpack_snappy, "libsnappy-dev", SNAPPY_SONAME, "snappy_uncompress"},
    {"gzip", unpack_gzip, "zlib1g-dev", NULL, NULL},
    {"lzo", NULL, NULL, NULL, NULL},
    {"brotli", unpack_brotli, "libbrotli-dev", BROTLI_SONAME, "BrotliDecoderDecompress"},
    {"lz4 in the frames of Hadoop", NULL, NULL, NULL, NULL},
    {"zstd", unpack_zstd, "libzstd-dev", ZSTD_SONAME, "ZSTD_decompress"},
    {"lz4_raw", unpack_lz4, "liblz4-dev", LZ4_SONAME, "LZ4_decompress_safe"},
};

static bool codec_load(const struct codec *codec, function **out, struct err *err)
{
    const struct library_symbol symbol = {codec->symbol, 0};
    return !codec->soname || library_load(codec->soname, codec->package, &symbol, 1, out, err);
}

bool parquet_unpack(int codec, const unsigned char *from, size_t n, unsigned char *to, size_t size,
                    struct err *err)
{
    if (codec < 0 || codec >= (int)(sizeof codecs / sizeof *codecs))
        return err_set(err, ERR_DATA, "pages are packed in an unknown way (codec %d)", codec);
    const struct codec *c = &codecs[codec];
    function *call = NULL;
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
    if (!codec_load(c, &call, err))
        return false;
    return c->run(call, from, n, to, size) ||
           err_set(err, ERR_DATA, "a page is broken: %zu bytes (%s) do not unpack to %zu", n,
                   c->name, size);
}
