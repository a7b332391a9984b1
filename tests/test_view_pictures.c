/* Views: pictures against golden files, in every size and with colours; what a view exports. */
#include "deltaw/draw/figure.h"
#include "golden.h"
#include "view_stage.h"

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
        golden_check(file, strbuf_text(&out));
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

/* Views of what a verb found, which the stage has not. */
static bool of_result(const char *view)
{
    static const char *const names[] = {"cv", "recover", "compare", "loop", "gains"};
    bool is = false;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        is = is || strcmp(view, names[i]) == 0;
    return is;
}

static void test_colours(void)
{
    static const int counts[] = {8, 16, 256};
    struct stage stage;
    stage_set(&stage, false, 1);
    for (size_t v = 0; view_at(v); v++) {
        struct view *view = view_open(view_at(v), NULL, NULL);
        if (!view_update(view, &stage.scene, NULL)) { /* no result of its verb yet: plain words */
            tap_ok(of_result(view_at(v)->name), "%s has something to show", view_at(v)->name);
            view_close(view);
            continue;
        }
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

static void test_tables(void)
{
    static const struct {
        const char *view, *options, *header;
        size_t n_rows;
    } cases[] = {
        {"loss", "", "epoch,seconds,train,held_out,model", 1414},
        {"loss", "model=dnn2", "epoch,seconds,train,held_out,model", 413},
        {"map", "", "panel,stimulus,w_stim,value,support", 0},
        {"weights", "", "subject,session,trial,p_right,w_stim,w_bias", 8434},
        {"psychometric", "", "subject,sessions,stimulus,n,p_right,lo,hi,model,model_low,", 18},
        {"psychometric", "m02 sessions=all",
         "subject,sessions,stimulus,n,p_right,lo,hi,model,model_low,", 9},
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
         "panel,stimulus,w_stim,value,support,se,lower,upper,interval,reward,w_bias,lags,past\n,",
         0},
        {"slice", "w_bias=.5 reward=1 past=rewarded w=1",
         "model,w_line,reward,past,stimulus,value,support,se,lower,upper,interval,w_bias,lags\n"
         "dnn1,1,1,rewarded,-1,",
         9},
        {"slice", "x=w_stim stimulus=.5",
         "model,reward,w_stim,value,support,se,lower,upper,interval,stimulus\n", 0},
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

int main(void)
{
    /* the same bits on every machine */
    setenv("DELTAW_ENGINE", "double", 1);
    test_pictures();
    test_colours();
    test_tables();
    test_export_size();
    return tap_done();
}
