/* Running a session to a terminal line by line or to a pipe: the batch host and
 * the line REPL.  Output goes to stdout, progress and complaints to stderr. */
#ifndef SCREEN_RUNNER_H
#define SCREEN_RUNNER_H

#include <stdbool.h>

#include "deltaw/screen/host.h"

struct runner {
    const struct host_setup *setup;
    struct session *session;
    struct output out;
    bool stay;     /* go on after a failed command */
    bool typing;   /* the line editor is on the terminal */
    bool hidden;   /* it was removed in order to print */
    bool progress; /* stderr can show a progress line */
    bool shown;    /* one is on it */
    double waiting_since, shown_at;
    int lost; /* errno of a failed write to stdout */
    bool interrupted;
};

enum run {
    RUN_IDLE,   /* all that was queued ran */
    RUN_FAILED, /* a command failed; with `stay` only when nothing is queued after it */
    RUN_PAUSED,
    RUN_QUIT,
    RUN_ENDED, /* TERM or HUP came */
    RUN_LOST,  /* stdout takes nothing any more */
};

bool runner_open(struct runner *r, const struct host_setup *setup, struct session_setup *session,
                 struct err *err);
/* Step until one of the above; waits for long work with a progress line.  ^C gives up what
 * is being waited for. */
enum run runner_run(struct runner *r);
/* The same with lines of stdin after that, where it is to be read, until they end; then waits
 * until no fit is training.  Pauses are passed over. */
enum run runner_run_all(struct runner *r, bool read_stdin);
/* Prints what has happened in the background since, with the line editor out of the way. */
void runner_news(struct runner *r);
void runner_complain(struct runner *r, const struct err *err);
/* Ends the session; the exit code, or death by the signal that came. */
int runner_close(struct runner *r, enum run how, int code);

#endif
