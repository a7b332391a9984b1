#include "deltaw/data/filter.h"

#include <stdlib.h>

#include "condition.h"
#include "deltaw/base/mem.h"
#include "deltaw/data/unrewarded.h"

/* Which trials are kept: by condition, or by place in the animal. */
struct selection {
    const struct condition *condition; /* NULL: first .. last */
    bool keep;
    size_t first, last; /* from 1 */
    const size_t *most; /* [n_animals] at most so many of each; NULL: any number */
};

static bool chosen(const struct selection *wanted, const struct condition_trial *at)
{
    if (wanted->condition)
        return condition_holds(wanted->condition, at) == wanted->keep;
    size_t place = at->trial - at->cohort->animals[at->animal].first + 1;
    return place >= wanted->first && place <= wanted->last &&
           (!wanted->most || place <= wanted->most[at->animal]);
}

/* Trials without a reward stay beside the cohort: by condition as any other, by place where
 * those before and after them do. */
struct beside {
    struct unrewarded unrewarded;
    const char **names;
    float *extra;
    size_t kept; /* trials of the new cohort */
    size_t next; /* of those that stand beside the old one */
};

static void copy_beside(struct beside *b, const struct selection *wanted,
                        const struct condition_trial *now)
{
    const struct cohort *c = now->cohort, *other = c->unrewarded;
    const char *name = c->animals[now->animal].name;
    long animal = other ? cohort_animal(other, name) : -1;
    size_t end = animal < 0 ? 0 : other->animals[animal].first + other->animals[animal].count;
    b->next = animal >= 0 && b->next < other->animals[animal].first ? other->animals[animal].first
                                                                    : b->next;
    for (; b->next < end && c->unrewarded_at[b->next] <= now->trial; b->next++) {
        struct condition_trial at = {
            .cohort = other, .animal = (size_t)animal, .trial = b->next, .session = now->session};
        size_t place = now->trial - c->animals[now->animal].first;
        bool in = wanted->condition ? chosen(wanted, &at)
                                    : place >= wanted->first && place < wanted->last;
        if (!in)
            continue;
        struct cohort_trial trial = cohort_trial_at(other, b->next, b->extra);
        unrewarded_add(&b->unrewarded, c->n_columns, b->names, name,
                       other->session_names[other->session[b->next]], b->kept, &trial, b->extra);
    }
}

/* place: where the trials are in the log that c is, or is a part of. */
static void copy_trials(struct cohort_builder *b, const struct cohort *c,
                        const struct selection *wanted, struct beside *beside, uint32_t *place)
{
    float *extra = beside->extra;
    struct condition_trial at = {.cohort = c};
    for (at.animal = 0; at.animal < c->n_animals; at.animal++) {
        const struct animal *animal = &c->animals[at.animal];
        cohort_builder_animal(b, animal->name);
        at.session = 1;
        bool gap = false; /* goes over to the next trial that is left */
        const char *file = NULL;
        for (at.trial = animal->first; at.trial < animal->first + animal->count; at.trial++) {
            at.session += cohort_day(c, animal, at.trial);
            copy_beside(beside, wanted, &at);
            gap |= c->gap[at.trial];
            if (!chosen(wanted, &at))
                continue;
            struct cohort_trial trial = cohort_trial_at(c, at.trial, extra);
            trial.gap = gap;
            cohort_builder_session(b, c->session_names[c->session[at.trial]]);
            if (cohort_file(c, at.trial) != file)
                cohort_builder_file(b, file = cohort_file(c, at.trial));
            cohort_builder_trial(b, &trial, extra);
            beside->kept++;
            gap = false;
            place[beside->kept - 1] = c->place ? c->place[at.trial] : (uint32_t)at.trial;
        }
        copy_beside(beside, wanted, &at);
    }
}

static bool part(const struct cohort *c, const struct selection *wanted, const char *step,
                 struct cohort **out, struct err *err)
{
    struct cohort_builder *b = cohort_builder_new();
    const char **names = mem_new(c->n_columns, sizeof *names);
    for (size_t i = 0; i < c->n_columns; i++)
        names[i] = c->columns[i].name;
    cohort_builder_columns(b, c->n_columns, names);
    struct beside beside = {.names = names, .extra = mem_new(c->n_columns, sizeof(float))};
    uint32_t *place = mem_new(c->n_trials, sizeof *place);
    copy_trials(b, c, wanted, &beside, place);
    struct cohort *made = cohort_builder_finish(b, c->name, c->source);
    made->place = mem_resize(place, made->n_trials, sizeof *place);
    made->whole = cohort_hold(c->whole ? c->whole : c);
    unrewarded_give(&beside.unrewarded, made);
    free(names), free(beside.extra);
    if (made->n_trials == 0) {
        cohort_drop(made);
        return err_set(err, ERR_FAILED, "no trial would be left of %zu", c->n_trials);
    }
    free(made->chain);
    made->chain = mem_printf("%s%s%s", c->chain, *c->chain && *step ? "; " : "", step);
    free(made->report.mapping);
    free(made->report.sides);
    free(made->report.notes);
    made->report = c->report;
    made->report.mapping = mem_text(c->report.mapping);
    made->report.sides = mem_text(c->report.sides);
    made->report.notes = mem_text(c->report.notes);
    made->truth = c->truth ? mem_text(c->truth) : NULL;
    *out = made;
    return true;
}

bool cohort_filter(const struct cohort *cohort, const char *condition, bool keep,
                   struct cohort **out, struct err *err)
{
    struct condition read;
    if (!condition_read(condition, cohort, &read, err))
        return false;
    struct selection wanted = {.condition = &read, .keep = keep};
    char *step = mem_printf("%s %s", keep ? "keep" : "drop", condition);
    bool fine = part(cohort, &wanted, step, out, err);
    free(step);
    condition_free(&read);
    return fine;
}

bool cohort_trials(const struct cohort *cohort, size_t first, size_t last, struct cohort **out,
                   struct err *err)
{
    if (first == 0 || (last != 0 && last < first))
        return err_set(err, ERR_USAGE,
                       "trials %zu..%zu: trials are counted from 1, and the last "
                       "is not before the first",
                       first, last);
    struct selection wanted = {.first = first, .last = last ? last : SIZE_MAX};
    char *step =
        last ? mem_printf("trials %zu..%zu", first, last) : mem_printf("trials %zu..", first);
    bool fine = part(cohort, &wanted, step, out, err);
    free(step);
    return fine;
}

bool cohort_heads(const struct cohort *cohort, const size_t *most, struct cohort **out,
                  struct err *err)
{
    struct selection wanted = {.first = 1, .last = SIZE_MAX, .most = most};
    return part(cohort, &wanted, "", out, err);
}

bool cohort_take_step(const struct cohort *cohort, const struct cohort_step *step,
                      struct cohort **out, struct err *err)
{
    return step->condition ? cohort_filter(cohort, step->condition, step->keep, out, err)
                           : cohort_trials(cohort, step->first, step->last, out, err);
}
