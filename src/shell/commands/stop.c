#include <stdlib.h>

#include "../state.h"

static bool stop_run(struct session *session, const struct args *args, struct output *out,
                     struct err *err)
{
    struct fit **fits;
    size_t n;
    if (!session_pick_fits(session, args, "stop", session_active, "training", &fits, &n, err))
        return false;
    bool good = true;
    for (size_t i = 0; i < n && good; i++)
        if (!fit_active(fits[i]))
            good = err_set(err, ERR_FAILED, "stop: %s does not train, it is %s", fit_name(fits[i]),
                           fit_state_name(fit_status(fits[i]).state));
    for (size_t i = 0; i < n && good; i++) {
        fit_stop(fits[i]);
        output_say(out, "%s is stopping after epoch %d; what it reached is kept", fit_name(fits[i]),
                   fit_status(fits[i]).epoch);
    }
    free(fits);
    return good;
}

extern const struct command command_stop;
const struct command command_stop = {
    .name = "stop",
    .group = GROUP_FIT,
    .arguments = "[MODEL...|all]",
    .summary = "end a fit now and keep what it reached",
    .detail = "Without a name: the model in use if it trains, else the one fit that does.  A "
              "stopped fit is a model like any other.",
    .examples = "fit dnn epochs=5000; stop\nfit dnn name=long epochs=5000; stop long",
    .positional_type = OPTION_MODEL,
    .positional_max = 1000,
    .first_words = "all",
    .following_type = OPTION_MODEL,
    .run = stop_run,
};
