/* slice: lines through the map; how a weight changes with the stimulus at a few
 * values of it, after correct choices (solid) and errors (dashed). */
#include "slice.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"

static const struct option slice_options[] = {
    {"of", OPTION_TEXT, 0, 0, PARTS_WEIGHTS, "auto",
     "the weight whose change is shown; auto: the first that goes with the stimulus"},
    {"x", OPTION_TEXT, 0, 0, "stimulus|w_stim|w_bias", "stimulus", "what goes along x: stimulus or a weight"},
    {"w", OPTION_NUMBERS, 0, 0, "auto", "auto",
     "values of that weight, one pair of lines each, at most 8; auto: three of those lived"},
    {"w_bias", OPTION_NUMBER, 0, 0, "lived", "lived", "fix the bias weight"},
    {"stimulus", OPTION_NUMBER, 0, 0, "lived", "lived",
     "fix the stimulus when x is a weight (right is positive)"},
    {"reward", OPTION_NUMBER, 0, 1, "both", "both", "only error (0) or correct (1) trials"},
    {"past", OPTION_WORD, 0, 0, PARTS_PASTS "|both", "any",
     "whether the trials before were rewarded; both: a line for each"},
    {"lags", OPTION_INTEGER, 1, PAST_MOST_LAGS, NULL, "3",
     "how many trials before; for rules that see them"},
    {"model", OPTION_MODEL, 0, 0, "auto", "auto", "whose rule; auto: the model in use"},
    {"diff", OPTION_WORD, 0, 0, "no|true|yes", "no",
     "no: fitted, with the truth in dots; true: the truth alone; yes: fitted minus true"},
    {"support", OPTION_INTEGER, 0, 1e9, NULL, "1",
     "leave out points of fewer lived trials; 0 draws all"},
    {0},
};

static void slice_merge(struct args *kept, const struct args *fresh)
{
    if (args_given(fresh, "x")) {
        const char *x = args_text(fresh, slice_options, "x");
        parts_forget(kept, x);
        if (strcmp(x, "stimulus") != 0 && strcmp(x, "w_bias") != 0) {
            parts_forget(kept, "w");
        }
    }
}

static bool slice_configure(void *state, const struct args *args, struct err *err)
{
    struct slice_state *s = state;
    struct slice_request r;
    slice_request_default(&r);
    const char *of = parts_chosen(args, slice_options, "of");
    snprintf(r.of, sizeof r.of, "%s", of ? of : "");
    snprintf(r.x, sizeof r.x, "%s", args_text(args, slice_options, "x"));
    if (!parts_axis("slice", args, slice_options, "of", err) ||
        !parts_axis("slice", args, slice_options, "x", err)) {
        return false;
    }
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
    r.reward = args_number(args, slice_options, "reward");
    if (!isnan(r.reward) && r.reward != 0 && r.reward != 1) {
        return err_set(err, ERR_USAGE, "slice: reward= is 0 or 1");
    }
    r.past = parts_past(args_text(args, slice_options, "past"));
    r.lags = (size_t)args_integer(args, slice_options, "lags");
    const char *model = parts_chosen(args, slice_options, "model");
    s->show = parts_show(args_text(args, slice_options, "diff"));
    free(s->model);
    s->model = model ? mem_text(model) : NULL;
    s->request = r;
    s->support = (uint32_t)args_integer(args, slice_options, "support");
    s->stale = s->urgent = true;
    s->hold.of = NULL;
    return true;
}

static bool slice_refresh(struct slice_state *s, struct err *err)
{
    if (s->have && (!s->stale || (s->source.live && !s->urgent && !pace_due(&s->pace)))) {
        return true;
    }
    struct slice fresh;
    struct slice_request request = s->request;
    if (s->hold.of && request.n_w == 0) {
        request.n_w = s->n_hold;
        memcpy(request.w, s->hold_w, sizeof request.w);
    }
    request.sample = !s->source.live ? 0 : probe_sees_past(s->source.model) ? 4 : 32;
    request.histories = s->source.live ? 64 : 256;
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
    if (s->hold.of) {
        slice_hold(s);
    }
    s->stale = s->urgent = false;
    return true;
}

/* In a replay lines and axis are those of the newest state. */
static void hold_newest(struct slice_state *s)
{
    const struct source *source = &s->source;
    struct slice_request request = s->request;
    struct slice seen = s->slice, newest;
    if (s->hold.of == source->final) {
        return;
    }
    s->hold = (struct hold){.lo = INFINITY, .hi = -INFINITY};
    s->stale = s->urgent = true;
    request.sample = 4;
    request.histories = 16;
    if (!source->final || !slice_compute(source->final, source->cohort, source->final_w, &request,
                                         &newest, NULL)) {
        return;
    }
    s->hold.of = source->final;
    s->slice = newest;
    slice_hold(s);
    s->slice = seen;
    s->n_hold = newest.request.n_w < SLICE_MOST_W ? newest.request.n_w : SLICE_MOST_W;
    memcpy(s->hold_w, newest.request.w, sizeof s->hold_w);
    slice_free(&newest);
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
    hold_newest(s);
    if (!slice_refresh(s, err)) {
        return false;
    }
    if (s->show != SHOW_FITTED && !s->slice.line[0].truth) {
        return err_set(err, ERR_FAILED, "the true rule behind %s is not known; `slice diff=no` "
                       "shows the fitted one", s->source.cohort ? s->source.cohort->name : "it");
    }
    return true;
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
    enum past past;
    if (parts_past_step(key, s->request.past, PAST_BOTH + 1, &past)) {
        strbuf_printf(command, "slice past=%s", parts_past_word(past));
        return true;
    }
    if (strcmp(key, "d") == 0) {
        static const char *const next[] = {"true", "yes", "no"};
        if (s->slice.line[0].truth) {
            strbuf_printf(command, "slice diff=%s", next[s->show]);
        }
        return true;
    }
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
    .keys = "[ ] bias  { } past  d fitted/true/difference  m map  e export  z zoom",
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
