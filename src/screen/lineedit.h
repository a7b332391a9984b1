/* The line editor: readline in callback mode, in two ways.
 *
 *   on its own (the line REPL): readline reads the terminal and draws itself;
 *   lineedit_read() when there is input.
 *
 *   under the full screen: readline neither reads nor draws; the loop hands it
 *   bytes and draws what lineedit_prompt() and lineedit_line() say.
 *
 * readline is one per process, and so is this. */
#ifndef SCREEN_LINEEDIT_H
#define SCREEN_LINEEDIT_H

#include <stdbool.h>
#include <stddef.h>

#include "deltaw/base/strbuf.h"
#include "deltaw/shell/session.h"

struct lineedit_host {
    struct session *session; /* knows what completes a line */
    void *data;
    /* A whole line; NULL: the end (^D on an empty one).  It may call back into lineedit
     * only for lineedit_close. */
    void (*line)(void *data, const char *line);
    /* Full screen only: several candidates to be shown. */
    void (*candidates)(void *data, const struct completion *completion);
};

void lineedit_open(const struct lineedit_host *host, const char *prompt, bool full_screen);
void lineedit_close(void);

/* On its own. */
void lineedit_read(void);
/* Take prompt and line off the terminal to print something, and put them back. */
void lineedit_hide(void);
void lineedit_unhide(void);
void lineedit_resized(void);
/* ^Z: the terminal as it was, stop, and back. */
void lineedit_suspend(void (*stop)(void));

/* Under the full screen. */
void lineedit_type(const char *bytes, size_t n);
/* Does readline do anything on this sequence? */
bool lineedit_knows(const char *bytes, size_t n);
/* Insert literally, as one step of undo. */
void lineedit_paste(const char *text, size_t n);
/* Is readline in a search, a sequence or a numeric argument, so that keys must go to it
 * first? */
bool lineedit_midway(void);
bool lineedit_vi(void);
bool lineedit_vi_command(void); /* in vi's command mode */
/* Replace the line from byte `from` to the cursor, as one step of undo. */
void lineedit_replace(size_t from, const char *text);
/* The rest of the newest one-row line of the history that begins like this. */
void lineedit_recall(const char *line, struct strbuf *rest);
/* What to draw: the prompt, and the line, n bytes with the cursor before byte `point`; it is
 * readline's own until the next key. */
void lineedit_prompt(struct strbuf *out);
const char *lineedit_line(size_t *n, size_t *point);

/* Both: ^C. */
void lineedit_drop_line(void);
bool lineedit_empty(void);

/* "emacs", "vi", or "auto": as inputrc says.  Takes effect at once. */
void lineedit_editing(const char *mode);

const char *lineedit_version(void); /* of readline, "8.2" */

#endif
