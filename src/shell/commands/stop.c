#include <stdlib.h>
#include <string.h>

#include "../series.h"
#include "../watching.h"

static void say_stopping(struct fit *fit, struct output *out)
{
    struct fit_status status = fit_status(fit);
    struct model *model = fit_model(fit); /* NULL: it may be paused, and has not begun */
    if (status.state == FIT_QUEUED || (status.state == FIT_PAUSED && !model))
        output_say(out, "%s was queued and will not begin", fit_name(fit));
    else
        output_say(out, "%s is stopping after epoch %d; what it reached is kept", fit_name(fit),
                   status.epoch);
    model_drop(model);
}

/* `stop watch`, and `stop` or `stop all` where nothing trains; *more: fits are meant as well. */
static bool stop_watch(struct session *session, const struct args *args, struct output *out,
                       bool *more)
{
    const char *word = args_at(args, 0), *name = watching_name(session);
    bool named = word && strcmp(word, "watch") == 0 && !session_fit(session, word);
    bool all = args->n == 1 && strcmp(word, "all") == 0;
    *more = session_busy(session) && !named;
    if (!name || !(named || all || (args->n == 0 && !*more)))
        return false;
    output_say(out, "%s is watched no longer; its trials stay", name);
    output_field_text(out, "watched", name);
    watching_stop(session);
    return true;
}

static bool is_study(const char *word)
{
    return strcmp(word, cv_kind.name) == 0 || strcmp(word, recover_kind.name) == 0;
}

static bool stop_run(struct session *session, const struct args *args, struct output *out,
                     struct err *err)
{
    struct fit **fits;
    size_t n;
    bool more, all = args->n == 1 && strcmp(args->items[0].value, "all") == 0;
    bool over = stop_watch(session, args, out, &more) && !more;
    bool series = !over && series_stop(session, args, out) > 0;
    if (over || (series && args->n <= 1 && !(all && session_fits_busy(session)))) {
        tell_fits(session, 0, NULL, out);
        return true;
    }
    if (args->n == 1 && is_study(args->items[0].value) &&
        !session_fit(session, args->items[0].value))
        return err_set(err, ERR_FAILED, "stop: no %s is under way", args->items[0].value);
    if (!session_pick_fits(session, args, "stop", session_active, "training", &fits, &n, err))
        return false;
    bool good = true;
    for (size_t i = 0; i < n && good; i++)
        if (!fit_active(fits[i]))
            good = err_set(err, ERR_FAILED, "stop: %s does not train, it is %s", fit_name(fits[i]),
                           fit_state_name(fit_status(fits[i]).state));
    for (size_t i = 0; i < n && good && n <= FITS_SAID; i++)
        say_stopping(fits[i], out);
    if (good && n > FITS_SAID)
        output_say(out, "%zu fits are stopping; what they reached is kept", n);
    if (good)
        fits_stop(fits, n);
    if (good)
        tell_fits(session, n, fits, out);
    free(fits);
    return good;
}

static const struct answer_row stop_answer[] = {
    ANSWER_ALSO(tell_fits_answer),
    {"series", ANSWER_TABLE, .columns = series_stop_columns, .sometimes = true,
     .meaning = "of cv and recover"},
    {"watched", ANSWER_TEXT, .sometimes = true, .meaning = "the file that is so no longer"},
    {0},
};

const struct command command_stop = {
    .name = "stop",
    .group = GROUP_FIT,
    .arguments = "[JOB...|all|watch]",
    .summary = "end a fit now and keep what it reached",
    .detail = "Without a name: the model in use if it trains, else the one fit that does.  A "
              "stopped fit is a model like any other; one that was queued will not begin.  A JOB "
              "is a fit, or a group of them (group= of `fit`).  `stop watch` ends `watch`, and so "
              "does `stop` where nothing trains.",
    .examples = "fit dnn epochs=5000; stop\nfit dnn name=long epochs=5000; stop long",
    .positional_type = OPTION_JOB,
    .positional_max = 1000,
    .first_words = "all|watch",
    .following_type = OPTION_JOB,
    .answer = stop_answer,
    .run = stop_run,
};
