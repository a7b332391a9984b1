/* Options by the names and values they once had: refused, with how they are written now. */
#include "renamed.h"

#include <string.h>

static const struct renamed rows[] = {
    {"features", NULL, "policy", ""},
    {"policy", "glm", "decision", "glm"},
    {"policy", "lapse", "decision", "lapse"},
    {"policy", "temperature", "decision", "temperature"},
    {"policy", "multiplicative", "decision", "multiplicative"},
    {"shared_alpha", NULL, "alpha", "shared"},
    {"split", NULL, "alpha_error", "yes"},
    {"split_alpha", NULL, "alpha_error", "yes"},
    {"nonneg", NULL, "baseline", "nonneg"},
    {"mlp_first", NULL, "order", "mlp-gru"},
    {"fit_lapse", NULL, "lapse", "fit"},
    {"w0_fixed", NULL, "w0", "psychometric-fixed"},
    {"drift", NULL, "noise", "VALUE"},                 /* of simulate; fit's is how it is found */
    {"decision", NULL, "lapse", "VALUE or lapse=fit"}, /* where no other decision is known */
    {0},
};

const struct renamed *renamed_at(size_t i)
{
    return rows[i].was ? &rows[i] : NULL;
}

bool renamed_applies(const struct renamed *row, const struct option_row *options)
{
    return option_find(options, row->is) && (row->value || !option_find(options, row->was));
}

bool renamed_check(const struct args *args, const struct option_row *options, const char *verb,
                   struct err *err)
{
    for (size_t i = 0; i < args->n; i++) {
        const struct arg *arg = &args->items[i];
        for (const struct renamed *row = rows; arg->name && row->was; row++)
            if (strcmp(arg->name, row->was) == 0 &&
                (!row->value || strcmp(arg->value, row->value) == 0) &&
                renamed_applies(row, options))
                return err_at(err, ERR_USAGE, arg->column, "%s: %s=%s is written %s=%s", verb,
                              row->was, row->value ? row->value : "", row->is, row->written);
    }
    return true;
}
