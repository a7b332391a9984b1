#include "../state.h"

/* Also that of redo: N times, as far as it goes. */
static bool undo_times(struct session *session, const struct args *args, struct output *out,
                       bool (*step)(struct session *session, struct err *err), struct err *err)
{
    const char *word = args_at(args, 0);
    long long times = 1, done = 0;
    struct err last = {0};
    if (word && (!number_parse_integer(word, &times) || times < 1))
        return err_at(err, ERR_USAGE, args->items[0].column, "'%s' is no number of times", word);
    while (done < times && step(session, &last))
        done++;
    if (done == 0) {
        *err = last;
        return false;
    }
    const struct cohort *cohort = session_cohort(session);
    struct strbuf text = {0};
    if (cohort)
        cohort_words(cohort, &text);
    output_say(out, "%s", cohort ? strbuf_text(&text) : "no trials loaded");
    strbuf_free(&text);
    return true;
}

static bool back(struct session *session, struct err *err)
{
    return session_pop_cohort(session, false, err);
}

static bool undo_run(struct session *session, const struct args *args, struct output *out,
                     struct err *err)
{
    return undo_times(session, args, out, back, err);
}

static bool redo_run(struct session *session, const struct args *args, struct output *out,
                     struct err *err)
{
    return undo_times(session, args, out, session_redo_cohort, err);
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
    .run = redo_run,
};
