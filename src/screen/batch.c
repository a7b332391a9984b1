/* Batch: run, print, exit. */
#include <stdio.h>
#include <unistd.h>

#include "deltaw/screen/host.h"
#include "hosting.h"
#include "runner.h"
#include "signals.h"

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
