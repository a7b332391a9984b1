/* How an animal's weights look and how they are described. */
#include "weights.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/number.h"
#include "deltaw/draw/plot.h"
#include "deltaw/view/view.h"
#include "hold.h"
#include "numbers.h"
#include "source.h"
#include "watch.h"
#include "wording.h"

/* Rows of the picture from which P(right) gets a strip below the weights, and rows of the
 * strip; cells of the labels of both, so that trials line up. */
enum { STRIP_FROM = 16, STRIP_LEAST = 7, Y_LABELS = 3 };

static const char *shown_name(const struct weights_state *s)
{
    return s->watch.source.cohort->animals[s->animal].name;
}

void weights_title(const void *state, struct strbuf *out)
{
    const struct weights_state *s = state;
    strbuf_puts(out, "weights");
    if (s->watch.source.model && s->animal >= 0 && s->path.n > 0) {
        strbuf_printf(out, " of %s%s", shown_name(s), s->held_out ? " (held out)" : "");
        view_source_title(&s->watch.source, out);
    }
    strbuf_puts(out, " · " SIDES_TEXT);
}

/* Columns of the trajectory at an even stride, as curves want them. */
struct strided {
    size_t n;
    double *x, **fitted, **truth; /* [n]; [K] of [n]; truth NULL without one */
};

static struct strided stride_path(const struct trajectory *path, size_t most)
{
    size_t step = path->n > most ? (path->n + most - 1) / most : 1;
    size_t n = (path->n + step - 1) / step;
    size_t k_n = path->n_weights;
    struct strided out = {.n = n, .x = mem_new(n, sizeof(double))};
    out.fitted = mem_new(k_n, sizeof(double *));
    out.truth = path->truth ? mem_new(k_n, sizeof(double *)) : NULL;
    for (size_t k = 0; k < k_n; k++) {
        out.fitted[k] = mem_new(n, sizeof(double));
        if (out.truth)
            out.truth[k] = mem_new(n, sizeof(double));
    }
    for (size_t i = 0; i < n; i++) {
        /* the last point is the last trial, whatever the stride */
        size_t t = i + 1 == n ? path->n - 1 : i * step;
        out.x[i] = (double)(t + 1);
        for (size_t k = 0; k < k_n; k++) {
            out.fitted[k][i] = path->w[t * k_n + k];
            if (out.truth)
                out.truth[k][i] = path->truth[t * k_n + k];
        }
    }
    return out;
}

static void strided_free(struct strided *s, size_t k_n)
{
    for (size_t k = 0; k < k_n; k++) {
        free(s->fitted[k]);
        if (s->truth)
            free(s->truth[k]);
    }
    free(s->fitted);
    free(s->truth);
    free(s->x);
}

/* First trials of sessions, or none when they would fill the axis. */
static size_t session_marks(const struct trajectory *path, int width, double **out)
{
    size_t n = 0;
    double *marks = mem_new(path->n, sizeof(double));
    for (size_t t = 0; path->day && t < path->n; t++)
        if (path->day[t])
            marks[n++] = (double)(t + 1);
    *out = marks;
    return n * 2 <= (size_t)(width > 0 ? width : 0) ? n : 0;
}

/* P(right) below the weights: lines as the model expected, points as chosen. */
static void draw_sides(const struct weights_state *s, const struct line_plot *weights,
                       struct canvas *canvas, struct rect area, const struct style *style)
{
    static const char *const labels[] = {"left stimuli", "right stimuli"};
    static const double chance = .5;
    size_t wanted = (size_t)(area.width > 30 ? area.width / 3 : 10);
    double bin = numbers_nice((double)s->path.n / (double)wanted);
    int colour = (int)s->path.n_weights;
    struct curve curves[4];
    struct sides sides;
    struct line_plot plot = {
        .x_label = "trial",
        .y_label = "P(right)",
        .x_lo = weights->x_lo,
        .x_hi = weights->x_hi,
        .y_lo = 0,
        .y_hi = 1,
        .y_labels = Y_LABELS,
        .n_levels = 1,
        .levels = &chance,
        .curves = curves,
        .n_marks = weights->n_marks,
        .marks = weights->marks,
    };
    trajectory_sides(&s->path, s->watch.source.cohort, (size_t)s->animal,
                     bin < 20 ? 20 : (size_t)bin, &sides);
    for (int side = 1; side >= 0; side--) {
        curves[plot.n_curves++] = (struct curve){
            .n = sides.n_bins,
            .x = sides.x,
            .y = sides.expected[side],
            .stroke = STROKE_SOLID,
            .colour = colour + side,
        };
        curves[plot.n_curves++] = (struct curve){
            .label = sides.n[side] > 0 ? labels[side] : NULL,
            .n = sides.n_bins,
            .x = sides.x,
            .y = sides.chosen[side],
            .stroke = STROKE_POINTS,
            .colour = colour + side,
        };
    }
    line_plot_draw(&plot, canvas, area, style);
    trajectory_sides_free(&sides);
}

/* The trials with intervals, as a band of weight k; owned: [3][n]. */
static struct curve band_of(const struct trajectory *path, size_t k, double *owned)
{
    size_t n = 0;
    double *x = owned, *lo = owned + path->n, *hi = owned + 2 * path->n;
    for (size_t i = 0; path->low && i < path->n; i++) {
        size_t at = i * path->n_weights + k;
        if (!isfinite(path->low[at]))
            continue;
        x[n] = (double)(i + 1), lo[n] = path->low[at], hi[n++] = path->high[at];
    }
    return (struct curve){
        .n = n, .x = x, .y = lo, .lo = lo, .hi = hi, .stroke = STROKE_BAND, .colour = (int)k};
}

static void draw_weights(const struct weights_state *s, struct line_plot *plot,
                         struct canvas *canvas, struct rect area, const struct style *style)
{
    const struct policy *policy = &s->watch.source.model->settings.policy;
    size_t k_n = s->path.n_weights;
    struct strided fitted = stride_path(&s->path, (size_t)area.width * 4);
    struct curve *curves = mem_new(3 * k_n + 2, sizeof *curves);
    double *bands = mem_new(s->path.low ? 3 * s->path.n * k_n : 0, sizeof *bands);
    char label[POLICY_NAME + 16];
    plot->curves = curves;
    for (size_t k = 0; k < k_n && s->path.low; k++)
        curves[plot->n_curves++] = band_of(&s->path, k, bands + 3 * s->path.n * k);
    for (size_t k = 0; k < k_n && fitted.truth; k++) {
        curves[plot->n_curves++] = (struct curve){
            .n = fitted.n,
            .x = fitted.x,
            .y = fitted.truth[k],
            .stroke = STROKE_DOTS,
            .colour = (int)k,
        };
    }
    for (size_t k = 0; k < k_n; k++) {
        curves[plot->n_curves++] = (struct curve){
            .label = policy->weight[k],
            .n = fitted.n,
            .x = fitted.x,
            .y = fitted.fitted[k],
            .stroke = STROKE_SOLID,
            .colour = (int)k,
        };
    }
    if (fitted.truth) { /* no points: says what dots mean */
        curves[plot->n_curves++] =
            (struct curve){.label = "true", .stroke = STROKE_DOTS, .colour = WORDING_GREY};
    }
    if (s->path.low) {
        snprintf(label, sizeof label, s->walk ? "%s 90 %%" : "90 %%", s->walk ? s->walk->name : "");
        curves[plot->n_curves++] =
            (struct curve){.label = label, .stroke = STROKE_BAND, .colour = WORDING_GREY};
    }
    line_plot_draw(plot, canvas, area, style);
    strided_free(&fitted, k_n);
    free(curves), free(bands);
}

void weights_draw(void *state, struct canvas *canvas, struct rect area, const struct style *style)
{
    struct weights_state *s = state;
    double *marks;
    struct rect upper = area, lower = area;
    bool strip = area.height >= STRIP_FROM && area.width >= 30;
    lower.height = !strip ? 0 : area.height / 3 > STRIP_LEAST ? area.height / 3 : STRIP_LEAST;
    upper.height -= lower.height;
    lower.y += upper.height;
    struct line_plot plot = {
        .x_label = strip ? NULL : "trial",
        .y_title = "weight",
        .x_lo = 1,
        .x_hi = s->path.n > 1 ? (double)s->path.n : 2,
        .y_zero = true,
        .y_labels = strip ? Y_LABELS : 0,
    };
    hold_range(&s->hold, &plot.y_lo, &plot.y_hi);
    plot.n_marks = session_marks(&s->path, area.width, &marks);
    plot.marks = marks;
    draw_weights(s, &plot, canvas, upper, style);
    if (strip)
        draw_sides(s, &plot, canvas, lower, style);
    free(marks);
}

/* Mean probability the model gave to the side that was chosen, first trial left
 * out as it is never scored. */
static double chosen_side(const struct weights_state *s)
{
    const struct cohort *cohort = s->watch.source.cohort;
    size_t first = cohort->animals[s->animal].first;
    double sum = 0;
    for (size_t t = 1; t < s->path.n; t++) {
        double p = s->path.p_right[t];
        sum += cohort->choice[first + t] ? p : 1 - p;
    }
    return s->path.n > 1 ? sum / (double)(s->path.n - 1) : NAN;
}

void weights_describe(const void *state, struct strbuf *out)
{
    const struct weights_state *s = state;
    const struct policy *policy = &s->watch.source.model->settings.policy;
    const struct animal *animal = &s->watch.source.cohort->animals[s->animal];
    char a[NUMBER_SIZE], b[NUMBER_SIZE];
    size_t k_n = s->path.n_weights, last = (s->path.n - 1) * k_n;
    strbuf_printf(out, "%s%s, %s trials in %zu session%s, under ", animal->name,
                  s->held_out ? " (held out)" : "", number_grouped(a, (long long)s->path.n),
                  animal->n_sessions, animal->n_sessions == 1 ? "" : "s");
    view_source_words(&s->watch.source, out);
    strbuf_putc(out, ':');
    for (size_t k = 0; k < k_n; k++) {
        strbuf_printf(out, "%s %s from %s to %s", k ? "," : "", policy->weight[k],
                      number_fixed(a, s->path.w[k], 2, false),
                      number_fixed(b, s->path.w[last + k], 2, false));
        if (s->path.truth)
            strbuf_printf(out, " (true %s)", number_fixed(b, s->path.truth[last + k], 2, false));
    }
    if (s->walk)
        strbuf_printf(out, "; within the 90 %% band of %s on", s->walk->name);
    for (size_t k = 0; s->walk && k < k_n; k++)
        strbuf_printf(out, "%s %s %% (%s)", k ? "," : "",
                      number_fixed(a, 100 * s->inside[k], 0, false), policy->weight[k]);
    if (s->walk)
        strbuf_puts(out, " of the trials");
    for (size_t k = 0; !s->walk && s->path.low && k < k_n; k++)
        strbuf_printf(out, "%s %s %s to %s", k ? "," : "; 90 % intervals at the end",
                      policy->weight[k], number_fixed(a, s->path.low[last + k], 2, false),
                      number_fixed(b, s->path.high[last + k], 2, false));
    double p = chosen_side(s);
    if (isfinite(p)) {
        strbuf_printf(out, "; mean probability of the chosen side %s",
                      number_fixed(a, p, 3, false));
    }
    strbuf_puts(out, " (" SIDES_TEXT ").");
}

static const struct column weight_columns[] = {
    {"weight", .type = COLUMN_TEXT},
    {"first", .type = COLUMN_NUMBER},
    {"last", .type = COLUMN_NUMBER},
    {"true_last", .type = COLUMN_NUMBER},
    {"low", COLUMN_NUMBER, .meaning = "of the last one's 90 % interval"},
    {"high", .type = COLUMN_NUMBER},
    {"inside_percent", COLUMN_NUMBER, .meaning = "of trials within the band of the walk"},
    {0},
};

static const struct column path_columns[] = {
    {"subject", .type = COLUMN_TEXT},
    {"session", .type = COLUMN_TEXT},
    {"trial", .type = COLUMN_COUNT},
    {"p_right", COLUMN_NUMBER, .meaning = "of the model; then the weights by their names"},
    {"p_right_low", COLUMN_NUMBER, .optional = true, .meaning = "of its 90 % interval"},
    {"p_right_high", COLUMN_NUMBER, .optional = true},
    {"interval", COLUMN_TEXT, .optional = true, .meaning = "where intervals are from"},
    {0},
};

const struct answer_row weights_answer[] = {
    ANSWER_ALSO(view_source_answer),
    {"animal", .type = ANSWER_TEXT},
    {"held_out", ANSWER_FLAG, .meaning = "the animal was, of the fit"},
    {"trials", .type = ANSWER_COUNT},
    {"sessions", .type = ANSWER_COUNT},
    {"walk", ANSWER_TEXT, .meaning = "the random walk whose band is shown; null: none"},
    {"ends", ANSWER_TABLE, .columns = weight_columns},
    {"interval", ANSWER_TEXT, .meaning = "where intervals, of 90 %, are from"},
    {"p_chosen", ANSWER_NUMBER, .meaning = "mean probability of the chosen side"},
    {"weights", ANSWER_TABLE, .columns = path_columns, .open = true,
     .meaning = "a row per trial, with each weight w as w, w_low and w_high"},
    {0},
};

void weights_fields(const void *state, struct strbuf *object)
{
    const struct weights_state *s = state;
    const struct policy *policy = &s->watch.source.model->settings.policy;
    size_t k_n = s->path.n_weights, last = (s->path.n - 1) * k_n;
    struct table table = {0};
    table_declare(&table, weight_columns);
    for (size_t k = 0; k < k_n; k++)
        table_add(&table, 1, (const char *[]){policy->weight[k]}, 6,
                  (double[]){s->path.w[k], s->path.w[last + k],
                             s->path.truth ? s->path.truth[last + k] : NAN,
                             s->path.low ? s->path.low[last + k] : NAN,
                             s->path.low ? s->path.high[last + k] : NAN,
                             s->walk ? number_percent(s->inside[k]) : NAN});
    view_source_fields(&s->watch.source, object);
    answer_text(object, "animal", shown_name(s));
    answer_flag(object, "held_out", s->held_out);
    answer_number(object, "trials", (double)s->path.n);
    answer_number(object, "sessions",
                  (double)s->watch.source.cohort->animals[s->animal].n_sessions);
    answer_text(object, "walk", s->walk ? s->walk->name : NULL);
    answer_table(object, "ends", &table);
    answer_text(object, "interval", interval_word(s->path.interval));
    answer_number(object, "p_chosen", chosen_side(s));
    table_free(&table);
}
