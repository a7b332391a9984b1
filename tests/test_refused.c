/* A refused command changes nothing: every option of every verb and view, with
 * values that none takes, and then the verb once more. */
#include "refusing.h"

/* Verbs that want something before their options, or whose whole work is slow. */
static const struct {
    const char *verb, *words;
} wholes[] = {
    {"load", "load mice.csv"},      {"simulate", "simulate reinforce animals=2 trials=20"},
    {"fit", "fit reinforce"},       {"export", "export loss loss.csv"},
    {"save", "save dnn1 kept.npz"}, {"open", "open dnn.npz"},
    {"replay", "replay dnn1"},      {"copy", "copy loss"},
    {"check", "check data"},
};

static const char *whole_of(const char *verb)
{
    for (size_t i = 0; i < sizeof wholes / sizeof *wholes; i++)
        if (strcmp(wholes[i].verb, verb) == 0)
            return wholes[i].words;
    return verb;
}

/* Values that no option of the type takes, NULL-terminated. */
static size_t bad_values(const struct option_row *row, char out[4][64])
{
    static const char *const words[] = {
        [OPTION_NUMBERS] = "1,x",
        [OPTION_FILE] = "absent/none.npz",
        [OPTION_ANIMAL] = "nobody",
        [OPTION_ANIMALS] = "nobody,none",
        [OPTION_MODELS] = "nobody,none",
        [OPTION_COLUMN] = "nowhere",
        [OPTION_FEATURES] = "stim+nowhere",
        [OPTION_MODEL] = "nomodel",
        [OPTION_JOB] = "nojob",
        [OPTION_RULE] = "norule",
        [OPTION_VIEW] = "noview",
        [OPTION_LAYOUT] = "noview|none",
        [OPTION_SETTING] = "nosetting",
    };
    bool named = row->type < sizeof words / sizeof *words && words[row->type];
    size_t n = 0;
    snprintf(out[n++], 64, "%s", named ? words[row->type] : "no such thing");
    if (row->type == OPTION_FEATURES)
        snprintf(out[n++], 64, "stim+stim");
    if (row->type != OPTION_NUMBER && row->type != OPTION_INTEGER)
        return n;
    if (row->min != 0 || row->max != 0) {
        if (isfinite(row->min))
            snprintf(out[n++], 64, "%.17g", row->min - 1);
        if (isfinite(row->max))
            snprintf(out[n++], 64, "%.17g", row->max * 2 + 1);
    }
    return n;
}

/* The words to type, without what they say of the option themselves. */
static void add_words(const char *verb, const char *option, struct strbuf *out)
{
    size_t n = strlen(option);
    char *words = mem_text(whole_of(verb)), *rest = NULL;
    for (char *word = strtok_r(words, " ", &rest); word; word = strtok_r(NULL, " ", &rest))
        if (strncmp(word, option, n) != 0 || word[n] != '=')
            strbuf_printf(out, "%s%s", out->len ? " " : "", word);
    free(words);
}

static void test_option(struct desk **d, const struct command *command,
                        const struct option_row *row)
{
    char values[4][64];
    size_t n = bad_values(row, values), n_refused = 0;
    for (size_t i = 0; i < n; i++) {
        struct strbuf line = {0};
        add_words(command->name, row->name, &line);
        strbuf_printf(&line, " %s=\"%s\"", row->name, values[i]);
        if (refused(*d, strbuf_text(&line))) {
            n_refused++;
        } else { /* any text will do for it: all anew */
            desk_free(*d);
            *d = desk_of_mice(NULL);
        }
        strbuf_free(&line);
    }
    tap_ok(n_refused > 0 || row->type == OPTION_TEXT, "%s %s= refuses something", command->name,
           row->name);
}

static void test_every_option(void)
{
    struct desk *d = desk_of_mice(NULL);
    for (size_t i = 0; command_at(i); i++)
        for (const struct option_row *row = command_options(command_at(i)); row && row->name; row++)
            test_option(&d, command_at(i), row);
    desk_free(d);
}

/* --- what only the session can refuse ------------------------------------------------- */

static void test_asked_in_vain(bool screen)
{
    static const char *const lines[] = {
        "map model=dnn7",
        "map model=dnn1 of=w_foo w_bias=1",
        "map x=w_foo",
        "map x=w_bias y=w_bias",
        "map w_bias=1 xrange=7,9",
        "map diff=yes w_bias=1",
        "map diff=true",
        "slice model=dnn7",
        "slice of=w_foo",
        "slice x=w_foo",
        "slice x=choice",
        "map past=rewarded w_bias=1",
        "map lags=2",
        "slice past=both model=dnn1",
        "layout map:0",
        "layout loss|map:1x0",
        "open mice.csv",
        "load dnn1.npz",
        "fit dnn init=mice.csv",
        "slice w=1,1",
        "slice diff=yes",
        "weights nobody",
        "weights mouse0 animal=mouse1",
        "weights model=dnn7",
        "accuracy animal=nobody bin=3",
        "accuracy model=dnn7",
        "psychometric nobody",
        "psychometric model=dnn7",
        "loss model=dnn7 log=yes",
        "models row=dnn7 sort=loss",
        "animals row=nobody sort=trials",
        "animals open=nobody",
        "psychometric animal=nobody sessions=1",
        "psychometric mouse0 animal=mouse1",
        "weights reference=dnn1",
        "weights reference=nobody animal=mouse1",
        "gains model=dnn7",
        "loop figure=nothing",
        "compare dnn1 dnn7",
        "cv static folds=1",
        "picture nothing",
        "session restore absent.npz",
        "session restore dnn.npz",
        "session save here.csv",
        "!ls",
        "replay dnn1 from=5 to=3",
        "replay dnn7",
        "set support=0 background=pink",
        "forget dnn7",
        "use dnn7",
        "drop nothing = 1",
        "trials 5..1",
        "log on /absent/log.dw",
        "lesson nothing",
        "fit dnn name=mine holdout=nobody",
        "fit reinforce name=mine init=absent.npz",
    };
    struct session_setup setup = {.host.show = screen ? on_show : NULL};
    struct desk *d = desk_of_mice(&setup);
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        tap_ok(refused(d, lines[i]), "%s: refused%s", lines[i], screen ? " on a screen" : "");
    desk_free(d);
}

static void test_one_after_the_other(void)
{
    struct desk *d = desk_of_mice(NULL);
    say(d, "x", "map model=dnn7");
    tap_ok(say(d, "x", "map; export map a.csv; load mice.csv; fit static; wait; map") == STEP_IDLE,
           "after a refused map= all of them work: %s", strbuf_text(&d->complaint));
    tap_ok(say(d, "x", "map nowhere=1") == STEP_FAILED &&
               has(&d->complaint, "map: no option 'nowhere'; it takes of= "),
           "what is no column is refused, with the view said once");
    say(d, "x", "psychometric sessions=9");
    tap_ok(say(d, "x", "psychometric; export psychometric a.csv") == STEP_IDLE,
           "so it is after a session that nobody has: %s", strbuf_text(&d->complaint));
    say(d, "x", "map model=dnn1; slice model=dnn1; loss model=dnn1; forget dnn1");
    tap_ok(has(&d->result, "loss, map, slice"), "a model is forgotten, and who showed it is said");
    tap_ok(say(d, "x", "map; slice; loss; export map a.csv") == STEP_IDLE,
           "and its views show the one in use: %s", strbuf_text(&d->complaint));
    desk_free(d);
}

/* --- a model whose policy takes a column that the log lacks ----------------------------- */

static void test_strangers(bool screen)
{
    /* those of the second list show what else there is */
    static const char *const refused[] = {
        "map",
        "slice",
        "weights",
        "export map a.csv",
        "export slice a.svg",
        "score",
        "score block1",
        "replay block1",
        "replay block1 epoch=0",
        "map model=block1",
        "slice model=block1",
        "weights model=block1",
        "accuracy model=block1",
        "psychometric model=block1",
        "export map a.cast",
    };
    static const char *const fine[] = {"accuracy",
                                       "psychometric",
                                       "loss",
                                       "models",
                                       "jobs",
                                       "show",
                                       "export accuracy a.svg",
                                       "export psychometric a.csv"};
    struct desk *d = desk_of_mice(NULL);
    say(d, "x",
        "fit reinforce policy=stim+bias+block name=block1; wait; "
        "save block1 block1.npz snapshots=yes");
    desk_free(d);
    struct session_setup setup = {.host.show = screen ? on_show : NULL};
    d = desk_new(&setup);
    tap_ok(say(d, "x", "load plain.csv; open block1.npz") == STEP_IDLE, "they are opened: %s",
           strbuf_text(&d->complaint));
    for (size_t i = 0; view_at(i); i++) /* as the tiles of a screen do */
        session_update_view(d->session, session_view(d->session, view_at(i)->name, NULL), NULL);
    for (size_t i = screen ? 3 : 0; i < sizeof refused / sizeof *refused; i++)
        tap_ok(say(d, "x", refused[i]) == STEP_FAILED && has(&d->complaint, "'block'"),
               "%s: refused", refused[i]);
    for (size_t i = 0; i < sizeof fine / sizeof *fine; i++)
        tap_ok(say(d, "x", fine[i]) == STEP_IDLE, "%s: %s", fine[i], strbuf_text(&d->complaint));
    desk_free(d);
}

int main(void)
{
    write_mice("mice.csv", true);
    write_mice("plain.csv", false);
    test_every_option();
    test_asked_in_vain(false);
    test_asked_in_vain(true);
    test_one_after_the_other();
    test_strangers(false);
    test_strangers(true);
    return tap_done();
}
