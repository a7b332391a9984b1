/* Help, completion, and the hint behind the cursor. */
#include "deltaw/shell/command.h"
#include "deltaw/shell/help.h"
#include "desk.h"

static void test_help(void)
{
    struct desk *d = desk_new(NULL);
    say(d, "x", "help");
    for (size_t i = 0; command_at(i); i++)
        if (!strstr(strbuf_text(&d->result), command_at(i)->name))
            tap_ok(false, "help lists %s", command_at(i)->name);
    size_t lines = 0, n = 0;
    for (const char *at = strbuf_text(&d->result); (at = strchr(at, '\n')); at++)
        lines++;
    while (command_at(n))
        n++;
    tap_ok(has(&d->result, "Judge\n") && lines == n + 7, "help lists verbs in groups, a line each");
    size_t widest = 0;
    for (size_t i = 0; command_at(i); i++) {
        char *line = mem_printf("help %s", command_at(i)->name);
        bool ok = say(d, "x", line) == STEP_IDLE && strstr(strbuf_text(&d->result), "Examples\n") &&
                  command_at(i)->detail[0] && command_at(i)->examples[0];
        const struct option_row *o = command_options(command_at(i));
        for (; ok && o && o->name; o++)
            ok = has(&d->result, o->name) && o->text && o->text[strlen(o->text) - 1] != '.';
        for (const char *at = strbuf_text(&d->result); *at; at += strcspn(at, "\n"), at += !!*at)
            widest = strcspn(at, "\n") > widest ? strcspn(at, "\n") : widest;
        if (!ok)
            tap_ok(false, "%s tells options and examples", line);
        free(line);
    }
    tap_ok(widest <= 80, "no line of help is wider than the page (%zu)", widest);
    say(d, "x", "help truncat");
    tap_ok(has(&d->result, "fit") && has(&d->result, "truncation="), "help WORD searches options");
    struct strbuf page = {0};
    tap_ok(help_mdoc(&page) && strncmp(page.text, ".Sh COMMANDS\n", 13) == 0, "and makes mdoc");
    strbuf_free(&page);
    desk_free(d);
}

/* Candidates as "word word= ", with the part of the line they replace. */
static char *completed(struct desk *d, const char *line)
{
    struct completion c;
    struct strbuf out = {0};
    session_complete(d->session, line, strlen(line), &c);
    strbuf_printf(&out, "%zu:", c.from);
    for (size_t i = 0; i < c.n; i++)
        strbuf_printf(&out, " %s%s", c.items[i].word, c.items[i].open ? "~" : "");
    completion_free(&c);
    return strbuf_take(&out);
}

static const struct {
    const char *line, *want;
} completions[] = {
    {"he", "0: head help"},
    {"say x; und", "7: undo"},
    {"fit d", "4: dnn drift=~ decay=~"},
    {"fit dnn ep", "8: epochs=~"},
    {"fit dnn epochs=3 ep", "17:"},
    {"fit dnn w0=p", "11: psychometric psychometric-fixed"},
    {"fit dnn optimizer=", "18: adam fast"},
    {"fit dnn holdout=sim001,sim0", "23: sim002~ sim003~"},
    {"use ", "4: dnn1 mine"},
    {"save d", "5: data dnn1"},
    {"save data comp/f", "10: comp/folder/~"},
    {"load comp/", "5: comp/a\\ b.csv comp/folder/~"},
    {"load comp/.h", "5: comp/.hidden"},
    {"export ma", "7: map"},
    {"export map comp/a", "11: comp/a\\ b.csv"},
    {"check gradient r", "15: rnn reinforce reinforce-base reward-max randomwalk remainder=~"},
    {"check gradient dnn s", "19: seed=~"},
    {"rules tr", "6: trace"},
    {"simulate rei", "9: reinforce reinforce-base"},
    {"wait q", "5: queue"},
    {"stop queue q", "11: queue"},
    {"fit dnn group=", "14: queue"},
    {"simulate d", "9: dnn1 decision=~ distractors=~"},
    {"simulate trace al", "15: alpha=~"},
    {"simulate reinforce ba", "19:"},
    {"simulate trace win", "15: window=~"},
    {"fit reinforce e", "14:"},
    {"fit reinforce-base b", "19: baseline=~ bootstrap=~"},
    {"fit tinyrnn h", "12: hidden=~ holdout=~"},
    {"fit trace w", "10: w0=~ window=~"},
    {"fit dnn l", "8: layers=~ lags=~ lapse=~"},
    {"fit s", "4: static sigma_day=~ seed=~ start=~"},
    {"score a", "6: animals=~ adapt=~"},
    {"keep sub", "5: subject~"},
    {"keep subject=sim001,sim0", "20: sim002~ sim003~"},
    {"keep stimulus>0 and cho", "20: choice~"},
    {"map x=r", "6: reward"},
    {"map x=w_", "6: w_stim w_bias"},
    {"map of=w_b", "7: w_bias"},
    {"map w_", "4: w_stim=~ w_bias=~"},
    {"slice w_bias=v", "13: visited"},
    {"set back", "4: background=~"},
    {"set background=", "15: auto light dark"},
    {"log o", "4: on off"},
    {"lesson 2", "7: 2 2x.dw"},
    {"help und", "5: undo"},
    {"say # x", "7:"},
    {"nope x", "5:"},
    {"fit dnn policy=stim+pre", "20: prevstim~ prevchoice~"},
    {"fit dnn init=comp/f", "13: comp/folder/~"},
    {"fit dnn holdout=\"sim001,sim00", "24: sim002~ sim003~"},
    {"fit dnn holdout=\"sim00", "16: \"sim001~ \"sim002~ \"sim003~"},
    {"export map \"comp/a", "11: \"comp/a b.csv\""},
    {"export map 'comp/", "11: 'comp/a b.csv' 'comp/folder/~"},
    {"keep reward", "5: reward=~ reward!=~ reward<~ reward<=~ reward>~ reward>=~"},
    {"keep choice=", "12: left right"},
    {"keep choice=left ", "17: and"},
    {"keep choice = r", "14: right"},
    {"keep choice !=left,r", "19: right"},
    {"keep choice = right a", "20: and"},
    {"keep choice ", "12: =~ !=~ <~ <=~ >~ >=~"},
    {"drop stimulus=-", "14: -1 -0.9867039 -0.84836066 -0.55465007 -0.3027372"},
};
static void test_meanings(struct desk *d)
{
    struct completion c;
    session_complete(d->session, "fit dnn epochs=3", 5, &c);
    tap_ok(c.from == 4 && c.n == 3, "the cursor may stand within the line");
    bool meanings = true;
    for (size_t i = 0; i < c.n; i++)
        meanings = meanings && c.items[i].meaning[0];
    tap_ok(meanings, "candidates say what they mean");
    completion_free(&c);
    session_complete(d->session, "set background=", 15, &c);
    tap_ok(c.about && strstr(c.about, "of the terminal") && c.n == 3 &&
               strcmp(c.items[0].meaning, "the default") == 0,
           "values are headed by what they are for");
    completion_free(&c);
}

static void test_completion(void)
{
    struct desk *d = desk_new(NULL);
    if (system("mkdir -p comp/folder walks && echo '# Two' > walks/2-two.dw && "
               "touch 2x.dw 2y.txt && touch 'comp/a b.csv' comp/.hidden") != 0)
        tap_note("no folder to complete in");
    setenv("DELTAW_LESSONS", "walks", 1);
    say(d, "x",
        "simulate reinforce animals=3 trials=20; fit dnn epochs=1; "
        "fit dnn name=mine epochs=1 group=queue; wait");
    for (size_t i = 0; i < sizeof completions / sizeof *completions; i++) {
        char *got = completed(d, completions[i].line);
        tap_is_text(got, completions[i].want, "completion of '%s'", completions[i].line);
        free(got);
    }
    test_meanings(d);
    desk_free(d);
}

/* The hint behind the cursor: "rest|words". */
static void test_hints(void)
{
    static const struct {
        const char *line, *rest, *words; /* words: a part of them */
    } cases[] = {
        {"", "", ""},
        {"  ", "", ""},
        {"simul", "ate", "RULE|MODEL [name=value...]  make"},
        {"s", "", ""},
        {"fit ", "", "RULE [name= policy=stim+bias w0=zero"},
        {"fit dnn ", "", "[name= policy=stim+bias w0=zero hidden=32"},
        {"fit dnn epochs=3 hidden=4 ", "", "w0=zero layers=2"},
        {"fit reinforce ", "", "alpha=each"},
        {"fit dnn epo", "chs=", "1000  steps"},
        {"fit dnn epochs=", "1000", "0 to 10000000  steps"},
        {"fit dnn epochs=3", "", ""},
        {"fit dnn w0=psychometric-", "fixed", "start weights"},
        {"fit dnn l", "", "layers= lags= lapse="},
        {"fit tin", "yrnn", ""},
        {"save ", "", "data|MODEL FILE"},
        {"save data ", "", "FILE"},
        {"load x.csv ", "", "FILE|FOLDER|-... [format=auto subject="},
        {"log ", "", "[on FILE|off]"},
        {"keep ", "", "subject session trial"},
        {"keep stim", "ulus", "column"},
        {"keep stimulus<0 ", "and", "another"},
        {"use d", "nn1", ""},
        {"load comp/", "", ""},
        {"nope x", "", ""},
        {"fit dnn; sho", "w", "[MODEL]"},
        {"say # x", "", ""},
    };
    struct desk *d = desk_new(NULL);
    say(d, "x", "simulate reinforce animals=3 trials=20; fit dnn epochs=1; wait");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct strbuf rest = {0}, words = {0};
        session_hint(d->session, cases[i].line, &rest, &words);
        bool none = !cases[i].words[0] && !cases[i].rest[0];
        tap_is_text(strbuf_text(&rest), cases[i].rest, "what completes '%s'", cases[i].line);
        tap_ok(has(&words, cases[i].words) && (!none || !words.len), "what may follow it: %s",
               strbuf_text(&words));
        strbuf_free(&rest);
        strbuf_free(&words);
    }
    desk_free(d);
}

int main(void)
{
    test_help();
    test_completion();
    test_hints();
    return tap_done();
}
