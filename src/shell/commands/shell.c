/* !COMMAND: the user's shell, where a person types at a terminal and nowhere else. */
#include <stdlib.h>
#include <string.h>

#include "../state.h"

static bool shell_run(struct session *session, const struct args *args, struct output *out,
                      struct err *err)
{
    const struct session_host *host = &session->setup.host;
    const char *command = args_at(args, 0);
    int status = 0;
    if (!host->shell || !session->now.prompt || session->now.key)
        return err_set(err, ERR_USAGE,
                       "!: the shell is only at a terminal's prompt, not in scripts, -c, pipes, "
                       "lessons or the rc file");
    if (!command || !command[strspn(command, " \t")])
        return err_set(err, ERR_USAGE, "!: which command?  as in `!ls`");
    if (!host->shell(host->data, command, &status, err))
        return false;
    if (status > 128)
        output_note(out, "!: ended by signal %d", status - 128);
    else if (status)
        output_note(out, "!: exit status %d", status);
    return true;
}

const struct command command_shell = {
    .name = "!",
    .group = GROUP_ELSE,
    .arguments = "COMMAND",
    .summary = "a command of the shell, typed at a terminal's prompt",
    .detail = "The rest of the line goes to the shell as it is, also what is behind a ';'.  The "
              "full screen makes way until a key is pressed; fits go on, ^C ends the command and "
              "not deltaw.  Refused everywhere else: scripts, lessons, -c, pipes and the rc file "
              "start no program.",
    .examples = "!ls",
    .raw = true,
    .positional_type = OPTION_TEXT,
    .positional_max = 1,
    .unlogged = true,
    .answer = answer_none,
    .run = shell_run,
};
