#include "comparing.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/utf8.h"
#include "deltaw/learn/gp.h"
#include "deltaw/learn/randomwalk.h"

static size_t animals_of(const struct compare *c)
{
    return c->cv ? c->cv->n_animals : c->scores.cohort->n_animals;
}

static const char *animal_of(const struct compare *c, size_t a)
{
    return c->cv ? c->cv->animals[a] : c->scores.cohort->animals[a].name;
}

/* --- who with whom ------------------------------------------------------------- */

/* Where it stands among the names; n_names: nowhere. */
static size_t named(const struct compare *c, const char *name)
{
    size_t i = 0;
    while (i < c->n_names && strcmp(c->names[i], name) != 0)
        i++;
    return i;
}

static bool is_best(const char *name)
{
    return strcmp(name, "best") == 0;
}

bool comparing_check(const struct compare *c, struct err *err)
{
    if (!c->against || is_best(c->against) || named(c, c->against) < c->n_names)
        return true;
    return err_set(err, ERR_USAGE,
                   "compare: against=%s is none of what is compared; it takes best, or one of them "
                   "as it is written there, such as \"%s\"",
                   c->against, c->names[0]);
}

static void mean_of_animals(const struct compare *c, size_t i, double *mean)
{
    if (c->cv)
        cv_animals(c->cv, i, i, c->size, mean);
    else
        for (size_t a = 0; a < animals_of(c); a++)
            mean[a] = c->counts[a] ? scores_mean(&c->scores, i, a) : NAN;
}

/* Nats per trial, over the animals that have a score; n: how many. */
static double nats_of(const struct compare *c, size_t i, size_t *n)
{
    double *mean = mem_new(animals_of(c), sizeof *mean), sum = 0;
    mean_of_animals(c, i, mean);
    *n = 0;
    for (size_t a = 0; a < animals_of(c); a++)
        if (isfinite(mean[a]))
            sum += mean[a], (*n)++;
    free(mean);
    return *n ? sum / (double)*n : NAN;
}

/* Of those with most animals: one that runs away on an animal is not the best for leaving it
 * out. */
static size_t best_of(const struct compare *c)
{
    size_t best = 0, most = 0, n;
    double highest = -INFINITY;
    for (size_t i = 0; i < c->n_names; i++) {
        double nats = nats_of(c, i, &n);
        if (n > most || (n == most && nats > highest))
            best = i, most = n, highest = nats;
    }
    return best;
}

static void add_pair(struct compare *c, size_t a, size_t b)
{
    c->pair[c->n++] = (struct comparing_pair){.a = a, .b = b};
}

static void take_pairs(struct compare *c)
{
    size_t n = c->n_names;
    c->pair = mem_new(n * (n - 1) / 2, sizeof *c->pair);
    if (!c->against) {
        for (size_t i = 0; i < n; i++)
            for (size_t j = i + 1; j < n; j++)
                add_pair(c, i, j);
        return;
    }
    size_t other = is_best(c->against) ? best_of(c) : named(c, c->against);
    for (size_t i = 0; i < n; i++)
        if (i != other)
            add_pair(c, i, other);
}

/* --- their differences ---------------------------------------------------------- */

/* The difference of a pair in every animal, of two models with its margin. */
static void differences(const struct compare *c, size_t i, size_t j, double *d, double *margin)
{
    const struct scores *s = &c->scores;
    if (c->cv) {
        cv_differences(c->cv, i, j, c->size, d);
        return;
    }
    size_t n = s->cohort->n_animals;
    for (size_t a = 0; a < n; a++) {
        d[a] = c->counts[a] ? scores_mean(s, i, a) - scores_mean(s, j, a) : NAN;
        margin[a] = judged_margin(&s->judged[i * n + a], &s->judged[j * n + a]);
    }
}

static bool is_lost(const struct compare *c, size_t i, size_t animal)
{
    if (c->cv)
        return cv_lost(c->cv, i, c->size, animal);
    size_t at = i * c->scores.cohort->n_animals + animal;
    return c->counts[animal] && c->scores.scored[at] > 0 && !isfinite(c->scores.loss[at]);
}

size_t comparing_lost(const struct compare *c, size_t i, size_t j)
{
    size_t lost = 0;
    for (size_t a = 0; a < animals_of(c); a++)
        lost += is_lost(c, i, a) || is_lost(c, j, a);
    return lost;
}

static void holm(struct compare *c)
{
    struct paired *all = mem_new(c->n, sizeof *all);
    for (size_t i = 0; i < c->n; i++)
        all[i] = c->pair[i].paired;
    paired_holm(c->n, all);
    for (size_t i = 0; i < c->n; i++)
        c->pair[i].paired = all[i];
    free(all);
}

void comparing_pairs(struct compare *c)
{
    size_t n = animals_of(c);
    double *d = mem_new(n, sizeof *d), *margin = c->cv ? NULL : mem_new(n, sizeof *margin);
    const char **names = mem_new(n, sizeof *names);
    take_pairs(c);
    c->found = comparison_new(c->n);
    for (size_t a = 0; a < n; a++)
        names[a] = animal_of(c, a);
    for (size_t i = 0; i < c->n; i++) {
        struct comparing_pair *p = &c->pair[i];
        differences(c, p->a, p->b, d, margin);
        paired_compute(n, d, c->seed, &p->paired);
        comparison_set(c->found, i, c->names[p->a], c->names[p->b], &p->paired, n, names, d,
                       margin);
    }
    holm(c);
    free(d), free(margin), free(names);
}

double comparing_evidence(const struct compare *c, size_t i)
{
    const struct model *model = c->cv ? NULL : c->scores.models[i];
    return !model              ? NAN
           : model->gp         ? model->gp->log_evidence
           : model->randomwalk ? randomwalk_set_evidence(model->randomwalk)
                               : NAN;
}

/* --- as tables -------------------------------------------------------------------- */

/* As wide as 80 columns allow for people. */
const struct column comparing_columns[] = {
    {"a", COLUMN_TEXT, .seen = SEEN_DATA},
    {"b", COLUMN_TEXT, .seen = SEEN_DATA},
    {"a_label", COLUMN_TEXT, .heading = "a", .seen = SEEN_PEOPLE},
    {"b_label", COLUMN_TEXT, .heading = "b", .seen = SEEN_PEOPLE},
    {"animals", COLUMN_COUNT, .seen = SEEN_DATA},
    {"nats_a", COLUMN_FIXED, 4, .heading = "nats", .seen = SEEN_DATA,
     .meaning = "of a per scored trial, mean over its animals"},
    {"difference", COLUMN_SIGNED, 5, .heading = "a - b",
     .meaning = "mean over animals, nats per scored trial"},
    {"low", COLUMN_SIGNED, 5, .meaning = "95 % interval over animals"},
    {"high", .type = COLUMN_SIGNED, .digits = 5},
    {"t", COLUMN_NUMBER, 2, .seen = SEEN_DATA},
    {"p_one_sided", COLUMN_NUMBER, 2, .seen = SEEN_DATA, .meaning = "that a is no better"},
    {"p_two_sided", COLUMN_NUMBER, 2, .heading = "p"},
    {"p_wilcoxon", COLUMN_NUMBER, 2, .seen = SEEN_DATA},
    {"p_holm", COLUMN_NUMBER, 2, .heading = "Holm"},
    {"effective_animals", COLUMN_NUMBER, 3, .seen = SEEN_DATA,
     .meaning = "that the mean rests on: (sum d)^2 / sum d^2"},
    {"wins", COLUMN_COUNT, .seen = SEEN_DATA, .meaning = "animals in which a is better"},
    {"log_evidence_a", COLUMN_NUMBER, 6, .seen = SEEN_DATA, .meaning = "nats; null: it has none"},
    {"log_evidence_b", COLUMN_NUMBER, 6, .seen = SEEN_DATA},
    {"lost", COLUMN_COUNT, .optional = true,
     .meaning = "animals left out, on which one has no score; null: none"},
    {"wins_of", COLUMN_TEXT, .heading = "wins", .seen = SEEN_PEOPLE},
    {0},
};

/* Names that a table has no room for are listed beside it, and are numbers in it. */
enum { ROOM = 16 };

bool comparing_numbered(const struct compare *c)
{
    for (size_t i = 0; i < c->n_names; i++)
        if (utf8_width(c->names[i]) > ROOM)
            return true;
    return false;
}

static char *label_of(const struct compare *c, size_t i)
{
    const char *name = c->names[i];
    return comparing_numbered(c) ? mem_printf("%zu %.*s", i + 1, (int)strcspn(name, " "), name)
                                 : mem_text(name);
}

/* Against one all rows have the same b: its place is for the nats of a. */
static void declare(const struct compare *c, struct table *t)
{
    table_declare(t, comparing_columns);
    for (size_t i = 0; c->against && i < t->n_columns; i++) {
        struct column *column = &t->columns[i];
        if (strcmp(column->name, "b_label") == 0)
            column->seen = SEEN_DATA;
        else if (strcmp(column->name, "nats_a") == 0)
            column->seen = 0;
    }
}

void comparing_table(const struct compare *c, struct table *t)
{
    declare(c, t);
    for (size_t i = 0; i < c->n; i++) {
        const struct comparing_pair *pair = &c->pair[i];
        const struct paired *p = &pair->paired;
        char *wins = mem_printf("%zu/%zu", p->wins, p->n);
        size_t lost = comparing_lost(c, pair->a, pair->b), n;
        char *a = label_of(c, pair->a), *b = label_of(c, pair->b);
        const char *names[] = {c->names[pair->a], c->names[pair->b], a, b, wins};
        const double values[] = {(double)p->n,
                                 nats_of(c, pair->a, &n),
                                 p->difference,
                                 p->low,
                                 p->high,
                                 p->t,
                                 p->p_one_sided,
                                 p->p_two_sided,
                                 p->p_wilcoxon,
                                 p->p_holm,
                                 p->n_effective,
                                 (double)p->wins,
                                 comparing_evidence(c, pair->a),
                                 comparing_evidence(c, pair->b),
                                 lost ? (double)lost : NAN};
        table_add(t, 5, names, sizeof values / sizeof *values, values);
        free(wins), free(a), free(b);
    }
}

void comparing_animals(const struct compare *c, struct table *t)
{
    size_t n = animals_of(c);
    double *mean = mem_new(n * c->n_names, sizeof *mean);
    table_column(t, "animal", COLUMN_TEXT, 0);
    if (!c->cv)
        table_column(t, "trials", COLUMN_COUNT, 0);
    for (size_t i = 0; i < c->n_names; i++) {
        table_column(t, c->names[i], COLUMN_NUMBER, 4);
        mean_of_animals(c, i, mean + i * n);
    }
    for (size_t a = 0; a < n; a++) {
        if (!c->cv && !c->counts[a])
            continue;
        size_t at = 1;
        table_row(t);
        table_text(t, 0, animal_of(c, a));
        if (!c->cv)
            table_number(t, at++, (double)c->scores.scored[a]);
        for (size_t i = 0; i < c->n_names; i++)
            table_number(t, at + i, mean[i * n + a]);
    }
    free(mean);
}
