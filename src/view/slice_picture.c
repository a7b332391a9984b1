/* How a slice looks. */
#include "slice.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/number.h"
#include "deltaw/draw/plot.h"
#include "deltaw/study/probe.h"
#include "deltaw/view/view.h"
#include "choose.h"
#include "hold.h"
#include "numbers.h"
#include "source.h"
#include "watch.h"
#include "wording.h"

enum { LABEL = NUMBER_SIZE + 16 };
enum { BAND_WIDTH = 40, BAND_HEIGHT = 12 }; /* cells: in smaller pictures bars tell nothing */
/* Few: only where all lines are of one weight, since more bars would hide the lines. */
enum bands { BANDS_NONE, BANDS_FEW, BANDS_ALL };

const char *slice_of(const struct slice_state *s)
{
    return s->watch.have ? s->slice.request.of : *s->request.of ? s->request.of : "w_stim";
}

void slice_title(const void *state, struct strbuf *out)
{
    const struct slice_state *s = state;
    char number[NUMBER_SIZE];
    static const char *const shows[] = {"", "true ", "fitted−true "};
    strbuf_printf(out, "%sΔ%s per trial · by %s", shows[s->show], slice_of(s), s->request.x);
    held_title(&s->fixed, out);
    wording_past(s->request.past, s->request.lags, out);
    source_title(&s->watch.source, out);
    if (s->watch.have && isfinite(s->slice.r2)) {
        strbuf_printf(out, " · R² %s", number_fixed(number, s->slice.r2, 2, false));
    }
    strbuf_puts(out, " · " SIDES_TEXT);
}

bool slice_supported(const struct slice_state *s, const struct slice_line *line, size_t i)
{
    return s->support == 0 || !s->watch.source.cohort || line->cells.support[i] >= s->support;
}

double slice_shown(const struct slice_state *s, const struct slice_line *line, size_t i)
{
    if (s->show == SHOW_FITTED) {
        return line->cells.value[i];
    }
    if (!line->cells.truth) {
        return NAN;
    }
    return s->show == SHOW_TRUE ? line->cells.truth[i]
                                : line->cells.value[i] - line->cells.truth[i];
}

/* The line's values, or the true ones, with gaps where no animal was. */
static double *gapped(const struct slice_state *s, const struct slice_line *line, bool truth)
{
    double *out = mem_new(s->slice.x.n, sizeof *out);
    for (size_t i = 0; i < s->slice.x.n; i++) {
        double value = truth ? line->cells.truth[i] : slice_shown(s, line, i);
        out[i] = slice_supported(s, line, i) ? value : NAN;
    }
    return out;
}

void slice_hold(struct slice_state *s)
{
    for (size_t i = 0; i < s->slice.n_lines; i++) {
        const struct slice_line *line = &s->slice.line[i];
        for (size_t j = 0; j < s->slice.x.n; j++) {
            if (slice_supported(s, line, j)) {
                hold_value(&s->hold, slice_shown(s, line, j));
                hold_value(&s->hold, line->cells.truth && s->show == SHOW_FITTED
                                         ? line->cells.truth[j]
                                         : NAN);
            }
        }
    }
}

/* The curves of a picture and what they own. */
struct strokes {
    size_t n, n_owned, n_colours;
    struct curve *curves;  /* [3 * n_lines + 3] */
    double **owned;        /* [5 * n_lines] */
    char (*labels)[LABEL]; /* [n_lines] */
    struct {
        double w;
        enum past past;
    } colours[2 * SLICE_MOST_W]; /* lines of one w and past share a colour */
};

static int colour_of(struct strokes *strokes, const struct slice_line *line)
{
    size_t i = 0;
    while (i < strokes->n_colours && !(strokes->colours[i].past == line->past &&
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
        .label = label,
        .n = s->slice.x.n,
        .x = s->slice.x.value,
        .y = y,
        .stroke = stroke,
        .colour = colour_of(strokes, line),
    };
}

/* Intervals of a line, where they are known; false: they are not. */
static bool add_band(struct strokes *strokes, const struct slice_state *s, size_t i)
{
    const struct slice_line *line = &s->slice.line[i];
    size_t n = s->slice.x.n;
    if (!line->cells.lower) {
        return false;
    }
    double *y = gapped(s, line, false), *lo = mem_new(n, sizeof *lo), *hi = mem_new(n, sizeof *hi);
    for (size_t j = 0; j < n; j++) { /* y is value, or value minus truth */
        lo[j] = y[j] - line->cells.value[j] + line->cells.lower[j];
        hi[j] = y[j] - line->cells.value[j] + line->cells.upper[j];
    }
    strokes->owned[strokes->n_owned++] = y;
    strokes->owned[strokes->n_owned++] = lo;
    strokes->owned[strokes->n_owned++] = hi;
    strokes->curves[strokes->n++] = (struct curve){
        .n = n,
        .x = s->slice.x.value,
        .y = y,
        .lo = lo,
        .hi = hi,
        .stroke = STROKE_BAND,
        .colour = colour_of(strokes, line),
    };
    return true;
}

/* A curve without points: says what a stroke means. */
static void explain(struct strokes *strokes, const char *label, enum curve_stroke stroke)
{
    strokes->curves[strokes->n++] =
        (struct curve){.label = label, .stroke = stroke, .colour = WORDING_GREY};
}

/* "w 1", "w 1 past r 0", "correct": the first line of each colour has one. */
static void label_line(const struct slice_line *line, bool only, char label[LABEL])
{
    char number[NUMBER_SIZE], past[16] = "";
    if (line->past != PAST_ANY) {
        snprintf(past, sizeof past, "past r %d", line->past == PAST_REWARDED);
    }
    if (!isnan(line->w) && !(only && *past)) {
        snprintf(label, LABEL, "w %s%s%s", numbers_short(number, line->w, 2), *past ? " " : "",
                 past);
    } else {
        snprintf(label, LABEL, "%s", *past ? past : line->correct ? "correct" : "error");
    }
}

static void strokes_make(struct strokes *strokes, const struct slice_state *s, enum bands bands)
{
    size_t n_lines = s->slice.n_lines, labelled = 0;
    bool any_error = false, any_correct = false, any_truth = false, any_band = false;
    strokes->curves = mem_new(3 * n_lines + 3, sizeof *strokes->curves);
    strokes->owned = mem_new(5 * n_lines, sizeof *strokes->owned);
    strokes->labels = mem_new(n_lines, sizeof *strokes->labels);
    bool one = s->slice.request.n_w < 2 && s->slice.request.past != PAST_BOTH;
    for (size_t i = 0; i < n_lines && (bands == BANDS_ALL || (bands == BANDS_FEW && one)); i++) {
        any_band = add_band(strokes, s, i) || any_band;
    }
    for (size_t i = 0; i < n_lines && s->show == SHOW_FITTED; i++) {
        if (s->slice.line[i].cells.truth) {
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
    if (any_band) {
        explain(strokes, "90 %", STROKE_BAND);
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
    bool room = area.width >= BAND_WIDTH && area.height >= BAND_HEIGHT;
    enum bands bands = s->show == SHOW_TRUE ? BANDS_NONE
                       : canvas->figure     ? BANDS_ALL
                       : room               ? BANDS_FEW
                                            : BANDS_NONE;
    strokes_make(&strokes, s, bands);
    char change[WORDING_CHANGE];
    struct line_plot plot = {
        .x_label = s->slice.request.x,
        .x_title = wording_axis(s->slice.request.x),
        .y_title = wording_change(change, slice_of(s), s->show),
        .x_lo = NAN,
        .x_hi = NAN,
        .y_lo = NAN,
        .y_hi = NAN,
        .y_zero = true,
        .n_curves = strokes.n,
        .curves = strokes.curves,
        .empty = "no animal was ever near these weights; `slice support=0` draws them anyway",
    };
    hold_range(&s->hold, &plot.y_lo, &plot.y_hi);
    line_plot_draw(&plot, canvas, area, style);
    strokes_free(&strokes);
}
