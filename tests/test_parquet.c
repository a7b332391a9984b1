/* Parquet files of other writers hold what the same table holds as CSV; broken ones are
 * refused and harm nothing. */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/rng.h"
#include "deltaw/data/load.h"
#include "parquet/decode.h"
#include "tap.h"

enum { SEED = 3, MUTANTS = 150, MOST = 1 << 16 };

static char *fixture(const char *name)
{
    const char *top = getenv("srcdir");
    return mem_printf("%s/tests/parquet/%s", top ? top : ".", name);
}

static struct cohort *load(char *path, struct err *err)
{
    struct load_options options = {.paths = (const char *const[]){path}, .n_paths = 1};
    struct cohort *cohort = NULL;
    err_clear(err);
    return cohort_load(&options, &cohort, err) ? cohort : NULL;
}

static bool same_columns(const struct cohort *a, const struct cohort *b)
{
    bool same = a->n_columns == b->n_columns;
    for (size_t i = 0; same && i < a->n_columns; i++) {
        const struct cohort_column *other = cohort_column(b, a->columns[i].name);
        same = other != NULL;
        for (size_t t = 0; same && t < a->n_trials; t++) {
            float x = a->columns[i].values[t], y = other->values[t];
            same = x == y || (isnan(x) && isnan(y));
        }
    }
    return same;
}

static void test_fixtures(const struct cohort *want)
{
    char *folder = fixture("");
    DIR *dir = opendir(folder);
    struct dirent *entry;
    struct err err = {0};
    while (dir && (entry = readdir(dir))) {
        const char *end = strrchr(entry->d_name, '.');
        if (!end || strcmp(end, ".parquet") != 0 || strncmp(entry->d_name, "odd", 3) == 0)
            continue;
        char *path = fixture(entry->d_name);
        struct cohort *got = load(path, &err);
        tap_ok(got && got->digest == want->digest && same_columns(want, got), "%s: as the CSV %s",
               entry->d_name, err.message);
        cohort_drop(got);
        free(path);
    }
    closedir(dir);
    free(folder);
}

static void test_odd(const struct cohort *want)
{
    struct err err = {0};
    char *path = fixture("odd-nested.parquet");
    struct cohort *got = load(path, &err);
    tap_ok(got && got->digest == want->digest, "lists and groups are left out %s", err.message);
    tap_ok(got && strstr(got->report.mapping, "nested columns left out: list, group_of"),
           "and said: %s", got ? got->report.mapping : "");
    cohort_drop(got);
    free(path);
    path = fixture("odd-decimal.parquet");
    tap_ok(!load(path, &err) && strstr(err.message, "column stimulus is a decimal"),
           "a decimal is refused: %s", err.message);
    free(path);
}

static void write_plainly(const char *path, const char *bytes, size_t n)
{
    FILE *file = fopen(path, "wb");
    fwrite(bytes, 1, n, file);
    fclose(file);
}

/* Cut short anywhere, or with some bytes changed: loaded or refused, nothing else. */
static void test_broken(const char *name)
{
    char bytes[MOST], other[MOST], *path = fixture(name), *to = mem_text("broken.parquet");
    struct err err = {0};
    struct rng rng = rng_stream(SEED, RNG_TEST, (uint32_t)strlen(name), 0);
    FILE *file = fopen(path, "rb");
    size_t n = file ? fread(bytes, 1, MOST, file) : 0, refused = 0, loaded = 0;
    if (file)
        fclose(file);
    for (size_t cut = 1; cut < n; cut += n / 40) {
        write_plainly(to, bytes, cut);
        struct cohort *got = load(to, &err);
        loaded += got != NULL;
        cohort_drop(got);
    }
    tap_ok(n > 0 && loaded == 0, "%s: refused wherever it is cut", name);
    for (int i = 0; i < MUTANTS; i++) {
        memcpy(other, bytes, n);
        for (uint32_t k = 0, changes = 1 + rng_below(&rng, 4); k < changes; k++)
            other[4 + rng_below(&rng, (uint32_t)n - 12)] = (char)rng_below(&rng, 256);
        write_plainly(to, other, n);
        struct cohort *got = load(to, &err);
        refused += !got && err.message[0];
        loaded += got != NULL;
        cohort_drop(got);
    }
    tap_ok(loaded + refused == MUTANTS && refused > MUTANTS / 10,
           "%s: of %d broken ones %zu are refused with a word", name, MUTANTS, refused);
    free(path), free(to);
}

/* A run of three levels of one bit: of value 2 they would count more values than rows. */
static void test_level_width(void)
{
    unsigned char run[] = {3 << 1, 1};
    uint32_t level[3] = {0};
    struct rle good = parquet_rle_open((struct bytes){run, run + 2}, 1);
    tap_ok(parquet_rle_take(&good, 3, level) && level[0] == 1 && level[2] == 1, "a run of levels");
    run[1] = 2;
    struct rle wide = parquet_rle_open((struct bytes){run, run + 2}, 1);
    tap_ok(!parquet_rle_take(&wide, 3, level), "a level wider than its width is refused");
}

int main(void)
{
    struct err err = {0};
    char *path = fixture("trials.csv");
    struct cohort *want = load(path, &err);
    tap_ok(want && want->n_trials == 240 && want->n_columns == 3, "the table as CSV %s",
           err.message);
    test_fixtures(want);
    test_odd(want);
    test_level_width();
    test_broken("duckdb-snappy-v1.parquet");
    test_broken("duckdb-uncompressed-v2.parquet");
    test_broken("arrow-delta-v2.parquet");
    test_broken("arrow-split-v1.parquet");
    test_broken("hyparquet.parquet");
    cohort_drop(want);
    free(path);
    return tap_done();
}
