/* Models that a session leaves behind when it is ended from outside. */
#ifndef SCREEN_RESCUE_H
#define SCREEN_RESCUE_H

#include "deltaw/shell/session.h"

/* On TERM, HUP or a lost terminal: save what is in no file, and say on stderr where. */
void rescue_now(struct session *session);
/* From here on a crash tries the same in a child process, which is given a few seconds.
 * NULL: no longer. */
/* `quit` at a terminal: what was not saved is kept, and one line says so; `quit!` gives it
 * up. */
void rescue_at_quit(struct session *session, bool quiet);
void rescue_on_crash(struct session *session);
/* What earlier sessions left: "2 models ... in FOLDER"; adds nothing when there is nothing. */
void rescue_tell_kept(struct strbuf *out);

#endif
