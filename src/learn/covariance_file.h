/* Covariances in .npz files: `covariance` [parameters][parameters].  Private to learn. */
#ifndef DELTAW_SRC_LEARN_COVARIANCE_FILE_H
#define DELTAW_SRC_LEARN_COVARIANCE_FILE_H

#include "deltaw/data/npz.h"
#include "deltaw/learn/model.h"

/* Nothing for a model without. */
void covariance_pack(const struct model *m, struct npz *npz);
/* Refuses by name what cannot be the covariance of the model's parameters. */
bool covariance_unpack(const struct npz *npz, const char *path, struct model *m, struct err *err);

#endif
