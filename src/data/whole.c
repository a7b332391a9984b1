#include "deltaw/data/whole.h"

#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"

/* --- keeping ------------------------------------------------------------------- */

void aside_add(struct aside *aside, size_t n_names, const char *const *names, const char *animal,
               const char *session, size_t before, const struct cohort_trial *trial,
               const float *extra)
{
    if (!aside->builder) {
        aside->builder = cohort_builder_new();
        cohort_builder_columns(aside->builder, n_names, names);
    }
    bool other = !aside->animal || strcmp(aside->animal, animal) != 0;
    if (other)
        cohort_builder_animal(aside->builder, animal);
    if (other || strcmp(aside->session, session) != 0)
        cohort_builder_session(aside->builder, session);
    aside->animal = animal, aside->session = session;
    cohort_builder_trial(aside->builder, trial, extra);
    aside->at = mem_reserve(aside->at, &aside->room, aside->n + 1, sizeof *aside->at);
    aside->at[aside->n++] = before;
}

void aside_give(struct aside *aside, struct cohort *cohort)
{
    if (aside->builder)
        cohort->unrewarded = cohort_builder_finish(aside->builder, cohort->name, cohort->source);
    cohort->unrewarded_at = aside->at;
    *aside = (struct aside){0};
}

void aside_free(struct aside *aside)
{
    cohort_builder_free(aside->builder);
    free(aside->at);
    *aside = (struct aside){0};
}

/* --- putting back ----------------------------------------------------------------- */

struct merging {
    struct cohort_builder *builder;
    float *extra;
    size_t n, *place;
};

static void merge_trial(struct merging *m, const struct cohort *c, size_t t, size_t place)
{
    struct cohort_trial trial = {.stimulus = c->stimulus[t],
                                 .reward = c->reward[t],
                                 .choice = c->choice[t],
                                 .answer = c->answer[t],
                                 .gap = c->gap[t],
                                 .trial = c->trial[t],
                                 .row = c->row[t]};
    for (size_t i = 0; i < c->n_columns; i++)
        m->extra[i] = c->columns[i].values[t];
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
