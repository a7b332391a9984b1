/* A network of ReLUs (mlp.h) over a box of inputs.  Most of its units are on, or off, in
 * all of the box: an interval tells.  Those off are nothing and those on are linear, so
 * that they need not be computed: only the others, which bend, are, each as a linear
 * function of features, which are the inputs and the mixed units before.  Equal to the
 * network up to rounding.  Where that is no less work, since much bends (wide boxes, wide
 * or deep networks), the network is computed layer by layer as it is.  Part of engine.c,
 * compiled with it for every engine.
 *
 * A line is a weight of every unit of a layer (padded to vectors); lines are of one
 * (the biases), then of each feature. */
#ifndef LEARN_RELU_FOLD_H
#define LEARN_RELU_FOLD_H

#include "deltaw/base/mem.h"
#include "mlp.h"

/* Vectors of a box: leaves enough to pay for finding out, few enough for the cache. */
enum { BOX_LEAVES = 256, BOX = BOX_LEAVES / LANES };
/* Rows computed at once at most, rows times vectors; lines put together at once. */
enum { FOLD_ROWS = 4, FOLD_BLOCK = LANES == 16 ? 16 : 8, LINES = 8 };

/* Share of the plain work below which folding pays: its rows are few at a time. */
static const double FOLDED = .6;

struct relu_fold {
    size_t inputs, hidden, layers, outputs;
    vec **layer;          /* [layers + 1] lines of the weights themselves */
    vec *lines[2];        /* of the layer in hand and the next, by turns */
    real *middle, *reach; /* of one and of each feature in the box */
    size_t *on, *mixed;   /* units of the layer in hand */
    size_t *n_mixed;      /* [layers] */
    real *rows;           /* of mixed units and outputs, see relu_fold_pack */
    real *plain;          /* of all units, layer by layer */
    bool folded;          /* the box in hand is computed by rows, else by plain */
};

static inline size_t relu_fold_pad(size_t units)
{
    return (units + LANES - 1) / LANES;
}

/* Features at most, and room to compute the last of them in whole blocks. */
static inline size_t relu_fold_features(const struct mlp *m)
{
    return m->inputs + m->layers * m->hidden + m->outputs + FOLD_ROWS;
}

/* affine_pack's reals as lines, `pad` vectors each. */
static const real *relu_fold_unpack(const real *w, size_t rows, size_t cols, size_t pad, real *out)
{
    size_t stride = pad * LANES;
    for (size_t r = 0; r < rows;) {
        size_t n = (size_t)affine_block(rows - r);
        for (size_t c = 0; c <= cols; c++)
            for (size_t i = 0; i < n; i++)
                out[c * stride + r + i] = *w++;
        r += n;
    }
    return w;
}

/* Units from an affine function of the `width` features: those on in all of the box, and
 * those that bend, which become features. */
static size_t relu_fold_sort(struct relu_fold *b, size_t l, size_t width, const vec *lines)
{
    size_t n_on = 0, n_mixed = 0, pad = relu_fold_pad(b->hidden);
    for (size_t v = 0; v < pad; v++) {
        vec middle = {0}, reach = {0};
        for (size_t d = 0; d < width; d++) {
            vec w = lines[d * pad + v];
            middle += w * b->middle[d];
            reach += vec_max(w, -w) * b->reach[d];
        }
        for (size_t i = v * LANES; i < b->hidden && i < (v + 1) * LANES; i++) {
            real top = middle[i % LANES] + reach[i % LANES];
            if (middle[i % LANES] > reach[i % LANES]) {
                b->on[n_on++] = i;
            } else if (!(top <= 0)) {
                b->mixed[n_mixed] = i;
                b->middle[width + n_mixed] = b->reach[width + n_mixed] = top / 2;
                n_mixed++;
            }
        }
    }
    b->n_mixed[l] = n_mixed;
    return n_on;
}

/* What the units that are on hand through to the next layer, as a function of features. */
static void relu_fold_through(const struct relu_fold *b, size_t n_on, size_t width,
                              const vec *lines, const vec *next, size_t pad, vec *out)
{
    size_t stride = relu_fold_pad(b->hidden) * LANES;
    for (size_t v = 0; v < pad; v++)
        for (size_t d = 0; d < width; d += LINES) {
            const real *from = (const real *)lines + d * stride;
            vec sum[LINES] = {0};
            for (size_t k = 0; k < n_on; k++) {
                vec w = next[(1 + b->on[k]) * pad + v];
#pragma GCC unroll 8
                for (int j = 0; j < LINES; j++)
                    sum[j] += from[(size_t)j * stride + b->on[k]] * w;
            }
#pragma GCC unroll 8
            for (int j = 0; j < LINES; j++)
                out[(d + (size_t)j) * pad + v] = sum[j];
        }
    for (size_t v = 0; v < pad; v++)
        out[v] += next[v];
}

/* How many of n rows are computed at once.  One more than there is repeats the last, and
 * what it gives is overwritten or not read. */
static inline size_t relu_fold_block(size_t n)
{
    return n > 2 ? FOLD_ROWS : 2;
}

/* Units' rows as relu_fold_rows reads them: the biases, then each feature's weights. */
static inline __attribute__((always_inline)) real *relu_fold_gather(real *out, const real *line,
                                                                    size_t stride, size_t width,
                                                                    const size_t *units, size_t n,
                                                                    int rows)
{
    size_t unit[FOLD_ROWS];
    for (int i = 0; i < rows; i++)
        unit[i] = units[(size_t)i < n ? (size_t)i : n - 1];
    for (size_t d = 0; d < width; d++, line += stride, out += rows) {
#pragma GCC unroll 4
        for (int i = 0; i < rows; i++)
            out[i] = line[unit[i]];
    }
    return out;
}

/* The rows of `n` units, block after block. */
static real *relu_fold_pack(real *out, const vec *lines, size_t pad, size_t width,
                            const size_t *units, size_t n)
{
    const real *line = (const real *)lines;
    for (size_t r = 0, rows; r < n; r += rows) {
        rows = relu_fold_block(n - r);
        if (rows == 2)
            out = relu_fold_gather(out, line, pad * LANES, width, units + r, n - r, 2);
        else
            out = relu_fold_gather(out, line, pad * LANES, width, units + r, n - r, FOLD_ROWS);
    }
    return out;
}

static void relu_fold_pack_plain(struct relu_fold *b)
{
    real *out = b->plain;
    for (size_t i = 0; i < b->hidden + b->outputs; i++)
        b->mixed[i] = i;
    for (size_t l = 0; l <= b->layers; l++) {
        size_t units = l < b->layers ? b->hidden : b->outputs;
        out = relu_fold_pack(out, b->layer[l], relu_fold_pad(units),
                             1 + (l ? b->hidden : b->inputs), b->mixed, units);
    }
}

static struct relu_fold *relu_fold_new(const struct mlp *m, const real *packed)
{
    struct relu_fold *b = mem_new(1, sizeof *b);
    size_t lines = 1 + relu_fold_features(m) + LINES, wide = relu_fold_pad(m->hidden + m->outputs);
    *b = (struct relu_fold){
        .inputs = m->inputs, .hidden = m->hidden, .layers = m->layers, .outputs = m->outputs};
    b->layer = mem_new(m->layers + 1, sizeof *b->layer);
    packed += m->outputs; /* the scale */
    for (size_t l = 0; l <= m->layers; l++) {
        size_t rows = l < m->layers ? m->hidden : m->outputs, cols = l ? m->hidden : m->inputs;
        b->layer[l] = mem_aligned((cols + 1 + LINES) * relu_fold_pad(rows), sizeof(vec));
        packed = relu_fold_unpack(packed, rows, cols, relu_fold_pad(rows), (real *)b->layer[l]);
    }
    for (int i = 0; i < 2; i++)
        b->lines[i] = mem_aligned(lines * wide, sizeof(vec));
    b->middle = mem_aligned(lines, sizeof *b->middle);
    b->reach = mem_aligned(lines, sizeof *b->reach);
    b->on = mem_new(m->hidden, sizeof *b->on);
    b->mixed = mem_new(m->hidden + m->outputs, sizeof *b->mixed);
    b->n_mixed = mem_new(m->layers, sizeof *b->n_mixed);
    b->rows = mem_aligned((lines + m->layers) * lines, sizeof *b->rows);
    size_t most = m->hidden > m->inputs ? m->hidden : m->inputs;
    b->plain = mem_aligned((m->layers + 1) * (m->hidden + m->outputs + FOLD_ROWS) * (1 + most),
                           sizeof *b->plain);
    relu_fold_pack_plain(b);
    return b;
}

static void relu_fold_free(struct relu_fold *b)
{
    for (size_t l = 0; l <= b->layers; l++)
        free(b->layer[l]);
    free(b->layer), free(b->lines[0]), free(b->lines[1]), free(b->middle), free(b->reach);
    free(b->on), free(b->mixed), free(b->n_mixed), free(b->rows), free(b->plain);
    free(b);
}

/* For inputs between low and high [inputs], of a box of n vectors. */
static void relu_fold_find(struct relu_fold *b, size_t n, const real *low, const real *high)
{
    size_t width = 1 + b->inputs, pad = relu_fold_pad(b->hidden);
    double work = 0, plain = 0; /* multiply-adds of vectors, and those for finding out */
    const vec *lines = b->layer[0];
    real *rows = b->rows;
    b->middle[0] = 1, b->reach[0] = 0;
    for (size_t i = 0; i < b->inputs; i++) {
        b->middle[1 + i] = (low[i] + high[i]) / 2;
        b->reach[1 + i] = (high[i] - low[i]) / 2;
    }
    for (size_t l = 0; l < b->layers; l++) {
        const vec *next = b->layer[l + 1];
        vec *out = b->lines[l & 1];
        size_t n_on = relu_fold_sort(b, l, width, lines);
        size_t across = l + 1 < b->layers ? pad : relu_fold_pad(b->outputs);
        work += (double)(n * b->n_mixed[l] * width + width * (pad + n_on * across));
        plain += (double)(n * b->hidden * (1 + (l ? b->hidden : b->inputs)));
        b->folded = work < FOLDED * plain;
        if (!b->folded)
            return;
        rows = relu_fold_pack(rows, lines, pad, width, b->mixed, b->n_mixed[l]);
        relu_fold_through(b, n_on, width, lines, next, across, out);
        for (size_t i = 0; i < b->n_mixed[l]; i++, width++)
            memcpy(out + width * across, next + (1 + b->mixed[i]) * across, across * sizeof *out);
        lines = out;
    }
    for (size_t k = 0; k < b->outputs; k++)
        b->mixed[k] = k;
    relu_fold_pack(rows, lines, relu_fold_pad(b->outputs), width, b->mixed, b->outputs);
}

/* A block of rows over `width` features for n vectors; y [rows][BOX].  Each weight is
 * read once for several vectors, and each vector once for several rows. */
static inline __attribute__((always_inline)) void relu_fold_rows(const real *weights, int rows,
                                                                 int vecs, size_t width, size_t n,
                                                                 const vec *x, bool relu, vec *y)
{
    for (size_t first = 0; first < n; first += (size_t)vecs) {
        const real *w = weights;
        const vec *in = x + first;
        vec sum[FOLD_BLOCK];
#pragma GCC unroll 16
        for (int i = 0; i < rows * vecs; i++)
            sum[i] = vec_splat(w[i / vecs]);
        w += rows;
        for (size_t d = 0; d < width; d++, w += rows, in += BOX) {
#pragma GCC unroll 16
            for (int i = 0; i < rows * vecs; i++)
                sum[i] += w[i / vecs] * in[i % vecs];
        }
#pragma GCC unroll 16
        for (int i = 0; i < rows * vecs; i++)
            y[i / vecs * BOX + (int)first + i % vecs] = relu ? vec_max(sum[i], (vec){0}) : sum[i];
    }
}

/* `rows` of them; returns the end of their weights. */
static const real *relu_fold_layer(const real *w, size_t rows, size_t width, size_t n, const vec *x,
                                   bool relu, vec *y)
{
    for (size_t r = 0, now; r < rows; r += now, w += now * (1 + width), y += now * BOX) {
        now = relu_fold_block(rows - r);
        if (now == 2)
            relu_fold_rows(w, 2, FOLD_BLOCK / 2, width, n, x, relu, y);
        else
            relu_fold_rows(w, FOLD_ROWS, FOLD_BLOCK / FOLD_ROWS, width, n, x, relu, y);
    }
    return w;
}

/* The network on `n` vectors of the box: x [features][BOX], of which the inputs are
 * there.  Returns the outputs [outputs][BOX], before the scale. */
static const vec *relu_fold_run(const struct relu_fold *b, size_t n, vec *x)
{
    const real *w = b->folded ? b->rows : b->plain;
    size_t width = b->inputs; /* features that a layer reads */
    vec *y = x + width * BOX;
    for (size_t l = 0;; l++) {
        bool relu = l < b->layers;
        size_t rows = !relu ? b->outputs : b->folded ? b->n_mixed[l] : b->hidden;
        w = relu_fold_layer(w, rows, width, n, x, relu, y);
        if (!relu)
            return y;
        if (b->folded) {
            width += rows;
        } else { /* the layer before is done with */
            x = y;
            width = rows;
        }
        y += rows * BOX;
    }
}

#endif
