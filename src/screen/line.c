/* The line REPL: readline on a terminal, plain lines from a pipe. */
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/utf8.h"
#include "deltaw/base/thread.h"
#include "deltaw/screen/host.h"
#include "deltaw/view/view.h"
#include "child.h"
#include "recall.h"
#include "hosting.h"
#include "lineedit.h"
#include "rescue.h"
#include "runner.h"
#include "screen.h"
#include "signals.h"
#include "transcript.h"

static const char prompt[] = "deltaw> ", paused_prompt[] = "[Enter goes on, ^C ends this] ";

struct repl {
    struct runner runner;
    char *line; /* just typed */
    bool got, end;
    bool asked; /* ^D was answered by saying what runs */
};

static struct termios terminal_before; /* for the handler below */

static void crash(void)
{
    tcsetattr(STDIN_FILENO, TCSANOW, &terminal_before);
}

static void on_line(void *data, const char *line)
{
    struct repl *repl = data;
    free(repl->line);
    repl->line = line ? mem_text(line) : NULL;
    repl->got = true;
    repl->end = !line;
    lineedit_close(); /* the terminal is in its usual mode while commands run */
}

static void on_signals(struct repl *repl, unsigned bits)
{
    if (bits & SIGNAL_RESIZE) {
        lineedit_resized();
        repl->runner.out.width = screen_columns(STDOUT_FILENO);
    }
    if (bits & SIGNAL_INTERRUPT) {
        lineedit_drop_line();
        fputs("^C\n", stderr);
        lineedit_unhide();
    }
    if (bits & SIGNAL_SUSPEND)
        lineedit_suspend(signals_suspend_now);
}

/* A line into repl->line, with news of the background printed above it.  False:
 * TERM or HUP. */
static bool read_line(struct repl *repl, const char *with_prompt)
{
    bool paused = with_prompt == paused_prompt;
    struct runner *r = &repl->runner;
    repl->got = false;
    r->typing = true;
    r->interrupted = false;
    lineedit_editing(session_setting(r->session, "editing"));
    lineedit_open(&(struct lineedit_host){r->session, repl, on_line, NULL}, with_prompt, false);
    unsigned bits = 0;
    while (!repl->got && !(bits & SIGNAL_END)) {
        struct pollfd fds[3] = {
            {.fd = STDIN_FILENO, .events = POLLIN},
            {.fd = signals_fd(), .events = POLLIN},
            {.fd = session_wake(r->session)->fd, .events = POLLIN},
        };
        poll(fds, 3, -1);
        bits = signals_take();
        on_signals(repl, bits);
        if (paused &&
            bits & SIGNAL_INTERRUPT) { /* it ends the script, as ^C does while the script runs */
            session_cancel(r->session);
            lineedit_hide(); /* otherwise the next prompt would be drawn over it */
            on_line(repl, "");
            continue;
        }
        if (fds[2].revents) {
            wake_drain(session_wake(r->session));
            runner_news(r);
        }
        if (fds[0].revents)
            lineedit_read();
    }
    r->typing = false;
    lineedit_close();
    return repl->got && !(bits & SIGNAL_END); /* a signal in the same moment is not lost */
}

/* ^D.  True: leave. */
static bool leave(struct repl *repl)
{
    fputc('\n', stderr);
    if (repl->asked || !session_busy(repl->runner.session))
        return true;
    struct strbuf header = {0};
    session_header(repl->runner.session, screen_columns(STDERR_FILENO), &header);
    char *text = utf8_visible(strbuf_text(&header), header.len, "");
    fprintf(stderr, "%s\nA fit is not done; ^D again or `quit` leaves; what it learned is kept.\n",
            text + strspn(text, " "));
    free(text);
    strbuf_free(&header);
    repl->asked = true;
    return false;
}

static enum run converse(struct repl *repl)
{
    struct runner *r = &repl->runner;
    enum run how = runner_run(r);
    while (how == RUN_IDLE || how == RUN_FAILED || how == RUN_PAUSED) {
        if (!read_line(repl, how == RUN_PAUSED ? paused_prompt : prompt))
            return RUN_ENDED;
        if (repl->end && leave(repl))
            return RUN_QUIT;
        if (repl->end)
            continue;
        repl->asked = false;
        bool blank = !repl->line[strspn(repl->line, " \t\n")];
        r->out.echoed = how == RUN_PAUSED ? 0 : sizeof prompt - 1;
        if (how == RUN_PAUSED && blank)
            session_enter(r->session);
        else if (!blank)
            (how == RUN_PAUSED ? session_feed_aside : session_feed)(r->session, repl->line,
                                                                    "prompt");
        how = runner_run(r);
    }
    return how;
}

/* --- what scripts run and say ----------------------------------------------------- */

static void on_echo(void *data, const char *command)
{
    struct repl *repl = data;
    if (repl->runner.out.mode == OUTPUT_TEXT)
        output_say(&repl->runner.out, "%s%s", prompt, command);
}

static void on_narrate(void *data, const char *text)
{
    struct repl *repl = data;
    int width = repl->runner.out.width > SAY_WIDTH ? SAY_WIDTH : repl->runner.out.width;
    struct strbuf rows = {0};
    if (*text)
        wording_wrap(text, width, &rows);
    else
        strbuf_putc(&rows, '\n');
    output_block(&repl->runner.out, strbuf_text(&rows));
    strbuf_free(&rows);
}

static bool on_shell(void *data, const char *command, int *status, struct err *err)
{
    (void)data;
    return child_run(command, status, err);
}

static int begin(struct repl *repl, const struct host_setup *setup, bool terminal, struct err *err)
{
    struct session_setup session = setup->session;
    session.prefixes = true;
    if (terminal)
        session.host = (struct session_host){
            .data = repl, .history = recall_at, .echo = on_echo, .narrate = on_narrate};
    if (terminal && isatty(STDOUT_FILENO)) {
        session.host.shell = on_shell;
        session.host.terminal = hosting_terminal;
        session.host.picture_room = hosting_picture_room;
        session.host.picture = hosting_picture;
    }
    if (!signals_open(terminal, err) || !runner_open(&repl->runner, setup, &session, err)) {
        fprintf(stderr, "deltaw: %s\n", err->message);
        return err->code;
    }
    repl->runner.stay = true;
    if (terminal && tcgetattr(STDIN_FILENO, &terminal_before) == 0)
        signals_on_crash(crash);
    if ((!setup->no_rc && !hosting_feed_rc(repl->runner.session, err)) ||
        !hosting_feed_inputs(setup, repl->runner.session, NULL, NULL, err)) {
        runner_complain(&repl->runner, err);
        err_clear(err);
    }
    return 0;
}

int host_line(const struct host_setup *setup)
{
    struct err err = {0};
    struct repl repl = {0};
    bool terminal = isatty(STDIN_FILENO);
    int code = begin(&repl, setup, terminal, &err);
    if (code)
        return code;
    enum run how;
    if (terminal) {
        struct strbuf kept = {0};
        rescue_tell_kept(&kept);
        if (!setup->quiet)
            fputs(strbuf_text(&kept), stderr);
        strbuf_free(&kept);
        recall_open();
        how = converse(&repl);
        recall_close();
        if (how == RUN_QUIT)
            rescue_at_quit(repl.runner.session, setup->quiet);
        else if (how == RUN_ENDED)
            rescue_all_now(repl.runner.session);
    } else {
        how = runner_run_all(&repl.runner, true);
        code = repl.runner.interrupted ? ERR_INTERRUPTED : session_exit_code(repl.runner.session);
    }
    free(repl.line);
    return runner_close(&repl.runner, how, code);
}
