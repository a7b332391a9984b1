/* Views: colours and axes that stand still while a fit trains; the losses of many. */
#include <poll.h>

#include "deltaw/draw/figure.h"
#include "view_stage.h"

/* The end of the map's colours, from what + would make of it: the next of a ladder. */
static double colours_end(struct view *view)
{
    static const double ladder[] = {8, 6, 5, 4, 3, 2, 1.5, 1};
    struct strbuf out = {0};
    double next = NAN;
    sscanf(ask(view, "+", &out), "map range=%lf", &next);
    strbuf_free(&out);
    double power = pow(10, floor(log10(next * (1 + 1e-9)))), below = .8 * power;
    for (size_t i = 8; i-- > 0;)
        below = ladder[i] * power < next * (1 - 1e-9) ? ladder[i] * power : below;
    return below;
}

/* The map of a model whose updates are `times` as large; once a picture of it is there. */
static double colours_of(struct view *view, struct stage *stage, double times, enum fit_state state)
{
    struct strbuf out = {0};
    char *before = mem_text(words(view, &out));
    struct model *model = scene_model("dnn1", stage->cohort, 1000, true);
    double *scale = scene_tensor(model, "scaling_factor");
    scale[0] *= times, scale[1] *= times;
    stage->entries[0].model = model;
    stage->entries[0].status = scene_status(model, state, 2000);
    for (int tries = 0; tries < 2000 && strcmp(words(view, &out), before) == 0; tries++) {
        view_update(view, &stage->scene, NULL);
        poll(NULL, 0, 5); /* pictures of what trains have a pace */
    }
    tap_ok(strcmp(words(view, &out), before) != 0, "updates times %g are shown", times);
    double end = colours_end(view);
    stage->entries[0].model = stage->models[0];
    model_drop(model);
    free(before);
    strbuf_free(&out);
    return end;
}

/* While a fit trains the map's colours grow at once, but shrink only where half of them is
 * unused; when it is over they are what suits the last map. */
static void test_colours_stand(void)
{
    static const double times[] = {1, .9, .7, .6, .52, .8, 1.7, 1, .45, .3, .5, 4, 2.1, .01, .2};
    struct stage stage;
    stage_set(&stage, false, 1);
    struct view *view = open_with("map", "nx=5 ny=5");
    double now = 0;
    size_t kept = 0;
    for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
        struct view *fresh = open_with("map", "nx=5 ny=5");
        double suits = colours_of(fresh, &stage, times[i], FIT_DONE);
        bool keeps = suits <= now && suits >= now / 2;
        kept += keeps && suits < now;
        now = keeps ? now : suits;
        double end = colours_of(view, &stage, times[i], FIT_RUNNING);
        tap_near(end, now, 1e-9, "colours end at %g where %g would suit", now, suits);
        view_close(fresh);
    }
    tap_ok(kept >= 5, "where they would have shrunk they stood %zu times", kept);
    double smaller = colours_of(view, &stage, .17, FIT_RUNNING), last;
    last = colours_of(view, &stage, .12, FIT_DONE);
    tap_ok(last < smaller, "the last map has what suits it (%g, %g)", smaller, last);
    view_close(view);
    stage_strike(&stage);
}

/* Where the axis of the losses ends, as a figure has it. */
static double losses_end(const char *options, int epochs, enum fit_state state, size_t *n_points)
{
    struct stage stage;
    struct canvas canvas;
    struct figure figure = {.width = 60, .height = 20};
    struct style style = {0};
    stage_set(&stage, false, 1);
    struct model *model = scene_model("dnn1", stage.cohort, epochs, true);
    stage.entries[0].model = model;
    stage.entries[0].status = scene_status(model, state, 2000);
    struct view *view = open_with("loss", options);
    view_update(view, &stage.scene, NULL);
    canvas_init(&canvas, 60, 20);
    canvas.figure = &figure;
    view_draw(view, &canvas, (struct rect){0, 0, 60, 20}, &style);
    const struct line_plot *plot = figure.parts[0].lines;
    double end = plot->x_hi;
    *n_points = plot->curves[0].n;
    figure_free(&figure);
    canvas_free(&canvas);
    view_close(view);
    stage.entries[0].model = stage.models[0];
    model_drop(model);
    stage_strike(&stage);
    return end;
}

/* While a fit trains the axis of its losses grows by steps, up to the last epoch; of one
 * that is over it ends where the losses do. */
static void test_axis_stands(void)
{
    static const struct {
        int epoch;
        double end;
    } cases[] = {{0, 10},    {7, 10},    {11, 15},     {101, 150},  {310, 400},
                 {390, 400}, {401, 500}, {1400, 1500}, {1600, 2000}};
    size_t n;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        double end = losses_end("", cases[i].epoch, FIT_RUNNING, &n);
        tap_ok(n == (size_t)cases[i].epoch + 1, "%zu losses", n);
        tap_near(end, cases[i].end, 1e-9, "at epoch %d the axis ends at", cases[i].epoch);
    }
    tap_near(losses_end("", 412, FIT_DONE, &n), 412, 1e-9, "of a fit that is over at its last");
    tap_near(losses_end("x=seconds", 412, FIT_DONE, &n), .014 * 412, 1e-9, "also in seconds");
    tap_near(losses_end("x=seconds", 412, FIT_RUNNING, &n), 6, 1e-9, "which stand, too");
    losses_end("from=100", 412, FIT_DONE, &n);
    tap_ok(n == 313, "from=100 leaves out the losses before it: %zu are left", n);
}

/* All models' losses at once, whichever is in use and whichever is done. */
static void test_losses(void)
{
    struct stage stage;
    struct strbuf out = {0};
    stage_set(&stage, false, 2);
    stage.entries[1].status.state = FIT_STOPPED;
    struct view *view = open_with("loss", "");
    view_update(view, &stage.scene, NULL);
    tap_ok(!strstr(words(view, &out), "dnn2"), "what is over and not in use is left out");
    configure(view, "model=all", NULL);
    view_update(view, &stage.scene, NULL);
    const char *said = words(view, &out);
    tap_ok(strstr(said, "dnn1: train .5001") && strstr(said, "dnn2: train .5004"),
           "model=all tells it too: %s", said);
    view_close(view);
    /* a search, not a training */
    stage.models[0]->rule = rule_find("reinforce");
    stage.entries[0].status.epochs = stage.entries[0].status.epoch;
    view = open_with("loss", "");
    view_update(view, &stage.scene, NULL);
    tap_is_text(words(view, &out),
                "dnn1: train .5001, held out .5070 nats/trial after 1000 "
                "evaluations; chance .6931.",
                "a search counts evaluations");
    view_close(view);
    stage.models[0]->rule = rule_find("dnn");
    strbuf_free(&out);
    stage_strike(&stage);
}

int main(void)
{
    /* the same bits on every machine */
    setenv("DELTAW_ENGINE", "double", 1);
    test_colours_stand();
    test_axis_stands();
    test_losses();
    return tap_done();
}
