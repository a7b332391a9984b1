/* reward-max: dw_k = 2 alpha_k f(z) p (1 - p) x_k.  doc/science, textbook rules. */
#include "textbook.h"

static struct learning_signal reward_max_signal(vec p, vec r, vec y, vec z)
{
    (void)r, (void)y;
    vec side = 2 * (2 * z - 1), slope = p * (1 - p);
    return (struct learning_signal){
        .a = side * slope, .da = side * slope * (1 - 2 * p), .dda = side * slope * (1 - 6 * slope)};
}

extern const struct kernel ENGINE(kernel_reward_max);
const struct kernel ENGINE(kernel_reward_max) = {
    .name = "reward-max",
    .signal = reward_max_signal,
    CLASSIC_CODE,
};

#ifdef ENGINE_F64 /* what there is once */
#include "network.h"

extern const struct rule rule_reward_max;
const struct rule rule_reward_max = {
    .name = "reward-max",
    .summary = "gradient of the expected reward",
    .equation = "dw_k = 2 alpha_k f(z) p (1 - p) x_k",
    .source = "Ashwood et al. 2020",
    .layout = textbook_layout,
    .init = textbook_init,
};
#endif
