#include "posterior.h"

#include <math.h>

#include "deltaw/base/number.h"
#include "deltaw/base/table.h"
#include "deltaw/learn/gp.h"

enum { MOST_ROWS = GP_N_TERMS * GP_WEIGHTS, LAGS = 30 };
/* How much wider one interval is than another for it to be worth a word. */
static const double clearly = 1.5;

static void terms_table(const struct model *model, size_t n, const struct gp_term_report *rows,
                        struct table *table)
{
    table_column(table, "term", COLUMN_TEXT, 0);
    table_column(table, "weight", COLUMN_TEXT, 0);
    table_column(table, "value", COLUMN_NUMBER, 4);
    table_column(table, "low", COLUMN_NUMBER, 4);
    table_column(table, "high", COLUMN_NUMBER, 4);
    table_column(table, "log_bayes_factor", COLUMN_NUMBER, 3);
    for (size_t i = 0; i < n; i++) {
        table_row(table);
        table_text(table, 0, gp_term_row(rows[i].term)->name);
        table_text(table, 1, model->settings.policy.weight[rows[i].weight]);
        table_number(table, 2, rows[i].mean);
        table_number(table, 3, rows[i].low);
        table_number(table, 4, rows[i].high);
        table_number(table, 5, rows[i].log_bayes_factor);
    }
}

/* Digits to the second of the interval's half width. */
static int digits_of(const struct gp_term_report *r)
{
    double half = (r->high - r->low) / 2;
    int digits = half > 0 ? 1 - (int)floor(log10(half)) : 4;
    return digits < 0 ? 0 : digits > 8 ? 8 : digits;
}

static void terms_words(const struct model *model, size_t n, const struct gp_term_report *rows,
                        struct strbuf *out)
{
    char a[NUMBER_SIZE], b[NUMBER_SIZE], c[NUMBER_SIZE], d[NUMBER_SIZE];
    strbuf_puts(out, "\nterms, 90 % interval, log Bayes factor against leaving it out (nats)\n");
    for (size_t i = 0; i < n; i++) {
        const struct gp_term_report *r = &rows[i];
        int digits = digits_of(r);
        bool again = i > 0 && rows[i - 1].term == r->term;
        strbuf_printf(
            out, "  %-13s %-14s %9s  %9s to %-9s %8s\n", again ? "" : gp_term_row(r->term)->name,
            model->settings.policy.weight[r->weight], number_fixed(a, r->mean, digits, false),
            number_fixed(b, r->low, digits, false), number_fixed(c, r->high, digits, false),
            number_fixed(d, r->log_bayes_factor, 1, true));
    }
}

/* What is said of errors, which textbook rules differ in. */
static void sentence(const struct model *model, size_t n, const struct gp_term_report *rows,
                     struct strbuf *out)
{
    char value[NUMBER_SIZE], error[NUMBER_SIZE];
    bool repeated = false;
    for (size_t i = 0; i < n; i++) {
        const struct gp_term_report *r = &rows[i];
        if (r->term != GP_ERROR)
            continue;
        int digits = digits_of(r);
        repeated = repeated || r->low > 0;
        strbuf_printf(out, "%s: after errors %s: a_error %s +- %s where REINFORCE has 0\n",
                      model->settings.policy.weight[r->weight],
                      r->low > 0    ? "the choice is repeated"
                      : r->high < 0 ? "the choice is avoided"
                                    : "it is open whether the choice is repeated or avoided",
                      number_fixed(value, r->mean, digits, false),
                      number_fixed(error, r->sd, digits, false));
    }
    if (repeated)
        strbuf_puts(out, "(one rule for animals that differ, or whose weights drift by noise, "
                         "follows them by\nrepeating choices, rewarded or not: they too look like "
                         "this)\n");
}

static void remainder_words(const struct model *model, struct strbuf *out)
{
    const struct gp *gp = model->gp;
    char a[NUMBER_SIZE];
    double scale = 0, sum = 0;
    if (!gp->options.smooth)
        return;
    strbuf_printf(out, "remainder log Bayes factor %s against none",
                  number_fixed(a, gp->log_bayes_smooth, 1, true));
    for (size_t k = 0; k < gp->n_weights; k++) {
        double size = 0;
        for (size_t q = 0; q < gp->n_points; q++)
            size += gp->points[q].weight * gp->points[q].sigma[k];
        strbuf_printf(out, "%s %s %s", k ? "," : "; prior sd", model->settings.policy.weight[k],
                      number_format(a, size, 2));
    }
    for (size_t q = 0; q < gp->n_points; q++) {
        scale += gp->points[q].scale > 0 ? gp->points[q].weight * gp->points[q].scale : 0;
        sum += gp->points[q].scale > 0 ? gp->points[q].weight : 0;
    }
    if (sum > .01)
        strbuf_printf(out, "; length scale %s of the largest stimulus",
                      number_format(a, scale / sum, 2));
    strbuf_putc(out, '\n');
}

/* How far back the traces reach: the lag by which half of their sum is in. */
static void memory_words(const struct model *model, struct output *out, struct strbuf *text)
{
    const struct gp *gp = model->gp;
    struct gp_value kernel[LAGS];
    struct table table = {0};
    char a[NUMBER_SIZE], b[NUMBER_SIZE], c[NUMBER_SIZE];
    if (isnan(gp->log_bayes_memory))
        return;
    strbuf_printf(text, "traces    log Bayes factor %s against none; weight of (y - p) x by lag\n",
                  number_fixed(a, gp->log_bayes_memory, 1, true));
    output_field_number(out, "log_bayes_factor_memory", gp->log_bayes_memory);
    table_column(&table, "weight", COLUMN_TEXT, 0);
    table_column(&table, "lag", COLUMN_COUNT, 0);
    table_column(&table, "value", COLUMN_NUMBER, 4);
    table_column(&table, "low", COLUMN_NUMBER, 4);
    table_column(&table, "high", COLUMN_NUMBER, 4);
    for (size_t k = 0; k < gp->n_weights; k++) {
        gp_memory_kernel(gp, k, .75, LAGS, kernel);
        for (size_t lag = 0; lag < LAGS; lag++) {
            table_row(&table);
            table_text(&table, 0, model->settings.policy.weight[k]);
            table_number(&table, 1, (double)lag);
            table_number(&table, 2, kernel[lag].mean);
            table_number(&table, 3, kernel[lag].low);
            table_number(&table, 4, kernel[lag].high);
        }
        for (size_t lag = 0; lag < LAGS; lag = lag ? lag * 2 : 1)
            strbuf_printf(
                text, "          %s lag %zu: %s, %s to %s\n", model->settings.policy.weight[k], lag,
                number_format(a, kernel[lag].mean, 2), number_format(b, kernel[lag].low, 2),
                number_format(c, kernel[lag].high, 2));
    }
    output_data(out, "kernel", &table);
    table_free(&table);
}

static void starts_words(const struct gp *gp, struct strbuf *out)
{
    char a[NUMBER_SIZE];
    double best = gp->textbook.log_evidence;
    size_t same = 0;
    for (size_t i = 0; i < GP_STARTS; i++)
        same += gp->start[i].same;
    if (same == GP_STARTS)
        strbuf_printf(out, "all %d starts end at one mode\n", GP_STARTS);
    for (size_t i = 0; i < GP_STARTS && same < GP_STARTS; i++) {
        const struct gp_start *start = &gp->start[i];
        if (start->same)
            continue;
        strbuf_printf(out, "start '%s' ", start->name);
        if (isfinite(start->log_evidence))
            strbuf_printf(out, "ends elsewhere, %s nats of evidence below\n",
                          number_fixed(a, best - start->log_evidence, 1, false));
        else
            strbuf_puts(out, "finds no mode\n");
    }
}

/* What the rule may lack: memory, and that animals are not alike. */
static void doubt_words(const struct gp *gp, struct output *out, struct strbuf *text)
{
    char a[NUMBER_SIZE], b[NUMBER_SIZE];
    if (isfinite(gp->log_bayes_missing)) {
        strbuf_printf(text,
                      "memory    log Bayes factor %s for traces of earlier trials, by the "
                      "curvature at the textbook mode",
                      number_fixed(a, gp->log_bayes_missing, 1, true));
        if (gp->log_bayes_missing > GP_CLEAR)
            strbuf_puts(text, ":\n          memory is missing, and maps show a trial's total later "
                              "effect; add trace,average to terms=");
        strbuf_putc(text, '\n');
    }
    if (isfinite(gp->scatter)) {
        strbuf_printf(text,
                      "animals   their scores scatter %s times as much as one rule for all "
                      "would have it (z %s)",
                      number_fixed(a, gp->scatter, 2, false),
                      number_fixed(b, gp->scatter_z, 1, true));
        if (gp_animals_differ(gp))
            strbuf_puts(text,
                        ":\n          animals differ, weights are noisy, or decisions are not "
                        "the policy's");
        strbuf_putc(text, '\n');
    }
    output_field_number(out, "log_bayes_factor_missing_memory", gp->log_bayes_missing);
    output_field_number(out, "scatter", gp->scatter);
    output_field_number(out, "scatter_z", gp->scatter_z);
}

/* Where the sandwich over animals is clearly wider than the posterior. */
static void robust_words(const struct model *model, size_t n, struct strbuf *out)
{
    struct gp_term_report own[MOST_ROWS], robust[MOST_ROWS];
    char a[NUMBER_SIZE];
    size_t most = 0;
    gp_terms_report(model->gp, GP_MODEL, own);
    gp_terms_report(model->gp, GP_ROBUST, robust);
    for (size_t i = 0; i < n; i++)
        most = robust[i].sd * own[most].sd > robust[most].sd * own[i].sd ? i : most;
    if (n > 0 && robust[most].sd > clearly * own[most].sd)
        strbuf_printf(out,
                      "by the sandwich over animals intervals are up to %s times as wide "
                      "(%s of %s): interval=robust\n",
                      number_fixed(a, robust[most].sd / own[most].sd, 1, false),
                      gp_term_row(own[most].term)->name,
                      model->settings.policy.weight[own[most].weight]);
}

void posterior_show(const struct model *model, enum gp_interval interval, struct output *out,
                    struct strbuf *text)
{
    const struct gp *gp = model->gp;
    struct gp_term_report rows[MOST_ROWS];
    struct table table = {0};
    char a[NUMBER_SIZE];
    size_t n = gp_terms_report(gp, interval, rows);
    output_field_number(out, "evidence", gp->log_evidence);
    output_field_number(out, "log_bayes_factor_remainder", gp->log_bayes_smooth);
    output_field_number(out, "grid_points", (double)gp->n_points);
    strbuf_printf(text, "evidence  %s nats, over %zu points of the grid; ",
                  number_fixed(a, gp->log_evidence, 1, false), gp->n_points);
    starts_words(gp, text);
    remainder_words(model, text);
    memory_words(model, out, text);
    doubt_words(gp, out, text);
    terms_words(model, n, rows, text);
    robust_words(model, n, text);
    sentence(model, n, rows, text);
    terms_table(model, n, rows, &table);
    output_data(out, "terms", &table);
    table_free(&table);
}
