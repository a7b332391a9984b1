/* predict-max: dw_k = alpha_k f(z) (1 - p_z) x_k.  doc/science, textbook rules. */
#include "textbook.h"

static struct learning_signal predict_max_signal(vec p, vec r, vec y, vec z)
{
    (void)r, (void)y;
    vec slope = -p * (1 - p);
    return (struct learning_signal){.a = z - p, .da = slope, .dda = slope * (1 - 2 * p)};
}

extern const struct kernel ENGINE(kernel_predict_max);
const struct kernel ENGINE(kernel_predict_max) = {
    .name = "predict-max",
    .signal = predict_max_signal,
    CLASSIC_CODE,
};

#ifdef ENGINE_F64 /* what there is once */
#include "network.h"

extern const struct rule rule_predict_max;
const struct rule rule_predict_max = {
    .name = "predict-max",
    .summary = "maximum likelihood of the rewarded side",
    .equation = "dw_k = alpha_k f(z) (1 - p_z) x_k",
    .source = "Ashwood et al. 2020; Liu et al. 2025",
    .layout = textbook_layout,
    .init = textbook_init,
};
#endif
