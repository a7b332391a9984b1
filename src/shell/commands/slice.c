#include "../state.h"

const struct command command_slice = {
    .name = "slice",
    .group = GROUP_LOOK,
    .arguments = "[name=value]...",
    .summary = "lines through the map: the update against one variable",
    .detail = "One line per value of w_stim, solid after correct choices, dashed after errors; the "
              "true update beside it where it is known.  What can be fixed is as in `map`, and so "
              "are intervals of 90 %: a figure has them as bands, a picture as bars where its "
              "lines are of one weight, as with w=1.",
    .examples = "slice\n"
                "slice x=stimulus",
    .positional_type = OPTION_TEXT,
    .run = view_verb_command, /* options: the view's */
};
