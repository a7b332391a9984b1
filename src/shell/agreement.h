/* What `show` says of a fit whose trials have a truth. */
#ifndef SHELL_AGREEMENT_H
#define SHELL_AGREEMENT_H

#include "deltaw/study/cramer_rao.h"
#include "deltaw/study/probe.h"
#include "state.h"

struct agreement {
    bool compared, covered[2], bounded; /* what of the following is there */
    struct recovery recovery;
    /* share of true updates in their 90 % intervals: the model's own, by the sandwich */
    double coverage[2][POLICY_MAX];
    struct cramer_rao bound;
};
/* Takes a while; any thread. */
void agreement_find(const struct model *model, const struct cohort *cohort, struct agreement *out);
/* Fields, the table `recovery`, and text. */
extern const struct answer_row agreement_answer[];
void agreement_show(const struct agreement *agreement, const struct model *model,
                    struct output *out);

#endif
