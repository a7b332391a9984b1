/* Options of learning rules: which a rule takes and what they set.  Nothing here names a
 * rule; what a rule takes follows from its flags and its tensors. */
#ifndef SHELL_FITTING_H
#define SHELL_FITTING_H

#include "deltaw/base/option.h"
#include "deltaw/learn/fit.h"

extern const struct option_row fit_options[];

/* NULL: the rule takes the option; else why it does not, to follow "NAME= does
 * not apply to RULE". */
const char *rule_refuses(const struct rule *rule, const char *option);
/* The option's default for the rule, NULL: none. */
const char *rule_fallback(const struct rule *rule, const struct option_row *option);
/* A rule by name, or an error that points at `column`. */
const struct rule *rule_need(const char *name, int column, const char *verb, struct err *err);
/* Every option given is one that the rule takes. */
bool rule_check_args(const struct rule *rule, const struct args *args, const char *verb,
                     struct err *err);
/* Settings from the arguments, those the rule does not take left out; `table` holds the
 * rows.  What is not given is as in `from`, where that is of the same rule, or at its
 * default (NULL). */
bool rule_settings(const struct rule *rule, const struct args *args, const struct option_row *table,
                   const struct fit_settings *from, const char *verb, struct fit_settings *settings,
                   struct err *err);
/* Do they go with each other and with the cohort?  args: what was asked for. */
bool rule_check_settings(const struct args *args, const struct cohort *cohort,
                         const struct fit_settings *settings, const char *verb, struct err *err);
/* How many parameters are fitted with these settings; *tensors may be NULL. */
size_t rule_parameters(const struct rule *rule, const struct fit_settings *settings,
                       struct tensors *tensors);
/* Byte of the named argument in the line, 0: not given. */
int args_column(const struct args *args, const char *name);
/* "hidden=32 layers=2 ...": the settings that mean something to the rule. */
void fitting_words(const struct rule *rule, const struct fit_settings *settings,
                   struct strbuf *out);
/* For completion: false when the word is a rule that does not take the option. */
bool rule_takes_word(const char *rule, const char *option);

#endif
