/* Random walks in .npz files.  Private to learn. */
#ifndef LEARN_RANDOMWALK_FILE_H
#define LEARN_RANDOMWALK_FILE_H

#include "deltaw/data/npz.h"
#include "deltaw/learn/model.h"

/* walk.animals, walk.w, walk.sd, walk.logit_sd; nothing for a model without. */
void randomwalk_pack(const struct model *model, struct npz *npz);
/* Refuses by name what is inconsistent; a file without walk.animals has none. */
bool randomwalk_unpack(const struct npz *npz, const char *path, struct model *model,
                       struct err *err);

#endif
