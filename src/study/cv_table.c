/* What the results of a cross-validation say. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/study/cv.h"
#include "deltaw/study/judged.h"

enum { SAMPLE_SEED = 99 }; /* of the intervals' samples */

static size_t run_at(const struct cv_plan *p, const struct cv_run *run)
{
    return ((run->seed * p->folds + run->fold) * p->n_sizes + run->size) * p->n_rules + run->rule;
}

static bool counts(const struct cv *cv, const struct cv_run *at, size_t rule)
{
    struct cv_run run = *at;
    run.rule = rule;
    const struct cv_result *r = &cv->results[run_at(&cv->plan, &run)];
    return r->done && !r->failed;
}

/* Adds the scores of one run to the sums of its seed. */
static void add_run(const struct cv *cv, const struct cv_run *run, double *loglik, double *trials)
{
    const struct cv_result *r = &cv->results[run_at(&cv->plan, run)];
    for (size_t i = 0; i < r->n; i++) {
        loglik[r->scores[i].animal] += r->scores[i].loglik;
        trials[r->scores[i].animal] += (double)r->scores[i].trials;
    }
}

void cv_animals(const struct cv *cv, size_t rule, size_t other, size_t size, double *mean)
{
    size_t n = cv->n_animals;
    double *loglik = mem_new(2 * n, sizeof *loglik), *trials = loglik + n;
    size_t *seeds = mem_new(n, sizeof *seeds);
    memset(mean, 0, n * sizeof *mean);
    for (size_t seed = 0; seed < cv->plan.n_seeds; seed++) {
        memset(loglik, 0, 2 * n * sizeof *loglik);
        for (size_t fold = 0; fold < cv->plan.folds; fold++) {
            struct cv_run run = {rule, size, fold, seed};
            if (counts(cv, &run, rule) && counts(cv, &run, other))
                add_run(cv, &run, loglik, trials);
        }
        for (size_t a = 0; a < n; a++)
            if (trials[a] > 0) {
                mean[a] += loglik[a] / trials[a];
                seeds[a]++;
            }
    }
    for (size_t a = 0; a < n; a++)
        mean[a] = seeds[a] ? mean[a] / (double)seeds[a] : NAN;
    free(loglik), free(seeds);
}

double cv_mean(const struct cv *cv, size_t rule, size_t size, size_t *n)
{
    double *mean = mem_new(cv->n_animals, sizeof *mean), sum = 0;
    size_t known = 0;
    cv_animals(cv, rule, rule, size, mean);
    for (size_t a = 0; a < cv->n_animals; a++)
        if (isfinite(mean[a])) {
            sum += mean[a];
            known++;
        }
    free(mean);
    if (n)
        *n = known;
    return known ? sum / (double)known : NAN;
}

void cv_differences(const struct cv *cv, size_t a, size_t b, size_t size, double *d)
{
    double *other = mem_new(cv->n_animals, sizeof *other);
    cv_animals(cv, a, b, size, d);
    cv_animals(cv, b, a, size, other);
    for (size_t i = 0; i < cv->n_animals; i++)
        d[i] -= other[i];
    free(other);
}

void cv_pair(const struct cv *cv, size_t a, size_t b, size_t size, uint64_t seed,
             struct paired *out)
{
    double *d = mem_new(cv->n_animals, sizeof *d);
    cv_differences(cv, a, b, size, d);
    paired_compute(cv->n_animals, d, seed, out);
    free(d);
}

bool cv_lost(const struct cv *cv, size_t rule, size_t size, size_t animal)
{
    for (size_t i = 0; i < cv->study.n_runs; i++) {
        const struct cv_result *r = &cv->results[i];
        struct cv_run at = cv_run_at(cv, i);
        for (size_t j = 0; j < r->n && at.rule == rule && at.size == size; j++)
            if (r->scores[j].animal == animal && !isfinite(r->scores[j].loglik))
                return true;
    }
    return false;
}

static size_t n_lost(const struct cv *cv, size_t rule, size_t size)
{
    size_t n = 0;
    for (size_t a = 0; a < cv->n_animals; a++)
        n += cv_lost(cv, rule, size, a);
    return n;
}

/* Runs of a rule that are done, and of these failed. */
static size_t cv_done(const struct cv *cv, size_t rule, size_t size, size_t *failed)
{
    size_t done = 0;
    *failed = 0;
    for (size_t i = 0; i < cv->study.n_runs; i++) {
        struct cv_run at = cv_run_at(cv, i);
        if (at.rule != rule || at.size != size || !cv->results[i].done)
            continue;
        done++;
        *failed += cv->results[i].failed != NULL;
    }
    return done;
}

bool cv_best(const struct cv *cv, size_t *rule, size_t *size)
{
    size_t most = 0;
    double best = -INFINITY;
    for (size_t r = 0; r < cv->plan.n_rules; r++)
        for (size_t s = 0; s < cv->plan.n_sizes; s++) {
            size_t animals, failed;
            double mean = cv_mean(cv, r, s, &animals);
            cv_done(cv, r, s, &failed);
            if (failed || n_lost(cv, r, s) || animals < most || (animals == most && mean <= best))
                continue;
            most = animals, best = mean;
            *rule = r, *size = s;
        }
    return most > 0;
}

/* 0 is all that there are, hence more than any number. */
size_t cv_largest(const struct cv_plan *plan)
{
    size_t best = 0;
    for (size_t i = 1; i < plan->n_sizes; i++) {
        const struct cv_size *a = &plan->sizes[i], *b = &plan->sizes[best];
        bool animals = a->animals - 1 > b->animals - 1;
        if (animals || (a->animals == b->animals && a->trials - 1 > b->trials - 1))
            best = i;
    }
    return best;
}

const struct column cv_columns[] = {
    {"rule", COLUMN_TEXT, .meaning = "and its options"},
    {"train_animals", COLUMN_COUNT, .heading = "animals", .optional = true, .rank = 2,
     .meaning = "that are fitted; null: all but those held out"},
    {"train_trials", COLUMN_COUNT, .heading = "trials", .optional = true, .rank = 2,
     .meaning = "of each that are fitted; null: all"},
    {"nats_per_trial", COLUMN_FIXED, 4, "nats", .rank = 1,
     .meaning = "held-out log-likelihood, mean over animals"},
    {"difference", COLUMN_SIGNED, 4, "to first", .optional = true, .rank = 3,
     .meaning = "to the first rule, on the same trials"},
    {"low", COLUMN_SIGNED, 4, .optional = true, .rank = 4, .meaning = "of its 95 % interval"},
    {"high", COLUMN_SIGNED, 4, .optional = true, .rank = 4, .meaning = "of its 95 % interval"},
    {"p_two_sided", COLUMN_NUMBER, 2, "p", .optional = true, .rank = 7, .meaning = "paired t"},
    {"wins", COLUMN_COUNT, .optional = true, .rank = 6, .meaning = "animals above the first rule"},
    {"animals", COLUMN_COUNT, .heading = "of", .rank = 6, .meaning = "that have a score"},
    {"lost", COLUMN_COUNT, .optional = true, .rank = 2,
     .meaning = "animals of which its score is no number, left out of its mean; null: none"},
    {"done", COLUMN_COUNT, .heading = "fits", .rank = 5},
    {"of", COLUMN_COUNT, .rank = 5, .meaning = "fits that there are to be"},
    {"failed", COLUMN_COUNT, .seen = SEEN_DATA, .meaning = "of those that are done"},
    {"share", COLUMN_SHARE, .heading = "", .seen = SEEN_TILE, .rank = 8},
    {0},
};

/* 0 animals or trials: all that there are, shown as an empty cell. */
static double asked(size_t n)
{
    return n ? (double)n : NAN;
}

static void add_row(const struct cv *cv, size_t rule, size_t size, struct table *out)
{
    const struct cv_plan *p = &cv->plan;
    size_t animals, failed, done = cv_done(cv, rule, size, &failed), all = p->folds * p->n_seeds;
    size_t lost = n_lost(cv, rule, size);
    struct paired pair = {.difference = NAN, .low = NAN, .high = NAN, .p_two_sided = NAN};
    double mean = cv_mean(cv, rule, size, &animals);
    if (rule > 0)
        cv_pair(cv, rule, 0, size, SAMPLE_SEED, &pair);
    const double values[] = {asked(p->sizes[size].animals),
                             asked(p->sizes[size].trials),
                             mean,
                             pair.difference,
                             pair.low,
                             pair.high,
                             pair.p_two_sided,
                             rule > 0 ? (double)pair.wins : NAN,
                             (double)animals,
                             lost ? (double)lost : NAN,
                             (double)done,
                             (double)all,
                             (double)failed,
                             done < all ? (double)done / (double)all : NAN};
    table_add(out, 1, (const char *[]){p->rules[rule].words}, sizeof values / sizeof *values,
              values);
}

void cv_table(const struct cv *cv, struct table *out)
{
    table_declare(out, cv_columns);
    for (size_t rule = 0; rule < cv->plan.n_rules; rule++)
        for (size_t size = 0; size < cv->plan.n_sizes; size++)
            add_row(cv, rule, size, out);
}

/* Is any run's score of the animal a number, but far below chance? */
static bool fails_on(const struct cv *cv, size_t rule, size_t animal)
{
    for (size_t i = 0; i < cv->study.n_runs; i++) {
        const struct cv_result *r = &cv->results[i];
        for (size_t j = 0; j < r->n && cv_run_at(cv, i).rule == rule; j++)
            if (r->scores[j].animal == animal &&
                r->scores[j].loglik / (double)r->scores[j].trials < -M_LN2 - judged_far_below)
                return true;
    }
    return false;
}

static bool lost_on(const struct cv *cv, size_t rule, size_t animal)
{
    for (size_t size = 0; size < cv->plan.n_sizes; size++)
        if (cv_lost(cv, rule, size, animal))
            return true;
    return false;
}

/* "dnn is far below chance on DAP014"; how many there are. */
static size_t say_animals(const struct cv *cv, size_t rule,
                          bool (*on)(const struct cv *cv, size_t rule, size_t animal),
                          const char *what, struct strbuf *out)
{
    size_t n = 0;
    for (size_t a = 0; a < cv->n_animals; a++) {
        if (!on(cv, rule, a))
            continue;
        if (n++ == 0)
            strbuf_printf(out, "%s%s %s ", out->len ? "; " : "", cv->plan.rules[rule].words, what);
        strbuf_printf(out, "%s%s", n > 1 ? ", " : "", cv->animals[a]);
    }
    return n;
}

static void say_rule(const struct cv *cv, size_t rule, struct strbuf *out)
{
    size_t failed = 0, here;
    const char *words = cv->plan.rules[rule].words;
    for (size_t size = 0; size < cv->plan.n_sizes; size++) {
        cv_done(cv, rule, size, &here);
        failed += here;
    }
    if (failed)
        strbuf_printf(out, "%s%zu run%s of %s failed", out->len ? "; " : "", failed,
                      failed == 1 ? "" : "s", words);
    if (say_animals(cv, rule, lost_on, "has no score on", out))
        strbuf_puts(out, ": its mean and its differences are over fewer animals than those of "
                         "others, and it is not called best");
    say_animals(cv, rule, fails_on, "is far below chance on", out);
}

void cv_say_failures(const struct cv *cv, struct strbuf *out)
{
    for (size_t rule = 0; rule < cv->plan.n_rules; rule++)
        say_rule(cv, rule, out);
}
