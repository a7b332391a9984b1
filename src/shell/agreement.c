/* How a fitted rule agrees with the true one, and how well choices could tell it at all. */
#include "agreement.h"

#include <math.h>

#include "deltaw/study/updates.h"

enum { COVERAGE_SAMPLE = 4000 }; /* trials */

void agreement_find(const struct model *model, const struct cohort *cohort, struct agreement *out)
{
    struct err ignored = {0};
    out->compared = recovery_compute(model, cohort, NULL, &out->recovery, &ignored);
    for (int robust = 0; robust < 2; robust++)
        out->covered[robust] =
            out->compared &&
            updates_coverage(model, cohort, robust, COVERAGE_SAMPLE, out->coverage[robust]);
    out->bounded =
        out->compared && cramer_rao_compute(cohort, &model->settings.policy, &out->bound, &ignored);
}

static const struct column recovery_columns[] = {
    {"weight", .type = COLUMN_TEXT},
    {"r2", .type = COLUMN_NUMBER, .meaning = "of the fitted updates, over visited trials"},
    {"rmse", .type = COLUMN_NUMBER},
    {"rmse_null", .type = COLUMN_NUMBER, .meaning = "of answering 0"},
    {"best_r2", .type = COLUMN_NUMBER,
     .meaning = "of a table of free_values, estimated from the choices without bias; a rule that "
                "assumes more may do better"},
    {"coverage_90", .type = COLUMN_NUMBER, .meaning = "share of true updates in 90 % intervals"},
    {"coverage_90_robust", .type = COLUMN_NUMBER,
     .meaning = "the same of intervals by the sandwich over animals"},
    {0},
};

static void truth_words(const struct agreement *a, const char *weight, size_t k, struct strbuf *out)
{
    const struct recovery *r = &a->recovery;
    char r2[NUMBER_SIZE], rmse[NUMBER_SIZE], null[NUMBER_SIZE];
    number_format(rmse, r->rmse[k], 3);
    if (isnan(r->r2[k]))
        strbuf_printf(out, "%s: the true update never varies; RMSE %s", weight, rmse);
    else
        strbuf_printf(out, "%s: R^2 %s over visited trials, RMSE %s (of answering 0: %s)", weight,
                      number_fixed(r2, r->r2[k], 4, false), rmse,
                      number_format(null, r->null_rmse[k], 3));
}

/* The bound is one on unbiased estimates of a table, so it says nothing against a model that
 * is above it: that model assumes more. */
static void bound_words(const struct agreement *a, size_t k, struct strbuf *out)
{
    double best = a->bounded ? a->bound.r2[k] : NAN;
    char buf[NUMBER_SIZE];
    if (!isfinite(best))
        return;
    strbuf_printf(out, "a table of %zu values, estimated from these choices without bias, ",
                  a->bound.n_values);
    if (best > 0)
        strbuf_printf(out, "comes to R^2 %s at best; a rule that assumes more may do better",
                      number_fixed(buf, best, 2, false));
    else
        strbuf_puts(out, "explains none of it; what a rule does comes from what it assumes");
}

void agreement_show(const struct agreement *a, const struct model *model, struct output *out)
{
    const struct recovery *r = &a->recovery;
    struct strbuf words = {0};
    struct table table = {0};
    char buf[NUMBER_SIZE];
    table_declare(&table, recovery_columns);
    for (size_t k = 0; k < r->n_weights; k++) {
        double best = a->bounded ? a->bound.r2[k] : NAN;
        double own = a->covered[0] ? a->coverage[0][k] : NAN;
        double robust = a->covered[1] ? a->coverage[1][k] : NAN;
        const char *weight = model->settings.policy.weight[k];
        table_add(&table, 1, (const char *[]){weight}, 6,
                  (double[]){r->r2[k], r->rmse[k], r->null_rmse[k], best, own, robust});
        truth_words(a, weight, k, &words);
        output_words(out, "truth", &words);
        if (a->covered[0])
            strbuf_printf(&words, "%s %% of true updates lie inside their 90 %% intervals",
                          number_fixed(buf, 100 * own, 0, false));
        if (a->covered[1])
            strbuf_printf(&words, ", %s %% inside those by the sandwich over animals",
                          number_fixed(buf, 100 * robust, 0, false));
        output_words(out, "", &words);
        bound_words(a, k, &words);
        output_words(out, "", &words);
    }
    output_data(out, "recovery", &table);
    output_field_number(out, "free_values", a->bounded ? (double)a->bound.n_values : NAN);
    strbuf_free(&words);
    table_free(&table);
}

const struct answer_row agreement_answer[] = {
    {"recovery", .type = ANSWER_TABLE, .columns = recovery_columns, .sometimes = true},
    {"free_values", .type = ANSWER_COUNT, .sometimes = true, .meaning = "of best_r2's table"},
    {0},
};
