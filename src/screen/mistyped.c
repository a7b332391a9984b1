/* Commands typed to a tile.  Each letter is a key there, and may do something; the third
 * in a row that begins a verb shows that a command was meant. */
#include "explorer.h"

#include <stdio.h>
#include <string.h>

#include "deltaw/base/thread.h"
#include "deltaw/shell/command.h"

enum { LETTERS = 3, BEFORE_FILE = 2 }; /* `e` of "set" asks for the name of a file */
static const double pause_seconds = 1; /* between keys that are meant one by one */

static bool begins_verb(const char *letters)
{
    for (size_t i = 0; command_at(i); i++)
        if (strncmp(command_at(i)->name, letters, strlen(letters)) == 0)
            return true;
    return false;
}

bool mistyped_key(struct explorer *e, const struct keypress *key)
{
    double now = clock_seconds();
    size_t n = strlen(e->mistyped);
    bool letter = strlen(key->name) == 1 && key->name[0] >= 'a' && key->name[0] <= 'z';
    if (!letter || now - e->mistyped_at > pause_seconds || n + 1 >= sizeof e->mistyped)
        n = 0;
    e->mistyped[n] = letter ? key->name[0] : '\0';
    e->mistyped[n + letter] = '\0';
    e->mistyped_at = now;
    /* the last few may be a word though those before were keys */
    char *word = e->mistyped;
    while (*word && !begins_verb(word))
        word++;
    memmove(e->mistyped, word, strlen(word) + 1);
    size_t enough = key_is(key, "e") ? BEFORE_FILE : LETTERS;
    if (strlen(e->mistyped) < enough || !lineedit_empty())
        return false;
    explorer_focus(e, false, false);
    lineedit_paste(e->mistyped, strlen(e->mistyped));
    explorer_hint(e, "'%s' was typed to a tile, where letters are keys. It is at the prompt now.",
                  e->mistyped);
    e->mistyped[0] = '\0';
    return true;
}
