/* Ensembles in .npz files: the arrays of member i, which are those of its own file, under
 * member<i>.NAME, i from 1.  Private to learn. */
#ifndef LEARN_ENSEMBLE_FILE_H
#define LEARN_ENSEMBLE_FILE_H

#include "deltaw/data/npz.h"
#include "deltaw/learn/model.h"

/* Nothing for a model that is none. */
void ensemble_pack(const struct model *model, struct npz *npz);
struct ensemble_of;
/* of: of pool=each, else NULL. */
bool ensemble_unpack(const struct npz *npz, size_t n, const struct ensemble_of *of,
                     const char *path, const char *name, struct model **out, struct err *err);

#endif
