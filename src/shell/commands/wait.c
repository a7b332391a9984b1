#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/study/cv.h"
#include "deltaw/study/recover.h"
#include "../series.h"

static void wait_name(struct session *session, const char *name)
{
    session->awaited =
        mem_resize(session->awaited, session->n_awaited + 1, sizeof *session->awaited);
    session->awaited[session->n_awaited++] = mem_text(name);
}

static bool wait_check(struct fit *fit, struct err *err)
{
    return !fit_paused(fit) ||
           err_set(err, ERR_FAILED,
                   "wait: %s is paused and would never end; `resume %s` or `stop %s` first",
                   fit_name(fit), fit_name(fit), fit_name(fit));
}

static bool wait_group(struct session *session, const struct job_group *group, struct err *err)
{
    for (size_t i = 0; i < session->n_fits; i++)
        if (fit_group(session->fits[i].fit) == group && !wait_check(session->fits[i].fit, err))
            return false;
    wait_name(session, group->name);
    return true;
}

static bool wait_named(struct session *session, const struct args *args, struct err *err)
{
    for (size_t i = 0; i < args->n; i++) {
        const struct arg *arg = &args->items[i];
        const struct job_group *group = session_group(session, arg->value);
        struct fit *fit = group ? NULL : session_need_fit(session, arg->value, arg->column, err);
        if (group ? !wait_group(session, group, err) : !fit || !wait_check(fit, err))
            return false;
        if (fit)
            wait_name(session, fit_name(fit));
    }
    return true;
}

static bool wait_all(struct session *session, struct output *out, struct err *err)
{
    for (size_t i = 0; i < session->n_groups; i++)
        if (!group_told(session, session->groups[i]) &&
            !wait_group(session, session->groups[i], err))
            return false;
    for (size_t i = 0; i < session->n_series; i++)
        if (!session->series[i]->told)
            wait_name(session, session->series[i]->group.name);
    for (size_t i = 0; i < session->n_fits; i++) {
        struct fit *fit = session->fits[i].fit;
        if (fit_group(fit) || (!fit_active(fit) && session->fits[i].told))
            continue;
        if (!wait_check(fit, err))
            return false;
        wait_name(session, fit_name(fit));
    }
    if (session->n_awaited == 0) {
        output_note(out, "nothing trains");
        tell_fits(session, 0, NULL, out);
        answer_json(&out->object, "groups", "[]");
    }
    return true;
}

static bool wait_run(struct session *session, const struct args *args, struct output *out,
                     struct err *err)
{
    bool all = args->n == 1 && strcmp(args->items[0].value, "all") == 0;
    return args->n > 0 && !all ? wait_named(session, args, err) : wait_all(session, out, err);
}

static const struct answer_row wait_answer[] = {
    ANSWER_ALSO(tell_fits_answer),
    {"groups", .type = ANSWER_TABLE, .columns = wait_group_columns},
    {"rows", ANSWER_TABLE, .columns = cv_columns, .sometimes = true, .meaning = "of cv"},
    {"recovery", ANSWER_TABLE, .columns = recover_columns, .sometimes = true,
     .meaning = "of recover"},
    {"below", ANSWER_COUNT, .sometimes = true, .meaning = "errors below those published"},
    {"compared", ANSWER_COUNT, .sometimes = true, .meaning = "errors that have a published one"},
    {"fits_done", ANSWER_COUNT, .sometimes = true, .meaning = "of a recovery, by now"},
    {"fits", ANSWER_COUNT, .sometimes = true, .meaning = "of a recovery, in all"},
    {"matrix", ANSWER_TABLE, .columns = recover_matrix_columns, .sometimes = true,
     .each = "by_rule", .meaning = "of recover confusion"},
    {"confusion", ANSWER_TABLE, .columns = recover_confusion_columns, .sometimes = true},
    {0},
};

const struct command command_wait = {
    .name = "wait",
    .group = GROUP_FIT,
    .arguments = "[JOB...|all]",
    .summary = "continue only when fits have ended",
    .detail = "Without a name, or with all: all fits.  For scripts, where the next command runs at "
              "once.  Fails when a fit that it waited for failed.  A JOB is a fit, or a group of "
              "them (group= of `fit`), which is told of in one line.",
    .examples = "wait\nfit dnn name=quick epochs=3; wait quick",
    .positional_type = OPTION_JOB,
    .positional_max = 1000,
    .following_type = OPTION_JOB,
    .first_words = "all",
    .answer = wait_answer,
    .run = wait_run,
};
