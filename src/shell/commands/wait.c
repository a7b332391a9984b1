#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "../state.h"

static bool wait_add(struct session *session, struct fit *fit, struct err *err)
{
    if (session_paused(session, fit))
        return err_set(err, ERR_FAILED,
                       "wait: %s is paused and would never end; `resume %s` or "
                       "`stop %s` first",
                       fit_name(fit), fit_name(fit), fit_name(fit));
    session->awaited =
        mem_resize(session->awaited, session->n_awaited + 1, sizeof *session->awaited);
    session->awaited[session->n_awaited++] = mem_text(fit_name(fit));
    return true;
}

static bool wait_run(struct session *session, const struct args *args, struct output *out,
                     struct err *err)
{
    bool all = args->n > 0 && strcmp(args->items[0].value, "all") == 0;
    if (args->n > 0 && !all) {
        struct fit *fit =
            session_need_fit(session, args->items[0].value, args->items[0].column, err);
        return fit && wait_add(session, fit, err);
    }
    bool good = true;
    for (size_t i = 0; i < session->n_fits && good; i++)
        if (fit_active(session->fits[i].fit) || !session->fits[i].told)
            good = wait_add(session, session->fits[i].fit, err);
    if (good && session->n_awaited == 0)
        output_note(out, "nothing trains");
    return good;
}

extern const struct command command_wait;
const struct command command_wait = {
    .name = "wait",
    .group = GROUP_FIT,
    .arguments = "[MODEL|all]",
    .summary = "continue only when fits have ended",
    .detail =
        "Without a name, or with all: all fits.  For scripts, where the next command runs at once.  "
        "Fails when a fit that it waited for failed.",
    .examples = "wait\nfit dnn name=quick epochs=3; wait quick",
    .positional_type = OPTION_MODEL,
    .positional_max = 1,
    .first_words = "all",
    .run = wait_run,
};
