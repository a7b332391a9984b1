/* Settings: rows, their texts and files, and which rules take them. */
#include <jansson.h>
#include <string.h>

#include "deltaw/learn/settings.h"
#include "deltaw/learn/settings_file.h"
#include "tap.h"

/* A value of each row that is not its default. */
static const struct {
    const char *name, *text;
} others[] = {
    {"policy", "right+left+bias"},
    {"w0", "0.5,-1,0.25"},
    {"hidden", "7"},
    {"layers", "3"},
    {"lags", "2"},
    {"window", "4"},
    {"order", "mlp-gru"},
    {"alpha", "shared"},
    {"alpha_error", "yes"},
    {"forgetting", "yes"},
    {"perseverance", "yes"},
    {"baseline", "nonneg"},
    {"lapse", "0.1"},
    {"epochs", "12"},
    {"rate", "0.0030000000000000001"},
    {"decay", "0.9"},
    {"truncation", "77"},
    {"batch", "5"},
    {"ridge", "0.25"},
    {"optimizer", "fast"},
    {"holdout", "a,b"},
    {"seed", "9007199254740991"},
    {"init", "x y.npz"},
    {"threads", "3"},
};

static void test_texts(void)
{
    struct fit_settings s, plain;
    fit_settings_default(&s);
    fit_settings_default(&plain);
    size_t n = 0;
    while (setting_at(n))
        n++;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        const struct setting *row = setting_find(others[i].name);
        struct err err = {0};
        bool good = row && setting_set(row, others[i].text, &s, &err);
        tap_ok(good && !setting_same(row, &s, &plain), "%s=%s is another value%s", others[i].name,
               others[i].text, err.message);
    }
    json_t *o = settings_write(&s);
    struct fit_settings read;
    struct err err = {0};
    fit_settings_default(&read);
    tap_ok(settings_read(o, "f", &read, &err), "they are read again%s", err.message);
    for (size_t i = 0; i < n; i++) {
        const struct setting *row = setting_at(i);
        struct strbuf text = {0}, again = {0};
        setting_text(row, &s, &text);
        setting_text(row, &read, &again);
        bool same = strcmp(strbuf_text(&text), strbuf_text(&again)) == 0;
        tap_ok(same != row->unsaved, "%s from JSON: %s", row->option.name, strbuf_text(&again));
        strbuf_free(&text);
        strbuf_free(&again);
    }
    tap_ok(read.shape.n_weights == 3 && read.rate == s.rate && s.rate == .003,
           "three weights, and every bit of a number");
    json_decref(o);
    fit_settings_free(&s);
    fit_settings_free(&read);
}

static bool reads(const char *json, struct fit_settings *s, struct err *err)
{
    json_t *o = json_loads(json, 0, NULL);
    fit_settings_default(s);
    bool good = o && settings_read(o, "f.npz", s, err);
    json_decref(o);
    return good;
}

/* As files were written before every key was an option's name. */
static void test_old(void)
{
    struct fit_settings s;
    struct err err = {0};
    tap_ok(reads("{\"rule\":\"predict-max\",\"policy\":\"stim+bias\",\"hidden\":12,\"layers\":1,"
                 "\"epochs\":9,\"optimizer\":\"adam\",\"rate\":0.001,\"ridge\":0.0,\"decay\":0.999,"
                 "\"truncation\":60,\"batch\":0,\"lags\":0,\"window\":0,\"shared_alpha\":true,"
                 "\"split_alpha\":true,\"forgetting\":true,\"nonneg\":true,\"mlp_first\":true,"
                 "\"lapse\":0.0,\"fit_lapse\":true,\"w0_fixed\":true,\"w0\":\"psychometric\","
                 "\"w0_value\":[0.0,0.0],\"seed\":\"9\",\"holdout\":\"\",\"init\":\"\"}",
                 &s, &err),
           "settings of an old file%s", err.message);
    tap_ok(strcmp(s.rule, "predict-max") == 0 && s.shape.hidden == 12 && s.shape.layers == 1 &&
               s.epochs == 9 && s.truncation == 60 && s.seed == 9 && !s.holdout && !s.init,
           "sizes and schedule");
    tap_ok(s.shape.alpha == ALPHA_SHARED && s.shape.alpha_error && s.shape.forgetting &&
               s.shape.baseline == BASELINE_NONNEG && s.shape.order == ORDER_MLP_GRU &&
               s.shape.lapse.fitted && s.w0.kind == W0_PSYCHOMETRIC_FIXED,
           "what was true or false");
    tap_ok(reads("{\"rule\":\"predict-max\",\"split\":true}", &s, &err) && s.shape.alpha_error,
           "the name between%s", err.message);
    tap_ok(reads("{\"rule\":\"trace\",\"shared_alpha\":false,\"nonneg\":false,\"lapse\":0.2,"
                 "\"w0\":\"value\",\"w0_value\":[0.5,-1],\"w0_fixed\":false,\"window\":4}",
                 &s, &err) &&
               s.shape.alpha == ALPHA_EACH && s.shape.baseline == BASELINE_FREE &&
               s.shape.lapse.value == .2 && s.w0.kind == W0_VALUE && s.w0.value[1] == -1 &&
               s.shape.window == 4,
           "start weights and a lapse rate%s", err.message);
    tap_ok(!reads("{\"rule\":\"dnn\",\"alpha\":\"some\"}", &s, &err) && err.code == ERR_DATA &&
               strstr(err.message, "f.npz") && strstr(err.message, "each|shared"),
           "%s", err.message);
    err_clear(&err);
    tap_ok(!reads("{\"rule\":\"dnn\",\"hidden\":-3}", &s, &err), "%s", err.message);
}

static void test_taken(void)
{
    static const struct {
        const char *name, *rules;
    } rows[] = {
        {"policy", " dnn rnn reinforce reinforce-base reward-max predict-max trace static"},
        {"w0", " dnn rnn reinforce reinforce-base reward-max predict-max trace"},
        {"hidden", " dnn rnn tinyrnn"},
        {"layers", " dnn rnn"},
        {"lags", " dnn"},
        {"window", " trace"},
        {"order", " rnn"},
        {"alpha", " reinforce reinforce-base reward-max predict-max trace"},
        {"alpha_error", " reinforce-base reward-max predict-max"},
        {"forgetting", " reinforce reinforce-base reward-max predict-max trace"},
        {"perseverance", " reinforce reinforce-base reward-max predict-max trace"},
        {"drift", " reinforce reinforce-base reward-max predict-max"},
        {"baseline", " reinforce-base"},
        {"epochs", " dnn rnn tinyrnn"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct strbuf takers = {0};
        for (size_t j = 0; j < 9 && rule_at(j); j++)
            if (!setting_refused(setting_find(rows[i].name), rule_at(j)))
                strbuf_printf(&takers, " %s", rule_at(j)->name);
        tap_is_text(strbuf_text(&takers), rows[i].rules, "rules that take %s", rows[i].name);
        strbuf_free(&takers);
    }
}

int main(void)
{
    test_texts();
    test_old();
    test_taken();
    return tap_done();
}
