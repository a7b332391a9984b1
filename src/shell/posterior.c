#include "posterior.h"

#include <math.h>

#include "deltaw/base/number.h"
#include "deltaw/base/table.h"
#include "deltaw/learn/gp.h"

enum { MOST_ROWS = GP_N_TERMS * GP_WEIGHTS, LAGS = 30 };
/* How much wider one interval is than another for it to be worth a word. */
static const double clearly = 1.5;

static const struct column term_columns[] = {
    {"term", COLUMN_TEXT, .once = true},
    {"weight", .type = COLUMN_TEXT},
    {"value", .type = COLUMN_NUMBER, .digits = 3},
    {"low", COLUMN_NUMBER, 3, .meaning = "of the 90 % interval"},
    {"high", .type = COLUMN_NUMBER, .digits = 3},
    {"log_bayes_factor", COLUMN_SIGNED, 1, .heading = "log Bayes factor",
     .meaning = "against leaving it out, nats"},
    {0},
};

static const struct column kernel_columns[] = {
    {"weight", .type = COLUMN_TEXT},
    {"lag", .type = COLUMN_COUNT, .meaning = "trials"},
    {"value", .type = COLUMN_NUMBER, .digits = 4},
    {"low", .type = COLUMN_NUMBER, .digits = 4},
    {"high", .type = COLUMN_NUMBER, .digits = 4},
    {0},
};

static const struct column start_columns[] = {
    {"start", .type = COLUMN_TEXT},
    {"same", COLUMN_FLAG, .meaning = "it ends at the mode that is shown"},
    {"evidence", .type = COLUMN_NUMBER, .digits = 4},
    {0},
};

static const struct column remainder_columns[] = {
    {"weight", .type = COLUMN_TEXT},
    {"prior_sd", .type = COLUMN_NUMBER, .digits = 2},
    {0},
};

const struct answer_row posterior_answer[] = {
    {"evidence", ANSWER_NUMBER, .sometimes = true, .meaning = "nats"},
    {"grid_points", ANSWER_COUNT, .sometimes = true},
    {"log_bayes_factor_remainder", ANSWER_NUMBER, .sometimes = true},
    {"length_scale", ANSWER_NUMBER, .sometimes = true, .meaning = "of the largest stimulus"},
    {"remainder", ANSWER_TABLE, .columns = remainder_columns, .sometimes = true},
    {"log_bayes_factor_memory", ANSWER_NUMBER, .sometimes = true},
    {"kernel", ANSWER_TABLE, .columns = kernel_columns, .sometimes = true},
    {"log_bayes_factor_missing_memory", ANSWER_NUMBER, .sometimes = true},
    {"scatter", ANSWER_NUMBER, .sometimes = true, .meaning = "of animals' scores, 1 expected"},
    {"scatter_z", ANSWER_NUMBER, .sometimes = true},
    {"robust_wider", ANSWER_NUMBER, .sometimes = true,
     .meaning = "most that an interval widens by the sandwich over animals"},
    {"starts", ANSWER_TABLE, .columns = start_columns, .sometimes = true},
    {"terms", ANSWER_TABLE, .columns = term_columns, .sometimes = true},
    {0},
};

static void show_terms(const struct model *model, size_t n, const struct gp_term_report *rows,
                       struct output *out)
{
    struct table table = {0};
    table_declare(&table, term_columns);
    for (size_t i = 0; i < n; i++) {
        const struct gp_term_report *r = &rows[i];
        table_add(
            &table, 2,
            (const char *[]){gp_term_row(r->term)->name, model->settings.policy.weight[r->weight]},
            4, (double[]){r->mean, r->low, r->high, r->log_bayes_factor});
    }
    if (n > 0) {
        output_gap(out);
        output_say(out, "terms, 90 %% interval, log Bayes factor against leaving it out (nats)");
        output_table(out, "terms", &table);
    } else {
        output_data(out, "terms", &table); /* traces alone: they are a kernel */
    }
    table_free(&table);
}

/* Digits to the second of the interval's half width. */
static int digits_of(const struct gp_term_report *r)
{
    double half = (r->high - r->low) / 2;
    int digits = half > 0 ? 1 - (int)floor(log10(half)) : 4;
    return digits < 0 ? 0 : digits > 8 ? 8 : digits;
}

/* What is said of errors, which textbook rules differ in. */
static void say_errors(const struct model *model, size_t n, const struct gp_term_report *rows,
                       struct output *out)
{
    char value[NUMBER_SIZE], error[NUMBER_SIZE];
    bool repeated = false;
    for (size_t i = 0; i < n; i++) {
        const struct gp_term_report *r = &rows[i];
        if (r->term != GP_ERROR)
            continue;
        int digits = digits_of(r);
        repeated = repeated || r->low > 0;
        output_say(out, "%s: after errors %s: a_error %s +- %s where REINFORCE has 0",
                   model->settings.policy.weight[r->weight],
                   r->low > 0    ? "the choice is repeated"
                   : r->high < 0 ? "the choice is avoided"
                                 : "it is open whether the choice is repeated or avoided",
                   number_fixed(value, r->mean, digits, false),
                   number_fixed(error, r->sd, digits, false));
    }
    if (repeated)
        output_say(out, "(one rule for animals that differ, or whose weights drift by noise, "
                        "follows them by\nrepeating choices, rewarded or not: they too look like "
                        "this)");
}

static void show_remainder(const struct model *model, struct output *out)
{
    const struct gp *gp = model->gp;
    struct strbuf words = {0};
    struct table table = {0};
    char a[NUMBER_SIZE];
    double scale = 0, sum = 0;
    if (!gp->options.smooth)
        return;
    table_declare(&table, remainder_columns);
    strbuf_printf(&words, "log Bayes factor %s against none",
                  number_fixed(a, gp->log_bayes_smooth, 1, true));
    for (size_t k = 0; k < gp->n_weights; k++) {
        const char *weight = model->settings.policy.weight[k];
        double size = 0;
        for (size_t q = 0; q < gp->n_points; q++)
            size += gp->points[q].weight * gp->points[q].sigma[k];
        strbuf_printf(&words, "%s %s %s", k ? "," : "; prior sd", weight,
                      number_format(a, size, 2));
        table_add(&table, 1, (const char *[]){weight}, 1, &size);
    }
    for (size_t q = 0; q < gp->n_points; q++) {
        scale += gp->points[q].scale > 0 ? gp->points[q].weight * gp->points[q].scale : 0;
        sum += gp->points[q].scale > 0 ? gp->points[q].weight : 0;
    }
    if (sum > .01)
        strbuf_printf(&words, "; length scale %s of the largest stimulus",
                      number_format(a, scale / sum, 2));
    output_words(out, "remainder", &words);
    answer_table(&out->object, "remainder", &table);
    output_field_number(out, "length_scale", sum > .01 ? scale / sum : NAN);
    table_free(&table);
    strbuf_free(&words);
}

/* How far back the traces reach: the lag by which half of their sum is in. */
static void show_memory(const struct model *model, struct output *out)
{
    const struct gp *gp = model->gp;
    struct gp_value kernel[LAGS];
    struct table table = {0};
    struct strbuf words = {0};
    char a[NUMBER_SIZE], b[NUMBER_SIZE], c[NUMBER_SIZE];
    if (isnan(gp->log_bayes_memory))
        return;
    strbuf_printf(&words, "log Bayes factor %s against none; weight of (y - p) x by lag",
                  number_fixed(a, gp->log_bayes_memory, 1, true));
    output_words(out, "traces", &words);
    output_field_number(out, "log_bayes_factor_memory", gp->log_bayes_memory);
    table_declare(&table, kernel_columns);
    for (size_t k = 0; k < gp->n_weights; k++) {
        const char *weight = model->settings.policy.weight[k];
        gp_memory_kernel(gp, k, .75, LAGS, kernel);
        for (size_t lag = 0; lag < LAGS; lag++)
            table_add(&table, 1, (const char *[]){weight}, 4,
                      (double[]){lag, kernel[lag].mean, kernel[lag].low, kernel[lag].high});
        for (size_t lag = 0; lag < LAGS; lag = lag ? lag * 2 : 1) {
            strbuf_printf(&words, "%s lag %zu: %s, %s to %s", weight, lag,
                          number_format(a, kernel[lag].mean, 2),
                          number_format(b, kernel[lag].low, 2),
                          number_format(c, kernel[lag].high, 2));
            output_words(out, "", &words);
        }
    }
    output_data(out, "kernel", &table);
    table_free(&table);
    strbuf_free(&words);
}

static void show_starts(const struct gp *gp, struct strbuf *words, struct output *out)
{
    char a[NUMBER_SIZE];
    struct table table = {0};
    size_t same = 0;
    table_declare(&table, start_columns);
    for (size_t i = 0; i < GP_STARTS; i++) {
        const struct gp_start *start = &gp->start[i];
        same += start->same;
        table_add(&table, 1, (const char *[]){start->name}, 2,
                  (double[]){start->same, start->log_evidence});
    }
    answer_table(&out->object, "starts", &table);
    table_free(&table);
    if (same == GP_STARTS)
        strbuf_printf(words, "; all %d starts end at one mode", GP_STARTS);
    output_words(out, "evidence", words);
    for (size_t i = 0; i < GP_STARTS && same < GP_STARTS; i++) {
        const struct gp_start *start = &gp->start[i];
        if (!start->same && isfinite(start->log_evidence))
            strbuf_printf(
                words, "start '%s' ends elsewhere, %s nats of evidence below", start->name,
                number_fixed(a, gp->textbook.log_evidence - start->log_evidence, 1, false));
        else if (!start->same)
            strbuf_printf(words, "start '%s' finds no mode", start->name);
        output_words(out, "", words);
    }
}

/* What the rule may lack: memory, and that animals are not alike. */
static void show_doubts(const struct gp *gp, struct output *out)
{
    char a[NUMBER_SIZE], b[NUMBER_SIZE];
    struct strbuf words = {0};
    if (isfinite(gp->log_bayes_missing))
        strbuf_printf(&words,
                      "log Bayes factor %s for traces of earlier trials, by the curvature at the "
                      "textbook mode%s",
                      number_fixed(a, gp->log_bayes_missing, 1, true),
                      gp->log_bayes_missing > GP_CLEAR
                          ? ": memory is missing, and maps show a trial's total later effect; add "
                            "trace,average to terms="
                          : "");
    output_words(out, "memory", &words);
    if (isfinite(gp->scatter))
        strbuf_printf(
            &words,
            "their scores scatter %s times as much as one rule for all would have it "
            "(z %s)%s",
            number_fixed(a, gp->scatter, 2, false), number_fixed(b, gp->scatter_z, 1, true),
            gp_animals_differ(gp) ? ": animals differ, weights are noisy, or decisions are not the "
                                    "policy's"
                                  : "");
    output_words(out, "animals", &words);
    output_field_number(out, "log_bayes_factor_missing_memory", gp->log_bayes_missing);
    output_field_number(out, "scatter", gp->scatter);
    output_field_number(out, "scatter_z", gp->scatter_z);
    strbuf_free(&words);
}

/* Where the sandwich over animals is clearly wider than the posterior. */
static void say_robust(const struct model *model, size_t n, struct output *out)
{
    struct gp_term_report own[MOST_ROWS], robust[MOST_ROWS];
    char a[NUMBER_SIZE];
    size_t most = 0;
    gp_terms_report(model->gp, GP_MODEL, own);
    gp_terms_report(model->gp, GP_ROBUST, robust);
    for (size_t i = 0; i < n; i++)
        most = robust[i].sd * own[most].sd > robust[most].sd * own[i].sd ? i : most;
    double wider = n > 0 ? robust[most].sd / own[most].sd : NAN;
    if (wider > clearly)
        output_say(out,
                   "by the sandwich over animals intervals are up to %s times as wide "
                   "(%s of %s): interval=robust",
                   number_fixed(a, wider, 1, false), gp_term_row(own[most].term)->name,
                   model->settings.policy.weight[own[most].weight]);
    output_field_number(out, "robust_wider", wider);
}

void posterior_show(const struct model *model, enum gp_interval interval, struct output *out)
{
    const struct gp *gp = model->gp;
    struct gp_term_report rows[MOST_ROWS];
    struct strbuf words = {0};
    char a[NUMBER_SIZE];
    size_t n = gp_terms_report(gp, interval, rows);
    output_field_number(out, "evidence", gp->log_evidence);
    output_field_number(out, "log_bayes_factor_remainder", gp->log_bayes_smooth);
    output_field_number(out, "grid_points", (double)gp->n_points);
    strbuf_printf(&words, "%s nats, over %zu points of the grid",
                  number_fixed(a, gp->log_evidence, 1, false), gp->n_points);
    show_starts(gp, &words, out);
    show_remainder(model, out);
    show_memory(model, out);
    show_doubts(gp, out);
    show_terms(model, n, rows, out);
    say_robust(model, n, out);
    say_errors(model, n, rows, out);
    strbuf_free(&words);
}
