/* The loop of the full screen:
 *
 *   poll(terminal, signals, the session's wake, deadline)
 *     -> signals -> keys -> steps of the session -> news -> draw
 *
 * A key is drawn at once; the tiles follow at most 15 times a second; what takes
 * time in them is computed beside this thread. */
#include <errno.h>
#include <langinfo.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "deltaw/base/thread.h"
#include "child.h"
#include "explorer.h"
#include "recall.h"
#include "hosting.h"
#include "rescue.h"
#include "screen.h"
#include "signals.h"

static const double answer_seconds = 1, flow_seconds = 5;
static const double reduced_seconds = .5; /* between frames with `set motion=reduced` */
static const double frame_seconds = 1. / 15, step_seconds = .05, waiting_seconds = .2;

/* --- what the session and the line editor say ----------------------------------- */

static void on_result(void *host, const char *bytes, size_t n)
{
    struct explorer *e = host;
    transcript_add(&e->transcript, LINE_PLAIN, bytes, n);
    e->dirty = true;
}

static void on_complaint(void *host, const char *bytes, size_t n)
{
    struct explorer *e = host;
    transcript_add(&e->transcript, LINE_NOTE, bytes, n);
    e->dirty = true;
}

static void on_line(void *data, const char *line)
{
    explorer_enter(data, line);
}

static void on_candidates(void *data, const struct completion *completion)
{
    promptline_candidates_show(data, completion);
}

static void on_echo(void *data, const char *command)
{
    struct explorer *e = data;
    transcript_print(&e->transcript, LINE_COMMAND, "deltaw> %s\n", command);
}

static void on_narrate(void *data, const char *text)
{
    struct explorer *e = data;
    transcript_print(&e->transcript, LINE_SAY, "%s\n", text);
    e->dirty = true;
}

/* --- one turn ----------------------------------------------------------------------- */

/* The next command's page begins with its echo. */
static long page_start(const struct transcript *t)
{
    const struct transcript_line *last = t->n ? &t->lines[t->n - 1] : NULL;
    return t->rows - (last && last->kind == LINE_COMMAND ? last->rows : 0);
}

/* What the last command said is longer than the window: its beginning stays in
 * sight, and the reader goes on from there. */
static void show_page(struct explorer *e)
{
    struct transcript *t = &e->transcript;
    long rows = e->page_from < 0 ? 0 : t->rows - e->page_from;
    if (rows > e->place.transcript.height - 1 && !t->scrolled) {
        e->drawer = rows < e->height ? (int)rows + 1 : e->height;
        explorer_place(e);
        int height = e->place.transcript.height - 1;
        if (rows > height)
            transcript_scroll(t, rows - height, e->place.transcript.width, height);
    }
    e->page_from = -1;
}

static void step_session(struct explorer *e)
{
    double until = clock_seconds() + step_seconds;
    do {
        size_t mark = transcript_mark(&e->transcript);
        long rows = page_start(&e->transcript);
        enum step before = e->step;
        e->step = session_step(e->session, &e->out);
        if (e->step == STEP_FAILED)
            transcript_change(&e->transcript, mark, LINE_NOTE, LINE_ERROR);
        if (e->step == STEP_QUIT)
            e->quit = true;
        if (before != STEP_WAITING && e->step != STEP_IDLE)
            e->page_from = rows;
        if (e->step == STEP_RAN || e->step == STEP_FAILED)
            e->stale = true;
        if (e->step != before)
            e->dirty = true;
    } while ((e->step == STEP_RAN || e->step == STEP_FAILED) && !e->quit &&
             clock_seconds() < until);
    if (e->step == STEP_IDLE || e->step == STEP_PAUSED)
        show_page(e);
    session_news(e->session, &e->out);
    lineedit_editing(session_setting(e->session, "editing"));
}

static void read_keys(struct explorer *e)
{
    char bytes[4096];
    size_t room = keys_room(&e->keys);
    ssize_t n = read(STDIN_FILENO, bytes, room < sizeof bytes ? room : sizeof bytes);
    if (n > 0)
        keys_feed(&e->keys, bytes, (size_t)n, clock_seconds());
    else if (n == 0 || (errno != EINTR && errno != EAGAIN))
        e->quit = e->ended = true; /* the terminal is gone */
}

/* Until when to wait for an answer of the terminal. */
static double answer_until(const struct explorer *e)
{
    double until = e->ended ? -INFINITY : e->asked_at + answer_seconds;
    return fmax(until, e->flow_at + (e->ended ? answer_seconds / 4 : answer_seconds));
}

/* An answer that arrives after the end would be typed into the shell. */
static void await_answer(struct explorer *e)
{
    struct pollfd fd = {.fd = STDIN_FILENO, .events = POLLIN};
    double left;
    while ((left = answer_until(e) - clock_seconds()) > 0 &&
           poll(&fd, 1, (int)ceil(left * 1e3)) > 0 && fd.revents == POLLIN) {
        struct keypress key;
        read_keys(e);
        while (keys_next(&e->keys, clock_seconds(), &key))
            if (key.report || explorer_is_flow(&key))
                explorer_key(e, &key);
    }
    e->asked_at = e->flow_at = NAN;
}

static void stop_now(void *unused)
{
    (void)unused;
    signals_suspend_now();
}

static bool on_shell(void *data, const char *command, int *status, struct err *err)
{
    struct explorer *e = data;
    await_answer(e);
    explorer_end_picture(e);
    bool good = child_run_away(command, status, err);
    screen_size(&e->width, &e->height);
    explorer_place(e);
    e->repaint = e->redraw = e->dirty = true;
    return good;
}

static void take_signals(struct explorer *e)
{
    unsigned bits = signals_take();
    if (bits & SIGNAL_SUSPEND) {
        await_answer(e);
        explorer_end_picture(e);
        screen_suspend(stop_now, NULL);
        bits |= SIGNAL_RESIZE;
        e->repaint = e->dirty = true;
    }
    if (bits & SIGNAL_RESIZE) {
        explorer_end_picture(e);
        screen_size(&e->width, &e->height);
        explorer_place(e);
    }
    if (bits & SIGNAL_INTERRUPT)
        explorer_interrupt(e);
    if (bits & SIGNAL_END)
        e->quit = e->ended = true;
}

static void take_keys(struct explorer *e)
{
    struct keypress key;
    while (!e->quit && keys_next(&e->keys, clock_seconds(), &key))
        explorer_key(e, &key);
}

/* When the tiles may be updated again: after a frame that is slow to transmit, twice its
 * time is left for typing. */
static double next_update(const struct explorer *e)
{
    const char *motion = session_setting(e->session, "motion");
    bool reduced = motion && strcmp(motion, "reduced") == 0;
    if (!isnan(e->flow_at)) /* the last one has not been drawn yet */
        return fmax(e->updated_at + frame_seconds, e->flow_at + flow_seconds);
    return fmax(e->updated_at + (reduced ? reduced_seconds : frame_seconds),
                e->through_at + 2 * e->flow_took);
}

static int poll_milliseconds(const struct explorer *e)
{
    if (e->step == STEP_RAN || e->step == STEP_FAILED)
        return 0; /* more is queued */
    double now = clock_seconds(), at = keys_deadline(&e->keys);
    if (e->stale)
        at = fmin(at, next_update(e));
    if (e->step == STEP_WAITING)
        at = fmin(at, e->drawn_at + waiting_seconds);
    if (isinf(at))
        return -1;
    return at <= now ? 0 : (int)ceil((at - now) * 1e3);
}

static void turn(struct explorer *e)
{
    struct pollfd fds[3] = {
        {.fd = STDIN_FILENO, .events = POLLIN},
        {.fd = signals_fd(), .events = POLLIN},
        {.fd = session_wake(e->session)->fd, .events = POLLIN},
    };
    int n = poll(fds, 3, poll_milliseconds(e));
    take_signals(e);
    if (n > 0 && fds[0].revents & POLLIN)
        read_keys(e);
    else if (n > 0 && fds[0].revents & (POLLHUP | POLLERR | POLLNVAL))
        e->quit = e->ended = true;
    take_keys(e);
    if (n > 0 && fds[2].revents) {
        wake_drain(session_wake(e->session));
        e->stale = true;
    }
    if (e->quit)
        return;
    if (e->dirty && n > 0 && fds[0].revents)
        explorer_draw(e); /* the echo, before anything that may take time */
    step_session(e);
    if (e->stale && clock_seconds() >= next_update(e))
        explorer_update(e);
    /* what is being waited for goes on */
    bool moves = e->step == STEP_WAITING && clock_seconds() >= e->drawn_at + waiting_seconds;
    if (e->dirty || e->redraw || moves)
        explorer_draw(e);
}

/* --- begin and end -------------------------------------------------------------------- */

static bool begin(struct explorer *e, const struct host_setup *setup, struct err *err)
{
    *e = (struct explorer){.setup = setup,
                           .step = STEP_IDLE,
                           .dragged = -1,
                           .page_from = -1,
                           .asked_at = NAN,
                           .flow_at = NAN};
    struct session_setup session = setup->session;
    session.prefixes = true;
    session.host = (struct session_host){.data = e,
                                         .show = explorer_show_view,
                                         .screen = explorer_screen_verb,
                                         .layout = explorer_layout,
                                         .history = recall_at,
                                         .echo = on_echo,
                                         .narrate = on_narrate,
                                         .shell = on_shell,
                                         .terminal = hosting_terminal,
                                         .picture_room = explorer_picture_room,
                                         .picture = explorer_picture};
    e->session = session_new(&session, err);
    if (!e->session)
        return false;
    e->utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
    e->out = (struct output){.mode = OUTPUT_TEXT,
                             .width = 80,
                             .quiet = setup->quiet,
                             .host = e,
                             .result = on_result,
                             .complaint = on_complaint};
    e->named = layout_named_find("default");
    if (!signals_open(true, err))
        return false;
    signals_on_crash(screen_crash);
    rescue_on_crash(e->session);
    if (!screen_open(setup->style.colours >= COLOURS_DIRECT, err))
        return false;
    e->asked_at = setup->style.colours > 0 && screen_ask_background() ? clock_seconds() : NAN;
    recall_open();
    lineedit_open(&(struct lineedit_host){e->session, e, on_line, on_candidates}, "deltaw> ", true);
    screen_size(&e->width, &e->height);
    explorer_place(e);
    return true;
}

static void feed(struct explorer *e)
{
    struct err err = {0};
    struct strbuf kept = {0};
    rescue_tell_kept(&kept);
    if (kept.len)
        transcript_add(&e->transcript, LINE_NOTE, kept.text, kept.len);
    strbuf_free(&kept);
    if ((e->setup->no_rc || hosting_feed_rc(e->session, &err)) &&
        hosting_feed_inputs(e->setup, e->session, on_echo, e, &err))
        return;
    transcript_print(&e->transcript, LINE_ERROR, "deltaw: %s\n", err.message);
}

static bool end(struct explorer *e)
{
    lineedit_close();
    await_answer(e);
    screen_close(); /* first, since ending a fit may take a moment */
    recall_close();
    signals_on_crash(NULL);
    if (e->ended)
        rescue_all_now(e->session);
    else
        rescue_at_quit(e->session, e->setup->quiet);
    rescue_on_crash(NULL);
    bool settled = session_settle(e->session, HOST_PATIENCE);
    if (settled)
        session_free(e->session);
    output_free(&e->out);
    transcript_free(&e->transcript);
    popup_clear(&e->popup);
    popup_clear(&e->help);
    strbuf_free(&e->key_shape);
    strbuf_free(&e->asked);
    strbuf_free(&e->rest);
    canvas_free(&e->base);
    canvas_free(&e->frame);
    keys_free(&e->keys);
    signals_close();
    return settled;
}

int host_screen(const struct host_setup *setup)
{
    struct err err = {0};
    struct explorer e;
    if (!begin(&e, setup, &err)) {
        fprintf(stderr, "deltaw: %s\n", err.message);
        session_free(e.session);
        signals_close();
        return err.code;
    }
    feed(&e);
    e.step = STEP_RAN; /* something may be queued */
    explorer_update(&e);
    explorer_draw(&e);
    while (!e.quit)
        turn(&e);
    bool ended = e.ended, settled = end(&e);
    if (ended)
        signals_die_of(signals_last_end() ? signals_last_end() : SIGHUP);
    return settled ? e.code : e.code | HOST_AT_WORK;
}
