/* reinforce-base: dw_k = alpha_k (r - baseline_k) f(y) (1 - p_y) x_k.  SCIENCE 2. */
#include "classic.h"

static struct drive reinforce_base_drive(vec p, vec r, vec y, vec z)
{
    (void)z;
    vec slope = p * (1 - p);
    return (struct drive){.a = r * (y - p), .b = p - y, .da = -r * slope, .db = slope};
}

extern const struct code ENGINE(code_reinforce_base);
const struct code ENGINE(code_reinforce_base) = {
    .name = "reinforce-base",
    .drive = reinforce_base_drive,
    CLASSIC_CODE,
};

#ifdef ENGINE_F64 /* what there is once */
#include "network.h"

extern const struct rule rule_reinforce_base;
const struct rule rule_reinforce_base = {
    .name = "reinforce-base",
    .summary = "policy gradient with a baseline: rewards count against what is expected",
    .equation = "dw_k = alpha_k (r - baseline_k) f(y) (1 - p_y) x_k",
    .source = "Williams 1992; Ashwood et al. 2020; Liu et al. 2025",
    .layout = classic_layout_baseline,
    .init = classic_init,
};
#endif
