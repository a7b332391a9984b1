/* Views: keys, the cross-hair, the lists of fits and models, help. */
#include "view_stage.h"

static void test_map_keys(void)
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
    strbuf_free(&out);
    stage_strike(&stage);
}

static void test_keys(void)
{
    struct stage stage;
    struct strbuf out = {0};
    stage_set(&stage, true, 1);
    struct view *view = open_with("weights", "m02");
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

/* Two fits of a group, one of them queued and no model yet, and a third in the queue. */
static void test_queue(struct stage *stage)
{
    const struct scene_group cv = {
        "cv", {.n = 140, .queued = 102, .running = 1, .done = 37, .seconds_left = 120}};
    const struct fit_status queued = {
        .state = FIT_QUEUED, .epochs = 50, .train = NAN, .held_out = NAN, .seconds_left = NAN};
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

/* The table of animals: rows, order, clicks. */
static void test_animals(void)
{
    struct stage stage;
    struct strbuf out = {0};
    struct style style = {.colours = 256};
    struct rect area = {0, 0, 60, 10};
    struct canvas canvas;
    stage_set(&stage, true, 0);
    struct view *view = open_with("animals", "");
    tap_ok(view_update(view, &stage.scene, NULL), "animals need no model");
    words(view, &out);
    tap_ok(strstr(strbuf_text(&out), " animals, ") && strstr(out.text, " % correct."),
           "how many, and how well: %s", out.text);
    const char *first = stage.cohort->animals[0].name, *second = stage.cohort->animals[1].name;
    char *want = mem_printf("animals row=%s", second), *open = mem_printf("animals open=%s", first);
    tap_is_text(ask(view, "down", &out), want, "down goes to the second");
    tap_is_text(ask(view, "enter", &out), open, "Enter opens the first");
    tap_is_text(ask(view, "o", &out), "animals sort=animal", "o orders them");
    canvas_init(&canvas, 60, 10);
    view_draw(view, &canvas, area, &style);
    strbuf_reset(&out);
    tap_ok(view_click(view, area, &style, 5, 2, &out), "a click is taken");
    tap_is_text(strbuf_text(&out), want, "and moves to that row");
    strbuf_reset(&out);
    view_click(view, area, &style, 5, 1, &out);
    tap_is_text(strbuf_text(&out), open, "on the row of the cursor it opens");
    strbuf_reset(&out);
    tap_ok(!view_click(view, area, &style, 5, 0, &out) &&
               !view_click(view, area, &style, 5, 9, &out),
           "on the heads and below the rows it is nothing");
    tap_ok(configure(view, "sort=correct", NULL) && view_update(view, &stage.scene, NULL),
           "sorted");
    struct table table = {0};
    view_table(view, &table);
    bool falls = table.n_rows == stage.cohort->n_animals;
    for (size_t i = 1; i < table.n_rows; i++)
        falls = falls && table.cells[i * table.n_columns + 3].number <=
                             table.cells[(i - 1) * table.n_columns + 3].number;
    tap_ok(falls, "from the best to the worst");
    table_free(&table);
    free(want), free(open);
    canvas_free(&canvas);
    view_close(view);
    strbuf_free(&out);
    stage_strike(&stage);
}

static void test_model_tables(const struct stage *stage)
{
    struct strbuf out = {0};
    struct table narrow = {0}, wide = {0};
    view_models_table(&stage->scene, "loss", &narrow);
    view_models_table(&stage->scene, "age", &wide);
    table_print(&narrow, 40, &out);
    tap_ok(strncmp(out.text, "name     rule  state", 20) == 0 &&
               strcmp(narrow.cells[0].text, "dnn2") == 0 && wide.n_columns == 11 &&
               strcmp(wide.cells[0].text, "dnn1") == 0,
           "the table of a narrow screen has what matters, the one for programs all");
    table_free(&narrow);
    table_free(&wide);
    strbuf_free(&out);
}

/* Keys of the lists act on the row with the cursor. */
static void test_models(void)
{
    struct stage stage;
    struct strbuf out = {0};
    stage_set(&stage, true, 2);
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
    stage.entries[1].status.train = .4;
    configure(view, "sort=loss", NULL);
    view_update(view, &stage.scene, NULL);
    tap_is_text(ask(view, "up", &out), "models row=dnn2", "so that the better is above");
    test_model_tables(&stage);
    view_close(view);
    strbuf_free(&out);
    stage_strike(&stage);
}

static void test_jobs(void)
{
    struct stage stage;
    struct strbuf out = {0};
    stage_set(&stage, true, 2);
    stage.entries[1].status.seconds_left = 7.6;
    stage_jobs(&stage);
    struct view *view = open_with("jobs", "");
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
    free(up);
    view_close(view);
    strbuf_free(&out);
    stage_strike(&stage);
}

static void test_cross_asked(void)
{
    struct stage stage;
    struct strbuf out = {0};
    stage_set(&stage, false, 1);
    struct view *view = open_with("map", "yrange=0,4 ny=4");
    view_update(view, &stage.scene, NULL);
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
    view_close(view);
    strbuf_free(&out);
    stage_strike(&stage);
}

int main(void)
{
    /* the same bits on every machine */
    setenv("DELTAW_ENGINE", "double", 1);
    test_map_keys();
    test_keys();
    test_animals();
    test_models();
    test_jobs();
    test_help();
    test_cross();
    test_cross_asked();
    return tap_done();
}
