/* A slice of several models: whose lines, which are refused, what is written. */
#include "deltaw/base/table.h"
#include "view_stage.h"

/* Two models of one policy, both with trials. */
static void set_two(struct stage *stage, bool truth)
{
    stage_set(stage, truth, 2);
    stage->models[1]->theta[0] *= 2;
    stage->entries[1].status = scene_status(stage->models[1], FIT_DONE, 412);
    stage_jobs(stage);
}

static bool configure_for(struct view *view, const char *text, const struct stage *stage,
                          struct err *err)
{
    struct args args = args_of(text);
    *err = (struct err){0};
    bool fine = view_request(view, &args, &stage->scene, err);
    args_free(&args);
    return fine;
}

static size_t count(const char *text, const char *part)
{
    size_t n = 0;
    for (const char *at = text; (at = strstr(at, part)); at += strlen(part))
        n++;
    return n;
}

static size_t rows_of(const struct table *t, const char *model)
{
    size_t n = 0;
    for (size_t i = 0; i < t->n_rows; i++)
        n += strcmp(t->cells[i * t->n_columns].text, model) == 0;
    return n;
}

/* Values of one model: the same whether it is shown alone or beside another. */
static bool same_rows(const struct table *both, const struct table *alone, const char *model)
{
    size_t k = 0;
    bool same = both->n_columns == alone->n_columns;
    for (size_t i = 0; same && i < both->n_rows; i++) {
        const struct table_cell *a = &both->cells[i * both->n_columns];
        if (strcmp(a[0].text, model) != 0)
            continue;
        const struct table_cell *b = &alone->cells[k++ * alone->n_columns];
        for (size_t c = 1; c < both->n_columns; c++)
            same = same && (a[c].number == b[c].number || (a[c].text && b[c].text) ||
                            (isnan(a[c].number) && isnan(b[c].number)));
    }
    return same && k == alone->n_rows && k > 0;
}

static void test_tables(void)
{
    struct stage stage;
    struct table both = {0}, alone = {0};
    set_two(&stage, true);
    for (size_t t = 0; t < stage.cohort->n_trials; t++)
        stage.models[1]->visited->w[2 * t + 1] *= 3; /* it visits a wider range of w_bias */
    struct view *view = open_with("slice", "model=dnn2,dnn1 w=.5 x=w_bias");
    view_update(view, &stage.scene, NULL);
    view_table(view, &both);
    tap_ok(strcmp(both.columns[0].name, "model") == 0 && rows_of(&both, "dnn1") == 82 &&
               rows_of(&both, "dnn2") == 82,
           "each row of a table has its model");
    configure(view, "model=dnn2", NULL);
    view_update(view, &stage.scene, NULL);
    view_table(view, &alone);
    tap_ok(same_rows(&both, &alone, "dnn2"), "the first is as it is alone");
    size_t x = 3;
    bool along = strcmp(both.columns[x].name, "w_bias") == 0;
    for (size_t i = 0; along && i < 82; i++)
        along = both.cells[i * both.n_columns + x].number ==
                both.cells[(i + 82) * both.n_columns + x].number;
    tap_ok(along, "and the other is computed along the same values");
    table_free(&both);
    table_free(&alone);
    view_close(view);
    stage_strike(&stage);
}

static void test_pictures(void)
{
    struct stage stage;
    struct strbuf out = {0};
    struct style ascii = {.ascii = true}, mono = {.colours = 0};
    set_two(&stage, true);
    struct view *view = open_with("slice", "model=dnn1,dnn2");
    view_update(view, &stage.scene, NULL);
    add_picture(view, 100, 24, &ascii, &out);
    tap_ok(strstr(strbuf_text(&out), "*** dnn1  ooo dnn2"), "in ASCII lines differ: %s",
           strbuf_text(&out));
    tap_ok(count(strbuf_text(&out), "true") == 1, "and the truth is there once");
    strbuf_reset(&out);
    add_picture(view, 100, 24, &mono, &out);
    tap_ok(strstr(strbuf_text(&out), "*━ dnn1  ━o━ dnn2"), "so they do without colours");
    strbuf_reset(&out);
    view_title(view, &out);
    tap_ok(strstr(strbuf_text(&out), " · w ") && strstr(strbuf_text(&out), "dnn1 · dnn2"),
           "the title names both, and the weight: %s", strbuf_text(&out));
    const char *said = words(view, &out);
    tap_ok(strstr(said, "dnn1 after 1000 epochs: w ") &&
               strstr(said, ". dnn2 after 412 epochs: w "),
           "so do the words: %s", said);
    strbuf_reset(&out);
    view_fields(view, &out);
    tap_ok(count(strbuf_text(&out), "\"model\": \"dnn2\", \"state\": \"done\"") == 1 &&
               count(strbuf_text(&out), "\"model\": \"dnn2\", \"w_line\"") == 6,
           "and the fields: %s", strbuf_text(&out));
    view_close(view);
    strbuf_free(&out);
    stage_strike(&stage);
}

static void test_refused(void)
{
    static const char *const bad[][2] = {
        {"model=dnn1,dnn1", "names dnn1 twice"},
        {"model=dnn1,dnn2 w=0,1", "one value of the weight"},
        {"model=dnn1,dnn7", "no model 'dnn7'"},
        {"model=dnn1,,dnn2", "it takes"},
        {"model=a,b,c,d,e,f,g", "at most 6"},
    };
    struct stage stage;
    struct strbuf before = {0}, after = {0};
    struct err err = {0};
    set_two(&stage, false);
    struct view *view = open_with("slice", "w=.5 model=dnn2");
    view_update(view, &stage.scene, NULL);
    words(view, &before);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        bool refused = !configure_for(view, bad[i][0], &stage, &err);
        tap_ok(refused && strstr(err.message, bad[i][1]), "slice %s: %s", bad[i][0], err.message);
        view_update(view, &stage.scene, NULL);
        tap_is_text(words(view, &after), strbuf_text(&before), "and nothing has changed");
    }
    tap_ok(configure_for(view, "model=dnn1,dnn2", &stage, &err), "two %s", err.message);
    tap_ok(!configure_for(view, "past=both", &stage, &err) && strstr(err.message, "past"),
           "past=both: %s", err.message);
    tap_ok(!configure_for(view, "w=0,1", &stage, &err) && strstr(err.message, "w="), "w=0,1: %s",
           err.message);
    view_close(view);
    strbuf_free(&before);
    strbuf_free(&after);
    stage_strike(&stage);
}

/* A model of another policy is refused, and is met where it comes under an old name. */
static void test_policies(void)
{
    struct stage stage;
    struct err err = {0};
    set_two(&stage, false);
    struct model *own = stage.models[1];
    struct policy other;
    policy_parse("stim+prevchoice+bias", &other, NULL);
    struct view *view = open_with("slice", "");
    bool good = configure_for(view, "model=dnn1,dnn2", &stage, &err) &&
                view_update(view, &stage.scene, &err);
    tap_ok(good, "two of one policy %s", err.message);
    struct model *wide = scene_model("dnn2", stage.cohort, 412, false);
    wide->settings.policy = other;
    stage.entries[1].model = wide;
    tap_ok(
        !configure_for(view, "model=dnn1,dnn2", &stage, &err) &&
            strstr(err.message, "dnn1 has the policy stim+bias and dnn2 has stim+prevchoice+bias"),
        "models of two policies: %s", err.message);
    view_close(view);
    stage.entries[1].model = own;
    model_drop(wide);
    stage_strike(&stage);
}

static void test_forgotten(void)
{
    struct stage stage;
    struct strbuf out = {0};
    set_two(&stage, false);
    struct view *view = open_with("slice", "model=dnn1,dnn2");
    view_update(view, &stage.scene, NULL);
    tap_ok(!view_forget(view, "dnn3"), "a model that it does not show is no loss to it");
    tap_ok(view_forget(view, "dnn1"), "one that it shows is");
    tap_ok(strcmp(view_model(view, 0), "dnn2") == 0 && !view_model(view, 1), "it has the other");
    view_update(view, &stage.scene, NULL);
    words(view, &out);
    tap_ok(!strstr(strbuf_text(&out), "dnn1") && strstr(strbuf_text(&out), "dnn2"),
           "and tells of that alone: %s", strbuf_text(&out));
    tap_ok(view_forget(view, "dnn2") && !view_model(view, 0), "then it shows the one in use");
    view_close(view);
    strbuf_free(&out);
    stage_strike(&stage);
}

/* A replay of the second moves the second. */
static void test_replay(void)
{
    struct stage stage;
    struct strbuf now = {0}, then = {0};
    set_two(&stage, false);
    struct view *view = open_with("slice", "model=dnn1,dnn2");
    view_update(view, &stage.scene, NULL);
    words(view, &now);
    struct model *early = scene_model("dnn2", stage.cohort, 3, false);
    early->theta[0] *= 3;
    stage.entries[1] = (struct scene_model){.model = early,
                                            .cohort = stage.cohort,
                                            .status = stage.entries[1].status,
                                            .replayed = true,
                                            .epoch = 3,
                                            .newest = 412,
                                            .final = stage.models[1]};
    view_update(view, &stage.scene, NULL);
    words(view, &then);
    size_t first = strcspn(strbuf_text(&now), ".");
    tap_ok(strstr(strbuf_text(&then), "dnn2 at epoch 3 of 412") &&
               strncmp(strbuf_text(&now), strbuf_text(&then), first) == 0,
           "a replay of one of them: %s", strbuf_text(&then));
    strbuf_reset(&now);
    view_title(view, &now);
    tap_ok(strncmp(strbuf_text(&now), "replay   3/412 · ", 10) == 0, "its title: %s",
           strbuf_text(&now));
    view_close(view);
    model_drop(early);
    strbuf_free(&now);
    strbuf_free(&then);
    stage_strike(&stage);
}

int main(void)
{
    setenv("DELTAW_ENGINE", "double", 1);
    test_tables();
    test_pictures();
    test_refused();
    test_policies();
    test_forgotten();
    test_replay();
    return tap_done();
}
