/* What the running command waits for: a task, a view's picture, fits and groups. */
#include <stdlib.h>

#include "deltaw/base/mem.h"
#include "series.h"
#include "state.h"

void awaited_clear(struct session *s)
{
    for (size_t i = 0; i < s->n_awaited; i++)
        free(s->awaited[i]);
    free(s->awaited);
    s->awaited = NULL;
    s->n_awaited = 0;
}

static bool awaited_active(const struct session *s, const char *name)
{
    const struct job_group *group = session_group(s, name);
    struct fit *fit = group ? NULL : session_fit(s, name);
    return group ? !group_over(s, group) : fit && fit_active(fit);
}

bool awaited_any(const struct session *s)
{
    bool any = false;
    for (size_t i = 0; i < s->n_awaited && !any; i++)
        any = awaited_active(s, s->awaited[i]);
    return any;
}

/* What one waited for has come to.  False: it failed. */
static bool one_ended(struct session *s, const char *name, struct strbuf *text)
{
    const struct job_group *group = session_group(s, name);
    struct fit *fit = group ? NULL : session_fit(s, name);
    if (group) {
        bool good = group_ended_words(s, group, text) == 0;
        session_told_group(s, group);
        return good;
    }
    if (!fit)
        return true;
    fit_ended_words(fit, text);
    session_told(s, fit);
    return fit_status(fit).state != FIT_FAILED;
}

bool awaited_ended(struct session *s, struct output *out, struct err *err)
{
    bool ok = true;
    struct table groups = {0};
    struct fit **fits = mem_new(s->n_awaited + 1, sizeof *fits);
    size_t n = 0;
    table_declare(&groups, wait_group_columns);
    for (size_t i = 0; i < s->n_awaited; i++) {
        struct strbuf text = {0};
        const struct job_group *group = session_group(s, s->awaited[i]);
        fits[n] = group ? NULL : session_fit(s, s->awaited[i]);
        n += fits[n] != NULL;
        if (group)
            group_ended_row(s, group, &groups);
        if (!one_ended(s, s->awaited[i], &text))
            ok = err_set(err, ERR_FAILED, "%s", strbuf_text(&text));
        else if (text.len)
            output_say(out, "%s", strbuf_text(&text));
        const struct series *series = series_find(s, s->awaited[i]);
        if (series)
            series->ops->result(s, series, out);
        strbuf_free(&text);
    }
    tell_fits(s, n, fits, out);
    answer_table(&out->object, "groups", &groups);
    table_free(&groups);
    free(fits);
    return ok;
}

/* The one that trains, and how many are still to come. */
static void awaited_words(const struct session *s, struct strbuf *out)
{
    const char *told = NULL;
    size_t n = 0;
    for (size_t i = 0; i < s->n_awaited; i++) {
        struct fit *fit = session_fit(s, s->awaited[i]);
        bool active = awaited_active(s, s->awaited[i]);
        n += active;
        if (active && (!told || (fit && fit_status(fit).state == FIT_RUNNING)))
            told = told && !session_fit(s, told) ? told : s->awaited[i];
    }
    if (!told)
        return;
    if (session_group(s, told))
        group_words(s, session_group(s, told), out);
    else
        fit_words(session_fit(s, told), out);
    if (n > 1)
        strbuf_printf(out, "  and %zu more", n - 1);
}

void session_waiting(struct session *session, struct strbuf *out)
{
    if (session->task) {
        struct task *task = session->task;
        int permille = atomic_load(&task->job.permille);
        double seconds = job_seconds(&task->job);
        char buf[NUMBER_SIZE];
        strbuf_puts(out, task->label);
        if (permille >= 0)
            strbuf_printf(out, " %d %%", permille / 10);
        if (permille > 50 && seconds > .5)
            strbuf_printf(out, "  ETA %s",
                          number_duration(buf, seconds * (1000 - permille) / permille));
        return;
    }
    if (session->pending_view) {
        strbuf_printf(out, "computing the %s", view_ops_of(session->pending_view)->name);
        return;
    }
    awaited_words(session, out);
}
