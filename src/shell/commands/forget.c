#include <stdlib.h>

#include "deltaw/base/mem.h"
#include "../state.h"

static bool forget_run(struct session *session, const struct args *args, struct output *out,
                       struct err *err)
{
    struct fit *fit = session_need_fit(session, args->items[0].value, args->items[0].column, err);
    if (!fit)
        return false;
    char *name = mem_text(fit_name(fit));
    struct strbuf views = {0};
    session_forget_fit(session, fit, &views);
    output_say(out, "%s is forgotten%s%s%s%s%s", name, session->current ? "; in use: " : "",
               session->current ? session->current : "", views.len ? "; options of " : "",
               strbuf_text(&views), views.len ? " named it and no longer do" : "");
    output_field_text(out, "model", name);
    output_field_text(out, "in_use", session->current);
    output_field_text(out, "views", strbuf_text(&views));
    strbuf_free(&views);
    free(name);
    return true;
}

static const struct answer_row forget_answer[] = {
    {"model", .type = ANSWER_TEXT},
    {"in_use", .type = ANSWER_TEXT},
    {"views", .type = ANSWER_TEXT, .meaning = "that had named it"},
    {0},
};

const struct command command_forget = {
    .name = "forget",
    .group = GROUP_FIT,
    .arguments = "MODEL",
    .summary = "drop a model; its fit is stopped first",
    .detail = "What was not saved is lost.",
    .examples = "forget dnn1",
    .positional_type = OPTION_MODEL,
    .positional_min = 1,
    .positional_max = 1,
    .answer = forget_answer,
    .run = forget_run,
};
