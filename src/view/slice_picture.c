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
    return s->n_parts > 0 ? s->part[0].slice.request.of : *s->request.of ? s->request.of : "w_stim";
}

void slice_title(const void *state, struct strbuf *out)
{
    const struct slice_state *s = state;
    char number[NUMBER_SIZE];
    static const char *const shows[] = {"", "true ", "fitted−true "};
    strbuf_printf(out, "%sΔ%s per trial · by %s", shows[s->show], slice_of(s), s->request.x);
    held_title(&s->fixed, out);
    if (s->n_parts > 1 && s->part[0].slice.request.n_w == 1)
        strbuf_printf(out, " · w %s", numbers_short(number, s->part[0].slice.request.w[0], 2));
    wording_past(s->request.past, s->request.lags, out);
    for (size_t i = 0; i < s->n_parts && s->show != SHOW_TRUE; i++)
        view_source_title(&s->part[i].watch.source, out);
    if (s->n_parts == 1 && isfinite(slice_r2(s, &s->part[0])))
        strbuf_printf(out, " · R² %s", number_fixed(number, s->part[0].slice.r2, 2, false));
    strbuf_puts(out, " · " SIDES_TEXT);
}

double slice_r2(const struct slice_state *s, const struct slice_part *part)
{
    return s->show == SHOW_TRUE ? NAN : part->slice.r2;
}

bool slice_supported(const struct slice_state *s, const struct slice_part *part,
                     const struct slice_line *line, size_t i)
{
    return s->support == 0 || !part->watch.source.cohort || line->cells.support[i] >= s->support;
}

double slice_shown(const struct slice_state *s, const struct slice_line *line, size_t i)
{
    if (s->show == SHOW_FITTED)
        return line->cells.value[i];
    if (!line->cells.truth)
        return NAN;
    return s->show == SHOW_TRUE ? line->cells.truth[i]
                                : line->cells.value[i] - line->cells.truth[i];
}

/* The line's values, or the true ones, with gaps where no animal was. */
static double *gapped(const struct slice_state *s, const struct slice_part *part,
                      const struct slice_line *line, bool truth)
{
    double *out = mem_new(part->slice.x.n, sizeof *out);
    for (size_t i = 0; i < part->slice.x.n; i++) {
        double value = truth ? line->cells.truth[i] : slice_shown(s, line, i);
        out[i] = slice_supported(s, part, line, i) ? value : NAN;
    }
    return out;
}

void slice_hold(struct slice_state *s, const struct slice_part *part, const struct slice *slice)
{
    for (size_t i = 0; i < slice->n_lines; i++) {
        const struct slice_line *line = &slice->line[i];
        for (size_t j = 0; j < slice->x.n; j++) {
            if (slice_supported(s, part, line, j)) {
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
    struct curve *curves;  /* [3 * all lines + 3] */
    double **owned;        /* [5 * all lines] */
    char (*labels)[LABEL]; /* [all lines] */
    struct {
        const struct slice_part *part;
        double w;
        enum past past;
    } colours[2 * SLICE_MOST_W]; /* lines of one model, w and past share a colour */
};

/* A line of a part. */
struct place {
    const struct slice_part *part;
    const struct slice_line *line;
};

static int colour_of(struct strokes *strokes, struct place at)
{
    double w = at.line->w;
    size_t i = 0;
    while (i < strokes->n_colours &&
           !(strokes->colours[i].part == at.part && strokes->colours[i].past == at.line->past &&
             (strokes->colours[i].w == w || (isnan(w) && isnan(strokes->colours[i].w)))))
        i++;
    if (i == strokes->n_colours) {
        strokes->n_colours++;
        strokes->colours[i].part = at.part;
        strokes->colours[i].w = w;
        strokes->colours[i].past = at.line->past;
    }
    return (int)i;
}

static void add_stroke(struct strokes *strokes, const struct slice_state *s, struct place at,
                       const char *label, enum curve_stroke stroke, bool truth)
{
    double *y = gapped(s, at.part, at.line, truth);
    strokes->owned[strokes->n_owned++] = y;
    strokes->curves[strokes->n++] = (struct curve){
        .label = label,
        .n = at.part->slice.x.n,
        .x = at.part->slice.x.value,
        .y = y,
        .stroke = stroke,
        .colour = truth && s->n_parts > 1 ? WORDING_GREY : colour_of(strokes, at),
    };
}

/* Intervals of a line, where they are known; false: they are not. */
static bool add_band(struct strokes *strokes, const struct slice_state *s, struct place at)
{
    const struct slice_line *line = at.line;
    size_t n = at.part->slice.x.n;
    if (!line->cells.lower)
        return false;
    double *y = gapped(s, at.part, line, false), *lo = mem_new(n, sizeof *lo),
           *hi = mem_new(n, sizeof *hi);
    for (size_t j = 0; j < n; j++) { /* y is value, or value minus truth */
        lo[j] = y[j] - line->cells.value[j] + line->cells.lower[j];
        hi[j] = y[j] - line->cells.value[j] + line->cells.upper[j];
    }
    strokes->owned[strokes->n_owned++] = y;
    strokes->owned[strokes->n_owned++] = lo;
    strokes->owned[strokes->n_owned++] = hi;
    strokes->curves[strokes->n++] = (struct curve){
        .n = n,
        .x = at.part->slice.x.value,
        .y = y,
        .lo = lo,
        .hi = hi,
        .stroke = STROKE_BAND,
        .colour = colour_of(strokes, at),
    };
    return true;
}

/* A curve without points: says what a stroke means. */
static void explain(struct strokes *strokes, const char *label, enum curve_stroke stroke)
{
    strokes->curves[strokes->n++] =
        (struct curve){.label = label, .stroke = stroke, .colour = WORDING_GREY};
}

/* "w 1", "w 1 past r 0", "correct", of several models "dnn1": the first line of each colour
 * has one. */
static void label_line(const struct slice_state *s, struct place at, char label[LABEL])
{
    const struct slice_line *line = at.line;
    bool only = s->part[0].slice.request.n_w < 2;
    char number[NUMBER_SIZE], past[16] = "";
    if (s->n_parts > 1) {
        snprintf(label, LABEL, "%s", at.part->slice.model);
        return;
    }
    if (line->past != PAST_ANY)
        snprintf(past, sizeof past, "past r %d", line->past == PAST_REWARDED);
    if (!isnan(line->w) && !(only && *past)) {
        snprintf(label, LABEL, "w %s%s%s", numbers_short(number, line->w, 2), *past ? " " : "",
                 past);
    } else {
        snprintf(label, LABEL, "%s", *past ? past : line->correct ? "correct" : "error");
    }
}

/* All lines, in the order of the parts. */
static void list_lines(const struct slice_state *s, struct place *out)
{
    for (size_t p = 0; p < s->n_parts; p++)
        for (size_t i = 0; i < s->part[p].slice.n_lines; i++)
            *out++ = (struct place){&s->part[p], &s->part[p].slice.line[i]};
}

/* Is the truth of its trials drawn for a part before it? */
static bool true_before(const struct slice_state *s, const struct slice_part *part)
{
    for (const struct slice_part *p = s->part; p < part; p++)
        if (p->watch.source.cohort == part->watch.source.cohort)
            return true;
    return false;
}

/* The key to strokes that mean the same for all lines. */
static void explain_all(struct strokes *strokes, const struct slice_state *s, size_t n,
                        const struct place *lines, bool any_truth, bool any_band)
{
    bool any_error = false, any_correct = false;
    for (size_t i = 0; i < n; i++) {
        any_error = any_error || !lines[i].line->correct;
        any_correct = any_correct || lines[i].line->correct;
    }
    if (any_error && (any_correct || s->n_parts > 1 || !isnan(lines[0].line->w)))
        explain(strokes, "error", STROKE_DASHED);
    if (any_truth)
        explain(strokes, "true", STROKE_DOTS);
    if (any_band)
        explain(strokes, "90 %", STROKE_BAND);
}

static size_t count_lines(const struct slice_state *s)
{
    size_t n = 0;
    for (size_t p = 0; p < s->n_parts; p++)
        n += s->part[p].slice.n_lines;
    return n;
}

static void strokes_make(struct strokes *strokes, const struct slice_state *s, enum bands bands)
{
    size_t n = count_lines(s), labelled = 0;
    struct place *lines = mem_new(n, sizeof *lines);
    bool any_truth = false, any_band = false;
    list_lines(s, lines);
    strokes->curves = mem_new(3 * n + 3, sizeof *strokes->curves);
    strokes->owned = mem_new(5 * n, sizeof *strokes->owned);
    strokes->labels = mem_new(n, sizeof *strokes->labels);
    bool one = s->part[0].slice.request.n_w < 2 && s->part[0].slice.request.past != PAST_BOTH;
    for (size_t i = 0; i < n && (bands == BANDS_ALL || (bands == BANDS_FEW && one)); i++)
        any_band = add_band(strokes, s, lines[i]) || any_band;
    for (size_t i = 0; i < n && s->show == SHOW_FITTED; i++) {
        if (lines[i].line->cells.truth && !true_before(s, lines[i].part)) {
            add_stroke(strokes, s, lines[i], NULL, STROKE_DOTS, true);
            any_truth = true;
        }
    }
    for (size_t i = 0; i < n; i++) {
        bool fresh = (size_t)colour_of(strokes, lines[i]) >= labelled;
        if (fresh) {
            label_line(s, lines[i], strokes->labels[i]);
            labelled++;
        }
        add_stroke(strokes, s, lines[i], fresh ? strokes->labels[i] : NULL,
                   lines[i].line->correct ? STROKE_SOLID : STROKE_DASHED, false);
    }
    explain_all(strokes, s, n, lines, any_truth, any_band);
    free(lines);
}

static void strokes_free(struct strokes *strokes)
{
    for (size_t i = 0; i < strokes->n_owned; i++)
        free(strokes->owned[i]);
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
        .x_label = s->part[0].slice.request.x,
        .x_title = wording_axis(s->part[0].slice.request.x),
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
