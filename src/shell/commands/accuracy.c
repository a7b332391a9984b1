#include "../state.h"

const struct command command_accuracy = {
    .name = "accuracy",
    .group = GROUP_LOOK,
    .arguments = "[name=value]...",
    .summary = "the share of correct choices over trials",
    .detail = "The mean over animals with its standard error, of trials whose reward is known.",
    .examples = "accuracy\n"
                "accuracy bin=100",
    .positional_type = OPTION_TEXT,
    .run = view_verb_command, /* options: the view's */
};
