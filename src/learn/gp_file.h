/* Posteriors in .npz files.  Private to learn. */
#ifndef LEARN_GP_FILE_H
#define LEARN_GP_FILE_H

#include "deltaw/data/npz.h"
#include "deltaw/learn/model.h"

/* gp.points, gp.theta, gp.factor and so on; nothing for a model without a posterior. */
void gp_pack(const struct model *model, struct npz *npz);
/* Refuses by name what is inconsistent; a file without gp.points has none. */
bool gp_unpack(const struct npz *npz, const char *path, struct model *model, struct err *err);

#endif
