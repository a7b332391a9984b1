#include "loop_figures.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/study/check.h"

enum { CURVE = 12, LEVELS = 12, QUARTERS = 4, LAGS = 8, LEAST = 20 };

static const struct {
    const char *name, *title, *x_name, *y_name;
    size_t n;
} parts[LOOP_PARTS] = {
    [LOOP_LEARNING_CURVE] = {"learning_curve", "learning curve", "trial", "share correct", CURVE},
    [LOOP_EARLY] = {"psychometric_early", "psychometric, first third", "stimulus", "P(right)",
                    LEVELS},
    [LOOP_LATE] = {"psychometric_late", "psychometric, last third", "stimulus", "P(right)", LEVELS},
    [LOOP_SWITCH_CORRECT] = {"switch_correct", "switches after correct choices",
                             "quarter of the trials", "P(switch)", QUARTERS},
    [LOOP_SWITCH_ERROR] = {"switch_error", "switches after errors", "quarter of the trials",
                           "P(switch)", QUARTERS},
    [LOOP_HISTORY] = {"history", "choices by earlier choices", "lag (trials)",
                      "P(right) beyond the stimulus", LAGS},
};

size_t loop_values(const struct cohort *cohort)
{
    (void)cohort;
    size_t n = 0;
    for (size_t i = 0; i < LOOP_PARTS; i++)
        n += parts[i].n;
    return n;
}

/* Values of stimuli where there are few, else equal steps of tanh s. */
struct levels {
    size_t n; /* above LEVELS: steps */
    float value[LEVELS + 1];
};

static struct levels levels_of(const struct cohort *c)
{
    struct levels l = {0};
    l.n = cohort_stimuli(c, LEVELS, l.value);
    for (size_t i = 1; l.n <= LEVELS && i < l.n; i++)
        for (size_t j = i; j > 0 && l.value[j] < l.value[j - 1]; j--) {
            float other = l.value[j];
            l.value[j] = l.value[j - 1], l.value[j - 1] = other;
        }
    return l;
}

static size_t level_of(const struct levels *l, float s)
{
    if (l->n > LEVELS)
        return (size_t)(LEVELS * (.5 + .499 * tanh((double)s)));
    for (size_t i = 0; i < l->n; i++)
        if (l->value[i] == s)
            return i;
    return 0;
}

static double level_value(const struct levels *l, size_t i)
{
    return l->n > LEVELS ? atanh((((double)i + .5) / LEVELS - .5) / .499)
           : i < l->n    ? l->value[i]
                         : NAN;
}

struct mean {
    double sum, n;
};

static void add(struct mean *m, double value)
{
    m->sum += value, m->n++;
}

/* Longest animal; the last bins are of those that get there. */
static size_t curve_bin(const struct cohort *c)
{
    size_t longest = 1;
    for (size_t a = 0; a < c->n_animals; a++)
        longest = c->animals[a].count > longest ? c->animals[a].count : longest;
    return (longest + CURVE - 1) / CURVE;
}

/* Where the numbers of each figure begin in a measurement. */
static void places(size_t at[LOOP_PARTS])
{
    size_t n = 0;
    for (size_t i = 0; i < LOOP_PARTS; i++) {
        at[i] = n;
        n += parts[i].n;
    }
}

/* P(right) of each stimulus, over all trials: what history is counted beyond. */
static void rights_of(const struct cohort *c, const struct levels *levels, const uint8_t *choice,
                      double right[LEVELS])
{
    struct mean mean[LEVELS] = {0};
    for (size_t t = 0; t < c->n_trials; t++)
        add(&mean[level_of(levels, c->stimulus[t])], choice[t]);
    for (size_t i = 0; i < LEVELS; i++)
        right[i] = mean[i].n > 0 ? mean[i].sum / mean[i].n : .5;
}

static void measure_past(const struct cohort *c, const struct animal *who, size_t t,
                         const uint8_t *choice, double beyond, const size_t at[LOOP_PARTS],
                         struct mean *m)
{
    size_t n = cohort_past(c, who, t, LAGS), quarter = QUARTERS * (t - who->first) / who->count;
    for (size_t j = 0; j < n; j++)
        add(&m[at[LOOP_HISTORY] + j], choice[t - 1 - j] ? beyond : -beyond);
    if (n > 0 && (c->reward[t - 1] == 0 || c->reward[t - 1] == 1)) {
        bool correct = choice[t - 1] == c->answer[t - 1];
        add(&m[at[correct ? LOOP_SWITCH_CORRECT : LOOP_SWITCH_ERROR] + quarter],
            choice[t] != choice[t - 1]);
    }
}

void loop_measure(const struct cohort *c, const uint8_t *choice, double *values)
{
    const struct levels levels = levels_of(c);
    size_t at[LOOP_PARTS], n = loop_values(c), bin = curve_bin(c);
    struct mean *m = mem_new(n, sizeof *m);
    double right[LEVELS];
    places(at);
    rights_of(c, &levels, choice, right);
    for (size_t a = 0; a < c->n_animals; a++) {
        const struct animal *who = &c->animals[a];
        for (size_t i = 0; i < who->count; i++) {
            size_t t = who->first + i, level = level_of(&levels, c->stimulus[t]);
            if (c->reward[t] == 0 || c->reward[t] == 1)
                add(&m[at[LOOP_LEARNING_CURVE] + i / bin], choice[t] == c->answer[t]);
            if (3 * i < who->count)
                add(&m[at[LOOP_EARLY] + level], choice[t]);
            if (3 * i >= 2 * who->count)
                add(&m[at[LOOP_LATE] + level], choice[t]);
            measure_past(c, who, t, choice, choice[t] - right[level], at, m);
        }
    }
    for (size_t i = 0; i < n; i++)
        values[i] = m[i].n >= LEAST ? m[i].sum / m[i].n : NAN;
    free(m);
}

/* --- figures ------------------------------------------------------------------------ */

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Point j of a figure: mean, deviation and interval of the runs where it has a number. */
static double point_of(struct loop_figure *f, size_t j, size_t runs, size_t stride,
                       const double *first)
{
    double *v = mem_new(runs, sizeof *v), sum = 0, squares = 0;
    size_t n = 0;
    for (size_t r = 0; r < runs; r++)
        if (!isnan(first[r * stride]))
            v[n++] = first[r * stride];
    qsort(v, n, sizeof *v, ascending);
    for (size_t i = 0; i < n; i++)
        sum += v[i];
    f->mean[j] = n ? sum / (double)n : NAN;
    for (size_t i = 0; i < n; i++)
        squares += (v[i] - f->mean[j]) * (v[i] - f->mean[j]);
    f->low[j] = n ? v[(size_t)(.025 * (double)n)] : NAN;
    f->high[j] = n ? v[n - 1 - (size_t)(.025 * (double)n)] : NAN;
    free(v);
    return n > 1 ? sqrt(squares / (double)(n - 1)) : NAN;
}

/* The greatest deviation of a measurement from the mean of the runs, and where. */
static double furthest(const struct loop_figure *f, const double *deviation, const double *values,
                       size_t *where)
{
    double most = 0;
    for (size_t j = 0; j < f->n; j++) {
        double d = fabs(values[j] - f->mean[j]) / deviation[j];
        if (deviation[j] > 0 && d > most)
            most = d, *where = j;
    }
    return most;
}

static void figure_of(size_t runs, size_t stride, const double *first, struct loop_figure *f)
{
    double *deviation = mem_new(f->n, sizeof *deviation), observed;
    size_t beyond = 0, where = 0;
    f->mean = mem_new(f->n, sizeof *f->mean);
    f->low = mem_new(f->n, sizeof *f->low), f->high = mem_new(f->n, sizeof *f->high);
    for (size_t j = 0; j < f->n; j++)
        deviation[j] = point_of(f, j, runs, stride, first + j);
    observed = furthest(f, deviation, f->observed, &f->worst);
    for (size_t r = 0; r < runs; r++)
        beyond += furthest(f, deviation, first + r * stride, &where) >= observed;
    f->p = (double)(1 + beyond) / (double)(1 + runs);
    free(deviation);
}

static double x_of(const struct cohort *c, const struct levels *levels, enum loop_part part,
                   size_t j)
{
    if (part == LOOP_LEARNING_CURVE)
        return ((double)j + .5) * (double)curve_bin(c);
    if (part == LOOP_EARLY || part == LOOP_LATE)
        return level_value(levels, j);
    return (double)j + 1;
}

void loop_summarise(const struct cohort *c, const double *runs, struct loop *out)
{
    const struct levels levels = levels_of(c);
    size_t at[LOOP_PARTS], n = loop_values(c);
    double *own = mem_new(n, sizeof *own);
    places(at);
    loop_measure(c, c->choice, own);
    for (size_t i = 0; i < LOOP_PARTS; i++) {
        bool few = (i == LOOP_EARLY || i == LOOP_LATE) && levels.n < LEVELS;
        struct loop_figure *f = &out->figure[i];
        *f = (struct loop_figure){.name = parts[i].name,
                                  .title = parts[i].title,
                                  .x_name = parts[i].x_name,
                                  .y_name = parts[i].y_name,
                                  .n = few ? levels.n : parts[i].n};
        f->x = mem_new(f->n, sizeof *f->x);
        f->observed = mem_copy(own + at[i], f->n, sizeof *own);
        for (size_t j = 0; j < f->n; j++)
            f->x[j] = x_of(c, &levels, (enum loop_part)i, j);
        figure_of(out->n_runs, n, runs + at[i], f);
    }
    free(own);
}
