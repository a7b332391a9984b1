/* For libFuzzer: `make fuzz TARGET=csv SECONDS=600`.  FUZZ_TARGET in the environment says which
 * target the bytes are for. */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "fuzz.h"

/* What is read apart elsewhere is read here, where it is seen: src/data/sandbox.h. */
extern const bool apart_inside;
const bool apart_inside = true;

static const struct fuzz_target *target;

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);
size_t LLVMFuzzerMutate(uint8_t *bytes, size_t n, size_t most);
size_t LLVMFuzzerCustomMutator(uint8_t *bytes, size_t n, size_t most, unsigned seed);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    const char *name = getenv("FUZZ_TARGET");
    for (target = fuzz_targets; name && target->name && strcmp(target->name, name) != 0; target++)
        ;
    if (!name || !target->name) {
        fprintf(stderr, "FUZZ_TARGET must be one of:");
        for (target = fuzz_targets; target->name; target++)
            fprintf(stderr, " %s", target->name);
        fprintf(stderr, "\n");
        exit(2);
    }
    setlocale(LC_CTYPE, "C.UTF-8");
    setenv("INPUTRC", "/dev/null", 1);
    setenv("TERM", "dumb", 1);
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    target->run(bytes, n);
    return 0;
}

/* --- members of a zip keep their sums right, or none would be looked into ------------- */

static uint32_t get(const uint8_t *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static void put(uint8_t *p, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        p[i] = (uint8_t)(value >> 8 * i);
}

static bool starts(const uint8_t *p, const char *magic)
{
    return memcmp(p, magic, 4) == 0;
}

/* The directory's entry of the member at `at` gets the sum too. */
static void put_in_directory(uint8_t *bytes, size_t n, size_t at, uint32_t sum)
{
    enum { ENTRY = 46 };
    for (size_t i = 0; i + ENTRY <= n; i++)
        if (starts(bytes + i, "PK\1\2") && get(bytes + i + 42) == at)
            put(bytes + i + 16, sum);
}

static void mend_sums(uint8_t *bytes, size_t n)
{
    enum { LOCAL = 30 };
    for (size_t i = 0; i + LOCAL <= n; i++) {
        uint8_t *p = bytes + i;
        if (!starts(p, "PK\3\4") || p[8] || p[9]) /* stored ones only */
            continue;
        size_t data = i + LOCAL + p[26] + 256u * p[27] + p[28] + 256u * p[29], size = get(p + 18);
        if (data > n || size > n - data)
            continue;
        uint32_t sum = (uint32_t)crc32(0, bytes + data, (uInt)size);
        put(p + 14, sum);
        put_in_directory(bytes, n, i, sum);
    }
}

size_t LLVMFuzzerCustomMutator(uint8_t *bytes, size_t n, size_t most, unsigned seed)
{
    (void)seed;
    n = LLVMFuzzerMutate(bytes, n, most);
    mend_sums(bytes, n);
    return n;
}
