/* Light or dark: what a terminal says of its background. */
#ifndef SCREEN_BACKGROUND_H
#define SCREEN_BACKGROUND_H

#include <stdbool.h>

/* Asks for the background (OSC 11), then for what every terminal answers (primary device
 * attributes), so that one knows when to stop waiting. */
#define BACKGROUND_QUESTION \
    "\033]11;?\033\\"       \
    "\033[c"

/* "11;rgb:ffff/ffff/dddd", also "rgba:" and 1 to 4 digits a channel.  False: it is
 * not that. */
bool background_parse(const char *report, bool *dark);
/* COLORFGBG, which rxvt, konsole and others set, ends in the background's number
 * of 16.  False: it says nothing. */
bool background_from_environment(bool *dark);
/* The second answer, "?...c", which is the last. */
bool background_is_last(const char *report);

#endif
