#include "../state.h"

/* How many times; false: no number of them. */
static bool undo_times(const struct args *args, size_t *out, struct err *err)
{
    const char *word = args_at(args, 0);
    long long times = 1;
    if (word && (!number_parse_integer(word, &times) || times < 1))
        return err_at(err, ERR_USAGE, args->items[0].column, "'%s' is no number of times", word);
    *out = (size_t)times;
    return true;
}

static bool undo_run(struct session *session, const struct args *args, struct output *out,
                     struct err *err)
{
    size_t times, n = session->n_cohorts;
    if (!undo_times(args, &times, err))
        return false;
    if (n == 0)
        return err_set(err, ERR_FAILED, "nothing to undo: no trials are loaded");
    return session_place_cohort(session, times < n ? n - times : 0, out, err);
}

static bool redo_run(struct session *session, const struct args *args, struct output *out,
                     struct err *err)
{
    size_t times, n = session->n_undone;
    if (!undo_times(args, &times, err))
        return false;
    if (n == 0)
        return err_set(err, ERR_FAILED, "nothing to redo: no undo came last");
    return session_place_cohort(session, session->n_cohorts + (times < n ? times : n), out, err);
}

extern const struct command command_undo, command_redo;
const struct command command_undo = {
    .name = "undo",
    .group = GROUP_DATA,
    .arguments = "[N]",
    .summary = "take back the last load, simulate or filter",
    .detail = "With a number as many of them; `redo` brings them back.  Models stay.",
    .examples = "undo",
    .positional_type = OPTION_INTEGER,
    .positional_max = 1,
    .answer = tell_cohort_answer,
    .trial_bytes = 100,
    .run = undo_run,
};
const struct command command_redo = {
    .name = "redo",
    .group = GROUP_DATA,
    .arguments = "[N]",
    .summary = "bring back what undo or reset took away",
    .detail = "With a number as many steps of them.  A new load or filter ends what can be brought "
              "back.",
    .examples = "keep session<=2; undo; redo",
    .positional_type = OPTION_INTEGER,
    .positional_max = 1,
    .answer = tell_cohort_answer,
    .run = redo_run,
};
