#include "deltaw/study/comparison.h"

#include <math.h>
#include <stdlib.h>

#include "deltaw/base/mem.h"

struct comparison *comparison_new(size_t n_pairs)
{
    struct comparison *c = mem_new(1, sizeof *c);
    c->n = n_pairs;
    c->pairs = mem_new(n_pairs, sizeof *c->pairs);
    return c;
}

static int by_difference(const void *a, const void *b)
{
    double x = ((const struct compared *)a)->difference;
    double y = ((const struct compared *)b)->difference;
    return (x > y) - (x < y);
}

void comparison_set(struct comparison *c, size_t pair, const char *a, const char *b,
                    const struct paired *paired, size_t n, const char *const *animals,
                    const double *d, const double *margin)
{
    struct comparison_pair *p = &c->pairs[pair];
    p->a = mem_text(a), p->b = mem_text(b);
    p->paired = *paired;
    p->animals = mem_new(n, sizeof *p->animals);
    for (size_t i = 0; i < n; i++) {
        double half = margin ? margin[i] : NAN;
        if (isfinite(d[i]))
            p->animals[p->n++] =
                (struct compared){mem_text(animals[i]), d[i], d[i] - half, d[i] + half};
    }
    qsort(p->animals, p->n, sizeof *p->animals, by_difference);
}

void comparison_free(struct comparison *c)
{
    for (size_t i = 0; c && i < c->n; i++) {
        struct comparison_pair *p = &c->pairs[i];
        for (size_t a = 0; a < p->n; a++)
            free(p->animals[a].animal);
        free(p->a), free(p->b), free(p->animals);
    }
    if (c)
        free(c->pairs);
    free(c);
}

const struct column comparison_columns[] = {
    {"a", .type = COLUMN_TEXT},
    {"b", .type = COLUMN_TEXT},
    {"animal", .type = COLUMN_TEXT},
    {"difference", COLUMN_SIGNED, 5, .meaning = "a minus b, nats per scored trial"},
    {"low", COLUMN_SIGNED, 5, .meaning = "95 % interval over stretches of the animal's trials"},
    {"high", .type = COLUMN_SIGNED, .digits = 5},
    {0},
};

void comparison_table(const struct comparison_pair *p, struct table *out)
{
    table_declare(out, comparison_columns);
    for (size_t i = 0; i < p->n; i++) {
        const struct compared *one = &p->animals[i];
        table_add(out, 3, (const char *[]){p->a, p->b, one->animal}, 3,
                  (double[]){one->difference, one->low, one->high});
    }
}
