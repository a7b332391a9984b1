#include <stdlib.h>

#include "deltaw/base/mem.h"
#include "../state.h"

static bool use_run(struct session *session, const struct args *args, struct output *out,
                    struct err *err)
{
    struct model *model =
        session_need_model(session, args->items[0].value, args->items[0].column, err);
    if (!model)
        return false;
    free(session->current);
    session->current = mem_text(model->name);
    model_drop(model);
    output_say(out, "views now show %s", session->current);
    output_field_text(out, "model", session->current);
    return true;
}

static const struct answer_row use_answer[] = {
    {"model", .type = ANSWER_TEXT},
    {0},
};

const struct command command_use = {
    .name = "use",
    .group = GROUP_FIT,
    .arguments = "MODEL",
    .summary = "choose the model that views show and commands mean",
    .detail = "A new fit and an opened file come into use by themselves.",
    .examples = "use dnn1",
    .positional_type = OPTION_MODEL,
    .positional_min = 1,
    .positional_max = 1,
    .answer = use_answer,
    .run = use_run,
};
