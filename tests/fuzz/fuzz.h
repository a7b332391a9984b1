/* Fuzz targets: each takes any bytes and must come back.  They run in an empty folder that is
 * the working directory, and write nowhere else.  libFuzzer drives them (fuzz.c), and
 * tests/test_corpus replays what it found. */
#ifndef TESTS_FUZZ_H
#define TESTS_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct fuzz_target {
    const char *name, *what;
    void (*run)(const uint8_t *bytes, size_t n);
};

/* In order of targets.def; the end has no name. */
extern const struct fuzz_target fuzz_targets[];

/* Ends the program where this does not hold. */
void fuzz_claim(bool holds, const char *what, const char *detail);
void fuzz_put(const char *path, const uint8_t *bytes, size_t n);

/* Bytes that a session may be given as commands: no path leads out of the folder, and no
 * number is so large that the work takes longer than the fault it may show. */
char *fuzz_tame(const uint8_t *bytes, size_t n);

struct session;
struct output;
/* Steps what is queued for this long; what runs then is given up. */
enum { FUZZ_PATIENCE_MS = 300 };
void fuzz_steps(struct session *session, struct output *out);

#define TARGET(name, what) void fuzz_##name(const uint8_t *bytes, size_t n);
#include "targets.def"
#undef TARGET

#endif
