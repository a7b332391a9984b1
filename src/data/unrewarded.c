#include "deltaw/data/unrewarded.h"

#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"

/* --- keeping ------------------------------------------------------------------- */

void unrewarded_add(struct unrewarded *unrewarded, size_t n_names, const char *const *names,
                    const char *animal, const char *session, size_t before,
                    const struct cohort_trial *trial, const float *extra)
{
    if (!unrewarded->builder) {
        unrewarded->builder = cohort_builder_new();
        cohort_builder_columns(unrewarded->builder, n_names, names);
    }
    bool other = !unrewarded->animal || strcmp(unrewarded->animal, animal) != 0;
    if (other)
        cohort_builder_animal(unrewarded->builder, animal);
    if (other || strcmp(unrewarded->session, session) != 0)
        cohort_builder_session(unrewarded->builder, session);
    unrewarded->animal = animal, unrewarded->session = session;
    cohort_builder_trial(unrewarded->builder, trial, extra);
    unrewarded->at =
        mem_reserve(unrewarded->at, &unrewarded->room, unrewarded->n + 1, sizeof *unrewarded->at);
    unrewarded->at[unrewarded->n++] = before;
}

void unrewarded_give(struct unrewarded *unrewarded, struct cohort *cohort)
{
    if (unrewarded->builder)
        cohort->unrewarded =
            cohort_builder_finish(unrewarded->builder, cohort->name, cohort->source);
    cohort->unrewarded_at = unrewarded->at;
    *unrewarded = (struct unrewarded){0};
}

void unrewarded_free(struct unrewarded *unrewarded)
{
    cohort_builder_free(unrewarded->builder);
    free(unrewarded->at);
    *unrewarded = (struct unrewarded){0};
}

/* --- putting back ----------------------------------------------------------------- */

struct merging {
    struct cohort_builder *builder;
    float *extra;
    size_t n, *place;
};

static void merge_trial(struct merging *m, const struct cohort *c, size_t t, size_t place)
{
    struct cohort_trial trial = cohort_trial_at(c, t, m->extra);
    cohort_builder_session(m->builder, c->session_names[c->session[t]]);
    cohort_builder_trial(m->builder, &trial, m->extra);
    m->place[m->n++] = place;
}

static void merge_animal(struct merging *m, const struct cohort *c, const struct animal *animal)
{
    const struct cohort *other = c->unrewarded;
    long found = cohort_animal(other, animal->name);
    size_t at = found >= 0 ? other->animals[found].first : 0;
    size_t end = found >= 0 ? at + other->animals[found].count : 0;
    cohort_builder_animal(m->builder, animal->name);
    for (size_t t = animal->first; t <= animal->first + animal->count; t++) {
        for (; at < end && c->unrewarded_at[at] <= t; at++)
            merge_trial(m, other, at, SIZE_MAX);
        if (t < animal->first + animal->count)
            merge_trial(m, c, t, t);
    }
}

struct cohort *cohort_whole(const struct cohort *c, size_t **place)
{
    *place = NULL;
    if (!c->unrewarded)
        return cohort_hold(c);
    struct merging m = {.builder = cohort_builder_new(),
                        .extra = mem_new(c->n_columns, sizeof *m.extra),
                        .place = mem_new(c->n_trials + c->unrewarded->n_trials, sizeof *m.place)};
    const char **names = mem_new(c->n_columns, sizeof *names);
    for (size_t i = 0; i < c->n_columns; i++)
        names[i] = c->columns[i].name;
    cohort_builder_columns(m.builder, c->n_columns, names);
    for (size_t a = 0; a < c->n_animals; a++)
        merge_animal(&m, c, &c->animals[a]);
    free(names), free(m.extra);
    *place = m.place;
    return cohort_builder_finish(m.builder, c->name, c->source);
}
