/* The spread that animals' gains tell. */
#include <math.h>

#include "deltaw/learn/gains.h"
#include "tap.h"

int main(void)
{
    const double g[] = {-.5, .5, -.5, .5}, sure[] = {1e8, 1e8, 1e8, 1e8}, vague[] = {4, 4, 4, 4};
    struct gains_spread s = gains_spread_of(4, g, sure);
    tap_near(s.value, sqrt(1. / 3), .015, "of gains that are known: their standard deviation");
    tap_ok(s.low < s.value && s.value < s.high && s.low > .2, "within its interval");
    const double near[] = {8, 8, 8, 8};
    s = gains_spread_of(4, g, near);
    tap_near(s.value, sqrt(1. / 3 - 1. / 8), .015, "less what each is uncertain by");
    s = gains_spread_of(4, (double[]){-.1, .1, -.1, .1}, vague);
    tap_ok(s.value == 0 && s.low == 0 && s.high > 0, "no more than they are uncertain by: 0");
    s = gains_spread_of(4, (double[]){1.5, 2.5, 1.5, 2.5}, sure);
    tap_near(s.value, sqrt(1. / 3), .015, "whatever their mean is");
    return tap_done();
}
