#include "../state.h"

const struct command command_map = {
    .name = "map",
    .group = GROUP_LOOK,
    .arguments = "[name=value]...",
    .summary = "the learned update as a map over two of what the rule sees",
    .detail =
        "Colour is the change of a weight after one trial, by default of w_stim, over stimulus and "
        "w_stim, after errors and after correct choices.  What is on no axis and not fixed keeps "
        "the values of trials the animals visited.  Cells that no trial visited are marked.  Any "
        "weight of the policy (w_right=1) and any of its features that is of the trial before or "
        "of a column of the log (prevchoice=-1) can be fixed or be an axis; networks see the "
        "weights, not these features.  For a textbook rule the standard error of each value is "
        "given (se in exports), from the covariance of its parameters by the delta method, with "
        "visited weights and w_0 held fixed; none where the value depends on a parameter at its "
        "bound.  Networks claim none.  Intervals of 90 % (lower and upper) are 1.645 of them "
        "either way; cells with 0 inside theirs are shaded, as nobody knows the sign there.",
    .examples = "map\n"
                "map x=reward\n"
                "map of=w_bias x=stimulus w_bias=0\n"
                "map x=side y=w_bias day=1",
    .positional_type = OPTION_TEXT,
    .run = view_verb_command, /* options: the view's */
};
