#include <math.h>

#include "../state.h"

static bool jobs_run(struct session *session, const struct args *args, struct output *out,
                     struct err *err)
{
    (void)args, (void)err;
    struct table table = {0};
    table_column(&table, "name", COLUMN_TEXT, 0);
    table_column(&table, "state", COLUMN_TEXT, 0);
    table_column(&table, "epoch", COLUMN_COUNT, 0);
    table_column(&table, "of", COLUMN_COUNT, 0);
    table_column(&table, "loss", COLUMN_NUMBER, 4);
    table_column(&table, "held out", COLUMN_NUMBER, 4);
    table_column(&table, "ms/epoch", COLUMN_NUMBER, 3);
    table_column(&table, "ETA", COLUMN_TEXT, 0);
    for (size_t i = 0; i < session->n_fits; i++) {
        struct fit *fit = session->fits[i].fit;
        struct fit_status status = fit_status(fit);
        char buf[NUMBER_SIZE];
        if (status.state == FIT_OPENED)
            continue;
        table_row(&table);
        table_text(&table, 0, fit_name(fit));
        table_text(&table, 1, fit_state_name(status.state));
        table_number(&table, 2, status.epoch);
        bool network = fit_trained(fit); /* else nobody knows how far the end is */
        table_number(&table, 3, network ? status.epochs : NAN);
        table_number(&table, 4, status.train);
        table_number(&table, 5, status.heldout);
        table_number(&table, 6, status.seconds_per_epoch > 0 ? 1e3 * status.seconds_per_epoch
                                                              : NAN);
        if (network && status.state == FIT_RUNNING && !isnan(status.seconds_left))
            table_text(&table, 7, number_duration(buf, status.seconds_left));
    }
    if (table.n_rows > 0 || out->mode != OUTPUT_TEXT)
        output_table(out, "jobs", &table);
    else
        output_say(out, "no fits yet; `fit dnn` starts one");
    table_free(&table);
    return true;
}

extern const struct command command_jobs;
const struct command command_jobs = {
    .name = "jobs",
    .group = GROUP_FIT,
    .arguments = "",
    .summary = "the fits: state, epoch, losses, rate, time left",
    .detail = "Losses are nats per scored trial.",
    .examples = "jobs",
    .run = jobs_run,
};
