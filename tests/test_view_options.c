/* Views: nothing to show, options that are refused, names, words of what is configured. */
#include "view_stage.h"

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
        const char *remedy = strcmp(name, "cv") == 0        ? "`cv static"
                             : strcmp(name, "recover") == 0 ? "`recover quick"
                             : strcmp(name, "compare") == 0 ? "`compare MODEL"
                             : strcmp(name, "loop") == 0    ? "`diagnose MODEL"
                                                            : "load FILE";
        tap_ok(strstr(err.message, remedy) != NULL, "%s says what to do: %s", name, err.message);
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
    tap_is_text(err.message, "no fit yet; start one with `fit gp` or `fit dnn`",
                "loss of no fit says so");
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
        {"psychometric", "m01 animal=m02", "twice"},
        {"animals", "sort=size", "sort"},
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
        {"psychometric", "animal=m02,m99", "no animal 'm99'"},
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

/* Its rows, as results come; the cursor knows them by three columns. */
static void test_recover(void)
{
    struct recover_plan plan = {.n_seeds = 2, .n_rules = 2};
    struct strbuf out = {0};
    recover_add_setting(&plan, "table5", false);
    plan.seeds = mem_copy((uint64_t[]){3, 4}, 2, sizeof *plan.seeds);
    plan.rules = mem_new(2, sizeof *plan.rules);
    plan.rules[0].words = mem_text("dnn"), plan.rules[1].words = mem_text("gp");
    struct recover *r = recover_new(&plan);
    struct scene scene = {.current = -1, .recover = r, .recover_changes = 1};
    struct view *view = open_with("recover", "");
    tap_ok(view_update(view, &scene, NULL), "a recovery is shown before it has results");
    view_title(view, &out);
    tap_ok(strstr(strbuf_text(&out), "0 of 12 fits done"), "which the title says: %s",
           strbuf_text(&out));
    struct recover_result result = {.value = {.0125, .04, .9}};
    recover_put(r, 1, &result);
    scene.recover_changes++;
    view_update(view, &scene, NULL);
    words(view, &out);
    tap_ok(strstr(strbuf_text(&out), "1 of 12 fits done."), "results are told as they come: %s",
           strbuf_text(&out));
    struct table table = {0};
    view_table(view, &table);
    tap_ok(table.n_rows == 9 && table.cells[table.n_columns + 3].number == .0125,
           "in the row of their case and rule");
    table_free(&table);
    tap_is_text(ask(view, "down", &out), "recover row=table5,\\ w_0\\ wrong\\ by\\ .5,\\ gp",
                "a key goes to a row of the same case");
    view_close(view);
    recover_free(r);
    strbuf_free(&out);
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

/* Nor of the gap between pasts at such points. */
static void test_unvisited_gap(void)
{
    struct stage stage;
    struct strbuf out = {0};
    stage_set(&stage, true, 1);
    struct view *view = open_with("slice", "w=1,9 past=both lags=1");
    view_update(view, &stage.scene, NULL);
    tap_ok(strstr(words(view, &out), "gap between the pasts at w 1:"),
           "the gap where animals were");
    words(view, &out);
    tap_ok(!strstr(strbuf_text(&out), "at w 9:"), "none where nobody was: %s", strbuf_text(&out));
    view_close(view);
    strbuf_free(&out);
    stage_strike(&stage);
}

/* A slice says nothing of points that no animal visited, though the rule has values there. */
static void test_unvisited(void)
{
    struct stage stage;
    struct strbuf out = {0};
    stage_set(&stage, true, 1);
    struct view *view = open_with("slice", "w=1,9");
    view_update(view, &stage.scene, NULL);
    words(view, &out);
    tap_ok(strstr(strbuf_text(&out), "; w 9 correct no data, error no data"),
           "no data where nobody was: %s", strbuf_text(&out));
    configure(view, "w=9", NULL);
    view_update(view, &stage.scene, NULL);
    words(view, &out);
    tap_ok(!strstr(strbuf_text(&out), " (at "), "and no places: %s", strbuf_text(&out));
    view_close(view);
    strbuf_free(&out);
    stage_strike(&stage);
}

int main(void)
{
    /* the same bits on every machine */
    setenv("DELTAW_ENGINE", "double", 1);
    test_empty();
    test_refusals();
    test_names();
    test_recover();
    test_configure();
    test_unvisited();
    test_unvisited_gap();
    return tap_done();
}
