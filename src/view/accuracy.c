/* accuracy: learning curves of the animals and their mean, with what the model
 * in use expects. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/number.h"
#include "deltaw/draw/plot.h"
#include "deltaw/study/behaviour.h"
#include "deltaw/view/view.h"
#include "choose.h"
#include "hold.h"
#include "numbers.h"
#include "pace.h"
#include "source.h"
#include "watch.h"
#include "wording.h"
#include "accuracy.h"

static const struct option_row accuracy_options[] = {
    {"bin", OPTION_INTEGER, 1, 1e6, "auto", "auto", "trials per point"},
    {"animal", OPTION_ANIMAL, 0, 0, "auto", "auto",
     "name or number of one to single out; auto: none"},
    {"model", OPTION_MODEL, 0, 0, "auto", "auto",
     "whose expectation to show; auto: the model in use"},
    {0},
};

static bool accuracy_configure(void *state, const struct args *args, struct err *err)
{
    struct accuracy_state *s = state;
    (void)err;
    const char *asked = choose_text(args, accuracy_options, "animal");
    const char *model = choose_text(args, accuracy_options, "model");
    free(s->asked);
    free(s->model);
    s->asked = asked ? mem_text(asked) : NULL;
    s->model = model ? mem_text(model) : NULL;
    s->bin = args_integer(args, accuracy_options, "bin"); /* 0: auto */
    return true;
}

static bool accuracy_check(const void *state, const struct scene *scene, struct err *err)
{
    const struct accuracy_state *s = state;
    bool animal = !s->asked || !scene->cohort || choose_animal(scene->cohort, s->asked, err) >= 0;
    return animal && view_source_check(scene, s->model, true, err);
}

static void curve_free(struct accuracy_state *s)
{
    if (s->cohort)
        learning_curve_free(&s->curve);
    memset(&s->curve, 0, sizeof s->curve);
    free(s->x);
    s->x = NULL;
    cohort_drop(s->cohort);
    s->cohort = NULL;
}

/* About thirty points along the longest animal, none of fewer than 20 trials. */
static size_t automatic_bin(const struct cohort *cohort)
{
    size_t longest = 0;
    for (size_t i = 0; i < cohort->n_animals; i++)
        longest = cohort->animals[i].count > longest ? cohort->animals[i].count : longest;
    double bin = numbers_nice((double)longest / 30);
    return bin < 20 ? 20 : (size_t)bin;
}

struct accuracy_job {
    struct view_job head; /* its source: whose expectation, if any */
    struct cohort *cohort;
    size_t bin;
    struct learning_curve curve;
    double *x, *expected, *low, *high;
};

static const struct view_work accuracy_work;

static struct view_job *make_job(struct accuracy_state *s, const struct cohort *cohort, size_t bin)
{
    struct view_job *head = view_job_new(&accuracy_work, s->expects ? &s->wanted : NULL);
    struct accuracy_job *job = (struct accuracy_job *)head;
    job->cohort = cohort_hold(cohort);
    job->bin = bin;
    s->wanted_cohort = cohort;
    s->wanted_bin = bin;
    s->stale = false;
    return head;
}

/* The model's part: left out, without an error, when there is none for this cohort. */
static bool want_expected(struct accuracy_state *s, const struct scene *scene, struct err *err)
{
    bool expected = s->expects;
    switch (view_source_beside(&s->wanted, scene, s->model, expected ? &s->pace : NULL, err)) {
    case BESIDE_REFUSED: return false;
    case BESIDE_NONE:
        s->expects = false;
        view_source_release(&s->wanted);
        break;
    case BESIDE_CHANGED: s->expects = s->stale = true; break;
    case BESIDE_SAME: break;
    }
    s->stale = s->stale || s->expects != expected;
    return true;
}

static bool accuracy_update(void *state, const struct scene *scene, bool pending,
                            struct view_job **job, struct err *err)
{
    struct accuracy_state *s = state;
    if (!scene)
        return true; /* nothing depends on the size */
    const struct cohort *cohort = scene->cohort;
    if (!cohort || cohort->n_trials == 0) {
        return err_set(err, ERR_FAILED,
                       cohort ? "no trials are left; `undo` or `reset`"
                              : WORDING_NO_TRIALS "; " WORDING_HELPERS);
    }
    size_t bin = s->bin > 0 ? (size_t)s->bin : automatic_bin(cohort);
    long animal = s->asked ? choose_animal(cohort, s->asked, err) : -1;
    if ((s->asked && animal < 0) || !want_expected(s, scene, err))
        return false;
    if (s->cohort == cohort)
        s->animal = animal;
    bool other = s->wanted_cohort != cohort || s->wanted_bin != bin;
    if (other || (!pending && (s->stale || !s->cohort)))
        *job = make_job(s, cohort, bin);
    return true;
}

static void compute_band(struct accuracy_job *job)
{
    size_t n = job->curve.n_bins;
    job->low = mem_new(n, sizeof *job->low);
    job->high = mem_new(n, sizeof *job->high);
    if (job->head.source.live ||
        !learning_curve_band(&job->curve, job->head.source.model, job->cohort, job->expected,
                             job->low, job->high)) {
        free(job->low), free(job->high);
        job->low = job->high = NULL;
    }
}

static bool accuracy_compute(struct view_job *head, const atomic_bool *stop, struct err *err)
{
    struct accuracy_job *job = (struct accuracy_job *)head;
    (void)stop, (void)err;
    learning_curve_compute(job->cohort, job->bin, &job->curve);
    job->x = mem_new(job->curve.n_bins, sizeof(double));
    for (size_t b = 0; b < job->curve.n_bins; b++)
        job->x[b] = ((double)b + 0.5) * (double)job->bin;
    if (head->source.model) {
        job->expected = mem_new(job->curve.n_bins, sizeof *job->expected);
        learning_curve_expect(&job->curve, head->source.model, job->cohort, head->source.w,
                              head->source.live ? SOURCE_LIVE_TRIALS : 0, job->expected);
        compute_band(job);
    }
    return true;
}

static void accuracy_job_release(struct view_job *head)
{
    struct accuracy_job *job = (struct accuracy_job *)head;
    learning_curve_free(&job->curve);
    free(job->x);
    free(job->expected), free(job->low), free(job->high);
    cohort_drop(job->cohort);
}

static bool accuracy_adopt(void *state, struct view_job *head, struct err *err)
{
    struct accuracy_state *s = state;
    struct accuracy_job *job = (struct accuracy_job *)head;
    curve_free(s);
    free(s->expected), free(s->low), free(s->high);
    s->cohort = job->cohort;
    s->curve = job->curve;
    s->x = job->x;
    s->expected = job->expected, s->low = job->low, s->high = job->high;
    job->cohort = NULL;
    job->curve = (struct learning_curve){0};
    job->x = job->expected = job->low = job->high = NULL;
    view_source_adopt(&s->source, &s->wanted, &head->source);
    pace_took(&s->pace, head->seconds);
    s->animal = s->asked ? choose_animal(s->cohort, s->asked, err) : -1;
    return !s->asked || s->animal >= 0;
}

static const struct view_work accuracy_work = {
    .size = sizeof(struct accuracy_job),
    .compute = accuracy_compute,
    .adopt = accuracy_adopt,
    .release = accuracy_job_release,
};

static void accuracy_title(const void *state, struct strbuf *out)
{
    const struct accuracy_state *s = state;
    strbuf_puts(out, "accuracy (share correct)");
    if (s->cohort)
        strbuf_printf(out, " · bins of %zu trials", s->curve.bin);
}

/* From a little under the worst point, at most .4, up to 1. */
static double lowest(const struct accuracy_state *s)
{
    double lo = 0.45;
    size_t n = s->curve.n_bins * s->curve.n_animals;
    for (size_t i = 0; i < n; i++)
        lo = s->curve.animal[i] < lo ? s->curve.animal[i] : lo;
    lo = floor(lo * 10) / 10;
    return lo < 0 ? 0 : lo;
}

/* The legend names the mean first, but it is drawn last, over the faint curves: so a curve
 * of a single NaN stands first, for its name alone. */
static size_t add_names(const struct curve *curves, size_t n, struct curve *names)
{
    static const double nowhere = NAN;
    size_t n_names = 0;
    for (size_t i = n; i-- > 0;) {
        if (curves[i].label) {
            names[n_names] = curves[i];
            names[n_names].n = 1;
            names[n_names].x = names[n_names].y = &nowhere;
            n_names++;
        }
    }
    return n_names;
}

static size_t add_curves(const struct accuracy_state *s, struct curve *curves, char label[80],
                         const struct style *style)
{
    /* without colours dots are fainter than a line */
    enum curve_stroke faint = style->colours > 0 ? STROKE_SOLID : STROKE_DOTS;
    const struct learning_curve *c = &s->curve;
    struct curve curve = {
        .n = c->n_bins, .x = s->x, .stroke = faint, .colour = 2, .attributes = CELL_DIM};
    size_t n = 0;
    for (size_t a = 0; a < c->n_animals; a++) {
        curve.label = a == 0 && c->n_animals > 1 ? "animals" : NULL;
        curve.y = c->animal + a * c->n_bins;
        curves[n++] = curve;
    }
    if (s->low)
        curves[n++] = (struct curve){.label = "90 %",
                                     .n = c->n_bins,
                                     .x = s->x,
                                     .y = s->expected,
                                     .lo = s->low,
                                     .hi = s->high,
                                     .stroke = STROKE_BAND,
                                     .colour = 1};
    if (s->expected) {
        snprintf(label, 80, "%s expects", s->source.model->name);
        curves[n++] = (struct curve){.label = label,
                                     .n = c->n_bins,
                                     .x = s->x,
                                     .y = s->expected,
                                     .stroke = STROKE_DASHED,
                                     .colour = 1};
    }
    curve = (struct curve){.label = "mean",
                           .n = c->n_bins,
                           .x = s->x,
                           .y = c->mean,
                           .stroke = STROKE_SOLID,
                           .colour = 0,
                           .attributes = CELL_BOLD};
    curves[n++] = curve;
    if (s->animal >= 0) {
        curve.label = s->cohort->animals[s->animal].name;
        curve.y = c->animal + (size_t)s->animal * c->n_bins;
        curve.colour = 3;
        curves[n++] = curve;
    }
    return n;
}

static void accuracy_draw(void *state, struct canvas *canvas, struct rect area,
                          const struct style *style)
{
    enum { CHANCE = 64, NAMES = 8 };
    struct accuracy_state *s = state;
    size_t room = s->curve.n_animals + 5;
    struct curve *curves = mem_new(room + NAMES, sizeof *curves), *body = curves + NAMES;
    double end = (double)(s->curve.n_bins * s->curve.bin);
    double chance_x[CHANCE], chance_y[CHANCE];
    char label[80];
    for (int i = 0; i < CHANCE; i++) {
        chance_x[i] = end * (i + 0.5) / CHANCE;
        chance_y[i] = 0.5;
    }
    body[0] = (struct curve){.label = "chance",
                             .n = CHANCE,
                             .x = chance_x,
                             .y = chance_y,
                             .stroke = STROKE_DOTS,
                             .colour = WORDING_GREY};
    size_t n = 1 + add_curves(s, body + 1, label, style);
    size_t n_names = add_names(body, n, curves);
    for (size_t i = 0; i < n; i++)
        body[i].label = NULL;
    memmove(curves + n_names, body, n * sizeof *body);
    struct line_plot plot = {
        .x_label = "trial",
        .y_title = "share correct",
        .x_lo = 0,
        .x_hi = end > 0 ? end : 1,
        .y_lo = lowest(s),
        .y_hi = 1,
        .n_curves = n_names + n,
        .curves = curves,
    };
    line_plot_draw(&plot, canvas, area, style);
    free(curves);
}

static bool accuracy_key(void *state, const char *key, struct strbuf *command)
{
    struct accuracy_state *s = state;
    if (strcmp(key, "+") == 0 || strcmp(key, "-") == 0) { /* finer, coarser */
        double bin = numbers_nice_step((double)s->curve.bin, key[0] == '-');
        strbuf_printf(command, "accuracy bin=%ld", bin < 2 ? 2L : (long)bin);
        return true;
    }
    bool on = strcmp(key, "]") == 0;
    if (on || strcmp(key, "[") == 0) {
        long next = s->animal + (on ? 1 : -1);
        if (next >= 0 && (size_t)next < s->cohort->n_animals) {
            strbuf_puts(command, "accuracy animal=");
            args_word(s->cohort->animals[next].name, command);
        }
        return true;
    }
    return false;
}

static void accuracy_release(void *state)
{
    struct accuracy_state *s = state;
    curve_free(s);
    free(s->expected), free(s->low), free(s->high);
    view_source_release(&s->source);
    view_source_release(&s->wanted);
    free(s->asked);
    free(s->model);
}

const struct view_ops accuracy_view = {
    .name = "accuracy",
    .summary = "learning curves: share of correct choices over trials",
    .keys = "[ ] animal  + - finer/coarser bins  e export  y copy  z zoom",
    .options = accuracy_options,
    .loaded = true,
    .state_size = sizeof(struct accuracy_state),
    .configure = accuracy_configure,
    .check = accuracy_check,
    .update = accuracy_update,
    .work = &accuracy_work,
    .title = accuracy_title,
    .draw = accuracy_draw,
    .describe = accuracy_describe,
    .table = accuracy_table,
    .fields = accuracy_fields,
    .answer = accuracy_answer,
    .key = accuracy_key,
    .release = accuracy_release,
};
