/* base: options, arguments, "did you mean". */
#include <limits.h>

#include "deltaw/base/option.h"
#include "tap.h"

static const struct option_row table[] = {
    {"epochs", OPTION_INTEGER, 1, 5000, NULL, "1000", "how many"},
    {"rate", OPTION_NUMBER, 0, 1, NULL, "2^-6", "step"},
    {"w0", OPTION_NUMBER, -4, 4, "zero|psychometric", "zero", "start"},
    {"shift", OPTION_NUMBER, 0, 0, NULL, NULL, "any number"},
    {"alpha", OPTION_NUMBERS, 0, 100, NULL, "0.5,2^-6", "steps"},
    {"bias", OPTION_NUMBERS, -1, 1, "spread", NULL, "biases"},
    {"stimuli", OPTION_WORD, 0, 0, "ibl|grid", "ibl", "what"},
    {"as", OPTION_TEXT, 0, 0, NULL, NULL, "name"},
    {"init", OPTION_FILE, 0, 0, NULL, NULL, "file"},
    {"holdout", OPTION_ANIMALS, 0, 0, NULL, NULL, "animals"},
    {"least", OPTION_NUMBER, 0, INFINITY, NULL, NULL, "not negative"},
    {"seed", OPTION_INTEGER, 0, 9007199254740992., NULL, "99", "seed"},
    {NULL, OPTION_NUMBER, 0, 0, NULL, NULL, NULL},
};

static void is_checked(const char *name, const char *value, const char *want)
{
    struct args args = {0};
    struct err err = {0};
    args_set(&args, name, value, 7);
    bool ok = args_check(&args, table, 1, "fit", &err);
    tap_is_text(err.message, want, "%s=%s", name ? name : "", value);
    int column = name && option_find(table, name) ? 8 + (int)strlen(name) : 7; /* the value's */
    if (ok == (*want != '\0') || (!ok && (err.column != column || err.code != ERR_USAGE)))
        tap_ok(false, "%s=%s: result, code and column", name, value);
    args_free(&args);
}

static void test_check(void)
{
    is_checked("epochs", "5", "");
    is_checked("epochs", "2^10", "");
    is_checked("epochs", "0", "epochs=0: it takes a whole number, 1 to 5000");
    is_checked("epochs", "1.5", "epochs=1.5: it takes a whole number, 1 to 5000");
    is_checked("epochs", "5001", "epochs=5001: it takes a whole number, 1 to 5000");
    is_checked("epochs", "", "epochs=: it takes a whole number, 1 to 5000");
    is_checked("epochs", "1,000",
               "epochs=1,000: it takes a whole number, 1 to 5000; did you mean '1000'?");
    is_checked("rate", "2^-3", "");
    is_checked("rate", "-1e-9", "rate=-1e-9: it takes 0 to 1");
    is_checked("rate", "nan", "rate=nan: it takes 0 to 1");
    is_checked("rate", "fast", "rate=fast: it takes 0 to 1");
    is_checked("shift", "-1e300", "");
    is_checked("shift", "x", "shift=x: it takes NUMBER");
    is_checked("least", "1e300", "");
    is_checked("least", "-1", "least=-1: it takes 0 or more");
    is_checked("w0", "zero", "");
    is_checked("w0", "-2^1", "");
    is_checked("w0", "5", "w0=5: it takes zero|psychometric|-4 to 4");
    is_checked("w0", "psycho",
               "w0=psycho: it takes zero|psychometric|-4 to 4; did you mean 'psychometric'?");
    is_checked("alpha", "1", "");
    is_checked("alpha", "1,2^-5,100", "");
    is_checked("alpha", "1,101", "alpha=1,101: it takes 0 to 100[,...]");
    is_checked("alpha", "1,", "alpha=1,: it takes 0 to 100[,...]");
    is_checked("alpha", ",1", "alpha=,1: it takes 0 to 100[,...]");
    is_checked("alpha", "", "alpha=: it takes 0 to 100[,...]");
    is_checked("bias", "spread", "");
    is_checked("bias", ".5,spread", "");
    is_checked("bias", "2", "bias=2: it takes spread|-1 to 1[,...]");
    is_checked("stimuli", "grid", "");
    is_checked("stimuli", "gird", "stimuli=gird: it takes ibl|grid; did you mean 'grid'?");
    is_checked("stimuli", "ibl|grid", "stimuli=ibl|grid: it takes ibl|grid");
    is_checked("stimuli", "", "stimuli=: it takes ibl|grid");
    is_checked("as", "", "");
    is_checked("init", "x.npz", "");
    is_checked("init", "", "init=: it takes FILE");
    is_checked("holdout", "A,B", "");
    is_checked("holdout", "A,,B", "holdout=A,,B: it takes ANIMAL[,...]");
    is_checked("holdout", "A,", "holdout=A,: it takes ANIMAL[,...]");
    is_checked("seed", "9007199254740992", "");
    is_checked("seed", "9007199254740993",
               "seed=9007199254740993: it takes a whole number, 0 to 9007199254740992");
    is_checked("epohcs", "5", "fit has no option 'epohcs'; did you mean 'epochs'?");
    is_checked("zzz", "5",
               "fit has no option 'zzz'; it takes epochs= rate= w0= shift= alpha= bias= stimuli= "
               "as= init= holdout= least= seed=");
    is_checked(NULL, "dnn", "");
}

static void test_positional(void)
{
    struct args args = {0};
    struct err err = {0};
    args_set(&args, NULL, "dnn", 5);
    args_set(&args, NULL, "rnn", 9);
    tap_ok(!args_check(&args, table, 1, "fit", &err) && err.column == 9, "one word too much");
    tap_is_text(err.message, "fit takes at most 1 word; 'rnn' is too much", "and what is said");
    err_clear(&err);
    tap_ok(args_check(&args, table, 2, "fit", &err), "two may be");
    tap_ok(!args_check(&args, table, 0, "jobs", &err) && err.column == 5, "none may be");
    err_clear(&err);
    args_set(&args, "rate", ".1", 20);
    tap_ok(!args_check(&args, NULL, 2, "jobs", &err), "no options at all");
    tap_is_text(err.message, "jobs takes no options; 'rate=' is too much", "and what is said");
    err_clear(&err);
    args.items = realloc(args.items, 4 * sizeof *args.items);
    args.items[args.n++] = (struct arg){strdup("rate"), strdup(".2"), 30};
    tap_ok(!args_check(&args, table, 2, "fit", &err) && err.column == 30, "twice is refused");
    args_free(&args);
}

static void test_values(void)
{
    struct args args = {0};
    tap_near(args_number(&args, table, "rate"), .015625, 0, "the fallback's value");
    tap_ok(args_integer(&args, table, "epochs") == 1000, "a whole fallback");
    tap_ok(isnan(args_number(&args, table, "w0")), "a word is NaN");
    tap_ok(isnan(args_number(&args, table, "shift")), "no fallback is NaN");
    tap_ok(args_text(&args, table, "shift") == NULL, "or NULL");
    tap_is_text(args_text(&args, table, "stimuli"), "ibl", "the fallback's text");
    tap_ok(!args_given(&args, "rate"), "not given");
    args_set(&args, "rate", ".5", 3);
    args_set(&args, NULL, "one", 8);
    args_set(&args, "rate", ".25", 12);
    args_set(&args, NULL, "two", 20);
    tap_ok(args.n == 3 && args_given(&args, "rate"), "set and replaced");
    tap_near(args_number(&args, table, "rate"), .25, 0, "the last one counts");
    args_set(&args, "rate", args_text(&args, table, "rate"), 12);
    tap_is_text(args_text(&args, table, "rate"), ".25", "set to itself");
    tap_ok(args_positional(&args) == 2, "two positional ones");
    tap_is_text(args_at(&args, 0), "one", "the first");
    tap_is_text(args_at(&args, 1), "two", "the second");
    tap_ok(args_at(&args, 2) == NULL, "no third");
    struct args copy = args_copy(&args);
    args_free(&args);
    tap_ok(args.n == 0 && args.items == NULL, "freed");
    tap_ok(copy.n == 3 && copy.items[0].column == 12 && !strcmp(args_at(&copy, 1), "two"),
           "the copy stands by itself");
    args_free(&copy);
    args_set(&args, "seed", "9007199254740991", 1);
    tap_ok(args_integer(&args, table, "seed") == 9007199254740991, "all digits of a seed");
    args_free(&args);
}

static void test_range(void)
{
    static const struct {
        const char *name, *range;
    } cases[] = {
        {"epochs", "1 to 5000"},
        {"rate", "0 to 1"},
        {"w0", "zero|psychometric|-4 to 4"},
        {"shift", "NUMBER"},
        {"alpha", "0 to 100[,...]"},
        {"stimuli", "ibl|grid"},
        {"as", "TEXT"},
        {"init", "FILE"},
        {"holdout", "ANIMAL[,...]"},
        {"least", "0 or more"},
    };
    struct strbuf out = {0};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        strbuf_reset(&out);
        option_range(option_find(table, cases[i].name), &out);
        tap_is_text(strbuf_text(&out), cases[i].range, "the range of %s", cases[i].name);
    }
    for (int type = OPTION_NUMBER; type <= OPTION_SETTING; type++) {
        struct option_row row = {"x", (enum option_type)type, 0, 0, "w", NULL, NULL};
        strbuf_reset(&out);
        option_range(&row, &out);
        tap_ok(type == OPTION_WORD || out.len > 3, "type %d has a name", type);
    }
    strbuf_free(&out);
    tap_ok(option_find(table, "epoch") == NULL && option_find(NULL, "x") == NULL, "no such option");
}

static void test_nearest(void)
{
    static const char *const words[] = {"load", "loss",         "map",  "models", "weights",
                                        "x",    "psychometric", "jobs", "export", NULL};
    static const struct {
        const char *word, *want;
    } cases[] = {
        {"laod", "load"},
        {"lod", "load"},
        {"loas", "load"},
        {"LOSS", "loss"},
        {"mpa", "map"},
        {"modles", "models"},
        {"wieghts", "weights"},
        {"wights", "weights"},
        {"psyc", "psychometric"},
        {"expotr", "export"},
        {"zebra", NULL},
        {"q", NULL},
        {"", NULL},
        {"jbos", "jobs"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        tap_is_text(nearest_of(cases[i].word, words), cases[i].want, "near '%s'", cases[i].word);
    char endless[5000];
    memset(endless, 'a', sizeof endless - 1);
    endless[sizeof endless - 1] = '\0';
    const char *const only[] = {endless, "aaaa", NULL};
    tap_ok(nearest_of(endless, only) == NULL, "an endless word is near none");
    tap_is_text(nearest_of("aaaa", only), "aaaa", "and is passed over");
    char most[64];
    memset(most, 'b', 63);
    most[63] = '\0';
    const char *const long_ones[] = {most, NULL};
    tap_is_text(nearest_of(most, long_ones), most, "63 letters are not too many");
}

int main(void)
{
    test_check();
    test_positional();
    test_values();
    test_range();
    test_nearest();
    return tap_done();
}
