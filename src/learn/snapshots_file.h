/* Snapshots as arrays of a model's .npz. */
#ifndef LEARN_SNAPSHOTS_FILE_H
#define LEARN_SNAPSHOTS_FILE_H

#include "deltaw/data/npz.h"
#include "deltaw/learn/snapshots.h"

void snapshots_pack(const struct snapshots *s, const struct model *model, struct npz *npz);
/* *out: NULL when the file holds none.  False: what it holds is no snapshots of `model`. */
bool snapshots_unpack(const struct npz *npz, const char *path, const struct model *model,
                      struct snapshots **out, struct err *err);

#endif
