/* Updates and weights with intervals: for each point of the grid a normal distribution by
 * the derivatives at its mode (the delta method), then the mixture of all. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/thread.h"
#include "gp_predict.h"

/* P(value <= x) - wanted, and its derivative. */
static double excess(size_t n, const double *weight, const double *mean, const double *sd,
                     double wanted, double x, double *slope)
{
    double sum = -wanted;
    *slope = 0;
    for (size_t i = 0; i < n; i++) {
        double z = (x - mean[i]) / sd[i];
        sum += weight[i] * erfc(-z * M_SQRT1_2) / 2;
        *slope += weight[i] * exp(-z * z / 2) / (sd[i] * sqrt(2 * M_PI));
    }
    return sum;
}

/* Newton's steps, halving where they leave what is known to hold the quantile. */
static double quantile(size_t n, const double *weight, const double *mean, const double *sd,
                       double wanted, double x)
{
    double low = HUGE_VAL, high = -HUGE_VAL, slope;
    for (size_t i = 0; i < n; i++) {
        low = fmin(low, mean[i] - 8 * sd[i]);
        high = fmax(high, mean[i] + 8 * sd[i]);
    }
    double range = high - low;
    for (int i = 0; i < 60 && high - low > 1e-9 * range; i++) {
        if (!(x > low && x < high))
            x = (low + high) / 2;
        double over = excess(n, weight, mean, sd, wanted, x, &slope);
        if (over > 0)
            high = x;
        else
            low = x;
        if (fabs(over) < 1e-7)
            break;
        x -= over / slope;
    }
    return x >= low && x <= high ? x : (low + high) / 2;
}

struct gp_value gp_mixture(size_t n, const double *weight, const double *mean,
                           const double *variance)
{
    double m = 0, v = 0, sd[n];
    for (size_t i = 0; i < n; i++)
        m += weight[i] * mean[i];
    for (size_t i = 0; i < n; i++) {
        v += weight[i] * (variance[i] + (mean[i] - m) * (mean[i] - m));
        sd[i] = fmax(sqrt(variance[i]), 1e-12);
    }
    double away = 1.6448536269514722 * sqrt(v);
    if (n == 1)
        return (struct gp_value){m, m - away, m + away};
    /* a few far components can bring the mean outside */
    return (struct gp_value){m, fmin(m, quantile(n, weight, mean, sd, .05, m - away)),
                             fmax(m, quantile(n, weight, mean, sd, .95, m + away))};
}

const double *gp_covariance(const struct gp_point *p, enum gp_interval interval)
{
    return interval == GP_ROBUST ? p->robust : p->covariance;
}

/* What the basis cannot hold of the remainder's prior, where no animal has been. */
double gp_outside(const struct gp_shape *shape, const double *phi)
{
    double sum = 1;
    for (size_t i = 0; i < shape->basis->n; i++)
        sum -= phi[i] * phi[i];
    return fmax(sum, 0);
}
