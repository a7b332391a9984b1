/* Batch: run, print, exit. */
#include <stdio.h>
#include <unistd.h>

#include "deltaw/screen/host.h"
#include "hosting.h"
#include "runner.h"
#include "signals.h"

/* Nobody is there to press Enter: lessons run without stopping. */
static enum run run_through(struct runner *r)
{
    enum run how;
    while ((how = runner_run(r)) == RUN_PAUSED)
        session_enter(r->session);
    return how;
}

static enum run run_all(struct runner *r, bool read_stdin)
{
    enum run how = run_through(r);
    struct stream stream = {.fd = STDIN_FILENO, .ended = !read_stdin};
    while ((how == RUN_IDLE || (how == RUN_FAILED && r->stay)) && !r->interrupted) {
        how = runner_feed_stream(r, &stream);
        if (how != RUN_IDLE || (stream.ended && stream.at >= stream.text.len))
            break;
        how = run_through(r);
    }
    if (how == RUN_IDLE)
        how = run_through(r);
    strbuf_free(&stream.text);
    if (stream.failed && how == RUN_IDLE)
        how = RUN_FAILED;
    if ((how == RUN_IDLE || (how == RUN_FAILED && r->stay) || how == RUN_QUIT) && !r->interrupted) {
        enum run fits = runner_wait_fits(r);
        how = fits == RUN_IDLE ? how : fits;
    }
    return how;
}

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
    enum run how = run_all(&r, read_stdin);
    int code = session_exit_code(r.session);
    if (r.interrupted)
        code = ERR_INTERRUPTED;
    else if (how == RUN_FAILED && code == 0)
        code = ERR_FAILED;
    return runner_close(&r, how, code);
}
