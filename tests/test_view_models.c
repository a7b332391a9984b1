/* Views: models that move on, come from a file or belong to another cohort; what is
 * computed beside the main thread. */
#include <poll.h>

#include "view_stage.h"

static void test_news(void)
{
    struct stage stage;
    struct strbuf out = {0};
    stage_set(&stage, false, 1);
    stage.entries[0].status = scene_status(stage.models[0], FIT_RUNNING, 2000);
    struct view *loss = open_with("loss", ""), *map = open_with("map", "");
    view_update(loss, &stage.scene, NULL);
    tap_is_text(words(loss, &out),
                "dnn1: train .5001, held out .5070 nats/trial after 1000 of 2000 epochs, level; "
                "chance .6931.",
                "loss says where a running fit is");
    view_update(map, &stage.scene, NULL);
    double lost = model_loss(stage.models[0], stage.cohort, NULL, NULL);
    tap_ok(isfinite(lost), "the scene's model is a model");
    /* another snapshot with other parameters, and the fit is over */
    struct model *later = scene_model("dnn1", stage.cohort, 2000, true);
    later->theta[0] *= 4;
    stage.entries[0].model = later;
    stage.entries[0].status = scene_status(later, FIT_DONE, 2000);
    char *old = mem_text(words(map, &out));
    view_update(map, &stage.scene, NULL);
    const char *fresh = words(map, &out);
    tap_ok(strcmp(old, fresh) != 0, "the map follows: %s", fresh);
    model_drop(later);
    stage.entries[0].model = stage.models[0];
    view_update(map, &stage.scene, NULL);
    free(old);
    view_close(loss);
    view_close(map);
    strbuf_free(&out);
    stage_strike(&stage);
}

/* Opened from a file: swept over what is loaded, or drawn without trials. */
static void test_opened(void)
{
    struct stage stage;
    struct strbuf out = {0};
    struct err err = {0};
    stage_set(&stage, false, 1);
    struct model *bare = scene_model("old", NULL, 0, false);
    stage.entries[0] =
        (struct scene_model){.model = bare, .status = scene_status(bare, FIT_OPENED, 0)};
    static const char *const names[] = {"map", "slice", "weights", "accuracy"};
    for (size_t i = 0; i < 4; i++) {
        struct view *view = open_with(names[i], "");
        tap_ok(view_update(view, &stage.scene, &err), "%s of an opened model %s", names[i],
               err.message);
        view_close(view);
    }
    struct view *view = open_with("loss", "");
    tap_ok(!view_update(view, &stage.scene, &err), "no loss of parameters alone");
    tap_ok(strstr(err.message, "no history"), "and it is said: %s", err.message);
    view_close(view);
    stage.scene.cohort = NULL;
    view = open_with("map", "");
    err_clear(&err);
    tap_ok(view_update(view, &stage.scene, &err), "a map needs no trials %s", err.message);
    const char *said = words(view, &out);
    tap_ok(strstr(said, "largest"), "it is painted: %s", said);
    view_close(view);
    view = open_with("weights", "");
    tap_ok(!view_update(view, &stage.scene, &err), "weights do");
    view_close(view);
    model_drop(bare);
    strbuf_free(&out);
    stage_strike(&stage);
}

/* Fitted to a cohort that is not the one loaded now. */
static void test_foreign(void)
{
    struct stage stage;
    struct strbuf out = {0};
    stage_set(&stage, false, 1);
    stage.other = scene_cohort(true);
    stage.scene.cohort = stage.other;
    struct view *view = open_with("map", "");
    view_update(view, &stage.scene, NULL);
    view_title(view, &out);
    tap_ok(strstr(strbuf_text(&out), "dnn1 on mice.csv.gz"), "the title names the cohort: %s",
           strbuf_text(&out));
    view_close(view);
    view = open_with("accuracy", "");
    tap_ok(view_update(view, &stage.scene, NULL), "accuracy shows the loaded cohort");
    tap_ok(!strstr(words(view, &out), "expects"), "without a foreign model's expectation");
    view_close(view);
    strbuf_free(&out);
    stage_strike(&stage);
}

/* Words of a view made in a row, for comparison. */
static char *words_at_once(const char *name, const char *options, const struct scene *scene)
{
    struct view *view = open_with(name, options);
    struct strbuf out = {0};
    view_update(view, scene, NULL);
    view_describe(view, &out);
    view_close(view);
    return strbuf_take(&out);
}

static void wait_for(struct view *view, const struct wake *wake)
{
    while (view_waits(view)) {
        struct pollfd p = {wake->fd, POLLIN, 0};
        poll(&p, 1, 60000);
        wake_drain(wake);
    }
}

/* The table of models stands at once; what takes time in it follows. */
static void test_models_later(struct jobs *jobs, struct wake *wake)
{
    const struct style style = {.ascii = true};
    struct stage stage;
    struct strbuf first = {0}, then = {0}, whole = {0};
    stage_set(&stage, true, 2);
    struct view *view = open_with("models", ""), *at_once = open_with("models", "");
    tap_ok(view_update_later(view, jobs, &stage.scene, NULL), "models are listed at once");
    view_print(view, 100, &style, &first);
    wait_for(view, wake);
    view_print(view, 100, &style, &then);
    view_update(at_once, &stage.scene, NULL);
    view_print(at_once, 100, &style, &whole);
    tap_ok(strcmp(first.text, whole.text) != 0, "  without R2");
    tap_is_text(then.text, whole.text, "  which follows");
    view_update_later(view, jobs, &stage.scene, NULL);
    tap_ok(!view_waits(view), "  and is not computed again");
    view_close(view), view_close(at_once);
    strbuf_free(&first), strbuf_free(&then), strbuf_free(&whole);
    stage_strike(&stage);
}

/* Beside the main thread: the same numbers, the newest wish, no half of one. */
/* Twenty wishes, of which the last counts: the other options. */
static void wish_often(struct view *view, struct jobs *jobs, const struct scene *scene,
                       const char *other)
{
    const char *name = view_ops_of(view)->name;
    for (int j = 0; j < 20; j++) {
        struct args args = args_of(j % 2 ? other : "");
        struct view *fresh = open_with(name, j % 2 ? other : "");
        view_configure(view, &args, NULL);
        view_update_later(view, jobs, scene, NULL);
        view_update_later(fresh, jobs, scene, NULL);
        view_close(fresh); /* with a job under way */
        args_free(&args);
    }
}

static void test_later(void)
{
    static const struct {
        const char *name, *other;
    } cases[] = {
        {"map", "reward=0"}, {"slice", "reward=0"}, {"weights", "2"}, {"accuracy", "bin=200"}};
    struct wake wake;
    struct stage stage;
    stage_set(&stage, true, 1);
    wake_open(&wake, NULL);
    struct jobs *jobs = jobs_new(&wake);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *name = cases[i].name;
        struct view *view = open_with(name, "");
        struct strbuf out = {0};
        struct args other = args_of(cases[i].other);
        struct err err = {0};
        char *first = words_at_once(name, "", &stage.scene);
        char *second = words_at_once(name, cases[i].other, &stage.scene);
        tap_ok(!view_update_later(view, jobs, &stage.scene, &err) &&
                   strstr(err.message, "computing"),
               "%s is being computed at first: %s", name, err.message);
        wait_for(view, &wake);
        tap_is_text(words(view, &out), first, "  then the same as at once");
        view_configure(view, &other, NULL);
        tap_ok(view_update_later(view, jobs, &stage.scene, NULL),
               "  and stays while another is computed");
        tap_ok(view_waits(view) || strcmp(words(view, &out), second) == 0, "  which is under way");
        wait_for(view, &wake);
        tap_is_text(words(view, &out), second, "  then it is the other");
        wish_often(view, jobs, &stage.scene, cases[i].other);
        wait_for(view, &wake);
        tap_is_text(words(view, &out), second, "  also after many wishes");
        view_update_later(view, jobs, &stage.scene, NULL);
        view_update(view, &stage.scene, NULL);
        tap_is_text(words(view, &out), second, "  and at once again");
        view_close(view);
        args_free(&other);
        strbuf_free(&out);
        free(first);
        free(second);
    }
    test_models_later(jobs, &wake);
    jobs_free(jobs);
    wake_close(&wake);
    stage_strike(&stage);
}

/* A picture of the truth is no model's: neither its name nor its agreement is there. */
static void test_truth_alone(const char *name)
{
    struct stage stage;
    struct strbuf out = {0};
    stage_set(&stage, true, 1);
    struct view *view = open_with(name, "diff=no");
    view_update(view, &stage.scene, NULL);
    view_title(view, &out);
    tap_ok(strstr(strbuf_text(&out), "dnn1") && strstr(out.text, "R²"),
           "%s: the fit's title names it: %s", name, out.text);
    configure(view, "diff=true", NULL);
    tap_ok(view_update(view, &stage.scene, NULL), "%s: the truth", name);
    strbuf_reset(&out);
    view_title(view, &out);
    tap_ok(!strstr(strbuf_text(&out), "dnn1") && !strstr(out.text, "R²"),
           "%s: the truth's does not: %s", name, out.text);
    words(view, &out);
    tap_ok(!strstr(strbuf_text(&out), "dnn1") && !strstr(out.text, "R2") &&
               strstr(out.text, "the rule that made "),
           "%s: nor do its words: %s", name, out.text);
    strbuf_reset(&out);
    view_fields(view, &out);
    tap_ok(strstr(out.text, "\"model\":null") && strstr(out.text, "\"r2\":null"),
           "%s: nor its fields", name);
    view_close(view);
    strbuf_free(&out);
    stage_strike(&stage);
}

int main(void)
{
    test_truth_alone("map");
    test_truth_alone("slice");
    /* the same bits on every machine */
    setenv("DELTAW_ENGINE", "double", 1);
    test_news();
    test_opened();
    test_foreign();
    test_later();
    return tap_done();
}
