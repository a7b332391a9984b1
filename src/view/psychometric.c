/* psychometric: the share of rightward choices by stimulus, early and late in
 * training or in any sessions, with what a model expected on the same trials. */
#include "deltaw/study/psychometric.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/draw/plot.h"
#include "parts.h"

static const struct option psychometric_options[] = {
    {"sessions", OPTION_TEXT, 0, 0, NULL, "early,late",
     "up to 6 groups: early, middle, late (fifths), all, a number, a range 1..3"},
    {"model", OPTION_MODEL, 0, 0, "auto", "auto",
     "whose expectation to show; auto: the model in use"},
    {0},
};

enum { ANIMALS_MOST = 64 };

struct psychometric_state {
    struct args asked; /* animals, by place */
    char *model;
    struct psychometric_group group[PSYCHOMETRIC_GROUPS];
    size_t n_groups;
    bool fresh; /* options changed: count again */
    struct cohort *cohort;
    long only;     /* the one animal that is shown, -1: several */
    char *subject; /* its name, "all", or names joined by + */
    bool have, expects;
    struct psychometric curves; /* of cohort */
    struct source source;
    struct pace pace;
};

static bool psychometric_configure(void *state, const struct args *args, struct err *err)
{
    struct psychometric_state *s = state;
    struct psychometric_group group[PSYCHOMETRIC_GROUPS];
    size_t n;
    if (!psychometric_groups(args_text(args, psychometric_options, "sessions"), group, &n, err)) {
        return err_prefix(err, "psychometric"), false;
    }
    const char *model = parts_chosen(args, psychometric_options, "model");
    args_free(&s->asked);
    for (size_t i = 0; i < args_positional(args); i++) {
        args_set(&s->asked, NULL, args_at(args, i), 0);
    }
    memcpy(s->group, group, sizeof group);
    s->n_groups = n;
    free(s->model);
    s->model = model ? mem_text(model) : NULL;
    s->fresh = true;
    return true;
}

static void curves_free(struct psychometric_state *s)
{
    if (s->have) {
        psychometric_free(&s->curves);
    }
    s->have = s->expects = false;
    cohort_drop(s->cohort);
    s->cohort = NULL;
}

/* Which animals, and what they are called together; NULL and err when one is
 * not there.  The caller frees. */
static bool *choose(struct psychometric_state *s, const struct cohort *cohort, struct err *err)
{
    size_t n = args_positional(&s->asked);
    bool *chosen = mem_new(cohort->n_animals + 1, sizeof *chosen);
    bool all = n == 0 || (n == 1 && strcmp(args_at(&s->asked, 0), "all") == 0 &&
                          cohort_animal(cohort, "all") < 0);
    struct strbuf names = {0};
    long last = -1;
    for (size_t i = 0; i < n && !all; i++) {
        long found = parts_animal(cohort, args_at(&s->asked, i), err);
        if (found < 0) {
            strbuf_free(&names);
            free(chosen);
            return NULL;
        }
        if (!chosen[found]) {
            strbuf_printf(&names, "%s%s", names.len ? "+" : "", cohort->animals[found].name);
        }
        last = last < 0 || last == found ? found : (long)cohort->n_animals;
        chosen[found] = true;
    }
    for (size_t i = 0; i < cohort->n_animals && all; i++) {
        chosen[i] = true;
    }
    s->only = last < (long)cohort->n_animals ? last : -1;
    free(s->subject);
    s->subject = all ? mem_text("all") : mem_text(strbuf_text(&names));
    strbuf_free(&names);
    return chosen;
}

static bool count(struct psychometric_state *s, const struct cohort *cohort, struct err *err)
{
    bool *chosen = choose(s, cohort, err);
    if (!chosen) {
        return false;
    }
    curves_free(s);
    s->cohort = cohort_hold(cohort);
    psychometric_compute(cohort, chosen, s->group, s->n_groups, &s->curves);
    s->have = true;
    s->fresh = false;
    free(chosen);
    return true;
}

static bool expect(struct psychometric_state *s, const struct scene *scene, struct err *err)
{
    switch (source_beside(&s->source, scene, s->model, s->expects ? &s->pace : NULL, err)) {
    case BESIDE_REFUSED:
        return false;
    case BESIDE_NONE:
        s->expects = false;
        source_release(&s->source);
        break;
    case BESIDE_CHANGED:
        pace_begin(&s->pace);
        psychometric_expect(&s->curves, s->source.model, s->cohort, s->source.w,
                            s->source.live ? PARTS_LIVE_TRIALS : 0);
        pace_end(&s->pace);
        s->expects = true;
        break;
    case BESIDE_SAME:
        break;
    }
    return true;
}

static bool psychometric_update(void *state, const struct scene *scene, struct err *err)
{
    struct psychometric_state *s = state;
    const struct cohort *cohort = scene->cohort;
    if (!cohort || cohort->n_trials == 0) {
        return err_set(err, ERR_FAILED, cohort ? "no trials are left; `undo` or `reset`"
                       : "nothing loaded yet; `load FILE` or `simulate reinforce`");
    }
    if ((!s->have || s->fresh || s->cohort != cohort) && !count(s, cohort, err)) {
        s->fresh = true;
        return false;
    }
    size_t n_trials = 0;
    for (size_t g = 0; g < s->curves.n_groups; g++) {
        n_trials += s->curves.points[g].n_trials;
    }
    if (n_trials == 0) {
        return err_set(err, ERR_FAILED, "%s has no session %s; the most of one animal is %ld",
                       s->only >= 0 ? s->subject : cohort->name, s->curves.group[0].name,
                       s->curves.most_sessions);
    }
    return expect(s, scene, err);
}

/* --- the picture ---------------------------------------------------------------- */

static void psychometric_title(const void *state, struct strbuf *out)
{
    const struct psychometric_state *s = state;
    strbuf_puts(out, "P(right) by stimulus");
    if (s->have && s->only >= 0) {
        strbuf_printf(out, " · %s", s->subject);
    } else if (s->have) {
        strbuf_printf(out, " · %zu animals", s->curves.n_animals);
    }
    if (s->expects) {
        source_title(&s->source, out);
    }
    strbuf_puts(out, " · " SIDES_TEXT);
}

/* Groups stand a cell beside each other, so that their bars can be told apart,
 * where the stimuli leave room for that. */
static double part_groups(const struct psychometric *p, double cell)
{
    double gap = INFINITY;
    for (size_t i = 1; i < p->n_stimuli; i++) {
        gap = fmin(gap, p->stimulus[i] - p->stimulus[i - 1]);
    }
    return gap >= cell * (double)(p->n_groups + 1) ? cell : 0;
}

static void psychometric_draw(void *state, struct canvas *canvas, struct rect area,
                              const struct style *style)
{
    struct psychometric_state *s = state;
    const struct psychometric *p = &s->curves;
    static const double zero = 0, chance = .5;
    struct curve curves[2 * PSYCHOMETRIC_GROUPS + 1];
    double beside[PSYCHOMETRIC_GROUPS][PSYCHOMETRIC_STIMULI];
    char label[80];
    size_t n = 0;
    double lo = p->stimulus[0], hi = p->stimulus[p->n_stimuli - 1];
    double margin = hi > lo ? (hi - lo) * .04 : .5;
    double step = part_groups(p, (hi - lo + 2 * margin) / (area.width > 6 ? area.width - 5 : 1));
    for (size_t g = 0; g < p->n_groups && s->expects; g++) {
        curves[n++] = (struct curve){.n = p->n_stimuli, .x = p->stimulus,
                                     .y = p->points[g].expected, .stroke = STROKE_SOLID,
                                     .colour = (int)g};
    }
    for (size_t g = 0; g < p->n_groups; g++) {
        const struct psychometric_points *points = &p->points[g];
        for (size_t i = 0; i < p->n_stimuli; i++) {
            beside[g][i] = p->stimulus[i] + step * ((double)g - (double)(p->n_groups - 1) / 2);
        }
        if (points->n_trials > 0) {
            curves[n++] = (struct curve){.label = p->group[g].name, .n = p->n_stimuli,
                                         .x = beside[g], .y = points->p, .lo = points->lo,
                                         .hi = points->hi, .stroke = STROKE_POINTS,
                                         .colour = (int)g};
        }
    }
    if (s->expects) { /* no points: says what strokes mean */
        snprintf(label, sizeof label, "%s expects", s->source.model->name);
        curves[n++] = (struct curve){.label = label, .stroke = STROKE_SOLID,
                                     .colour = PARTS_GREY};
    }
    struct line_plot plot = {
        .x_label = "stimulus", .y_label = area.height >= 14 ? "P(right)" : NULL,
        .x_lo = lo - margin, .x_hi = hi + margin, .y_lo = -.02, .y_hi = 1.02,
        .n_curves = n, .curves = curves, .n_marks = 1, .marks = &zero,
        .n_levels = 1, .levels = &chance,
    };
    line_plot_draw(&plot, canvas, area, style);
}

/* --- words ------------------------------------------------------------------------ */

/* The first and last stimulus with trials of the group. */
static void ends_of(const struct psychometric *p, size_t g, size_t *first, size_t *last)
{
    *first = 0;
    *last = p->n_stimuli - 1;
    while (*first < *last && p->points[g].n[*first] == 0) {
        ++*first;
    }
    while (*last > *first && p->points[g].n[*last] == 0) {
        --*last;
    }
}

static void say_end(const struct psychometric_state *s, size_t g, size_t i, struct strbuf *out)
{
    const struct psychometric_points *points = &s->curves.points[g];
    char a[NUMBER_SIZE], b[NUMBER_SIZE];
    strbuf_printf(out, "%s", number_fixed(a, points->p[i], 2, false));
    if (s->expects && isfinite(points->expected[i])) {
        strbuf_printf(out, " (%s)", number_fixed(a, points->expected[i], 2, false));
    }
    strbuf_printf(out, " at %s", parts_short(b, s->curves.stimulus[i], 3));
}

static void say_group(const struct psychometric_state *s, size_t g, struct strbuf *out)
{
    const struct psychometric *p = &s->curves;
    const struct psychometric_points *points = &p->points[g];
    const struct psychometric_group *group = &p->group[g];
    char a[NUMBER_SIZE];
    size_t first, last;
    strbuf_printf(out, "%s %s", group->kind == GROUP_SESSIONS
                                    ? group->last > group->first ? "sessions" : "session" : "",
                  group->name);
    if (points->n_trials == 0) {
        strbuf_puts(out, ": no trials");
        return;
    }
    if (group->kind <= GROUP_LATE) {
        strbuf_printf(out, " fifth of %s", points->by_trials == 0   ? "sessions"
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
    /* outside what was shown it would be a guess */
    if (points->bias >= p->stimulus[first] && points->bias <= p->stimulus[last]) {
        strbuf_printf(out, ", .5 at %s", number_fixed(a, points->bias, 2, true));
    }
    if (isfinite(points->slope)) {
        strbuf_printf(out, ", slope %s", number_fixed(a, points->slope, 2, false));
    }
    if (isfinite(points->accuracy)) {
        strbuf_printf(out, ", %s correct", number_fixed(a, points->accuracy, 2, false));
    }
}

static void psychometric_describe(const void *state, struct strbuf *out)
{
    const struct psychometric_state *s = state;
    const struct psychometric *p = &s->curves;
    strbuf_puts(out, "P(right) by stimulus of ");
    if (s->only >= 0) {
        strbuf_puts(out, s->subject);
    } else {
        strbuf_printf(out, "%zu animal%s pooled", p->n_animals, p->n_animals == 1 ? "" : "s");
    }
    if (s->expects) {
        strbuf_puts(out, " (in brackets what ");
        source_words(&s->source, out);
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

static void psychometric_data(const void *state, struct table *out)
{
    const struct psychometric_state *s = state;
    if (!s->have) {
        return;
    }
    psychometric_table(&s->curves, s->subject, out);
}

/* --- keys ------------------------------------------------------------------------- */

/* One session at a time: the next after the group that is shown alone. */
static void step_session(const struct psychometric_state *s, bool on, struct strbuf *command)
{
    const struct psychometric_group *group = &s->group[0];
    bool alone = s->n_groups == 1 && group->kind == GROUP_SESSIONS;
    long next = alone ? (on ? group->last + 1 : group->first - 1) : 1;
    if (next >= 1 && next <= s->curves.most_sessions) {
        strbuf_printf(command, "psychometric sessions=%ld", next);
    }
}

static bool psychometric_key(void *state, const char *key, struct strbuf *command)
{
    struct psychometric_state *s = state;
    if (!s->have) {
        return false;
    }
    if (strcmp(key, "c") == 0) {
        bool pair = s->n_groups == 2 && s->group[0].kind == GROUP_EARLY;
        strbuf_printf(command, "psychometric sessions=%s", pair ? "all" : "early,late");
        return true;
    }
    if (strcmp(key, "{") == 0 || strcmp(key, "}") == 0) {
        step_session(s, key[0] == '}', command);
        return true;
    }
    bool on = strcmp(key, "]") == 0;
    if (on || strcmp(key, "[") == 0) {
        long next = s->only + (on ? 1 : -1);
        if (next == -1 && s->only == 0) {
            strbuf_puts(command, "psychometric all");
        } else if (next >= 0 && (size_t)next < s->cohort->n_animals) {
            strbuf_puts(command, "psychometric ");
            parts_word(command, s->cohort->animals[next].name);
        }
        return true;
    }
    return false;
}

static void psychometric_release(void *state)
{
    struct psychometric_state *s = state;
    curves_free(s);
    source_release(&s->source);
    args_free(&s->asked);
    free(s->subject);
    free(s->model);
}

const struct view_ops psychometric_view = {
    .name = "psychometric",
    .summary = "share of rightward choices by stimulus, early and late in training",
    .keys = "[ ] animal  { } session  c early and late/all  e export  z zoom",
    .options = psychometric_options,
    .positional = ANIMALS_MOST,
    .state_size = sizeof(struct psychometric_state),
    .configure = psychometric_configure,
    .update = psychometric_update,
    .title = psychometric_title,
    .draw = psychometric_draw,
    .describe = psychometric_describe,
    .table = psychometric_data,
    .key = psychometric_key,
    .always_keys = true, /* an animal without the session must not be a dead end */
    .release = psychometric_release,
};
