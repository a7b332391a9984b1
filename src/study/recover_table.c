/* What the results of `recover` say: means over seeds with 95 % intervals (Student's t),
 * beside what was published. */
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "recover_inside.h"

struct spread {
    size_t n;
    double mean, low, high; /* NaN: of none; of one no interval */
};

static struct spread spread_of(size_t n, const double *x)
{
    struct spread s = {.n = n, .mean = NAN, .low = NAN, .high = NAN};
    double sum = 0, squares = 0;
    for (size_t i = 0; i < n; i++)
        sum += x[i];
    if (n > 0)
        s.mean = sum / (double)n;
    for (size_t i = 0; i < n; i++)
        squares += (x[i] - s.mean) * (x[i] - s.mean);
    if (n > 1) {
        double half =
            gsl_cdf_tdist_Pinv(.975, (double)(n - 1)) * sqrt(squares / (double)(n - 1) / (double)n);
        s.low = s.mean - half, s.high = s.mean + half;
    }
    return s;
}

static const struct recover_result *any_at(const struct recover *r, size_t which, size_t rule,
                                           size_t seed)
{
    const struct recover_at at = {rule, which, seed};
    return &r->results[recover_index(&r->plan, &at)];
}

/* Of several rules that whose held-out loss is the least, once all are done; NULL: there is no
 * such choice. */
static const struct recover_result *chosen_at(const struct recover *r, size_t which, size_t seed,
                                              size_t *rule)
{
    const struct recover_result *best = NULL;
    for (size_t i = 0; i < r->plan.n_rules; i++) {
        const struct recover_result *result = any_at(r, which, i, seed);
        if (!result->done)
            return NULL;
        if (!result->failed &&
            (!best || result->value[RECOVER_HELDOUT] < best->value[RECOVER_HELDOUT]))
            best = result, *rule = i;
    }
    return best;
}

/* The rule after the last one is the chosen one. */
static const struct recover_result *result_at(const struct recover *r, size_t which, size_t rule,
                                              size_t seed)
{
    if (rule == r->plan.n_rules)
        return chosen_at(r, which, seed, &rule);
    const struct recover_result *result = any_at(r, which, rule, seed);
    return result->done && !result->failed ? result : NULL;
}

size_t recover_rows(const struct recover_plan *plan)
{
    return plan->n_rules + (plan->n_rules > 1);
}

/* "chosen: gp, dnn": the rules that were, on any seed, each once. */
static char *row_words(const struct recover *r, size_t which, size_t row)
{
    size_t n = r->plan.n_rules, last = n;
    struct strbuf text = {0};
    if (row < n)
        return mem_text(r->plan.rules[row].words);
    strbuf_puts(&text, "chosen");
    for (size_t i = 0; i < n; i++)
        for (size_t seed = 0; seed < r->plan.n_seeds; seed++) {
            size_t rule = n;
            if (chosen_at(r, which, seed, &rule) && rule == i && last != i) {
                strbuf_printf(&text, "%s %s", last == n ? ":" : ",", r->plan.rules[i].words);
                last = i;
            }
        }
    return strbuf_take(&text);
}

/* The first case of its setting. */
static size_t first_of(const struct recover_plan *plan, size_t which)
{
    size_t first = which;
    while (first > 0 && strcmp(plan->cases[first - 1].setting, plan->cases[which].setting) == 0)
        first--;
    return first;
}

/* The measure divided by another, or by that of the first case; over seeds that have both. */
enum { BY_NOTHING = -1, BY_FIRST = -2 };

static struct spread measured(const struct recover *r, size_t which, size_t rule,
                              enum recover_measure measure, int by)
{
    double *x = mem_new(r->plan.n_seeds, sizeof *x);
    size_t n = 0, first = first_of(&r->plan, which);
    for (size_t seed = 0; seed < r->plan.n_seeds; seed++) {
        size_t of = rule; /* a choice is held against the same rule */
        const struct recover_result *a = rule < r->plan.n_rules ? result_at(r, which, rule, seed)
                                                                : chosen_at(r, which, seed, &of);
        const struct recover_result *b = by == BY_FIRST && a ? result_at(r, first, of, seed) : a;
        if (!a || !b)
            continue;
        double value = a->value[measure];
        value /= by == BY_FIRST ? b->value[measure] : by >= 0 ? a->value[by] : 1;
        if (isfinite(value))
            x[n++] = value;
    }
    struct spread s = spread_of(n, x);
    free(x);
    return s;
}

const struct column recover_columns[] = {
    {"setting", COLUMN_TEXT, .once = true, .meaning = "as `recover setting=` names it"},
    {"case", COLUMN_TEXT, .meaning = "of the setting"},
    {"rule", COLUMN_TEXT,
     .meaning = "that is fitted, and its options; of several also a row for those that were "
                "chosen, on each seed by the least held-out loss"},
    {"rmse", COLUMN_FIXED, 4, .optional = true,
     .meaning = "of the first weight's updates, mean over seeds"},
    {"low", COLUMN_FIXED, 4, .optional = true, .rank = 5,
     .meaning = "of its 95 % interval over seeds"},
    {"high", COLUMN_FIXED, 4, .optional = true, .rank = 5,
     .meaning = "of its 95 % interval over seeds"},
    {"rmse_by_null", COLUMN_FIXED, 3, "/ null", .optional = true, .rank = 4,
     .meaning = "rmse as a share of that of answering 0"},
    {"relative", COLUMN_FIXED, 2, "times", .optional = true,
     .meaning = "rmse to that of the setting's first case"},
    {"published", COLUMN_NUMBER, 3, "paper", .optional = true,
     .meaning = "rmse; where there is a relative one, that"},
    {"below", COLUMN_FLAG, .optional = true, .rank = 6,
     .meaning = "is ours smaller than the published one?"},
    {"r2", COLUMN_FIXED, 3, "R^2", .optional = true, .rank = 3,
     .meaning = "of the first weight's updates over visited trials, at the true weights"},
    {"r2_low", COLUMN_FIXED, 3, .seen = SEEN_DATA, .meaning = "of its 95 % interval over seeds"},
    {"r2_high", COLUMN_FIXED, 3, .seen = SEEN_DATA, .meaning = "of its 95 % interval over seeds"},
    {"r2_bias", COLUMN_FIXED, 3, .seen = SEEN_DATA,
     .meaning = "of the last weight's; null: it does not learn"},
    {"heldout", COLUMN_FIXED, 4, .seen = SEEN_DATA, .meaning = "loss, nats per trial"},
    {"fit", COLUMN_TEXT, .seen = SEEN_DATA,
     .meaning = "its options as the held-out loss chose them, of the first seed"},
    {"done", COLUMN_COUNT, .seen = SEEN_DATA, .meaning = "fits"},
    {"of", COLUMN_COUNT, .seen = SEEN_DATA, .meaning = "fits that there are to be"},
    {"failed", COLUMN_COUNT, .seen = SEEN_DATA, .meaning = "of those that are done"},
    {0},
};

/* Of the case and rule: how many are done, and of these failed; the first fit's words. */
static const char *count_done(const struct recover *r, size_t which, size_t rule, size_t *done,
                              size_t *failed)
{
    const char *fit = "";
    *done = *failed = 0;
    for (size_t seed = r->plan.n_seeds; seed-- > 0;) {
        const struct recover_result *result =
            rule < r->plan.n_rules ? any_at(r, which, rule, seed) : result_at(r, which, rule, seed);
        *done += result && result->done;
        *failed += result && result->failed;
        fit = result && result->fit ? result->fit : fit;
    }
    return fit;
}

/* What is compared with the published figure; NaN: nothing. */
static double compared(const struct recover *r, size_t which, size_t rule)
{
    const struct recover_case *c = &r->plan.cases[which];
    return c->published > 0
               ? measured(r, which, rule, RECOVER_RMSE, c->relative ? BY_FIRST : BY_NOTHING).mean
               : NAN;
}

static void add_row(const struct recover *r, size_t which, size_t rule, struct table *out)
{
    const struct recover_case *c = &r->plan.cases[which];
    size_t done, failed;
    const char *fit = count_done(r, which, rule, &done, &failed);
    struct spread rmse = measured(r, which, rule, RECOVER_RMSE, BY_NOTHING);
    struct spread share = measured(r, which, rule, RECOVER_RMSE, RECOVER_NULL);
    struct spread relative = measured(r, which, rule, RECOVER_RMSE, BY_FIRST);
    struct spread r2 = measured(r, which, rule, RECOVER_R2, BY_NOTHING);
    struct spread bias = measured(r, which, rule, RECOVER_R2_BIAS, BY_NOTHING);
    struct spread held_out = measured(r, which, rule, RECOVER_HELDOUT, BY_NOTHING);
    double ours = compared(r, which, rule);
    char *words = row_words(r, which, rule);
    table_row(out);
    table_text(out, 0, c->setting);
    table_text(out, 1, c->name);
    table_text(out, 2, words);
    free(words);
    const double values[] = {
        rmse.mean,
        rmse.low,
        rmse.high,
        share.mean,
        c->relative ? relative.mean : NAN,
        c->published > 0 ? c->published : NAN,
        isnan(ours) ? NAN : ours < c->published,
        r2.mean,
        r2.low,
        r2.high,
        bias.mean,
        held_out.mean,
    };
    size_t n = sizeof values / sizeof *values;
    for (size_t i = 0; i < n; i++)
        table_number(out, 3 + i, values[i]);
    table_text(out, 3 + n, fit);
    table_number(out, 4 + n, (double)done);
    table_number(out, 5 + n, (double)r->plan.n_seeds);
    table_number(out, 6 + n, (double)failed);
}

void recover_table(const struct recover *r, struct table *out)
{
    table_declare(out, recover_columns);
    for (size_t which = 0; which < r->plan.n_cases; which++)
        for (size_t rule = 0; rule < recover_rows(&r->plan); rule++)
            add_row(r, which, rule, out);
}

void recover_below(const struct recover *r, size_t *below, size_t *of)
{
    size_t last = recover_rows(&r->plan) - 1; /* the only rule, or what was chosen of several */
    *below = *of = 0;
    for (size_t which = 0; which < r->plan.n_cases; which++) {
        double ours = compared(r, which, last);
        *of += !isnan(ours);
        *below += ours < r->plan.cases[which].published;
    }
}

void recover_say_failures(const struct recover *r, struct strbuf *out)
{
    size_t n = 0;
    for (size_t i = 0; i < r->study.n_runs; i++)
        n += r->results[i].failed != NULL;
    for (size_t i = 0; n && i < r->study.n_runs; i++)
        if (r->results[i].failed) {
            strbuf_printf(out, "%zu fit%s failed: %s", n, n == 1 ? "" : "s", r->results[i].failed);
            return;
        }
}

/* --- confusion ------------------------------------------------------------------- */

const struct column recover_confusion_columns[] = {
    {"agents", COLUMN_TEXT, .once = true, .meaning = "the rule that made the choices"},
    {"words", COLUMN_TEXT, .seen = SEEN_DATA, .meaning = "of `simulate` that made them"},
    {"animals", COLUMN_COUNT, .meaning = "in the cohort"},
    {"trials", COLUMN_COUNT, .meaning = "of each animal"},
    {"rule", COLUMN_TEXT, .meaning = "that is fitted"},
    {"right", COLUMN_FLAG, .meaning = "is it that of the agents?"},
    {"by_heldout", COLUMN_FIXED, 2, "held out",
     .meaning = "share of seeds on which it has the smallest held-out loss"},
    {"by_evidence", COLUMN_FIXED, 2, "evidence", .optional = true,
     .meaning = "share of seeds on which it has the greatest evidence; null: some rule has none"},
    {"seeds", COLUMN_COUNT, .meaning = "on which all rules are fitted"},
    {0},
};

/* The rule that is chosen on the seed, by the least value (sign 1) or the greatest (-1); n_rules:
 * one is not done or has none. */
static size_t chosen(const struct recover *r, size_t which, size_t seed,
                     enum recover_measure measure, double sign)
{
    size_t best = 0, n = r->plan.n_rules;
    double least = INFINITY;
    for (size_t rule = 0; rule < n; rule++) {
        const struct recover_result *result = result_at(r, which, rule, seed);
        double value = result ? sign * result->value[measure] : NAN;
        if (isnan(value))
            return n;
        if (value < least)
            least = value, best = rule;
    }
    return best;
}

/* share [n_rules] of the seeds on which each is chosen; how many seeds have a choice. */
static size_t shares(const struct recover *r, size_t which, enum recover_measure measure,
                     double sign, double *share)
{
    size_t n = 0;
    for (size_t rule = 0; rule < r->plan.n_rules; rule++)
        share[rule] = 0;
    for (size_t seed = 0; seed < r->plan.n_seeds; seed++) {
        size_t rule = chosen(r, which, seed, measure, sign);
        if (rule < r->plan.n_rules) {
            share[rule]++;
            n++;
        }
    }
    for (size_t rule = 0; rule < r->plan.n_rules; rule++)
        share[rule] = n ? share[rule] / (double)n : NAN;
    return n;
}

/* By evidence where all rules have one, else by what was held out. */
static bool by_evidence(const struct recover *r)
{
    for (size_t i = 0; i < r->study.n_runs; i++)
        if (r->results[i].done && !r->results[i].failed &&
            isnan(r->results[i].value[RECOVER_EVIDENCE]))
            return false;
    return true;
}

/* "reinforce-base" of "reinforce-base baseline=-.3" */
static bool same_rule(const char *a, const char *b)
{
    size_t n = strcspn(a, " ");
    return n == strcspn(b, " ") && strncmp(a, b, n) == 0;
}

static char *agents_of(const struct recover_case *c)
{
    return mem_text_n(c->agents, strcspn(c->agents, " "));
}

void recover_confusion(const struct recover *r, struct table *out)
{
    size_t n = r->plan.n_rules;
    double *held_out = mem_new(2 * n, sizeof *held_out), *evidence = held_out + n;
    table_declare(out, recover_confusion_columns);
    for (size_t which = 0; which < r->plan.n_cases; which++) {
        const struct recover_case *c = &r->plan.cases[which];
        char *agents = agents_of(c);
        size_t seeds = shares(r, which, RECOVER_HELDOUT, 1, held_out);
        shares(r, which, RECOVER_EVIDENCE, -1, evidence);
        for (size_t rule = 0; rule < n; rule++) {
            const char *words = r->plan.rules[rule].words;
            table_add(out, 3, (const char *[]){agents, c->agents, words}, 6,
                      (double[]){(double)c->animals, (double)c->trials, same_rule(agents, words),
                                 held_out[rule], evidence[rule], (double)seeds});
        }
        free(agents);
    }
    free(held_out);
}

const struct column recover_matrix_columns[] = {
    {"agents", COLUMN_TEXT, .meaning = "the rule that made the choices"},
    {"animals", .type = COLUMN_COUNT},
    {"trials", .type = COLUMN_COUNT},
    {0},
};

void recover_matrix(const struct recover *r, struct table *out)
{
    bool evidence = by_evidence(r);
    size_t n = r->plan.n_rules;
    double *share = mem_new(n, sizeof *share);
    table_declare(out, recover_matrix_columns);
    for (size_t rule = 0; rule < n; rule++)
        table_each(out, "by_rule", r->plan.rules[rule].words, COLUMN_FIXED, 2);
    for (size_t which = 0; which < r->plan.n_cases; which++) {
        const struct recover_case *c = &r->plan.cases[which];
        char *agents = agents_of(c);
        shares(r, which, evidence ? RECOVER_EVIDENCE : RECOVER_HELDOUT, evidence ? -1 : 1, share);
        table_add(out, 1, (const char *[]){agents}, 2,
                  (double[]){(double)c->animals, (double)c->trials});
        for (size_t rule = 0; rule < n; rule++)
            table_number(out, 3 + rule, share[rule]);
        free(agents);
    }
    free(share);
}
