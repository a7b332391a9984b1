#include "../state.h"

static bool undo_run(struct session *session, const struct args *args, struct output *out,
                     struct err *err)
{
    (void)args;
    if (!session_pop_cohort(session, false, err))
        return false;
    const struct cohort *cohort = session_cohort(session);
    struct strbuf text = {0};
    if (cohort)
        cohort_words(cohort, &text);
    output_say(out, "%s", cohort ? strbuf_text(&text) : "no trials loaded");
    strbuf_free(&text);
    return true;
}

extern const struct command command_undo;
const struct command command_undo = {
    .name = "undo",
    .group = GROUP_DATA,
    .arguments = "",
    .summary = "take back the last load, simulate or filter",
    .detail = "The last 20 cohorts can be taken back.  Models stay.",
    .examples = "undo",
    .run = undo_run,
};
