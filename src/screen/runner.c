#include "runner.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/thread.h"
#include "deltaw/base/utf8.h"
#include "hosting.h"
#include "lineedit.h"
#include "rescue.h"
#include "screen.h"
#include "signals.h"

static const double progress_after = .5, progress_every = .2; /* seconds */

/* --- output ------------------------------------------------------------------- */

static void hide_progress(struct runner *r)
{
    if (r->shown)
        fputs("\r\033[K", stderr);
    r->shown = false;
}

static void make_room(struct runner *r)
{
    hide_progress(r);
    if (r->typing && !r->hidden) {
        lineedit_hide();
        r->hidden = true;
    }
}

static void on_result(void *host, const char *bytes, size_t n)
{
    struct runner *r = host;
    make_room(r);
    if (!r->lost && fwrite(bytes, 1, n, stdout) < n)
        r->lost = errno;
}

static void on_complaint(void *host, const char *bytes, size_t n)
{
    struct runner *r = host;
    make_room(r);
    if (fflush(stdout) != 0 && !r->lost) /* so that the two stay in order */
        r->lost = errno;
    fwrite(bytes, 1, n, stderr);
}

static void flush_result(struct runner *r)
{
    if (fflush(stdout) != 0 && !r->lost)
        r->lost = errno;
}

void runner_complain(struct runner *r, const struct err *err)
{
    output_complain(&r->out, "deltaw: %s", err->message);
}

void runner_news(struct runner *r)
{
    session_news(r->session, &r->out);
    flush_result(r);
    if (r->hidden)
        lineedit_unhide();
    r->hidden = false;
}

/* --- progress ------------------------------------------------------------------- */

static void show_progress(struct runner *r)
{
    double now = clock_seconds();
    if (!r->progress || now - r->waiting_since < progress_after ||
        now - r->shown_at < progress_every)
        return;
    int width = screen_columns(STDERR_FILENO) - 1;
    struct strbuf text = {0};
    session_waiting(r->session, &text);
    if (!text.len)
        session_header(r->session, width, &text);
    char *safe = utf8_visible(strbuf_text(&text), text.len, "");
    const char *line = safe + strspn(safe, " ");
    fprintf(stderr, "\r%.*s\033[K", (int)utf8_prefix(line, width), line);
    fflush(stderr);
    free(safe);
    strbuf_free(&text);
    r->shown = true;
    r->shown_at = now;
}

/* True: TERM or HUP came. */
static bool take_signals(struct runner *r)
{
    unsigned bits = signals_take();
    if (bits & SIGNAL_INTERRUPT) {
        r->interrupted = true;
        hide_progress(r);
        session_cancel(r->session);
    }
    if (bits & SIGNAL_SUSPEND)
        signals_suspend_now();
    return (bits & SIGNAL_END) != 0;
}

/* Sleep until something happens.  True: as above. */
static bool sleep_a_while(struct runner *r, int also)
{
    struct pollfd fds[3] = {
        {.fd = signals_fd(), .events = POLLIN},
        {.fd = session_wake(r->session)->fd, .events = POLLIN},
        {.fd = also, .events = POLLIN},
    };
    int n = poll(fds, also >= 0 ? 3 : 2, r->progress ? 100 : -1);
    if (n > 0 && fds[1].revents)
        wake_drain(session_wake(r->session));
    return take_signals(r);
}

/* --- running ---------------------------------------------------------------------- */

bool runner_open(struct runner *r, const struct host_setup *setup, struct session_setup *session,
                 struct err *err)
{
    *r = (struct runner){.setup = setup};
    r->session = session_new(session, err);
    if (!r->session)
        return false;
    const char *term = getenv("TERM");
    r->progress = !setup->quiet && isatty(STDERR_FILENO) && term && strcmp(term, "dumb") != 0;
    r->out = (struct output){
        .mode = setup->mode,
        .width = screen_columns(STDOUT_FILENO),
        .style = hosting_style(setup, r->session),
        .quiet = setup->quiet,
        .host = r,
        .result = on_result,
        .complaint = on_complaint,
    };
    session_style(r->session, &r->out.style);
    rescue_on_crash(r->session);
    return true;
}

enum run runner_run(struct runner *r)
{
    bool failed = false;
    r->waiting_since = clock_seconds();
    for (;;) {
        r->out.style = hosting_style(r->setup, r->session);
        enum step step = session_step(r->session, &r->out);
        if (step != STEP_WAITING) {
            hide_progress(r);
            flush_result(r);
            r->waiting_since = clock_seconds();
        }
        runner_news(r);
        if (r->lost)
            return RUN_LOST;
        failed = failed || step == STEP_FAILED;
        if (step == STEP_IDLE)
            return failed ? RUN_FAILED : RUN_IDLE;
        if (step == STEP_QUIT)
            return RUN_QUIT;
        if (step == STEP_PAUSED)
            return RUN_PAUSED;
        if (step == STEP_FAILED && !r->stay)
            return RUN_FAILED;
        if (step == STEP_WAITING)
            show_progress(r);
        /* between commands in a row ^C comes through too */
        if (step == STEP_WAITING ? sleep_a_while(r, -1) : take_signals(r))
            return RUN_ENDED;
        if (r->interrupted && !r->stay)
            failed = true;
    }
}

static bool any_fit(const struct runner *r, enum fit_state state)
{
    const struct scene *scene = session_scene(r->session);
    size_t i = 0;
    while (i < scene->n_jobs && scene->jobs[i].status.state != state)
        i++;
    return i < scene->n_jobs;
}

/* Until nothing works in the background and no file is watched. */
static enum run wait_fits(struct runner *r)
{
    r->waiting_since = clock_seconds();
    while (session_works(r->session) || session_watches(r->session)) {
        show_progress(r);
        if (sleep_a_while(r, -1))
            return RUN_ENDED;
        if (r->interrupted)
            return RUN_FAILED;
        runner_news(r);
    }
    hide_progress(r);
    runner_news(r);
    return any_fit(r, FIT_FAILED) ? RUN_FAILED : r->lost ? RUN_LOST : RUN_IDLE;
}

int runner_close(struct runner *r, enum run how, int code)
{
    hide_progress(r);
    if (how == RUN_ENDED || r->interrupted)
        rescue_now(r->session);
    rescue_on_crash(NULL);
    bool settled = session_settle(r->session, HOST_PATIENCE);
    if (settled)
        session_free(r->session);
    output_free(&r->out);
    flush_result(r);
    signals_close();
    if (how == RUN_ENDED)
        signals_die_of(signals_last_end());
    if (r->lost && code == 0)
        code = ERR_FAILED;
    if (r->lost && r->lost != EPIPE) /* a reader that has read enough is no error */
        fprintf(stderr, "deltaw: standard output: %s\n", strerror(r->lost));
    return settled ? code : code | HOST_AT_WORK;
}

/* --- a stream of commands ----------------------------------------------------------- */

/* Lines of a descriptor that is no terminal. */
struct stream {
    int fd;
    bool ended;
    bool failed; /* ended because it cannot be read; the error was reported */
    int line;
    struct strbuf text;
    size_t at; /* fed up to here */
};

/* A whole line, joined with the next where it ends in a backslash; NULL: more is
 * needed. */
static char *next_line(struct stream *s)
{
    size_t from = s->at, end = from;
    for (; end < s->text.len; end++)
        if (s->text.text[end] == '\n' && (end == from || s->text.text[end - 1] != '\\'))
            break;
    bool whole = end < s->text.len;
    if (!whole && (!s->ended || from >= s->text.len))
        return NULL;
    s->at = end + whole;
    return mem_text_n(s->text.text + from, end - from);
}

static void read_stream(struct runner *r, struct stream *s)
{
    char bytes[16384];
    ssize_t n = read(s->fd, bytes, sizeof bytes);
    if (n > 0) {
        if (s->at) { /* keep only what has not been fed */
            size_t left = s->text.len - s->at;
            memmove(s->text.text, s->text.text + s->at, left);
            strbuf_cut(&s->text, left);
            s->at = 0;
        }
        strbuf_add(&s->text, bytes, (size_t)n);
    } else if (n == 0) {
        s->ended = true;
    } else if (errno != EINTR && errno != EAGAIN) {
        struct err err = {0};
        s->ended = true;
        s->failed = errno != EBADF; /* closed from the start: nothing to read */
        err_system(&err, ERR_FAILED, "stdin: cannot read commands");
        if (s->failed)
            runner_complain(r, &err);
    }
}

/* Wait for and feed the next line.  RUN_IDLE: one was fed, or the stream has ended. */
static enum run feed_stream(struct runner *r, struct stream *s)
{
    for (;;) {
        char *line = next_line(s);
        if (line) {
            int first = s->line + 1;
            bool marked = s->line == 0 && strncmp(line, "\xef\xbb\xbf", 3) == 0;
            for (const char *c = line; *c; c++)
                s->line += *c == '\n';
            s->line++;
            session_feed_line(r->session, line + (marked ? 3 : 0), "stdin", first);
            free(line);
            return RUN_IDLE;
        }
        if (s->ended)
            return RUN_IDLE;
        struct pollfd ready = {.fd = s->fd, .events = POLLIN};
        if (poll(&ready, 1, 0) != 0) {
            read_stream(r, s);
            continue;
        }
        if (sleep_a_while(r, s->fd))
            return RUN_ENDED;
        if (r->interrupted)
            return RUN_FAILED;
        runner_news(r);
    }
}

/* Nobody is there to press Enter: lessons run without stopping. */
static enum run run_through(struct runner *r)
{
    enum run how;
    while ((how = runner_run(r)) == RUN_PAUSED)
        session_enter(r->session);
    return how;
}

static bool goes_on(const struct runner *r, enum run how)
{
    return (how == RUN_IDLE || (how == RUN_FAILED && r->stay)) && !r->interrupted;
}

enum run runner_run_all(struct runner *r, bool read_stdin)
{
    struct stream stream = {.fd = STDIN_FILENO, .ended = !read_stdin};
    enum run how = run_through(r);
    while (goes_on(r, how) && !(stream.ended && stream.at >= stream.text.len)) {
        how = feed_stream(r, &stream);
        if (how == RUN_IDLE)
            how = run_through(r);
    }
    strbuf_free(&stream.text);
    if (stream.failed && how == RUN_IDLE)
        how = RUN_FAILED;
    if (goes_on(r, how) || (how == RUN_QUIT && !r->interrupted)) {
        enum run fits = wait_fits(r);
        how = fits == RUN_IDLE ? how : fits;
    }
    return how;
}

/* --- batch: run, print, exit ------------------------------------------------------- */

int host_batch(const struct host_setup *setup, bool read_stdin)
{
    struct err err = {0};
    struct runner r;
    struct session_setup session = setup->session;
    session.prefixes = false;
    if (!signals_open(false, &err) || !runner_open(&r, setup, &session, &err)) {
        fprintf(stderr, "deltaw: %s\n", err.message);
        return err.code;
    }
    r.stay = setup->session.keep_going;
    if (!hosting_feed_inputs(setup, r.session, NULL, NULL, &err)) {
        runner_complain(&r, &err);
        return runner_close(&r, RUN_FAILED, err.code);
    }
    enum run how = runner_run_all(&r, read_stdin);
    int code = session_exit_code(r.session);
    if (r.interrupted)
        code = ERR_INTERRUPTED;
    else if (how == RUN_FAILED && code == 0)
        code = ERR_FAILED;
    return runner_close(&r, how, code);
}
