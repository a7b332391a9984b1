/* One SIMD vector of lanes, and the three kernels networks are made of.
 *
 * Every file that includes this is compiled once per engine (ENGINE_AVX512,
 * ENGINE_AVX2, ENGINE_128, ENGINE_F64 on the command line); ENGINE(name) gives
 * each copy its own symbol.  A vector holds the same quantity of `LANES`
 * animals, so no arithmetic ever crosses lanes until sums are taken. */
#ifndef LEARN_VEC_H
#define LEARN_VEC_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#ifdef __SSE2__
#include <immintrin.h>
#endif

#if defined ENGINE_F64
typedef double real;
typedef int64_t bits;
enum { LANES = 2, ROWS = 8, TILE_ROWS = 2, TILE_COLS = 2 };
#define ENGINE(name) name##_f64
#define ENGINE_LABEL "double"
#define real_exp     exp
#define real_log     log
#define real_sqrt    sqrt
#define real_tanh    tanh
#elif defined ENGINE_AVX512
typedef float real;
typedef int32_t bits;
enum { LANES = 16, ROWS = 16, TILE_ROWS = 4, TILE_COLS = 4 };
#define ENGINE(name) name##_avx512
#define ENGINE_LABEL "avx512"
#elif defined ENGINE_AVX2
typedef float real;
typedef int32_t bits;
enum { LANES = 8, ROWS = 8, TILE_ROWS = 4, TILE_COLS = 2 };
#define ENGINE(name) name##_avx2
#define ENGINE_LABEL "avx2"
#elif defined ENGINE_128
typedef float real;
typedef int32_t bits;
enum { LANES = 4, ROWS = 8, TILE_ROWS = 2, TILE_COLS = 4 };
#define ENGINE(name) name##_128
#if defined __SSE2__
#define ENGINE_LABEL "sse2"
#elif defined __ARM_NEON
#define ENGINE_LABEL "neon"
#else
#define ENGINE_LABEL "generic"
#endif
#else
#error "compile with one of ENGINE_AVX512, ENGINE_AVX2, ENGINE_128, ENGINE_F64"
#endif
enum { FEW = 8 }; /* sums of affine_few; a power of two */
#ifndef ENGINE_F64
#define real_exp  expf
#define real_log  logf
#define real_sqrt sqrtf
#define real_tanh tanhf
#endif

typedef real vec __attribute__((vector_size(LANES * sizeof(real))));
typedef bits vec_bits __attribute__((vector_size(LANES * sizeof(bits))));

/* glibc has vector forms of these (libmvec); the attribute lets the compiler
 * use them without -ffast-math. */
#if defined __x86_64__ && defined __GLIBC__
real real_exp(real) __attribute__((simd("notinbranch"), const));
real real_log(real) __attribute__((simd("notinbranch"), const));
#ifndef ENGINE_F64
real real_tanh(real) __attribute__((simd("notinbranch"), const));
#endif
#else
real real_exp(real);
real real_log(real);
#endif
#ifdef ENGINE_F64
real real_tanh(real);
#endif

static inline vec vec_splat(real a)
{
    return (vec){0} + a;
}

/* x where mask, else 0. */
static inline vec vec_where(vec_bits mask, vec x)
{
    return (vec)((vec_bits)x & mask);
}

/* With a NaN, b.  A loop over lanes is not always made one instruction. */
#if defined ENGINE_AVX512
#define VEC_INTRINSIC(name, a, b) (vec) _mm512_##name##_ps((__m512)(a), (__m512)(b))
#elif defined ENGINE_AVX2
#define VEC_INTRINSIC(name, a, b) (vec) _mm256_##name##_ps((__m256)(a), (__m256)(b))
#elif defined ENGINE_128 && defined __SSE2__
#define VEC_INTRINSIC(name, a, b) (vec) _mm_##name##_ps((__m128)(a), (__m128)(b))
#elif defined __SSE2__
#define VEC_INTRINSIC(name, a, b) (vec) _mm_##name##_pd((__m128d)(a), (__m128d)(b))
#endif

static inline vec vec_min(vec a, vec b)
{
#ifdef VEC_INTRINSIC
    return VEC_INTRINSIC(min, a, b);
#else
    return vec_where(a < b, a) + vec_where(~(a < b), b);
#endif
}

static inline vec vec_max(vec a, vec b)
{
#ifdef VEC_INTRINSIC
    return VEC_INTRINSIC(max, a, b);
#else
    return vec_where(a > b, a) + vec_where(~(a > b), b);
#endif
}

static inline vec vec_exp(vec x)
{
    vec y = x;
    for (int l = 0; l < LANES; l++)
        y[l] = real_exp(x[l]);
    return y;
}

/* 2^x for |x| < 126, to about one unit in the last place: the whole part goes into the
 * exponent, of the fraction it is a minimax polynomial.  Unlike a call it leaves the
 * registers to what is around it. */
static inline vec vec_exp2(vec x)
{
#ifdef ENGINE_F64
    return vec_exp(x * M_LN2);
#else
    vec whole = x + 0x1.8p23f; /* whose last bits are those of x rounded */
    vec f = x - (whole - 0x1.8p23f);
    vec y = f * 0x1.41fbd6p-13f + 0x1.5f3e5ep-10f;
    y = y * f + 0x1.3b2d4cp-7f;
    y = y * f + 0x1.c6aee8p-5f;
    y = y * f + 0x1.ebfbdcp-3f;
    y = y * f + 0x1.62e43p-1f;
    y = y * f + 1;
    return (vec)((vec_bits)y + ((vec_bits)whole << 23));
#endif
}

static inline vec vec_sqrt(vec x)
{
    vec y = x;
    for (int l = 0; l < LANES; l++)
        y[l] = real_sqrt(x[l]);
    return y;
}

static inline vec vec_log(vec x)
{
    vec y = x;
    for (int l = 0; l < LANES; l++)
        y[l] = real_log(x[l]);
    return y;
}

static inline vec vec_tanh(vec x)
{
    vec y = x;
    for (int l = 0; l < LANES; l++)
        y[l] = real_tanh(x[l]);
    return y;
}

/* 1 / (1 + exp(-x)); exp(-x) may overflow to infinity, which gives 0. */
static inline vec vec_sigmoid(vec x)
{
    return 1 / (1 + vec_exp(-x));
}

static inline double vec_sum(vec x)
{
    double sum = 0;
    for (int l = 0; l < LANES; l++)
        sum += x[l];
    return sum;
}

/* --- y = W x + b, W packed for broadcasting --------------------------------
 *
 * Rows come in blocks of ROWS, then 4, 2, 1; a block is its biases, then for
 * every column its entries: what one pass over x reads in order. */

static inline size_t affine_packed(size_t rows, size_t cols)
{
    return rows * (cols + 1);
}

static inline int affine_block(size_t rows)
{
    return rows >= ROWS ? ROWS : rows >= 8 ? 8 : rows >= 4 ? 4 : rows >= 2 ? 2 : 1;
}

/* w [rows][cols] with row stride `stride`, or its transpose when step > 1:
 * entry (r, c) is w[r * stride + c * step].  bias may be NULL (zeros).  Returns
 * the end of what was written. */
static inline real *affine_pack(real *out, const double *w, size_t stride, size_t step,
                                const double *bias, size_t rows, size_t cols)
{
    for (size_t r = 0; r < rows;) {
        size_t n = (size_t)affine_block(rows - r);
        for (size_t i = 0; i < n; i++)
            *out++ = bias ? (real)bias[r + i] : 0;
        for (size_t c = 0; c < cols; c++)
            for (size_t i = 0; i < n; i++)
                *out++ = (real)w[(r + i) * stride + c * step];
        r += n;
    }
    return out;
}

static inline __attribute__((always_inline)) const real *affine_rows(const real *w, int n,
                                                                     size_t cols, const vec *x,
                                                                     vec *y, bool add)
{
    vec sum[ROWS];
#pragma GCC unroll 16
    for (int r = 0; r < n; r++)
        sum[r] = add ? y[r] + w[r] : vec_splat(w[r]);
    w += n;
    for (size_t c = 0; c < cols; c++, w += n) {
        vec xc = x[c];
#pragma GCC unroll 16
        for (int r = 0; r < n; r++)
            sum[r] += w[r] * xc;
    }
#pragma GCC unroll 16
    for (int r = 0; r < n; r++)
        y[r] = sum[r];
    return w;
}

/* The same for a few rows, whose sums would each wait for the last addition: each row has
 * `apart` sums that take turns. */
static inline __attribute__((always_inline)) const real *affine_few(const real *w, int n, int apart,
                                                                    size_t cols, const vec *x,
                                                                    vec *y, bool add)
{
    vec sum[FEW];
#pragma GCC unroll 16
    for (int r = 0; r < n; r++)
        sum[r] = add ? y[r] + w[r] : vec_splat(w[r]);
#pragma GCC unroll 16
    for (int i = n; i < n * apart; i++)
        sum[i] = (vec){0};
    w += n;
    for (; cols >= (size_t)apart; cols -= (size_t)apart, x += apart, w += n * apart) {
#pragma GCC unroll 16
        for (int i = 0; i < n * apart; i++)
            sum[i] += w[i] * x[i / n];
    }
    for (; cols > 0; cols--, x++, w += n) {
#pragma GCC unroll 16
        for (int r = 0; r < n; r++)
            sum[r] += w[r] * x[0];
    }
#pragma GCC unroll 16
    for (int step = apart / 2; step > 0; step /= 2)
#pragma GCC unroll 16
        for (int i = 0; i < n * step; i++)
            sum[i] += sum[i + n * step];
#pragma GCC unroll 16
    for (int r = 0; r < n; r++)
        y[r] = sum[r];
    return w;
}

static inline __attribute__((always_inline)) const real *affine_any(const real *w, size_t rows,
                                                                    size_t cols, const vec *x,
                                                                    vec *y, bool add)
{
    for (; rows >= ROWS; rows -= ROWS, y += ROWS)
        w = affine_rows(w, ROWS, cols, x, y, add);
    if (ROWS > 8 && rows >= 8) {
        w = affine_rows(w, 8, cols, x, y, add);
        rows -= 8, y += 8;
    }
    if (rows >= 4) {
        w = affine_few(w, 4, FEW / 4, cols, x, y, add);
        rows -= 4, y += 4;
    }
    if (rows >= 2) {
        w = affine_few(w, 2, FEW / 2, cols, x, y, add);
        rows -= 2, y += 2;
    }
    if (rows)
        w = affine_few(w, 1, FEW, cols, x, y, add);
    return w;
}

/* y [rows] = W x + b; x [cols]; y and x apart.  Returns the end of the packed W. */
static __attribute__((noinline, unused)) const real *affine(const real *w, size_t rows, size_t cols,
                                                            const vec *x, vec *y)
{
    return affine_any(w, rows, cols, x, y, false);
}

/* y += W x + b */
static __attribute__((noinline, unused)) const real *affine_add(const real *w, size_t rows,
                                                                size_t cols, const vec *x, vec *y)
{
    return affine_any(w, rows, cols, x, y, true);
}

/* --- G += sum_t d_t a_t' ----------------------------------------------------
 *
 * The weight gradient of a layer over a few steps: d [steps][rows] and
 * a [steps][cols] with step strides in vectors, G [rows][cols] vectors whose
 * lanes are summed at the tile's end. */

static inline __attribute__((always_inline)) void outer_tile(vec *g, size_t ldg, int rows, int cols,
                                                             size_t steps, const vec *d, size_t ldd,
                                                             const vec *a, size_t lda)
{
    vec sum[TILE_ROWS][TILE_COLS];
#pragma GCC unroll 4
    for (int r = 0; r < rows; r++)
#pragma GCC unroll 4
        for (int c = 0; c < cols; c++)
            sum[r][c] = g[(size_t)r * ldg + (size_t)c];
    for (size_t t = 0; t < steps; t++, d += ldd, a += lda) {
#pragma GCC unroll 4
        for (int r = 0; r < rows; r++)
#pragma GCC unroll 4
            for (int c = 0; c < cols; c++)
                sum[r][c] += d[r] * a[c];
    }
#pragma GCC unroll 4
    for (int r = 0; r < rows; r++)
#pragma GCC unroll 4
        for (int c = 0; c < cols; c++)
            g[(size_t)r * ldg + (size_t)c] = sum[r][c];
}

static inline void outer(vec *g, size_t rows, size_t cols, size_t steps, const vec *d, size_t ldd,
                         const vec *a, size_t lda)
{
    size_t r = 0;
    for (; r + TILE_ROWS <= rows; r += TILE_ROWS) {
        size_t c = 0;
        for (; c + TILE_COLS <= cols; c += TILE_COLS)
            outer_tile(g + r * cols + c, cols, TILE_ROWS, TILE_COLS, steps, d + r, ldd, a + c, lda);
        for (; c < cols; c++)
            outer_tile(g + r * cols + c, cols, TILE_ROWS, 1, steps, d + r, ldd, a + c, lda);
    }
    for (; r < rows; r++) {
        size_t c = 0;
        for (; c + TILE_COLS <= cols; c += TILE_COLS)
            outer_tile(g + r * cols + c, cols, 1, TILE_COLS, steps, d + r, ldd, a + c, lda);
        for (; c < cols; c++)
            outer_tile(g + r * cols + c, cols, 1, 1, steps, d + r, ldd, a + c, lda);
    }
}

/* g [rows] += sum_t d_t: the gradient of the biases. */
static inline void outer_bias(vec *g, size_t rows, size_t steps, const vec *d, size_t ldd)
{
    size_t r = 0;
    for (; r + 8 <= rows; r += 8) {
        vec sum[8];
#pragma GCC unroll 8
        for (int i = 0; i < 8; i++)
            sum[i] = g[r + (size_t)i];
        for (size_t t = 0; t < steps; t++)
#pragma GCC unroll 8
            for (int i = 0; i < 8; i++)
                sum[i] += d[t * ldd + r + (size_t)i];
#pragma GCC unroll 8
        for (int i = 0; i < 8; i++)
            g[r + (size_t)i] = sum[i];
    }
    for (; r < rows; r++)
        for (size_t t = 0; t < steps; t++)
            g[r] += d[t * ldd + r];
}

#endif
