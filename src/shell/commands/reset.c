#include "../state.h"

static bool reset_run(struct session *session, const struct args *args, struct output *out,
                      struct err *err)
{
    (void)args;
    return session_need_cohort(session, err) &&
           session_place_cohort(session, session_unfiltered(session), out, err);
}

const struct command command_reset = {
    .name = "reset",
    .group = GROUP_DATA,
    .arguments = "",
    .summary = "back to all trials that were loaded, without filters",
    .detail = "Models stay, and so do the cohorts they were fitted to.",
    .examples = "reset",
    .answer = tell_cohort_answer,
    .run = reset_run,
};
