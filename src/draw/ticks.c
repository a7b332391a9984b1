/* Ticks on the 1-2-5 ladder. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "deltaw/draw/plot.h"

size_t ticks_linear(double lo, double hi, size_t most, double *out)
{
    static const double ladder[] = {1, 2, 5, 10};
    if (!(hi > lo) || most == 0 || !isfinite(hi - lo))
        return 0;
    double power = pow(10, floor(log10((hi - lo) / (double)most)) - 1), step = 0;
    for (int decade = 0; decade < 4 && step == 0; decade++, power *= 10)
        for (int i = 0; i < 3 && step == 0; i++) {
            double s = ladder[i] * power;
            if (floor(hi / s + 1e-9) - ceil(lo / s - 1e-9) + 1 <= (double)most)
                step = s;
        }
    size_t n = 0;
    if (step == 0)
        return 0;
    for (double k = ceil(lo / step - 1e-9); k * step <= hi + 1e-9 * step && n < most; k++)
        out[n++] = k == 0 ? 0 : k * step;
    return n;
}

const char *tick_label(char buf[40], double value, double step)
{
    int places = 0;
    for (double s = fabs(step); places < 9 && s > 0 && fabs(s - round(s)) > 1e-6 * s; s *= 10)
        places++;
    if (value != 0 && (fabs(value) >= 1e7 || (places >= 6 && fabs(value) < 1e-4)))
        snprintf(buf, 40, "%.3g", value);
    else
        snprintf(buf, 40, "%.*f", places, value == 0 ? 0. : value);
    char *zero = buf[0] == '-' ? buf + 1 : buf;
    if (zero[0] == '0' && zero[1] == '.')
        memmove(zero, zero + 1, strlen(zero));
    if (strspn(zero, ".0") == strlen(zero))
        strcpy(buf, "0");
    return buf;
}
