/* How a map is described, in words and in fields. */
#include "map.h"

#include <math.h>
#include <string.h>

#include "deltaw/base/number.h"
#include "deltaw/learn/interval.h"
#include "deltaw/study/probe.h"
#include "choose.h"
#include "numbers.h"
#include "source.h"
#include "watch.h"
#include "wording.h"

/* The read-out in a sentence: "; cross-hair at w .5, s -1, r 0, dw +.0020, ...". */
static void say_cross(const struct map_state *s, struct strbuf *out)
{
    struct strbuf text = {0};
    map_read_out(s, true, &text);
    strbuf_puts(out, "; cross-hair at ");
    for (const char *at = strbuf_text(&text) + strlen("┼ "); *at; at++) {
        if (at[0] == ' ' && at[1] == ' ') {
            strbuf_putc(out, ',');
            at += strspn(at, " ") - 1;
        }
        strbuf_putc(out, *at);
    }
    strbuf_free(&text);
}

/* The largest standard error over painted cells; NaN: none is known. */
static double largest_error(const struct map_state *s)
{
    double largest = NAN;
    for (size_t p = 0; p < s->map.n_panels; p++) {
        const struct probe_cells *panel = &s->map.panel[p];
        for (size_t i = 0; panel->se && i < s->map.x.n * s->map.y.n; i++)
            if (map_painted(s, p, i))
                largest = fmax(largest, panel->se[i]);
    }
    return largest;
}

/* Of the painted cells that have an interval; NaN: none has. */
static double settled_share(const struct map_state *s)
{
    size_t n = 0, settled = 0;
    double lower, upper;
    for (size_t p = 0; p < s->map.n_panels; p++) {
        for (size_t i = 0; i < s->map.x.n * s->map.y.n; i++) {
            if (map_painted(s, p, i) && map_interval(s, p, i, &lower, &upper)) {
                settled += interval_settled(lower, upper);
                n++;
            }
        }
    }
    return n ? (double)settled / (double)n : NAN;
}

/* "; sign settled in 63 % of the cells (intervals of 90 % from the standard error)" */
static void say_settled(const struct map_state *s, struct strbuf *out)
{
    double share = settled_share(s);
    if (isfinite(share) && s->map.interval == INTERVAL_SPREAD)
        strbuf_printf(out,
                      "; the spread over members stays on one side of 0 in %d %% of the cells "
                      "(no interval: they share trials and faults)",
                      (int)(100 * share));
    else if (isfinite(share)) {
        strbuf_printf(out, "; sign settled in %d %% of the cells (intervals of %d %%: %s)",
                      (int)(100 * share), INTERVAL_PERCENT, interval_word(s->map.interval));
        view_source_doubt(&s->watch.source, out);
    }
}

/* The cells of a panel that are painted and have the least and the greatest value; false:
 * none is. */
static bool extremes(const struct map_state *s, size_t p, size_t *lo, size_t *hi)
{
    size_t n = s->map.x.n * s->map.y.n;
    *lo = *hi = n;
    for (size_t i = 0; i < n; i++) {
        double v = map_shown(s, p, i);
        if (map_painted(s, p, i) && isfinite(v)) {
            *lo = *lo == n || v < map_shown(s, p, *lo) ? i : *lo;
            *hi = *hi == n || v > map_shown(s, p, *hi) ? i : *hi;
        }
    }
    return *lo < n;
}

static size_t largest_of(const struct map_state *s, size_t p, size_t lo, size_t hi)
{
    return fabs(map_shown(s, p, lo)) > fabs(map_shown(s, p, hi)) ? lo : hi;
}

/* "from -.003 to +.021 (at w .8, s 1)": over the painted cells of a panel. */
static void say_panel(const struct map_state *s, size_t p, struct strbuf *out)
{
    size_t lo, hi;
    char a[NUMBER_SIZE], b[NUMBER_SIZE];
    double limit = map_limit(s);
    if (!extremes(s, p, &lo, &hi)) {
        strbuf_puts(out, "no cell with data");
        return;
    }
    size_t most = largest_of(s, p, lo, hi);
    strbuf_printf(out, "%s to %s", numbers_signed(a, map_shown(s, p, lo), limit),
                  numbers_signed(b, map_shown(s, p, hi), limit));
    strbuf_printf(out, ", largest at %s %s %s %s", s->map.request.y,
                  numbers_short(a, s->map.y.value[most / s->map.x.n], 2), s->map.request.x,
                  numbers_short(b, s->map.x.value[most % s->map.x.n], 2));
}

void map_describe(const void *state, struct strbuf *out)
{
    const struct map_state *s = state;
    static const char *const shows[] = {"Change of", "True change of",
                                        "Fitted minus true change of",
                                        "Bias of a network, refitted to agents of a rule, in"};
    char a[NUMBER_SIZE];
    strbuf_printf(out, "%s %s per trial over %s and %s, ", shows[s->show], s->map.request.of,
                  s->map.request.y, s->map.request.x);
    (s->show == SHOW_TRUE ? view_source_truth_words : view_source_words)(&s->watch.source, out);
    for (size_t p = 0; p < s->map.n_panels; p++) {
        const char *title = s->map.title[p];
        strbuf_printf(out, "%s %s%s", p == 0 ? ":" : ";", title, *title ? " " : "");
        say_panel(s, p, out);
    }
    if (s->show != SHOW_TRUE && isfinite(largest_error(s))) {
        strbuf_printf(out, "; standard errors up to %s",
                      numbers_size(a, largest_error(s), 10 * largest_error(s)));
    }
    say_settled(s, out);
    if (s->crossed && s->cross_panel < s->map.n_panels)
        say_cross(s, out);
    if (s->map.rest[0])
        strbuf_printf(out, "; %s", s->map.rest);
    if (s->map.n_visited > 0) {
        strbuf_printf(out, "; support counted over %s trials",
                      number_grouped(a, (long long)s->map.n_visited));
    }
    if (isfinite(map_r2(s))) {
        strbuf_printf(out, "; R2 against the true rule %s over visited trials",
                      number_fixed(a, map_r2(s), 3, false));
    }
    strbuf_puts(out, " (" SIDES_TEXT ").");
}

static const struct column panel_columns[] = {
    {"panel", .type = COLUMN_TEXT},
    {"least", COLUMN_NUMBER, .meaning = "of its painted cells"},
    {"greatest", .type = COLUMN_NUMBER},
    {"largest_x", COLUMN_NUMBER, .meaning = "where the size is largest"},
    {"largest_y", .type = COLUMN_NUMBER},
    {0},
};

static const struct column cross_columns[] = {
    {"panel", .type = COLUMN_TEXT},
    {"x", .type = COLUMN_NUMBER},
    {"y", .type = COLUMN_NUMBER},
    {"value", .type = COLUMN_NUMBER},
    {"lower", COLUMN_NUMBER, .meaning = "of the 90 % interval"},
    {"upper", .type = COLUMN_NUMBER},
    {"se", COLUMN_NUMBER, .meaning = "standard error"},
    {"truth", .type = COLUMN_NUMBER},
    {"support", COLUMN_COUNT, .meaning = "trials there"},
    {0},
};

/* Between panel and value are the axes, by their names. */
static const struct column cell_columns[] = {
    {"panel", COLUMN_TEXT, .meaning = "then x and y, by their names"},
    WORDING_CELL_COLUMNS,
    {0},
};

const struct answer_row map_answer[] = {
    ANSWER_ALSO(view_source_answer),
    {"of", ANSWER_TEXT, .meaning = "the weight that changes"},
    {"shown", ANSWER_TEXT, .meaning = "fitted, true, difference or bias"},
    {"x", .type = ANSWER_TEXT},
    {"y", .type = ANSWER_TEXT},
    {"x_range", ANSWER_NUMBERS, .meaning = "its least and greatest value"},
    {"y_range", .type = ANSWER_NUMBERS},
    {"colour_range", ANSWER_NUMBER, .meaning = "change that has the last colour"},
    {"panels", ANSWER_TABLE, .columns = panel_columns},
    {"se_largest", .type = ANSWER_NUMBER},
    {"settled_percent", ANSWER_NUMBER, .meaning = "of painted cells, whose interval leaves out 0"},
    {"interval", ANSWER_TEXT, .meaning = "where intervals, of 90 %, are from"},
    {"rest", ANSWER_TEXT, .meaning = "what all else is held at"},
    {"visited_trials", ANSWER_COUNT, .meaning = "that support counts"},
    {"least_support", ANSWER_COUNT, .meaning = "of a cell that is painted"},
    {"r2", ANSWER_NUMBER, .meaning = "of the fit against the true rule, over visited trials"},
    {"cross_hair", ANSWER_TABLE, .columns = cross_columns, .meaning = "where it was placed"},
    {"map", ANSWER_TABLE, .columns = cell_columns, .open = true, .meaning = "a row per cell"},
    {0},
};

static void panel_fields(const struct map_state *s, struct strbuf *object)
{
    struct table table = {0};
    table_declare(&table, panel_columns);
    for (size_t p = 0; p < s->map.n_panels; p++) {
        size_t lo, hi, most, nx = s->map.x.n;
        bool any = extremes(s, p, &lo, &hi);
        most = any ? largest_of(s, p, lo, hi) : 0;
        table_add(&table, 1, (const char *[]){s->map.title[p]}, any ? 4 : 0,
                  (double[]){any ? map_shown(s, p, lo) : NAN, any ? map_shown(s, p, hi) : NAN,
                             s->map.x.value[most % nx], s->map.y.value[most / nx]});
    }
    answer_table(object, "panels", &table);
    table_free(&table);
}

static void cross_fields(const struct map_state *s, struct strbuf *object)
{
    struct table table = {0};
    size_t x, y;
    table_declare(&table, cross_columns);
    if (s->crossed && s->cross_panel < s->map.n_panels) {
        const struct probe_cells *panel = &s->map.panel[s->cross_panel];
        map_cross(s, &x, &y);
        size_t cell = y * s->map.x.n + x;
        table_add(&table, 1, (const char *[]){s->map.title[s->cross_panel]}, 8,
                  (double[]){s->map.x.value[x], s->map.y.value[y], panel->value[cell],
                             panel->lower ? panel->lower[cell] : NAN,
                             panel->upper ? panel->upper[cell] : NAN,
                             panel->se ? panel->se[cell] : NAN,
                             panel->truth ? panel->truth[cell] : NAN, panel->support[cell]});
    }
    answer_table(object, "cross_hair", &table);
    table_free(&table);
}

void map_fields(const void *state, struct strbuf *object)
{
    const struct map_state *s = state;
    const struct axis *x = &s->map.x, *y = &s->map.y;
    (s->show == SHOW_TRUE ? view_source_truth_fields : view_source_fields)(&s->watch.source,
                                                                           object);
    answer_text(object, "of", s->map.request.of);
    answer_text(object, "shown", choose_show_word(s->show));
    answer_text(object, "x", s->map.request.x);
    answer_text(object, "y", s->map.request.y);
    answer_numbers(object, "x_range", 2, (double[]){x->value[0], x->value[x->n - 1]});
    answer_numbers(object, "y_range", 2, (double[]){y->value[0], y->value[y->n - 1]});
    answer_number(object, "colour_range", map_limit(s));
    panel_fields(s, object);
    answer_number(object, "se_largest", s->show == SHOW_TRUE ? NAN : largest_error(s));
    answer_number(object, "settled_percent", number_percent(settled_share(s)));
    answer_text(object, "interval", interval_word(s->map.interval));
    answer_text(object, "rest", s->map.rest);
    answer_number(object, "visited_trials", (double)s->map.n_visited);
    answer_number(object, "least_support", s->support);
    answer_number(object, "r2", map_r2(s));
    cross_fields(s, object);
}
