/* Columns of a Parquet file decoded by several threads: the same values and the same refusals
 * as by one, also while batches of an earlier row group's dictionary are looked at. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/rng.h"
#include "parquet/ahead.h"
#include "parquet/decode.h"
#include "tap.h"

enum { SEED = 5, MOST = 1 << 16, AGAIN = 15, BROKEN = 60, COLUMNS = 16, REST = 50000 };
enum { MIDDLE = 66 }; /* in the batch that has half of the others before it */

/* What was read: in order of rows, and why it ended. */
struct read {
    size_t n;
    uint64_t hash;
    struct err err;
};

static uint64_t mix(uint64_t h, const void *bytes, size_t n)
{
    const unsigned char *p = bytes;
    for (size_t i = 0; i < n; i++)
        h = (h ^ p[i]) * UINT64_C(0x100000001b3);
    return h;
}

static void take(struct read *out, const struct parquet_batch *batch, size_t i)
{
    const struct values *v = &batch->values;
    if (v->numbers)
        out->hash = mix(out->hash, &v->numbers[i], sizeof *v->numbers);
    else
        out->hash = mix(out->hash, v->texts[i].text, v->texts[i].n + 1);
    out->n++;
}

/* Row by row, as the loader does it; the first column is not wanted.  Where it rests the other
 * threads get as far ahead as they may. */
static struct read read_all(int fd, const struct parquet_meta *meta, int threads, bool rests)
{
    struct read out = {.hash = SEED};
    bool wanted[COLUMNS] = {false};
    const struct parquet_batch *batch[COLUMNS] = {NULL};
    size_t at[COLUMNS] = {0};
    for (size_t i = 1; i < meta->n_columns; i++)
        wanted[i] = true;
    struct parquet_ahead *ahead = parquet_ahead_new(meta, fd, wanted, threads);
    for (size_t row = 0; row < meta->rows && out.err.code == ERR_NONE; row++) {
        if (rests && row == MIDDLE)
            usleep(REST);
        for (size_t i = 1; i < meta->n_columns; i++) {
            if (!batch[i] || at[i] == batch[i]->n) {
                batch[i] = parquet_ahead_next(ahead, i, &out.err);
                at[i] = 0;
            }
            if (!batch[i])
                break;
            take(&out, batch[i], at[i]++);
        }
    }
    parquet_ahead_free(ahead);
    return out;
}

static bool same(const struct read *a, const struct read *b)
{
    return a->n == b->n && a->hash == b->hash && strcmp(a->err.message, b->err.message) == 0;
}

static int in_memory(const char *bytes, size_t n)
{
    int fd = memfd_create("parquet", MFD_CLOEXEC);
    return write(fd, bytes, n) == (ssize_t)n ? fd : -1;
}

static bool read_meta(const char *bytes, size_t n, struct parquet_meta *meta)
{
    struct err err = {0};
    const unsigned char *end = (const unsigned char *)bytes + n - 8;
    size_t footer = (size_t)parquet_little(end, 4);
    return parquet_meta_read(end - footer, footer, n - 8, meta, &err) && meta->n_columns > 1 &&
           meta->n_columns <= COLUMNS;
}

static void test_threads(int fd, const struct parquet_meta *meta)
{
    static const int threads[] = {2, 3, 8};
    const struct read want = read_all(fd, meta, 1, false);
    tap_ok(want.n == meta->rows * (meta->n_columns - 1) && want.err.code == ERR_NONE,
           "one thread reads all of %zu groups %s", meta->n_groups, want.err.message);
    for (size_t k = 0; k < sizeof threads / sizeof *threads; k++) {
        size_t alike = 0;
        for (int i = 0; i < AGAIN; i++) {
            struct read got = read_all(fd, meta, threads[k], i < 2);
            alike += same(&got, &want);
        }
        tap_ok(alike == AGAIN, "%d threads read the same: %zu times", threads[k], alike);
    }
}

/* Pages with some bytes changed; the footer is left alone. */
static void test_broken(const char *bytes, size_t n, const struct parquet_meta *meta)
{
    struct rng rng = rng_stream(SEED, RNG_TEST, 0, 0);
    size_t alike = 0, refused = 0;
    char *other = mem_new(n, 1);
    for (int i = 0; i < BROKEN; i++) {
        memcpy(other, bytes, n);
        for (int k = 0; k < 3; k++)
            other[4 + rng_below(&rng, (uint32_t)n / 2)] = (char)rng_below(&rng, 256);
        int fd = in_memory(other, n);
        struct read one = read_all(fd, meta, 1, false), four = read_all(fd, meta, 4, false);
        alike += same(&one, &four);
        refused += one.err.code != ERR_NONE;
        close(fd);
    }
    tap_ok(alike == BROKEN && refused > BROKEN / 10,
           "of %d broken ones %zu are refused, all at the same value with the same words (%zu)",
           BROKEN, refused, alike);
    free(other);
}

int main(void)
{
    const char *top = getenv("srcdir");
    char *path = mem_printf("%s/tests/parquet/hyparquet-groups.parquet", top ? top : ".");
    char *bytes = mem_new(MOST, 1);
    struct parquet_meta meta = {0};
    int file = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = file < 0 ? -1 : read(file, bytes, MOST);
    bool ok = n > 8 && n < MOST && read_meta(bytes, (size_t)n, &meta);
    tap_ok(ok, "%s is read", path);
    if (ok) {
        test_threads(file, &meta);
        test_broken(bytes, (size_t)n, &meta);
    }
    parquet_meta_free(&meta);
    close(file);
    free(bytes), free(path);
    return tap_done();
}
