/* What `show` says of random walks. */
#ifndef SHELL_WALKS_H
#define SHELL_WALKS_H

#include "state.h"

/* Other models of the same trials, and the truth where it is known. */
struct walks_others {
    size_t n;
    struct model **models; /* [n] */
    double *inside;        /* [n + 1][K] share of all trials within the band; the truth last */
    bool truth;
};
/* Of a model with model->walks: those of the session; the models are held. */
struct walks_others *walks_others(const struct session *session, const struct model *model);
/* In a thread: sweeps them over the cohort, which is the model's. */
void walks_compare(struct walks_others *others, const struct model *model,
                   const struct cohort *cohort);
void walks_others_free(struct walks_others *others); /* NULL is fine */
/* Fields, the tables `animals` and `inside`, and text. */
extern const struct answer_row walks_answer[];
void walks_show(const struct model *model, const struct walks_others *others, struct output *out);

#endif
