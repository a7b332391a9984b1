#include "deltaw/data/cohort.h"

#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/data/memo.h"
#include "names.h"

struct cohort_builder {
    struct cohort *cohort;
    size_t room, animal_room; /* trials, animals there is memory for */
    size_t stretch_room;
    struct names animals, sessions, files;
    int32_t last_session; /* of the animal being built, -1: none */
    uint32_t last_file;   /* NAMES_NONE: none */
};

bool cohort_day(const struct cohort *cohort, const struct animal *animal, size_t trial)
{
    return trial > animal->first && cohort->session[trial] != cohort->session[trial - 1];
}

size_t cohort_past(const struct cohort *cohort, const struct animal *animal, size_t trial,
                   size_t most)
{
    size_t n = 0;
    while (n < most && trial - n > animal->first && !cohort->gap[trial - n])
        n++;
    return n;
}

size_t cohort_gaps(const struct cohort *cohort)
{
    size_t n = 0;
    for (size_t t = 0; t < cohort->n_trials; t++)
        n += cohort->gap[t];
    return n;
}

const char *cohort_file(const struct cohort *cohort, size_t trial)
{
    size_t low = 0, high = cohort->n_stretches;
    while (high - low > 1) {
        size_t middle = (low + high) / 2;
        if (cohort->stretches[middle].first <= trial)
            low = middle;
        else
            high = middle;
    }
    return high > 0 && cohort->stretches[low].first <= trial
               ? cohort->files[cohort->stretches[low].file]
               : NULL;
}

uint32_t cohort_row(const struct cohort *cohort, size_t trial)
{
    return cohort->row ? cohort->row[trial] : 0;
}

void cohort_place(const struct cohort *cohort, size_t trial, struct strbuf *out)
{
    const char *file = cohort_file(cohort, trial);
    if (file && cohort_row(cohort, trial))
        strbuf_printf(out, "%s:%u", file, cohort_row(cohort, trial));
    else
        strbuf_puts(out, "");
}

long cohort_animal(const struct cohort *cohort, const char *name)
{
    for (size_t i = 0; i < cohort->n_animals; i++)
        if (strcmp(cohort->animals[i].name, name) == 0)
            return (long)i;
    return -1;
}

const struct cohort_column *cohort_column(const struct cohort *cohort, const char *name)
{
    for (size_t i = 0; i < cohort->n_columns; i++)
        if (strcmp(cohort->columns[i].name, name) == 0)
            return &cohort->columns[i];
    return NULL;
}

struct cohort *cohort_hold(const struct cohort *cohort)
{
    struct cohort *c = (struct cohort *)(uintptr_t)cohort;
    __atomic_add_fetch(&c->references, 1, __ATOMIC_RELAXED);
    return c;
}

static void release(struct cohort *c)
{
    for (size_t i = 0; i < c->n_animals; i++)
        free(c->animals[i].name);
    for (size_t i = 0; i < c->n_session_names; i++)
        free(c->session_names[i]);
    for (size_t i = 0; i < c->n_columns; i++) {
        free(c->columns[i].name);
        free(c->columns[i].values);
    }
    free(c->animals);
    free(c->session_names);
    free(c->columns);
    free(c->stimulus);
    free(c->choice);
    free(c->reward);
    free(c->answer);
    free(c->session);
    free(c->trial);
    free(c->gap);
    free(c->row);
    for (size_t i = 0; i < c->n_files; i++)
        free(c->files[i]);
    free(c->files);
    free(c->stretches);
    free(c->chain);
    free(c->name);
    free(c->source);
    free(c->truth);
    cohort_drop(c->whole);
    free(c->place);
    free(c->report.mapping);
    free(c->report.sides);
    free(c->report.notes);
    cohort_memo_free(c->memo);
    cohort_drop(c->unrewarded);
    free(c->unrewarded_at);
    free(c);
}

void cohort_drop(struct cohort *cohort)
{
    if (cohort && __atomic_sub_fetch(&cohort->references, 1, __ATOMIC_ACQ_REL) == 0)
        release(cohort);
}

struct cohort_builder *cohort_builder_new(void)
{
    struct cohort_builder *b = mem_new(1, sizeof *b);
    b->cohort = mem_new(1, sizeof *b->cohort);
    b->cohort->references = 1;
    b->cohort->memo = cohort_memo_new();
    b->last_session = -1;
    b->last_file = NAMES_NONE;
    return b;
}

void cohort_builder_columns(struct cohort_builder *b, size_t n, const char *const *names)
{
    struct cohort *c = b->cohort;
    if (c->n_columns || c->n_trials)
        err_die("cohort_builder_columns: called late or twice");
    c->n_columns = n;
    c->columns = mem_new(n, sizeof *c->columns);
    for (size_t i = 0; i < n; i++)
        c->columns[i].name = mem_text(names[i]);
}

/* An animal that got no trial is not one. */
static void forget_empty(struct cohort *c)
{
    if (c->n_animals && c->animals[c->n_animals - 1].count == 0)
        free(c->animals[--c->n_animals].name);
}

void cohort_builder_animal(struct cohort_builder *b, const char *name)
{
    struct cohort *c = b->cohort;
    forget_empty(c);
    size_t before = b->animals.n;
    names_add(&b->animals, name, strlen(name));
    if (b->animals.n == before)
        err_die("cohort_builder_animal: the trials of %s do not come together", name);
    c->animals = mem_reserve(c->animals, &b->animal_room, c->n_animals + 1, sizeof *c->animals);
    c->animals[c->n_animals++] = (struct animal){.name = mem_text(name), .first = c->n_trials};
    b->last_session = -1;
}

void cohort_builder_session(struct cohort_builder *b, const char *name)
{
    b->last_session = (int32_t)names_add(&b->sessions, name, strlen(name));
}

void cohort_builder_file(struct cohort_builder *b, const char *path)
{
    b->last_file = names_add(&b->files, path, strlen(path));
}

static void note_file(struct cohort_builder *b, size_t trial)
{
    struct cohort *c = b->cohort;
    if (b->last_file == NAMES_NONE ||
        (c->n_stretches > 0 && c->stretches[c->n_stretches - 1].file == b->last_file))
        return;
    c->stretches =
        mem_reserve(c->stretches, &b->stretch_room, c->n_stretches + 1, sizeof *c->stretches);
    c->stretches[c->n_stretches++] = (struct cohort_stretch){trial, b->last_file};
}

struct cohort_trial cohort_trial_at(const struct cohort *c, size_t t, float *extra)
{
    for (size_t i = 0; i < c->n_columns; i++)
        extra[i] = c->columns[i].values[t];
    return (struct cohort_trial){.stimulus = c->stimulus[t],
                                 .reward = c->reward[t],
                                 .choice = c->choice[t],
                                 .answer = c->answer[t],
                                 .gap = c->gap[t],
                                 .trial = c->trial[t],
                                 .row = cohort_row(c, t)};
}

static void size_trials(struct cohort *c, size_t n)
{
    c->stimulus = mem_resize(c->stimulus, n, sizeof *c->stimulus);
    c->choice = mem_resize(c->choice, n, sizeof *c->choice);
    c->reward = mem_resize(c->reward, n, sizeof *c->reward);
    c->answer = mem_resize(c->answer, n, sizeof *c->answer);
    c->session = mem_resize(c->session, n, sizeof *c->session);
    c->trial = mem_resize(c->trial, n, sizeof *c->trial);
    c->gap = mem_resize(c->gap, n, sizeof *c->gap);
    if (c->row)
        c->row = mem_resize(c->row, n, sizeof *c->row);
    for (size_t i = 0; i < c->n_columns; i++)
        c->columns[i].values = mem_resize(c->columns[i].values, n, sizeof(float));
}

void cohort_builder_trial(struct cohort_builder *b, const struct cohort_trial *trial,
                          const float *extra)
{
    struct cohort *c = b->cohort;
    if (c->n_animals == 0)
        err_die("cohort_builder_trial: no animal yet");
    if (b->last_session < 0)
        cohort_builder_session(b, "1");
    if (c->n_trials == b->room) {
        b->room = b->room ? 2 * b->room : 1024;
        size_trials(c, b->room);
    }
    struct animal *animal = &c->animals[c->n_animals - 1];
    size_t t = c->n_trials++;
    note_file(b, t);
    c->gap[t] = trial->gap && animal->count > 0;
    if (trial->row && !c->row)
        c->row = mem_new(b->room, sizeof *c->row);
    if (c->row)
        c->row[t] = trial->row;
    if (animal->count++ == 0 || c->session[t - 1] != b->last_session)
        animal->n_sessions++;
    c->stimulus[t] = trial->stimulus + 0.0f; /* -0 becomes 0 */
    c->choice[t] = trial->choice;
    c->reward[t] = trial->reward;
    c->answer[t] = trial->answer;
    c->session[t] = b->last_session;
    c->trial[t] = trial->trial;
    for (size_t i = 0; i < c->n_columns; i++)
        c->columns[i].values[t] = extra ? extra[i] : __builtin_nanf("");
}

static uint64_t fnv(uint64_t h, const void *bytes, size_t n)
{
    const unsigned char *p = bytes;
    for (size_t i = 0; i < n; i++)
        h = (h ^ p[i]) * UINT64_C(0x100000001b3);
    return h;
}

static uint64_t fnv_word(uint64_t h, uint32_t word)
{
    unsigned char b[4] = {(unsigned char)word, (unsigned char)(word >> 8),
                          (unsigned char)(word >> 16), (unsigned char)(word >> 24)};
    return fnv(h, b, sizeof b);
}

/* FNV-1a, 64 bits: per animal its name with the NUL and its number of trials,
 * then per trial stimulus, reward (little-endian floats), choice, answer and
 * whether a session begins, with 2 added after a gap. */
static uint64_t digest(const struct cohort *c)
{
    uint64_t h = UINT64_C(0xcbf29ce484222325);
    for (size_t a = 0; a < c->n_animals; a++) {
        const struct animal *animal = &c->animals[a];
        h = fnv(h, animal->name, strlen(animal->name) + 1);
        h = fnv_word(h, (uint32_t)animal->count);
        for (size_t t = animal->first; t < animal->first + animal->count; t++) {
            uint32_t bits;
            memcpy(&bits, &c->stimulus[t], sizeof bits);
            h = fnv_word(h, bits);
            memcpy(&bits, &c->reward[t], sizeof bits);
            h = fnv_word(h, bits);
            unsigned char begins = (unsigned char)(cohort_day(c, animal, t) + 2 * c->gap[t]);
            unsigned char small[3] = {c->choice[t], c->answer[t], begins};
            h = fnv(h, small, sizeof small);
        }
    }
    return h;
}

uint64_t cohort_digest_column(uint64_t h, const struct cohort_column *column, size_t n_trials)
{
    h = fnv(h, column->name, strlen(column->name) + 1);
    for (size_t t = 0; t < n_trials; t++) {
        uint32_t bits;
        memcpy(&bits, &column->values[t], sizeof bits);
        h = fnv_word(h, bits);
    }
    return h;
}

struct cohort *cohort_builder_finish(struct cohort_builder *b, const char *name, const char *source)
{
    struct cohort *c = b->cohort;
    forget_empty(c);
    size_trials(c, c->n_trials);
    c->animals = mem_resize(c->animals, c->n_animals, sizeof *c->animals);
    c->name = mem_text(name);
    c->source = mem_text(source);
    c->n_session_names = b->sessions.n;
    c->session_names = mem_new(b->sessions.n, sizeof *c->session_names);
    for (size_t i = 0; i < b->sessions.n; i++)
        c->session_names[i] = mem_text(b->sessions.text[i]);
    c->n_files = b->files.n;
    c->files = mem_new(b->files.n, sizeof *c->files);
    for (size_t i = 0; i < b->files.n; i++)
        c->files[i] = mem_text(b->files.text[i]);
    c->chain = mem_text("");
    c->report.n_rows = c->n_trials;
    c->report.mapping = mem_text("");
    c->report.notes = mem_text("");
    c->report.sides = mem_text("choice 1 = right, 0 = left");
    c->digest = digest(c);
    b->cohort = NULL;
    cohort_builder_free(b);
    return c;
}

void cohort_builder_free(struct cohort_builder *b)
{
    if (!b)
        return;
    if (b->cohort)
        release(b->cohort);
    names_free(&b->animals);
    names_free(&b->sessions);
    names_free(&b->files);
    free(b);
}
