#include "../state.h"

extern const struct command command_layout;
const struct command command_layout = {
    .name = "layout",
    .group = GROUP_LOOK,
    .arguments = "[VIEW...]",
    .summary = "choose the tiles of the full screen",
    .detail = "Names the views to show, in order.  Without names: the next arrangement.  Elsewhere than "
              "in the full screen it does nothing.",
    .examples = "layout loss map",
    .positional_type = OPTION_VIEW,
    .positional_max = 8,
    .following_type = OPTION_VIEW,
    .run = look_screen,
};
