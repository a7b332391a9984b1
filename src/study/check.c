#include "deltaw/study/check.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/number.h"

/* Below these a remark is due.  They are rules of thumb, not statistics. */
enum { FEW_TRIALS = 500, MOST_STIMULI = 64, TENTH = 10 };
#define LOPSIDED       .15 /* of choices to one side */
#define CONTRADICTIONS .01

/* A fact of this name; the format makes its value. */
__attribute__((format(printf, 3, 4))) static struct cohort_fact *add(struct cohort_check *check,
                                                                     const char *name,
                                                                     const char *format, ...)
{
    struct cohort_fact *fact = &check->fact[check->n++];
    va_list list;
    fact->at = SIZE_MAX;
    snprintf(fact->name, sizeof fact->name, "%s", name);
    fact->number = fact->of = fact->least = fact->greatest = fact->percent = NAN;
    fact->first_percent = NAN;
    va_start(list, format);
    vsnprintf(fact->value, sizeof fact->value, format, list);
    va_end(list);
    return fact;
}

__attribute__((format(printf, 3, 4))) static void warn(struct cohort_check *check,
                                                       struct cohort_fact *fact, const char *format,
                                                       ...)
{
    va_list list;
    va_start(list, format);
    vsnprintf(fact->remark, sizeof fact->remark, format, list);
    va_end(list);
    fact->warning = true;
    check->n_warnings++;
}

/* The warning that was just given is of what makes any fit meaningless. */
static void fail(struct cohort_check *check, struct cohort_fact *fact)
{
    fact->failed = true;
    check->n_failed++;
}

static const char *percent(char buf[NUMBER_SIZE], double part, double whole)
{
    if (!(whole > 0))
        return "none";
    double share = 100 * part / whole;
    snprintf(buf, NUMBER_SIZE, share > 0 && share < .1 ? "%.2g %%" : "%.1f %%", share);
    return buf;
}

static int by_size(const void *a, const void *b)
{
    size_t x = *(const size_t *)a, y = *(const size_t *)b;
    return (x > y) - (x < y);
}

/* "3 to 9, median 5" */
static struct cohort_fact *spread(struct cohort_check *out, const char *name,
                                  const struct cohort *cohort, bool sessions)
{
    char lo[NUMBER_SIZE], hi[NUMBER_SIZE], middle[NUMBER_SIZE];
    size_t n = cohort->n_animals, *value = mem_new(n, sizeof *value);
    for (size_t i = 0; i < n; i++)
        value[i] = sessions ? cohort->animals[i].n_sessions : cohort->animals[i].count;
    qsort(value, n, sizeof *value, by_size);
    double median = n ? (double)(value[(n - 1) / 2] + value[n / 2]) / 2 : 0;
    number_grouped(lo, n ? (long long)value[0] : 0);
    number_grouped(hi, n ? (long long)value[n - 1] : 0);
    number_grouped(middle, (long long)median);
    bool alike = n && value[0] == value[n - 1];
    struct cohort_fact *fact = alike ? add(out, name, "%s each", lo)
                                     : add(out, name, "%s to %s, median %s", lo, hi, middle);
    fact->number = median;
    fact->least = n ? (double)value[0] : 0;
    fact->greatest = n ? (double)value[n - 1] : 0;
    free(value);
    return fact;
}

static void check_sizes(const struct cohort *cohort, struct cohort_check *out)
{
    char a[NUMBER_SIZE], b[NUMBER_SIZE];
    struct cohort_fact *fact =
        add(out, "animals", "%s, %s trials", number_grouped(a, (long long)cohort->n_animals),
            number_grouped(b, (long long)cohort->n_trials));
    fact->number = (double)cohort->n_animals;
    fact->of = (double)cohort->n_trials;
    size_t few = 0, shortest = 0;
    bool days = false;
    for (size_t i = 0; i < cohort->n_animals; i++) {
        few += cohort->animals[i].count < FEW_TRIALS;
        days = days || cohort->animals[i].n_sessions > 1;
        if (cohort->animals[i].count < cohort->animals[shortest].count)
            shortest = i;
    }
    fact = spread(out, "trials per animal", cohort, false);
    if (few > 0)
        warn(out, fact, "%zu of %zu have fewer than %d trials (%.40s %zu): little to learn from",
             few, cohort->n_animals, FEW_TRIALS, cohort->animals[shortest].name,
             cohort->animals[shortest].count);
    fact = spread(out, "sessions per animal", cohort, true);
    if (!days)
        snprintf(fact->remark, sizeof fact->remark, "the input day is 0 throughout");
}

static void check_stimuli(const struct cohort *cohort, struct cohort_check *out)
{
    char a[NUMBER_SIZE], b[NUMBER_SIZE];
    float stimuli[MOST_STIMULI];
    size_t zero = 0, right = 0, n = cohort_stimuli(cohort, MOST_STIMULI, stimuli);
    double lo = INFINITY, hi = -INFINITY;
    for (size_t t = 0; t < cohort->n_trials; t++) {
        float s = cohort->stimulus[t];
        lo = fmin(lo, s);
        hi = fmax(hi, s);
        zero += s == 0;
        right += s > 0;
    }
    struct cohort_fact *fact =
        add(out, "stimuli", "%s%zu values from %s to %s", n > MOST_STIMULI ? "more than " : "",
            n > MOST_STIMULI ? MOST_STIMULI : n, number_format(a, lo, 4), number_format(b, hi, 4));
    fact->number = (double)n;
    fact->least = lo;
    fact->greatest = hi;
    if (fmax(-lo, hi) > 10)
        warn(out, fact,
             "this looks like per cent; networks learn best with stimuli up to about 1: divide by "
             "100, or use contrasts with contrast=tanh5");
    else if (n < 2)
        warn(out, fact, "one stimulus only: w_stim and w_bias cannot be told apart");
    fact =
        add(out, "stimulus 0", "%s of trials", percent(a, (double)zero, (double)cohort->n_trials));
    fact->percent = number_percent((double)zero / (double)cohort->n_trials);
    fact = add(out, "stimulus right", "%s of the others",
               percent(a, (double)right, (double)(cohort->n_trials - zero)));
    fact->percent = number_percent((double)right / (double)(cohort->n_trials - zero));
    if (cohort->n_trials > zero && (lo >= 0 || hi <= 0)) {
        warn(out, fact, "stimuli on one side only: left must be negative, right positive");
        fail(out, fact);
    }
}

static double right_share(const struct cohort *cohort, const struct animal *animal)
{
    size_t right = 0;
    for (size_t i = 0; i < animal->count; i++)
        right += cohort->choice[animal->first + i];
    return (double)right / (double)animal->count;
}

static void check_choices(const struct cohort *cohort, struct cohort_check *out)
{
    char a[NUMBER_SIZE];
    double right = 0, worst = 0;
    size_t lopsided = 0, who = 0;
    for (size_t i = 0; i < cohort->n_animals; i++) {
        double share = right_share(cohort, &cohort->animals[i]);
        right += share * (double)cohort->animals[i].count;
        lopsided += share < LOPSIDED || share > 1 - LOPSIDED;
        if (fabs(share - .5) > worst) {
            worst = fabs(share - .5);
            who = i;
        }
    }
    struct cohort_fact *fact =
        add(out, "choices right", "%s", percent(a, right, (double)cohort->n_trials));
    fact->percent = number_percent(right / (double)cohort->n_trials);
    if (lopsided > 0)
        warn(out, fact,
             "%zu of %zu animals choose one side nearly always (%.40s right %s): a bias, or choice "
             "codes misread; see `data`",
             lopsided, cohort->n_animals, cohort->animals[who].name,
             percent(a, right_share(cohort, &cohort->animals[who]), 1));
}

/* Mean over animals of the share correct in their first or last tenth. */
static double tenth(const struct cohort *cohort, bool last, size_t *falls)
{
    double sum = 0, n = 0;
    for (size_t a = 0; a < cohort->n_animals; a++) {
        const struct animal *animal = &cohort->animals[a];
        size_t length = animal->count / TENTH > 0 ? animal->count / TENTH : 1;
        double correct[2] = {0}, known[2] = {0};
        for (size_t i = 0; i < length; i++)
            for (int end = 0; end < 2; end++) {
                size_t t = animal->first + (end ? animal->count - 1 - i : i);
                known[end] += cohort->reward[t] == 0 || cohort->reward[t] == 1;
                correct[end] += (cohort->reward[t] == 0 || cohort->reward[t] == 1) &&
                                cohort->choice[t] == cohort->answer[t];
            }
        if (known[last] > 0) {
            sum += correct[last] / known[last];
            n++;
        }
        *falls += known[0] > 0 && known[1] > 0 && correct[1] / known[1] < correct[0] / known[0];
    }
    return n > 0 ? sum / n : NAN;
}

static void check_learning(const struct cohort *cohort, struct cohort_check *out)
{
    char a[NUMBER_SIZE], b[NUMBER_SIZE];
    size_t falls = 0, again = 0;
    double first = tenth(cohort, false, &falls), last = tenth(cohort, true, &again);
    struct cohort_fact *fact =
        add(out, "correct, first and last tenth", "%s, %s; lower at the end in %zu of %zu animals",
            number_fixed(a, first, 3, false), number_fixed(b, last, 3, false), falls,
            cohort->n_animals);
    fact->first_percent = number_percent(first);
    fact->percent = number_percent(last);
    fact->number = (double)falls;
    fact->of = (double)cohort->n_animals;
    if (last < .5)
        warn(out, fact, "below chance at the end: are sides or choice codes swapped?");
    else if (last < first + .03)
        warn(out, fact, "hardly any learning to be seen: a learning rule has little to explain");
}

/* Trials whose reward is known: how many are rewarded against one side, and which is first. */
struct against {
    size_t n, of, first; /* SIZE_MAX: none */
};

static void count_against(struct against *a, bool against, size_t trial)
{
    a->of++;
    if (against && a->n++ == 0)
        a->first = trial;
}

static struct cohort_fact *tell_against(struct cohort_check *out, const char *name,
                                        const struct against *a, const char *of)
{
    char n[NUMBER_SIZE], share[NUMBER_SIZE];
    struct cohort_fact *fact = add(out, name, "%s trials, %s%s", number_grouped(n, (long long)a->n),
                                   percent(share, (double)a->n, (double)a->of), of);
    fact->number = (double)a->n;
    fact->of = (double)a->of;
    fact->percent = number_percent(fact->number / fact->of);
    fact->at = a->first;
    return fact;
}

static void check_known(const struct cohort *cohort, struct cohort_check *out)
{
    char a[NUMBER_SIZE];
    size_t unknown = cohort->report.n_no_reward;
    struct cohort_fact *fact =
        add(out, "reward unknown", "%s trials%s", number_grouped(a, (long long)unknown),
            !unknown                     ? ""
            : cohort->report.reward_half ? ", kept at one half"
                                         : ", dropped");
    fact->number = (double)unknown;
    if ((double)unknown > .05 * (double)(cohort->report.n_rows + 1))
        warn(out, fact,
             "many: dropped trials leave gaps in which animals learn unseen; missing_reward=half "
             "keeps them");
}

static void check_rewards(const struct cohort *cohort, struct cohort_check *out)
{
    struct against stimulus = {.first = SIZE_MAX}, answer = {.first = SIZE_MAX};
    for (size_t t = 0; t < cohort->n_trials; t++) {
        bool reward = cohort->reward[t] == 1;
        if (!reward && cohort->reward[t] != 0)
            continue;
        count_against(&answer, reward != (cohort->choice[t] == cohort->answer[t]), t);
        if (cohort->stimulus[t] != 0)
            count_against(&stimulus, reward != (cohort->choice[t] == (cohort->stimulus[t] > 0)), t);
    }
    check_known(cohort, out);
    struct cohort_fact *fact =
        tell_against(out, "reward against stimulus", &stimulus, " of those with a side");
    if (fact->number > .5 * fact->of)
        warn(out, fact,
             "rewards go to the side away from the stimulus: sides or choice codes are swapped");
    else if (fact->number > CONTRADICTIONS * fact->of)
        warn(out, fact,
             "choices to the stimulus' side unrewarded, or others rewarded: chance rewards, or "
             "wrong columns");
    fact = tell_against(out, "reward against answer", &answer, "");
    if (fact->number > CONTRADICTIONS * fact->of)
        warn(out, fact,
             "rewarded although the answer was the other side, or the reverse: check the column "
             "answer");
}

struct mark {
    uint64_t hash; /* FNV-1a of stimuli and choices */
    size_t animal;
};

static int by_hash(const void *a, const void *b)
{
    const struct mark *x = a, *y = b;
    if (x->hash != y->hash)
        return x->hash < y->hash ? -1 : 1;
    return (x->animal > y->animal) - (x->animal < y->animal);
}

static bool same_trials(const struct cohort *cohort, const struct animal *a, const struct animal *b)
{
    return a->count == b->count &&
           memcmp(cohort->choice + a->first, cohort->choice + b->first, a->count) == 0 &&
           memcmp(cohort->stimulus + a->first, cohort->stimulus + b->first,
                  a->count * sizeof *cohort->stimulus) == 0 &&
           memcmp(cohort->reward + a->first, cohort->reward + b->first,
                  a->count * sizeof *cohort->reward) == 0;
}

/* Animals with the very same trials as another: the same file given twice, or
 * one animal under two names. */
static void check_same_trials(const struct cohort *cohort, struct cohort_check *out)
{
    size_t n = cohort->n_animals, same = 0;
    const struct animal *one = NULL, *other = NULL;
    struct mark *mark = mem_new(n, sizeof *mark);
    for (size_t i = 0; i < n; i++) {
        const struct animal *animal = &cohort->animals[i];
        mark[i] = (struct mark){.hash = 14695981039346656037u, .animal = i};
        for (size_t t = animal->first; t < animal->first + animal->count; t++) {
            uint32_t bits;
            memcpy(&bits, &cohort->stimulus[t], sizeof bits);
            mark[i].hash =
                (mark[i].hash ^ bits ^ ((uint64_t)cohort->choice[t] << 40)) * 1099511628211u;
        }
    }
    qsort(mark, n, sizeof *mark, by_hash);
    for (size_t i = 1; i < n; i++) {
        const struct animal *a = &cohort->animals[mark[i - 1].animal];
        const struct animal *b = &cohort->animals[mark[i].animal];
        /* A handful of trials can agree by chance. */
        if (mark[i].hash == mark[i - 1].hash && a->count >= 20 && same_trials(cohort, a, b)) {
            same++;
            one = a;
            other = b;
        }
    }
    free(mark);
    struct cohort_fact *fact =
        add(out, "same trials as another", "%zu animal%s", same, same == 1 ? "" : "s");
    fact->number = (double)same;
    if (same > 0) {
        warn(out, fact, "%.60s and %.60s have the same trials: one animal under two names?",
             one->name, other->name);
        fail(out, fact);
    }
}

/* What load found, and columns that say nothing. */
static void check_log(const struct cohort *cohort, struct cohort_check *out)
{
    size_t lines = 0, constant = 0;
    const char *name = NULL, *notes = cohort->report.notes;
    for (const char *p = notes; *p; p++)
        lines += *p == '\n';
    struct cohort_fact *fact = add(out, "odd at load", "%zu thing%s", lines, lines == 1 ? "" : "s");
    fact->number = (double)lines;
    if (lines > 0)
        warn(out, fact, "%.*s%s", (int)(strcspn(notes, "\n") < 150 ? strcspn(notes, "\n") : 150),
             notes, lines > 1 ? "; see `data`" : "");
    for (size_t i = 0; i < cohort->n_columns; i++) {
        const float *v = cohort->columns[i].values;
        size_t t = 1;
        while (t < cohort->n_trials && (v[t] == v[0] || (isnan(v[t]) && isnan(v[0]))))
            t++;
        if (t >= cohort->n_trials) {
            constant++;
            name = cohort->columns[i].name;
        }
    }
    fact = add(out, "columns that never change", "%zu of %zu", constant, cohort->n_columns);
    fact->number = (double)constant;
    fact->of = (double)cohort->n_columns;
    if (constant > 0)
        snprintf(fact->remark, sizeof fact->remark, "the last of them is %.60s", name);
}

static void check_order(const struct cohort *cohort, struct cohort_check *out)
{
    size_t back = 0, first = SIZE_MAX;
    const struct animal *who = NULL;
    for (size_t a = 0; a < cohort->n_animals; a++) {
        const struct animal *animal = &cohort->animals[a];
        for (size_t t = animal->first + 1; t < animal->first + animal->count; t++)
            if (cohort->session[t] == cohort->session[t - 1] &&
                cohort->trial[t] <= cohort->trial[t - 1]) {
                first = back++ ? first : t;
                who = who ? who : animal;
            }
    }
    char a[NUMBER_SIZE];
    struct cohort_fact *fact =
        add(out, "trial numbers out of order", "%s", number_grouped(a, (long long)back));
    fact->number = (double)back;
    fact->at = first;
    if (back > 0)
        warn(out, fact,
             "numbers repeat or go back within a session (first in %.60s): trials twice, or "
             "sessions run together",
             who->name);
}

size_t cohort_stimuli(const struct cohort *cohort, size_t most, float *out)
{
    size_t n = 0;
    for (size_t t = 0; t < cohort->n_trials; t++) {
        float s = cohort->stimulus[t];
        size_t i = 0;
        while (i < n && out[i] != s)
            i++;
        if (i == most)
            return most + 1;
        if (i == n)
            out[n++] = s;
    }
    return n;
}

void cohort_check(const struct cohort *cohort, struct cohort_check *out)
{
    *out = (struct cohort_check){0};
    check_sizes(cohort, out);
    check_stimuli(cohort, out);
    check_choices(cohort, out);
    check_learning(cohort, out);
    check_rewards(cohort, out);
    check_order(cohort, out);
    check_same_trials(cohort, out);
    check_log(cohort, out);
}
