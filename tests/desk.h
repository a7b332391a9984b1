/* A session at a desk: commands in, what it says caught. */
#ifndef TESTS_DESK_H
#define TESTS_DESK_H

#include <poll.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/thread.h"
#include "deltaw/shell/session.h"
#include "tap.h"

struct desk {
    struct session *session;
    struct output out;
    struct strbuf result, complaint;
};

TAP_USED static void on_result(void *host, const char *bytes, size_t n)
{
    strbuf_add(&((struct desk *)host)->result, bytes, n);
}

TAP_USED static void on_complaint(void *host, const char *bytes, size_t n)
{
    strbuf_add(&((struct desk *)host)->complaint, bytes, n);
}

TAP_USED static struct desk *desk_new(const struct session_setup *setup)
{
    static const struct session_setup plain;
    struct err err = {0};
    struct desk *d = mem_new(1, sizeof *d);
    d->session = session_new(setup ? setup : &plain, &err);
    if (!d->session)
        err_die("%s", err.message);
    d->out =
        (struct output){.width = 80, .host = d, .result = on_result, .complaint = on_complaint};
    return d;
}

TAP_USED static void desk_free(struct desk *d)
{
    session_free(d->session);
    output_free(&d->out);
    strbuf_free(&d->result);
    strbuf_free(&d->complaint);
    free(d);
}

TAP_USED static void pause_for_news(struct desk *d)
{
    struct pollfd p = {session_wake(d->session)->fd, POLLIN, 0};
    poll(&p, 1, 60000);
}

/* Run what is queued to its end, pressing Enter; the last step that was no RAN. */
TAP_USED static enum step desk_run(struct desk *d)
{
    enum step step;
    while ((step = session_step(d->session, &d->out)) != STEP_IDLE && step != STEP_QUIT)
        if (step == STEP_WAITING)
            pause_for_news(d);
        else if (step == STEP_PAUSED)
            session_enter(d->session);
        else if (step == STEP_FAILED)
            return step;
    return step;
}

TAP_USED static enum step say(struct desk *d, const char *source, const char *text)
{
    strbuf_reset(&d->result);
    strbuf_reset(&d->complaint);
    session_feed(d->session, text, source);
    return desk_run(d);
}

TAP_USED static bool has(const struct strbuf *b, const char *text)
{
    bool found = strstr(strbuf_text(b), text) != NULL;
    if (!found)
        tap_show("not in", strbuf_text(b));
    return found;
}

#endif
