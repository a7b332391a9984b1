#include "../state.h"

const struct command command_clear = {
    .name = "clear",
    .group = GROUP_ELSE,
    .arguments = "",
    .summary = "empty the transcript of the full screen",
    .detail = "Nothing is lost but the lines on the screen.",
    .examples = "clear",
    .unlogged = true,
    .answer = answer_none,
    .run = view_verb_screen,
};
