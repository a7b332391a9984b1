/* Help from the tables: for `help` and for the man page. */
#ifndef DELTAW_SHELL_HELP_H
#define DELTAW_SHELL_HELP_H

#include <stdbool.h>

#include "deltaw/base/strbuf.h"

/* The man page's COMMANDS section in mdoc, from ".Sh COMMANDS" on.  False when a table
 * holds something mdoc cannot express (a control character). */
bool help_mdoc(struct strbuf *out);
/* The JSON schema of all answers with --json.  False when a verb does not declare its. */
bool help_schema(struct strbuf *out);

#endif
