/* reward-max: dw_k = 2 alpha_k f(z) p (1 - p) x_k.  SCIENCE 2. */
#include "classic.h"

static struct drive reward_max_drive(vec p, vec r, vec y, vec z)
{
    (void)r, (void)y;
    vec side = 2 * (2 * z - 1), slope = p * (1 - p);
    return (struct drive){.a = side * slope, .da = side * slope * (1 - 2 * p)};
}

extern const struct code ENGINE(code_reward_max);
const struct code ENGINE(code_reward_max) = {
    .name = "reward-max",
    .drive = reward_max_drive,
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
    .layout = classic_layout,
    .init = classic_init,
};
#endif
