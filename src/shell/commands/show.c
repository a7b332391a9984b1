#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/utf8.h"
#include "deltaw/learn/ensemble.h"
#include "deltaw/study/cramer_rao.h"
#include "deltaw/study/probe.h"
#include "deltaw/study/updates.h"
#include "../fitting.h"
#include "../posterior.h"
#include "../state.h"
#include "../walks.h"

enum { COVERAGE_SAMPLE = 4000 }; /* trials */

struct showing {
    struct model *model;
    enum gp_interval interval;
    struct fit_status status;
    struct cohort *cohort; /* with a truth; NULL: nothing to compare with */
    bool compared;
    struct recovery recovery;
    bool bounded;
    struct cramer_rao bound;
    bool covered;
    double coverage[POLICY_MAX];
    struct cohort *fitted;       /* of a rule without updates */
    struct walks_others *others; /* likewise */
};

static const struct option_row show_table[] = {
    {"interval", OPTION_WORD, 0, 0, "model|robust", "model",
     "intervals of a gp's terms: as its posterior has them, or by how the animals scatter "
     "(sandwich)"},
    {0},
};

static void show_release(void *data)
{
    struct showing *show = data;
    model_drop(show->model);
    cohort_drop(show->cohort);
    cohort_drop(show->fitted);
    walks_others_free(show->others);
    free(show);
}

static bool show_work(void *data, struct task *task, struct err *err)
{
    (void)task, (void)err;
    struct showing *show = data;
    struct err ignored = {0};
    if (show->others) {
        walks_compare(show->others, show->model, show->fitted);
        return true;
    }
    show->compared =
        show->cohort && recovery_compute(show->model, show->cohort, &show->recovery, &ignored);
    show->covered = show->compared &&
                    updates_coverage(show->model, show->cohort, COVERAGE_SAMPLE, show->coverage);
    show->bounded =
        show->compared &&
        cramer_rao_compute(show->cohort, &show->model->settings.policy, &show->bound, &ignored);
    return true;
}

static void show_cohort(const struct model *model, struct strbuf *out)
{
    size_t held = 0;
    for (size_t i = 0; i < model->n_animals; i++)
        held += model->held_out[i];
    if (!model->cohort_name && model->n_animals == 0) {
        strbuf_puts(out, "unknown");
        return;
    }
    strbuf_printf(out, "%s, %zu animals", model->cohort_name ? model->cohort_name : "unknown",
                  model->n_animals);
    if (held > 0)
        strbuf_printf(out, " of which %zu held out", held);
    strbuf_printf(out, ", digest %016" PRIx64, model->cohort_digest);
    if (model->cohort_chain && *model->cohort_chain)
        strbuf_printf(out, "; %s", model->cohort_chain);
}

static void show_tensors(const struct model *model, struct table *table)
{
    table_column(table, "tensor", COLUMN_TEXT, 0);
    table_column(table, "shape", COLUMN_TEXT, 0);
    table_column(table, "entries", COLUMN_COUNT, 0);
    table_column(table, "least", COLUMN_NUMBER, 4);
    table_column(table, "greatest", COLUMN_NUMBER, 4);
    table_column(table, "rms", COLUMN_NUMBER, 4);
    for (size_t i = 0; i < model->tensors.n; i++) {
        const struct tensor *t = &model->tensors.item[i];
        const double *v = model->theta + t->offset;
        double least = INFINITY, greatest = -INFINITY, sum = 0;
        for (size_t j = 0; j < t->size; j++) {
            least = fmin(least, v[j]);
            greatest = fmax(greatest, v[j]);
            sum += v[j] * v[j];
        }
        char shape[64];
        snprintf(shape, sizeof shape, t->n_dimensions == 2 ? "%zu x %zu" : "%zu", t->rows, t->cols);
        table_row(table);
        table_text(table, 0, t->name);
        table_text(table, 1, shape);
        table_number(table, 2, (double)t->size);
        table_number(table, 3, least);
        table_number(table, 4, greatest);
        table_number(table, 5, sqrt(sum / (double)t->size));
    }
}

/* Which weight an entry belongs to, or all: alpha [1] is shared. */
static const char *entry_of(const struct model *model, const struct tensor *tensor, size_t i)
{
    if (tensor->size == model->settings.policy.n)
        return model->settings.policy.weight[i];
    return strncmp(tensor->name, "alpha", 5) == 0 ? "all weights" : "";
}

/* A row per entry with its standard error, NaN where there is none. */
static void show_parameters(const struct model *model, struct table *table)
{
    table_column(table, "parameter", COLUMN_TEXT, 0);
    table_column(table, "weight", COLUMN_TEXT, 0);
    table_column(table, "value", COLUMN_NUMBER, 5);
    table_column(table, "error", COLUMN_NUMBER, 2);
    for (size_t i = 0; i < model->tensors.n; i++) {
        const struct tensor *t = &model->tensors.item[i];
        for (size_t j = 0; j < t->size; j++) {
            table_row(table);
            table_text(table, 0, t->name);
            table_text(table, 1, entry_of(model, t, j));
            table_number(table, 2, model->theta[t->offset + j]);
            table_number(table, 3, model->errors ? model->errors[t->offset + j] : NAN);
        }
    }
}

/* ".0313 +- .0004": as many digits as the error's second needs. */
static void value_words(double value, double error, struct strbuf *out)
{
    char v[NUMBER_SIZE], e[NUMBER_SIZE];
    if (isnan(error) || error <= 0) {
        strbuf_printf(out, "%s%s", number_format(v, value, 4), error == 0 ? " held" : "");
        return;
    }
    int digits = 1 - (int)floor(log10(error));
    digits = digits < 0 ? 0 : digits > 12 ? 12 : digits;
    strbuf_printf(out, "%s +- %s", number_fixed(v, value, digits, false),
                  number_fixed(e, error, digits, false));
}

static void parameter_words(const struct table *table, struct strbuf *out)
{
    int room[2] = {0};
    bool bound = false;
    for (size_t i = 0; i < table->n_rows; i++)
        for (size_t c = 0; c < 2; c++) {
            int cells = utf8_width(table->cells[i * table->n_columns + c].text);
            room[c] = cells > room[c] ? cells : room[c];
        }
    strbuf_puts(out, "\nparameters, +- standard error\n");
    for (size_t i = 0; i < table->n_rows; i++) {
        const struct table_cell *cell = &table->cells[i * table->n_columns];
        bool again = i > 0 && strcmp(cell[0].text, cell[-(long)table->n_columns].text) == 0;
        strbuf_printf(out, "  %-*s  %s%*s  ", room[0], again ? "" : cell[0].text, cell[1].text,
                      room[1] - utf8_width(cell[1].text), "");
        value_words(cell[2].number, cell[3].number, out);
        strbuf_putc(out, '\n');
        bound = bound || isnan(cell[3].number);
    }
    if (bound)
        strbuf_puts(out, "  no error: the fit has not ended, the value lies at its bound, or the "
                         "likelihood is flat there\n");
}

static void show_truth(const struct showing *show, struct strbuf *text, struct output *out)
{
    const struct recovery *r = &show->recovery;
    char r2[NUMBER_SIZE], rmse[NUMBER_SIZE], null[NUMBER_SIZE];
    struct table table = {0};
    table_column(&table, "weight", COLUMN_TEXT, 0);
    table_column(&table, "r2", COLUMN_NUMBER, 4);
    table_column(&table, "rmse", COLUMN_NUMBER, 4);
    table_column(&table, "rmse_null", COLUMN_NUMBER, 4);
    table_column(&table, "best_r2", COLUMN_NUMBER, 4);
    table_column(&table, "coverage_90", COLUMN_NUMBER, 3);
    for (size_t k = 0; k < r->n_weights; k++) {
        const char *weight = show->model->settings.policy.weight[k];
        table_row(&table);
        table_text(&table, 0, weight);
        table_number(&table, 1, r->r2[k]);
        table_number(&table, 2, r->rmse[k]);
        table_number(&table, 3, r->null_rmse[k]);
        table_number(&table, 4, show->bounded ? show->bound.r2[k] : NAN);
        table_number(&table, 5, show->covered ? show->coverage[k] : NAN);
        if (isnan(r->r2[k]))
            strbuf_printf(text, "truth     %s: the true update never varies; RMSE %s\n", weight,
                          number_format(rmse, r->rmse[k], 3));
        else
            strbuf_printf(text,
                          "truth     %s: R^2 %s over visited trials, RMSE %s (of answering 0: "
                          "%s)\n",
                          weight, number_fixed(r2, r->r2[k], 4, false),
                          number_format(rmse, r->rmse[k], 3),
                          number_format(null, r->null_rmse[k], 3));
        if (show->covered)
            strbuf_printf(text,
                          "          %s %% of true updates lie inside their 90 %% intervals\n",
                          number_fixed(r2, 100 * show->coverage[k], 0, false));
        if (show->bounded && isfinite(show->bound.r2[k]))
            strbuf_printf(text,
                          "          these choices tell even a rule of %zu free values no "
                          "better than R^2 %s\n",
                          show->bound.n_values, number_fixed(r2, show->bound.r2[k], 4, false));
    }
    output_data(out, "recovery", &table);
    table_free(&table);
}

static void show_fields(const struct showing *show, struct output *out)
{
    const struct model *model = show->model;
    output_field_text(out, "model", model->name);
    output_field_text(out, "rule", model->rule->name);
    output_field_text(out, "state", fit_state_name(show->status.state));
    output_field_number(out, "epoch", show->status.epoch);
    output_field_number(out, "train", show->status.train);
    output_field_number(out, "heldout", show->status.heldout);
    output_field_number(out, "parameters", (double)model_parameters(model));
    if (model->textbook > 0 || model->ensemble)
        output_field_number(out, "plateau", model_on_plateau(model));
    output_field_number(out, "seed", (double)model->settings.seed);
    output_field_text(out, "engine", model->engine);
    output_field_text(out, "cohort", model->cohort_name);
    output_field_text(out, "filters", model->cohort_chain);
}

/* The parameters themselves where there are few, else the tensors and their sizes. */
static void show_values(const struct showing *show, struct output *out)
{
    const struct model *model = show->model;
    struct table table = {0};
    if (model->ensemble) { /* it has none of its own */
        return;
    } else if (model->walks) {
        walks_show(model, show->others, out);
    } else if (model->gp) {
        struct strbuf text = {0};
        posterior_show(model, show->interval, out, &text);
        output_block(out, strbuf_text(&text));
        strbuf_free(&text);
    } else if (model->rule->network || model->rule->posterior) {
        show_tensors(model, &table);
        if (out->mode == OUTPUT_TEXT)
            output_block(out, "\n");
        output_table(out, "tensors", &table);
    } else {
        struct strbuf text = {0};
        show_parameters(model, &table);
        parameter_words(&table, &text);
        if (out->mode == OUTPUT_TEXT)
            output_block(out, strbuf_text(&text));
        output_data(out, "values", &table);
        strbuf_free(&text);
    }
    table_free(&table);
}

/* Of an ensemble: who is averaged, and what of. */
static void show_members(const struct ensemble *e, struct strbuf *words, struct output *out)
{
    struct table table = {0};
    table_columns(&table, "member|rule", COLUMN_TEXT, 0);
    table_columns(&table, "seed|bootstrap|plateau", COLUMN_COUNT, 0);
    table_column(&table, "train", COLUMN_NUMBER, 4);
    for (size_t i = 0; i < e->n; i++) {
        const struct model *m = e->member[i];
        double loss = m->n_history ? m->history[m->n_history - 1].train : NAN;
        char buf[NUMBER_SIZE];
        strbuf_printf(words, "%s%s (%s, loss %s)", i ? ", " : "", m->name, m->rule->name,
                      fit_loss_text(buf, loss));
        table_add(&table, 2, (const char *[]){m->name, m->rule->name}, 4,
                  (double[]){(double)m->settings.seed, (double)m->settings.bootstrap,
                             m->textbook > 0 ? model_on_plateau(m) : NAN, loss});
    }
    strbuf_puts(words, e->kind == INTERVAL_BOOTSTRAP ? "; each fitted to animals drawn anew"
                                                     : "; not fitted to animals drawn anew");
    output_data(out, "members", &table);
    output_field_text(out, "interval", interval_word(e->kind));
    table_free(&table);
}

/* "; still on the plateau ..." */
static void plateau_words(const struct model *model, struct strbuf *out)
{
    char buf[NUMBER_SIZE];
    if (model->ensemble && model_on_plateau(model))
        strbuf_printf(out, "; %zu of %zu members are still on the plateau: no intervals",
                      ensemble_on_plateau(model->ensemble), model->ensemble->n);
    else if (model_on_plateau(model))
        strbuf_printf(out,
                      "; still on the plateau: reinforce-base, fitted to the same trials, has %s; "
                      "train longer (epochs=), or from another seed=",
                      fit_loss_text(buf, model->textbook));
}

/* What was assumed before a trial was looked at. */
static void start_words(const struct model *model, struct output *out, struct strbuf *words)
{
    char buf[NUMBER_SIZE];
    strbuf_printf(words,
                  "as the rule of %s, of whose updates it gave back %s %% (mean square); where the "
                  "trials say nothing the map still says what that rule says",
                  model->settings.start, number_fixed(buf, 100 * model->distilled, 1, false));
    output_field_number(out, "distilled", model->distilled);
}

static void show_line(const struct output *to, const char *name, struct strbuf *words,
                      struct strbuf *out)
{
    strbuf_printf(out, "%-9s ", name);
    help_text_fill(out, strbuf_text(words), 10, to->width > 40 ? to->width : 40);
    strbuf_reset(words);
}

static bool show_finish(struct session *session, void *data, struct output *out, struct err *err)
{
    (void)session, (void)err;
    const struct showing *show = data;
    const struct model *model = show->model;
    const struct fit_status *status = &show->status;
    struct strbuf text = {0}, words = {0};
    char buf[NUMBER_SIZE];
    strbuf_printf(&words, "%s, %s", model->rule->name, model->rule->summary);
    show_line(out, model->name, &words, &text);
    strbuf_puts(&words, model->rule->equation);
    show_line(out, "equation", &words, &text);
    if (model->ensemble)
        show_members(model->ensemble, &words, out);
    else
        settings_words(model->rule, &model->settings, &words);
    show_line(out, model->ensemble ? "members" : "settings", &words, &text);
    strbuf_printf(&words, "%s, ", fit_state_name(status->state));
    progress_words(model->rule, status, &words);
    if (status->seconds > 0)
        strbuf_printf(&words, ", %s", number_duration(buf, status->seconds));
    if (status->reason[0])
        strbuf_printf(&words, "; %s", status->reason);
    show_line(out, "state", &words, &text);
    strbuf_printf(&words, "%s training", fit_loss_text(buf, status->train));
    if (!isnan(status->heldout))
        strbuf_printf(&words, ", %s held out", fit_loss_text(buf, status->heldout));
    strbuf_puts(&words, " (nats per scored trial)");
    plateau_words(model, &words);
    show_line(out, "loss", &words, &text);
    if (model->settings.start) {
        start_words(model, out, &words);
        show_line(out, "start", &words, &text);
    }
    show_cohort(model, &words);
    show_line(out, "cohort", &words, &text);
    strbuf_puts(&words, model->engine[0] ? model->engine : "unknown");
    show_line(out, "engine", &words, &text);
    show_fields(show, out);
    if (show->compared)
        show_truth(show, &text, out);
    output_block(out, strbuf_text(&text));
    show_values(show, out);
    strbuf_free(&text);
    strbuf_free(&words);
    return true;
}

static bool show_run(struct session *session, const struct args *args, struct output *out,
                     struct err *err)
{
    (void)out;
    struct fit *fit =
        session_need_fit(session, args_at(args, 0), args->n ? args->items[0].column : 0, err);
    struct model *model = fit ? session_need_model(session, fit_name(fit), 0, err) : NULL;
    if (!model)
        return false;
    const struct cohort *cohort = fit_cohort(fit) ? fit_cohort(fit) : session_cohort(session);
    struct showing *show = mem_new(1, sizeof *show);
    show->model = model;
    show->interval =
        strcmp(args_text(args, show_table, "interval"), "robust") == 0 ? GP_ROBUST : GP_MODEL;
    show->status = fit_status(fit);
    show->cohort = cohort && cohort->truth ? cohort_hold(cohort) : NULL;
    if (model->walks && cohort && model_meets(model, cohort, NULL)) {
        show->fitted = cohort_hold(cohort);
        show->others = walks_others(session, model);
    }
    return task_start(session, mem_text("comparing with the truth"), show, show_work, show_finish,
                      show_release, err);
}

extern const struct command command_show;
const struct command command_show = {
    .name = "show",
    .group = GROUP_FIT,
    .arguments = "[MODEL]",
    .summary = "all about a model: rule, settings, losses, parameters, truth",
    .detail =
        "On a simulated cohort also how well the fitted update agrees with the true one "
        "over the trials the animals visited.  Of a textbook rule every parameter with its "
        "standard error, from the curvature of the likelihood at its greatest with the "
        "start weights held.  Of a gp its evidence and each term with its 90 % interval and "
        "the log Bayes factor against leaving it out, what speaks for memory that its terms "
        "lack, and how much more the animals scatter than one rule for all would have it.  "
        "Of a randomwalk each animal's log evidence and sizes of steps with their errors, and "
        "the share of trials on which each other model's weights lie within its 90 % band.",
    .options = show_table,
    .examples = "show\nshow dnn1\nfit reinforce; wait; show",
    .positional_type = OPTION_MODEL,
    .positional_max = 1,
    .run = show_run,
};
