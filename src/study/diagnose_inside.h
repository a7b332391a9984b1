/* What the files of diagnosis share. */
#ifndef STUDY_DIAGNOSE_INSIDE_H
#define STUDY_DIAGNOSE_INSIDE_H

#include "deltaw/study/diagnose.h"
#include "score_test.h"

/* The directions of a score test, kept until it is known what calls. */
struct kept {
    struct directions directions;
    struct finding *of;
};

/* What checks look at. */
struct examined {
    const struct diagnosis_request *request;
    const struct model *model;  /* of an ensemble its first member where parameters move */
    struct residuals residuals; /* of the model itself */
    struct directions fitted;   /* what its parameters move */
    struct score_base base;
    double *loss;   /* [n_animals] summed, nats */
    size_t *scored; /* [n_animals] */
    size_t n_kept;
    struct kept kept[DIAGNOSIS_MOST];
};

bool examined_begin(const struct diagnosis_request *request, struct examined *out, struct err *err);
void examined_end(struct examined *examined);
bool examined_stopped(const struct examined *examined);
/* Was the model fitted without the animal? */
bool examined_held_out(const struct examined *examined, size_t animal);

/* --- diagnose_directions.c: where a change of parameters moves the logits */

/* Parameters that the fit has chosen; of networks their last layer. */
void directions_of_parameters(const struct examined *p, struct directions *out);
/* A factor on all updates. */
void directions_of_gain(const struct examined *p, struct directions *out);
/* Start weights, the same change in all animals. */
void directions_of_start(const struct examined *p, struct directions *out);
/* Updates that depend on the trials before. */
void directions_of_memory(const struct examined *p, struct directions *out);

/* --- checks: true where they could be tried; false and a note where not */

typedef bool diagnosis_trying(struct examined *p, struct finding *out);
#define CHECK(name, look, fail, meaning, advice) diagnosis_trying diagnosis_try_##name;
#include "diagnosis.def"
#undef CHECK

#endif
