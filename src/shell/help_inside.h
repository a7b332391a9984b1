/* Help from the tables: verbs, options, keys, words. */
#ifndef SHELL_HELP_INSIDE_H
#define SHELL_HELP_INSIDE_H

#include "state.h"

/* Words of text in lines of at most `width` cells, each after `indent` blanks but the
 * first, which continues the present line. */
void help_text_fill(struct strbuf *out, const char *text, int indent, int width);
extern const struct answer_row help_answer[];
extern const struct column help_option_columns[];
void help_all(struct output *out);
/* A row of option, values, default ("" for NULL), text. */
void help_option(const struct option_row *option, const char *fallback, struct table *out);
bool help_topic(const char *topic, struct output *out, struct err *err);
void help_keys(struct output *out);
/* "arrows cross-hair; [ ] bias; ..." */
void view_keys_words(const char *keys, struct strbuf *out);
void help_examples(struct output *out);
void help_glossary(struct output *out);

#endif
