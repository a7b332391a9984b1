#include <string.h>

#include "../state.h"

static bool log_run(struct session *session, const struct args *args, struct output *out,
                    struct err *err)
{
    const char *word = args_at(args, 0), *path = args_at(args, 1);
    bool on = word && strcmp(word, "on") == 0;
    if (!word) {
        if (session->logging)
            output_say(out, "commands are written to %s", session->log_path);
        else
            output_say(out, "no log is written");
        output_field_text(out, "file", session->logging ? session->log_path : NULL);
        return true;
    }
    if (!on && strcmp(word, "off") != 0)
        return err_at(err, ERR_USAGE, args->items[0].column,
                      "log: '%s' is neither on nor off; `log on FILE` begins, `log off` ends",
                      word);
    if (on && !path)
        return err_at(err, ERR_USAGE, args->items[0].column,
                      "log on: into which file?  `log on FILE`");
    if (!on && path)
        return err_at(err, ERR_USAGE, args->items[1].column, "log off: takes no file");
    if (!(on ? log_open(session, path, err) : log_close(session, err)))
        return false;
    output_field_text(out, "file", session->logging ? session->log_path : NULL);
    return true;
}

static const struct answer_row log_answer[] = {
    {"file", .type = ANSWER_TEXT, .meaning = "that commands are written to; null: none"},
    {0},
};

const struct command command_log = {
    .name = "log",
    .group = GROUP_KEEP,
    .arguments = "[on FILE|off]",
    .summary = "keep a script of the commands that went well",
    .detail = "`source FILE` does them again: the seed is in it, and a `wait` where a fit had "
              "ended.  A file that is there is added to.",
    .examples = "log\nlog on session.dw; head 1; log off",
    .positional_type = OPTION_TEXT,
    .positional_max = 2,
    .first_words = "on|off",
    .following_type = OPTION_FILE,
    .unlogged = true,
    .answer = log_answer,
    .run = log_run,
};
