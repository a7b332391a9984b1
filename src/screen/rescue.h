/* Models that a session leaves behind when it is ended from outside. */
#ifndef SCREEN_RESCUE_H
#define SCREEN_RESCUE_H

#include "deltaw/shell/session.h"

/* On TERM, HUP or a lost terminal: save what is in no file, and say on stderr where. */
void rescue_now(struct session *session);
/* The same where people were at work, whose session is kept as a whole, too. */
void rescue_all_now(struct session *session);
/* `quit` at a terminal: what was not saved is kept, and one line says so, and the session is;
 * `quit!` gives it up. */
void rescue_at_quit(struct session *session, bool quiet);
/* From here on a crash tries the same as rescue_now in a child process, which is given a few
 * seconds.  NULL: no longer. */
void rescue_on_crash(struct session *session);
/* What earlier sessions left: "2 models ... in FOLDER", "the last session had ...", each
 * once; adds nothing when there is nothing. */
void rescue_tell_kept(struct strbuf *out);

#endif
