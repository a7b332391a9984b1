#include "../state.h"

const struct command command_search = {
    .name = "search",
    .group = GROUP_ELSE,
    .arguments = "[TEXT...]",
    .summary = "find text in the transcript of the full screen",
    .detail = "Scrolls up to the next line that has the text and marks it wherever it is seen; a "
              "text without capitals finds both.  The keys then go to the transcript: n goes "
              "further up, N down, / asks for another text, Esc goes back to the prompt.  Without "
              "a text: the next one.  Elsewhere than in the full screen nothing is searched.",
    .examples = "search loss",
    .positional_type = OPTION_TEXT,
    .positional_max = 100,
    .following_type = OPTION_TEXT,
    .raw = true,
    .unlogged = true,
    .at_once = true,
    .answer = answer_none,
    .run = view_verb_screen,
};
