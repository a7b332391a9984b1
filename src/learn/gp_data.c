#include "gp_data.h"

#include <stdlib.h>

#include "deltaw/base/mem.h"
#include "deltaw/learn/settings.h"

struct gp_data gp_data_of(const struct trials *t, const bool *train, const double *w0)
{
    bool *held_out = mem_new(t->n_animals, sizeof *held_out);
    uint8_t *choice = mem_new(t->n_trials, 1), *answer = mem_new(t->n_trials, 1);
    uint8_t *unscored = mem_new(t->n_trials, 1);
    for (size_t a = 0; a < t->n_animals; a++)
        held_out[a] = train && !train[a];
    for (size_t i = 0; i < t->n_trials; i++) {
        choice[i] = (t->flags[i] & TRIAL_CHOICE) != 0;
        answer[i] = (t->flags[i] & TRIAL_ANSWER) != 0;
        unscored[i] = (t->flags[i] & TRIAL_UNSCORED) != 0;
    }
    return (struct gp_data){.n_animals = t->n_animals,
                            .n_trials = t->n_trials,
                            .n_weights = t->n_weights,
                            .first = t->first,
                            .count = t->count,
                            .held_out = held_out,
                            .choice = choice,
                            .answer = answer,
                            .unscored = unscored,
                            .reward = t->reward,
                            .x = t->x,
                            .n_inputs = 1,
                            .input = t->stimulus,
                            .w0 = w0};
}

void gp_data_clear(struct gp_data *data)
{
    free((void *)data->held_out), free((void *)data->choice), free((void *)data->answer);
    free((void *)data->unscored);
    *data = (struct gp_data){0};
}

struct gp_options gp_options_of(const struct fit_settings *s)
{
    return (struct gp_options){.terms = s->shape.terms,
                               .smooth = s->shape.remainder == REMAINDER_SMOOTH,
                               .basis = s->shape.basis,
                               .lapse = s->shape.lapse.value,
                               .fit_lapse = s->shape.lapse.fitted,
                               .fit_w0_sd = s->w0.kind == W0_PSYCHOMETRIC,
                               .gains = rule_gains(&s->shape),
                               .fit_gain_sd = s->shape.gain.fitted,
                               .gain_sd = s->shape.gain.value,
                               .threads = s->threads};
}
