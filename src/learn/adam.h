/* Adam as PyTorch states it (eps 1e-8 outside the root). */
#ifndef LEARN_ADAM_H
#define LEARN_ADAM_H

#include <stddef.h>

struct adam {
    size_t n;
    long step;           /* taken so far */
    double beta1, beta2; /* decay of the means; .9 and .999 from adam_new */
    double *m, *v;       /* [n] running means of gradient and squared gradient */
};

struct adam adam_new(size_t n);
void adam_free(struct adam *adam);
/* As before the first step. */
void adam_forget(struct adam *adam);
/* theta [n] -= update; gradient [n] */
void adam_step(struct adam *adam, double rate, double *theta, const double *gradient);

#endif
