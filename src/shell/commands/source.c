#include "../state.h"

static bool source_run(struct session *session, const struct args *args, struct output *out,
                       struct err *err)
{
    const char *path = args_at(args, 0);
    char *text = script_read(path, err);
    output_field_text(out, "file", path);
    return text && session_push(session, text, path, false, err);
}

const struct command command_source = {
    .name = "source",
    .group = GROUP_KEEP,
    .arguments = "FILE",
    .summary = "run the commands of a script",
    .detail = "One command a line or several with `;` between, `#` begins a comment.  Scripts "
              "write verbs in full.  An error ends the script and names its line.",
    .examples = "source script.dw",
    .positional_type = OPTION_FILE,
    .endings = ".dw",
    .positional_min = 1,
    .positional_max = 1,
    .unlogged = true,
    .answer = tell_file_answer,
    .run = source_run,
};
