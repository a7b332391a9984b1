/* The command language: words, errors, scripts, help, completion. */
#include "../src/shell/line.h"
#include "deltaw/base/outfile.h"
#include "deltaw/shell/command.h"
#include "deltaw/shell/help.h"
#include "desk.h"

/* --- words -------------------------------------------------------------------- */

static void test_words(void)
{
    static const struct {
        const char *text, *want; /* words as <word>, = after an option's name as := */
    } cases[] = {
        {"fit dnn epochs=100", "<fit><dnn><epochs:=100>"},
        {"  a\tb  # c 'd", "<a><b>"},
        {"a#b", "<a#b>"},
        {"say \"a  b\" 'c;d'", "<say><a  b><c;d>"},
        {"say a\\ b \\# \\\"", "<say><a b><#><\">"},
        {"say \"a\\\"b\\\\c\\d\"", "<say><a\"b\\c\\d>"},
        {"say '\\'", "<say><\\>"},
        {"load x as=\"my mice\"", "<load><x><as:=my mice>"},
        {"say \"a=b\" c\\=d", "<say><a=b><c=d>"},
        {"map at=1=2", "<map><at:=1=2>"},
        {"keep stimulus>=0", "<keep><stimulus>=0>"},
        {"set a=", "<set><a:=>"},
        {"say ''", "<say><>"},
        {"a;b", "<a>|<b>"},
        {";;a ; ;b;", "<a>|<b>"},
        {"a\r\n\n# x\nb", "<a>|<b>"},
        {"a \\\n b\nc", "<a><b>|<c>"},
        {"w0=2^-6 x", "<w0:=2^-6><x>"},
        {"m\xc3\xa4use \xf0\x9f\x90\xad", "<m\xc3\xa4use><\xf0\x9f\x90\xad>"},
        {"", ""},
        {"\\", "<\\>"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct strbuf got = {0};
        struct words words;
        struct err err = {0};
        size_t at = 0;
        int line = 1;
        while (line_next(cases[i].text, &at, &line, &words, &err) && words.n > 0) {
            strbuf_puts(&got, got.len ? "|" : "");
            for (size_t w = 0; w < words.n; w++) {
                const struct word *word = &words.items[w];
                strbuf_putc(&got, '<');
                strbuf_add(&got, word->text, word->equals);
                strbuf_puts(&got, word->equals ? ":" : "");
                strbuf_printf(&got, "%s>", word->text + word->equals);
            }
            words_free(&words);
        }
        words_free(&words);
        tap_is_text(strbuf_text(&got), cases[i].want, "words of %s", cases[i].text);
        strbuf_free(&got);
    }
}

/* --- errors --------------------------------------------------------------------- */

static void test_errors(void)
{
    static const struct {
        const char *line, *message;
        int code, caret; /* blanks before the caret, -1: none */
    } cases[] = {
        {"lod x", "unknown verb 'lod'; did you mean 'load'?", 2, 2},
        {"say a; fiit dnn", "did you mean 'fit'?", 2, 9},
        {"qqqqqq", "`help` lists the verbs", 2, 2},
        {"fit dnnn", "no rule 'dnnn'; did you mean 'dnn'?", 2, 6},
        {"fit dnn epoch=3", "did you mean 'epochs'?", 2, 10},
        {"fit dnn epochs=x", "epochs=x", 2, 17},
        {"fit dnn epochs=1 epochs=2", "epochs= is given twice", 2, 19},
        {"fit dnn w0=1,2,3", "w0=1,2,3", 2, 13},
        {"fit dnn policy=stim+bas", "bas", 2, 17},
        {"fit dnn name=1x", "name=1x", 2, 15},
        {"fit dnn holdout=sim001,sim009", "did you mean 'sim00", 1, 18},
        {"fit", "fit needs more: fit RULE", 2, 2},
        {"say \"abc", "quote opened here is not closed", 2, 6},
        {"say m\xc3\xa4use; qqqqqq", "unknown verb", 2, 13},
        {"map x=foo", "x=foo", 2, 8},
        {"map rang=1", "did you mean 'range'?", 2, 6},
        {"use nobody", "no model yet", 1, 6},
        {"export map m.xyz", "must end in .csv, .json, .npz", 2, 13},
        {"export mop m.csv", "no view 'mop'", 2, 9},
        {"save data x.txt", "must end in .csv, .csv.gz or .npz", 2, 12},
        {"load x.csv format=xlsx", "format=xlsx: it takes auto|", 2, 20},
        {"set seed=-1", "seed=-1", 2, 11},
        {"head 0", "head: '0'", 2, 7},
        {"stop", "no fit is training", 1, -1},
        {"help zzzzz", "occurs nowhere", 1, 7},
        {"check foo", "nothing to check", 2, 8},
        {"quit now", "now", 2, 7},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct desk *d = desk_new(NULL);
        say(d, "x", "simulate reinforce animals=3 trials=20");
        enum step step = say(d, "prompt", cases[i].line);
        const char *at = strchr(strbuf_text(&d->complaint), '^');
        while (at && at > d->complaint.text && at[-1] != '\n')
            at--;
        int caret = at ? (int)strspn(at, " ") : -1;
        if (!tap_ok(step == STEP_FAILED && session_exit_code(d->session) == cases[i].code &&
                        caret == cases[i].caret && has(&d->complaint, cases[i].message),
                    "%s is refused with a reason", cases[i].line))
            tap_note("step %d, exit %d, caret %d", (int)step, session_exit_code(d->session), caret);
        desk_free(d);
    }
}

/* Where the line just typed stands right above, only the mark is put under it. */
static void test_marks(void)
{
    struct desk *d = desk_new(NULL);
    d->out.echoed = 8;
    say(d, "prompt", "fit dnn epoch=3 seed=1");
    tap_ok(strncmp(strbuf_text(&d->complaint), "                ^~~~~\nfit has no option", 39) == 0,
           "a mark under the word typed");
    d->out.echoed = 8;
    say(d, "prompt", "say x; fit dnn epoch=3");
    tap_ok(strncmp(strbuf_text(&d->complaint), "  say x; fit dnn epoch=3\n                 ^~~~~\n",
                   48) == 0,
           "the line again when something came between");
    outfile_write("joined.dw", "say a\nfit \\\n dnn \\\n  epoch=3\n", 29, NULL);
    say(d, "x", "source joined.dw");
    tap_ok(strstr(strbuf_text(&d->complaint), "joined.dw:4: fit has no option") &&
               has(&d->complaint, "\n    epoch=3\n    ^~~~~\n"),
           "in a script after the message");
    desk_free(d);
}

static void test_long_line(void)
{
    struct desk *d = desk_new(NULL);
    struct strbuf line = {0};
    strbuf_puts(&line, "say ");
    strbuf_fill(&line, 'x', 500);
    strbuf_puts(&line, "; qqq");
    say(d, "prompt", line.text);
    size_t widest = 0;
    for (const char *at = strbuf_text(&d->complaint); *at; at += strcspn(at, "\n"), at += !!*at)
        widest = strcspn(at, "\n") > widest ? strcspn(at, "\n") : widest;
    tap_ok(widest <= 80 && has(&d->complaint, "qqq\n"), "a long line is shown around the caret");
    strbuf_free(&line);
    desk_free(d);
}

static void test_places(void)
{
    struct desk *d = desk_new(NULL);
    outfile_write("inner.dw", "say in\n\nsay \\\n two\nnope; say never\n", 35, NULL);
    outfile_write("outer.dw", "# first\nsource inner.dw\nsay never\n", 34, NULL);
    say(d, "-c", "source outer.dw");
    tap_is_text(strbuf_text(&d->result), "in\ntwo\n", "a script runs up to its error");
    tap_ok(has(&d->complaint, "inner.dw:5: unknown verb 'nope'"), "which names script and line");
    say(d, "-c", "nope");
    tap_ok(strncmp(strbuf_text(&d->complaint), "-c: unknown", 11) == 0, "-c stands for itself");
    outfile_write("self.dw", "source self.dw\n", 15, NULL);
    tap_ok(say(d, "-c", "source self.dw") == STEP_FAILED && has(&d->complaint, "25 deep"),
           "a script that sources itself ends");
    outfile_write("bom.dw", "\xef\xbb\xbfsay hello\r\nsay last", 22, NULL);
    say(d, "-c", "source bom.dw");
    tap_is_text(strbuf_text(&d->result), "hello\nlast\n", "BOM, CRLF and no last newline");
    outfile_write("zero.dw", "say a\0b\n", 8, NULL);
    tap_ok(say(d, "-c", "source zero.dw") == STEP_FAILED && has(&d->complaint, "zero bytes"),
           "zero bytes are refused");
    tap_ok(say(d, "-c", "source .") == STEP_FAILED && has(&d->complaint, "folder"),
           "so is a folder");
    struct err err = {0};
    tap_ok(!session_feed_file(d->session, "absent.dw", &err) && strstr(err.message, "absent.dw"),
           "an absent file is an error: %s", err.message);
    desk_free(d);
}

static void test_order(void)
{
    struct desk *d = desk_new(NULL);
    say(d, "a", "say 1; nope; say 2");
    tap_is_text(strbuf_text(&d->result), "1\n", "after an error the rest is gone");
    tap_ok(say(d, "a", "say 3") == STEP_IDLE && has(&d->result, "3"), "what comes later runs");
    desk_free(d);
    struct session_setup going = {.keep_going = true};
    d = desk_new(&going);
    session_feed(d->session, "say 1; nope; say 2", "a");
    enum step step = desk_run(d);
    tap_ok(step == STEP_FAILED && desk_run(d) == STEP_IDLE, "keep-going goes on");
    tap_is_text(strbuf_text(&d->result), "1\n2\n", "with all that follows");
    tap_ok(session_exit_code(d->session) == 2, "and keeps the first exit code");
    outfile_write("q.dw", "say in script\nquit\nsay never\n", 29, NULL);
    strbuf_reset(&d->result);
    session_feed_file(d->session, "q.dw", NULL);
    session_feed(d->session, "say never", "b");
    tap_ok(desk_run(d) == STEP_QUIT && session_step(d->session, &d->out) == STEP_QUIT,
           "quit ends it for good");
    tap_is_text(strbuf_text(&d->result), "in script\n", "at once");
    desk_free(d);
    d = desk_new(NULL);
    session_feed(d->session, "say a; pause-for-enter; say b", "a");
    while (session_step(d->session, &d->out) == STEP_RAN)
        ;
    tap_ok(session_step(d->session, &d->out) == STEP_PAUSED, "a lesson waits for Enter");
    session_enter(d->session);
    desk_run(d);
    tap_is_text(strbuf_text(&d->result), "a\nb\n", "and goes on");
    desk_free(d);
}

/* Step until nothing runs any more, failures passed over. */
static enum step settle(struct desk *d)
{
    enum step step;
    while ((step = session_step(d->session, &d->out)) == STEP_RAN || step == STEP_FAILED)
        ;
    return step;
}

/* ^C while the command of an aside is at work: the rest of the aside goes, the script
 * below it still waits, and what was queued comes after it. */
static void test_asides_at_work(void)
{
    static const char *const works[] = {"simulate reinforce animals=50 trials=100000", "wait dnn1"};
    for (size_t i = 0; i < 2; i++) {
        struct desk *d = desk_new(NULL);
        say(d, "x", "simulate reinforce animals=2 trials=200; fit dnn epochs=1000000 hidden=4");
        strbuf_reset(&d->result);
        session_feed(d->session, "say a; pause-for-enter; say b", "script");
        session_feed(d->session, "say behind", "prompt");
        settle(d);
        char *aside = mem_printf("say c; %s; say never", works[i]);
        session_feed_aside(d->session, aside, "prompt");
        free(aside);
        tap_ok(settle(d) == STEP_WAITING, "%s: an aside is at work", works[i]);
        session_cancel(d->session);
        tap_ok(session_step(d->session, &d->out) == STEP_FAILED &&
                   has(&d->complaint, "interrupted"),
               "^C ends it");
        tap_ok(settle(d) == STEP_PAUSED, "the script waits as before");
        session_enter(d->session);
        tap_ok(settle(d) == STEP_IDLE, "and goes on at Enter");
        tap_ok(!strstr(strbuf_text(&d->result), "never") && has(&d->result, "b\nbehind\n"),
               "with all that was to come");
        say(d, "x", "stop");
        desk_free(d);
    }
}

static void test_asides(void)
{
    struct desk *d = desk_new(NULL);
    session_feed(d->session, "say a; pause-for-enter; say b", "script");
    session_feed(d->session, "say behind", "prompt");
    settle(d);
    session_feed_aside(d->session, "say c", "prompt");
    tap_ok(settle(d) == STEP_PAUSED, "after an aside a script still waits");
    tap_is_text(strbuf_text(&d->result), "a\nc\n", "it ran at once");
    session_feed_aside(d->session, "nonsense; say never", "prompt");
    tap_ok(settle(d) == STEP_PAUSED && has(&d->complaint, "nonsense"),
           "one that fails ends only itself");
    session_feed_aside(d->session, "say d; pause-for-enter; say e", "prompt");
    tap_ok(settle(d) == STEP_PAUSED, "an aside may pause");
    session_enter(d->session);
    tap_ok(settle(d) == STEP_PAUSED, "and the script below it does");
    session_feed_aside(d->session, "# nothing", "prompt");
    tap_ok(settle(d) == STEP_PAUSED, "an empty one is no Enter");
    session_feed_aside(d->session, "say f; pause-for-enter; say never", "prompt");
    settle(d);
    session_cancel(d->session);
    tap_ok(settle(d) == STEP_PAUSED, "^C in an aside leaves the script waiting");
    session_enter(d->session);
    tap_ok(settle(d) == STEP_IDLE, "Enter goes on");
    tap_is_text(strbuf_text(&d->result), "a\nc\nd\ne\nf\nb\nbehind\n", "in this order");
    session_feed_aside(d->session, "say late", "prompt");
    settle(d);
    tap_ok(has(&d->result, "late"), "where nothing waits it is a line like others");
    session_feed(d->session, "pause-for-enter; say never", "script");
    settle(d);
    session_cancel(d->session);
    tap_ok(settle(d) == STEP_IDLE && !strstr(strbuf_text(&d->result), "never"),
           "^C ends what waits");
    desk_free(d);
}

static void on_echo(void *data, const char *command)
{
    strbuf_printf(data, "> %s\n", command);
}

static void on_narrate(void *data, const char *text)
{
    strbuf_printf(data, "| %s\n", text);
}

static void write_file(const char *path, const char *text)
{
    struct err err = {0};
    if (!outfile_write(path, text, strlen(text), &err))
        err_die("%s", err.message);
}

static void test_echo(void)
{
    struct strbuf seen = {0};
    struct session_setup setup = {
        .host = {.data = &seen, .echo = on_echo, .narrate = on_narrate},
    };
    struct err err = {0};
    struct desk *d = desk_new(&setup);
    write_file("inner.dw", "history\n");
    write_file("outer.dw", "say it's \\\n   so\n# a comment\ndata \\\n\nsource inner.dw; models\n");
    write_file("quiet.dw", "models\nsource inner.dw\n");
    session_feed(d->session, "models; say typed", "prompt");
    settle(d);
    tap_is_text(strbuf_text(&seen), "", "what is typed is not echoed");
    tap_ok(session_feed_rc(d->session, "quiet.dw", &err), "the rc file is read");
    settle(d);
    tap_is_text(strbuf_text(&seen), "", "nor is the rc file, nor what it sources");
    session_feed(d->session, "simulate static animals=2 trials=5; source outer.dw", "prompt");
    while (desk_run(d) == STEP_FAILED)
        ;
    tap_is_text(strbuf_text(&seen), "| it's so\n> data\n> source inner.dw\n> history\n> models\n",
                "a script is, and its narration is told apart");
    desk_free(d);
    strbuf_free(&seen);
}

static void test_prefixes(void)
{
    struct session_setup setup = {.prefixes = true};
    struct desk *d = desk_new(&setup);
    tap_ok(say(d, "prompt", "mod") == STEP_IDLE, "a unique prefix works at the prompt");
    tap_ok(say(d, "prompt", "pau") == STEP_FAILED && has(&d->complaint, "pause: no fit"),
           "pau is pause, not pause-for-enter");
    tap_ok(say(d, "prompt", "s") == STEP_FAILED && has(&d->complaint, "'s' could be"),
           "an ambiguous one is refused");
    tap_ok(say(d, "script", "mod") == STEP_FAILED, "a script writes verbs in full");
    desk_free(d);
    d = desk_new(NULL);
    tap_ok(say(d, "prompt", "mod") == STEP_FAILED, "prefixes are off unless asked for");
    desk_free(d);
}

/* --- help and completion ------------------------------------------------------------------ */

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

static void test_completion(void)
{
    static const struct {
        const char *line, *want;
    } cases[] = {
        {"he", "0: head help"},
        {"say x; und", "7: undo"},
        {"fit d", "4: dnn decay=~"},
        {"fit dnn ep", "8: epochs=~"},
        {"fit dnn epochs=3 ep", "17:"},
        {"fit dnn w0=p", "11: psychometric psychometric-fixed"},
        {"fit dnn optimizer=", "18: adam fast"},
        {"fit dnn holdout=sim001,sim0", "23: sim002~ sim003~"},
        {"use ", "4: dnn1"},
        {"save d", "5: data dnn1"},
        {"save data comp/f", "10: comp/folder/~"},
        {"load comp/", "5: comp/a\\ b.csv comp/folder/~"},
        {"load comp/.h", "5: comp/.hidden"},
        {"export ma", "7: map"},
        {"export map comp/a", "11: comp/a\\ b.csv"},
        {"check gradient r", "15: rnn reinforce reinforce-base reward-max remainder=~"},
        {"check gradient dnn s", "19: split=~ seed=~"},
        {"rules tr", "6: trace"},
        {"simulate rei", "9: reinforce reinforce-base"},
        {"simulate d", "9: dnn1 decision=~ distractors=~"},
        {"simulate trace al", "15: alpha=~"},
        {"simulate reinforce ba", "19:"},
        {"simulate trace win", "15: window=~"},
        {"fit reinforce e", "14:"},
        {"fit reinforce-base b", "19: baseline=~"},
        {"fit tinyrnn h", "12: hidden=~ holdout=~"},
        {"fit trace w", "10: w0=~ window=~"},
        {"fit dnn l", "8: layers=~ lags=~ lapse=~"},
        {"fit s", "4: static split=~ seed=~"},
        {"score a", "6: animals=~"},
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
    struct desk *d = desk_new(NULL);
    if (system("mkdir -p comp/folder walks && echo '# Two' > walks/2-two.dw && "
               "touch 2x.dw 2y.txt && touch 'comp/a b.csv' comp/.hidden") != 0)
        tap_note("no folder to complete in");
    setenv("DELTAW_LESSONS", "walks", 1);
    say(d, "x", "simulate reinforce animals=3 trials=20; fit dnn epochs=1; wait");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *got = completed(d, cases[i].line);
        tap_is_text(got, cases[i].want, "completion of '%s'", cases[i].line);
        free(got);
    }
    struct completion c;
    session_complete(d->session, "fit dnn epochs=3", 5, &c);
    tap_ok(c.from == 4 && c.n == 2, "the cursor may stand within the line");
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
    test_words();
    test_errors();
    test_marks();
    test_long_line();
    test_places();
    test_order();
    test_asides();
    test_asides_at_work();
    test_echo();
    test_prefixes();
    test_help();
    test_completion();
    test_hints();
    return tap_done();
}
