/* Every key that `help keys` lists, in every place where it holds, and every verb:
 * each is tried in the full screen and does what is said of it.  One that is listed
 * but not tried here fails the test.  Keys come as the bytes that terminals send. */
#include <regex.h>

#include "deltaw/base/outfile.h"
#include "deltaw/shell/command.h"
#include "deltaw/shell/keytable.h"
#include "deltaw/view/view.h"
#include "golden.h"
#include "recall.h"
#include "key_trials.h"
#include "screenless.h"

/* --- trying ------------------------------------------------------------------------- */

static char *screen_text(struct explorer *e)
{
    struct strbuf out = {0};
    look(e, &out);
    return strbuf_take(&out);
}

static bool has_row(const char *screen, const char *pattern)
{
    regex_t expression;
    if (regcomp(&expression, pattern, REG_EXTENDED | REG_NEWLINE | REG_NOSUB) != 0)
        err_die("not a pattern: %s", pattern);
    bool found = regexec(&expression, screen, 0, NULL, 0) == 0;
    regfree(&expression);
    return found;
}

/* Bytes of a key as a terminal sends them. */
static size_t key_bytes(const char *name, char *out, size_t size)
{
    static const char *const known[][2] = {
        {"esc", "\033"},        {"tab", "\t"},           {"S-tab", "\033[Z"},
        {"enter", "\r"},        {"space", " "},          {"up", "\033[A"},
        {"down", "\033[B"},     {"right", "\033[C"},     {"left", "\033[D"},
        {"home", "\033[H"},     {"end", "\033[F"},       {"pgup", "\033[5~"},
        {"pgdn", "\033[6~"},    {"f1", "\033OP"},        {"f2", "\033OQ"},
        {"f6", "\033[17~"},     {"M-up", "\033[1;3A"},   {"M-down", "\033[1;3B"},
        {"S-up", "\033[1;2A"},  {"S-down", "\033[1;2B"}, {"C-home", "\033[1;5H"},
        {"C-end", "\033[1;5F"},
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (strcmp(name, known[i][0]) == 0)
            return (size_t)snprintf(out, size, "%s", known[i][1]);
    int button, x, y;
    char end;
    if (sscanf(name, "<%d,%d,%d%c", &button, &x, &y, &end) == 4)
        return (size_t)snprintf(out, size, "\033[<%d;%d;%d%c", button, x, y, end);
    if (strncmp(name, "C-", 2) == 0)
        return (size_t)snprintf(out, size, "%c", name[2] & 31);
    size_t n = (size_t)snprintf(out, size, "%s", name[0] == '=' && name[1] ? name + 1 : name);
    for (size_t i = 0; i < n; i++)
        out[i] = out[i] == '_' ? ' ' : out[i];
    return n;
}

static void type(struct explorer *e, const char *names)
{
    char *copy = mem_text(names), *rest = copy, *name, bytes[80];
    while ((name = strsep(&rest, " "))) {
        struct keypress key;
        keys_feed(&e->keys, bytes, key_bytes(name, bytes, sizeof bytes), 0);
        while (*name && keys_next(&e->keys, 1e9, &key)) {
            explorer_update(e); /* what one sees before the key */
            explorer_draw(e);
            explorer_key(e, &key);
            run(e);
        }
    }
    free(copy);
}

static struct explorer *self; /* the line editor is one per process */

static void on_line(void *data, const char *line)
{
    (void)data;
    if (line)
        recall_add(line);
    explorer_enter(self, line);
}

static void on_candidates(void *data, const struct completion *completion)
{
    (void)data;
    promptline_candidates_show(self, completion);
}

/* At the prompt, nothing typed, nothing said. */
static void begin_anew(struct explorer *e, const char *layout)
{
    char *command = mem_printf("layout %s text=auto", layout);
    if (lineedit_midway())
        lineedit_type("\007", 1);
    popup_clear(&e->help);
    popup_clear(&e->popup);
    explorer_focus(e, false, false);
    lineedit_drop_line();
    enter(e, command);
    e->layout.text = 0;
    enter(e, "clear");
    e->hint[0] = '\0';
    free(command);
}

/* What the screen does not tell. */
static bool did(const struct explorer *e, const char *want, const struct explorer *before)
{
    long was = before->transcript.scrolled, is = e->transcript.scrolled, page = 4;
    long top = e->transcript.rows - (e->place.transcript.height - 1);
    size_t found = e->transcript.found, found_then = before->transcript.found;
    return strcmp(want, "@up") == 0           ? is == was + 1
           : strcmp(want, "@down") == 0       ? is < was && is >= was - 3
           : strcmp(want, "@page up") == 0    ? is > was + page
           : strcmp(want, "@page down") == 0  ? is < was - page
           : strcmp(want, "@top") == 0        ? is == top && is > was
           : strcmp(want, "@end") == 0        ? is == 0 && was > 0
           : strcmp(want, "@found") == 0      ? found > 0 && found != found_then
           : strcmp(want, "@found up") == 0   ? found > 0 && found < found_then
           : strcmp(want, "@found down") == 0 ? found > found_then
           : strcmp(want, "@repaint") == 0    ? e->repaint && !before->repaint
                                              : false;
}

/* All patterns hold, and not all of them did before. */
static bool all_seen(const char *want, const char *before, const char *after)
{
    char *copy = mem_text(want), *rest = copy, *one;
    bool held = true, holds = true;
    while ((one = strsep(&rest, "\n"))) {
        bool gone = one[0] == '-';
        holds = holds && has_row(after, one + gone) == !gone;
        held = held && has_row(before, one + gone) == !gone;
    }
    free(copy);
    return holds && !held;
}

static bool is_view(const char *place)
{
    return view_find(place) != NULL;
}

static void try_key(struct explorer *e, const struct trial *t)
{
    bool replay = strcmp(t->place, "replay") == 0, view = is_view(t->place);
    begin_anew(e, view ? t->place : replay ? "map" : "default");
    if (t->first)
        enter(e, t->first);
    if (view || replay) {
        enter(e, "clear");
        type(e, "esc");
    }
    type(e, t->focus);
    char *before = screen_text(e);
    struct explorer then = *e;
    type(e, t->press);
    bool silent = t->want[0] == '@' && did(e, t->want, &then);
    session_news(e->session, &e->out);
    char *after = screen_text(e);
    bool fine = t->want[0] == '@' ? silent : all_seen(t->want, before, after);
    char *want = mem_text(t->want);
    for (char *c = want; (c = strchr(c, '\n'));)
        *c = ',';
    tap_ok(fine, "%s: %s: %s%s%s gives %s", t->place, t->key, t->focus, *t->focus ? ", then " : "",
           t->press, want);
    if (!fine) {
        tap_show("before", before);
        tap_show("after", after);
    }
    free(want);
    free(before);
    free(after);
}

static bool in_trials(const char *place, const char *key)
{
    for (size_t i = 0; i < sizeof trials / sizeof trials[0]; i++)
        if (strcmp(trials[i].place, place) == 0 && strcmp(trials[i].key, key) == 0)
            return true;
    return false;
}

/* Entries of a view's keys are parted by two blanks. */
static char *next_entry(char **rest)
{
    char *entry = *rest, *end = entry ? strstr(entry, "  ") : NULL;
    if (end) {
        *end = '\0';
        *rest = end + 2 + strspn(end + 2, " ");
    } else {
        *rest = NULL;
    }
    return entry && *entry ? entry : NULL;
}

static void try_in_view(struct explorer *e, const char *view, const struct trial *model)
{
    struct trial t = *model;
    struct strbuf want = {0};
    for (const char *c = model->want; *c; c++)
        if (*c == '%')
            strbuf_puts(&want, view);
        else
            strbuf_putc(&want, *c);
    t.place = view;
    t.want = strbuf_text(&want);
    try_key(e, &t);
    strbuf_free(&want);
}

static void check_view(struct explorer *e, const char *view, const char *keys)
{
    char *copy = mem_text(keys), *rest = copy, *entry;
    while ((entry = next_entry(&rest))) {
        bool tried = in_trials(view, entry);
        for (size_t i = 0; i < sizeof in_views / sizeof in_views[0] && !tried; i++)
            if (strcmp(in_views[i].key, entry) == 0) {
                try_in_view(e, view, &in_views[i]);
                tried = true;
            }
        tap_ok(tried, "%s: %s: is tried", view, entry);
    }
    free(copy);
}

/* What needs a terminal, and where it is tried in one. */
static bool tried_elsewhere(const char *key)
{
    static const struct {
        const char *key, *test, *text;
    } known[] = {
        {"Right", "prompt.sh", "keys Right\n"},
        {"^Z", "screen.sh", "keys C-z\n"},
        {"^D", "screen.sh", "keys C-d\n"}, /* and below */
    };
    const char *top = getenv("srcdir");
    bool found = false;
    for (size_t i = 0; i < sizeof known / sizeof known[0] && !found; i++) {
        if (strcmp(key, known[i].key) != 0)
            continue;
        char *path = mem_printf("%s/tests/%s", top ? top : ".", known[i].test);
        char *text = golden_read(path);
        found = text && strstr(text, known[i].text);
        tap_ok(found, "%s: is tried in a terminal by tests/%s", key, known[i].test);
        free(text);
        free(path);
    }
    return found;
}

static void check_keys(struct explorer *e)
{
    const struct key_row *row;
    for (size_t i = 0; (row = key_row_at(i)); i++)
        if (!tried_elsewhere(row->key))
            tap_ok(in_trials(key_group_name(row->group), row->key), "%s: %s: is tried",
                   key_group_name(row->group), row->key);
    for (size_t i = 0; view_at(i); i++)
        check_view(e, view_at(i)->name, view_at(i)->keys);
    check_view(e, "replay", session_replay_keys());
}

/* Twice in a word that is listed, once in the program: a trial of what is not there. */
static void check_trials(void)
{
    for (size_t i = 0; i < sizeof trials / sizeof trials[0]; i++) {
        const struct trial *t = &trials[i];
        const struct view_ops *ops = view_find(t->place);
        const char *keys = ops ? ops->keys : session_replay_keys();
        bool listed = (ops || strcmp(t->place, "replay") == 0) && strstr(keys, t->key);
        const struct key_row *row;
        for (size_t j = 0; (row = key_row_at(j)) && !listed; j++)
            listed =
                strcmp(row->key, t->key) == 0 && strcmp(key_group_name(row->group), t->place) == 0;
        if (!listed)
            tap_ok(false, "%s: %s is tried but not listed", t->place, t->key);
    }
}

/* ^C where something is waited for: the wait ends, the fit does not. */
static void test_interrupt(struct explorer *e)
{
    begin_anew(e, "default");
    explorer_enter(e, "fit dnn name=on epochs=1000000 hidden=4; wait");
    while ((e->step = session_step(e->session, &e->out)) == STEP_RAN)
        ;
    bool waited = e->step == STEP_WAITING;
    type(e, "C-c");
    tap_ok(waited && e->step != STEP_WAITING && session_busy(e->session) && shows(e, "interrupted"),
           "Keys everywhere: ^C: gives up what is waited for, not the fit");
    enter(e, "stop on; wait; use dnn1; forget on");
}

/* What the views show that have nothing of their own: their keys act on results. */
static void find_results(struct explorer *e)
{
    enter(e, "fit reinforce gain=animal name=g; wait; compare dnn1 g dnn2");
    enter(e, "cv static reinforce folds=2 seeds=1; wait cv");
    enter(e, "recover setting=fig2 quick=yes rule=reinforce|reinforce-base; wait recover");
    enter(e, "diagnose dnn1 loop=10; use g");
}

static void test_verbs(struct explorer *e)
{
    resize(e, 100, 40);
    begin_anew(e, "loss");
    for (size_t i = 0; i < sizeof verb_trials / sizeof verb_trials[0]; i++) {
        const struct verb_trial *t = &verb_trials[i];
        bool gone = t->want[0] == '-';
        if (!gone)
            begin_anew(e, "loss");
        enter(e, "layout text=24");
        if (!gone)
            enter(e, "clear");
        char *before = screen_text(e);
        enter(e, t->command);
        char *after = screen_text(e);
        bool fine = all_seen(t->want, before, after) && e->step != STEP_WAITING;
        tap_ok(fine, "verb %s: %s gives %s", t->verb, t->command, t->want);
        if (!fine)
            tap_show("after", after);
        free(before);
        free(after);
        if (e->step == STEP_PAUSED) {
            type(e, "enter");
            tap_ok(shows(e, "│on "), "and Enter goes on");
        }
    }
    for (size_t i = 0; command_at(i); i++) {
        const char *name = command_at(i)->name;
        bool tried = strncmp(name, "quit", 4) == 0; /* below */
        for (size_t j = 0; j < sizeof verb_trials / sizeof verb_trials[0]; j++)
            tried = tried || strcmp(verb_trials[j].verb, name) == 0;
        tap_ok(tried, "verb %s: is tried", name);
    }
}

static bool take_bytes(void *data, const char *bytes, size_t n, struct err *err)
{
    (void)data, (void)err;
    return bytes && n > 0;
}

static void test_ends(struct explorer *e)
{
    begin_anew(e, "default");
    type(e, "=x C-d");
    tap_ok(!e->quit, "Keys at the prompt: ^D: not on a line that is not empty");
    lineedit_drop_line();
    type(e, "C-d");
    tap_ok(e->quit, "Keys at the prompt: ^D: quits");
    enter(e, "quit");
    tap_ok(e->step == STEP_QUIT, "verb quit: quits");
    enter(e, "quit!");
    tap_ok(e->step == STEP_QUIT, "verb quit!: quits");
}

int main(void)
{
    setenv("INPUTRC", "/dev/null", 1);
    setenv("TERM", "dumb", 1);
    if (getenv("srcdir")) { /* the program may be elsewhere than beside its samples */
        char lessons[4096];
        snprintf(lessons, sizeof lessons, "%s/samples/lessons", getenv("srcdir"));
        setenv("DELTAW_LESSONS", lessons, 1);
    }
    unsetenv("COLORFGBG");
    struct explorer e;
    struct session_host host = {.history = recall_at, .terminal = take_bytes};
    begin_hosted(&e, &host, false, 100, 30);
    self = &e;
    lineedit_open(&(struct lineedit_host){e.session, &e, on_line, on_candidates}, "deltaw> ", true);
    FILE *script = fopen("script.dw", "w");
    if (!script || fputs("say from a script\n", script) < 0 || fclose(script) != 0)
        err_die("script.dw cannot be written");
    enter(&e, "simulate reinforce animals=3 trials=400 seed=5; save data log.csv");
    enter(&e,
          "fit dnn epochs=60 hidden=8 rate=1e-2 lags=1; fit dnn epochs=5 hidden=4; wait; use dnn1");
    for (size_t i = 0; i < sizeof trials / sizeof trials[0]; i++)
        try_key(&e, &trials[i]);
    test_interrupt(&e);
    find_results(&e);
    check_keys(&e);
    check_trials();
    test_verbs(&e);
    test_ends(&e);
    lineedit_close();
    end(&e);
    return tap_done();
}
