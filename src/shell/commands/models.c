#include "../state.h"

static bool models_run(struct session *session, const struct args *args, struct output *out,
                       struct err *err)
{
    bool taken;
    if (!view_verb_tile(session, args, &taken, err) || taken)
        return taken;
    struct table table = {0};
    const char *sort = args_text(args, view_find("models")->options, "sort");
    view_models_table(session_scene(session), sort, &table);
    if (table.n_rows > 0 || out->mode != OUTPUT_TEXT)
        output_table(out, "models", &table);
    else
        output_say(out, "no models yet; `fit dnn` fits one, `open FILE.npz` reads one");
    table_free(&table);
    return true;
}

static const struct answer_row answer[] = {
    {"models", ANSWER_TABLE, .columns = view_models_columns},
    {0},
};

const struct command command_models = {
    .name = "models",
    .group = GROUP_FIT,
    .arguments = "[sort=COLUMN]",
    .summary = "the models, fitted and opened; * marks the one in use",
    .detail = "Views show the model in use unless model= names another.  The cohort of each is "
              "told when they differ.  `layout map/models` keeps the table in a tile of the full "
              "screen, with R2 of the true updates where they are known; Enter uses a model there. "
              " What sort= says holds for the tile until it says something else.",
    .examples = "models\nmodels sort=loss",
    .answer = answer,
    .run = models_run,
};
