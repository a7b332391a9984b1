/* Which of its arguments a view keeps when others come, or another model. */
#ifndef VIEW_KEEP_H
#define VIEW_KEEP_H

#include "deltaw/view/view.h"

/* Whom they are for. */
struct keep_for {
    const struct model *model;   /* NULL: any may come */
    const struct cohort *cohort; /* whose animals it shows; NULL: any may come */
    bool past;  /* trials before count for it, or for the truth it is set against */
    bool truth; /* the rule behind those trials is known */
};

/* What was let go of. */
struct keep_gone {
    struct strbuf text;   /* as it was typed */
    bool variables, past; /* names that the policy lacks; what needs a memory */
    bool animals;         /* that are not in the cohort */
    bool sessions;        /* that none of its animals has */
    bool truth;           /* of trials behind which no rule is known */
};

/* `fresh` over `kept`, a copy.  What names a variable that the model's policy lacks (a weight
 * on an axis, a feature held at a value), or an animal that the cohort lacks, or sessions
 * that none of its animals has, or the truth where none is known, or asks for trials before
 * where they do not count, is left out unless it is fresh, and with it whatever
 * would not go with the axes that come instead.  Without model and cohort all are kept. */
struct args keep_merged(const struct view_ops *ops, const struct args *kept,
                        const struct args *fresh, const struct keep_for *who,
                        struct keep_gone *gone);
/* Does one of them name a variable? */
bool keep_names_any(const struct view_ops *ops, const struct args *args);
/* Does one of them ask for the truth? */
bool keep_asks_truth(const struct view_ops *ops, const struct args *args);
/* Have model and cohort all that they ask for? */
bool keep_goes_with(const struct view_ops *ops, const struct args *args,
                    const struct keep_for *who);
/* The first that asks for trials before, NULL: none does. */
const struct arg *keep_asks_past(const struct view_ops *ops, const struct args *args);

#endif
