#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "../state.h"

static void models_row(const struct session *session, struct fit *fit, bool cohorts,
                       struct table *table)
{
    struct model *model = fit_model(fit);
    struct fit_status status = fit_status(fit);
    char *cohort = clean_text(model->cohort_name ? model->cohort_name : "");
    table_row(table);
    table_text(table, 0, strcmp(fit_name(fit), session->current) == 0 ? "*" : "");
    table_text(table, 1, fit_name(fit));
    table_text(table, 2, model->rule->name);
    table_text(table, 3, model->rule->no_weights ? "" : model->settings.policy.text);
    table_number(table, 4, (double)model->tensors.size);
    table_text(table, 5, fit_state_name(status.state));
    table_number(table, 6, status.train);
    table_number(table, 7, status.heldout);
    if (cohorts)
        table_text(table, 8, cohort);
    free(cohort);
    model_drop(model);
}

/* All fitted to trials of one name? */
static bool one_cohort(const struct session *session)
{
    bool one = true;
    char *first = NULL;
    for (size_t i = 0; i < session->n_fits; i++) {
        struct model *model = fit_model(session->fits[i].fit);
        const char *name = model->cohort_name ? model->cohort_name : "";
        one = one && (!first || strcmp(first, name) == 0);
        first = first ? first : mem_text(name);
        model_drop(model);
    }
    free(first);
    return one;
}

static bool models_run(struct session *session, const struct args *args, struct output *out,
                       struct err *err)
{
    (void)args, (void)err;
    struct table table = {0};
    bool text = out->mode == OUTPUT_TEXT, cohorts = !text || !one_cohort(session);
    table_column(&table, text ? "" : "use", COLUMN_TEXT, 0);
    table_column(&table, "name", COLUMN_TEXT, 0);
    table_column(&table, "rule", COLUMN_TEXT, 0);
    table_column(&table, "policy", COLUMN_TEXT, 0);
    table_column(&table, text ? "params" : "parameters", COLUMN_COUNT, 0);
    table_column(&table, "state", COLUMN_TEXT, 0);
    table_column(&table, "loss", COLUMN_NUMBER, 4);
    table_column(&table, "held out", COLUMN_NUMBER, 4);
    if (cohorts)
        table_column(&table, "cohort", COLUMN_TEXT, 0);
    for (size_t i = 0; i < session->n_fits; i++)
        models_row(session, session->fits[i].fit, cohorts, &table);
    if (table.n_rows > 0 || !text)
        output_table(out, "models", &table);
    else
        output_say(out, "no models yet; `fit dnn` fits one, `open FILE.npz` reads one");
    table_free(&table);
    return true;
}

extern const struct command command_models;
const struct command command_models = {
    .name = "models",
    .group = GROUP_FIT,
    .arguments = "",
    .summary = "the models, fitted and opened; * marks the one in use",
    .detail = "Views show the model in use unless model= names another.  The cohort of each is "
              "told when they differ.",
    .examples = "models",
    .run = models_run,
};
