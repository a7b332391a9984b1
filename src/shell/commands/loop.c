#include "../state.h"

const struct command command_loop = {
    .name = "loop",
    .group = GROUP_LOOK,
    .arguments = "[figure=NAME]",
    .summary = "agents of a fitted model, left alone, beside the animals",
    .detail = "Of the newest `diagnose MODEL loop=N`: what the animals did (solid), the mean of "
              "the runs (dashed) and 95 % of them (band): learning curve, psychometric curves of "
              "the first and the last third of each animal's trials, switches after correct "
              "choices and after errors, and how choices follow those of up to eight trials "
              "before, beyond what the stimulus explains.",
    .examples = "fit reinforce-base; wait; diagnose reinforce-base1 loop=100; loop\n"
                "fit static; wait; diagnose static1 loop=50; loop figure=history",
    .positional_type = OPTION_TEXT,
    .run = view_verb_command, /* options: the view's */
};
