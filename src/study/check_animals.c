/* `check data` as tables: a row per fact, a row per animal. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "deltaw/base/number.h"
#include "deltaw/study/check.h"

enum { FEW_TRIALS = 500, TENTH = 10, MOST_STIMULI = 65 };

struct animal_check {
    double first, last; /* share correct in the first and last tenth, NaN: unknown */
    double right;
    size_t unknown, stimuli, back, against;
    size_t place; /* trial with the first trouble, SIZE_MAX: none */
    const char *verdict, *why;
};

static double share_correct(const struct cohort *c, size_t from, size_t to)
{
    size_t known = 0, good = 0;
    for (size_t t = from; t < to; t++) {
        bool tells = c->reward[t] == 0 || c->reward[t] == 1;
        known += tells;
        good += tells && c->choice[t] == c->answer[t];
    }
    return known && !c->report.answer_unknown ? (double)good / (double)known : NAN;
}

static size_t count_stimuli(const struct cohort *c, const struct animal *animal)
{
    float seen[MOST_STIMULI];
    size_t n = 0;
    for (size_t t = animal->first; t < animal->first + animal->count && n < MOST_STIMULI; t++) {
        size_t i = 0;
        while (i < n && seen[i] != c->stimulus[t])
            i++;
        if (i == n)
            seen[n++] = c->stimulus[t];
    }
    return n;
}

/* What goes wrong from trial to trial, and where first. */
static void count_troubles(const struct cohort *c, const struct animal *animal,
                           struct animal_check *out)
{
    out->place = SIZE_MAX;
    for (size_t t = animal->first; t < animal->first + animal->count; t++) {
        bool back = t > animal->first && c->session[t] == c->session[t - 1] &&
                    c->trial[t] <= c->trial[t - 1];
        bool tells = c->reward[t] == 0 || c->reward[t] == 1;
        bool against = tells && (c->reward[t] == 1) != (c->choice[t] == c->answer[t]);
        out->right += c->choice[t];
        out->unknown += !tells;
        out->back += back;
        out->against += against;
        if ((back || against) && out->place == SIZE_MAX)
            out->place = t;
    }
    out->right /= (double)animal->count;
}

static void judge(const struct animal *animal, struct animal_check *out)
{
    out->verdict = "look";
    if (out->right == 0 || out->right == 1)
        out->verdict = "fail", out->why = "one side alone is chosen: codes misread?";
    else if (out->back)
        out->verdict = "fail", out->why = "trial numbers repeat or go back";
    else if (out->stimuli < 2)
        out->why = "one stimulus alone";
    else if (out->right < .15 || out->right > .85)
        out->why = "one side is chosen nearly always";
    else if (out->last < .5 && out->first > out->last)
        out->why = "below chance at the end, and lower than before";
    else if (out->against * 100 > animal->count)
        out->why = "rewards that do not go with the correct side";
    else if (animal->count < FEW_TRIALS)
        out->why = "few trials";
    else
        out->verdict = "ok", out->why = "";
}

static struct animal_check check_animal(const struct cohort *c, const struct animal *animal)
{
    struct animal_check out = {0};
    size_t length = animal->count / TENTH > 0 ? animal->count / TENTH : 1;
    size_t end = animal->first + animal->count;
    out.first = share_correct(c, animal->first, animal->first + length);
    out.last = share_correct(c, end - length, end);
    out.stimuli = count_stimuli(c, animal);
    count_troubles(c, animal, &out);
    judge(animal, &out);
    return out;
}

const struct column cohort_animal_columns[] = {
    {"animal", .type = COLUMN_TEXT},
    {"trials", .type = COLUMN_COUNT},
    {"sessions", .type = COLUMN_COUNT},
    {"first_percent", COLUMN_NUMBER, 3, .meaning = "correct in the first tenth"},
    {"last_percent", COLUMN_NUMBER, 3, .meaning = "correct in the last tenth"},
    {"right_percent", COLUMN_NUMBER, 3, .meaning = "choices"},
    {"unknown", .type = COLUMN_COUNT, .meaning = "rewards"},
    {"stimuli", .type = COLUMN_COUNT, .meaning = "that differ"},
    {"out_of_order", .type = COLUMN_COUNT, .meaning = "trial numbers that go back"},
    {"against", .type = COLUMN_COUNT, .meaning = "rewards against the correct side"},
    {"first_at", .type = COLUMN_TEXT, .meaning = "the first trial with a trouble"},
    {"result", .type = COLUMN_TEXT, .meaning = "ok, look or fail"},
    {"remark", .type = COLUMN_TEXT},
    {"file", .type = COLUMN_TEXT},
    {"row", .type = COLUMN_COUNT},
    {0},
};

size_t cohort_check_animals(const struct cohort *cohort, struct animal_verdict *verdicts,
                            size_t *looks, struct table *out)
{
    size_t failed = 0;
    *looks = 0;
    table_declare(out, cohort_animal_columns);
    for (size_t i = 0; i < cohort->n_animals; i++) {
        const struct animal *animal = &cohort->animals[i];
        struct animal_check a = check_animal(cohort, animal);
        const char *file = a.place != SIZE_MAX ? cohort_file(cohort, a.place) : NULL;
        const double numbers[] = {
            (double)animal->count,   (double)animal->n_sessions,
            number_percent(a.first), number_percent(a.last),
            number_percent(a.right), (double)a.unknown,
            (double)a.stimuli,       (double)a.back,
            (double)a.against,       file ? cohort_row(cohort, a.place) : NAN};
        verdicts[i] = (struct animal_verdict){.verdict = a.verdict, .why = a.why, .at = a.place};
        if (a.place != SIZE_MAX)
            snprintf(verdicts[i].place, sizeof verdicts[i].place, "session %.60s trial %d",
                     cohort->session_names[cohort->session[a.place]], cohort->trial[a.place]);
        table_add(
            out, 5,
            (const char *[]){animal->name, verdicts[i].place, a.verdict, a.why, file ? file : ""},
            sizeof numbers / sizeof *numbers, numbers);
        failed += strcmp(a.verdict, "fail") == 0;
        *looks += strcmp(a.verdict, "look") == 0;
    }
    return failed;
}

const struct column cohort_fact_columns[] = {
    {"fact", .type = COLUMN_TEXT},
    {"value", .type = COLUMN_TEXT},
    {"number", COLUMN_NUMBER, .meaning = "of the value: a count, the median of a range"},
    {"of", COLUMN_NUMBER, .meaning = "how many there are; of animals their trials"},
    {"least", .type = COLUMN_NUMBER},
    {"greatest", .type = COLUMN_NUMBER},
    {"percent", COLUMN_NUMBER, .meaning = "of two of them the last"},
    {"first_percent", .type = COLUMN_NUMBER},
    {"result", .type = COLUMN_TEXT, .meaning = "ok, look or fail"},
    {"remark", .type = COLUMN_TEXT},
    {"file", .type = COLUMN_TEXT, .meaning = "of the first trial that it is about"},
    {"row", .type = COLUMN_COUNT},
    {0},
};

void cohort_check_table(const struct cohort *cohort, const struct cohort_check *check,
                        struct table *out)
{
    table_declare(out, cohort_fact_columns);
    for (size_t i = 0; i < check->n; i++) {
        const struct cohort_fact *fact = &check->fact[i];
        const char *result = fact->failed ? "fail" : fact->warning ? "look" : "ok";
        bool known = fact->at != SIZE_MAX && cohort_file(cohort, fact->at);
        const char *file = known ? cohort_file(cohort, fact->at) : "";
        table_add(out, 5, (const char *[]){fact->name, fact->value, result, fact->remark, file}, 7,
                  (double[]){fact->number, fact->of, fact->least, fact->greatest, fact->percent,
                             fact->first_percent, known ? cohort_row(cohort, fact->at) : NAN});
    }
}
