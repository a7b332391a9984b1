#include <stdlib.h>

#include "../fitting.h"
#include "../loading.h"
#include "../wrong_file.h"

static bool load_work(void *data, struct task *task, struct err *err)
{
    struct load *load = data;
    load->options.cancel = &task->job.stop;
    load->options.permille = &task->job.permille;
    return cohort_load(&load->options, &load->cohort, err) ||
           wrong_file_model(load->options.paths, load->options.n_paths, err);
}

static bool load_finish(struct session *session, void *data, struct output *out, struct err *err)
{
    (void)err;
    struct load *load = data;
    loading_tell(load->cohort, out);
    loading_remember(session, load);
    session_push_made(session, load->cohort, false, &load->args);
    load->cohort = NULL;
    return true;
}

static bool load_run(struct session *session, const struct args *args, struct output *out,
                     struct err *err)
{
    (void)out;
    const char *of_watch = args_given(args, "every")   ? "every"
                           : args_given(args, "times") ? "times"
                                                       : NULL;
    if (of_watch)
        return err_at(err, ERR_USAGE, args_column(args, of_watch),
                      "load: %s= is of `watch`, which goes on looking at a file", of_watch);
    struct load *load = loading_new(session, args, err);
    return load && task_start(session, loading_label(load, "loading"), load, load_work, load_finish,
                              loading_release, err);
}

extern const struct command command_load;
const struct command command_load = {
    .name = "load",
    .group = GROUP_DATA,
    .arguments = "FILE|FOLDER|-... [name=value]...",
    .summary = "read trial logs: CSV, Parquet, numpy, MATLAB, NWB, the IBL's",
    .detail = "The native log has the columns subject,session,trial,stimulus,choice,reward "
              "(choice 0 left, 1 right; reward 0 or 1; stimulus negative left).  Other names are "
              "found without regard to case, blanks and underscores, or given by COLUMN options; "
              "what was taken is printed, and what was odd.  Codes that could mean two things are "
              "refused; behind a column's name you say what they mean, as in "
              "choice=resp:1=left,2=right,3=missed, stimulus=cue:A=-1,B=1 or "
              "reward=outcome:hit=1,miss=0,ignore=missed.  Without a choice it is taken from "
              "answer= and the reward, without a reward from answer= and the choice.  Several "
              "files make one cohort.  If anything is wrong nothing is loaded and the cohort that "
              "was open stays.  `load sample` is the simulated cohort that comes with the program.",
    .examples = "load sample\n"
                "load mice.csv.gz\n"
                "load mice.csv.gz stimulus=stimulus choice=choice as=mine\n"
                "load mice.csv.gz missing_reward=half",
    .options = loading_table,
    .positional_type = OPTION_FILE,
    .endings = source_endings,
    .first_words = "sample",
    .positional_min = 1,
    .positional_max = 10000,
    .following_type = OPTION_FILE,
    .answer = tell_report_answer,
    .run = load_run,
};
