/* check rule: what a network makes of a fitted rule. */
#ifndef SHELL_CHECK_BIAS_H
#define SHELL_CHECK_BIAS_H

#include "state.h"

/* MODEL is the second word of the arguments; network: NULL, or the model whose settings are
 * those of the refit. */
bool check_bias_start(struct session *session, const struct args *args, const char *network,
                      uint64_t seed, struct err *err);

#endif
