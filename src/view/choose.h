/* What the options and keys of views choose. */
#ifndef VIEW_CHOOSE_H
#define VIEW_CHOOSE_H

#include "deltaw/study/probe.h"
#include "deltaw/view/view.h"

/* Index of the animal with this name, or else this number from 1; -1 and err. */
long choose_animal(const struct cohort *cohort, const char *asked, struct err *err);

/* Named arguments of that name (NULL: the positional ones) are gone. */
void choose_forget(struct args *args, const char *name);
/* The value of an option; NULL for "auto" and where there is none. */
const char *choose_text(const struct args *args, const struct option_row *table, const char *name);
/* The names of model=, of which there are at most VIEW_MOST_MODELS; NULL after the last, and
 * all for "auto".  How many there would be.  Caller frees. */
size_t choose_models(const struct args *args, const struct option_row *table,
                     char *names[VIEW_MOST_MODELS]);
void choose_models_free(char *names[VIEW_MOST_MODELS]);
/* Keys every view has: e exports, y copies, z zooms. */
bool choose_key(const char *view, const char *key, struct strbuf *command);

/* diff=no|true|yes|bias */
enum show { SHOW_FITTED, SHOW_TRUE, SHOW_DIFFERENCE, SHOW_BIAS };
enum show choose_show(const char *word);
/* Why its truth cannot be shown: "not known". */
const char *choose_truth_is(const struct cohort *cohort);
/* False, and err: what is not fitted cannot be shown of these trials (NULL: none). */
bool choose_no_truth(const char *view, const struct cohort *cohort, struct err *err);
/* Names that options of weights and variables are given: which there are is known only with
 * a model. */
bool choose_names(const char *view, const struct args *args, const struct option_row *table,
                  struct err *err);

/* Words of past=, by enum past. */
#define CHOOSE_PASTS "any|rewarded|unrewarded"
const char *choose_past_word(enum past past);
const char *choose_show_word(enum show show); /* "fitted", "true", "difference", "bias" */
enum past choose_past(const char *word);
/* Key { or } : the past before or after this one, among the first n.  False: no
 * such key. */
bool choose_past_step(const char *key, enum past now, unsigned n, enum past *next);

#endif
