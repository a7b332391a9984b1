#include "../state.h"

static bool reset_run(struct session *session, const struct args *args, struct output *out,
                      struct err *err)
{
    (void)args;
    const struct cohort *cohort = session_need_cohort(session, err);
    if (!cohort)
        return false;
    if (session->cohorts[session->n_cohorts - 1].derived && !session_pop_cohort(session, true, err))
        return false;
    cohort = session_cohort(session);
    struct strbuf text = {0};
    cohort_words(cohort, &text);
    output_say(out, "%s", strbuf_text(&text));
    strbuf_free(&text);
    return true;
}

const struct command command_reset = {
    .name = "reset",
    .group = GROUP_DATA,
    .arguments = "",
    .summary = "back to all trials that were loaded, without filters",
    .detail = "Models stay, and so do the cohorts they were fitted to.",
    .examples = "reset",
    .run = reset_run,
};
