#include "watching.h"

#include <poll.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "deltaw/base/mem.h"

/* The job looks until there is something to report; it begins anew once that is reported. */
struct watching {
    struct job job;
    struct load *load;
    char *name;
    double every;          /* seconds */
    long left;             /* readings; 0: until it is ended */
    struct stat seen;      /* the file as it was read last */
    struct cohort *cohort; /* what was read last and reported */
    struct cohort *read;   /* by the job, not told yet */
    struct err err;        /* of the job: why it gave up */
};

/* Sleeps, but not on when the job is to stop. */
static bool wait_seconds(struct watching *w, double seconds)
{
    for (double left = seconds; left > 0 && !atomic_load(&w->job.stop); left -= .05)
        poll(NULL, 0, left < .05 ? (int)(1000 * left) : 50);
    return !atomic_load(&w->job.stop);
}

static bool has_changed(const struct watching *w, struct stat *now)
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
static void watch_work(struct job *job)
{
    struct watching *w = job->data;
    w->load->options.cancel = &job->stop;
    for (bool failed = false; wait_seconds(w, w->every);) {
        struct stat now;
        bool changed = has_changed(w, &now);
        if (!changed && !failed)
            continue;
        err_clear(&w->err);
        bool fine = cohort_load(&w->load->options, &w->read, &w->err);
        if (fine || w->err.code != ERR_DATA || !changed) {
            w->seen = changed ? now : w->seen;
            return;
        }
        w->seen = now;
        failed = true;
    }
}

static void watching_free(struct watching *w)
{
    loading_release(w->load);
    cohort_drop(w->cohort);
    cohort_drop(w->read);
    free(w->name);
    free(w);
}

bool watching_start(struct session *session, struct load *load, double every, long times,
                    struct err *err)
{
    struct watching *w = mem_new(1, sizeof *w);
    w->load = load;
    w->every = every;
    w->left = times > 0 ? times - 1 : 0;
    w->name = loading_label(load, "");
    w->cohort = load->cohort;
    w->seen = load->seen;
    load->cohort = NULL;
    w->job = (struct job){.run = watch_work, .data = w, .lane = JOB_TASK};
    if (times == 1 || !job_send(session->jobs, &w->job, err)) {
        watching_free(w);
        return times == 1;
    }
    session->watching = w;
    return true;
}

const char *watching_name(const struct session *session)
{
    return session->watching ? session->watching->name + 1 : NULL; /* after the blank */
}

double watching_every(const struct session *session)
{
    return session->watching->every;
}

size_t watching_trials(const struct session *session)
{
    return session->watching->cohort->n_trials;
}

void watching_stop(struct session *session)
{
    if (!session->watching)
        return;
    job_stop(&session->watching->job);
    job_recall(&session->watching->job);
    watching_free(session->watching);
    session->watching = NULL;
}

bool session_watches(const struct session *session)
{
    return session->watching != NULL;
}

static void tell_trials(const struct session *session, const struct watching *w, struct output *out)
{
    struct strbuf text = {0};
    const struct cohort *open = session_cohort(session);
    long long more = (long long)w->read->n_trials - (long long)w->cohort->n_trials;
    cohort_words(w->read, &text);
    if (open && open != w->read && *open->chain) {
        strbuf_puts(&text, ", of which are open ");
        cohort_words(open, &text);
    }
    output_say(out, "%s: %+lld trials: %s", watching_name(session), more, strbuf_text(&text));
    out->verb = "watch";
    tell_report(w->read, out);
    output_field_text(out, "file", watching_name(session));
    output_field_number(out, "new_trials", (double)more);
    output_field_number(out, "open_animals", open ? (double)open->n_animals : 0);
    output_field_number(out, "open_trials", open ? (double)open->n_trials : 0);
    strbuf_free(&text);
}

/* False: that was the end of it. */
static bool take_in(struct session *session, struct watching *w, struct output *out)
{
    struct err err = {0};
    if (!session_renew_cohort(session, w->cohort, w->read, &err)) {
        output_say(out, "%s is watched no longer: its trials were let go", watching_name(session));
        return false;
    }
    tell_trials(session, w, out);
    if (err.code != ERR_NONE)
        output_complain(out, "deltaw: watch: %s; the filters were taken back", err.message);
    cohort_drop(w->cohort);
    w->cohort = w->read;
    w->read = NULL;
    return w->left == 0 || --w->left > 0;
}

void watching_news(struct session *session, struct output *out)
{
    struct watching *w = session->watching;
    bool within = out->mode != OUTPUT_TEXT && session->now.active; /* an answer is being given */
    if (!w || session->task || within || !job_done(&w->job))
        return;
    char *command = mem_printf("watch %s", watching_name(session));
    output_begin(out, command);
    bool goes_on = w->read && take_in(session, w, out);
    if (!w->read && w->err.code != ERR_NONE) {
        output_complain(out, "deltaw: %s is watched no longer: %s", watching_name(session),
                        w->err.message);
        session_fail(session, w->err.code);
    }
    struct err err = {0};
    if (goes_on) {
        w->job = (struct job){.run = watch_work, .data = w, .lane = JOB_TASK};
        goes_on = job_send(session->jobs, &w->job, &err);
    }
    output_end(out, w->err.code != ERR_NONE && !w->read && !goes_on ? &w->err : NULL);
    free(command);
    if (goes_on)
        return;
    watching_free(w);
    session->watching = NULL;
}
