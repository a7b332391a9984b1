#include "../state.h"

const struct command command_zoom = {
    .name = "zoom",
    .group = GROUP_LOOK,
    .arguments = "[VIEW]",
    .summary = "one tile as large as the screen, or back",
    .detail = "Without a name: the tile that has the focus.  Elsewhere than in the full screen it "
              "does nothing.",
    .examples = "zoom map",
    .positional_type = OPTION_VIEW,
    .positional_max = 1,
    .at_once = true,
    .answer = answer_none,
    .run = view_verb_screen,
};
