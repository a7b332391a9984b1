/* Logs to cohorts: damage of every kind, and real mice. */
#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#include "deltaw/base/rng.h"
#include "load_logs.h"

/* Each file: good-* loads, all else is refused with its name in the message. */
static void test_corpus(void)
{
    const char *srcdir = getenv("srcdir");
    char path[600];
    snprintf(path, sizeof path, "%s/tests/corpus", srcdir ? srcdir : ".");
    DIR *d = opendir(path);
    size_t n = 0, good = 0;
    uint64_t digest = 0;
    if (!tap_ok(d != NULL, "the corpus is there"))
        return;
    for (struct dirent *e; (e = readdir(d));) {
        if (e->d_name[0] == '.' || strstr(e->d_name, ".npz"))
            continue;
        snprintf(path, sizeof path, "%s/tests/corpus/%s", srcdir ? srcdir : ".", e->d_name);
        struct err err = {0};
        struct cohort *c = load_path(path, plain, &err);
        bool expected = strncmp(e->d_name, "good-", 5) == 0;
        if (expected)
            tap_ok(c && c->n_trials == 8 && c->n_animals == 2, "%s loads %s", e->d_name,
                   err.message);
        else
            tap_ok(!c && err.code == ERR_DATA && strstr(err.message, e->d_name), "%s: %s",
                   e->d_name, err.message);
        if (c && !strstr(e->d_name, "scattered")) {
            good += digest == 0 || digest == c->digest;
            digest = c->digest;
        }
        n++;
        cohort_drop(c);
    }
    closedir(d);
    tap_ok(n >= 55 && good == 5, "%zu files; the good ones are the same cohort", n);
}

/* A good log with a few bytes changed, dropped or doubled, plain and packed:
 * either a cohort that holds together or an error with a message. */
static void test_mutations(void)
{
    static const char log[] = "subject,session,trial,contrast_left,contrast_right,choice,reward,"
                              "\"q, x\",date\nm1,1,1,0.5,0,0,1,\"a\nb\",2020-01-01\r\n"
                              "m1,1,2,,0.25,1,1,7,2020-01-01\nm2,9,1,0,1,1,0,-1e-3,2020-01-02\n";
    static const char swap[] = {0, '"', ',', '\n', '\r', ';', '\t', '9', '-', '.', 'e', (char)0xff};
    enum { SEED = 5, N = 4000 };
    struct rng rng = rng_stream(SEED, RNG_TEST, 0, 0);
    struct err err = {0};
    char *packed;
    spit_text(file("seed.csv"), log);
    struct cohort *c = load_path(file("seed.csv"), plain, &err);
    tap_ok(c && c->n_trials == 3 && cohort_save(c, file("seed.csv.gz"), &err), "the seed loads %s",
           err.message);
    cohort_drop(c);
    size_t n_packed = slurp(file("seed.csv.gz"), &packed), wrong = 0, loaded = 0;
    tap_note("seed %d", SEED);
    for (size_t i = 0; i < N; i++) {
        size_t n = i % 2 ? n_packed : sizeof log - 1;
        char *bytes = mem_resize(NULL, n + 16, 1);
        memcpy(bytes, i % 2 ? packed : log, n);
        for (uint32_t k = 1 + rng_below(&rng, 3); k > 0; k--) {
            size_t at = rng_below(&rng, (uint32_t)n);
            uint32_t how = rng_below(&rng, 4);
            if (how == 0 && n > 1) {
                memmove(bytes + at, bytes + at + 1, n - at - 1);
                n--;
            } else if (how == 1) {
                memmove(bytes + at + 1, bytes + at, n - at);
                n++;
            } else {
                bytes[at] = i % 2 ? (char)rng_word(&rng) : swap[rng_below(&rng, sizeof swap)];
            }
        }
        FILE *f = fopen(file("mutant"), "wb");
        fwrite(bytes, 1, n, f);
        fclose(f);
        free(bytes);
        err_clear(&err);
        c = load_path(file("mutant"), plain, &err);
        loaded += c != NULL;
        wrong += c ? c->n_trials == 0 || c->n_trials > 6 || err.code != ERR_NONE
                   : err.code != ERR_DATA || err.message[0] == '\0';
        cohort_drop(c);
    }
    free(packed);
    tap_ok(wrong == 0 && loaded > 0 && loaded < N, "%d mutants: loaded or refused", N);
}

static void test_mice(void)
{
    struct err err = {0};
    char path[600];
    const char *srcdir = getenv("srcdir");
    snprintf(path, sizeof path, "%s/../shared/data/mice.csv.gz", srcdir ? srcdir : ".");
    if (access(path, R_OK) != 0) {
        tap_skip("no ../shared/data/mice.csv.gz");
        return;
    }
    struct cohort *c = load_path(path, plain, &err);
    if (!tap_ok(c != NULL, "the real mice load with no options %s", err.message))
        return;
    tap_ok(c->n_animals == 13 && c->report.n_rows == 73693 && c->report.n_no_reward == 7318 &&
               c->report.n_no_choice == 0 && c->n_trials == 73693 - 7318,
           "13 animals, 73,693 rows, 7,318 of unknown reward dropped");
    tap_is_text(c->animals[0].name, "DAP007", "the first of them");
    tap_ok(c->stimulus[0] == -.5f && c->choice[0] == 1 && c->reward[0] == 0 && c->answer[0] == 0 &&
               c->trial[1] == 3 && c->animals[0].n_sessions == 53,
           "its first trials");
    tap_ok(cohort_column(c, "rt") != NULL && c->n_columns == 1, "the reaction times are kept");
    tap_ok(cohort_animal(c, "DAP069") == 12 && cohort_animal(c, "nobody") == -1, "found by name");
    size_t days = 0;
    for (size_t t = 0; t < c->animals[0].count; t++)
        days += cohort_day(c, &c->animals[0], t);
    tap_ok(days == 52, "the first trial of each session but the first is a new day");
    uint64_t digest = c->digest;
    cohort_drop(c);
    c = load_path(
        path,
        (struct load_options){.missing_reward = LOAD_MISSING_HALF, .contrast = LOAD_CONTRAST_TANH5},
        &err);
    tap_ok(c && c->n_trials == 73693 && c->report.n_no_reward == 7318 && c->digest != digest,
           "all of them with missing_reward=half");
    tap_near(c ? (double)c->stimulus[0] : 0, -.98670389, 2e-8, "contrast=tanh5");
    cohort_drop(c);
}

int main(void)
{
    folder_begin();
    test_corpus();
    test_mutations();
    test_mice();
    folder_end();
    return tap_done();
}
