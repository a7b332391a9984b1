#include "deltaw/study/psychometric.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/number.h"
#include "deltaw/study/behaviour.h"

enum { FIFTHS = 5, BINS = 11 };

/* --- groups -------------------------------------------------------------------- */

static bool group_parse(const char *word, struct psychometric_group *out)
{
    static const char *const kinds[] = {"early", "middle", "late", "all"};
    snprintf(out->name, sizeof out->name, "%s", word);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(word, kinds[i]) == 0) {
            out->kind = (enum psychometric_kind)i;
            return true;
        }
    const char *dots = strstr(word, "..");
    char *from = dots ? mem_text_n(word, (size_t)(dots - word)) : mem_text(word);
    long long first = 0, last = 0;
    bool good = number_parse_integer(from, &first) && first >= 1;
    last = first;
    good = good && (!dots || (number_parse_integer(dots + 2, &last) && last >= first)) &&
           last <= 1000000;
    free(from);
    out->kind = GROUP_SESSIONS;
    out->first = (long)first;
    out->last = (long)last;
    return good;
}

bool psychometric_groups(const char *text, struct psychometric_group *out, size_t *n,
                         struct err *err)
{
    *n = 0;
    for (const char *at = text;;) {
        size_t length = strcspn(at, ",");
        char *word = mem_text_n(at, length);
        bool room = *n < PSYCHOMETRIC_GROUPS && length < PSYCHOMETRIC_NAME;
        bool good = room && group_parse(word, &out[*n]);
        free(word);
        if (!good)
            return err_set(err, ERR_USAGE,
                           "sessions=%s must be up to %d of early, middle, late, "
                           "all, a session's number from 1 or a range as 1..3, joined by commas",
                           text, PSYCHOMETRIC_GROUPS);
        ++*n;
        if (!at[length])
            return true;
        at += length + 1;
    }
}

/* The part of `count` sessions or trials that a group takes: [first, last). */
static void fifth(enum psychometric_kind kind, size_t count, size_t *first, size_t *last)
{
    size_t part = count < FIFTHS ? count > 0 : (2 * count + FIFTHS) / (2 * FIFTHS);
    *first = kind == GROUP_EARLY ? 0 : kind == GROUP_LATE ? count - part : (count - part) / 2;
    *last = *first + part;
    if (kind == GROUP_ALL)
        *first = 0, *last = count;
}

/* Sessions [first, last) that the group takes of an animal; false: its fifths
 * are of trials instead. */
static bool in_sessions(const struct psychometric_group *group, size_t n_sessions, size_t *first,
                        size_t *last)
{
    if (group->kind == GROUP_SESSIONS) {
        *first = (size_t)group->first - 1;
        *last = (size_t)group->last;
        return true;
    }
    fifth(group->kind, n_sessions, first, last);
    return group->kind == GROUP_ALL || n_sessions >= FIFTHS;
}

static void join(struct psychometric *p, size_t g, const struct cohort *cohort,
                 const struct animal *animal)
{
    struct psychometric_points *points = &p->points[g];
    size_t first, last, session = 0, seen = SIZE_MAX;
    bool sessions = in_sessions(&p->group[g], animal->n_sessions, &first, &last);
    if (!sessions)
        fifth(p->group[g].kind, animal->count, &first, &last);
    size_t before = points->n_trials;
    for (size_t i = 0; i < animal->count; i++) {
        size_t t = animal->first + i;
        session += i > 0 && cohort->session[t] != cohort->session[t - 1];
        size_t place = sessions ? session : i;
        if (place < first || place >= last)
            continue;
        p->member[t] |= (uint8_t)(1u << g);
        points->n_trials++;
        points->n_sessions += session != seen;
        seen = session;
    }
    points->by_sessions += sessions && points->n_trials > before;
    points->by_trials += !sessions;
}

/* --- stimuli ------------------------------------------------------------------- */

static size_t level_find(const struct psychometric *p, double s)
{
    size_t low = 0, high = p->n_stimuli;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (p->stimulus[middle] < s)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The distinct stimuli of the trials in any group; false: too many. */
static bool take_levels(struct psychometric *p, const struct cohort *cohort)
{
    for (size_t t = 0; t < cohort->n_trials; t++) {
        double s = cohort->stimulus[t];
        if (!p->member[t])
            continue;
        size_t i = level_find(p, s);
        if (i == p->n_stimuli || p->stimulus[i] != s) {
            if (p->n_stimuli == PSYCHOMETRIC_STIMULI)
                return false;
            memmove(p->stimulus + i + 1, p->stimulus + i, (p->n_stimuli - i) * sizeof *p->stimulus);
            p->stimulus[i] = s;
            p->n_stimuli++;
        }
    }
    for (size_t t = 0; t < cohort->n_trials; t++)
        p->level[t] = p->member[t] ? (uint8_t)level_find(p, cohort->stimulus[t]) : 0;
    return true;
}

/* Equal bins, symmetric about 0; a bin is placed at the mean of what is in it. */
static void take_bins(struct psychometric *p, const struct cohort *cohort)
{
    double most = 0, sum[BINS] = {0};
    size_t n[BINS] = {0}, place[BINS];
    for (size_t t = 0; t < cohort->n_trials; t++)
        if (p->member[t])
            most = fmax(most, fabs(cohort->stimulus[t]));
    for (size_t t = 0; t < cohort->n_trials; t++) {
        int bin = (int)floor((cohort->stimulus[t] / most + 1) / 2 * BINS);
        p->level[t] = (uint8_t)(bin < 0 ? 0 : bin >= BINS ? BINS - 1 : bin);
        if (p->member[t]) {
            sum[p->level[t]] += cohort->stimulus[t];
            n[p->level[t]]++;
        }
    }
    p->n_stimuli = 0;
    for (size_t b = 0; b < BINS; b++) {
        place[b] = p->n_stimuli;
        if (n[b])
            p->stimulus[p->n_stimuli++] = sum[b] / (double)n[b];
    }
    for (size_t t = 0; t < cohort->n_trials; t++)
        p->level[t] = (uint8_t)place[p->level[t]];
    p->binned = true;
}

/* --- numbers ------------------------------------------------------------------- */

static void wilson(double right, double n, double *lo, double *hi)
{
    const double z = 1.959963984540054;
    double share = right / n, scale = 1 + z * z / n;
    double middle = (share + z * z / (2 * n)) / scale;
    double half = z / scale * sqrt(share * (1 - share) / n + z * z / (4 * n * n));
    *lo = right > 0 ? middle - half : 0;
    *hi = right < n ? middle + half : 1;
}

/* Log-likelihood of the points under logit P = a + b s, its gradient and
 * negated second derivatives. */
static double logistic(const struct psychometric *p, const struct psychometric_points *points,
                       const double at[2], double gradient[2], double hessian[3])
{
    double value = 0;
    gradient[0] = gradient[1] = hessian[0] = hessian[1] = hessian[2] = 0;
    for (size_t i = 0; i < p->n_stimuli; i++) {
        double n = (double)points->n[i], right = (double)points->right[i], s = p->stimulus[i];
        double z = at[0] + at[1] * s, q = policy_sigmoid(z), v = n * q * (1 - q);
        value -= right * log1p(exp(-fabs(z))) + (n - right) * log1p(exp(-fabs(z))) +
                 (z > 0 ? (n - right) * z : -right * z);
        gradient[0] += right - n * q;
        gradient[1] += (right - n * q) * s;
        hessian[0] += v, hessian[1] += v * s, hessian[2] += v * s * s;
    }
    return value;
}

/* Newton's method with halved steps.  Choices without an error drive the slope to infinity:
 * then there is no answer. */
static void fit_logistic(const struct psychometric *p, struct psychometric_points *points)
{
    double at[2] = {0, 0}, g[2], h[3], range = p->stimulus[p->n_stimuli - 1] - p->stimulus[0];
    double value = logistic(p, points, at, g, h);
    bool settled = false;
    points->bias = points->slope = NAN;
    for (int round = 0; round < 60 && !settled; round++) {
        double det = h[0] * h[2] - h[1] * h[1], part = 1;
        if (!(det > 1e-9 * h[0] * h[2]))
            return;
        double step[2] = {(h[2] * g[0] - h[1] * g[1]) / det, (h[0] * g[1] - h[1] * g[0]) / det};
        settled = fabs(step[0]) + fabs(step[1]) * range < 1e-9;
        for (int half = 0; half < 30; half++, part /= 2) {
            double next[2] = {at[0] + part * step[0], at[1] + part * step[1]};
            double found = logistic(p, points, next, g, h);
            if (found >= value || half == 29) {
                at[0] = next[0], at[1] = next[1], value = found;
                break;
            }
        }
        if (fabs(at[1]) * range > 60)
            return;
    }
    if (settled) {
        points->slope = at[1];
        points->bias = -at[0] / at[1];
    }
}

static void count(struct psychometric *p, const struct cohort *cohort)
{
    size_t known[PSYCHOMETRIC_GROUPS] = {0}, correct[PSYCHOMETRIC_GROUPS] = {0};
    for (size_t t = 0; t < cohort->n_trials; t++)
        for (size_t g = 0, bits = p->member[t]; bits; g++, bits >>= 1) {
            if (!(bits & 1))
                continue;
            float reward = cohort->reward[t];
            p->points[g].n[p->level[t]]++;
            p->points[g].right[p->level[t]] += cohort->choice[t];
            known[g] += reward == 0 || reward == 1;
            correct[g] += reward == 1;
        }
    for (size_t g = 0; g < p->n_groups; g++) {
        struct psychometric_points *points = &p->points[g];
        points->accuracy = known[g] ? (double)correct[g] / (double)known[g] : NAN;
        for (size_t i = 0; i < p->n_stimuli; i++) {
            double n = (double)points->n[i], right = (double)points->right[i];
            points->p[i] = points->lo[i] = points->hi[i] = points->expected[i] = NAN;
            points->low[i] = points->high[i] = NAN;
            if (n > 0) {
                points->p[i] = right / n;
                wilson(right, n, &points->lo[i], &points->hi[i]);
            }
        }
        points->bias = points->slope = NAN;
        if (points->n_trials > 0)
            fit_logistic(p, points);
    }
}

/* --- all of it ----------------------------------------------------------------- */

void psychometric_compute(const struct cohort *cohort, const bool *chosen,
                          const struct psychometric_group *group, size_t n_groups,
                          struct psychometric *out)
{
    struct psychometric p = {.n_groups = n_groups};
    p.level = mem_new(cohort->n_trials, 1);
    p.member = mem_new(cohort->n_trials, 1);
    p.stimulus = mem_new(PSYCHOMETRIC_STIMULI, sizeof *p.stimulus);
    memcpy(p.group, group, n_groups * sizeof *group);
    for (size_t a = 0; a < cohort->n_animals; a++) {
        const struct animal *animal = &cohort->animals[a];
        if (chosen && !chosen[a])
            continue;
        p.n_animals++;
        long sessions = (long)animal->n_sessions;
        p.most_sessions = sessions > p.most_sessions ? sessions : p.most_sessions;
        for (size_t g = 0; g < n_groups; g++)
            join(&p, g, cohort, animal);
    }
    if (!take_levels(&p, cohort))
        take_bins(&p, cohort);
    for (size_t g = 0; g < n_groups; g++) {
        struct psychometric_points *points = &p.points[g];
        points->n = mem_new(p.n_stimuli, sizeof *points->n);
        points->right = mem_new(p.n_stimuli, sizeof *points->right);
        points->p = mem_new(p.n_stimuli, sizeof(double));
        points->lo = mem_new(p.n_stimuli, sizeof(double));
        points->hi = mem_new(p.n_stimuli, sizeof(double));
        points->expected = mem_new(p.n_stimuli, sizeof(double));
        points->low = mem_new(p.n_stimuli, sizeof(double));
        points->high = mem_new(p.n_stimuli, sizeof(double));
    }
    count(&p, cohort);
    *out = p;
}

void psychometric_expect(struct psychometric *p, const struct model *model,
                         const struct cohort *cohort, const float *visited, size_t most)
{
    double sum[PSYCHOMETRIC_GROUPS][PSYCHOMETRIC_STIMULI] = {{0}};
    size_t n[PSYCHOMETRIC_GROUPS][PSYCHOMETRIC_STIMULI] = {{0}};
    size_t all = 0, k_n = model->settings.policy.n;
    for (size_t t = 0; most && t < cohort->n_trials; t++)
        all += p->member[t] != 0;
    size_t stride = most && all > most ? (all + most - 1) / most : 1, seen = 0;
    for (size_t a = 0; a < cohort->n_animals; a++) {
        const struct animal *animal = &cohort->animals[a];
        for (size_t t = animal->first; t < animal->first + animal->count; t++) {
            if (!p->member[t] || seen++ % stride)
                continue;
            double right = trajectory_p_right(model, cohort, animal, t, visited + t * k_n);
            for (size_t g = 0, bits = p->member[t]; bits; g++, bits >>= 1)
                if (bits & 1) {
                    sum[g][p->level[t]] += right;
                    n[g][p->level[t]]++;
                }
        }
    }
    for (size_t g = 0; g < p->n_groups; g++)
        for (size_t i = 0; i < p->n_stimuli; i++)
            p->points[g].expected[i] = n[g][i] ? sum[g][i] / (double)n[g][i] : NAN;
}

void psychometric_free(struct psychometric *p)
{
    for (size_t g = 0; g < p->n_groups; g++) {
        struct psychometric_points *points = &p->points[g];
        free(points->n), free(points->right);
        free(points->p), free(points->lo), free(points->hi), free(points->expected);
        free(points->low), free(points->high);
    }
    free(p->stimulus), free(p->level), free(p->member);
    *p = (struct psychometric){0};
}

void psychometric_table(const struct psychometric *p, const char *subject, struct table *out)
{
    table_columns(out, "subject|sessions", COLUMN_TEXT, 0);
    table_column(out, "stimulus", COLUMN_NUMBER, 4);
    table_column(out, "n", COLUMN_COUNT, 0);
    table_columns(out, "p_right|lo|hi|model|model_low|model_high", COLUMN_NUMBER, 4);
    table_column(out, "interval", COLUMN_TEXT, 0);
    for (size_t g = 0; g < p->n_groups; g++) {
        const struct psychometric_points *points = &p->points[g];
        for (size_t i = 0; i < p->n_stimuli; i++)
            table_add(
                out, 3, (const char *[]){subject, p->group[g].name, interval_word(p->interval)}, 8,
                (double[]){p->stimulus[i], points->n[i], points->p[i], points->lo[i], points->hi[i],
                           points->expected[i], points->low[i], points->high[i]});
    }
}
