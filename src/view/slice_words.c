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
    size_t n;
    double x[3];
};

static bool is_drawn(const struct slice_state *s, const struct slice_part *part,
                     const struct slice_line *line, size_t i)
{
    return slice_supported(s, part, line, i) && isfinite(slice_shown(s, line, i));
}

static struct places find_places(const struct slice_state *s)
{
    const struct slice_part *part = &s->part[0];
    const struct axis *x = &part->slice.x;
    struct places places = {0};
    size_t first = x->n, last = 0;
    for (size_t l = 0; l < part->slice.n_lines; l++) {
        for (size_t i = 0; i < x->n; i++) {
            if (is_drawn(s, part, &part->slice.line[l], i)) {
                first = i < first ? i : first;
                last = i > last ? i : last;
            }
        }
    }
    for (size_t i = 0; i < 3 && first <= last && first < x->n; i++) {
        double value = x->value[first + (last - first) * i / 2];
        if (places.n == 0 || value > places.x[places.n - 1])
            places.x[places.n++] = value;
    }
    return places;
}

/* The value there; NaN: none is drawn. */
static double value_at(const struct slice_state *s, const struct slice_part *part,
                       const struct slice_line *line, double x)
{
    const struct axis *axis = &part->slice.x;
    for (size_t i = 0; i < axis->n; i++)
        if (axis->value[i] == x)
            return slice_supported(s, part, line, i) ? slice_shown(s, line, i) : NAN;
    return NAN;
}

static void say_places(const struct places *places, struct strbuf *out)
{
    char number[NUMBER_SIZE];
    for (size_t i = 0; i < places->n; i++)
        strbuf_printf(out, "%s%s", i ? ", " : " (at ", numbers_short(number, places->x[i], 2));
    strbuf_puts(out, places->n ? ")" : "");
}

static bool same_w(const struct slice_line *a, const struct slice_line *b)
{
    return a->w == b->w || (isnan(a->w) && isnan(b->w));
}

/* "w 1 correct +.020 +.016 +.020, error ...": what it shares with the line
 * before is said once. */
static void say_line(const struct slice_state *s, const struct slice_part *part, size_t l,
                     const struct places *places, double scale, struct strbuf *out)
{
    const struct slice_line *line = &part->slice.line[l], *before = l ? line - 1 : NULL;
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
        double value = value_at(s, part, line, places->x[i]);
        bool fine = isfinite(value);
        strbuf_printf(out, " %s", fine ? numbers_signed(number, value, scale) : "-");
        n += fine;
    }
    if (n == 0) {
        strbuf_cut(out, mark);
        strbuf_puts(out, " no data");
    }
}

/* Mean over the points that both lines have; NaN: none. */
static double mean_gap(const struct slice_state *s, const struct slice_part *part,
                       const struct slice_line *rewarded, const struct slice_line *unrewarded,
                       bool truth)
{
    double sum = 0;
    size_t n = 0;
    for (size_t i = 0; i < part->slice.x.n; i++) {
        double gap = truth ? rewarded->cells.truth[i] - unrewarded->cells.truth[i]
                           : rewarded->cells.value[i] - unrewarded->cells.value[i];
        if (slice_supported(s, part, rewarded, i) && slice_supported(s, part, unrewarded, i) &&
            isfinite(gap)) {
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
    const struct slice_part *part = &s->part[0];
    const struct slice_line *rewarded = &part->slice.line[l], *unrewarded = rewarded + 1;
    char a[NUMBER_SIZE];
    double gap = mean_gap(s, part, rewarded, unrewarded, false);
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
                      numbers_signed(a, mean_gap(s, part, rewarded, unrewarded, true), scale),
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

static double largest(const struct slice_part *part)
{
    double scale = 0;
    for (size_t i = 0; i < part->slice.n_lines; i++) {
        for (size_t j = 0; j < part->slice.x.n; j++) {
            double v = fabs(part->slice.line[i].cells.value[j]);
            scale = v > scale ? v : scale;
        }
    }
    return scale;
}

/* The largest standard error of what is drawn; NaN: none is known. */
static double largest_error(const struct slice_state *s, const struct slice_part *part)
{
    double largest = NAN;
    for (size_t i = 0; s->show != SHOW_TRUE && i < part->slice.n_lines; i++) {
        const struct slice_line *line = &part->slice.line[i];
        for (size_t j = 0; line->cells.se && j < part->slice.x.n; j++)
            if (slice_supported(s, part, line, j))
                largest = fmax(largest, line->cells.se[j]);
    }
    return largest;
}

static void say_interval(const struct slice_state *s, const struct slice_part *part,
                         struct strbuf *out)
{
    char number[NUMBER_SIZE];
    double error = largest_error(s, part);
    if (isfinite(error))
        strbuf_printf(out, "; standard errors up to %s", numbers_size(number, error, 10 * error));
    if (s->show != SHOW_TRUE && part->slice.interval == INTERVAL_SPREAD) {
        strbuf_puts(out, "; bands: spread over members, no interval");
    } else if (s->show != SHOW_TRUE && part->slice.interval != INTERVAL_NONE) {
        strbuf_printf(out, "; intervals of %d %%: %s", INTERVAL_PERCENT,
                      interval_word(part->slice.interval));
        view_source_doubt(&part->watch.source, out);
    }
}

/* The model and its lines, and what is known of them. */
static void say_part(const struct slice_state *s, const struct slice_part *part,
                     const struct places *places, double scale, struct strbuf *out)
{
    const struct slice *slice = &part->slice;
    char number[NUMBER_SIZE];
    (s->show == SHOW_TRUE ? view_source_truth_words : view_source_words)(&part->watch.source, out);
    for (size_t i = 0; i < slice->n_lines; i++)
        say_line(s, part, i, places, scale, out);
    for (size_t i = 0; slice->request.past == PAST_BOTH && i + 1 < slice->n_lines; i += 2)
        say_gap(s, i, scale, out);
    say_interval(s, part, out);
    if (slice->rest[0] && (slice->n_histories > 0 || s->request.past != PAST_ANY))
        strbuf_printf(out, "; %s", slice->rest);
    if (isfinite(slice_r2(s, part)))
        strbuf_printf(out, "; R2 against the true rule %s over visited trials",
                      number_fixed(number, slice->r2, 3, false));
}

void slice_describe(const void *state, struct strbuf *out)
{
    const struct slice_state *s = state;
    static const char *const shows[] = {"Change of", "True change of",
                                        "Fitted minus true change of"};
    double scale = 0;
    struct places places = find_places(s);
    for (size_t p = 0; p < s->n_parts; p++)
        scale = fmax(scale, largest(&s->part[p]));
    strbuf_printf(out, "%s %s per trial along %s", shows[s->show], slice_of(s), s->request.x);
    say_places(&places, out);
    for (size_t p = 0; p < s->n_parts; p++) {
        strbuf_puts(out, p ? ". " : ", ");
        say_part(s, &s->part[p], &places, scale, out);
    }
    strbuf_puts(out, " (" SIDES_TEXT ").");
}

static const struct column line_columns[] = {
    {"model", .type = COLUMN_TEXT},
    {"w_line", COLUMN_NUMBER, .meaning = "value of the weight"},
    {"reward", COLUMN_COUNT, .meaning = "1 correct"},
    {"past", .type = COLUMN_TEXT},
    {"x", COLUMN_NUMBER, .meaning = "a place that the sentence names"},
    {"value", COLUMN_NUMBER, .meaning = "null: no data"},
    {0},
};

static const struct column model_columns[] = {
    {"model", .type = COLUMN_TEXT},
    {"state", .type = COLUMN_TEXT},
    {"epoch", COLUMN_NUMBER, .meaning = "that is shown; null: from a file"},
    {"cohort", COLUMN_TEXT, .meaning = "whose trials it is shown on"},
    {"interval", COLUMN_TEXT, .meaning = "where its intervals, of 90 %, are from"},
    {"rest", COLUMN_TEXT, .meaning = "what all else is held at"},
    {"se_largest", .type = COLUMN_NUMBER},
    {"r2", COLUMN_NUMBER, .meaning = "against the true rule, over visited trials"},
    {0},
};

static const struct column gap_columns[] = {
    {"model", .type = COLUMN_TEXT},
    {"w_line", .type = COLUMN_NUMBER},
    {"reward", .type = COLUMN_COUNT},
    {"gap", COLUMN_NUMBER, .meaning = "change after a rewarded past minus unrewarded"},
    {"true_gap", .type = COLUMN_NUMBER},
    {"visited", COLUMN_NUMBER, .meaning = "the same on the trials that were visited"},
    {"true_visited", .type = COLUMN_NUMBER},
    {0},
};

static const struct column curve_columns[] = {
    {"model", .type = COLUMN_TEXT},
    {"w_line", COLUMN_NUMBER, .optional = true, .meaning = "the weight that the line is for"},
    {"reward", COLUMN_COUNT, .meaning = "of the line; then x, by its name"},
    {"past", COLUMN_TEXT, .optional = true, .meaning = "of the line"},
    WORDING_CELL_COLUMNS,
    {0},
};

const struct answer_row slice_answer[] = {
    ANSWER_ALSO(view_source_answer),
    {"of", ANSWER_TEXT, .meaning = "the weight that changes"},
    {"shown", ANSWER_TEXT, .meaning = "fitted, true or difference"},
    {"x", .type = ANSWER_TEXT},
    {"x_range", .type = ANSWER_NUMBERS},
    {"points", ANSWER_TABLE, .columns = line_columns},
    {"gaps", ANSWER_TABLE, .columns = gap_columns},
    {"models", ANSWER_TABLE, .columns = model_columns,
     .meaning = "all that are shown; the fields of one are those of the first"},
    {"se_largest", .type = ANSWER_NUMBER},
    {"interval", ANSWER_TEXT, .meaning = "where intervals, of 90 %, are from"},
    {"rest", ANSWER_TEXT, .meaning = "what all else is held at"},
    {"r2", ANSWER_NUMBER, .meaning = "against the true rule, over visited trials"},
    {"slice", ANSWER_TABLE, .columns = curve_columns, .open = true, .meaning = "a row per point"},
    {0},
};

static void point_fields(const struct slice_state *s, struct strbuf *object)
{
    struct places places = find_places(s);
    struct table table = {0};
    table_declare(&table, line_columns);
    for (size_t p = 0; p < s->n_parts; p++) {
        const struct slice_part *part = &s->part[p];
        for (size_t l = 0; l < part->slice.n_lines; l++)
            for (size_t i = 0; i < places.n; i++) {
                const struct slice_line *line = &part->slice.line[l];
                table_add(&table, 2,
                          (const char *[]){part->slice.model, choose_past_word(line->past)}, 4,
                          (double[]){line->w, line->correct, places.x[i],
                                     value_at(s, part, line, places.x[i])});
            }
    }
    answer_table(object, "points", &table);
    table_free(&table);
}

static void model_fields(const struct slice_state *s, struct strbuf *object)
{
    struct table table = {0};
    table_declare(&table, model_columns);
    for (size_t p = 0; p < s->n_parts; p++) {
        const struct slice *slice = &s->part[p].slice;
        const struct source *source = &s->part[p].watch.source;
        table_add(&table, 5,
                  (const char *[]){slice->model, fit_state_name(source->status.state),
                                   source->cohort ? source->cohort->name : NULL,
                                   interval_word(slice->interval), slice->rest},
                  3,
                  (double[]){view_source_epoch(source), largest_error(s, &s->part[p]), slice->r2});
    }
    answer_table(object, "models", &table);
    table_free(&table);
}

/* Of one model: there are no two pasts of several. */
static void gap_fields(const struct slice_state *s, struct strbuf *object)
{
    const struct slice_part *part = &s->part[0];
    struct table table = {0};
    table_declare(&table, gap_columns);
    for (size_t i = 0; part->slice.request.past == PAST_BOTH && i + 1 < part->slice.n_lines;
         i += 2) {
        const struct slice_line *a = &part->slice.line[i], *b = a + 1;
        bool visited = a->n_visited > 0 && b->n_visited > 0;
        bool truth = a->n_visited_truth > 0 && b->n_visited_truth > 0;
        table_add(&table, 1, (const char *[]){part->slice.model}, 6,
                  (double[]){a->w, a->correct, mean_gap(s, part, a, b, false),
                             a->cells.truth ? mean_gap(s, part, a, b, true) : NAN,
                             visited ? a->visited - b->visited : NAN,
                             truth ? a->visited_truth - b->visited_truth : NAN});
    }
    answer_table(object, "gaps", &table);
    table_free(&table);
}

void slice_fields(const void *state, struct strbuf *object)
{
    const struct slice_state *s = state;
    const struct slice_part *part = &s->part[0];
    const struct axis *x = &part->slice.x;
    (s->show == SHOW_TRUE ? view_source_truth_fields : view_source_fields)(&part->watch.source,
                                                                           object);
    answer_text(object, "of", slice_of(s));
    answer_text(object, "shown", choose_show_word(s->show));
    answer_text(object, "x", s->request.x);
    answer_numbers(object, "x_range", 2, (double[]){x->value[0], x->value[x->n - 1]});
    point_fields(s, object);
    gap_fields(s, object);
    model_fields(s, object);
    answer_number(object, "se_largest", largest_error(s, part));
    answer_text(object, "interval", interval_word(part->slice.interval));
    answer_text(object, "rest", part->slice.rest);
    answer_number(object, "r2", slice_r2(s, part));
}
