/* Networks: one Adam step per epoch on the whole cohort (SCIENCE 1). */
#include <math.h>

#include "adam.h"
#include "trainer.h"

const char *descend(struct trainer *t)
{
    const struct fit_settings *s = &t->fit->settings;
    struct adam adam = adam_new(t->n_all, s->rate, s->decay);
    const char *why = NULL;
    for (int epoch = 0; epoch <= s->epochs; epoch++) {
        bool step = epoch < s->epochs;
        if (!trainer_may_go_on(t) || !trainer_evaluate(t, epoch, step, !step) ||
            (why = trainer_trouble(t, step)))
            break;
        trainer_keep(t);
        t->finished = !step;
        if (step)
            adam_step(&adam, t->theta, t->gradient);
        if (t->shape.fit_lapse) {
            double *lapse = &t->theta[t->tensors.size - 1];
            *lapse = fmin(fmax(*lapse, 0), .5);
        }
    }
    adam_free(&adam);
    return why;
}
