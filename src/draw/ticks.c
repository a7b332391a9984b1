/* Ticks on the 1-2-5 ladder. */
#include <math.h>

#include "deltaw/draw/plot.h"

size_t ticks_linear(double lo, double hi, size_t most, double *out)
{
    static const double ladder[] = {1, 2, 5};
    if (!(hi > lo) || most == 0 || !isfinite(hi - lo))
        return 0;
    double power = pow(10, floor(log10((hi - lo) / (double)most)) - 1), step = 0;
    for (int decade = 0; decade < 4 && step == 0; decade++, power *= 10)
        for (int i = 0; i < 3 && step == 0; i++) {
            double s = ladder[i] * power;
            if (s > 0 && floor(hi / s + 1e-9) - ceil(lo / s - 1e-9) + 1 <= (double)most)
                step = s;
        }
    size_t n = 0;
    if (step == 0)
        return 0;
    for (double k = ceil(lo / step - 1e-9); k * step <= hi + 1e-9 * step && n < most; k++) {
        out[n++] = k == 0 ? 0 : k * step;
        if (k + 1 == k) /* a range far from zero and too narrow for doubles */
            break;
    }
    return n;
}
