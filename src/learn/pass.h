/* One forward pass of a model over animals' lives. */
#ifndef LEARN_PASS_H
#define LEARN_PASS_H

#include "deltaw/learn/engine.h"
#include "deltaw/learn/model.h"

/* Networks train in single precision, the rules of a few parameters in double. */
const struct engine *pass_engine(const struct model *model);
#endif
