#include "../state.h"

const struct command command_gains = {
    .name = "gains",
    .group = GROUP_LOOK,
    .arguments = "[name=value]...",
    .summary = "how fast each animal learns beside the typical one",
    .detail = "Of a model fitted with gain=animal: the factor on each animal's updates with its "
              "90 % interval, the slowest first, and the spread of their logarithms over animals.  "
              "An animal that was held out has the interval of what is known beforehand; `score "
              "adapt=yes` finds its factor.",
    .examples = "simulate reinforce animals=4 trials=99\nfit reinforce gain=animal; wait; gains",
    .positional_type = OPTION_TEXT,
    .run = view_verb_command, /* options: the view's */
};
