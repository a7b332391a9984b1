/* The header line: pieces in order; the least important is left out first. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/utf8.h"
#include "replay.h"
#include "state.h"

enum { PIECES = 13 };

struct piece {
    struct strbuf text;
    int rank; /* left out first: the highest */
    bool job; /* right of the bar */
    bool absent;
};

struct pieces {
    size_t n;
    struct piece item[PIECES];
};

static struct strbuf *piece(struct pieces *p, int rank, bool job)
{
    p->item[p->n] = (struct piece){.rank = rank, .job = job};
    return &p->item[p->n++].text;
}

static void data_pieces(const struct session *session, struct pieces *p)
{
    const struct cohort *cohort = session_cohort(session);
    char buf[NUMBER_SIZE];
    if (!cohort) {
        strbuf_puts(piece(p, 3, false), "no trials loaded");
        return;
    }
    const char *name = cohort->name;
    strbuf_puts(piece(p, 3, false), name);
    strbuf_printf(piece(p, 6, false), "%s animal%s",
                  number_grouped(buf, (long long)cohort->n_animals),
                  cohort->n_animals == 1 ? "" : "s");
    strbuf_printf(piece(p, 5, false), "%s trials",
                  number_grouped(buf, (long long)cohort->n_trials));
}

static void rate_piece(const struct fit_status *status, struct pieces *p)
{
    char buf[NUMBER_SIZE];
    double ms = 1e3 * status->seconds_per_epoch;
    if (isnan(ms) || ms <= 0)
        return;
    if (ms < 10)
        strbuf_printf(piece(p, 7, true), "%s ms/epoch", number_format(buf, ms, 2));
    else if (ms < 10000)
        strbuf_printf(piece(p, 7, true), "%.0f ms/epoch", ms);
    else
        strbuf_printf(piece(p, 7, true), "%.0f s/epoch", ms / 1e3);
}

/* True: this is the whole line, since nothing trains. */
static bool replay_pieces(const struct session *session, struct pieces *p)
{
    struct replay_now now;
    char buf[NUMBER_SIZE];
    if (!replay_now(session, &now))
        return false;
    struct fit *front = session_front(session);
    strbuf_printf(piece(p, 0, true), "%s %s", fit_name(replay_fit(session)),
                  now.playing ? "plays" : "replay");
    strbuf_printf(piece(p, 1, true), "%*d/%d", snprintf(NULL, 0, "%d", now.newest), now.epoch,
                  now.newest);
    if (front && fit_active(front))
        return false;
    if (!isnan(now.loss.train))
        strbuf_printf(piece(p, 2, true), "loss %s", fit_loss_text(buf, now.loss.train));
    if (!isnan(now.loss.held_out))
        strbuf_printf(piece(p, 8, true), "held out %s", fit_loss_text(buf, now.loss.held_out));
    return true;
}

/* Does fit i train beside the front one, the first of its group to do so? */
static bool is_other(const struct session *session, const struct fit *front, size_t i)
{
    const struct fit *fit = session->fits[i].fit;
    const struct job_group *group = fit_group(fit);
    if (fit == front || fit_status(session->fits[i].fit).state != FIT_RUNNING ||
        (group && group == fit_group(front)))
        return false;
    for (size_t j = 0; group && j < i; j++)
        if (fit_group(session->fits[j].fit) == group && is_other(session, front, j))
            return false;
    return true;
}

/* The others that train, fits and groups: their names, and how far it is where it is one. */
static void other_pieces(const struct session *session, const struct fit *front, struct pieces *p)
{
    struct strbuf *text = NULL;
    struct fit *last = NULL;
    size_t n = 0;
    for (size_t i = 0; i < session->n_fits; i++) {
        if (!is_other(session, front, i))
            continue;
        last = session->fits[i].fit;
        text = text ? text : piece(p, 4, true);
        strbuf_printf(text, "%s%s", n++ ? "  " : "+ ",
                      fit_group(last) ? fit_group(last)->name : fit_name(last));
    }
    struct fit_status status = last ? fit_status(last) : (struct fit_status){0};
    if (n == 1 && !fit_group(last) && fit_trained(last) && status.epochs > 0)
        strbuf_printf(text, " %d/%d", status.epoch, status.epochs);
}

static void queue_piece(const struct session *session, struct pieces *p)
{
    size_t n = 0;
    for (size_t i = 0; i < session->n_fits; i++)
        n += fit_status(session->fits[i].fit).state == FIT_QUEUED;
    if (n)
        strbuf_printf(piece(p, 9, true), "%zu queued", n);
}

/* "cv 37/140  ETA 2 min" */
static void group_pieces(const struct session *session, const struct job_group *group,
                         struct pieces *p)
{
    struct job_progress at;
    char buf[NUMBER_SIZE];
    job_group_progress(session->jobs, group, &at);
    strbuf_printf(piece(p, 0, true), "%s training", group->name);
    strbuf_printf(piece(p, 2, true), "%zu/%zu", at.done, at.n);
    if (!isnan(at.seconds_left))
        strbuf_printf(piece(p, 4, true), "ETA %s", number_duration(buf, at.seconds_left));
}

static void job_pieces(const struct session *session, struct pieces *p)
{
    struct fit *fit = session_front(session);
    if (!fit || replay_pieces(session, p))
        return;
    struct fit_status status = session_status(session, fit);
    char buf[NUMBER_SIZE];
    queue_piece(session, p);
    if (fit_group(fit) && fit_active(fit)) {
        group_pieces(session, fit_group(fit), p);
        other_pieces(session, fit, p);
        return;
    }
    strbuf_printf(piece(p, 0, true), "%s %s", fit_name(fit), fit_state_name(status.state));
    bool network = fit_trained(fit);
    if (!network || fit_rule(fit)->mean)
        progress_words(fit_rule(fit), &status, piece(p, 2, true));
    else if (status.epochs > 0)
        strbuf_printf(piece(p, 2, true), "%*d/%d",
                      status.state == FIT_RUNNING ? snprintf(NULL, 0, "%d", status.epochs) : 1,
                      status.epoch, status.epochs);
    if (network && status.state == FIT_RUNNING) {
        rate_piece(&status, p);
        if (!isnan(status.seconds_left))
            strbuf_printf(piece(p, 4, true), "ETA %s", number_duration(buf, status.seconds_left));
    }
    if (!isnan(status.train))
        strbuf_printf(piece(p, 1, true), "loss %s", fit_loss_text(buf, status.train));
    struct model *model = fit_model(fit);
    if (model && model_on_plateau(model))
        strbuf_puts(piece(p, 1, true), "on the plateau");
    model_drop(model);
    if (!isnan(status.held_out))
        strbuf_printf(piece(p, 8, true), "held out %s", fit_loss_text(buf, status.held_out));
    other_pieces(session, fit, p);
}

static int pieces_join(const struct pieces *p, bool ascii, struct strbuf *out)
{
    bool any = false, job = false;
    strbuf_reset(out);
    for (size_t i = 0; i < p->n; i++) {
        if (p->item[i].absent)
            continue;
        const char *bar = ascii ? " | " : " \xe2\x94\x82 ";
        strbuf_puts(out, !any ? " " : p->item[i].job && !job ? bar : "  ");
        strbuf_puts(out, strbuf_text(&p->item[i].text));
        any = true;
        job = p->item[i].job;
    }
    return utf8_width(strbuf_text(out));
}

void session_header(struct session *session, int width, struct strbuf *out)
{
    struct pieces p = {0};
    struct strbuf line = {0};
    data_pieces(session, &p);
    job_pieces(session, &p);
    while (pieces_join(&p, session->style.ascii, &line) > width) {
        struct piece *worst = NULL;
        for (size_t i = 0; i < p.n; i++)
            if (!p.item[i].absent && (!worst || p.item[i].rank > worst->rank))
                worst = &p.item[i];
        size_t left = 0;
        for (size_t i = 0; i < p.n; i++)
            left += !p.item[i].absent;
        if (left <= 1) { /* a single piece is too long: cut it */
            size_t keep = utf8_prefix(line.text, width > 0 ? width : 0);
            strbuf_cut(&line, keep);
            break;
        }
        worst->absent = true;
    }
    strbuf_puts(out, strbuf_text(&line));
    strbuf_free(&line);
    for (size_t i = 0; i < p.n; i++)
        strbuf_free(&p.item[i].text);
}
