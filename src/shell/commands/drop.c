#include "../filters.h"

static bool drop_run(struct session *session, const struct args *args, struct output *out,
                     struct err *err)
{
    (void)out;
    return filter_start(session, args, false, err);
}

extern const struct command command_drop;
const struct command command_drop = {
    .name = "drop",
    .group = GROUP_DATA,
    .arguments = "CONDITION",
    .summary = "take out the trials that a condition holds for",
    .detail = "Conditions are those of `keep`; the trials that the condition does not hold for "
              "stay.",
    .examples = "drop subject=sim003\ndrop trial>200\ndrop choice=left and stimulus>0",
    .positional_type = OPTION_COLUMN,
    .positional_min = 1,
    .positional_max = 1000,
    .following_type = OPTION_COLUMN,
    .raw = true,
    .answer = filter_answer,
    .trial_bytes = 100,
    .run = drop_run,
};
