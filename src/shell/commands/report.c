#include <string.h>

#include "../page.h"

static bool report_run(struct session *session, const struct args *args, struct output *out,
                       struct err *err)
{
    const char *path = args_at(args, 0);
    size_t n = strlen(path);
    const struct scene *scene = session_scene(session);
    if (n < 6 || strcmp(path + n - 5, ".html") != 0)
        return err_at(err, ERR_USAGE, args->items[0].column, "report: '%s' must end in .html",
                      path);
    if (!scene->cohort && scene->n_models == 0)
        return err_set(err, ERR_FAILED,
                       "report: there are no data and no models; `load` a log or `open` a model");
    return capture_page(session, page_new(session, path), out, err);
}

static const struct answer_row report_answer[] = {
    ANSWER_ALSO(tell_file_answer),
    {"models", ANSWER_COUNT, .meaning = "that are told of"},
    {"figures", ANSWER_COUNT, .meaning = "on the page"},
    {0},
};

const struct command command_report = {
    .name = "report",
    .group = GROUP_KEEP,
    .arguments = "FILE.html",
    .summary = "one page of data, models, figures, scores and their script",
    .detail =
        "A page that stands by itself: the cohort, every model as `show` tells it, figures of the "
        "model in use as its views are configured, `score` and `compare`, the result of `cv` where "
        "there is one, a methods paragraph with the numbers filled in, the commands of this "
        "session, a glossary and references.  It needs no script and no network, follows the "
        "reader's choice of light or dark, and prints.  Written whole or not at all.",
    .examples = "report cohort.html\nfit gp; wait; report gp.html",
    .positional_type = OPTION_FILE,
    .positional_min = 1,
    .positional_max = 1,
    .answer = report_answer,
    .writes = true,
    .trial_bytes = 700,
    .run = report_run,
};
