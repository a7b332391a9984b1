#include <stdlib.h>

#include "../state.h"

static bool pause_run(struct session *session, const struct args *args, struct output *out,
                      struct err *err)
{
    struct fit **fits;
    size_t n;
    if (!session_pick_fits(session, args, "pause", session_trains, "training", &fits, &n, err))
        return false;
    bool good = true;
    for (size_t i = 0; i < n && good; i++)
        if (!session_trains(session, fits[i]))
            good =
                err_set(err, ERR_FAILED, "pause: %s is not training but %s", fit_name(fits[i]),
                        fit_active(fits[i]) ? "paused" : fit_state_name(fit_status(fits[i]).state));
    for (size_t i = 0; i < n && good; i++) {
        fit_pause(fits[i]);
        if (n <= FITS_SAID)
            output_say(out, "%s paused", fit_name(fits[i]));
    }
    if (good && n > FITS_SAID)
        output_say(out, "%zu fits paused", n);
    free(fits);
    return good;
}

extern const struct command command_pause;
const struct command command_pause = {
    .name = "pause",
    .group = GROUP_FIT,
    .arguments = "[JOB...|all]",
    .summary = "hold a fit; it keeps what it has",
    .detail = "Without a name: the model in use if it trains, else the one fit that does.",
    .examples = "fit dnn epochs=5000; pause; stop",
    .positional_type = OPTION_MODEL,
    .positional_max = 1000,
    .first_words = "all",
    .following_type = OPTION_MODEL,
    .run = pause_run,
};
