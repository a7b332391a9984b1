/* slice: lines through the map; how a weight changes with the stimulus at a few
 * values of it, after correct choices (solid) and errors (dashed). */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/draw/plot.h"
#include "deltaw/study/probe.h"
#include "parts.h"

enum { SLICE_MOST_W = 8 };

static const struct option slice_options[] = {
    {"of", OPTION_WORD, 0, 0, "w_stim|w_bias", "w_stim", "the weight whose change is shown"},
    {"x", OPTION_WORD, 0, 0, "stimulus|w_stim|w_bias", "stimulus", "what goes along x"},
    {"w", OPTION_NUMBERS, 0, 0, "auto", "auto",
     "values of w_stim, one pair of lines each, at most 8; auto: three of those lived"},
    {"w_bias", OPTION_NUMBER, 0, 0, "lived", "lived", "fix the bias weight"},
    {"stimulus", OPTION_NUMBER, 0, 0, "lived", "lived",
     "fix the stimulus when x is a weight (right is positive)"},
    {"model", OPTION_MODEL, 0, 0, "auto", "auto", "whose rule; auto: the model in use"},
    {"support", OPTION_INTEGER, 0, 1e9, NULL, "1",
     "leave out points of fewer lived trials; 0 draws all"},
    {0},
};

struct slice_state {
    struct slice_request request;
    char *model;
    uint32_t support;
    struct source source;
    struct slice slice;
    bool have, stale, urgent;
    struct pace pace;
};

static void slice_merge(struct args *kept, const struct args *fresh)
{
    if (args_given(fresh, "x")) {
        const char *x = args_text(fresh, slice_options, "x");
        parts_forget(kept, strcmp(x, "w_stim") == 0 ? "w" : x);
    }
}

static bool slice_configure(void *state, const struct args *args, struct err *err)
{
    struct slice_state *s = state;
    struct slice_request r;
    slice_request_default(&r);
    snprintf(r.of, sizeof r.of, "%s", args_text(args, slice_options, "of"));
    snprintf(r.x, sizeof r.x, "%s", args_text(args, slice_options, "x"));
    const char *w = parts_chosen(args, slice_options, "w");
    r.n_w = 0;
    if (w && (r.n_w = parts_numbers(w, r.w, SLICE_MOST_W)) == 0) {
        return err_set(err, ERR_USAGE, "slice: w=%s must be auto or up to %d numbers, as in "
                       "w=-1,0,1", w, SLICE_MOST_W);
    }
    r.w_bias = args_number(args, slice_options, "w_bias");
    r.stimulus = args_number(args, slice_options, "stimulus");
    if ((strcmp(r.x, "stimulus") == 0 && !isnan(r.stimulus)) ||
        (strcmp(r.x, "w_bias") == 0 && !isnan(r.w_bias)) ||
        (strcmp(r.x, "w_stim") == 0 && r.n_w > 0)) {
        return err_set(err, ERR_USAGE, "slice: %s is on the x axis and cannot be fixed as well",
                       r.x);
    }
    const char *model = parts_chosen(args, slice_options, "model");
    free(s->model);
    s->model = model ? mem_text(model) : NULL;
    s->request = r;
    s->support = (uint32_t)args_integer(args, slice_options, "support");
    s->stale = s->urgent = true;
    return true;
}

static bool slice_refresh(struct slice_state *s, struct err *err)
{
    if (s->have && (!s->stale || (s->source.live && !s->urgent && !pace_due(&s->pace)))) {
        return true;
    }
    struct slice fresh;
    struct slice_request request = s->request;
    request.sample = s->source.live ? 32 : 0;
    pace_begin(&s->pace);
    if (!slice_compute(s->source.model, s->source.cohort, s->source.w, &request, &fresh, err)) {
        return false;
    }
    pace_end(&s->pace);
    if (s->have) {
        slice_free(&s->slice);
    }
    s->slice = fresh;
    s->have = true;
    s->stale = s->urgent = false;
    return true;
}

static bool slice_update(void *state, const struct scene *scene, struct err *err)
{
    struct slice_state *s = state;
    bool changed, was_live = s->source.live;
    if (!source_take(&s->source, scene, s->model, false, &changed, err)) {
        return false;
    }
    s->stale = s->stale || changed;
    s->urgent = s->urgent || was_live != s->source.live;
    return slice_refresh(s, err);
}

static void slice_title(const void *state, struct strbuf *out)
{
    const struct slice_state *s = state;
    char number[NUMBER_SIZE];
    strbuf_printf(out, "Δ%s · by %s", s->request.of, s->request.x);
    if (!isnan(s->request.w_bias)) {
        strbuf_printf(out, " · w_bias %s", parts_short(number, s->request.w_bias, 3));
    }
    if (!isnan(s->request.stimulus)) {
        strbuf_printf(out, " · stimulus %s", parts_short(number, s->request.stimulus, 3));
    }
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

/* The line's values with gaps where no animal was. */
static double *gapped(const struct slice_state *s, const struct slice_line *line,
                      const double *values)
{
    double *out = mem_new(s->slice.x.n, sizeof *out);
    for (size_t i = 0; i < s->slice.x.n; i++) {
        out[i] = supported(s, line, i) ? values[i] : NAN;
    }
    return out;
}

/* The curves of a picture and what they own. */
struct strokes {
    size_t n, n_owned, n_colours;
    struct curve *curves;             /* [2 * n_lines + 2] */
    double **owned;                   /* [2 * n_lines] */
    char (*labels)[NUMBER_SIZE + 8];  /* [n_lines] */
    double colours[SLICE_MOST_W];     /* lines of one w share a colour */
};

static int colour_of(struct strokes *strokes, double w)
{
    for (size_t i = 0; i < strokes->n_colours; i++) {
        if (strokes->colours[i] == w || (isnan(w) && isnan(strokes->colours[i]))) {
            return (int)i;
        }
    }
    if (strokes->n_colours < SLICE_MOST_W) {
        strokes->colours[strokes->n_colours++] = w;
    }
    return (int)strokes->n_colours - 1;
}

static void add_stroke(struct strokes *strokes, const struct slice_state *s, size_t i,
                       const char *label, enum curve_stroke stroke, const double *values)
{
    const struct slice_line *line = &s->slice.line[i];
    double *y = gapped(s, line, values);
    strokes->owned[strokes->n_owned++] = y;
    strokes->curves[strokes->n++] = (struct curve){
        .label = label, .n = s->slice.x.n, .x = s->slice.x.value, .y = y, .stroke = stroke,
        .colour = colour_of(strokes, line->w),
    };
}

/* A curve without points: says what a stroke means. */
static void explain(struct strokes *strokes, const char *label, enum curve_stroke stroke)
{
    strokes->curves[strokes->n++] =
        (struct curve){.label = label, .stroke = stroke, .colour = PARTS_GREY};
}

static void strokes_make(struct strokes *strokes, const struct slice_state *s)
{
    size_t n_lines = s->slice.n_lines;
    bool any_error = false, any_truth = false;
    char number[NUMBER_SIZE];
    strokes->curves = mem_new(2 * n_lines + 2, sizeof *strokes->curves);
    strokes->owned = mem_new(2 * n_lines, sizeof *strokes->owned);
    strokes->labels = mem_new(n_lines, sizeof *strokes->labels);
    for (size_t i = 0; i < n_lines; i++) {
        const struct slice_line *line = &s->slice.line[i];
        if (line->truth) {
            add_stroke(strokes, s, i, NULL, STROKE_DOTS, line->truth);
            any_truth = true;
        }
    }
    for (size_t i = 0; i < n_lines; i++) {
        const struct slice_line *line = &s->slice.line[i];
        char *label = line->correct ? strokes->labels[i] : NULL;
        if (label && isnan(line->w)) {
            strcpy(label, "correct");
        } else if (label) {
            snprintf(label, sizeof *strokes->labels, "w %s", parts_short(number, line->w, 2));
        }
        any_error = any_error || !line->correct;
        add_stroke(strokes, s, i, label, line->correct ? STROKE_SOLID : STROKE_DASHED,
                   line->value);
    }
    if (any_error) {
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

static void slice_draw(void *state, struct canvas *canvas, struct rect area,
                       const struct style *style)
{
    struct slice_state *s = state;
    struct strokes strokes = {0};
    strokes_make(&strokes, s);
    struct line_plot plot = {
        .x_label = s->request.x, .x_lo = NAN, .x_hi = NAN, .y_lo = NAN, .y_hi = NAN,
        .y_zero = true, .n_curves = strokes.n, .curves = strokes.curves,
        .empty = "no animal was ever near these weights; `slice support=0` draws them anyway",
    };
    line_plot_draw(&plot, canvas, area, style);
    strokes_free(&strokes);
}

static void say_line(const struct slice_state *s, const struct slice_line *line, double scale,
                     struct strbuf *out)
{
    const struct axis *x = &s->slice.x;
    size_t first = x->n, last = x->n;
    char a[NUMBER_SIZE], b[NUMBER_SIZE], c[NUMBER_SIZE];
    for (size_t i = 0; i < x->n; i++) {
        if (supported(s, line, i) && isfinite(line->value[i])) {
            first = first == x->n ? i : first;
            last = i;
        }
    }
    if (!isnan(line->w)) {
        strbuf_printf(out, " w %s", parts_short(a, line->w, 2));
    }
    strbuf_puts(out, line->correct ? " correct " : " error ");
    if (first == x->n) {
        strbuf_puts(out, "no data");
        return;
    }
    strbuf_printf(out, "%s at %s to ", parts_signed(a, line->value[first], scale),
                  parts_short(b, x->value[first], 2));
    strbuf_printf(out, "%s at %s", parts_signed(c, line->value[last], scale),
                  parts_short(b, x->value[last], 2));
}

static void slice_describe(const void *state, struct strbuf *out)
{
    const struct slice_state *s = state;
    double scale = 0;
    char number[NUMBER_SIZE];
    for (size_t i = 0; i < s->slice.n_lines; i++) {
        for (size_t j = 0; j < s->slice.x.n; j++) {
            double v = fabs(s->slice.line[i].value[j]);
            scale = v > scale ? v : scale;
        }
    }
    strbuf_printf(out, "Change of %s per trial along %s, ", s->request.of, s->request.x);
    source_words(&s->source, out);
    for (size_t i = 0; i < s->slice.n_lines; i++) {
        strbuf_putc(out, i == 0 ? ':' : ';');
        say_line(s, &s->slice.line[i], scale, out);
    }
    if (isfinite(s->slice.r2)) {
        strbuf_printf(out, "; R2 against the true rule %s over lived trials",
                      number_fixed(number, s->slice.r2, 3, false));
    }
    strbuf_puts(out, " (" SIDES_TEXT ").");
}

static void slice_table_full(const void *state, struct table *out)
{
    const struct slice_state *s = state;
    struct slice slice;
    if (s->source.model && slice_compute(s->source.model, s->source.cohort, s->source.w,
                                         &s->request, &slice, NULL)) {
        slice_table(&slice, out);
        slice_free(&slice);
    }
}

static bool slice_key(void *state, const char *key, struct strbuf *command)
{
    struct slice_state *s = state;
    bool up = strcmp(key, "]") == 0;
    char number[NUMBER_SIZE];
    if (strcmp(key, "m") == 0) {
        strbuf_puts(command, "map");
        return true;
    }
    if (!up && strcmp(key, "[") != 0) {
        return false;
    }
    double now = s->request.w_bias;
    if (strcmp(s->request.x, "w_bias") == 0 || (isnan(now) && !up)) {
        return true;
    }
    double next = parts_bias_step(now, up);
    strbuf_printf(command, "slice w_bias=%s", isnan(next) ? "lived" : parts_short(number, next, 3));
    return true;
}

static void slice_release(void *state)
{
    struct slice_state *s = state;
    if (s->have) {
        slice_free(&s->slice);
    }
    source_release(&s->source);
    free(s->model);
}

const struct view_ops slice_view = {
    .name = "slice",
    .summary = "lines through the map: change of a weight by stimulus at a few weights",
    .keys = "[ ] bias  m map  e export  z zoom",
    .options = slice_options,
    .state_size = sizeof(struct slice_state),
    .merge = slice_merge,
    .configure = slice_configure,
    .update = slice_update,
    .title = slice_title,
    .draw = slice_draw,
    .describe = slice_describe,
    .table = slice_table_full,
    .key = slice_key,
    .release = slice_release,
};
