/* What the map view is asked for. */
#include "map.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/study/probe.h"
#include "deltaw/view/view.h"
#include "choose.h"
#include "numbers.h"
#include "watch.h"

const struct option_row map_options[] = {
    {"of", OPTION_WEIGHT, 0, 0, "auto", "auto",
     "the weight whose change is shown; auto: the first that goes with the stimulus"},
    {"x", OPTION_VARIABLE, 0, 0, "stimulus|reward|choice|side|day", "stimulus",
     "what goes along x: one of these, a weight, as w_bias, or another feature of the policy"},
    {"y", OPTION_VARIABLE, 0, 0, "auto|stimulus|reward|choice|side|day", "auto",
     "what goes along y; auto: as for of=, or the stimulus where x has that weight"},
    HELD_OPTIONS,
    {"model", OPTION_MODEL, 0, 0, "auto", "auto", "whose rule; auto: the model in use"},
    {"diff", OPTION_WORD, 0, 0, "no|true|yes|bias", "no",
     "fitted, true, or (yes) fitted minus true, where the truth is known; bias: what the newest "
     "`check rule` found"},
    {"range", OPTION_NUMBER, 1e-12, 1e6, "auto", "auto", "colours go from -range to +range"},
    {"xrange", OPTION_NUMBERS, 0, 0, "auto", "auto", "LO,HI of x; auto: what was visited"},
    {"yrange", OPTION_NUMBERS, 0, 0, "auto", "auto", "LO,HI of y; auto: what was visited"},
    {"nx", OPTION_INTEGER, 2, 400, "auto", "auto", "cells along x; auto: what fits"},
    {"ny", OPTION_INTEGER, 2, 400, "auto", "auto", "cells along y; auto: what fits"},
    {"support", OPTION_INTEGER, 0, 1e9, NULL, "1",
     "mark cells of fewer visited trials as \"no data\"; 0 paints all"},
    {"settled", OPTION_WORD, 0, 0, "yes|no", "yes",
     "shade cells whose interval of 90 % has 0 in it, where intervals are known; no paints all"},
    {"interval", OPTION_WORD, 0, 0, "model|robust", "model",
     "intervals of a gp: as its posterior has them, or by how the animals scatter (sandwich)"},
    {"past", OPTION_WORD, 0, 0, CHOOSE_PASTS, "any",
     "whether the trials before were rewarded; for rules that see them"},
    {"lags", OPTION_INTEGER, 1, PAST_MOST_LAGS, NULL, "3",
     "how many trials before; for rules that see them"},
    {"cross", OPTION_NUMBERS, 0, 0, "auto", "auto",
     "X,Y[,PANEL]: where the cross-hair is, panel 0 for errors, 1 for correct trials; auto: "
     "where most trials are"},
    {0},
};

/* A kept value of what is now an axis is dropped, and the other way round. */
void map_merge(struct args *kept, const struct args *fresh)
{
    static const char *const axes[] = {"x", "y"};
    for (size_t i = 0; i < 2; i++) {
        const char *on = args_given(fresh, axes[i]) ? args_text(fresh, map_options, axes[i]) : NULL;
        if (on) {
            choose_forget(kept, on);
            choose_forget(kept, i == 0 ? "xrange" : "yrange");
            choose_forget(kept, "cross");
        }
    }
}

static bool take_range(const struct args *args, const char *name, double *lo, double *hi,
                       struct err *err)
{
    const char *text = choose_text(args, map_options, name);
    double values[2];
    *lo = *hi = NAN;
    if (!text)
        return true;
    if (numbers_list(text, values, 2) != 2 || !(values[0] < values[1])) {
        return err_set(err, ERR_USAGE, "map: %s=%s must be two numbers LO,HI with LO below HI",
                       name, text);
    }
    *lo = values[0];
    *hi = values[1];
    return true;
}

static bool on_axis(const struct probe_request *r, const struct frozen *held, struct err *err)
{
    for (size_t i = 0; i < held->n; i++) {
        const char *name = held->item[i].name;
        if (strcmp(r->x, name) == 0 || strcmp(r->y, name) == 0) {
            return err_set(err, ERR_USAGE,
                           "map: %s is on an axis and cannot be fixed; leave out %s= or "
                           "choose other axes",
                           name, name);
        }
    }
    return true;
}

static bool map_checked(const struct map_state *fresh, const struct args *args, struct err *err)
{
    const struct probe_request *r = &fresh->request;
    const char *word = args_at(args, 0);
    if (word && strcmp(word, "at") != 0) {
        return err_set(err, ERR_USAGE, "map: '%s' is not name=value; another model is model=%s",
                       word, word);
    }
    if (strcmp(r->x, r->y) == 0) {
        return err_set(err, ERR_USAGE, "map: x and y are both %s; choose another for one of them",
                       r->x);
    }
    return on_axis(r, &fresh->fixed, err);
}

static bool take_cross(struct map_state *s, const struct args *args, struct err *err)
{
    const char *text = choose_text(args, map_options, "cross");
    double values[3] = {0, 0, (double)s->cross_panel};
    size_t n = text ? numbers_list(text, values, 3) : 0;
    if (text && (n < 2 || values[2] < 0 || values[2] >= PROBE_MAX_PANELS))
        return err_set(err, ERR_USAGE,
                       "map: cross=%s must be X,Y or X,Y,PANEL with panel 0 or 1, "
                       "as in cross=.5,1",
                       text);
    if (text) {
        s->cross_x = values[0];
        s->cross_y = values[1];
        s->cross_panel = (size_t)values[2];
    }
    s->placed = text || (s->placed && !s->crossed);
    s->crossed = text != NULL;
    return true;
}

/* All arguments but cross=, as one text. */
static char *asked_for(const struct args *args)
{
    struct strbuf text = {0};
    strbuf_puts(&text, "");
    for (size_t i = 0; i < args->n; i++) {
        const struct arg *arg = &args->items[i];
        if (!arg->name || strcmp(arg->name, "cross") != 0)
            strbuf_printf(&text, "%s=%s ", arg->name ? arg->name : "", arg->value);
    }
    return strbuf_take(&text);
}

/* A name, or with auto the last model's choice, but not `but`. */
static bool take_name(char out[PROBE_NAME], const struct args *args, const char *name,
                      const char *last, const char *but)
{
    const char *text = choose_text(args, map_options, name);
    const char *likely = *last ? last : "w_stim";
    snprintf(out, PROBE_NAME, "%s", text ? text : strcmp(likely, but) == 0 ? "stimulus" : likely);
    return !text;
}

bool map_configure(void *state, const struct args *args, struct err *err)
{
    struct map_state *s = state;
    struct map_state fresh = *s;
    struct probe_request *r = &fresh.request;
    probe_request_default(r);
    if (!choose_names("map", args, map_options, err) ||
        !held_take("map", args, map_options, &fresh.fixed, err))
        return false;
    fresh.auto_of = take_name(r->of, args, "of", s->auto_of ? s->request.of : "", "");
    take_name(r->x, args, "x", "", "");
    fresh.auto_y = take_name(r->y, args, "y", s->auto_y ? s->request.y : "", r->x);
    r->robust = strcmp(args_text(args, map_options, "interval"), "robust") == 0;
    r->past = choose_past(args_text(args, map_options, "past"));
    r->lags = (size_t)args_integer(args, map_options, "lags");
    /* 0 for auto */
    r->nx = (size_t)args_integer(args, map_options, "nx");
    r->ny = (size_t)args_integer(args, map_options, "ny");
    fresh.range = args_number(args, map_options, "range");
    fresh.support = (uint32_t)args_integer(args, map_options, "support");
    fresh.settled = strcmp(args_text(args, map_options, "settled"), "yes") == 0;
    fresh.show = choose_show(args_text(args, map_options, "diff"));
    if (!map_checked(&fresh, args, err) || !take_range(args, "xrange", &r->x_lo, &r->x_hi, err) ||
        !take_range(args, "yrange", &r->y_lo, &r->y_hi, err) || !take_cross(&fresh, args, err))
        return false;
    bool other_axes = strcmp(r->x, s->request.x) != 0 || strcmp(r->y, s->request.y) != 0;
    const char *model = choose_text(args, map_options, "model");
    fresh.model = model ? mem_text(model) : NULL;
    fresh.asked = asked_for(args);
    fresh.held = fresh.watch.held_for = NULL;
    if (!s->asked || strcmp(fresh.asked, s->asked) != 0)
        fresh.watch.stale = fresh.watch.urgent = true;
    fresh.placed = fresh.crossed || (fresh.placed && !other_axes);
    free(s->model);
    free(s->asked);
    *s = fresh;
    return true;
}
