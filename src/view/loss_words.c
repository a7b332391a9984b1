/* How the losses are described, in words and in fields. */
#include "loss.h"

#include <math.h>

#include "deltaw/base/number.h"

/* Change of the loss a hundred epochs, over the last tenth of them, ten at least and at most
 * a hundred; NaN: there are too few. */
static double slope_of(const struct loss_line *line)
{
    if (line->n == 0)
        return NAN;
    size_t last = line->n - 1, from = last;
    double window = fmin(fmax(line->epoch[last] / 10., 10), 100);
    while (from > 0 && line->epoch[last] - line->epoch[from] < window)
        from--;
    double span = line->epoch[last] - line->epoch[from];
    if (span < 10 || !line->network) /* a search ends by itself */
        return NAN;
    return (line->train[last] - line->train[from]) * 100 / span;
}

static void say_slope(const struct loss_line *line, struct strbuf *out)
{
    char number[NUMBER_SIZE];
    double slope = slope_of(line);
    if (fabs(slope) < 5e-5) {
        strbuf_puts(out, ", level");
    } else if (isfinite(slope)) {
        strbuf_printf(out, ", %s %s per 100 epochs", slope < 0 ? "falling" : "rising",
                      number_fixed(number, fabs(slope), 4, false));
    }
}

static void say_line(const struct loss_line *line, struct strbuf *out)
{
    char number[NUMBER_SIZE];
    if (line->n == 0) {
        strbuf_printf(out, "%s: no losses yet; ", line->name);
        return;
    }
    size_t last = loss_seen(line, 0) - 1;
    strbuf_printf(out, "%s: train %s", line->name,
                  number_fixed(number, line->train[last], 4, false));
    if (isfinite(line->held_out[last]))
        strbuf_printf(out, ", held out %s", number_fixed(number, line->held_out[last], 4, false));
    if (line->replayed) {
        strbuf_printf(out, " nats/trial at %s %d of %d; ", line->network ? "epoch" : "evaluation",
                      line->seen, line->newest);
        return;
    }
    int epoch = (int)line->epoch[last], epochs = line->status.epochs;
    strbuf_printf(out, " nats/trial after %d", epoch);
    if (epochs > epoch)
        strbuf_printf(out, " of %d", epochs);
    strbuf_printf(out, " %s%s", line->network ? "epoch" : "evaluation",
                  epoch == 1 && epochs <= 1 ? "" : "s");
    if (line->status.state == FIT_FAILED)
        strbuf_printf(out, ", failed: %s", line->status.reason);
    else
        say_slope(line, out);
    strbuf_puts(out, "; ");
}

void loss_describe(const void *state, struct strbuf *out)
{
    const struct loss_state *s = state;
    char number[NUMBER_SIZE];
    for (size_t i = 0; i < s->n_lines; i++)
        say_line(&s->lines[i], out);
    strbuf_printf(out, "chance %s.", number_fixed(number, log(2), 4, false));
}

static const struct column loss_columns[] = {
    {"epoch", .type = COLUMN_COUNT},
    {"seconds", .type = COLUMN_NUMBER, .digits = 4},
    {"train", COLUMN_NUMBER, 6, .meaning = "nats per scored trial"},
    {"held_out", .type = COLUMN_NUMBER, .digits = 6},
    {"model", .type = COLUMN_TEXT},
    {0},
};

/* Of all models that are shown. */
void loss_table(const void *state, struct table *out)
{
    const struct loss_state *s = state;
    table_declare(out, loss_columns);
    for (size_t i = 0; i < s->n_lines; i++) {
        const struct loss_line *line = &s->lines[i];
        for (size_t j = 0; j < line->n; j++)
            table_add(
                out, 1, (const char *[]){line->name}, 4,
                (double[]){line->epoch[j], line->seconds[j], line->train[j], line->held_out[j]});
    }
}

static const struct column model_columns[] = {
    {"model", .type = COLUMN_TEXT},
    {"state", .type = COLUMN_TEXT},
    {"reason", COLUMN_TEXT, .meaning = "why it failed"},
    {"epoch", COLUMN_COUNT, .meaning = "that the losses are of"},
    {"epochs", COLUMN_COUNT, .meaning = "asked for, or in a replay the newest"},
    {"loss", COLUMN_NUMBER, .meaning = "nats per scored trial of training"},
    {"held_out", .type = COLUMN_NUMBER},
    {"slope_per_100_epochs", COLUMN_NUMBER, .meaning = "of the loss, at the end"},
    {0},
};

const struct answer_row loss_answer[] = {
    {"chance", .type = ANSWER_NUMBER},
    {"models", ANSWER_TABLE, .columns = model_columns},
    {"loss", ANSWER_TABLE, .columns = loss_columns},
    {0},
};

void loss_fields(const void *state, struct strbuf *object)
{
    const struct loss_state *s = state;
    struct table table = {0};
    table_declare(&table, model_columns);
    for (size_t i = 0; i < s->n_lines; i++) {
        const struct loss_line *line = &s->lines[i];
        size_t seen = line->n ? loss_seen(line, 0) : 0;
        double epochs = line->replayed ? line->newest : line->network ? line->status.epochs : NAN;
        table_add(
            &table, 3,
            (const char *[]){line->name, fit_state_name(line->status.state), line->status.reason},
            5,
            (double[]){line->replayed ? line->seen
                       : seen         ? line->epoch[seen - 1]
                                      : NAN,
                       epochs, seen ? line->train[seen - 1] : NAN,
                       seen ? line->held_out[seen - 1] : NAN, slope_of(line)});
    }
    answer_number(object, "chance", log(2));
    answer_table(object, "models", &table);
    table_free(&table);
}
