/* How psychometric curves look and how they are described. */
#include "psychometric.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "deltaw/base/number.h"
#include "deltaw/draw/plot.h"
#include "deltaw/view/view.h"
#include "numbers.h"
#include "source.h"
#include "wording.h"

void psychometric_title(const void *state, struct strbuf *out)
{
    const struct psychometric_state *s = state;
    strbuf_puts(out, "P(right) by stimulus");
    if (s->have && s->seen_only >= 0)
        strbuf_printf(out, " · %s", s->seen_subject);
    else if (s->have)
        strbuf_printf(out, " · %zu animals", s->curves.n_animals);
    if (s->expects)
        view_source_title(&s->source, out);
    strbuf_puts(out, " · " SIDES_TEXT);
}

/* Groups are a cell apart, so that their bars can be told apart, where the stimuli leave
 * room. */
static double part_groups(const struct psychometric *p, double cell)
{
    double gap = INFINITY;
    for (size_t i = 1; i < p->n_stimuli; i++)
        gap = fmin(gap, p->stimulus[i] - p->stimulus[i - 1]);
    return gap >= cell * (double)(p->n_groups + 1) ? cell : 0;
}

/* Points with their bars, a group's beside another's by `step`. */
static size_t add_points(const struct psychometric *p, double step,
                         double beside[][PSYCHOMETRIC_STIMULI], struct curve *curves)
{
    size_t n = 0;
    for (size_t g = 0; g < p->n_groups; g++) {
        const struct psychometric_points *points = &p->points[g];
        for (size_t i = 0; i < p->n_stimuli; i++)
            beside[g][i] = p->stimulus[i] + step * ((double)g - (double)(p->n_groups - 1) / 2);
        if (points->n_trials > 0) {
            curves[n++] = (struct curve){.label = p->group[g].name,
                                         .n = p->n_stimuli,
                                         .x = beside[g],
                                         .y = points->p,
                                         .lo = points->lo,
                                         .hi = points->hi,
                                         .stroke = STROKE_POINTS,
                                         .colour = (int)g};
        }
    }
    return n;
}

/* What the model expects of each group, above its intervals. */
static size_t add_expected(const struct psychometric *p, struct curve *curves)
{
    for (size_t g = 0; g < p->n_groups; g++)
        curves[g] = (struct curve){.n = p->n_stimuli,
                                   .x = p->stimulus,
                                   .y = p->points[g].expected,
                                   .lo = p->points[g].low,
                                   .hi = p->points[g].high,
                                   .stroke = STROKE_BAND,
                                   .colour = (int)g};
    for (size_t g = 0; g < p->n_groups; g++)
        curves[p->n_groups + g] = (struct curve){.n = p->n_stimuli,
                                                 .x = p->stimulus,
                                                 .y = p->points[g].expected,
                                                 .stroke = STROKE_SOLID,
                                                 .colour = (int)g};
    return 2 * p->n_groups;
}

void psychometric_draw(void *state, struct canvas *canvas, struct rect area,
                       const struct style *style)
{
    struct psychometric_state *s = state;
    const struct psychometric *p = &s->curves;
    static const double zero = 0, chance = .5;
    struct curve curves[3 * PSYCHOMETRIC_GROUPS + 1];
    double beside[PSYCHOMETRIC_GROUPS][PSYCHOMETRIC_STIMULI];
    char label[80];
    double lo = p->stimulus[0], hi = p->stimulus[p->n_stimuli - 1];
    double margin = hi > lo ? (hi - lo) * .04 : .5;
    double step = part_groups(p, (hi - lo + 2 * margin) / (area.width > 6 ? area.width - 5 : 1));
    size_t n = s->expects ? add_expected(p, curves) : 0;
    n += add_points(p, step, beside, curves + n);
    if (s->expects) { /* no points: says what strokes mean */
        snprintf(label, sizeof label, "%s expects", s->source.model->name);
        curves[n++] =
            (struct curve){.label = label, .stroke = STROKE_SOLID, .colour = WORDING_GREY};
    }
    struct line_plot plot = {
        .x_label = "stimulus",
        .x_title = "stimulus (right positive)",
        .y_title = "P(right)",
        .y_label = area.height >= 14 ? "P(right)" : NULL,
        .x_lo = lo - margin,
        .x_hi = hi + margin,
        .y_lo = -.02,
        .y_hi = 1.02,
        .n_curves = n,
        .curves = curves,
        .n_marks = 1,
        .marks = &zero,
        .n_levels = 1,
        .levels = &chance,
    };
    line_plot_draw(&plot, canvas, area, style);
}

/* --- words ------------------------------------------------------------------------ */

/* The first and last stimulus with trials of the group. */
static void ends_of(const struct psychometric *p, size_t g, size_t *first, size_t *last)
{
    *first = 0;
    *last = p->n_stimuli - 1;
    while (*first < *last && p->points[g].n[*first] == 0)
        ++*first;
    while (*last > *first && p->points[g].n[*last] == 0)
        --*last;
}

static void say_end(const struct psychometric_state *s, size_t g, size_t i, struct strbuf *out)
{
    const struct psychometric_points *points = &s->curves.points[g];
    char a[NUMBER_SIZE], b[NUMBER_SIZE];
    strbuf_printf(out, "%s", number_fixed(a, points->p[i], 2, false));
    if (s->expects && isfinite(points->expected[i]))
        strbuf_printf(out, " (%s)", number_fixed(a, points->expected[i], 2, false));
    strbuf_printf(out, " at %s", numbers_short(b, s->curves.stimulus[i], 3));
}

static void say_group(const struct psychometric_state *s, size_t g, struct strbuf *out)
{
    const struct psychometric *p = &s->curves;
    const struct psychometric_points *points = &p->points[g];
    const struct psychometric_group *group = &p->group[g];
    char a[NUMBER_SIZE];
    size_t first, last;
    strbuf_printf(
        out, "%s %s",
        group->kind == GROUP_SESSIONS ? group->last > group->first ? "sessions" : "session" : "",
        group->name);
    if (points->n_trials == 0) {
        strbuf_puts(out, ": no trials");
        return;
    }
    if (group->kind <= GROUP_LATE) {
        strbuf_printf(out, " fifth of %s",
                      points->by_trials == 0     ? "sessions"
                      : points->by_sessions == 0 ? "trials"
                                                 : "sessions or trials");
    }
    strbuf_printf(out, ", %s trials: ", number_grouped(a, (long long)points->n_trials));
    ends_of(p, g, &first, &last);
    say_end(s, g, first, out);
    if (last != first) {
        strbuf_puts(out, ", ");
        say_end(s, g, last, out);
    }
    /* beyond the stimuli shown it would be a guess */
    if (points->bias >= p->stimulus[first] && points->bias <= p->stimulus[last])
        strbuf_printf(out, ", .5 at %s", number_fixed(a, points->bias, 2, true));
    if (isfinite(points->slope))
        strbuf_printf(out, ", slope %s", number_fixed(a, points->slope, 2, false));
    if (isfinite(points->accuracy))
        strbuf_printf(out, ", %s correct", number_fixed(a, points->accuracy, 2, false));
}

void psychometric_describe(const void *state, struct strbuf *out)
{
    const struct psychometric_state *s = state;
    const struct psychometric *p = &s->curves;
    strbuf_puts(out, "P(right) by stimulus of ");
    if (s->seen_only >= 0)
        strbuf_puts(out, s->seen_subject);
    else
        strbuf_printf(out, "%zu animal%s pooled", p->n_animals, p->n_animals == 1 ? "" : "s");
    if (s->expects) {
        strbuf_puts(out, " (in brackets what ");
        view_source_words(&s->source, out);
        strbuf_puts(out, " expected on the same trials)");
    }
    for (size_t g = 0; g < p->n_groups; g++) {
        struct strbuf group = {0};
        say_group(s, g, &group);
        const char *text = strbuf_text(&group);
        strbuf_printf(out, "%s%s", g ? "; " : ": ", text + (text[0] == ' '));
        strbuf_free(&group);
    }
    strbuf_printf(out, "; bars are Wilson's 95 %% intervals%s (" SIDES_TEXT ").",
                  p->binned ? ", stimuli in 11 bins" : "");
}

static const struct column group_columns[] = {
    {"sessions", COLUMN_TEXT, .meaning = "early, middle and late are fifths of them"},
    {"trials", .type = COLUMN_COUNT},
    {"half_at", COLUMN_NUMBER, .meaning = "stimulus of P(right) = .5"},
    {"slope", COLUMN_NUMBER, .meaning = "of logit P(right) by stimulus"},
    {"correct_percent", .type = COLUMN_NUMBER},
    {"first_stimulus", .type = COLUMN_NUMBER},
    {"first_p_right", .type = COLUMN_NUMBER},
    {"first_model", COLUMN_NUMBER, .meaning = "what the model expected"},
    {"last_stimulus", .type = COLUMN_NUMBER},
    {"last_p_right", .type = COLUMN_NUMBER},
    {"last_model", .type = COLUMN_NUMBER},
    {0},
};

static const struct column share_columns[] = {
    {"subject", .type = COLUMN_TEXT},
    {"sessions", COLUMN_TEXT, .meaning = "the group"},
    {"stimulus", .type = COLUMN_NUMBER},
    {"n", COLUMN_COUNT, .meaning = "trials"},
    {"p_right", COLUMN_NUMBER, .meaning = "share of rightward choices"},
    {"lo", COLUMN_NUMBER, .meaning = "of its 95 % interval (Wilson)"},
    {"hi", .type = COLUMN_NUMBER},
    {"model", COLUMN_NUMBER, .meaning = "what the model expects"},
    {"model_low", COLUMN_NUMBER, .meaning = "of its 90 % interval"},
    {"model_high", .type = COLUMN_NUMBER},
    {"interval", COLUMN_TEXT, .meaning = "where that is from"},
    {0},
};

const struct answer_row psychometric_answer[] = {
    ANSWER_ALSO(view_source_answer),
    {"subject", .type = ANSWER_TEXT},
    {"animals", .type = ANSWER_COUNT},
    {"binned", ANSWER_FLAG, .meaning = "stimuli are means of equal bins"},
    {"groups", ANSWER_TABLE, .columns = group_columns},
    {"interval", ANSWER_TEXT, .meaning = "where those of 90 % of what the model expects are from"},
    {"psychometric", ANSWER_TABLE, .columns = share_columns,
     .meaning = "a row per group and stimulus"},
    {0},
};

void psychometric_fields(const void *state, struct strbuf *object)
{
    const struct psychometric_state *s = state;
    const struct psychometric *p = &s->curves;
    const struct source none = {0};
    struct table table = {0};
    table_declare(&table, group_columns);
    for (size_t g = 0; g < p->n_groups; g++) {
        const struct psychometric_points *points = &p->points[g];
        size_t a, b;
        ends_of(p, g, &a, &b);
        bool any = points->n_trials > 0, model = any && s->expects;
        table_add(&table, 1, (const char *[]){p->group[g].name}, any ? 10 : 1,
                  (double[]){points->n_trials, points->bias, points->slope,
                             number_percent(points->accuracy), p->stimulus[a], points->p[a],
                             model ? points->expected[a] : NAN, p->stimulus[b], points->p[b],
                             model ? points->expected[b] : NAN});
    }
    view_source_fields(s->expects ? &s->source : &none, object);
    answer_text(object, "subject", s->seen_subject);
    answer_number(object, "animals", (double)p->n_animals);
    answer_flag(object, "binned", p->binned);
    answer_table(object, "groups", &table);
    answer_text(object, "interval", interval_word(p->interval));
    table_free(&table);
}
