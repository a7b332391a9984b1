/* What the hosts share: feeding what the command line asked for, and
 * whether the terminal is light or dark. */
#ifndef SCREEN_HOSTING_H
#define SCREEN_HOSTING_H

#include "deltaw/base/strbuf.h"
#include "deltaw/screen/host.h"
#include "deltaw/shell/statefile.h"

/* XDG_CONFIG_HOME/deltaw/rc, if it exists: not in batch, so that a script does the same
 * everywhere. */
bool hosting_feed_rc(struct session *session, struct err *err);
/* --log, the logs, -c and -f in their order.  `echo` (may be NULL) is given each command before it
 * is fed. */
bool hosting_feed_inputs(const struct host_setup *setup, struct session *session,
                         void (*echo)(void *data, const char *command), void *data,
                         struct err *err);
/* The set-up's style, with the background that `set background=` or the terminal gives. */
/* Kitty's graphics, when the environment tells of them. */
struct picture_room;
void hosting_picture_room(void *data, struct picture_room *room);
/* A picture among lines of text. */
bool hosting_picture(void *data, const char *bytes, size_t n, struct err *err);
/* Does a report of attributes (CSI c) name sixels? */
bool hosting_knows_sixel(const char *report);

struct style hosting_style(const struct host_setup *setup, const struct session *session);

/* Asks for the background (OSC 11), then for what every terminal answers (primary device
 * attributes), so that one knows when to stop waiting. */
#define BACKGROUND_QUESTION \
    "\033]11;?\033\\"       \
    "\033[c"

/* "11;rgb:ffff/ffff/dddd", also "rgba:" and 1 to 4 digits a channel.  False: it is
 * not that. */
bool hosting_background_parse(const char *report, bool *dark);
/* COLORFGBG, which rxvt, konsole and others set, ends in the background's number
 * of 16.  False: it says nothing. */
bool hosting_background_from_environment(bool *dark);
/* The second answer, "?...c", which is the last. */
bool hosting_background_is_last(const char *report);

/* session_host.terminal of a host with a terminal. */
bool hosting_terminal(void *data, const char *bytes, size_t n, struct err *err);

#endif
