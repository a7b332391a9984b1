/* An explorer without a loop or a terminal: what is drawn is a canvas, keys come by
 * name or as the bytes of a terminal. */
#ifndef TESTS_SCREENLESS_H
#define TESTS_SCREENLESS_H

#include <poll.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/thread.h"
#include "explorer.h"
#include "lineedit.h"
#include "tap.h"

static struct host_setup setup;

TAP_USED static void put_result(void *host, const char *bytes, size_t n)
{
    transcript_add(&((struct explorer *)host)->transcript, LINE_PLAIN, bytes, n);
}

TAP_USED static void put_complaint(void *host, const char *bytes, size_t n)
{
    transcript_add(&((struct explorer *)host)->transcript, LINE_NOTE, bytes, n);
}

/* --- an explorer without a loop ------------------------------------------------- */

TAP_USED static void run(struct explorer *e)
{
    for (;;) {
        e->step = session_step(e->session, &e->out);
        if (e->step == STEP_WAITING) {
            struct pollfd p = {session_wake(e->session)->fd, POLLIN, 0};
            poll(&p, 1, 60000);
            wake_drain(session_wake(e->session));
        } else if (e->step != STEP_RAN) {
            break;
        }
    }
}

TAP_USED static void enter(struct explorer *e, const char *line)
{
    explorer_enter(e, line);
    run(e);
}

TAP_USED static void resize(struct explorer *e, int width, int height)
{
    e->width = width;
    e->height = height;
    explorer_place(e);
}

/* Until all that views compute beside the main thread is there. */
TAP_USED static void update(struct explorer *e)
{
    explorer_update(e);
    for (int i = 0; i < e->layout.n_tiles; i++) {
        struct view *view = session_view(e->session, e->layout.view[i], NULL);
        while (view && view_waits(view)) {
            struct pollfd p = {session_wake(e->session)->fd, POLLIN, 0};
            poll(&p, 1, 60000);
            wake_drain(session_wake(e->session));
        }
    }
    e->redraw = true;
}

TAP_USED static void look(struct explorer *e, struct strbuf *out)
{
    update(e);
    explorer_draw(e); /* tells views their room ... */
    update(e);
    explorer_draw(e); /* ... for which they compute */
    strbuf_reset(out);
    canvas_emit(&e->frame, &e->style, out);
}

/* `host`: what there is besides views and the verbs of the screen. */
TAP_USED static void begin_hosted(struct explorer *e, const struct session_host *host, bool ascii,
                                  int width, int height)
{
    struct err err = {0};
    *e = (struct explorer){.setup = &setup, .step = STEP_IDLE, .utf8 = !ascii, .dragged = -1};
    setup = (struct host_setup){.style.ascii = ascii, .quiet = true};
    struct session_setup session = {.threads = 1, .prefixes = true};
    session.host = *host;
    session.host.data = e;
    session.host.show = explorer_show_view;
    session.host.screen = explorer_screen_verb;
    session.host.layout = explorer_layout;
    e->session = session_new(&session, &err);
    e->out = (struct output){
        .width = 80, .quiet = true, .host = e, .result = put_result, .complaint = put_complaint};
    e->named = layout_named_find("default");
    resize(e, width, height);
    explorer_update(e);
}

TAP_USED static void begin(struct explorer *e, bool ascii, int width, int height)
{
    static const struct session_host none;
    begin_hosted(e, &none, ascii, width, height);
}

TAP_USED static void end(struct explorer *e)
{
    session_free(e->session);
    output_free(&e->out);
    transcript_free(&e->transcript);
    popup_clear(&e->popup);
    popup_clear(&e->help);
    canvas_free(&e->base);
    canvas_free(&e->frame);
    keys_free(&e->keys);
    strbuf_free(&e->key_shape);
    strbuf_free(&e->asked);
}

/* By name, as keys.c gives them. */
TAP_USED static void press(struct explorer *e, const char *names)
{
    char *copy = mem_text(names), *rest = copy, *name;
    while ((name = strsep(&rest, " "))) {
        struct keypress key = {0};
        snprintf(key.name, sizeof key.name, "%s", name);
        key.n_bytes = (size_t)snprintf(key.bytes, sizeof key.bytes, "%s", name);
        explorer_key(e, &key);
        run(e);
    }
    free(copy);
}

TAP_USED static void mouse(struct explorer *e, const char *name, int x, int y)
{
    struct keypress key = {.n_bytes = 6, .x = x, .y = y};
    snprintf(key.name, sizeof key.name, "%s", name);
    explorer_key(e, &key);
}

TAP_USED static bool shows(struct explorer *e, const char *text)
{
    struct strbuf out = {0};
    look(e, &out);
    bool seen = strstr(strbuf_text(&out), text) != NULL;
    if (!seen)
        tap_show("the screen", strbuf_text(&out));
    strbuf_free(&out);
    return seen;
}

TAP_USED static void fit_one(struct explorer *e)
{
    enter(e, "simulate reinforce animals=6 trials=400 seed=5");
    enter(e, "fit dnn epochs=60 hidden=8 rate=1e-2; wait");
    enter(e, "clear");
}

#endif
