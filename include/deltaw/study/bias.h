/* What a network makes of a rule that is known: agents that learn as a fitted textbook or gp
 * rule are run on the animals' own stimuli, the network is fitted to them, and its updates are
 * compared with those of the rule, cell by cell.  The difference estimates the network's own
 * bias on data of this kind and size; a map of it is no better than that (doc/science). */
#ifndef DELTAW_STUDY_BIAS_H
#define DELTAW_STUDY_BIAS_H

#include "deltaw/base/jobs.h"
#include "deltaw/base/table.h"
#include "deltaw/study/probe.h"

struct bias_part {
    char weight[PROBE_NAME], outcome[PROBE_NAME]; /* "w_stim", "error r=0" */
    size_t cells;                                 /* that some trial is in */
    /* root mean squares over the trials in the cells */
    double update, bias; /* of the rule; of the network's refit, less the rule's */
    double width;        /* half of the rule's interval of 90 %; NaN: it has none */
};

struct bias {
    struct model *rule;    /* that is taken as true */
    struct model *network; /* refitted to its agents */
    size_t n;
    struct bias_part *part; /* [n] each weight after errors and after correct choices */
};

/* network: settings of its fit, of the rule's policy.  In the thread of the job. */
bool bias_run(const struct model *rule, const struct fit_settings *network,
              const struct cohort *cohort, uint64_t seed, struct job *job, struct bias **out,
              struct err *err);
/* The models alone, for another thread. */
struct bias *bias_hold(const struct bias *bias);
void bias_free(struct bias *bias); /* NULL is fine */
extern const struct column bias_columns[];
void bias_table(const struct bias *bias, struct table *out);

/* The map that is asked for, of the refitted network, with the rule's as its truth; weights
 * that are averaged over are those that animals came through under the rule. */
bool bias_map(const struct bias *bias, const struct cohort *cohort,
              const struct probe_request *request, struct map *out, struct err *err);

#endif
