#include "../watching.h"

static bool jobs_run(struct session *session, const struct args *args, struct output *out,
                     struct err *err)
{
    bool taken;
    if (!view_verb_tile(session, args, &taken, err) || taken)
        return taken;
    const struct scene *scene = session_scene(session);
    struct table table = {0}, groups = {0};
    view_jobs_table(scene, out->mode == OUTPUT_TEXT, &table);
    view_groups_table(scene, &groups);
    if (table.n_rows > 0 || out->mode != OUTPUT_TEXT)
        output_table(out, "jobs", &table);
    else
        output_say(out, "no fits yet; `fit dnn` starts one");
    if (watching_name(session)) {
        char seconds[NUMBER_SIZE];
        output_say(out, "%s is watched, every %s s: %zu trials", watching_name(session),
                   number_format(seconds, watching_every(session), 3), watching_trials(session));
        output_field_text(out, "watching", watching_name(session));
    }
    output_data(out, "groups", &groups);
    table_free(&table);
    table_free(&groups);
    return true;
}

static const struct answer_row answer[] = {
    {"jobs", ANSWER_TABLE, .columns = view_jobs_columns},
    {"groups", ANSWER_TABLE, .columns = view_groups_columns},
    {0},
};

const struct command command_jobs = {
    .name = "jobs",
    .group = GROUP_FIT,
    .arguments = "",
    .summary = "the fits: state, epoch, losses, rate, time left",
    .detail = "Losses are nats per scored trial.  As many fits train at once as there are "
              "processors, but at least four; others are queued.  A group of fits (group= of "
              "`fit`) is one row, with the fits of it that are over. `layout loss/jobs` keeps the "
              "table in a tile of the full screen, with a bar of the epochs.",
    .examples = "jobs",
    .answer = answer,
    .run = jobs_run,
};
