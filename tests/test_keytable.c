/* Every key that `help keys` lists, in every place where it holds, and every verb:
 * each is tried in the full screen and does what is said of it.  One that is listed
 * but not tried here fails the test.  Keys come as the bytes that terminals send. */
#include <regex.h>

#include "deltaw/base/outfile.h"
#include "deltaw/shell/command.h"
#include "deltaw/shell/keytable.h"
#include "deltaw/view/view.h"
#include "golden.h"
#include "history.h"
#include "screenless.h"

/* --- the table -------------------------------------------------------------------- */

/* `want` are patterns, a line each, of rows that the screen has afterwards and, at
 * least one of them, not before; "-": of rows that it has before and not after;
 * "@": what the screen does not tell, see did(). */
struct trial {
    const char *place; /* group of the key table, view, or "replay" */
    const char *key;   /* as it is listed */
    const char *first; /* a command before, NULL: none */
    const char *focus; /* keys before */
    const char *press;
    const char *want;
};

/* Keys are parted by blanks; "=say_so" types that, _ for blank; "<0,60,8M" is the mouse. */
static const struct trial trials[] = {
    {"Keys at the prompt", "Tab", NULL, "", "=simul tab", "^.deltaw> simulate "},
    {"Keys at the prompt", "Tab", NULL, "", "=s tab", "simulate +.*artificial|simulate  "},
    {"Keys at the prompt", "Tab", NULL, "=s tab", "tab enter", "^.deltaw> s[a-z]+ "},
    {"Keys at the prompt", "Up, Down, ^R", NULL, "=say_one enter =say_two enter =clear enter",
     "up up up", "^.deltaw> say one *.$"},
    {"Keys at the prompt", "Up, Down, ^R", NULL, "up up up", "down", "^.deltaw> say two *.$"},
    {"Keys at the prompt", "Up, Down, ^R", NULL, "=say_", "up", "^.deltaw> say two *.$"},
    {"Keys at the prompt", "Up, Down, ^R", NULL, "", "C-r =one", "reverse-i-search.*say one"},
    {"Keys at the prompt", "Esc, F6", NULL, "", "esc", "^. F1 keys  Esc prompt"},
    {"Keys at the prompt", "Esc, F6", NULL, "", "f6", "^. F1 keys  Esc prompt"},
    {"Keys at the prompt", "Esc, F6", NULL, "f6", "f6", "^. F1 help"},

    {"Keys in every tile", "Tab, S-Tab", NULL, "esc", "tab", "/ search"},
    {"Keys in every tile", "Tab, S-Tab", NULL, "esc", "S-tab", "a all models"},
    {"Keys in every tile", "n, p", NULL, "esc", "n", "^.deltaw> slice"},
    {"Keys in every tile", "n, p", "layout loss|slice; clear", "esc", "p", "^.deltaw> map"},
    {"Keys in every tile", "< >", NULL, "esc", ">", "^.deltaw> layout loss:[0-9]+.map:"},
    {"Keys in every tile", "< >", NULL, "esc", "<", "^.deltaw> layout loss:[0-9]+.map:"},
    {"Keys in every tile", "/", NULL, "esc", "/", "^.search: "},
    {"Keys in every tile", "?", NULL, "esc", "?", "in the tile: map"},
    {"Keys in every tile", "Esc, :", NULL, "esc", "esc", "^. F1 help"},
    {"Keys in every tile", "Esc, :", NULL, "esc", ":", "^. F1 help"},

    {"Keys in the transcript", "Up, Down, k j", "help; help fit", "esc tab", "up", "@up"},
    {"Keys in the transcript", "Up, Down, k j", "help; help fit", "esc tab", "k", "@up"},
    {"Keys in the transcript", "Up, Down, k j", "help; help fit", "esc tab g", "down", "@down"},
    {"Keys in the transcript", "Up, Down, k j", "help; help fit", "esc tab g", "j", "@down"},
    {"Keys in the transcript", "b, Space", "help; help fit", "esc tab", "b", "@page up"},
    {"Keys in the transcript", "b, Space", "help; help fit", "esc tab g", "space", "@page down"},
    {"Keys in the transcript", "Home, End, g G", "help; help fit", "esc tab", "g", "@top"},
    {"Keys in the transcript", "Home, End, g G", "help; help fit", "esc tab", "home", "@top"},
    {"Keys in the transcript", "Home, End, g G", "help; help fit", "esc tab g", "G", "@end"},
    {"Keys in the transcript", "Home, End, g G", "help; help fit", "esc tab g", "end", "@end"},
    {"Keys in the transcript", "/", "help; help fit", "esc tab", "/ =holdout enter", "@found"},
    {"Keys in the transcript", "/", "help; help fit", "esc tab / =fit enter", "n", "@found up"},
    {"Keys in the transcript", "/", "help; help fit", "esc tab / =fit enter n n", "N",
     "@found down"},
    {"Keys in the transcript", "Tab, S-Tab", NULL, "esc tab", "tab", "a all models"},
    {"Keys in the transcript", "Tab, S-Tab", NULL, "esc tab", "S-tab", "arrows cross-hair"},
    {"Keys in the transcript", "Esc, :", NULL, "esc tab", "esc", "^. F1 help"},
    {"Keys in the transcript", "Esc, :", NULL, "esc tab", ":", "^. F1 help"},

    {"Keys everywhere", "F1", NULL, "", "f1", " keys, Down: more\nTab +complete"},
    {"Keys everywhere", "F1", NULL, "esc", "f1", "in the tile: map"},
    {"Keys everywhere", "F1", NULL, "esc tab", "f1", "in the transcript:"},
    {"Keys everywhere", "F2", NULL, "", "f2", "^.deltaw> layout next"},
    {"Keys everywhere", "F2", "layout loss/map", "", "f2", "zoom: 1 of 2"},
    {"Keys everywhere", "F2", "zoom map", "esc", "f2", "-Δw_stim"},
    {"Keys everywhere", "M-Up, M-Down", NULL, "", "M-up", "^.deltaw> layout text=8"},
    {"Keys everywhere", "M-Up, M-Down", NULL, "esc", "M-down", "^.deltaw> layout text=6"},
    {"Keys everywhere", "PgUp, PgDn", "help", "", "pgup", "rows below: PgDn"},
    {"Keys everywhere", "PgUp, PgDn", "help", "pgup", "pgdn", "-rows below"},
    {"Keys everywhere", "PgUp, PgDn", "help", "esc", "pgup", "@page up"},
    {"Keys everywhere", "S-Up, S-Down", "help", "", "S-up", "@up"},
    {"Keys everywhere", "S-Up, S-Down", "help", "pgup", "S-down", "@down"},
    {"Keys everywhere", "C-Home, C-End", "help", "", "C-home", "@top"},
    {"Keys everywhere", "C-Home, C-End", "help", "pgup", "C-end", "@end"},
    {"Keys everywhere", "C-Home, C-End", "help", "pgup", "home", "@top"},
    {"Keys everywhere", "C-Home, C-End", "help", "pgup", "end", "@end"},
    {"Keys everywhere", "^C", NULL, "=half_a_line", "C-c", "-half a line"},
    {"Keys everywhere", "^L", NULL, "", "C-l", "@repaint"},

    {"Mouse, after set mouse=yes", "click", NULL, "", "<0,60,8M <0,60,8m", "^.deltaw> map cross="},
    {"Mouse, after set mouse=yes", "click", NULL, "", "<0,5,8M", "^. F1 keys"},
    {"Mouse, after set mouse=yes", "click", NULL, "esc", "<0,10,28M", "^. F1 help"},
    {"Mouse, after set mouse=yes", "drag a border", NULL, "", "<0,39,8M <32,50,8M <0,50,8m",
     "^.deltaw> layout loss:48.map:49"},
    {"Mouse, after set mouse=yes", "wheel", "help", "", "<64,10,10M", "3 rows below"},
    {"Mouse, after set mouse=yes", "wheel", "help", "pgup", "<65,10,10M", "@down"},

    {"loss", "a all models", NULL, "", "a", "^.deltaw> loss model=all\nloss .nats/trial. ─"},
    {"loss", "f second half/all", "loss model=auto", "", "f", "^.deltaw> loss from=30\n^. *30"},
    {"loss", "f second half/all", "loss from=30", "", "f", "^.deltaw> loss from=0"},
    {"loss", "l log axis", "loss from=0", "", "l", "^.deltaw> loss log=yes\n[Ll]og"},
    {"loss", "l log axis", NULL, "", "l", "^.deltaw> loss log=no"},

    {"map", "arrows cross-hair", "map cross=0,.5", "", "left", "^.deltaw> map cross=-"},
    {"map", "arrows cross-hair", "map cross=0,.5", "", "right", "^.deltaw> map cross=[.0]*[1-9]"},
    {"map", "arrows cross-hair", "map cross=0,.5", "", "up", "^.deltaw> map cross=0,"},
    {"map", "arrows cross-hair", "map cross=0,.5", "", "down", "^.deltaw> map cross=0,"},
    {"map", "[ ] weight", NULL, "", "]", "^.deltaw> map w_bias=\nw_bias"},
    {"map", "[ ] weight", "map w_bias=.5", "", "[", "^.deltaw> map w_bias="},
    {"map", "{ } past", "map w_bias=visited", "", "}", "^.deltaw> map past="},
    {"map", "{ } past", NULL, "", "{", "^.deltaw> map past=any"},
    {"map", "c correct/error/both", NULL, "", "c", "^.deltaw> map reward=1\n-error r=0"},
    {"map", "c correct/error/both", NULL, "", "c", "^.deltaw> map reward=0"},
    {"map", "c correct/error/both", NULL, "", "c", "^.deltaw> map reward=both\nerror r=0"},
    {"map", "d fitted/true/difference", NULL, "", "d", "^.deltaw> map diff=true\n true Δw_stim"},
    {"map", "d fitted/true/difference", NULL, "", "d", "^.deltaw> map diff=yes\n fitted.true "},
    {"map", "d fitted/true/difference", NULL, "", "d", "^.deltaw> map diff=no"},
    {"map", "s slice", NULL, "", "s", "^.deltaw> slice w=\nby stimulus"},
    {"map", "+ - 0 colours", NULL, "", "+", "^.deltaw> map range="},
    {"map", "+ - 0 colours", NULL, "", "-", "^.deltaw> map range="},
    {"map", "+ - 0 colours", NULL, "", "0", "^.deltaw> map range=auto"},

    {"slice", "[ ] weight", "slice w=.5", "", "]", "^.deltaw> slice w_bias=\nw_bias"},
    {"slice", "[ ] weight", NULL, "", "[", "^.deltaw> slice w_bias="},
    {"slice", "{ } past", "slice w_bias=visited", "", "}", "^.deltaw> slice past="},
    {"slice", "{ } past", NULL, "", "{", "^.deltaw> slice past="},
    {"slice", "d fitted/true/difference", NULL, "", "d", "^.deltaw> slice diff=true"},
    {"slice", "d fitted/true/difference", NULL, "", "d", "^.deltaw> slice diff=yes"},
    {"slice", "d fitted/true/difference", NULL, "", "d", "^.deltaw> slice diff=no"},
    {"slice", "m map", NULL, "", "m", "^.deltaw> map\n w × stimulus"},

    {"weights", "[ ] animal", "weights sim001", "", "]", "^.deltaw> weights sim002\nof sim002"},
    {"weights", "[ ] animal", "weights sim002", "", "[", "^.deltaw> weights sim001\nof sim001"},

    {"accuracy", "[ ] animal", NULL, "", "]", "^.deltaw> accuracy animal=sim001"},
    {"accuracy", "[ ] animal", "accuracy animal=sim002", "", "[",
     "^.deltaw> accuracy animal=sim001"},
    {"accuracy", "+ - finer/coarser bins", NULL, "", "+", "^.deltaw> accuracy bin=[0-9]+"},
    {"accuracy", "+ - finer/coarser bins", NULL, "", "-", "^.deltaw> accuracy bin=[0-9]+"},

    {"psychometric", "[ ] animal", NULL, "", "]", "^.deltaw> psychometric sim001"},
    {"psychometric", "[ ] animal", NULL, "", "[", "^.deltaw> psychometric all"},
    {"psychometric", "{ } session", NULL, "", "}", "^.deltaw> psychometric sessions="},
    {"psychometric", "{ } session", "psychometric sessions=2", "", "{",
     "^.deltaw> psychometric sessions=1"},
    {"psychometric", "c early and late/all", "psychometric sessions=all", "", "c",
     "^.deltaw> psychometric sessions=early,late"},
    {"psychometric", "c early and late/all", NULL, "", "c", "^.deltaw> psychometric sessions=all"},

    {"jobs", "arrows row", NULL, "home", "down", "^.[▸>] *dnn2\n^.deltaw> jobs row=dnn2"},
    {"jobs", "arrows row", NULL, "", "up", "^.[▸>] *dnn1"},
    {"jobs", "Enter use", "use dnn2", "home", "enter", "^.deltaw> use dnn1"},
    {"jobs", "Space pause/resume", "fit dnn name=long epochs=1000000 hidden=4", "end", "space",
     "^.deltaw> pause long\nlong .*paused"},
    {"jobs", "Space pause/resume", NULL, "end", "space", "^.deltaw> resume long"},
    {"jobs", "x stop", NULL, "end", "x", "^.deltaw> stop long"},

    {"models", "arrows row", NULL, "home", "down", "^.[▸>] *dnn2\n^.deltaw> models row=dnn2"},
    {"models", "arrows row", NULL, "", "up", "^.[▸>] *dnn1"},
    {"models", "o order", NULL, "", "o", "^.deltaw> models sort=loss\n · by loss"},
    {"models", "o order", "models sort=name", "", "o", "^.deltaw> models sort=age\n-by name"},
    {"models", "Enter use", "use dnn2", "home", "enter", "^.deltaw> use dnn1"},
    {"models", "s show", NULL, "home", "s", "dnn.4.bias"},

    {"help", "arrows line", NULL, "", "down", "help · lines 2 to"},
    {"help", "arrows line", NULL, "", "up", "help · lines 1 to"},
    {"help", "Space page", NULL, "", "space", "help · lines (1[0-9]|2[0-9]) to"},
    {"help", "b page back", NULL, "", "b", "help · lines 1 to"},
    {"help", "[ ] group", NULL, "", "]", "^.Fit *.$\n-lines 1 to"},
    {"help", "[ ] group", NULL, "", "[", "help · lines 1 to"},

    {"replay", ", . step", "replay dnn1 epoch=30", "", ".", "^.deltaw> replay epoch=31"},
    {"replay", ", . step", NULL, "", ",", "^.deltaw> replay epoch=30"},
    {"replay", "space play/pause", NULL, "", "space", "^.deltaw> replay play=yes"},
    {"replay", "Home,End ends", "replay epoch=30", "", "home", "^.deltaw> replay epoch=0"},
    {"replay", "Home,End ends", NULL, "", "end", "^.deltaw> replay epoch=60"},
    {"replay", "q end replay", NULL, "", "q", "^.deltaw> replay off\n-replay 60/60"},
};

/* Of every view that has them; its name stands for %. */
static const struct trial in_views[] = {
    {"", "e export", NULL, "", "e", "^.deltaw> export % %-[-0-9]*.csv\n%-[-0-9]*.csv"},
    {"", "y copy", NULL, "", "y", "^.deltaw> copy %\nclipboard"},
    {"", "z zoom", NULL, "", "z", "^.deltaw> zoom %"},
};

struct verb_trial {
    const char *verb, *command, *want;
};

static const struct verb_trial verb_trials[] = {
    {"load", "load log.csv", "3 animals, 1,200 trials"},
    {"data", "data", "^.sides +choice 1 = right"},
    {"animals", "animals", "^.sim001 +400"},
    {"head", "head 3", "stimulus"},
    {"keep", "keep trial<=200", "600 trials"},
    {"drop", "drop subject=sim001", "400 trials"},
    {"undo", "undo", "600 trials"},
    {"redo", "redo; undo", "400 trials"},
    {"watch", "watch absent.csv", "cannot open"},
    {"schema", "schema use none", "no schema"},
    {"trials", "trials 1..100", "300 trials"},
    {"reset", "reset", "1,200 trials"},
    {"simulate", "simulate reinforce animals=2 trials=100 seed=1", "200 trials of reinforce"},
    {"fit", "fit dnn name=mine epochs=1000000 hidden=4", "mine"},
    {"jobs", "jobs", "^.mine +training"},
    {"pause", "pause mine", "mine .*paused"},
    {"resume", "resume mine", "mine .*(resumed|goes on|again|trains)"},
    {"stop", "stop mine", "mine .*stopping"},
    {"wait", "wait all; say waited", "^.waited"},
    {"rules", "rules", "tinyrnn"},
    {"models", "models", "dnn1 +dnn"},
    {"use", "use dnn1; models", "dnn1 +[*]"},
    {"show", "show dnn1", "hidden"},
    {"save", "save dnn1 dnn1.npz", "dnn1.npz"},
    {"open", "open dnn1.npz name=again; models", "again +[*] +dnn"},
    {"forget", "forget again", "again is forgotten"},
    {"score", "score dnn1", "dnn1"},
    {"compare", "compare dnn1 dnn1", "dnn1"},
    {"check", "check data", "sides"},
    {"loss", "use dnn1; loss", "^.dnn1: train"},
    {"map", "map x=reward", "w × reward"},
    {"slice", "slice", "by stimulus"},
    {"weights", "weights", " weights of sim001"},
    {"accuracy", "accuracy", " accuracy \\(share"},
    {"psychometric", "psychometric", " P\\(right\\) by"},
    {"layout", "layout overview; layout", "now: overview"},
    {"zoom", "layout loss|map; zoom map", "zoom: 1 of 2"},
    {"replay", "replay dnn1 epoch=10", "dnn1 replays"},
    {"replay", "replay off", "the newest is shown again"},
    {"export", "export map map.csv", "map.csv"},
    {"copy", "copy map as=csv", "clipboard"},
    {"log", "log on l.dw; say logged; log off", "^.logged"},
    {"source", "source script.dw", "^.from a script"},
    {"set", "set seed=7; set", "seed +7|seed=7"},
    {"lesson", "lesson", "What a learning rule is"},
    {"say", "say something", "^.something"},
    {"pause-for-enter", "pause-for-enter; say on", "Enter goes on"},
    {"history", "history", "say one"},
    {"search", "search waited_nowhere", "is nowhere in the transcript"},
    {"help", "help wait", "continue only when fits"},
    {"clear", "clear", "-continue only"},
};

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
    candidates_show(self, completion);
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
        bool tried = strcmp(name, "quit") == 0; /* below */
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
    enter(&e, "fit dnn epochs=60 hidden=8 rate=1e-2; fit dnn epochs=5 hidden=4; wait; use dnn1");
    for (size_t i = 0; i < sizeof trials / sizeof trials[0]; i++)
        try_key(&e, &trials[i]);
    test_interrupt(&e);
    check_keys(&e);
    check_trials();
    test_verbs(&e);
    test_ends(&e);
    lineedit_close();
    end(&e);
    return tap_done();
}
