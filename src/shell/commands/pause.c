#include <stdlib.h>

#include "../state.h"

/* Holds fits that train, or lets those that are held go on. */
static bool change(struct session *session, const struct args *args, bool hold, struct output *out,
                   struct err *err)
{
    static const char *const kinds[] = {"paused", "training"};
    bool (*wanted)(const struct session *, struct fit *) = hold ? session_trains : session_paused;
    const char *verb = hold ? "pause" : "resume";
    struct fit **fits;
    size_t n;
    if (!session_pick_fits(session, args, verb, wanted, kinds[hold], &fits, &n, err))
        return false;
    bool good = true;
    for (size_t i = 0; i < n && good; i++)
        if (!wanted(session, fits[i]))
            good = err_set(
                err, ERR_FAILED, "%s: %s is not %s but %s", verb, fit_name(fits[i]), kinds[hold],
                fit_active(fits[i]) ? kinds[!hold] : fit_state_name(fit_status(fits[i]).state));
    for (size_t i = 0; i < n && good; i++) {
        (hold ? fit_pause : fit_resume)(fits[i]);
        if (n <= FITS_SAID)
            output_say(out, "%s %s", fit_name(fits[i]), hold ? "paused" : "goes on");
    }
    if (good && n > FITS_SAID)
        output_say(out, "%zu fits %s", n, hold ? "paused" : "go on");
    if (good)
        tell_fits(session, n, fits, out);
    free(fits);
    return good;
}

static bool pause_run(struct session *session, const struct args *args, struct output *out,
                      struct err *err)
{
    return change(session, args, true, out, err);
}

static bool resume_run(struct session *session, const struct args *args, struct output *out,
                       struct err *err)
{
    return change(session, args, false, out, err);
}

const struct command command_pause = {
    .name = "pause",
    .group = GROUP_FIT,
    .arguments = "[JOB...|all]",
    .summary = "hold a fit; it keeps what it has",
    .detail = "Without a name: the model in use if it trains, else the one fit that does.",
    .examples = "fit dnn epochs=5000; pause; stop",
    .positional_type = OPTION_JOB,
    .positional_max = 1000,
    .first_words = "all",
    .following_type = OPTION_JOB,
    .answer = tell_fits_answer,
    .run = pause_run,
};

const struct command command_resume = {
    .name = "resume",
    .group = GROUP_FIT,
    .arguments = "[JOB...|all]",
    .summary = "let a paused fit go on",
    .detail = "Without a name: the model in use if it is paused, else the one fit that is.",
    .examples = "fit dnn epochs=5000; pause; resume; stop",
    .positional_type = OPTION_JOB,
    .positional_max = 1000,
    .first_words = "all",
    .following_type = OPTION_JOB,
    .answer = tell_fits_answer,
    .run = resume_run,
};
