/* What every key and every verb does in the full screen: rows for test_keytable.c. */
#ifndef TESTS_KEY_TRIALS_H
#define TESTS_KEY_TRIALS_H

#include <stddef.h>

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
    {"stop", "stop mine", "mine .*(stopping|will not begin)"},
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

#endif
