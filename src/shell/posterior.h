/* What `show` says of a posterior. */
#ifndef SHELL_POSTERIOR_H
#define SHELL_POSTERIOR_H

#include "deltaw/base/answer.h"
#include "deltaw/learn/gp.h"
#include "deltaw/learn/model.h"
#include "deltaw/shell/output.h"

/* Of a model with model->gp; the answer's keys. */
void posterior_show(const struct model *model, enum gp_interval interval, struct output *out);
extern const struct answer_row posterior_answer[];

#endif
