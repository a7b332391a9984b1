/* What `show` says of a posterior. */
#ifndef SHELL_POSTERIOR_H
#define SHELL_POSTERIOR_H

#include "deltaw/learn/gp.h"
#include "deltaw/learn/model.h"
#include "deltaw/shell/output.h"

/* Fields and the table `terms`; the text goes to `text`.  Of a model with model->gp. */
void posterior_show(const struct model *model, enum gp_interval interval, struct output *out,
                    struct strbuf *text);

#endif
