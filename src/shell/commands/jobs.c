#include "../state.h"

static bool jobs_run(struct session *session, const struct args *args, struct output *out,
                     struct err *err)
{
    bool taken;
    if (!look_tile(session, args, &taken, err) || taken)
        return taken;
    struct table table = {0};
    view_jobs_table(session_scene(session), &table);
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
    .detail = "Losses are nats per scored trial.  `layout loss/jobs` keeps the table in a tile of "
              "the full screen, with a bar of the epochs.",
    .examples = "jobs",
    .run = jobs_run,
};
