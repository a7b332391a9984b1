#include "../state.h"

const struct command command_psychometric = {
    .name = "psychometric",
    .group = GROUP_LOOK,
    .arguments = "[ANIMAL...] [name=value]...",
    .summary = "the share of rightward choices by stimulus, early and late",
    .detail = "Of all animals pooled, or of those named (`all` goes back).  early, middle and late "
              "are fifths of each animal's sessions, or of its trials where it has fewer than five "
              "sessions; `sessions=1,5,20` shows three sessions, `sessions=1..3` three as one.  "
              "Bars are Wilson's 95 % intervals, which take trials as independent; lines are the "
              "mean P(right) of the model in use on the very same trials, when it was fitted to "
              "this cohort.  The point of equal choice and the slope are those of a logistic curve "
              "without lapses.  More than 25 stimuli are shown in 11 equal bins.",
    .examples = "psychometric\n"
                "psychometric animal=1,2\n"
                "psychometric 1 sessions=early,middle,late\n"
                "psychometric sessions=1..3,all",
    .positional_type = OPTION_ANIMAL,
    .positional_max = 64,
    .following_type = OPTION_ANIMAL,
    .run = view_verb_command, /* options: the view's */
};
