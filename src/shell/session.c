/* One command at a time, from the input that input.c holds. */
#include "deltaw/shell/session.h"

#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "renamed.h"
#include "series.h"
#include "watching.h"

struct session *session_new(const struct session_setup *setup, struct err *err)
{
    struct session *s = mem_new(1, sizeof *s);
    s->setup = *setup;
    s->wake.fd = -1;
    if (!wake_open(&s->wake, err)) {
        free(s);
        return NULL;
    }
    s->jobs = jobs_new(&s->wake);
    session_settings_start(s);
    return s;
}

/* --- one command ------------------------------------------------------------- */

static void now_clear(struct session *s)
{
    s->leaving = STAYS;
    args_free(&s->now.args);
    free(s->now.text);
    free(s->now.lines);
    free(s->now.source);
    s->now = (struct running){0};
}

static void now_set(struct session *s, const struct source *from, const struct words *words)
{
    const char *end = from->text + words->end;
    s->now = (struct running){
        .active = true,
        .text = mem_text_n(from->text + words->begin, words->end - words->begin),
        .lines =
            mem_text_n(from->text + words->start, words->end - words->start + strcspn(end, "\n")),
        .source = mem_text(from->name),
        .line = words->line,
        .numbered = from->numbered,
        .prompt = from->prompt,
        .script = from->script,
        .rc = from->rc,
        .key = from->key,
        .tacit = from->tacit,
        .started = clock_seconds(),
    };
}

/* Words to arguments: `name=value` where the command has options. */
static void now_args(struct session *s, const struct words *words)
{
    for (size_t i = 1; i < words->n; i++) {
        struct word *w = &words->items[i];
        if (w->equals == 0 || s->now.command->raw) {
            args_set(&s->now.args, NULL, w->text, w->column);
        } else {
            w->text[w->equals] = '\0';
            args_set(&s->now.args, w->text, w->text + w->equals + 1, w->column);
            w->text[w->equals] = '=';
        }
    }
}

static bool now_twice(const struct words *words, const struct command *command, struct err *err)
{
    for (size_t i = 1; i < words->n && !command->raw; i++)
        for (size_t j = 1; j < i; j++) {
            const struct word *a = &words->items[j], *b = &words->items[i];
            if (a->equals && a->equals == b->equals && !strncmp(a->text, b->text, a->equals))
                return err_at(err, ERR_USAGE, b->column, "%s: %.*s= is given twice", command->name,
                              (int)a->equals, a->text);
        }
    return true;
}

static bool now_check(struct session *s, struct err *err)
{
    const struct command *c = s->now.command;
    static const struct option_row none[] = {{0}};
    const struct option_row *options = command_options(c);
    if (!renamed_check(&s->now.args, options, c->name, err) ||
        (c->understood && !c->understood(&s->now.args, err)))
        return false;
    if (!args_check(&s->now.args, options ? options : none, command_positional(c), c->name, err))
        return false;
    if (args_positional(&s->now.args) < c->positional_min)
        return err_at(err, ERR_USAGE, s->now.line_column,
                      "%s needs more: %s %s (`help %s` has examples)", c->name, c->name,
                      c->arguments, c->name);
    return true;
}

static void command_ended(struct session *s, struct output *out)
{
    const struct running *now = &s->now;
    double seconds = clock_seconds() - now->started;
    if (strcmp(session_setting(s, "timing"), "on") == 0) {
        output_field_number(out, "seconds_taken", seconds);
        output_note(out, "%s took %.3f s", now->command->name, seconds);
    }
    session_tell_views(s, out);
    struct err err = {0};
    if (!log_command(s, now, &err))
        output_complain(out, "deltaw: %s", err.message);
    if (!now->tacit)
        output_end(out, NULL);
}

static enum step command_end(struct session *s, struct output *out, bool ok, struct err *err)
{
    if (capture_goes_on(s, &ok, err))
        return STEP_WAITING;
    ok = ok && capture_end(s, out, err);
    capture_drop(s);
    if (ok) {
        command_ended(s, out);
    } else {
        if (err->code == ERR_NONE)
            err_set(err, ERR_FAILED, "%s failed", s->now.text);
        int line, column;
        report_point(&s->now, err);
        report_place(&s->now, err, &line, &column);
        report_error(&s->now, err, out);
        output_field_text(out, "source", s->now.source);
        output_field_number(out, "line", line);
        struct err placed = *err;
        placed.column = column;
        output_end(out, &placed);
        session_fail(s, err->code);
        if (!s->setup.keep_going && !s->cancelled) /* ^C has done that */
            input_end(s);
    }
    awaited_clear(s);
    now_clear(s);
    s->cancelled = false;
    return !ok ? STEP_FAILED : s->quit ? STEP_QUIT : s->paused ? STEP_PAUSED : STEP_RAN;
}

/* Makes the next command of a text the one that runs; false: it cannot be, or there is none
 * (no words). */
static bool command_take(struct session *s, struct source *from, struct words *words,
                         struct err *err)
{
    bool ok = line_next(from->text, &from->at, &from->line, words, err);
    if (ok && words->n == 0)
        return false;
    now_set(s, from, words);
    if (!ok)
        return false;
    const struct word *verb = &words->items[0];
    s->now.line_column = verb->column;
    s->now.command =
        command_resolve(verb->text, verb->column, s->setup.prefixes && s->now.prompt, err);
    if (!s->now.command || !now_twice(words, s->now.command, err))
        return false;
    now_args(s, words);
    return now_check(s, err);
}

/* A script's command as it would have been typed: one line, one blank where a
 * backslash joins two. */
static void command_echo(struct session *s)
{
    const struct session_host *host = &s->setup.host;
    if (!s->now.script || !host->echo || (s->now.command && s->now.command->narrates))
        return;
    struct strbuf line = {0};
    for (const char *c = s->now.text; *c; c++)
        if (c[0] == '\\' && c[1] == '\n')
            c += 1 + strspn(c + 2, " \t");
        else
            strbuf_putc(&line, *c);
    host->echo(host->data, strbuf_text(&line));
    strbuf_free(&line);
}

/* --- keys --------------------------------------------------------------------- */

void session_key(struct session *s, const char *command, struct output *out)
{
    struct running waiting = s->now; /* goes on afterwards */
    char *text = mem_text(command);
    struct source from = {.name = text, .text = text, .line = 1, .key = true};
    struct err err = {0};
    struct words words;
    s->now = (struct running){0};
    bool ok = command_take(s, &from, &words, &err);
    words_free(&words);
    const struct command *verb = s->now.command;
    if (verb && !verb->at_once && !view_find(verb->name)) {
        session_feed(s, command, "key");
    } else if (s->now.active) {
        ok = ok && verb_run(s, verb, &s->now.args, out, &err);
        if (ok) {
            session_tell_views(s, out);
            ok = log_command(s, &s->now, &err);
        }
        if (!ok)
            report_error(&s->now, &err, out);
    }
    now_clear(s);
    s->now = waiting;
    free(text);
}

/* --- steps ------------------------------------------------------------------- */

static void tell_leaving(struct session *s, struct output *out)
{
    if (s->leaving != LEAVES)
        return;
    output_note(out, "it leaves when %s is done; `quit` again leaves now, with files as they were",
                s->now.command->name);
    s->leaving = TOLD;
}

static enum step command_continue(struct session *s, struct output *out)
{
    struct err err = {0};
    bool ok = true;
    tell_leaving(s, out);
    if (s->cancelled) {
        err_set(&err, ERR_INTERRUPTED, "%s: interrupted", s->now.command->name);
        task_give_up(s);
        s->pending_view = NULL;
        return command_end(s, out, false, &err);
    }
    if (s->pending_view && view_verb_waits(s, out))
        return STEP_WAITING;
    if (s->task) {
        struct task *task = s->task;
        if (!job_done(&task->job))
            return STEP_WAITING;
        s->task = NULL;
        ok = task->ok ? task->finish(s, task->data, capture_output(s, out), &err)
                      : (err = task->err, false);
        task_free(task);
        if (ok && s->task)
            return STEP_WAITING;
    } else {
        if (awaited_any(s))
            return STEP_WAITING;
        ok = s->n_awaited == 0 || awaited_ended(s, out, &err);
    }
    return command_end(s, out, ok, &err);
}

static enum step command_begin(struct session *s, struct output *out)
{
    struct source *top = input_top(s);
    if (!top)
        return s->paused ? STEP_PAUSED : STEP_IDLE;
    struct err err = {0};
    struct words words;
    bool ok = command_take(s, top, &words, &err);
    bool none = !s->now.active;
    words_free(&words);
    if (none)
        return command_begin(s, out);
    command_echo(s);
    output_begin(out, s->now.text);
    out->verb = s->now.command ? s->now.command->name : NULL;
    ok = ok && verb_run(s, s->now.command, &s->now.args, out, &err);
    if (ok && (s->task || s->n_awaited > 0 || s->pending_view))
        return command_continue(s, out); /* what is waited for may be over already */
    return command_end(s, out, ok, &err);
}

enum step session_step(struct session *session, struct output *out)
{
    session->style = out->style;
    task_reap(session, false);
    members_gather(session);
    session_reap_fits(session, false);
    series_collect(session);
    if (!session->now.active)
        series_reap(session, false);
    if (session->now.active)
        return command_continue(session, out);
    session->cancelled = false;
    if (session->quit)
        return STEP_QUIT;
    if (session->paused)
        return STEP_PAUSED;
    return command_begin(session, out);
}

void session_enter(struct session *session)
{
    session->paused = false;
}

void session_cancel(struct session *session)
{
    if (session->now.active)
        session->cancelled = true;
    else if (session->paused || input_any(session))
        session_fail(session, ERR_INTERRUPTED);
    session->paused = false;
    input_end(session);
}

/* --- the rest ------------------------------------------------------------------ */

bool session_writes(const struct session *session)
{
    return session->now.active && session->now.command && session->now.command->writes;
}

void session_fail(struct session *session, enum err_code code)
{
    if (session->exit_code == 0)
        session->exit_code = code;
}

int session_exit_code(const struct session *session)
{
    return session->exit_code;
}

const struct wake *session_wake(const struct session *session)
{
    return &session->wake;
}

void session_style(struct session *session, const struct style *style)
{
    session->style = *style;
}

bool session_settle(struct session *session, double seconds)
{
    return jobs_settle(session->jobs, seconds);
}

void session_free(struct session *session)
{
    if (!session)
        return;
    struct session *s = session;
    watching_stop(s);
    task_give_up(s);
    task_reap(s, true); /* it may hold a replay, which holds a fit */
    series_reap(s, true);
    session_reap_fits(s, true);
    for (size_t i = 0; i < VIEWS; i++)
        view_close(s->views[i]);
    jobs_free(s->jobs);
    session_drop_results(s);
    session_drop_cohorts(s);
    args_free(&s->loaded);
    args_free(&s->schema);
    input_drop(s);
    free(s->queue);
    awaited_clear(s);
    capture_drop(s);
    now_clear(s);
    session_settings_free(s);
    log_close(s, NULL);
    strbuf_free(&s->journal);
    free(s->log_held);
    free(s->current);
    free(s->scene_help);
    wake_close(&s->wake);
    free(s);
}
