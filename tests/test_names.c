/* Names with what the command language has a meaning for: whatever a key or a completion
 * writes reads back as the name. */
#include "../src/shell/line.h"
#include "desk.h"
#include "deltaw/base/rng.h"

static void test_words(void)
{
    static const char odd[] = " \t\r\f\v\"'\\;#=$,~`!&|<>*?()[]{}%^+-.:/@a1\xc3\xa9";
    struct rng rng = rng_stream(7, RNG_TEST, 0, 0);
    int wrong = 0;
    tap_note("seed 7");
    for (int i = 0; i < 3000; i++) {
        char word[12] = "";
        size_t n = rng_below(&rng, sizeof word), at = 0;
        struct strbuf typed = {0};
        struct words back;
        int line = 1;
        bool value = i % 2;
        for (size_t j = 0; j < n && j + 1 < sizeof word; j++)
            word[j] = odd[rng_below(&rng, sizeof odd - 1)];
        strbuf_puts(&typed, value ? "say x=" : "say ");
        args_word(word, &typed);
        strbuf_puts(&typed, " end; say");
        bool good = line_next(typed.text, &at, &line, &back, NULL) && back.n == 3 &&
                    strcmp(back.items[2].text, "end") == 0;
        if (good && value)
            good = back.items[1].equals == 1 && strcmp(back.items[1].text + 2, word) == 0;
        else if (good)
            good = back.items[1].equals == 0 && strcmp(back.items[1].text, word) == 0;
        if (!good && wrong++ == 0)
            tap_note("'%s' is written: %s", word, typed.text);
        words_free(&back);
        strbuf_free(&typed);
    }
    tap_ok(wrong == 0, "words read back as they were, alone and as values: %d do not", wrong);
}

static const char *const names[] = {
    "a$b", "a b", "x  y", "it's", "'", "\"q\"", "\"", "\\", "a\\", "\\$b",
    "a;b", "#x",  "x#y",  "a=b",  "=", "~",     "-1", "2",  "*",   "m\xc3\xa4use",
};
enum { NAMES = sizeof names / sizeof *names };

/* A log of them, a column of a policy named as oddly. */
static void write_log(void)
{
    struct strbuf log = {0};
    strbuf_puts(&log, "subject,trial,stimulus,choice,reward,\"c$ \"\"d\"\n");
    for (size_t i = 0; i < NAMES; i++)
        for (int t = 1; t <= 20; t++) {
            strbuf_csv_text(&log, names[i]);
            strbuf_printf(&log, ",%d,%d,%d,1,%d\n", t, t % 2 ? 1 : -1, t % 2, t % 3);
        }
    FILE *f = fopen("log.csv", "w");
    if (!f || fwrite(log.text, 1, log.len, f) != log.len || fclose(f) != 0)
        err_die("cannot write log.csv");
    strbuf_free(&log);
}

/* What the command that the key makes does. */
static bool press(struct desk *d, const char *view, const char *key)
{
    struct strbuf command = {0};
    bool good = view_key(session_view(d->session, view, NULL), key, &command) && command.len &&
                say(d, "key", command.text) == STEP_IDLE;
    if (!good)
        tap_note("%s makes: %s\n# %s", key, strbuf_text(&command), strbuf_text(&d->complaint));
    strbuf_free(&command);
    return good;
}

static const char *argument(struct desk *d, const char *view, const char *name)
{
    const struct args *args = view_args(session_view(d->session, view, NULL));
    for (size_t i = 0; i < args->n; i++)
        if (name ? args->items[i].name && strcmp(args->items[i].name, name) == 0
                 : !args->items[i].name)
            return args->items[i].value;
    return "";
}

static void test_animals(struct desk *d, const char *view, const char *option, size_t first)
{
    for (size_t i = first; i < NAMES; i++) {
        bool pressed = press(d, view, "]");
        tap_is_text(pressed ? argument(d, view, option) : "no command", names[i],
                    "] of %s comes to animal %zu", view, i + 1);
    }
}

static void test_completion(struct desk *d)
{
    for (size_t i = 0; i < NAMES; i++) {
        struct completion c;
        session_complete(d->session, "weights ", 8, &c);
        char *line = i < c.n ? mem_printf("weights %s", c.items[i].word) : mem_text("none");
        tap_ok(say(d, "x", line) == STEP_IDLE &&
                   strcmp(argument(d, "weights", NULL), names[i]) == 0,
               "completed: %s", line);
        free(line);
        completion_free(&c);
    }
}

int main(void)
{
    test_words();
    write_log();
    struct desk *d = desk_new(NULL);
    if (say(d, "x", "load log.csv") != STEP_IDLE)
        err_die("%s", strbuf_text(&d->complaint));
    tap_ok(session_scene(d->session)->cohort->n_animals == NAMES, "a log of %d odd names",
           (int)NAMES);
    tap_ok(say(d, "x", "fit static policy='stim+c$ \"d+bias'; wait") == STEP_IDLE,
           "a policy with an odd column: %s", strbuf_text(&d->complaint));
    say(d, "x", "weights 1; accuracy animal=1; psychometric");
    test_animals(d, "weights", NULL, 1);
    test_animals(d, "accuracy", "animal", 1);
    test_animals(d, "psychometric", NULL, 0);
    test_completion(d);
    tap_ok(say(d, "x", "map of='w_c$ \"d'") == STEP_IDLE && press(d, "map", "s"),
           "a map of its weight goes to slices");
    tap_is_text(argument(d, "slice", "of"), "w_c$ \"d", "of the same weight");
    desk_free(d);
    return tap_done();
}
