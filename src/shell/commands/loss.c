#include "../state.h"

const struct command command_loss = {
    .name = "loss",
    .group = GROUP_LOOK,
    .arguments = "[name=value]...",
    .summary = "the loss of fits over epochs, training and held out",
    .detail =
        "Mean cross-entropy of the choices, nats per scored trial, of the model in use and of "
        "those that train, or with model=all of all; held out is dashed.  Chance is .6931.  "
        "`export loss FILE.csv` writes every epoch of the model in use, or of model=.",
    .examples = "loss\n"
                "loss log=yes from=1",
    .positional_type = OPTION_TEXT,
    .run = view_verb_command, /* options: the view's */
};
