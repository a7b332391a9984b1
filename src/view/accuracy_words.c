/* How learning curves are described, in words and in fields. */
#include "accuracy.h"

#include <math.h>

#include "deltaw/base/number.h"

/* First and last bin of a curve that hold a number. */
static bool ends_of(const double *y, size_t n, size_t *first, size_t *last)
{
    bool any = false;
    for (size_t i = 0; i < n; i++) {
        if (isfinite(y[i])) {
            *first = any ? *first : i;
            *last = i;
            any = true;
        }
    }
    return any;
}

/* The last bin that most animals reach: the tail is only a few long recordings. */
static size_t whole_bin(const struct learning_curve *c, size_t first, size_t last)
{
    while (last > first && c->n[last] * 2 < c->n_animals)
        last--;
    return last;
}

void accuracy_describe(const void *state, struct strbuf *out)
{
    const struct accuracy_state *s = state;
    const struct learning_curve *c = &s->curve;
    char a[NUMBER_SIZE], b[NUMBER_SIZE], bin[NUMBER_SIZE];
    size_t first = 0, last = 0;
    strbuf_printf(out, "%zu animal%s, ", c->n_animals, c->n_animals == 1 ? "" : "s");
    if (!ends_of(c->mean, c->n_bins, &first, &last)) {
        strbuf_puts(out, "none with a trial whose reward is known.");
        return;
    }
    size_t whole = whole_bin(c, first, last);
    strbuf_printf(out, "mean share correct %s in the first %s trials, %s",
                  number_fixed(a, c->mean[first], 2, false), number_grouped(bin, (long long)c->bin),
                  number_fixed(b, c->mean[whole], 2, false));
    strbuf_printf(out, " around trial %s", number_grouped(a, (long long)s->x[whole]));
    if (whole < last)
        strbuf_printf(out, " (the last that half of them reach)");
    if (s->animal >= 0) {
        const double *y = c->animal + (size_t)s->animal * c->n_bins;
        if (ends_of(y, c->n_bins, &first, &last)) {
            strbuf_printf(out, "; %s from %s to %s", s->cohort->animals[s->animal].name,
                          number_fixed(a, y[first], 2, false), number_fixed(b, y[last], 2, false));
        }
    }
    if (s->expected) {
        strbuf_printf(out, "; %s expects %s there", s->source.model->name,
                      number_fixed(a, s->expected[whole], 2, false));
        if (s->low)
            strbuf_printf(out, " (90 %% interval %s to %s)",
                          number_fixed(a, s->low[whole], 3, false),
                          number_fixed(b, s->high[whole], 3, false));
    }
    strbuf_puts(out, "; chance .5.");
}

static const struct column bin_columns[] = {
    {"first_trial", .type = COLUMN_COUNT},
    {"last_trial", .type = COLUMN_COUNT},
    {"mean", COLUMN_NUMBER, .meaning = "share correct, over animals"},
    {"sem", COLUMN_NUMBER, .meaning = "its standard error"},
    {"animals", COLUMN_COUNT, .meaning = "that have such trials"},
    {"expected", COLUMN_NUMBER, .optional = true, .meaning = "by the model"},
    {"expected_low", COLUMN_NUMBER, .optional = true, .meaning = "of its 90 % interval"},
    {"expected_high", COLUMN_NUMBER, .optional = true},
    {"interval", COLUMN_TEXT, .optional = true, .meaning = "where that is from"},
    {0},
};

const struct answer_row accuracy_answer[] = {
    ANSWER_ALSO(view_source_answer),
    {"animals", .type = ANSWER_COUNT},
    {"bin_trials", .type = ANSWER_COUNT},
    {"first_percent", ANSWER_NUMBER, .meaning = "mean correct in the first bin"},
    {"last_percent", ANSWER_NUMBER, .meaning = "in the last that half the animals reach"},
    {"last_trial", ANSWER_NUMBER, .meaning = "in its middle"},
    {"expected_percent", ANSWER_NUMBER, .meaning = "by the model, there"},
    {"expected_low_percent", ANSWER_NUMBER, .meaning = "of its 90 % interval"},
    {"expected_high_percent", .type = ANSWER_NUMBER},
    {"interval", ANSWER_TEXT, .meaning = "where that is from"},
    {"animal", ANSWER_TEXT, .meaning = "that is singled out; null: none"},
    {"animal_first_percent", .type = ANSWER_NUMBER},
    {"animal_last_percent", .type = ANSWER_NUMBER},
    {"accuracy", ANSWER_TABLE, .columns = bin_columns, .open = true,
     .meaning = "a row per bin; by_animal has the share of each"},
    {0},
};

static enum interval_kind interval_of(const struct accuracy_state *s)
{
    return s->low ? model_trajectory_kind(s->source.model) : INTERVAL_NONE;
}

void accuracy_fields(const void *state, struct strbuf *object)
{
    const struct accuracy_state *s = state;
    const struct learning_curve *c = &s->curve;
    const struct source none = {0};
    size_t first = 0, last = 0, a = 0, b = 0;
    bool any = ends_of(c->mean, c->n_bins, &first, &last);
    size_t whole = any ? whole_bin(c, first, last) : 0;
    const double *y = s->animal >= 0 ? c->animal + (size_t)s->animal * c->n_bins : NULL;
    bool own = y && ends_of(y, c->n_bins, &a, &b);
    view_source_fields(s->expected ? &s->source : &none, object);
    answer_number(object, "animals", (double)c->n_animals);
    answer_number(object, "bin_trials", (double)c->bin);
    answer_number(object, "first_percent", any ? number_percent(c->mean[first]) : NAN);
    answer_number(object, "last_percent", any ? number_percent(c->mean[whole]) : NAN);
    answer_number(object, "last_trial", any ? s->x[whole] : NAN);
    answer_number(object, "expected_percent",
                  any && s->expected ? number_percent(s->expected[whole]) : NAN);
    answer_number(object, "expected_low_percent",
                  any && s->low ? number_percent(s->low[whole]) : NAN);
    answer_number(object, "expected_high_percent",
                  any && s->low ? number_percent(s->high[whole]) : NAN);
    answer_text(object, "interval", interval_word(interval_of(s)));
    answer_text(object, "animal", y ? s->cohort->animals[s->animal].name : NULL);
    answer_number(object, "animal_first_percent", own ? number_percent(y[a]) : NAN);
    answer_number(object, "animal_last_percent", own ? number_percent(y[b]) : NAN);
}

void accuracy_table(const void *state, struct table *out)
{
    const struct accuracy_state *s = state;
    if (s->cohort)
        learning_curve_table(
            s->cohort, &s->curve,
            &(struct learning_expectation){s->expected, s->low, s->high, interval_of(s)}, out);
}
