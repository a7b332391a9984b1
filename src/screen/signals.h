/* Signals of the main thread.  A handler sets a bit and writes one byte to a pipe; the loop
 * polls signals_fd() and acts on signals_take().  What handlers touch must be static, so
 * there is one of everything here. */
#ifndef SCREEN_SIGNALS_H
#define SCREEN_SIGNALS_H

#include <stdbool.h>

#include "deltaw/base/err.h"

enum signal_bit {
    SIGNAL_INTERRUPT = 1, /* ^C */
    SIGNAL_END = 2,       /* TERM, HUP: leave in order; signals_last_end() says which */
    SIGNAL_RESIZE = 4,
    SIGNAL_SUSPEND = 8, /* ^Z */
};

/* `suspend`: ^Z is ours to handle (the full screen), else it stops as usual. */
bool signals_open(bool suspend, struct err *err);
void signals_close(void);

int signals_fd(void);
/* The bits since the last call; drains the pipe. */
unsigned signals_take(void);
int signals_last_end(void);
/* For so long INT, TERM and HUP do nothing, after that they end the program at once.  The
 * first TERM or HUP begins it; call it again before what must not be cut short. */
void signals_ending(int seconds);

/* Restores the terminal from a handler: async-signal-safe.  NULL: nothing to do. */
void signals_on_crash(void (*restore)(void));

/* What a fault does after that, before the signal takes its course, in a child process that
 * is given a few seconds: with the heap damaged or a lock held it may crash or hang, and
 * then only the child does.  NULL: nothing. */
void signals_on_fatal(void (*last)(void));

/* Stop this process as ^Z does; returns when it is continued. */
void signals_suspend_now(void);
/* End by this signal as if it had not been caught. */
_Noreturn void signals_die_of(int number);

#endif
