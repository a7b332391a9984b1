#include "../state.h"

static bool say_run(struct session *session, const struct args *args, struct output *out,
                    struct err *err)
{
    (void)session, (void)err;
    struct strbuf text = {0};
    for (size_t i = 0; i < args->n; i++)
        strbuf_printf(&text, "%s%s", i ? " " : "", args->items[i].value);
    output_say(out, "%s", strbuf_text(&text));
    strbuf_free(&text);
    return true;
}

extern const struct command command_say;
const struct command command_say = {
    .name = "say",
    .group = GROUP_ELSE,
    .arguments = "TEXT",
    .summary = "print the text; for scripts and lessons",
    .detail = "Quote it to keep its blanks.",
    .examples = "say Now watch the map.\nsay \"a  b\" 'it; is #1'",
    .positional_type = OPTION_TEXT,
    .positional_max = 100000,
    .raw = true,
    .run = say_run,
};
