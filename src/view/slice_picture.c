/* How a slice looks and what is said of it. */
#include "slice.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/draw/plot.h"

enum { LABEL = NUMBER_SIZE + 16 };

/* Whose change it is, also before there is a slice. */
static const char *weight_of(const struct slice_state *s)
{
    return s->have ? s->slice.request.of : *s->request.of ? s->request.of : "w_stim";
}

void slice_title(const void *state, struct strbuf *out)
{
    const struct slice_state *s = state;
    char number[NUMBER_SIZE];
    static const char *const shows[] = {"", "true ", "fitted−true "};
    strbuf_printf(out, "%sΔ%s · by %s", shows[s->show], weight_of(s), s->request.x);
    if (!isnan(s->request.w_bias)) {
        strbuf_printf(out, " · w_bias %s", parts_short(number, s->request.w_bias, 3));
    }
    if (!isnan(s->request.stimulus)) {
        strbuf_printf(out, " · stimulus %s", parts_short(number, s->request.stimulus, 3));
    }
    if (!isnan(s->request.reward)) {
        strbuf_printf(out, " · reward %g", s->request.reward);
    }
    parts_past_title(s->request.past, s->request.lags, out);
    source_title(&s->source, out);
    if (s->have && isfinite(s->slice.r2)) {
        strbuf_printf(out, " · R² %s", number_fixed(number, s->slice.r2, 2, false));
    }
    strbuf_puts(out, " · " SIDES_TEXT);
}

static bool supported(const struct slice_state *s, const struct slice_line *line, size_t i)
{
    return s->support == 0 || !s->source.cohort || line->support[i] >= s->support;
}

/* A point as `show` has it. */
static double shown(const struct slice_state *s, const struct slice_line *line, size_t i)
{
    if (s->show == SHOW_FITTED) {
        return line->value[i];
    }
    if (!line->truth) {
        return NAN;
    }
    return s->show == SHOW_TRUE ? line->truth[i] : line->value[i] - line->truth[i];
}

/* The line's values, or the true ones, with gaps where no animal was. */
static double *gapped(const struct slice_state *s, const struct slice_line *line, bool truth)
{
    double *out = mem_new(s->slice.x.n, sizeof *out);
    for (size_t i = 0; i < s->slice.x.n; i++) {
        double value = truth ? line->truth[i] : shown(s, line, i);
        out[i] = supported(s, line, i) ? value : NAN;
    }
    return out;
}

void slice_hold(struct slice_state *s)
{
    for (size_t i = 0; i < s->slice.n_lines; i++) {
        const struct slice_line *line = &s->slice.line[i];
        for (size_t j = 0; j < s->slice.x.n; j++) {
            if (supported(s, line, j)) {
                hold_value(&s->hold, shown(s, line, j));
                hold_value(&s->hold, line->truth && s->show == SHOW_FITTED ? line->truth[j] : NAN);
            }
        }
    }
}

/* The curves of a picture and what they own. */
struct strokes {
    size_t n, n_owned, n_colours;
    struct curve *curves;  /* [2 * n_lines + 2] */
    double **owned;        /* [2 * n_lines] */
    char (*labels)[LABEL]; /* [n_lines] */
    struct {
        double w;
        enum past past;
    } colours[2 * SLICE_MOST_W]; /* lines of one w and past share a colour */
};

static int colour_of(struct strokes *strokes, const struct slice_line *line)
{
    size_t i = 0;
    while (i < strokes->n_colours &&
           !(strokes->colours[i].past == line->past &&
             (strokes->colours[i].w == line->w ||
              (isnan(line->w) && isnan(strokes->colours[i].w))))) {
        i++;
    }
    if (i == strokes->n_colours) {
        strokes->n_colours++;
        strokes->colours[i].w = line->w;
        strokes->colours[i].past = line->past;
    }
    return (int)i;
}

static void add_stroke(struct strokes *strokes, const struct slice_state *s, size_t i,
                       const char *label, enum curve_stroke stroke, bool truth)
{
    const struct slice_line *line = &s->slice.line[i];
    double *y = gapped(s, line, truth);
    strokes->owned[strokes->n_owned++] = y;
    strokes->curves[strokes->n++] = (struct curve){
        .label = label, .n = s->slice.x.n, .x = s->slice.x.value, .y = y, .stroke = stroke,
        .colour = colour_of(strokes, line),
    };
}

/* A curve without points: says what a stroke means. */
static void explain(struct strokes *strokes, const char *label, enum curve_stroke stroke)
{
    strokes->curves[strokes->n++] =
        (struct curve){.label = label, .stroke = stroke, .colour = PARTS_GREY};
}

/* "w 1", "w 1 past r 0", "correct": the first line of each colour has one. */
static void label_line(const struct slice_line *line, bool only, char label[LABEL])
{
    char number[NUMBER_SIZE], past[16] = "";
    if (line->past != PAST_ANY) {
        snprintf(past, sizeof past, "past r %d", line->past == PAST_REWARDED);
    }
    if (!isnan(line->w) && !(only && *past)) {
        snprintf(label, LABEL, "w %s%s%s", parts_short(number, line->w, 2), *past ? " " : "", past);
    } else {
        snprintf(label, LABEL, "%s", *past ? past : line->correct ? "correct" : "error");
    }
}

static void strokes_make(struct strokes *strokes, const struct slice_state *s)
{
    size_t n_lines = s->slice.n_lines, labelled = 0;
    bool any_error = false, any_correct = false, any_truth = false;
    strokes->curves = mem_new(2 * n_lines + 2, sizeof *strokes->curves);
    strokes->owned = mem_new(2 * n_lines, sizeof *strokes->owned);
    strokes->labels = mem_new(n_lines, sizeof *strokes->labels);
    for (size_t i = 0; i < n_lines && s->show == SHOW_FITTED; i++) {
        if (s->slice.line[i].truth) {
            add_stroke(strokes, s, i, NULL, STROKE_DOTS, true);
            any_truth = true;
        }
    }
    for (size_t i = 0; i < n_lines; i++) {
        const struct slice_line *line = &s->slice.line[i];
        any_error = any_error || !line->correct;
        any_correct = any_correct || line->correct;
        bool fresh = (size_t)colour_of(strokes, line) >= labelled;
        if (fresh) {
            label_line(line, s->slice.request.n_w < 2, strokes->labels[i]);
            labelled++;
        }
        add_stroke(strokes, s, i, fresh ? strokes->labels[i] : NULL,
                   line->correct ? STROKE_SOLID : STROKE_DASHED, false);
    }
    if (any_error && (any_correct || !isnan(s->slice.line[0].w))) {
        explain(strokes, "error", STROKE_DASHED);
    }
    if (any_truth) {
        explain(strokes, "true", STROKE_DOTS);
    }
}

static void strokes_free(struct strokes *strokes)
{
    for (size_t i = 0; i < strokes->n_owned; i++) {
        free(strokes->owned[i]);
    }
    free(strokes->owned);
    free(strokes->labels);
    free(strokes->curves);
}

void slice_draw(void *state, struct canvas *canvas, struct rect area, const struct style *style)
{
    struct slice_state *s = state;
    struct strokes strokes = {0};
    strokes_make(&strokes, s);
    char change[PARTS_CHANGE];
    struct line_plot plot = {
        .x_label = s->slice.request.x, .x_title = parts_axis_title(s->slice.request.x),
        .y_title = parts_change_title(change, weight_of(s), s->show),
        .x_lo = NAN, .x_hi = NAN, .y_lo = NAN, .y_hi = NAN,
        .y_zero = true, .n_curves = strokes.n, .curves = strokes.curves,
        .empty = "no animal was ever near these weights; `slice support=0` draws them anyway",
    };
    hold_range(&s->hold, &plot.y_lo, &plot.y_hi);
    line_plot_draw(&plot, canvas, area, style);
    strokes_free(&strokes);
}

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
            if (supported(s, &s->slice.line[l], i) && isfinite(shown(s, &s->slice.line[l], i))) {
                first = i < first ? i : first;
                last = i > last ? i : last;
            }
        }
    }
    for (size_t i = 0; i < 3 && first <= last && first < x->n; i++) {
        size_t at = first + (last - first) * i / 2;
        if (places.n == 0 || at > places.at[places.n - 1]) {
            places.at[places.n++] = at;
        }
    }
    return places;
}

static void say_places(const struct slice_state *s, const struct places *places,
                       struct strbuf *out)
{
    char number[NUMBER_SIZE];
    for (size_t i = 0; i < places->n; i++) {
        strbuf_printf(out, "%s%s", i ? ", " : " (at ",
                      parts_short(number, s->slice.x.value[places->at[i]], 2));
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
    if (!goes_on && !isnan(line->w)) {
        strbuf_printf(out, " w %s", parts_short(number, line->w, 2));
    }
    if (!goes_on || before->correct != line->correct) {
        strbuf_puts(out, line->correct ? " correct" : " error");
    }
    if (line->past != PAST_ANY) {
        strbuf_printf(out, " past r %d", line->past == PAST_REWARDED);
    }
    size_t mark = out->len;
    for (size_t i = 0; i < places->n; i++) {
        double value = shown(s, line, places->at[i]);
        bool fine = supported(s, line, places->at[i]) && isfinite(value);
        strbuf_printf(out, " %s", fine ? parts_signed(number, value, scale) : "-");
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
        double gap = truth ? rewarded->truth[i] - unrewarded->truth[i]
                           : rewarded->value[i] - unrewarded->value[i];
        if (supported(s, rewarded, i) && supported(s, unrewarded, i) && isfinite(gap)) {
            sum += gap;
            n++;
        }
    }
    return n ? sum / (double)n : NAN;
}

/* "correct +.0020 (true +.0021; as lived +.0018, true +.0019)": how much more the
 * weight changes after a rewarded past than after an unrewarded one, in the lines
 * and on the trials that were lived. */
static void say_gap(const struct slice_state *s, size_t l, double scale, struct strbuf *out)
{
    const struct slice_line *rewarded = &s->slice.line[l], *unrewarded = rewarded + 1;
    char a[NUMBER_SIZE];
    double gap = mean_gap(s, rewarded, unrewarded, false);
    bool lived = rewarded->n_lived > 0 && unrewarded->n_lived > 0;
    if (isnan(gap)) {
        return;
    }
    if (l < 2 || !same_w(rewarded - 2, rewarded)) {
        strbuf_puts(out, "; gap between the pasts");
        if (!isnan(rewarded->w)) {
            strbuf_printf(out, " at w %s", parts_short(a, rewarded->w, 2));
        }
        strbuf_putc(out, ':');
    } else {
        strbuf_putc(out, ',');
    }
    strbuf_printf(out, " %s %s", rewarded->correct ? "correct" : "error",
                  parts_signed(a, gap, scale));
    if (!rewarded->truth && !lived) {
        return;
    }
    strbuf_puts(out, " (");
    if (rewarded->truth) {
        strbuf_printf(out, "true %s%s",
                      parts_signed(a, mean_gap(s, rewarded, unrewarded, true), scale),
                      lived ? "; " : "");
    }
    if (lived) {
        strbuf_printf(out, "as lived %s",
                      parts_signed(a, rewarded->lived - unrewarded->lived, scale));
    }
    if (rewarded->n_lived_truth > 0 && unrewarded->n_lived_truth > 0) {
        strbuf_printf(out, ", true %s",
                      parts_signed(a, rewarded->lived_truth - unrewarded->lived_truth, scale));
    }
    strbuf_putc(out, ')');
}

static double largest(const struct slice_state *s)
{
    double scale = 0;
    for (size_t i = 0; i < s->slice.n_lines; i++) {
        for (size_t j = 0; j < s->slice.x.n; j++) {
            double v = fabs(s->slice.line[i].value[j]);
            scale = v > scale ? v : scale;
        }
    }
    return scale;
}

void slice_describe(const void *state, struct strbuf *out)
{
    const struct slice_state *s = state;
    static const char *const shows[] = {"Change of", "True change of",
                                        "Fitted minus true change of"};
    double scale = largest(s);
    char number[NUMBER_SIZE];
    struct places places = find_places(s);
    strbuf_printf(out, "%s %s per trial along %s", shows[s->show], weight_of(s), s->request.x);
    say_places(s, &places, out);
    strbuf_puts(out, ", ");
    source_words(&s->source, out);
    for (size_t i = 0; i < s->slice.n_lines; i++) {
        say_line(s, i, &places, scale, out);
    }
    for (size_t i = 0; s->slice.request.past == PAST_BOTH && i + 1 < s->slice.n_lines; i += 2) {
        say_gap(s, i, scale, out);
    }
    if (s->slice.rest[0] && (s->slice.n_histories > 0 || s->request.past != PAST_ANY)) {
        strbuf_printf(out, "; %s", s->slice.rest);
    }
    if (isfinite(s->slice.r2)) {
        strbuf_printf(out, "; R2 against the true rule %s over lived trials",
                      number_fixed(number, s->slice.r2, 3, false));
    }
    strbuf_puts(out, " (" SIDES_TEXT ").");
}
