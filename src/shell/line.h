/* Words of the command language: verb [object] [name=value]...  `;` and a
 * newline end a command, `#` at the start of a word a comment; quotes and
 * backslashes as in a shell, but a quote ends on its line.  A command that begins with `!` is
 * two words: that, and the rest of the line as it stands. */
#ifndef SHELL_LINE_H
#define SHELL_LINE_H

#include <stdbool.h>
#include <stddef.h>

#include "deltaw/base/err.h"

struct word {
    char *text;
    int column;    /* byte from 1, counted from the start of the command's first line */
    size_t equals; /* of the `=` that ends an option's name; 0: there is none */
};

struct words {
    size_t n;
    struct word *items;
    size_t begin, end; /* the command's bytes in the text */
    size_t start;      /* of the line that it begins on */
    int line;          /* of its first word, from 1 */
};

/* The next command of the text from byte *at, which is moved past it; *line counts lines.
 * No words at the end of the text.  On an error (a quote left open) the rest of the line is
 * skipped; begin, end and line are still set. */
bool line_next(const char *text, size_t *at, int *line, struct words *out, struct err *err);
void words_free(struct words *words);

/* The command a cursor is in, for completion: the words before the point, the last one
 * perhaps empty; quotes may be open.  Returns where the last begins. */
size_t line_before(const char *text, size_t point, struct words *out);

/* Where byte n of the word that begins at `from` is in the text before `point`, or the
 * quote that opens just before it.  *quote: the quote it is inside of. */
size_t line_offset(const char *text, size_t from, size_t point, size_t n, char *quote);

/* `word` within quotes of this kind, with or without the opening and the closing one.
 * Caller frees. */
char *line_in_quotes(const char *word, char quote, bool opens, bool closes);

#endif
