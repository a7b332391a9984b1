#include <stdlib.h>

#include "deltaw/base/mem.h"
#include "../fitting.h"
#include "../wrong_file.h"
#include "../watching.h"

/* The first look, as `load`; then it goes on beside everything else. */
struct watch {
    struct load *load;
    double every;
    long times;
};

static void watch_release(void *data)
{
    struct watch *w = data;
    loading_release(w->load);
    free(w);
}

static bool watch_work(void *data, struct task *task, struct err *err)
{
    struct load *load = ((struct watch *)data)->load;
    load->options.cancel = &task->job.stop;
    load->options.permille = &task->job.permille;
    (void)!stat(load->paths[0], &load->seen); /* before it is read: what comes meanwhile is new */
    return cohort_load(&load->options, &load->cohort, err) ||
           wrong_file_model(load->options.paths, 1, err);
}

static bool watch_finish(struct session *session, void *data, struct output *out, struct err *err)
{
    struct watch *w = data;
    struct load *load = w->load;
    w->load = NULL;
    load->options.permille = NULL;
    loading_tell(load->cohort, out);
    loading_remember(session, load);
    session_push_made(session, cohort_hold(load->cohort), false, &load->args);
    return watching_start(session, load, w->every, w->times, err);
}

static bool watch_run(struct session *session, const struct args *args, struct output *out,
                      struct err *err)
{
    (void)out;
    if (watching_name(session))
        return err_set(err, ERR_FAILED, "watch: %s is watched already; `stop watch` ends that",
                       watching_name(session));
    struct load *load = loading_new(session, args, err);
    if (!load)
        return false;
    struct watch *w = mem_new(1, sizeof *w);
    w->load = load;
    load->options.growing = true;
    w->every = args_number(args, loading_table, "every");
    w->times = args_integer(args, loading_table, "times");
    return task_start(session, loading_label(load, "loading"), w, watch_work, watch_finish,
                      watch_release, err);
}

static const struct answer_row watch_answer[] = {
    ANSWER_ALSO(tell_report_answer),
    {"file", ANSWER_TEXT, .sometimes = true, .meaning = "that has grown"},
    {"new_trials", ANSWER_COUNT, .sometimes = true},
    {"open_animals", ANSWER_COUNT, .sometimes = true, .meaning = "that filters leave"},
    {"open_trials", ANSWER_COUNT, .sometimes = true},
    {0},
};

extern const struct command command_watch;
const struct command command_watch = {
    .name = "watch",
    .group = GROUP_DATA,
    .arguments = "FILE [every=SECONDS] [times=N] [name=value]...",
    .summary = "load a log again whenever it grows",
    .detail =
        "For a rig that is running: reads the file as `load` does, with its options, and goes on "
        "looking at it beside everything else; when it has changed it is read again and new trials "
        "are told.  Filters are applied again, models and views stay and go on with the new trials "
        "(a fit keeps those that it began with).  `stop watch` ends it, or times=; what was read "
        "last stays open.  One file is watched at a time.  A script ends when the watch does.",
    .examples = "watch mice.csv.gz times=1\n"
                "watch mice.csv.gz every=10 times=1 choice=choice:0=left,1=right",
    .options = loading_table,
    .positional_type = OPTION_FILE,
    .endings = source_endings,
    .positional_min = 1,
    .positional_max = 1,
    .answer = watch_answer,
    .run = watch_run,
};
