#include <poll.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "deltaw/base/mem.h"
#include "../loading.h"
#include "../mistaken.h"

/* A look at the file; the next one begins when this one is told. */
struct watch {
    struct load *load;
    double every;     /* seconds */
    long left;        /* readings; 0: until it is ended */
    struct stat seen; /* the file as it was read last */
    size_t trials, animals;
    bool again; /* not the first look */
};

static void watch_release(void *data)
{
    struct watch *w = data;
    load_release(w->load);
    free(w);
}

/* Sleeps, but not on when the task is given up. */
static bool wait_seconds(const struct task *task, double seconds, struct err *err)
{
    for (double left = seconds; left > 0; left -= .05) {
        if (atomic_load(&task->job.stop))
            return err_set(err, ERR_INTERRUPTED, "watch: interrupted");
        poll(NULL, 0, 50);
    }
    return true;
}

static bool has_changed(const struct watch *w, struct stat *now)
{
    if (stat(w->load->paths[0], now) != 0)
        return false; /* it is being replaced */
    return now->st_size != w->seen.st_size || now->st_ino != w->seen.st_ino ||
           now->st_mtim.tv_sec != w->seen.st_mtim.tv_sec ||
           now->st_mtim.tv_nsec != w->seen.st_mtim.tv_nsec;
}

/* Until the file has changed and reads well.  A line of text that is being written is left
 * for later; what else does not read is tried once more, and is an error when nothing has
 * come since. */
static bool watch_work(void *data, struct task *task, struct err *err)
{
    struct watch *w = data;
    w->load->options.cancel = &task->job.stop;
    for (bool failed = false;;) {
        struct stat now;
        if ((w->again || failed) && !wait_seconds(task, w->every, err))
            return false;
        bool changed = has_changed(w, &now);
        if (!changed && !failed && w->again)
            continue;
        struct err why = {0};
        if (cohort_load(&w->load->options, &w->load->cohort, &why)) {
            w->seen = now;
            return true;
        }
        mistaken_model(w->load->options.paths, 1, &why);
        if (why.code != ERR_DATA || !changed) {
            *err = why;
            return false;
        }
        w->seen = now;
        failed = true;
    }
}

static bool watch_finish(struct session *session, void *data, struct output *out, struct err *err)
{
    struct watch *w = data;
    struct cohort *cohort = w->load->cohort;
    w->load->cohort = NULL;
    if (!w->again) {
        load_tell(cohort, out);
        load_remember(session, w->load);
    } else {
        struct strbuf text = {0};
        cohort_words(cohort, &text);
        output_say(out, "%+lld trials: %s", (long long)cohort->n_trials - (long long)w->trials,
                   strbuf_text(&text));
        strbuf_free(&text);
        session_pop_cohort(session, false, NULL);
    }
    session_push_cohort(session, cohort, false);
    if (w->left == 1)
        return true;
    struct watch *next = mem_copy(w, 1, sizeof *w);
    next->left -= next->left > 0;
    next->again = true;
    next->trials = cohort->n_trials;
    next->load = w->load;
    w->load = NULL;
    return task_start(session, load_label(next->load, "watching"), next, watch_work, watch_finish,
                      watch_release, err);
}

static bool watch_run(struct session *session, const struct args *args, struct output *out,
                      struct err *err)
{
    (void)out;
    struct load *load = load_new(session, args, err);
    if (!load)
        return false;
    struct watch *w = mem_new(1, sizeof *w);
    w->load = load;
    load->options.growing = true;
    w->every = args_number(args, load_table, "every");
    w->left = args_integer(args, load_table, "times");
    return task_start(session, load_label(load, "watching"), w, watch_work, watch_finish,
                      watch_release, err);
}

extern const struct command command_watch;
const struct command command_watch = {
    .name = "watch",
    .group = GROUP_DATA,
    .arguments = "FILE [every=SECONDS] [times=N] [name=value]...",
    .summary = "load a log again whenever it grows",
    .detail =
        "For a rig that is running: reads the file as `load` does, with its options, and "
        "again when it has changed, telling how many trials are new; models and views stay "
        "and go on with the new trials.  ^C ends it, or times=, and what was read last stays open.",
    .examples = "watch mice.csv.gz times=1\n"
                "watch mice.csv.gz every=10 times=1 choice=choice:0=left,1=right",
    .options = load_table,
    .positional_type = OPTION_FILE,
    .endings = load_endings,
    .positional_min = 1,
    .positional_max = 1,
    .run = watch_run,
};
