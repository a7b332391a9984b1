/* Views: pictures against golden files, options, keys, words, tables.
 * UPDATE_GOLDEN=1 in the environment writes the golden files anew. */

#include <poll.h>

#include "deltaw/base/outfile.h"
#include "deltaw/draw/figure.h"
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
static void stage_jobs(struct stage *stage)
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
static void stage_set(struct stage *stage, bool truth, size_t n_models)
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

static void stage_strike(struct stage *stage)
{
    model_drop(stage->models[0]);
    model_drop(stage->models[1]);
    cohort_drop(stage->cohort);
    cohort_drop(stage->other);
}

/* "x=reward w_bias=.5": words without quotes. */
static struct args args_of(const char *text)
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

static bool configure(struct view *view, const char *text, struct err *err)
{
    struct args args = args_of(text);
    bool fine = view_configure(view, &args, err);
    args_free(&args);
    return fine;
}

static struct view *open_with(const char *name, const char *text)
{
    struct args args = args_of(text);
    struct view *view = view_open(view_find(name), &args, NULL);
    args_free(&args);
    return view;
}

static const char *ask(struct view *view, const char *key, struct strbuf *out)
{
    strbuf_reset(out);
    return view_key(view, key, out) ? strbuf_text(out) : "not a key";
}

static const char *words(struct view *view, struct strbuf *out)
{
    strbuf_reset(out);
    view_describe(view, out);
    return strbuf_text(out);
}

/* The view in a frame, as a tile has it. */
static void add_picture(struct view *view, int width, int height, const struct style *style,
                        struct strbuf *out)
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

static char *read_golden(const char *path)
{
    FILE *file = fopen(path, "r");
    if (!file)
        return NULL;
    struct strbuf text = {0};
    char segment[4096];
    size_t n;
    while ((n = fread(segment, 1, sizeof segment, file)) > 0)
        strbuf_add(&text, segment, n);
    fclose(file);
    return strbuf_take(&text);
}

static void check_golden(const char *name, const char *got)
{
    const char *top = getenv("srcdir");
    const char *update = getenv("UPDATE_GOLDEN");
    char *path = mem_printf("%s/tests/golden/%s.txt", top ? top : ".", name);
    if (update && *update) {
        struct err err = {0};
        tap_ok(outfile_write(path, got, strlen(got), &err), "%s written %s", name, err.message);
    } else {
        char *want = read_golden(path);
        tap_is_text(got, want, "%s is as in its golden file", name);
        free(want);
    }
    free(path);
}

static void golden(const char *name, struct view *view)
{
    static const int sizes[][2] = {{100, 30}, {78, 20}, {57, 14}, {40, 12}, {30, 8},
                                   {20, 6},   {12, 4},  {5, 5},   {3, 2},   {1, 1}};
    for (int ascii = 0; ascii < 2; ascii++) {
        struct style style = {.ascii = ascii, .colours = 0, .dark = true};
        struct strbuf out = {0};
        for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
            add_picture(view, sizes[i][0], sizes[i][1], &style, &out);
        strbuf_puts(&out, "== printed\n");
        view_print(view, 80, &style, &out);
        char *file = mem_printf("view-%s-%s", name, ascii ? "ascii" : "utf8");
        check_golden(file, strbuf_text(&out));
        bool plain = true;
        for (size_t i = 0; i < out.len; i++)
            plain = plain && (unsigned char)out.text[i] < 128;
        tap_ok(!ascii || plain, "%s has 7-bit characters only where it must", file);
        free(file);
        strbuf_free(&out);
    }
}

static void test_pictures(void)
{
    static const struct {
        const char *name, *view, *options;
        bool truth;
        size_t n_models;
    } cases[] = {
        {"loss", "loss", "", false, 1},
        {"loss-two", "loss", "", false, 2},
        {"loss-log", "loss", "log=yes from=100", false, 1},
        {"loss-all", "loss", "model=all log=yes", false, 2},
        {"map", "map", "", false, 1},
        {"map-reward", "map", "x=reward", false, 1},
        {"map-truth", "map", "diff=yes w_bias=0", true, 1},
        {"map-weights", "map", "x=w_bias reward=1 support=0", false, 1},
        {"slice", "slice", "", false, 1},
        {"slice-truth", "slice", "w=0,2", true, 1},
        {"slice-past", "slice", "w=0,2 past=both reward=1 lags=2", true, 1},
        {"weights", "weights", "", false, 1},
        {"weights-truth", "weights", "m02", true, 1},
        {"accuracy", "accuracy", "", false, 1},
        {"accuracy-animal", "accuracy", "animal=2 bin=200", false, 0},
        {"psychometric", "psychometric", "", false, 1},
        {"psychometric-animal", "psychometric", "m02 sessions=1,2..3,all", true, 0},
        {"jobs", "jobs", "", false, 2},
        {"models", "models", "", true, 2},
        {"help", "help", "", false, 0},
        {"empty", "map", "", false, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct stage stage;
        stage_set(&stage, cases[i].truth, cases[i].n_models);
        struct view *view = open_with(cases[i].view, cases[i].options);
        view_update(view, &stage.scene, NULL);
        golden(cases[i].name, view);
        view_close(view);
        stage_strike(&stage);
    }
}

static void test_colours(void)
{
    static const int counts[] = {8, 16, 256};
    struct stage stage;
    stage_set(&stage, false, 1);
    for (size_t v = 0; view_at(v); v++) {
        struct view *view = view_open(view_at(v), NULL, NULL);
        view_update(view, &stage.scene, NULL);
        for (size_t i = 0; i < 3; i++) {
            struct style style = {.colours = counts[i], .dark = i & 1};
            struct strbuf out = {0};
            view_print(view, 60, &style, &out);
            tap_ok(strstr(strbuf_text(&out), "\033["), "%s uses colour where there are %d",
                   view_at(v)->name, counts[i]);
            strbuf_free(&out);
        }
        view_close(view);
    }
    stage_strike(&stage);
}

static void test_empty(void)
{
    struct scene nothing = {.current = -1};
    struct strbuf out = {0};
    struct err err;
    for (size_t i = 0; view_at(i); i++) {
        const char *name = view_at(i)->name;
        struct view *view = view_open(view_at(i), NULL, NULL);
        err_clear(&err);
        if (strcmp(name, "help") == 0) { /* it is there always */
            tap_ok(view_update(view, &nothing, &err), "help there is always");
            view_close(view);
            continue;
        }
        tap_ok(!view_update(view, &nothing, &err), "%s has nothing to show of nothing", name);
        tap_ok(strstr(err.message, "load FILE") != NULL, "%s says what to do: %s", name,
               err.message);
        tap_is_text(words(view, &out), err.message, "%s describes the reason", name);
        tap_is_text(ask(view, "e", &out), "not a key", "%s takes no keys then", name);
        struct table table = {0};
        view_table(view, &table);
        tap_ok(table.n_rows == 0, "%s exports no rows then", name);
        table_free(&table);
        view_close(view);
    }
    struct stage stage;
    stage_set(&stage, false, 0);
    struct view *view = open_with("loss", "");
    err_clear(&err);
    view_update(view, &stage.scene, &err);
    tap_is_text(err.message, "no fit yet; start one with `fit dnn`", "loss of no fit says so");
    view_close(view);
    stage_strike(&stage);
    strbuf_free(&out);
}

static void test_refusals(void)
{
    static const struct {
        const char *view, *options, *part;
    } cases[] = {
        {"map", "x=reward reward=1", "reward is on an axis"},
        {"map", "x=w_stim y=w_stim", "both w_stim"},
        {"map", "past=both", "past"},
        {"map", "of=reward", "not a weight"},
        {"map", "lags=11", "lags"},
        {"slice", "past=never", "past"},
        {"slice", "lags=0", "lags"},
        {"slice", "reward=.5", "0 or 1"},
        {"map", "reward=.5", "0 or 1"},
        {"map", "range=0", "range"},
        {"map", "range=-1", "range"},
        {"map", "xrange=1", "LO,HI"},
        {"map", "yrange=2,1", "LO,HI"},
        {"map", "dnn1", "model=dnn1"},
        {"map", "nx=1", "nx"},
        {"slice", "w=1,x", "w="},
        {"slice", "w=1,2,3,4,5,6,7,8,9", "w="},
        {"slice", "stimulus=1", "x axis"},
        {"accuracy", "bin=0", "bin"},
        {"accuracy", "bin=-5", "bin"},
        {"weights", "m01 animal=m02", "twice"},
        {"loss", "log=maybe", "log"},
        {"psychometric", "sessions=0", "sessions=0 must be"},
        {"psychometric", "sessions=early,dawn", "sessions=early,dawn must be"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct err err = {0};
        struct view *view = open_with(cases[i].view, "");
        struct args before = args_of(cases[i].options);
        tap_ok(!configure(view, cases[i].options, &err), "%s %s is refused", cases[i].view,
               cases[i].options);
        tap_ok(err.code == ERR_USAGE && strstr(err.message, cases[i].part),
               "%s %s: the message names '%s': %s", cases[i].view, cases[i].options, cases[i].part,
               err.message);
        args_free(&before);
        view_close(view);
    }
}

/* Names that exist or not are known only with a scene. */
static void test_names(void)
{
    static const struct {
        const char *view, *options, *part;
    } cases[] = {
        {"loss", "model=dnn3", "did you mean"},
        {"map", "model=zebra", "models"},
        {"weights", "m99", "m"},
        {"weights", "7", "m"},
        {"accuracy", "animal=0", "animal"},
        {"psychometric", "m02 m99", "no animal 'm99'"},
        {"psychometric", "model=dnn7", "did you mean"},
        {"psychometric", "sessions=9", "has no session 9; the most of one animal is 8"},
        {"map", "diff=true", "diff=no"},
        {"slice", "diff=yes", "diff=no"},
        {"map", "of=w_foo", "of=w_foo is not a weight; the model has w_stim, w_bias"},
        {"slice", "x=w_foo", "x=w_foo is not a variable"},
        {"map", "x=stimlus", "did you mean stimulus"},
        {"slice", "x=left", "x=left is not a variable"},
        {"map", "w_left=1", "w_left=visited"},
        {"map", "colour=1", "no option 'colour'; it takes"},
        {"map", "rang=1", "did you mean 'range'"},
    };
    struct stage stage;
    stage_set(&stage, false, 1);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct err err = {0};
        struct view *view = open_with(cases[i].view, cases[i].options);
        tap_ok(view && !view_update(view, &stage.scene, &err), "%s %s is not there", cases[i].view,
               cases[i].options);
        tap_ok(strstr(err.message, cases[i].part), "%s %s: %s", cases[i].view, cases[i].options,
               err.message);
        tap_ok(strncmp(err.message, "map: ", 5) != 0 && strncmp(err.message, "slice: ", 7) != 0,
               "the view is not named twice");
        view_close(view);
    }
    stage_strike(&stage);
}

static void test_configure(void)
{
    struct stage stage;
    struct strbuf out = {0};
    struct err err = {0};
    stage_set(&stage, false, 1);
    struct view *view = open_with("map", "reward=1");
    configure(view, "w_bias=.5", NULL);
    view_update(view, &stage.scene, NULL);
    view_title(view, &out);
    tap_is_text(strbuf_text(&out),
                "Δw_stim per trial · w × stimulus · w_bias .5 · reward 1 · dnn1 · "
                "right = 1, positive",
                "new arguments lie over the kept ones");
    tap_ok(configure(view, "x=reward", &err), "an axis displaces a value kept for it");
    tap_ok(view_update(view, &stage.scene, NULL), "and the map is made");
    tap_ok(!configure(view, "w_bias=.25 y=w_bias", NULL), "what is fixed and on an axis at once");
    strbuf_reset(&out);
    view_title(view, &out);
    tap_is_text(strbuf_text(&out),
                "Δw_stim per trial · w × reward · w_bias .5 · dnn1 · "
                "right = 1, positive",
                "a refused change changes nothing");
    view_close(view);

    view = open_with("weights", "m02");
    configure(view, "model=dnn1", NULL);
    view_update(view, &stage.scene, NULL);
    tap_ok(strncmp(words(view, &out), "m02,", 4) == 0, "weights keeps its animal");
    tap_ok(configure(view, "animal=3", NULL), "animal= displaces the one by place");
    view_update(view, &stage.scene, NULL);
    tap_ok(strncmp(words(view, &out), "m03 (held out),", 15) == 0, "and is shown");
    tap_ok(configure(view, "1", NULL), "and the other way round");
    view_update(view, &stage.scene, NULL);
    tap_ok(strncmp(words(view, &out), "m01,", 4) == 0, "by number too");
    view_close(view);
    strbuf_free(&out);
    stage_strike(&stage);
}

static void test_keys(void)
{
    struct stage stage;
    struct strbuf out = {0};
    stage_set(&stage, true, 1);
    struct view *view = open_with("map", "");
    view_update(view, &stage.scene, NULL);
    tap_is_text(ask(view, "]", &out), "map w_bias=-1", "] fixes the bias");
    tap_is_text(ask(view, "[", &out), "", "[ has nowhere to go");
    configure(view, "w_bias=-1", NULL);
    tap_is_text(ask(view, "[", &out), "map w_bias=visited", "[ lets the bias go");
    tap_is_text(ask(view, "]", &out), "map w_bias=-.5", "] goes on in halves");
    configure(view, "w_bias=.3", NULL);
    tap_is_text(ask(view, "]", &out), "map w_bias=.5", "] finds the next half");
    tap_is_text(ask(view, "[", &out), "map w_bias=0", "[ finds the half before");
    configure(view, "w_bias=visited", NULL);
    tap_is_text(ask(view, "c", &out), "map reward=1", "c shows correct alone");
    configure(view, "reward=1", NULL);
    tap_is_text(ask(view, "c", &out), "map reward=0", "then error");
    configure(view, "reward=0", NULL);
    tap_is_text(ask(view, "c", &out), "map reward=both", "then both");
    tap_is_text(ask(view, "d", &out), "map diff=true", "d shows the truth");
    configure(view, "diff=true", NULL);
    tap_is_text(ask(view, "d", &out), "map diff=yes", "then the difference");
    tap_is_text(ask(view, "z", &out), "zoom map", "z zooms");
    tap_is_text(ask(view, "}", &out), "map past=rewarded", "} goes to the rewarded past");
    tap_is_text(ask(view, "{", &out), "map past=unrewarded", "{ goes round to the other end");
    configure(view, "past=unrewarded lags=2", NULL);
    tap_is_text(ask(view, "}", &out), "map past=any", "} goes back to any past");
    tap_is_text(ask(view, "s", &out), "slice w=0 past=unrewarded lags=2", "s takes the past along");
    const char *export = ask(view, "e", &out);
    tap_ok(strncmp(export, "export map map-20", 17) == 0, "e exports: %s", export);
    tap_is_text(ask(view, "q", &out), "not a key", "other keys are left to the host");
    view_close(view);

    view = open_with("map", "range=.02");
    view_update(view, &stage.scene, NULL);
    tap_is_text(ask(view, "+", &out), "map range=0.03", "+ widens the colours");
    tap_is_text(ask(view, "-", &out), "map range=0.015", "- narrows them");
    tap_is_text(ask(view, "0", &out), "map range=auto", "0 sets them free");
    view_close(view);

    view = open_with("weights", "m02");
    view_update(view, &stage.scene, NULL);
    tap_is_text(ask(view, "]", &out), "weights m03", "] goes to the next animal");
    tap_is_text(ask(view, "[", &out), "weights m01", "[ to the one before");
    view_close(view);

    view = open_with("loss", "");
    view_update(view, &stage.scene, NULL);
    tap_is_text(ask(view, "a", &out), "loss model=all", "a shows the losses of all models");
    configure(view, "model=all", NULL);
    view_update(view, &stage.scene, NULL);
    tap_is_text(ask(view, "a", &out), "loss model=auto", "and of the one in use again");
    tap_is_text(ask(view, "l", &out), "loss log=yes", "l makes the axis logarithmic");
    tap_is_text(ask(view, "f", &out), "loss from=500", "f leaves out the first half");
    view_close(view);

    view = open_with("psychometric", "");
    view_update(view, &stage.scene, NULL);
    tap_is_text(ask(view, "[", &out), "", "[ has none before all animals");
    tap_is_text(ask(view, "]", &out), "psychometric m01", "] goes to the first animal");
    tap_is_text(ask(view, "}", &out), "psychometric sessions=1", "} to the first session");
    tap_is_text(ask(view, "c", &out), "psychometric sessions=all", "c takes all as one");
    configure(view, "m01 sessions=8", NULL);
    tap_ok(!view_update(view, &stage.scene, NULL), "m01 has no session 8");
    tap_is_text(ask(view, "[", &out), "psychometric all", "[ goes back to all nevertheless");
    configure(view, "m03", NULL);
    view_update(view, &stage.scene, NULL);
    tap_is_text(ask(view, "}", &out), "", "} ends at the last session");
    tap_is_text(ask(view, "{", &out), "psychometric sessions=7", "{ goes back");
    tap_is_text(ask(view, "c", &out), "psychometric sessions=early,late", "c begins anew");
    view_close(view);
    strbuf_free(&out);
    stage_strike(&stage);
}

/* The cross-hair's line, the last of a picture without a frame. */
static char *read_out(struct view *view)
{
    struct canvas canvas;
    struct strbuf out = {0};
    struct style style = {.ascii = true};
    canvas_init(&canvas, 76, 20);
    view_draw(view, &canvas, (struct rect){0, 0, 76, 20}, &style);
    canvas_emit(&canvas, &style, &out);
    canvas_free(&canvas);
    strbuf_cut(&out, out.len > 0 ? out.len - 1 : 0);
    char *line = strrchr(strbuf_text(&out), '\n');
    char *copy = mem_text(line ? line + 1 : "");
    strbuf_free(&out);
    return copy;
}

/* A key, and what it says is done. */
static void press(struct view *view, const char *key, struct strbuf *out)
{
    const char *command = ask(view, key, out);
    if (strncmp(command, "map ", 4) == 0)
        configure(view, command + 4, NULL);
}

/* Keys of the lists act on the row with the cursor. */
/* Two fits of a group, one of them queued and no model yet, and a third in the queue. */
static void test_queue(struct stage *stage)
{
    const struct scene_group cv = {
        "cv", {.n = 140, .queued = 102, .running = 1, .done = 37, .seconds_left = 120}};
    const struct fit_status queued = {
        .state = FIT_QUEUED, .epochs = 50, .train = NAN, .heldout = NAN, .seconds_left = NAN};
    struct strbuf out = {0};
    struct table table = {0};
    struct err err = {0};
    stage->jobs[0] = (struct scene_job){"f1", "cv", rule_find("dnn"), queued, -1};
    stage->jobs[1].group = "cv";
    stage->jobs[1].status.state = FIT_RUNNING;
    stage->jobs[2] = (struct scene_job){"f3", NULL, rule_find("rnn"), queued, -1};
    stage->scene.n_jobs = 3;
    stage->scene.groups = &cv;
    stage->scene.n_groups = 1;
    struct view *view = open_with("jobs", "");
    view_update(view, &stage->scene, NULL);
    tap_is_text(words(view, &out),
                "3 fits, 1 training, 2 queued, 0 over: cv 37 of 140 fits, 2 min to go; dnn2 412 of "
                "1000 epochs, loss .5004, 8 s to go.",
                "a group is told of as one");
    configure(view, "row=cv", NULL);
    tap_is_text(ask(view, "x", &out), "stop cv", "and stopped as one");
    tap_is_text(ask(view, "enter", &out), "", "but is no model to use");
    view_jobs_table(&stage->scene, true, &table);
    strbuf_reset(&out);
    table_print(&table, 80, &out);
    tap_ok(table.n_rows == 3 && table.cells[4].number == 37 && table.cells[5].number == 140 &&
               strstr(out.text, "  2 min\n") && !strstr(out.text, "group"),
           "people see the group, what trains of it, and other fits");
    table_free(&table);
    memset(&table, 0, sizeof table);
    view_jobs_table(&stage->scene, false, &table);
    tap_ok(table.n_rows == 3 && strcmp(table.cells[3].text, "queued") == 0 &&
               strcmp(table.cells[2].text, "cv") == 0,
           "machines get every fit");
    table_free(&table);
    memset(&table, 0, sizeof table);
    view_groups_table(&stage->scene, &table);
    tap_ok(table.n_rows == 1 && table.cells[5].number == 120, "and the groups, times in seconds");
    table_free(&table);
    view_close(view);
    view = open_with("map", "model=f3");
    tap_ok(!view_update(view, &stage->scene, &err) && strstr(err.message, "f3 is queued"),
           "no picture of what is queued: %s", err.message);
    view_close(view);
    stage->scene.n_groups = 0;
    stage_jobs(stage);
    strbuf_free(&out);
}

static void test_lists(void)
{
    struct stage stage;
    struct strbuf out = {0};
    stage_set(&stage, true, 2);
    stage.entries[1].status.seconds_left = 7.6;
    struct view *view = open_with("models", "");
    view_update(view, &stage.scene, NULL);
    tap_is_text(words(view, &out),
                "2 models, dnn1 in use; least training loss: dnn1, .5001 "
                "nats/trial.",
                "models says which is in use and which predicts best");
    tap_is_text(ask(view, "enter", &out), "use dnn1", "the cursor begins at the one in use");
    tap_is_text(ask(view, "down", &out), "models row=dnn2", "down moves it, as a command");
    configure(view, "row=dnn2", NULL);
    tap_is_text(ask(view, "enter", &out), "use dnn2", "Enter uses that one");
    tap_is_text(ask(view, "s", &out), "show dnn2", "s shows it");
    tap_is_text(ask(view, "down", &out), "", "the last row is the last");
    view_update(view, &stage.scene, NULL);
    tap_is_text(ask(view, "s", &out), "show dnn2", "news leave the cursor where it was");
    tap_is_text(ask(view, "home", &out), "models row=dnn1", "home goes to the first");
    configure(view, "row=dnn1", NULL);
    tap_is_text(ask(view, "s", &out), "show dnn1", "which is dnn1");
    tap_is_text(ask(view, "o", &out), "models sort=loss", "o orders them by loss");
    double loss = stage.entries[1].status.train;
    stage.entries[1].status.train = .4;
    configure(view, "sort=loss", NULL);
    view_update(view, &stage.scene, NULL);
    tap_is_text(ask(view, "up", &out), "models row=dnn2", "so that the better is above");
    struct table narrow = {0}, wide = {0};
    view_models_table(&stage.scene, "loss", &narrow);
    view_models_table(&stage.scene, "age", &wide);
    strbuf_reset(&out);
    table_print(&narrow, 40, &out);
    tap_ok(strncmp(out.text, "name     rule  state", 20) == 0 &&
               strcmp(narrow.cells[0].text, "dnn2") == 0 && wide.n_columns == 11 &&
               strcmp(wide.cells[0].text, "dnn1") == 0,
           "the table of a narrow screen has what matters, the one for programs all");
    table_free(&narrow);
    table_free(&wide);
    stage.entries[1].status.train = loss;
    view_close(view);

    stage_jobs(&stage);
    view = open_with("jobs", "");
    view_update(view, &stage.scene, NULL);
    tap_is_text(words(view, &out),
                "2 fits, 1 training, 1 over: dnn2 412 of 1000 epochs, loss "
                ".5004, 8 s to go.",
                "jobs says what trains");
    tap_is_text(ask(view, "space", &out), "", "what is over cannot be paused");
    configure(view, "row=dnn2", NULL);
    tap_is_text(ask(view, "space", &out), "pause dnn2", "Space pauses what trains");
    tap_is_text(ask(view, "x", &out), "stop dnn2", "x stops it");
    stage.entries[1].status.state = FIT_PAUSED;
    stage_jobs(&stage);
    view_update(view, &stage.scene, NULL);
    tap_is_text(ask(view, "space", &out), "resume dnn2", "Space resumes what is paused");
    struct table table = {0};
    view_jobs_table(&stage.scene, true, &table);
    tap_ok(table.n_rows == 2 && table.cells[table.n_columns + 4].number == 412,
           "the verb's table is the view's");
    table_free(&table);
    view_close(view);
    test_queue(&stage);
    strbuf_free(&out);
    stage_strike(&stage);
}

static void test_help(void)
{
    struct stage stage;
    struct strbuf out = {0}, first = {0};
    struct style style = {0};
    stage_set(&stage, false, 0);
    struct view *view = open_with("help", "");
    view_update(view, &stage.scene, NULL);
    tap_is_text(words(view, &out), "3 verbs, and the keys; `help VERB` explains one.",
                "help says what is in it");
    add_picture(view, 60, 12, &style, &first);
    tap_ok(strstr(first.text, "simulate      make a cohort") && !strstr(first.text, "tile models"),
           "the first page has the verbs");
    ask(view, "down", &out);
    strbuf_reset(&out);
    add_picture(view, 60, 12, &style, &out);
    tap_ok(strstr(out.text, "lines 2 to 11"), "down goes a line down: %.40s", out.text);
    ask(view, "end", &out);
    strbuf_reset(&out);
    add_picture(view, 60, 12, &style, &out);
    tap_ok(strstr(out.text, "Keys in the tile help") && strstr(out.text, "page back"),
           "end shows the last lines");
    ask(view, "home", &out);
    ask(view, "]", &out);
    strbuf_reset(&out);
    add_picture(view, 60, 12, &style, &out);
    tap_ok(strstr(out.text, "lines 6 to"), "] goes to the next group: %.40s", out.text);
    ask(view, "[", &out);
    strbuf_reset(&out);
    add_picture(view, 60, 12, &style, &out);
    tap_is_text(out.text, first.text, "[ and home are where it began");
    strbuf_free(&out);
    strbuf_free(&first);
    view_close(view);
    stage_strike(&stage);
}

static void test_cross(void)
{
    struct stage stage;
    struct strbuf out = {0};
    stage_set(&stage, false, 1);
    struct view *view = open_with("map", "yrange=0,4 ny=4");
    view_update(view, &stage.scene, NULL);
    free(read_out(view));
    for (int i = 0; i < 40; i++) {
        press(view, "left", &out);
        press(view, "down", &out);
    }
    char *corner = read_out(view);
    tap_ok(strstr(corner, "w .5  s -1  r 0"), "the cross-hair stops in the corner: %s", corner);
    /* relu terms are 1 - .5 - .125 at r = 0, s = -1, minus a quarter */
    tap_ok(strstr(corner, "dw +.0020"), "and reads the rule's value there");
    free(corner);
    for (int i = 0; i < 9; i++)
        press(view, "right", &out);
    char *next = read_out(view);
    tap_ok(strstr(next, "w .5  s -1  r 1"), "it goes from panel to panel: %s", next);
    free(next);
    press(view, "up", &out);
    char *up = read_out(view);
    tap_ok(strstr(up, "w 1.5  s -1  r 1"), "and up: %s", up);
    strbuf_reset(&out);
    view_describe(view, &out);
    tap_ok(strstr(out.text, "; cross-hair at w 1.5, s -1, r 1, Δw +"), "said in words: %s",
           out.text);
    configure(view, "x=w_bias", NULL);
    tap_ok(view_update(view, &stage.scene, NULL), "other axes let it go");
    configure(view, "x=stimulus cross=.99,1.6,1", NULL);
    view_update(view, &stage.scene, NULL);
    char *near = read_out(view);
    tap_ok(strstr(near, "w 1.5  s 1  r 1"), "a value goes to the nearest cell: %s", near);
    free(near);
    configure(view, "cross=-1,.5,0", NULL);
    configure(view, "cross=auto", NULL);
    char *most = read_out(view);
    tap_ok(strstr(most, "r 1") && !strstr(most, "from 0"),
           "auto lets it go to where most trials are: %s", most);
    free(most);
    static const char *const bad[] = {"cross=1", "cross=1,2,3", "cross=1,2,-1", "cross=a,b"};
    for (size_t i = 0; i < 4; i++) {
        struct err err = {0};
        tap_ok(!configure(view, bad[i], &err) && err.message[0], "%s is refused", bad[i]);
    }
    configure(view, "cross=-1,1.5,1", NULL);
    tap_is_text(ask(view, "s", &out), "slice w=1.5", "s is the slice through it");
    free(up);
    view_close(view);
    strbuf_free(&out);
    stage_strike(&stage);
}

static void test_tables(void)
{
    static const struct {
        const char *view, *options, *header;
        size_t n_rows;
    } cases[] = {
        {"loss", "", "epoch,seconds,train,heldout", 1001},
        {"loss", "model=dnn2", "epoch,seconds,train,heldout", 413},
        {"map", "", "panel,stimulus,w_stim,value,support", 0},
        {"weights", "", "subject,session,trial,p_right,w_stim,w_bias", 8434},
        {"psychometric", "", "subject,sessions,stimulus,n,p_right,lo,hi,model\nall,early,-1,", 18},
        {"psychometric", "m02 sessions=all", "subject,sessions,stimulus,n,p_right,lo,hi,model\nm02",
         9},
        {"jobs", "",
         "name,rule,group,state,epoch,of,loss,held_out,ms_per_epoch,seconds,seconds_left\n"
         "dnn1,dnn,,done,1000,1000,",
         2},
        {"models", "",
         "name,use,rule,policy,parameters,state,epochs,loss,held_out,cohort\ndnn1,1,dnn,"
         "stim+bias,",
         2},
        {"help", "", "group,name,text\nData,load,\"read trial logs: CSV, plain or gzip\"", 0},
        {"map", "w_bias=.5 reward=1 past=rewarded lags=2",
         "panel,stimulus,w_stim,value,support,se,lower,upper,reward,w_bias,lags,past\n,", 0},
        {"slice", "w_bias=.5 reward=1 past=rewarded w=1",
         "w_line,reward,past,stimulus,value,support,se,lower,upper,w_bias,lags\n1,1,rewarded,-1,",
         9},
        {"slice", "x=w_stim stimulus=.5", "reward,w_stim,value,support,se,lower,upper,stimulus\n",
         0},
        {"weights", "m04", "subject,session,trial,p_right,w_stim,w_bias", 1234},
    };
    struct stage stage;
    stage_set(&stage, false, 2);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct table table = {0};
        struct strbuf out = {0};
        struct view *view = open_with(cases[i].view, cases[i].options);
        view_update(view, &stage.scene, NULL);
        view_table(view, &table);
        table_csv(&table, &out);
        size_t n = strlen(cases[i].header);
        tap_ok(strncmp(strbuf_text(&out), cases[i].header, n) == 0, "%s %s exports %s",
               cases[i].view, cases[i].options, cases[i].header);
        tap_ok(cases[i].n_rows ? table.n_rows == cases[i].n_rows : table.n_rows > 40,
               "%s %s exports %zu rows", cases[i].view, cases[i].options, table.n_rows);
        strbuf_free(&out);
        table_free(&table);
        view_close(view);
    }
    stage_strike(&stage);
}

/* A picture's size must not change what is exported. */
static void test_export_size(void)
{
    struct stage stage;
    struct strbuf before = {0}, after = {0}, picture = {0};
    struct table table = {0};
    struct style style = {0};
    stage_set(&stage, false, 1);
    struct view *view = open_with("map", "");
    view_update(view, &stage.scene, NULL);
    view_table(view, &table);
    table_csv(&table, &before);
    table_free(&table);
    memset(&table, 0, sizeof table);
    add_picture(view, 33, 9, &style, &picture);
    view_table(view, &table);
    table_csv(&table, &after);
    tap_ok(before.len > 1000 && before.len == after.len &&
               memcmp(before.text, after.text, before.len) == 0,
           "the map's export is the same after a small picture");
    table_free(&table);
    strbuf_free(&before);
    strbuf_free(&after);
    strbuf_free(&picture);
    view_close(view);
    stage_strike(&stage);
}

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
        for (int j = 0; j < 20; j++) { /* the last of many is what counts */
            struct args args = args_of(j % 2 ? cases[i].other : "");
            struct view *fresh = open_with(name, j % 2 ? cases[i].other : "");
            view_configure(view, &args, NULL);
            view_update_later(view, jobs, &stage.scene, NULL);
            view_update_later(fresh, jobs, &stage.scene, NULL);
            view_close(fresh); /* with a job under way */
            args_free(&args);
        }
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

int main(void)
{
    /* the same bits on every machine */
    setenv("DELTAW_ENGINE", "double", 1);
    test_pictures();
    test_colours();
    test_empty();
    test_refusals();
    test_names();
    test_configure();
    test_keys();
    test_lists();
    test_help();
    test_cross();
    test_tables();
    test_export_size();
    test_news();
    test_colours_stand();
    test_axis_stands();
    test_losses();
    test_opened();
    test_foreign();
    test_later();
    return tap_done();
}
