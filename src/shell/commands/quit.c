#include "../state.h"

static bool quit_run(struct session *session, const struct args *args, struct output *out,
                     struct err *err)
{
    (void)args, (void)out, (void)err;
    session->quit = true;
    session->gives_up = session->now.command == &command_quit_at_once;
    return true;
}

const struct command command_quit = {
    .name = "quit",
    .group = GROUP_ELSE,
    .arguments = "",
    .summary = "end the program",
    .detail = "At a terminal, models that are in no file, also of fits that still train, are kept "
              "as they are: `open kept` reads them again, `quit!` leaves without.  In batch, fits "
              "that still train are waited for, and what was not saved is lost.  A file that is "
              "being written is finished first; `quit` once more leaves at once, with the old one.",
    .examples = "quit",
    .unlogged = true,
    .answer = answer_none,
    .run = quit_run,
};

const struct command command_quit_at_once = {
    .name = "quit!",
    .group = GROUP_ELSE,
    .arguments = "",
    .summary = "end the program and give up what was not saved",
    .detail = "As `quit`, but no models are kept.",
    .examples = "quit!",
    .unlogged = true,
    .answer = answer_none,
    .run = quit_run,
};
