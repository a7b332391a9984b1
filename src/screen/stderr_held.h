/* What is written to stderr while the full screen is on: it would spoil the picture, so it is kept
 * and printed when the screen is left. */
#ifndef SCREEN_STDERR_HELD_H
#define SCREEN_STDERR_HELD_H

void stderr_hold(void);    /* where it is a terminal */
void stderr_release(void); /* async-signal-safe; nothing where it is not held */

#endif
