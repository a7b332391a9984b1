/* A stage for the tests of views: a cohort and up to two models of it, a view opened on
 * them with options as one writes them, what it says, and its picture. */
#ifndef TESTS_VIEW_STAGE_H
#define TESTS_VIEW_STAGE_H

#include "tap.h"
#include "view_scenes.h"

struct stage {
    struct cohort *cohort, *other;
    struct model *models[2];
    struct scene_model entries[2];
    struct scene_job jobs[3];
    struct scene scene;
};

/* The fits as the models are now. */
TAP_USED static void stage_jobs(struct stage *stage)
{
    for (size_t i = 0; i < stage->scene.n_models; i++) {
        stage->jobs[i] = (struct scene_job){.name = stage->models[i]->name,
                                            .rule = stage->models[i]->rule,
                                            .status = stage->entries[i].status,
                                            .model = (long)i};
    }
    stage->scene.jobs = stage->jobs;
    stage->scene.n_jobs = stage->scene.n_models;
}

/* dnn1, done after 1000 epochs; with two also dnn2, training at 412. */
TAP_USED static void stage_set(struct stage *stage, bool truth, size_t n_models)
{
    memset(stage, 0, sizeof *stage);
    stage->cohort = scene_cohort(truth);
    stage->models[0] = scene_model("dnn1", stage->cohort, 1000, true);
    stage->models[1] = scene_model("dnn2", stage->cohort, 412, false);
    for (size_t i = 0; i < n_models; i++) {
        stage->entries[i] = (struct scene_model){
            .model = stage->models[i],
            .cohort = stage->cohort,
            .status = scene_status(stage->models[i], i ? FIT_RUNNING : FIT_DONE, 1000),
        };
    }
    static const struct scene_help help[] = {
        {"Data", "load", "read trial logs: CSV, plain or gzip"},
        {"Data", "simulate", "make a cohort that learns by a known rule or as a model"},
        {"Fit", "fit", "fit a rule to the open cohort in the background"},
        {"Keys at the prompt", "Up, Down, ^R", "lines typed before, search in them"},
    };
    stage->scene = (struct scene){.cohort = stage->cohort,
                                  .n_models = n_models,
                                  .models = stage->entries,
                                  .current = n_models ? 0 : -1,
                                  .help = help,
                                  .n_help = 4};
    stage_jobs(stage);
}

TAP_USED static void stage_strike(struct stage *stage)
{
    model_drop(stage->models[0]);
    model_drop(stage->models[1]);
    cohort_drop(stage->cohort);
    cohort_drop(stage->other);
}

/* "x=reward w_bias=.5": words without quotes. */
TAP_USED static struct args args_of(const char *text)
{
    struct args args = {0};
    char *copy = mem_text(text), *rest = NULL;
    for (char *word = strtok_r(copy, " ", &rest); word; word = strtok_r(NULL, " ", &rest)) {
        char *equal = strchr(word, '=');
        if (equal)
            *equal = '\0';
        args_set(&args, equal ? word : NULL, equal ? equal + 1 : word, 1);
    }
    free(copy);
    return args;
}

TAP_USED static bool configure(struct view *view, const char *text, struct err *err)
{
    struct args args = args_of(text);
    bool fine = view_configure(view, &args, err);
    args_free(&args);
    return fine;
}

TAP_USED static struct view *open_with(const char *name, const char *text)
{
    struct args args = args_of(text);
    struct view *view = view_open(view_find(name), &args, NULL);
    args_free(&args);
    return view;
}

TAP_USED static const char *ask(struct view *view, const char *key, struct strbuf *out)
{
    strbuf_reset(out);
    return view_key(view, key, out) ? strbuf_text(out) : "not a key";
}

TAP_USED static const char *words(struct view *view, struct strbuf *out)
{
    strbuf_reset(out);
    view_describe(view, out);
    return strbuf_text(out);
}

/* The view in a frame, as a tile has it. */
TAP_USED static void add_picture(struct view *view, int width, int height,
                                 const struct style *style, struct strbuf *out)
{
    struct canvas canvas;
    struct rect area = {0, 0, width, height};
    canvas_init(&canvas, width, height);
    bool framed = width > 4 && height > 4;
    struct rect inside = {1, 1, width - 2, height - 2};
    view_draw(view, &canvas, framed ? inside : area, style);
    if (framed) {
        struct strbuf title = {0};
        view_title(view, &title);
        canvas_frame(&canvas, area, strbuf_text(&title), style);
        strbuf_free(&title);
    }
    strbuf_printf(out, "== %dx%d\n", width, height);
    canvas_emit(&canvas, style, out);
    canvas_free(&canvas);
}

#endif
