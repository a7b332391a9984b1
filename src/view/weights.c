/* weights: an animal's weights over its trials under the model, and the true
 * ones where they are known. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/draw/plot.h"
#include "deltaw/study/behaviour.h"
#include "parts.h"

static const struct option weights_options[] = {
    {"animal", OPTION_ANIMAL, 0, 0, "auto", "auto",
     "name or number; auto: the first held-out animal, else the first"},
    {"model", OPTION_MODEL, 0, 0, "auto", "auto", "whose weights; auto: the model in use"},
    {0},
};

struct weights_state {
    char *asked, *model;
    struct source wanted; /* of the newest job */
    struct source source; /* of the picture */
    long wanted_animal;   /* -1: none */
    bool stale;           /* what is wanted was given up half-way */
    long animal; /* shown, -1: none */
    bool held_out;
    struct trajectory path;
    struct hold hold; /* in a replay, of this animal's weights */
    long hold_animal;
};

static void weights_merge(struct args *kept, const struct args *fresh)
{
    if (args_positional(fresh) > 0) {
        parts_forget(kept, "animal");
    }
    if (args_given(fresh, "animal")) {
        parts_forget(kept, NULL);
    }
}

static bool weights_configure(void *state, const struct args *args, struct err *err)
{
    struct weights_state *s = state;
    const char *named = parts_chosen(args, weights_options, "animal");
    const char *placed = args_at(args, 0);
    if (named && placed) {
        return err_set(err, ERR_USAGE, "weights: animal given twice, '%s' and '%s'; give one",
                       placed, named);
    }
    const char *asked = named ? named : placed;
    const char *model = parts_chosen(args, weights_options, "model");
    free(s->asked);
    free(s->model);
    s->asked = asked ? mem_text(asked) : NULL;
    s->model = model ? mem_text(model) : NULL;
    return true;
}

static bool is_held_out(const struct model *model, const char *animal)
{
    for (size_t i = 0; i < model->n_animals; i++) {
        if (strcmp(model->animals[i], animal) == 0) {
            return model->held_out && model->held_out[i];
        }
    }
    return false;
}

static long choose_animal(const struct source *source, const char *asked, struct err *err)
{
    const struct cohort *cohort = source->cohort;
    if (asked) {
        return parts_animal(cohort, asked, err);
    }
    for (size_t i = 0; i < cohort->n_animals; i++) {
        if (is_held_out(source->model, cohort->animals[i].name)) {
            return (long)i;
        }
    }
    return 0;
}

static void hold_path(struct weights_state *s, const struct trajectory *path)
{
    for (size_t i = 0; i < path->n * path->n_weights; i++) {
        hold_value(&s->hold, path->w[i]);
        hold_value(&s->hold, path->truth ? path->truth[i] : NAN);
    }
}

struct weights_job {
    struct source source;
    long animal;
    struct trajectory path, newest; /* newest: in a replay */
    bool done;
};

static bool weights_prepare(void *state, const struct scene *scene, bool pending, void **job,
                            struct err *err)
{
    struct weights_state *s = state;
    bool changed = false;
    if (scene && !source_want(&s->wanted, scene, s->model, true, &changed, err)) {
        return false;
    }
    long animal = choose_animal(&s->wanted, s->asked, err);
    if (animal < 0) {
        return false;
    }
    if (s->wanted.cohort->animals[animal].count == 0) {
        return err_set(err, ERR_FAILED, "%s has no trials", s->wanted.cohort->animals[animal].name);
    }
    if (!changed && s->source.model == s->wanted.model) {
        s->source.status = s->wanted.status;
    }
    s->stale = s->stale || changed || (!pending && s->path.n == 0);
    if ((s->stale && !pending) || animal != s->wanted_animal) {
        struct weights_job *fresh = mem_new(1, sizeof *fresh);
        fresh->source = source_copy(&s->wanted);
        fresh->animal = s->wanted_animal = animal;
        s->stale = false;
        *job = fresh;
    }
    return true;
}

static void weights_work(void *data, const atomic_bool *stop)
{
    struct weights_job *job = data;
    const struct source *source = &job->source;
    size_t animal = (size_t)job->animal;
    (void)stop;
    source_sweep(&job->source);
    trajectory_compute(source->model, source->cohort, animal, source->w, &job->path);
    if (source->final) {
        trajectory_compute(source->final, source->cohort, animal, source->final_w, &job->newest);
    }
    job->done = true;
}

static void weights_discard(void *state, void *data)
{
    struct weights_state *s = state;
    struct weights_job *job = data;
    if (job->done) {
        trajectory_free(&job->path);
        trajectory_free(&job->newest);
    }
    source_release(&job->source);
    free(job);
    if (s) {
        s->stale = true;
    }
}

/* In a replay the axis has room for the newest weights and stands still. */
static void hold_newest(struct weights_state *s, const struct trajectory *newest)
{
    if (s->hold.of != s->source.final || s->hold_animal != s->animal) {
        s->hold = (struct hold){.of = s->source.final, .lo = INFINITY, .hi = -INFINITY};
        s->hold_animal = s->animal;
        hold_path(s, newest);
    }
}

static bool weights_adopt(void *state, void *data, struct err *err)
{
    struct weights_state *s = state;
    struct weights_job *job = data;
    (void)err;
    trajectory_free(&s->path);
    s->path = job->path;
    s->animal = job->animal;
    source_adopt(&s->source, &s->wanted, &job->source);
    hold_newest(s, &job->newest);
    trajectory_free(&job->newest);
    s->held_out = is_held_out(s->source.model, s->source.cohort->animals[s->animal].name);
    free(job);
    return true;
}

static const char *shown_name(const struct weights_state *s)
{
    return s->source.cohort->animals[s->animal].name;
}

static void weights_title(const void *state, struct strbuf *out)
{
    const struct weights_state *s = state;
    strbuf_puts(out, "weights");
    if (s->source.model && s->animal >= 0 && s->path.n > 0) {
        strbuf_printf(out, " of %s%s", shown_name(s), s->held_out ? " (held out)" : "");
        source_title(&s->source, out);
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
        if (out.truth) {
            out.truth[k] = mem_new(n, sizeof(double));
        }
    }
    for (size_t i = 0; i < n; i++) {
        /* the last point is the last trial, whatever the stride */
        size_t t = i + 1 == n ? path->n - 1 : i * step;
        out.x[i] = (double)(t + 1);
        for (size_t k = 0; k < k_n; k++) {
            out.fitted[k][i] = path->w[t * k_n + k];
            if (out.truth) {
                out.truth[k][i] = path->truth[t * k_n + k];
            }
        }
    }
    return out;
}

static void strided_free(struct strided *s, size_t k_n)
{
    for (size_t k = 0; k < k_n; k++) {
        free(s->fitted[k]);
        if (s->truth) {
            free(s->truth[k]);
        }
    }
    free(s->fitted);
    free(s->truth);
    free(s->x);
}

/* First trials of sessions, or none when the lines would hide the curves. */
static size_t session_marks(const struct trajectory *path, int width, double **out)
{
    size_t n = 0;
    double *marks = mem_new(path->n, sizeof(double));
    for (size_t t = 0; path->day && t < path->n; t++) {
        if (path->day[t]) {
            marks[n++] = (double)(t + 1);
        }
    }
    *out = marks;
    return n * 4 <= (size_t)(width > 0 ? width : 0) ? n : 0;
}

static void weights_draw(void *state, struct canvas *canvas, struct rect area,
                         const struct style *style)
{
    struct weights_state *s = state;
    const struct policy *policy = &s->source.model->settings.policy;
    size_t k_n = s->path.n_weights;
    struct strided fitted = stride_path(&s->path, (size_t)area.width * 4);
    struct curve *curves = mem_new(2 * k_n + 1, sizeof *curves);
    double *marks;
    struct line_plot plot = {
        .x_label = "trial", .x_lo = 1, .x_hi = s->path.n > 1 ? (double)s->path.n : 2,
        .y_zero = true, .curves = curves,
    };
    hold_range(&s->hold, &plot.y_lo, &plot.y_hi);
    for (size_t k = 0; k < k_n && fitted.truth; k++) {
        curves[plot.n_curves++] = (struct curve){
            .n = fitted.n, .x = fitted.x, .y = fitted.truth[k], .stroke = STROKE_DOTS,
            .colour = (int)k,
        };
    }
    for (size_t k = 0; k < k_n; k++) {
        curves[plot.n_curves++] = (struct curve){
            .label = policy->weight[k], .n = fitted.n, .x = fitted.x, .y = fitted.fitted[k],
            .stroke = STROKE_SOLID, .colour = (int)k,
        };
    }
    if (fitted.truth) { /* no points: says what dots mean */
        curves[plot.n_curves++] =
            (struct curve){.label = "true", .stroke = STROKE_DOTS, .colour = PARTS_GREY};
    }
    plot.n_marks = session_marks(&s->path, area.width, &marks);
    plot.marks = marks;
    line_plot_draw(&plot, canvas, area, style);
    strided_free(&fitted, k_n);
    free(curves);
    free(marks);
}

/* Mean probability the model gave to the side that was chosen, first trial left
 * out as it is never scored. */
static double chosen_side(const struct weights_state *s)
{
    const struct cohort *cohort = s->source.cohort;
    size_t first = cohort->animals[s->animal].first;
    double sum = 0;
    for (size_t t = 1; t < s->path.n; t++) {
        double p = s->path.p_right[t];
        sum += cohort->choice[first + t] ? p : 1 - p;
    }
    return s->path.n > 1 ? sum / (double)(s->path.n - 1) : NAN;
}

static void weights_describe(const void *state, struct strbuf *out)
{
    const struct weights_state *s = state;
    const struct policy *policy = &s->source.model->settings.policy;
    const struct animal *animal = &s->source.cohort->animals[s->animal];
    char a[NUMBER_SIZE], b[NUMBER_SIZE];
    size_t k_n = s->path.n_weights, last = (s->path.n - 1) * k_n;
    strbuf_printf(out, "%s%s, %s trials in %zu session%s, under ", animal->name,
                  s->held_out ? " (held out)" : "", number_grouped(a, (long long)s->path.n),
                  animal->n_sessions, animal->n_sessions == 1 ? "" : "s");
    source_words(&s->source, out);
    strbuf_putc(out, ':');
    for (size_t k = 0; k < k_n; k++) {
        strbuf_printf(out, "%s %s from %s to %s", k ? "," : "", policy->weight[k],
                      number_fixed(a, s->path.w[k], 2, false),
                      number_fixed(b, s->path.w[last + k], 2, false));
        if (s->path.truth) {
            strbuf_printf(out, " (true %s)", number_fixed(b, s->path.truth[last + k], 2, false));
        }
    }
    double p = chosen_side(s);
    if (isfinite(p)) {
        strbuf_printf(out, "; mean probability of the chosen side %s",
                      number_fixed(a, p, 3, false));
    }
    strbuf_puts(out, " (" SIDES_TEXT ").");
}

static void weights_table(const void *state, struct table *out)
{
    const struct weights_state *s = state;
    if (s->source.model && s->path.n > 0) {
        trajectory_table(s->source.model, s->source.cohort, s->asked ? s->animal : -1,
                         s->source.w, out);
    }
}

static bool weights_key(void *state, const char *key, struct strbuf *command)
{
    struct weights_state *s = state;
    bool back = strcmp(key, "[") == 0 || strcmp(key, "left") == 0;
    bool on = strcmp(key, "]") == 0 || strcmp(key, "right") == 0;
    if (!back && !on) {
        return false;
    }
    long next = s->animal + (on ? 1 : -1);
    if (next >= 0 && (size_t)next < s->source.cohort->n_animals) {
        strbuf_puts(command, "weights ");
        parts_word(command, s->source.cohort->animals[next].name);
    }
    return true;
}

static void weights_release(void *state)
{
    struct weights_state *s = state;
    trajectory_free(&s->path);
    source_release(&s->source);
    source_release(&s->wanted);
    free(s->asked);
    free(s->model);
}

const struct view_ops weights_view = {
    .name = "weights",
    .summary = "an animal's weights over its trials, inferred and (where known) true",
    .keys = "[ ] animal  e export  z zoom",
    .options = weights_options,
    .positional = 1,
    .state_size = sizeof(struct weights_state),
    .merge = weights_merge,
    .configure = weights_configure,
    .prepare = weights_prepare,
    .compute = weights_work,
    .adopt = weights_adopt,
    .discard = weights_discard,
    .title = weights_title,
    .draw = weights_draw,
    .describe = weights_describe,
    .table = weights_table,
    .key = weights_key,
    .release = weights_release,
};
