#include "deltaw/learn/interval.h"

#include "ensemble_inside.h"

const char *interval_word(enum interval_kind kind)
{
    static const char *const words[] = {"none",
                                        "standard error",
                                        "posterior",
                                        "sandwich over animals",
                                        "bootstrap over animals, t",
                                        "spread"};
    return words[kind];
}

bool model_interval(const struct model *model, const struct interval_request *request, double *mean,
                    double *lower, double *upper)
{
    return model->rule->interval && model->rule->interval(model, request, mean, lower, upper);
}

enum interval_kind model_interval_kind(const struct model *model)
{
    return model->ensemble     ? ensemble_kind(model->ensemble)
           : model->gp         ? INTERVAL_POSTERIOR
           : model->covariance ? INTERVAL_ERROR
                               : INTERVAL_NONE;
}

enum interval_kind model_trajectory_kind(const struct model *model)
{
    enum interval_kind members = model->ensemble ? ensemble_kind(model->ensemble) : INTERVAL_NONE;
    return model->randomwalk || model->gp  ? INTERVAL_POSTERIOR
           : members == INTERVAL_BOOTSTRAP ? members
                                           : INTERVAL_NONE;
}
