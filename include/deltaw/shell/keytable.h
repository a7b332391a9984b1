/* The keys of the full screen: one list for the page behind F1, the view help,
 * `help keys` and the man page.  Keys of a single view are in its view_ops. */
#ifndef DELTAW_SHELL_KEYTABLE_H
#define DELTAW_SHELL_KEYTABLE_H

#include <stddef.h>

enum key_group { KEYS_PROMPT, KEYS_TILE, KEYS_TEXT, KEYS_COMMON, KEYS_MOUSE, KEYS_GROUPS };

struct key_row {
    enum key_group group;
    const char *key, *text;
};

const struct key_row *key_row_at(size_t i);       /* by group; NULL after the last */
const char *key_group_name(enum key_group group); /* "Keys at the prompt" */

#endif
