/* What the words of titles, legends and tables mean; the rows are glossary.def. */
#ifndef DELTAW_SHELL_GLOSSARY_H
#define DELTAW_SHELL_GLOSSARY_H

#include <stdbool.h>
#include <stddef.h>

struct glossary_row {
    const char *name;
    const char *spellings; /* others that it is found by, '|' between; one may end in '*' */
    const char *meaning;   /* a sentence or two, with the formula where there is one */
};

/* In alphabetical order; NULL after the last. */
const struct glossary_row *glossary_at(size_t i);
/* The row of a word, whatever its case; NULL: none. */
const struct glossary_row *glossary_find(const char *word);

#endif
