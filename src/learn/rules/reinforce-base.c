/* reinforce-base: dw_k = alpha_k (r - baseline_k) f(y) (1 - p_y) x_k.  doc/science,
 * textbook rules. */
#include "textbook.h"

static struct learning_signal reinforce_base_signal(vec p, vec r, vec y, vec z)
{
    (void)z;
    vec slope = p * (1 - p);
    return (struct learning_signal){.a = r * (y - p),
                                    .b = p - y,
                                    .da = -r * slope,
                                    .db = slope,
                                    .dda = -r * slope * (1 - 2 * p),
                                    .ddb = slope * (1 - 2 * p)};
}

extern const struct kernel ENGINE(kernel_reinforce_base);
const struct kernel ENGINE(kernel_reinforce_base) = {
    .name = "reinforce-base",
    .signal = reinforce_base_signal,
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
    .layout = textbook_layout_baseline,
    .init = textbook_init,
};
#endif
