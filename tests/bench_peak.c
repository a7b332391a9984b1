/* bench_peak: the most multiply-adds one core can do in single precision, 1e9 a second:
 * twelve independent sums in registers, vectors of the widest engine of this machine.
 * The arithmetic limit that tests/bench_fit.sh holds epochs against. */
#include <stdio.h>
#include <time.h>

#include "deltaw/learn/engine.h"

enum { SUMS = 12, TURNS = 20000000, RUNS = 5 };

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* Multiply-adds of TURNS turns; *sink keeps the compiler from leaving them out. */
#define PEAK(name, lanes, isa)                                                                     \
    static __attribute__((target(isa), noinline, optimize("O3", "fp-contract=fast"))) double name( \
        float *sink)                                                                               \
    {                                                                                              \
        typedef float vec __attribute__((vector_size(lanes * sizeof(float))));                     \
        vec sum[SUMS], a = (vec){0} + .999f, b = (vec){0} + 1e-3f;                                 \
        for (int i = 0; i < SUMS; i++)                                                             \
            sum[i] = (vec){0} + (float)i; /* not the same twice: it would be computed once */      \
        for (long t = 0; t < TURNS; t++)                                                           \
            for (int i = 0; i < SUMS; i++)                                                         \
                sum[i] = sum[i] * a + b;                                                           \
        for (int i = 0; i < SUMS; i++)                                                             \
            *sink += sum[i][i % lanes];                                                            \
        return (double)TURNS * SUMS * lanes;                                                       \
    }
#ifdef __x86_64__
PEAK(peak_avx512, 16, "avx512f,fma")
PEAK(peak_avx2, 8, "avx2,fma")
PEAK(peak_sse2, 4, "sse2")
#endif

int main(void)
{
#ifdef __x86_64__
    unsigned lanes = engine_pick()->lanes;
    double best = 0;
    float sink = 0;
    for (int run = 0; run < RUNS; run++) {
        double start = now();
        double n = lanes == 16  ? peak_avx512(&sink)
                   : lanes == 8 ? peak_avx2(&sink)
                                : peak_sse2(&sink);
        double rate = n / (now() - start) * 1e-9;
        best = rate > best ? rate : best;
    }
    printf("%.1f\n", best);
    return sink == 0;
#else
    return 1; /* no limit is known */
#endif
}
