/* How a slice is described, in words and in fields. */
#include "deltaw/base/number.h"
#include "deltaw/study/probe.h"
#include "choose.h"
#include "numbers.h"
#include "slice.h"
#include "source.h"
#include "watch.h"
#include "wording.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Where on x the sentence gives values: the ends of what is drawn and the middle. */
struct places {
    size_t n, at[3];
};

static struct places find_places(const struct slice_state *s)
{
    const struct axis *x = &s->slice.x;
    struct places places = {0};
    size_t first = x->n, last = 0;
    for (size_t l = 0; l < s->slice.n_lines; l++) {
        for (size_t i = 0; i < x->n; i++) {
            if (slice_supported(s, &s->slice.line[l], i) &&
                isfinite(slice_shown(s, &s->slice.line[l], i))) {
                first = i < first ? i : first;
                last = i > last ? i : last;
            }
        }
    }
    for (size_t i = 0; i < 3 && first <= last && first < x->n; i++) {
        size_t at = first + (last - first) * i / 2;
        if (places.n == 0 || at > places.at[places.n - 1])
            places.at[places.n++] = at;
    }
    return places;
}

static void say_places(const struct slice_state *s, const struct places *places, struct strbuf *out)
{
    char number[NUMBER_SIZE];
    for (size_t i = 0; i < places->n; i++) {
        strbuf_printf(out, "%s%s", i ? ", " : " (at ",
                      numbers_short(number, s->slice.x.value[places->at[i]], 2));
    }
    strbuf_puts(out, places->n ? ")" : "");
}

static bool same_w(const struct slice_line *a, const struct slice_line *b)
{
    return a->w == b->w || (isnan(a->w) && isnan(b->w));
}

/* "w 1 correct +.020 +.016 +.020, error ...": what it shares with the line
 * before is said once. */
static void say_line(const struct slice_state *s, size_t l, const struct places *places,
                     double scale, struct strbuf *out)
{
    const struct slice_line *line = &s->slice.line[l], *before = l ? line - 1 : NULL;
    char number[NUMBER_SIZE];
    size_t n = 0;
    bool goes_on = before && same_w(before, line);
    strbuf_puts(out, !before ? ":" : goes_on ? "," : ";");
    if (!goes_on && !isnan(line->w))
        strbuf_printf(out, " w %s", numbers_short(number, line->w, 2));
    if (!goes_on || before->correct != line->correct)
        strbuf_puts(out, line->correct ? " correct" : " error");
    if (line->past != PAST_ANY)
        strbuf_printf(out, " past r %d", line->past == PAST_REWARDED);
    size_t mark = out->len;
    for (size_t i = 0; i < places->n; i++) {
        double value = slice_shown(s, line, places->at[i]);
        bool fine = slice_supported(s, line, places->at[i]) && isfinite(value);
        strbuf_printf(out, " %s", fine ? numbers_signed(number, value, scale) : "-");
        n += fine;
    }
    if (n == 0) {
        strbuf_cut(out, mark);
        strbuf_puts(out, " no data");
    }
}

/* Mean over the points that both lines have; NaN: none. */
static double mean_gap(const struct slice_state *s, const struct slice_line *rewarded,
                       const struct slice_line *unrewarded, bool truth)
{
    double sum = 0;
    size_t n = 0;
    for (size_t i = 0; i < s->slice.x.n; i++) {
        double gap = truth ? rewarded->cells.truth[i] - unrewarded->cells.truth[i]
                           : rewarded->cells.value[i] - unrewarded->cells.value[i];
        if (slice_supported(s, rewarded, i) && slice_supported(s, unrewarded, i) && isfinite(gap)) {
            sum += gap;
            n++;
        }
    }
    return n ? sum / (double)n : NAN;
}

/* "correct +.0020 (true +.0021; as visited +.0018, true +.0019)": how much more the
 * weight changes after a rewarded past than after an unrewarded one, in the lines
 * and on the trials that were visited. */
static void say_gap(const struct slice_state *s, size_t l, double scale, struct strbuf *out)
{
    const struct slice_line *rewarded = &s->slice.line[l], *unrewarded = rewarded + 1;
    char a[NUMBER_SIZE];
    double gap = mean_gap(s, rewarded, unrewarded, false);
    bool visited = rewarded->n_visited > 0 && unrewarded->n_visited > 0;
    if (isnan(gap))
        return;
    if (l < 2 || !same_w(rewarded - 2, rewarded)) {
        strbuf_puts(out, "; gap between the pasts");
        if (!isnan(rewarded->w))
            strbuf_printf(out, " at w %s", numbers_short(a, rewarded->w, 2));
        strbuf_putc(out, ':');
    } else {
        strbuf_putc(out, ',');
    }
    strbuf_printf(out, " %s %s", rewarded->correct ? "correct" : "error",
                  numbers_signed(a, gap, scale));
    if (!rewarded->cells.truth && !visited)
        return;
    strbuf_puts(out, " (");
    if (rewarded->cells.truth) {
        strbuf_printf(out, "true %s%s",
                      numbers_signed(a, mean_gap(s, rewarded, unrewarded, true), scale),
                      visited ? "; " : "");
    }
    if (visited) {
        strbuf_printf(out, "as visited %s",
                      numbers_signed(a, rewarded->visited - unrewarded->visited, scale));
    }
    if (rewarded->n_visited_truth > 0 && unrewarded->n_visited_truth > 0) {
        strbuf_printf(
            out, ", true %s",
            numbers_signed(a, rewarded->visited_truth - unrewarded->visited_truth, scale));
    }
    strbuf_putc(out, ')');
}

static double largest(const struct slice_state *s)
{
    double scale = 0;
    for (size_t i = 0; i < s->slice.n_lines; i++) {
        for (size_t j = 0; j < s->slice.x.n; j++) {
            double v = fabs(s->slice.line[i].cells.value[j]);
            scale = v > scale ? v : scale;
        }
    }
    return scale;
}

/* The largest standard error of what is drawn; NaN: none is known. */
static double largest_error(const struct slice_state *s)
{
    double largest = NAN;
    for (size_t i = 0; i < s->slice.n_lines; i++) {
        const struct slice_line *line = &s->slice.line[i];
        for (size_t j = 0; line->cells.se && j < s->slice.x.n; j++)
            if (slice_supported(s, line, j))
                largest = fmax(largest, line->cells.se[j]);
    }
    return largest;
}

void slice_describe(const void *state, struct strbuf *out)
{
    const struct slice_state *s = state;
    static const char *const shows[] = {"Change of", "True change of",
                                        "Fitted minus true change of"};
    double scale = largest(s);
    char number[NUMBER_SIZE];
    struct places places = find_places(s);
    strbuf_printf(out, "%s %s per trial along %s", shows[s->show], slice_of(s), s->request.x);
    say_places(s, &places, out);
    strbuf_puts(out, ", ");
    source_words(&s->watch.source, out);
    for (size_t i = 0; i < s->slice.n_lines; i++)
        say_line(s, i, &places, scale, out);
    for (size_t i = 0; s->slice.request.past == PAST_BOTH && i + 1 < s->slice.n_lines; i += 2)
        say_gap(s, i, scale, out);
    if (s->show != SHOW_TRUE && isfinite(largest_error(s))) {
        strbuf_printf(out, "; standard errors up to %s",
                      numbers_size(number, largest_error(s), 10 * largest_error(s)));
    }
    if (s->show != SHOW_TRUE && s->slice.interval == INTERVAL_SPREAD) {
        strbuf_puts(out, "; bands: spread over members, no interval");
    } else if (s->show != SHOW_TRUE && s->slice.interval != INTERVAL_NONE) {
        strbuf_printf(out, "; intervals of %d %%: %s", INTERVAL_PERCENT,
                      interval_word(s->slice.interval));
        source_doubt(&s->watch.source, out);
    }
    if (s->slice.rest[0] && (s->slice.n_histories > 0 || s->request.past != PAST_ANY))
        strbuf_printf(out, "; %s", s->slice.rest);
    if (isfinite(s->slice.r2)) {
        strbuf_printf(out, "; R2 against the true rule %s over visited trials",
                      number_fixed(number, s->slice.r2, 3, false));
    }
    strbuf_puts(out, " (" SIDES_TEXT ").");
}

static const struct column line_columns[] = {
    {"w_line", COLUMN_NUMBER, .meaning = "value of the weight"},
    {"reward", COLUMN_COUNT, .meaning = "1 correct"},
    {"past", .type = COLUMN_TEXT},
    {"x", COLUMN_NUMBER, .meaning = "a place that the sentence names"},
    {"value", COLUMN_NUMBER, .meaning = "null: no data"},
    {0},
};

static const struct column gap_columns[] = {
    {"w_line", .type = COLUMN_NUMBER},
    {"reward", .type = COLUMN_COUNT},
    {"gap", COLUMN_NUMBER, .meaning = "change after a rewarded past minus unrewarded"},
    {"true_gap", .type = COLUMN_NUMBER},
    {"visited", COLUMN_NUMBER, .meaning = "the same on the trials that were visited"},
    {"true_visited", .type = COLUMN_NUMBER},
    {0},
};

const struct answer_row slice_answer[] = {
    ANSWER_ALSO(source_answer),
    {"of", ANSWER_TEXT, .meaning = "the weight that changes"},
    {"shown", ANSWER_TEXT, .meaning = "fitted, true or difference"},
    {"x", .type = ANSWER_TEXT},
    {"x_range", .type = ANSWER_NUMBERS},
    {"points", ANSWER_TABLE, .columns = line_columns},
    {"gaps", ANSWER_TABLE, .columns = gap_columns},
    {"se_largest", .type = ANSWER_NUMBER},
    {"interval", ANSWER_TEXT, .meaning = "where intervals, of 90 %, are from"},
    {"rest", ANSWER_TEXT, .meaning = "what all else is held at"},
    {"r2", ANSWER_NUMBER, .meaning = "against the true rule, over visited trials"},
    {"slice", .type = ANSWER_TABLE, .meaning = "a row per point: axes, value, support, ..."},
    {0},
};

static void point_fields(const struct slice_state *s, struct strbuf *object)
{
    struct places places = find_places(s);
    struct table table = {0};
    table_declare(&table, line_columns);
    for (size_t l = 0; l < s->slice.n_lines; l++)
        for (size_t i = 0; i < places.n; i++) {
            const struct slice_line *line = &s->slice.line[l];
            bool fine = slice_supported(s, line, places.at[i]);
            table_add(&table, 1, (const char *[]){choose_past_word(line->past)}, 4,
                      (double[]){line->w, line->correct, s->slice.x.value[places.at[i]],
                                 fine ? slice_shown(s, line, places.at[i]) : NAN});
        }
    answer_table(object, "points", &table);
    table_free(&table);
}

static void gap_fields(const struct slice_state *s, struct strbuf *object)
{
    struct table table = {0};
    table_declare(&table, gap_columns);
    for (size_t i = 0; s->slice.request.past == PAST_BOTH && i + 1 < s->slice.n_lines; i += 2) {
        const struct slice_line *a = &s->slice.line[i], *b = a + 1;
        bool visited = a->n_visited > 0 && b->n_visited > 0;
        bool truth = a->n_visited_truth > 0 && b->n_visited_truth > 0;
        table_add(&table, 0, NULL, 6,
                  (double[]){a->w, a->correct, mean_gap(s, a, b, false),
                             a->cells.truth ? mean_gap(s, a, b, true) : NAN,
                             visited ? a->visited - b->visited : NAN,
                             truth ? a->visited_truth - b->visited_truth : NAN});
    }
    answer_table(object, "gaps", &table);
    table_free(&table);
}

void slice_fields(const void *state, struct strbuf *object)
{
    const struct slice_state *s = state;
    const struct axis *x = &s->slice.x;
    source_fields(&s->watch.source, object);
    answer_text(object, "of", slice_of(s));
    answer_text(object, "shown", choose_show_word(s->show));
    answer_text(object, "x", s->request.x);
    answer_numbers(object, "x_range", 2, (double[]){x->value[0], x->value[x->n - 1]});
    point_fields(s, object);
    gap_fields(s, object);
    answer_number(object, "se_largest", s->show == SHOW_TRUE ? NAN : largest_error(s));
    answer_text(object, "interval", interval_word(s->slice.interval));
    answer_text(object, "rest", s->slice.rest);
    answer_number(object, "r2", s->slice.r2);
}
