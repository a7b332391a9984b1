/* What network rules share outside the engine: names, shapes, initial values. */
#ifndef LEARN_NETWORK_H
#define LEARN_NETWORK_H

#include "deltaw/learn/rule.h"

void tensors_add(struct tensors *t, const char *name, size_t rows, size_t cols);
/* scaling_factor and dnn.{0,2,...}: `inputs` into the first layer. */
void network_layout_mlp(const struct rule_shape *shape, size_t inputs, struct tensors *out);
/* As PyTorch: Linear weights and biases U(+-1/sqrt(fan_in)), scale 1e-3. */
void network_init_mlp(const struct rule_shape *shape, const struct tensors *tensors,
                      unsigned long seed, double *theta);

#endif
