#include "../state.h"

static bool pause_for_enter_run(struct session *session, const struct args *args,
                                struct output *out, struct err *err)
{
    (void)args, (void)out, (void)err;
    session->paused = true;
    return true;
}

extern const struct command command_pause_for_enter;
const struct command command_pause_for_enter = {
    .name = "pause-for-enter",
    .group = GROUP_ELSE,
    .arguments = "",
    .summary = "hold the script until Enter is pressed",
    .detail = "For lessons.  Where nobody can press it the script goes on.",
    .examples = "pause-for-enter",
    .run = pause_for_enter_run,
};
