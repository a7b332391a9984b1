#include "../state.h"

static bool say_run(struct session *session, const struct args *args, struct output *out,
                    struct err *err)
{
    (void)err;
    const struct session_host *host = &session->setup.host;
    struct strbuf text = {0};
    for (size_t i = 0; i < args->n; i++)
        strbuf_printf(&text, "%s%s", i ? " " : "", args->items[i].value);
    if (host->narrate && session->now.script) /* what is typed needs no mark */
        host->narrate(host->data, strbuf_text(&text));
    else
        output_say(out, "%s", strbuf_text(&text));
    strbuf_free(&text);
    return true;
}

const struct command command_say = {
    .name = "say",
    .group = GROUP_ELSE,
    .arguments = "TEXT",
    .summary = "print the text; for scripts and lessons",
    .detail = "An apostrophe after a letter is itself; quote text that holds `;`, a word that "
              "begins with `#`, or blanks to keep.  A paragraph may go on over lines that end in "
              "a backslash; it is filled to the width of the screen.",
    .examples = "say Now watch the map: it isn't there yet.\nsay \"a  b\" 'it; is #1'",
    .positional_type = OPTION_TEXT,
    .positional_max = 100000,
    .raw = true,
    .narrates = true,
    .answer = answer_none,
    .run = say_run,
};
