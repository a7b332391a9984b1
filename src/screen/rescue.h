/* Models that a session leaves behind when it is ended from outside. */
#ifndef SCREEN_RESCUE_H
#define SCREEN_RESCUE_H

#include "deltaw/shell/session.h"

/* TERM, HUP, a lost terminal: keep what is in no file, and say on stderr where. */
void rescue_now(struct session *session);
/* From here on a crash tries the same in a child of its own, which is given a few
 * seconds.  NULL: no more. */
void rescue_on_crash(struct session *session);
/* What earlier sessions left: "2 models ... in FOLDER"; adds nothing when none. */
void rescue_tell_kept(struct strbuf *out);

#endif
