#include "../state.h"

const struct command command_weights = {
    .name = "weights",
    .group = GROUP_LOOK,
    .arguments = "[ANIMAL] [name=value]...",
    .summary = "the weights of one animal over its trials",
    .detail = "The weights that the model in use gives the animal before each trial, and where its "
              "sessions begin.  A high picture has P(right) below them, for stimuli on the right "
              "and on the left: lines as the model expected, points as the animal chose.",
    .examples = "weights\n"
                "weights 1",
    .positional_type = OPTION_ANIMAL,
    .run = view_verb_command, /* options: the view's */
};
