#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/utf8.h"
#include "deltaw/learn/ensemble.h"
#include "deltaw/learn/gains.h"
#include "deltaw/study/probe.h"
#include "../agreement.h"
#include "../fitting.h"
#include "../posterior.h"
#include "../state.h"
#include "../randomwalk.h"

struct showing {
    struct model *model;
    enum gp_interval interval;
    struct fit_status status;
    struct cohort *cohort; /* with a truth; NULL: nothing to compare with */
    struct agreement agrees;
    struct cohort *fitted;            /* of a rule without updates */
    struct randomwalk_others *others; /* likewise */
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
    randomwalk_others_free(show->others);
    free(show);
}

static bool show_work(void *data, struct task *task, struct err *err)
{
    (void)task, (void)err;
    struct showing *show = data;
    if (show->others) {
        randomwalk_compare(show->others, show->model, show->fitted);
        return true;
    }
    if (show->cohort)
        agreement_find(show->model, show->cohort, &show->agrees);
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

static const struct column tensor_columns[] = {
    {"tensor", .type = COLUMN_TEXT},
    {"rows", COLUMN_COUNT, .seen = SEEN_DATA},
    {"columns", COLUMN_COUNT, .seen = SEEN_DATA, .meaning = "null: it has one dimension"},
    {"shape", COLUMN_TEXT, .seen = SEEN_PEOPLE},
    {"entries", .type = COLUMN_COUNT},
    {"least", .type = COLUMN_NUMBER, .digits = 4},
    {"greatest", .type = COLUMN_NUMBER, .digits = 4},
    {"rms", .type = COLUMN_NUMBER, .digits = 4},
    {0},
};

static void show_tensors(const struct model *model, struct table *table)
{
    table_declare(table, tensor_columns);
    for (size_t i = 0; i < model->tensors.n; i++) {
        const struct tensor *t = &model->tensors.item[i];
        const double *v = model->theta + t->offset;
        double least = INFINITY, greatest = -INFINITY, sum = 0;
        bool matrix = t->n_dimensions == 2;
        for (size_t j = 0; j < t->size; j++) {
            least = fmin(least, v[j]);
            greatest = fmax(greatest, v[j]);
            sum += v[j] * v[j];
        }
        char shape[64];
        snprintf(shape, sizeof shape, matrix ? "%zu x %zu" : "%zu", t->rows, t->cols);
        table_add(table, 2, (const char *[]){t->name, shape}, 6,
                  (double[]){t->rows, matrix ? (double)t->cols : NAN, t->size, least, greatest,
                             sqrt(sum / (double)t->size)});
    }
}

/* Which weight an entry belongs to, or all: alpha [1] is shared. */
static const char *entry_of(const struct model *model, const struct tensor *tensor, size_t i)
{
    if (tensor->size == model->settings.policy.n)
        return model->settings.policy.weight[i];
    return strncmp(tensor->name, "alpha", 5) == 0 ? "all weights" : "";
}

static const struct column value_columns[] = {
    {"parameter", COLUMN_TEXT, .once = true},
    {"weight", COLUMN_TEXT, .meaning = "that it belongs to"},
    {"value", COLUMN_MEASURED, .heading = "value +- standard error"},
    {"error", COLUMN_NUMBER, .seen = SEEN_DATA, .meaning = "standard error; null: there is none"},
    {0},
};

/* A row per entry; true: one has no error. */
static bool show_parameters(const struct model *model, struct table *table)
{
    bool none = false;
    table_declare(table, value_columns);
    for (size_t i = 0; i < model->tensors.n; i++) {
        const struct tensor *t = &model->tensors.item[i];
        for (size_t j = 0; j < t->size; j++) {
            double error = model->errors ? model->errors[t->offset + j] : NAN;
            table_add(table, 2, (const char *[]){t->name, entry_of(model, t, j)}, 2,
                      (double[]){model->theta[t->offset + j], error});
            none = none || isnan(error);
        }
    }
    return none;
}

static void show_fields(const struct showing *show, struct output *out)
{
    const struct model *model = show->model;
    const struct fit_status *status = &show->status;
    char *settings = model_settings_json(model);
    size_t held = 0;
    for (size_t i = 0; i < model->n_animals; i++)
        held += model->held_out[i];
    tell_model(model->name, model->rule, model_parameters(model), out);
    output_field_text(out, "summary", model->rule->summary);
    output_field_text(out, "equation", model->rule->equation);
    answer_json(&out->object, "settings", settings);
    output_field_text(out, "state", fit_state_name(status->state));
    output_field_text(out, "reason", status->reason);
    output_field_number(out, "epoch", status->epoch);
    output_field_number(out, "epochs", model->rule->network ? status->epochs : NAN);
    output_field_number(out, "seconds", status->seconds);
    output_field_number(out, "loss", status->train);
    output_field_number(out, "held_out", status->held_out);
    output_field_number(out, "plateau",
                        model->textbook > 0 || model->ensemble ? model_on_plateau(model) : NAN);
    output_field_number(out, "textbook_loss", model->textbook > 0 ? model->textbook : NAN);
    output_field_number(out, "seed", (double)model->settings.seed);
    output_field_text(out, "engine", model->engine);
    output_field_text(out, "cohort", model->cohort_name);
    output_field_text(out, "filters", model->cohort_chain);
    output_field_number(out, "cohort_animals", (double)model->n_animals);
    output_field_number(out, "cohort_animals_held_out", (double)held);
    free(settings);
}

/* The entry of a tensor that goes with weight k; NaN: there is none. */
static double entry(const struct model *model, const char *name, size_t k)
{
    for (size_t i = 0; i < model->tensors.n; i++) {
        const struct tensor *t = &model->tensors.item[i];
        if (strcmp(t->name, name) == 0)
            return model->theta[t->offset + (t->size > k ? k : 0)];
    }
    return NAN;
}

/* A baseline far from 0 is hard to read (-20: errors teach what correct choices teach), so
 * say what it does: after errors r - b is -b, after correct choices 1 - b. */
static void say_baseline(const struct model *model, struct output *out)
{
    char buf[NUMBER_SIZE];
    for (size_t k = 0; k < model->settings.policy.n; k++) {
        double b = entry(model, "baseline", k), alpha = entry(model, "alpha", k);
        double split = entry(model, "alpha_error", k), correct = alpha * (1 - b);
        double error = (isnan(split) ? alpha : split) * -b;
        if (isfinite(error / correct))
            output_say(out,
                       "%s: a correct choice makes the same choice %s likely, an error %s, "
                       "%s times as much",
                       model->settings.policy.weight[k], correct > 0 ? "more" : "less",
                       error > 0 ? "more" : "less",
                       number_fixed(buf, fabs(error / correct), 2, false));
    }
}

/* The parameters themselves where there are few, else the tensors and their sizes. */
static void show_values(const struct showing *show, struct output *out)
{
    const struct model *model = show->model;
    struct table table = {0};
    bool few = !model->rule->network && !model->rule->posterior, none = false;
    if (model->ensemble) /* it has none of its own */
        return;
    if (model->randomwalk || model->gp) {
        if (model->randomwalk)
            randomwalk_show(model, show->others, out);
        else
            posterior_show(model, show->interval, out);
        return;
    }
    if (few)
        none = show_parameters(model, &table);
    else
        show_tensors(model, &table);
    output_gap(out);
    output_table(out, few ? "values" : "tensors", &table);
    if (none)
        output_say(out, "no error: the fit has not ended, the value lies at its bound, or the "
                        "likelihood is flat there");
    say_baseline(model, out);
    table_free(&table);
}

static const struct column member_columns[] = {
    {"member", .type = COLUMN_TEXT},
    {"rule", .type = COLUMN_TEXT},
    {"seed", .type = COLUMN_COUNT},
    {"bootstrap", COLUMN_COUNT, .meaning = "seed of the animals drawn; 0: all as they are"},
    {"plateau", COLUMN_COUNT, .meaning = "1: it is still on the plateau"},
    {"loss", COLUMN_NUMBER, .meaning = "nats per scored trial of training"},
    {0},
};

/* Of an ensemble: who is averaged, and what of. */
static void show_members(const struct ensemble *e, struct strbuf *words, struct output *out)
{
    struct table table = {0};
    table_declare(&table, member_columns);
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
    strbuf_puts(words, e->each                         ? "; each fitted to one animal"
                       : e->kind == INTERVAL_BOOTSTRAP ? "; each fitted to animals drawn anew"
                                                       : "; not fitted to animals drawn anew");
    if (e->left_out)
        strbuf_printf(words, "; %zu more are left out, which stayed on the plateau", e->left_out);
    output_field_number(out, "left_out", (double)e->left_out);
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

/* How fast animals learn; `gains` has each. */
static void show_gains(const struct gains *g, struct output *out, struct strbuf *words)
{
    char buf[3][NUMBER_SIZE];
    strbuf_printf(words, "spread of the logarithms of animals' factors %s",
                  number_fixed(buf[0], g->spread, 3, false));
    if (isfinite(g->low))
        strbuf_printf(words, " (90 %% interval %s to %s)", number_fixed(buf[1], g->low, 3, false),
                      number_fixed(buf[2], g->high, 3, false));
    strbuf_puts(words, "; `gains` shows them");
    output_words(out, "gains", words);
    output_field_number(out, "gain_spread", g->spread);
    output_field_number(out, "gain_spread_low", g->low);
    output_field_number(out, "gain_spread_high", g->high);
}

static bool show_finish(struct session *session, void *data, struct output *out, struct err *err)
{
    (void)session, (void)err;
    const struct showing *show = data;
    const struct model *model = show->model;
    const struct fit_status *status = &show->status;
    struct strbuf words = {0};
    char buf[NUMBER_SIZE];
    strbuf_printf(&words, "%s, %s", model->rule->name, model->rule->summary);
    output_words(out, model->name, &words);
    output_line(out, "equation", OUTPUT_LABEL, model->rule->equation);
    if (model->ensemble)
        show_members(model->ensemble, &words, out);
    else
        fitting_words(model->rule, &model->settings, &words);
    output_words(out, model->ensemble ? "members" : "settings", &words);
    strbuf_printf(&words, "%s, ", fit_state_name(status->state));
    progress_words(model->rule, status, &words);
    if (status->seconds > 0)
        strbuf_printf(&words, ", %s", number_duration(buf, status->seconds));
    if (status->reason[0])
        strbuf_printf(&words, "; %s", status->reason);
    output_words(out, "state", &words);
    strbuf_printf(&words, "%s training", fit_loss_text(buf, status->train));
    if (!isnan(status->held_out))
        strbuf_printf(&words, ", %s held out", fit_loss_text(buf, status->held_out));
    strbuf_puts(&words, " (nats per scored trial)");
    plateau_words(model, &words);
    output_words(out, "loss", &words);
    if (model->settings.start)
        start_words(model, out, &words);
    output_words(out, "start", &words);
    if (model->gains)
        show_gains(model->gains, out, &words);
    show_cohort(model, &words);
    output_words(out, "cohort", &words);
    output_line(out, "engine", OUTPUT_LABEL, model->engine[0] ? model->engine : "unknown");
    show_fields(show, out);
    if (show->agrees.compared)
        agreement_show(&show->agrees, model, out);
    show_values(show, out);
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
    if (model->randomwalk && cohort && model_meets(model, cohort, NULL)) {
        show->fitted = cohort_hold(cohort);
        show->others = randomwalk_others(session, model);
    }
    return task_start(session, mem_text("comparing with the truth"), show, show_work, show_finish,
                      show_release, err);
}

static const struct answer_row show_answer[] = {
    ANSWER_ALSO(tell_model_answer),
    {"summary", .type = ANSWER_TEXT},
    {"equation", .type = ANSWER_TEXT},
    {"settings", .type = ANSWER_OBJECT},
    {"state", .type = ANSWER_TEXT},
    {"reason", .type = ANSWER_TEXT, .meaning = "why it ended"},
    {"epoch", .type = ANSWER_COUNT, .meaning = "or evaluations"},
    {"epochs", .type = ANSWER_COUNT},
    {"seconds", .type = ANSWER_NUMBER},
    {"loss", .type = ANSWER_NUMBER, .meaning = "nats per scored trial of training"},
    {"held_out", .type = ANSWER_NUMBER},
    {"plateau", ANSWER_COUNT, .meaning = "of a network, 1: it is still on the plateau"},
    {"textbook_loss", ANSWER_NUMBER, .meaning = "of reinforce-base on the same trials"},
    {"distilled", ANSWER_NUMBER, .sometimes = true, .meaning = "share of start='s updates kept"},
    {"seed", .type = ANSWER_COUNT},
    {"engine", .type = ANSWER_TEXT},
    {"cohort", .type = ANSWER_TEXT},
    {"filters", .type = ANSWER_TEXT},
    {"cohort_animals", .type = ANSWER_COUNT},
    {"cohort_animals_held_out", .type = ANSWER_COUNT},
    ANSWER_ALSO(agreement_answer),
    {"values", .type = ANSWER_TABLE, .columns = value_columns, .sometimes = true},
    {"tensors", .type = ANSWER_TABLE, .columns = tensor_columns, .sometimes = true},
    ANSWER_ALSO(posterior_answer),
    ANSWER_ALSO(randomwalk_answer),
    {"gain_spread", ANSWER_NUMBER, .sometimes = true,
     .meaning = "of gain=: standard deviation of the logarithms of animals' factors"},
    {"gain_spread_low", ANSWER_NUMBER, .sometimes = true, .meaning = "90 % interval"},
    {"gain_spread_high", ANSWER_NUMBER, .sometimes = true},
    {"members", ANSWER_TABLE, .columns = member_columns, .sometimes = true},
    {"interval", ANSWER_TEXT, .sometimes = true, .meaning = "of an ensemble: where it is from"},
    {"left_out", ANSWER_COUNT, .sometimes = true, .meaning = "members that stayed on the plateau"},
    {0},
};

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
    .answer = show_answer,
    .trial_bytes = 240,
    .run = show_run,
};
