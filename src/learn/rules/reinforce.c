/* reinforce: dw_k = alpha_k r f(y) (1 - p_y) x_k.  doc/science, textbook rules. */
#include "textbook.h"

static struct learning_signal reinforce_signal(vec p, vec r, vec y, vec z)
{
    (void)z;
    vec slope = -r * p * (1 - p);
    return (struct learning_signal){.a = r * (y - p), .da = slope, .dda = slope * (1 - 2 * p)};
}

extern const struct kernel ENGINE(kernel_reinforce);
const struct kernel ENGINE(kernel_reinforce) = {
    .name = "reinforce",
    .signal = reinforce_signal,
    CLASSIC_CODE,
};

#ifdef ENGINE_F64 /* what there is once */
#include "network.h"

/* Without a reward there is no update: one alpha, also when asked to split. */
static void reinforce_layout(const struct rule_shape *shape, struct tensors *out)
{
    struct rule_shape one = *shape;
    one.alpha_error = false;
    textbook_layout(&one, out);
}

extern const struct rule rule_reinforce;
const struct rule rule_reinforce = {
    .name = "reinforce",
    .summary = "policy gradient: rewarded choices are made more likely",
    .equation = "dw_k = alpha_k r f(y) (1 - p_y) x_k",
    .source = "Williams 1992; Ashwood et al. 2020",
    .layout = reinforce_layout,
    .init = textbook_init,
};
#endif
