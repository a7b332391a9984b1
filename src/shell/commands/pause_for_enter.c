#include "../state.h"

static bool pause_for_enter_run(struct session *session, const struct args *args,
                                struct output *out, struct err *err)
{
    (void)args, (void)out, (void)err;
    session->paused = true;
    struct source *lesson = input_lesson(session);
    if (lesson)
        lesson->step++;
    return true;
}

const struct command command_pause_for_enter = {
    .name = "pause-for-enter",
    .group = GROUP_ELSE,
    .arguments = "",
    .summary = "hold the script until Enter is pressed",
    .detail = "For lessons.  Other commands may be typed meanwhile: they run at once, then the "
              "script still waits.  Where nobody can press Enter the script goes on.",
    .examples = "pause-for-enter",
    .narrates = true,
    .answer = answer_none,
    .run = pause_for_enter_run,
};
