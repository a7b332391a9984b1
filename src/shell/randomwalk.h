/* What `show` says of random walks. */
#ifndef SHELL_RANDOMWALK_H
#define SHELL_RANDOMWALK_H

#include "state.h"

/* Other models of the same trials, and the truth where it is known. */
struct randomwalk_others {
    size_t n;
    struct model **models; /* [n] */
    double *inside;        /* [n + 1][K] share of all trials within the band; the truth last */
    bool truth;
};
/* Of a model with model->randomwalk: those of the session; the models are held. */
struct randomwalk_others *randomwalk_others(const struct session *session,
                                            const struct model *model);
/* In a thread: sweeps them over the cohort, which is the model's. */
void randomwalk_compare(struct randomwalk_others *others, const struct model *model,
                        const struct cohort *cohort);
void randomwalk_others_free(struct randomwalk_others *others); /* NULL is fine */
/* Fields, the tables `animals` and `inside`, and text. */
extern const struct answer_row randomwalk_answer[];
void randomwalk_show(const struct model *model, const struct randomwalk_others *others,
                     struct output *out);

#endif
