/* How fits and groups of them are said. */
#include <math.h>
#include <stdlib.h>

#include "deltaw/base/mem.h"
#include "series.h"

const char *fit_loss_text(char buf[NUMBER_SIZE], double loss)
{
    return isnan(loss) ? "-" : number_fixed(buf, loss, 4, false);
}

bool fit_trained(struct fit *fit)
{
    return fit_rule(fit)->network;
}

void progress_words(const struct rule *rule, const struct fit_status *status, struct strbuf *out)
{
    if (rule->each)
        strbuf_printf(out, "a model for each of %d animals", status->epoch);
    else if (rule->mean)
        strbuf_printf(out, "mean of %d models", status->epoch);
    else if (rule->network)
        strbuf_printf(out, "epoch %d of %d", status->epoch, status->epochs);
    else
        strbuf_printf(out, "%d evaluation%s", status->epoch, status->epoch == 1 ? "" : "s");
}

void fit_words(struct fit *fit, struct strbuf *out)
{
    struct fit_status status = fit_status(fit);
    bool network = fit_trained(fit) && !fit_rule(fit)->mean;
    char buf[NUMBER_SIZE];
    strbuf_printf(out, "%s %s ", fit_name(fit), fit_state_name(status.state));
    if (network)
        strbuf_printf(out, "%d/%d", status.epoch, status.epochs);
    else
        progress_words(fit_rule(fit), &status, out);
    if (!isnan(status.train))
        strbuf_printf(out, "  loss %s", fit_loss_text(buf, status.train));
    if (!isnan(status.held_out))
        strbuf_printf(out, "  held out %s", fit_loss_text(buf, status.held_out));
    if (network && status.state == FIT_RUNNING && !isnan(status.seconds_left))
        strbuf_printf(out, "  ETA %s", number_duration(buf, status.seconds_left));
}

void fit_ended_words(struct fit *fit, struct strbuf *out)
{
    struct fit_status status = fit_status(fit);
    bool network = fit_trained(fit) && !fit_rule(fit)->mean;
    char buf[NUMBER_SIZE];
    strbuf_printf(out, "%s %s", fit_name(fit), fit_state_name(status.state));
    if (status.state == FIT_FAILED) {
        const char *reason = status.reason;
        if (network)
            strbuf_printf(out, " after %d of %d epochs: %s", status.epoch, status.epochs, reason);
        else
            strbuf_printf(out, ": %s", reason);
        return;
    }
    if (!network) {
        strbuf_puts(out, ": ");
        progress_words(fit_rule(fit), &status, out);
    } else if (status.epoch < status.epochs) {
        strbuf_printf(out, ": %d of %d epochs", status.epoch, status.epochs);
    } else {
        strbuf_printf(out, ": %d epoch%s", status.epoch, status.epoch == 1 ? "" : "s");
    }
    if (!isnan(status.train))
        strbuf_printf(out, ", loss %s", fit_loss_text(buf, status.train));
    if (!isnan(status.held_out))
        strbuf_printf(out, ", held out %s", fit_loss_text(buf, status.held_out));
    strbuf_printf(out, ", %s", number_duration(buf, status.seconds));
}

void group_words(const struct session *session, const struct job_group *group, struct strbuf *out)
{
    struct job_progress p;
    char buf[NUMBER_SIZE];
    group_progress(session, group, &p);
    strbuf_printf(out, "%s %zu/%zu", group->name, p.done, p.n);
    if (p.done < p.n && !isnan(p.seconds_left))
        strbuf_printf(out, ", ETA %s", number_duration(buf, p.seconds_left));
}

const struct column wait_group_columns[] = {
    {"name", .type = COLUMN_TEXT},
    {"fits", .type = COLUMN_COUNT},
    {"failed", .type = COLUMN_COUNT},
    {"stopped", .type = COLUMN_COUNT},
    {"seconds", .type = COLUMN_SECONDS, .meaning = "of work, over all fits"},
    {0},
};

struct group_end {
    size_t n, failed, stopped;
    double seconds;
};

static struct group_end group_end(const struct session *session, const struct job_group *group)
{
    struct group_end end = {0};
    for (size_t i = 0; i < session->n_fits; i++) {
        struct fit_status status = fit_status(session->fits[i].fit);
        if (fit_group(session->fits[i].fit) != group)
            continue;
        end.n++;
        end.failed += status.state == FIT_FAILED;
        end.stopped += status.state == FIT_STOPPED;
        end.seconds += status.seconds;
    }
    return end;
}

void group_ended_row(const struct session *session, const struct job_group *group,
                     struct table *out)
{
    struct group_end end = group_end(session, group);
    if (series_of(session, group)) /* it has a table of its own */
        return;
    table_add(out, 1, (const char *[]){group->name}, 4,
              (double[]){end.n, end.failed, end.stopped, end.seconds});
}

size_t group_ended_words(const struct session *session, const struct job_group *group,
                         struct strbuf *out)
{
    const struct series *series = series_of(session, group);
    if (series)
        return !series->ops->ended(series, out);
    char buf[NUMBER_SIZE];
    struct group_end end = group_end(session, group);
    strbuf_printf(out, "%s done: %zu fit%s", group->name, end.n, end.n == 1 ? "" : "s");
    if (end.failed)
        strbuf_printf(out, ", %zu failed", end.failed);
    if (end.stopped)
        strbuf_printf(out, ", %zu stopped", end.stopped);
    strbuf_printf(out, ", %s of work", number_duration(buf, end.seconds));
    return end.failed;
}
