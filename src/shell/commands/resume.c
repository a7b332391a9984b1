#include <stdlib.h>

#include "../state.h"

static bool resume_run(struct session *session, const struct args *args, struct output *out,
                       struct err *err)
{
    struct fit **fits;
    size_t n;
    if (!session_pick_fits(session, args, "resume", session_paused, "paused", &fits, &n, err))
        return false;
    bool good = true;
    for (size_t i = 0; i < n && good; i++)
        if (!session_paused(session, fits[i]))
            good = err_set(err, ERR_FAILED, "resume: %s is not paused but %s", fit_name(fits[i]),
                           fit_active(fits[i]) ? "training"
                                               : fit_state_name(fit_status(fits[i]).state));
    for (size_t i = 0; i < n && good; i++) {
        fit_resume(fits[i]);
        if (n <= FITS_SAID)
            output_say(out, "%s goes on", fit_name(fits[i]));
    }
    if (good && n > FITS_SAID)
        output_say(out, "%zu fits go on", n);
    free(fits);
    return good;
}

extern const struct command command_resume;
const struct command command_resume = {
    .name = "resume",
    .group = GROUP_FIT,
    .arguments = "[JOB...|all]",
    .summary = "let a paused fit go on",
    .detail = "Without a name: the model in use if it is paused, else the one fit that is.",
    .examples = "fit dnn epochs=5000; pause; resume; stop",
    .positional_type = OPTION_MODEL,
    .positional_max = 1000,
    .first_words = "all",
    .following_type = OPTION_MODEL,
    .run = resume_run,
};
