#include "../state.h"

static bool quit_run(struct session *session, const struct args *args, struct output *out,
                     struct err *err)
{
    (void)args, (void)out, (void)err;
    session->quit = true;
    return true;
}

const struct command command_quit = {
    .name = "quit",
    .group = GROUP_ELSE,
    .arguments = "",
    .summary = "end the program",
    .detail = "What was not saved is lost.  In batch, fits that still train are waited for.",
    .examples = "quit",
    .unlogged = true,
    .answer = answer_none,
    .run = quit_run,
};
