/* What the three hosts share: feeding what the command line asked for, and what
 * the terminal's colours are. */
#ifndef SCREEN_HOSTING_H
#define SCREEN_HOSTING_H

#include "deltaw/base/strbuf.h"
#include "deltaw/screen/host.h"

/* XDG_CONFIG_HOME/deltaw/rc, if it exists: not in batch, so that a script does the same
 * everywhere. */
bool hosting_feed_rc(struct session *session, struct err *err);
/* --log, the logs, -c and -f in their order.  `echo` (may be NULL) hears of
 * each command before it is fed. */
bool hosting_feed_inputs(const struct host_setup *setup, struct session *session,
                         void (*echo)(void *data, const char *command), void *data,
                         struct err *err);
/* The set-up's style, with the background that `set background=` or the terminal gives. */
struct style hosting_style(const struct host_setup *setup, const struct session *session);

/* session_host.terminal of a host with a terminal. */
bool hosting_terminal(void *data, const char *bytes, size_t n, struct err *err);

#endif
