#include "../filters.h"

static bool keep_run(struct session *session, const struct args *args, struct output *out,
                     struct err *err)
{
    (void)out;
    return filter_start(session, args, true, err);
}

extern const struct command command_keep;
const struct command command_keep = {
    .name = "keep",
    .group = GROUP_DATA,
    .arguments = "CONDITION",
    .summary = "leave only the trials that a condition holds for",
    .detail = "Conditions compare columns with values, joined by `and`: subject, session, trial, "
              "stimulus, choice, reward, answer and any column kept by name; = != < <= > >=; after "
              "= and != several values may stand, with commas between, ranges (1..10, ..-.25), "
              "patterns of names (sim0*) and the word missing.  A number for session counts the "
              "animal's sessions; `trials ..10001` leaves the first 10,001 of each animal.  "
              "For every model, the trials left out never happened.  `undo` brings them back, "
              "`reset` all that were taken out.",
    .examples = "keep stimulus<0 and reward=1\n"
                "keep subject=sim001,sim002\n"
                "keep session=1..10 and subject=sim0*",
    .positional_type = OPTION_COLUMN,
    .positional_min = 1,
    .positional_max = 1000,
    .following_type = OPTION_COLUMN,
    .raw = true,
    .answer = filter_answer,
    .trial_bytes = 100,
    .run = keep_run,
};
