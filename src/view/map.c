/* map: the change of a weight over two of the things the rule sees. */
#include "map.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/study/probe.h"
#include "deltaw/view/view.h"
#include "choose.h"
#include "hold.h"
#include "numbers.h"
#include "pace.h"
#include "source.h"
#include "watch.h"

double map_shown(const struct map_state *s, size_t panel, size_t cell)
{
    const struct probe_cells *p = &s->map.panel[panel];
    if (s->show == SHOW_FITTED)
        return p->value[cell];
    if (!p->truth)
        return NAN;
    return s->show == SHOW_TRUE ? p->truth[cell] : p->value[cell] - p->truth[cell]; /* bias too */
}

bool map_interval(const struct map_state *s, size_t panel, size_t cell, double *lower,
                  double *upper)
{
    const struct probe_cells *p = &s->map.panel[panel];
    if (!p->lower || s->show == SHOW_TRUE || isnan(p->lower[cell]))
        return false;
    double truth = s->show == SHOW_DIFFERENCE && p->truth ? p->truth[cell] : 0;
    /* of a bias: may it be within what the rule leaves open? */
    if (s->show == SHOW_BIAS && p->truth)
        truth = 2 * p->truth[cell] - p->value[cell];
    *lower = p->lower[cell] - truth;
    *upper = p->upper[cell] - truth;
    return true;
}

bool map_painted(const struct map_state *s, size_t panel, size_t cell)
{
    return s->support == 0 || !s->watch.source.cohort ||
           s->map.panel[panel].support[cell] >= s->support;
}

double map_limit(const struct map_state *s)
{
    return isnan(s->range) ? s->limit : s->range;
}

double map_r2(const struct map_state *s)
{
    return s->show == SHOW_TRUE ? NAN : s->map.r2;
}

/* From the fitted values; from the true ones as well when these are shown, so that they and
 * the difference compare.  It grows at once but shrinks only when half of it is unused, so
 * that colours are steady while a fit trains.  In a replay they are those of the newest
 * state, but for epochs that would use less than a fifth of them and hardly showed; less
 * than a hundredth is nothing. */
static void follow_limit(struct map_state *s, bool at_once)
{
    enum { HARDLY = 5, NOTHING = 100 };
    double largest = 0;
    size_t n = s->map.x.n * s->map.y.n;
    for (size_t p = 0; p < s->map.n_panels; p++) {
        const struct probe_cells *panel = &s->map.panel[p];
        for (size_t i = 0; i < n; i++) {
            double v = fabs(panel->value[i]);
            double t = panel->truth && s->show != SHOW_FITTED ? fabs(panel->truth[i]) : 0;
            if (map_painted(s, p, i)) {
                largest = v > largest ? v : largest;
                largest = t > largest ? t : largest;
            }
        }
    }
    double nice = numbers_nice(largest);
    if (s->held) {
        nice = nice < s->held_limit / HARDLY ? numbers_nice(fmax(largest, s->held_limit / NOTHING))
                                             : s->held_limit;
    }
    if (at_once || !(s->limit >= nice) || nice < s->limit / 2)
        s->limit = nice;
}

static bool full_request(const struct map_state *s, const struct source *source,
                         struct probe_request *r, struct err *err)
{
    *r = s->request;
    if (s->auto_of)
        r->of[0] = '\0';
    if (s->auto_y)
        r->y[0] = '\0';
    double *range[] = {&r->x_lo, &r->x_hi, &r->y_lo, &r->y_hi};
    for (size_t i = 0; i < 4 && s->held; i++)
        *range[i] = isnan(*range[i]) ? s->hold[i] : *range[i];
    return held_put("map", &s->fixed, source->model, source->cohort, map_options, &r->fixed, err);
}

/* Evaluations of the rule a picture may take: about 15 ms of them. */
enum { PICTURE_SAMPLE = 64, PICTURE_EVALUATIONS = 150000, LIVE_SAMPLE_LEAST = 4 };
static const double picture_seconds = 0.015;

static size_t picture_sample(const struct map_state *s, const struct probe_request *r)
{
    size_t cells = r->nx * r->ny * PROBE_MAX_PANELS;
    size_t most = PICTURE_EVALUATIONS / (cells > 0 ? cells : 1);
    size_t sample = most < PICTURE_SAMPLE ? most : PICTURE_SAMPLE;
    if (s->watch.wanted.live && s->sample > 0 && s->sample < sample)
        sample = s->sample;
    return sample < LIVE_SAMPLE_LEAST ? LIVE_SAMPLE_LEAST : sample;
}

/* Histories times visited trials times cells: what a picture of a rule that sees the past
 * may take, about 60 ms; for a training one it is found by trial. */
enum { PAST_UPDATES = 800000, PAST_UPDATES_LEAST = 10000, PAST_PICTURE = 256, PAST_SAMPLE = 4 };
static const double past_seconds = 0.06;

static void picture_past(const struct map_state *s, struct probe_request *r)
{
    bool levels = s->watch.have && s->map.x.levels && strcmp(s->map.x.name, r->x) == 0;
    size_t cells = (levels ? s->map.x.n : r->nx) * r->ny * PROBE_MAX_PANELS;
    size_t updates = s->watch.wanted.live && s->updates > 0 ? s->updates : PAST_UPDATES;
    size_t each = updates / PAST_SAMPLE / (cells > 0 ? cells : 1);
    r->histories = each > PAST_PICTURE ? PAST_PICTURE : each < 4 ? 4 : each;
    r->sample = PAST_SAMPLE;
}

/* What a training fit's map may take is found by trial. */
static void adapt_sample(struct map_state *s, size_t used)
{
    double cost = s->watch.pace.cost;
    if (cost > picture_seconds)
        s->sample = used / 2 > LIVE_SAMPLE_LEAST ? used / 2 : LIVE_SAMPLE_LEAST;
    else if (cost < picture_seconds / 4 && s->sample > 0 && s->sample < PICTURE_SAMPLE)
        s->sample *= 2;
    size_t updates = s->updates ? s->updates : PAST_UPDATES;
    if (cost > past_seconds && updates > PAST_UPDATES_LEAST)
        s->updates = updates / 2;
    else if (cost < past_seconds / 4 && updates < PAST_UPDATES)
        s->updates = updates * 2;
}

/* Names and sizes that were left to the model. */
static void name_request(struct map_state *s)
{
    bool moved = strcmp(s->request.y, s->map.request.y) != 0;
    strcpy(s->request.of, s->map.request.of);
    strcpy(s->request.y, s->map.request.y);
    if (moved) /* what it was placed on is no longer an axis */
        s->crossed = false;
    /* it stays while the model trains, and is then put where most trials are */
    s->placed = s->placed && !moved && (s->crossed || s->held || s->watch.source.live);
}

/* All that computing a map needs, and what comes out of it. */
struct map_job {
    struct view_job head;
    struct probe_request request;
    bool urgent;
    struct bias *bias; /* to be shown; NULL: the model */
    struct map map;
    bool hold, held; /* in a replay, the first time: wanted, there */
    struct map newest;
};

static const struct view_work map_work;

static bool make_job(struct map_state *s, struct view_job **out, struct err *err)
{
    const struct source *wanted = &s->watch.wanted;
    struct probe_request request;
    bool hold = s->held != wanted->final, urgent = s->watch.urgent;
    s->held = hold ? NULL : s->held;
    if (!full_request(s, wanted, &request, err)) {
        s->watch.held_for = wanted->final;
        return false;
    }
    request.nx = request.nx ? request.nx : s->room_x ? s->room_x : 31;
    request.ny = request.ny ? request.ny : s->room_y ? s->room_y : 31;
    request.sample = picture_sample(s, &request);
    request.live = view_source_passing(wanted);
    request.threads = wanted->threads;
    if (probe_sees_past(wanted->model))
        picture_past(s, &request);
    *out = watch_job(&s->watch, &map_work);
    struct map_job *job = (struct map_job *)*out;
    job->request = request;
    job->urgent = urgent;
    job->hold = hold;
    job->bias = s->bias ? bias_hold(s->bias) : NULL;
    return true;
}

static bool check_show(const struct map_state *s, struct err *err)
{
    return s->show == SHOW_FITTED || s->map.panel[0].truth ||
           choose_no_truth("map", s->watch.source.cohort, err);
}

static bool no_bias(struct err *err)
{
    return err_set(err, ERR_FAILED,
                   "what a network makes of a rule is not known; `check rule MODEL` of a fitted "
                   "textbook rule or gp finds it");
}

static bool map_fits(const void *state, const struct scene *scene, struct err *err)
{
    const struct map_state *s = state;
    struct probe_request request;
    struct source there;
    if (!view_source_check(scene, s->model, false, err))
        return false;
    if (!view_source_there(scene, s->model, &there)) {
        return held_possible("map", &s->fixed, scene->cohort, map_options, err) &&
               held_axis_possible("map", "x", s->request.x, scene->cohort, err) &&
               held_axis_possible("map", "y", s->request.y, scene->cohort, err);
    }
    return full_request(s, &there, &request, err) &&
           probe_map_check(there.model, there.cohort, &request, err) &&
           (s->show == SHOW_BIAS ? scene->bias || no_bias(err) : true) &&
           (s->show == SHOW_FITTED || s->show == SHOW_BIAS ||
            probe_true_known(there.cohort, &there.model->settings.policy) ||
            choose_no_truth("map", there.cohort, err));
}

/* The newest bias is taken over where one is to be shown, and let go where none is. */
static bool take_bias(struct map_state *s, const struct scene *scene, struct err *err)
{
    bool wanted = s->show == SHOW_BIAS;
    if (scene && (s->bias != NULL) == wanted && (!wanted || s->bias_changes == scene->bias_changes))
        return true;
    if (scene) {
        bias_free(s->bias);
        s->bias = wanted && scene->bias ? bias_hold(scene->bias) : NULL;
        s->bias_changes = scene->bias_changes;
        s->watch.stale = s->watch.urgent = true;
    }
    return !wanted || s->bias || no_bias(err);
}

static bool map_update(void *state, const struct scene *scene, bool pending, struct view_job **job,
                       struct err *err)
{
    struct map_state *s = state;
    if (!take_bias(s, scene, err) || !watch_update(&s->watch, scene, s->model, false, err))
        return false;
    return watch_due(&s->watch, pending) ? make_job(s, job, err)
                                         : !s->watch.have || check_show(s, err);
}

static bool compute(const struct bias *bias, const struct source *source,
                    const struct probe_request *request, struct map *out, struct err *err)
{
    return bias ? bias_map(bias, source->cohort, request, out, err)
                : probe_map_compute(source->model, source->cohort, source->w, request, out, err);
}

/* In a replay axes and colours stay those of the newest state, taken from a coarse map of
 * it. */
static void make_newest(struct map_job *job)
{
    enum { COARSE = 15, FEW = 4 };
    const struct source *source = &job->head.source;
    struct probe_request request = job->request;
    if (!job->hold || !source->final)
        return;
    request.nx = request.ny = COARSE;
    request.sample = request.histories = FEW;
    job->held = probe_map_compute(source->final, source->cohort, source->final_w, &request,
                                  &job->newest, NULL);
    if (job->held) {
        job->request.x_lo = job->newest.request.x_lo, job->request.x_hi = job->newest.request.x_hi;
        job->request.y_lo = job->newest.request.y_lo, job->request.y_hi = job->newest.request.y_hi;
    }
}

static void hold_scales(struct map_state *s, struct map_job *job)
{
    struct map seen = s->map;
    const struct probe_request *r = &job->newest.request;
    if (!job->held)
        return;
    s->held = NULL;
    s->map = job->newest;
    follow_limit(s, true);
    s->held_limit = s->limit;
    s->map = seen;
    s->held = s->watch.source.final;
    s->hold[0] = r->x_lo, s->hold[1] = r->x_hi;
    s->hold[2] = r->y_lo, s->hold[3] = r->y_hi;
}

static bool map_job_compute(struct view_job *head, const atomic_bool *stop, struct err *err)
{
    struct map_job *job = (struct map_job *)head;
    job->request.stop = stop;
    make_newest(job);
    return compute(job->bias, &head->source, &job->request, &job->map, err);
}

static void map_job_release(struct view_job *head)
{
    struct map_job *job = (struct map_job *)head;
    probe_map_free(&job->map);
    probe_map_free(&job->newest);
    bias_free(job->bias);
}

static bool map_adopt(void *state, struct view_job *head, struct err *err)
{
    struct map_state *s = state;
    struct map_job *job = (struct map_job *)head;
    if (s->watch.have) {
        bool same = strcmp(s->map.x.name, job->map.x.name) == 0 &&
                    strcmp(s->map.y.name, job->map.y.name) == 0;
        s->placed = s->placed && (same || s->crossed);
        probe_map_free(&s->map);
    }
    s->map = job->map;
    job->map = (struct map){0};
    watch_adopt(&s->watch, head);
    adapt_sample(s, job->request.sample);
    hold_scales(s, job);
    name_request(s);
    follow_limit(s, job->urgent);
    return check_show(s, err);
}

static const struct view_work map_work = {
    .size = sizeof(struct map_job),
    .compute = map_job_compute,
    .adopt = map_adopt,
    .release = map_job_release,
};

bool map_in_full(const struct map_state *s, struct map_state *full)
{
    struct probe_request request;
    struct map map;
    if (!s->watch.have || !full_request(s, &s->watch.source, &request, NULL))
        return false;
    request.threads = s->watch.source.threads;
    if (!compute(s->bias, &s->watch.source, &request, &map, NULL))
        return false;
    *full = *s;
    full->map = map;
    follow_limit(full, true);
    return true;
}

static void map_table_full(const void *state, struct table *out)
{
    struct map_state full;
    if (map_in_full(state, &full)) {
        probe_map_table(&full.map, out);
        probe_map_free(&full.map);
    }
}

static void map_release(void *state)
{
    struct map_state *s = state;
    if (s->watch.have)
        probe_map_free(&s->map);
    watch_release(&s->watch);
    bias_free(s->bias);
    free(s->model);
    free(s->asked);
}

const struct view_ops map_view = {
    .name = "map",
    .summary = "change of a weight over two of the things the rule sees",
    .keys =
        "arrows cross-hair  [ ] weight  { } past  c correct/error/both  d fitted/true/difference  "
        "s slice  + - 0 colours  e export  y copy  z zoom",
    .options = map_options,
    .positional = 1,
    .state_size = sizeof(struct map_state),
    .merge = map_merge,
    .configure = map_configure,
    .check = map_fits,
    .update = map_update,
    .work = &map_work,
    .room = map_room,
    .title = map_title,
    .draw = map_draw,
    .describe = map_describe,
    .table = map_table_full,
    .fields = map_fields,
    .answer = map_answer,
    .grid = true,
    .key = map_key,
    .click = map_click,
    .release = map_release,
};
