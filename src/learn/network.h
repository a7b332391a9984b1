/* What network rules share outside the engine: names, shapes, initial values. */
#ifndef LEARN_NETWORK_H
#define LEARN_NETWORK_H

#include "deltaw/learn/rule.h"

void rule_tensor_add(struct tensors *t, const char *name, size_t rows, size_t cols);
/* scaling_factor and dnn.{0,2,...}: `inputs` into the first layer. */
void network_layout_mlp(const struct rule_shape *shape, size_t inputs, struct tensors *out);
/* gru.{weight,bias}_{ih,hh}_l0 */
void network_layout_gru(const struct rule_shape *shape, size_t inputs, struct tensors *out);
/* As PyTorch: Linear weights and biases U(+-1/sqrt(fan_in)), all of a GRU
 * U(+-1/sqrt(hidden)), scale 1e-3. */
void network_init(const struct rule_shape *shape, const struct tensors *tensors, unsigned long seed,
                  double *theta);

/* Textbook rules: see textbook.h.  Parameters start where settings.def says. */
void textbook_layout(const struct rule_shape *shape, struct tensors *out);
void textbook_layout_baseline(const struct rule_shape *shape, struct tensors *out);
void textbook_init(const struct rule_shape *shape, const struct tensors *tensors,
                   unsigned long seed, double *theta);

#endif
