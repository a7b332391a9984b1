/* The command language: words, errors, scripts. */
#include "../src/shell/line.h"
#include "deltaw/base/outfile.h"
#include "deltaw/shell/command.h"
#include "desk.h"

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

int main(void)
{
    test_words();
    test_errors();
    test_marks();
    test_long_line();
    test_places();
    test_order();
    return tap_done();
}
