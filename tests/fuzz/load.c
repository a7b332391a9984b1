/* Logs: loaded as what they hold together, or refused with a message. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "deltaw/data/filter.h"
#include "deltaw/data/load.h"
#include "deltaw/data/npz.h"
#include "fuzz.h"

static void check_trial(const struct cohort *c, size_t t)
{
    fuzz_claim(isfinite(c->stimulus[t]), "a stimulus is not finite", c->name);
    fuzz_claim(isfinite(c->reward[t]), "a reward is not finite", c->name);
    fuzz_claim(c->choice[t] <= 1, "a choice is neither side", c->name);
    fuzz_claim((size_t)c->session[t] < c->n_session_names, "a session has no name", c->name);
}

static void check_cohort(const struct cohort *c)
{
    size_t n = 0;
    for (size_t a = 0; a < c->n_animals; a++) {
        fuzz_claim(c->animals[a].first == n && c->animals[a].count > 0, "trials of no animal",
                   c->name);
        n += c->animals[a].count;
    }
    fuzz_claim(n > 0 && n == c->n_trials, "trials of no animal", c->name);
    for (size_t t = 0; t < n; t++)
        check_trial(c, t);
}

/* What was loaded is saved and read back as the same.  Rows that told doubled trials apart may
 * have been left out, as those of unknown reward are: that they are real is said. */
static void check_saved(const struct cohort *c)
{
    static const char *const path = "saved.csv";
    struct err err = {0};
    struct cohort *back = NULL;
    if (!cohort_save(c, path, &err))
        return;
    const struct load_options options = {.n_paths = 1, .paths = &path, .keep_copies = true};
    bool read = cohort_load(&options, &back, &err);
    fuzz_claim(read, "what was saved does not load", err.message);
    fuzz_claim(back->n_trials == c->n_trials && back->n_animals == c->n_animals,
               "what was saved is other data", c->name);
    cohort_drop(back);
}

static void load(const char *path, const uint8_t *bytes, size_t n)
{
    struct err err = {0};
    struct cohort *c = NULL;
    fuzz_put(path, bytes, n);
    bool good = cohort_load(&(struct load_options){.n_paths = 1, .paths = &path}, &c, &err);
    fuzz_claim(good ? c && err.code == ERR_NONE : !c && err.code != ERR_NONE && err.message[0],
               "neither loaded nor refused", path);
    if (c) {
        check_cohort(c);
        check_saved(c);
    }
    cohort_drop(c);
}

void fuzz_csv(const uint8_t *bytes, size_t n)
{
    load("log.csv", bytes, n);
}

void fuzz_gz(const uint8_t *bytes, size_t n)
{
    load("log.csv.gz", bytes, n);
}

void fuzz_npy(const uint8_t *bytes, size_t n)
{
    load("log.npy", bytes, n);
}

void fuzz_npz(const uint8_t *bytes, size_t n)
{
    struct npz npz = {0};
    struct err err = {0};
    load("log.npz", bytes, n);
    if (npz_read("log.npz", &npz, &err))
        npz_free(&npz);
}

void fuzz_parquet(const uint8_t *bytes, size_t n)
{
    load("log.parquet", bytes, n);
}

void fuzz_mat(const uint8_t *bytes, size_t n)
{
    load("log.mat", bytes, n);
}

static struct cohort *some_trials(void)
{
    static const char *const names[] = {"rt", "block"};
    struct cohort_builder *b = cohort_builder_new();
    cohort_builder_columns(b, 2, names);
    for (int a = 0; a < 2; a++) {
        cohort_builder_animal(b, a ? "DAP014" : "DAP007");
        for (int t = 0; t < 8; t++) {
            if (t % 4 == 0)
                cohort_builder_session(b, t ? "2" : "1");
            cohort_builder_trial(b,
                                 &(struct cohort_trial){.stimulus = t % 2 ? .5f : -.25f,
                                                        .reward = (float)(t % 3 == 0),
                                                        .choice = (uint8_t)(t & 1),
                                                        .trial = t + 1},
                                 (const float[]){t == 2 ? NAN : .1f * (float)t, (float)a});
        }
    }
    return cohort_builder_finish(b, "some", "some");
}

void fuzz_condition(const uint8_t *bytes, size_t n)
{
    static struct cohort *whole;
    if (!whole)
        whole = some_trials();
    char *text = strndup((const char *)bytes, n);
    for (int keep = 0; keep < 2; keep++) {
        struct cohort *part = NULL;
        struct err err = {0};
        bool good = cohort_filter(whole, text, keep, &part, &err);
        fuzz_claim(good || err.code != ERR_NONE, "neither taken nor refused", text);
        if (good)
            check_cohort(part);
        cohort_drop(part);
    }
    free(text);
}
