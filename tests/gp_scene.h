/* The trials, rule and derivatives of tests/golden/gp.txt, which tests/golden/gp.py made. */
#ifndef TESTS_GP_SCENE_H
#define TESTS_GP_SCENE_H

#include "golden.h"
#include "gp_predict.h"

/* --- a golden file: lines of a name, a count and as many numbers */

static char *golden_text;

static double *golden(const char *name)
{
    char key[64];
    int length = snprintf(key, sizeof key, "%s ", name);
    const char *line = golden_text;
    while (line && strncmp(line, key, (size_t)length) != 0) {
        line = strchr(line, '\n');
        line += line != NULL;
    }
    if (!line)
        err_die("tests/golden/gp.txt has no %s", name);
    char *at;
    size_t n = strtoul(line + length, &at, 10);
    double *values = mem_new(n, sizeof *values);
    for (size_t i = 0; i < n; i++)
        values[i] = strtod(at, &at);
    return values;
}

static float *as_float(double *values, size_t n)
{
    float *out = mem_new(n, sizeof *out);
    for (size_t i = 0; i < n; i++)
        out[i] = (float)values[i];
    free(values);
    return out;
}

static uint8_t *as_bits(double *values, size_t n)
{
    uint8_t *out = mem_new(n, sizeof *out);
    for (size_t i = 0; i < n; i++)
        out[i] = (uint8_t)values[i];
    free(values);
    return out;
}

enum { POINTS = 3, TRIALS = 145, FIRST = 90, ALL_TERMS = (1 << GP_N_TERMS) - 1 };

/* The trials and the rule of the golden file. */
struct scene {
    struct gp_data data;
    size_t first[2], count[2];
    struct gp_basis basis;
    struct gp_shape shape;
    double *theta, *w0;
};

static void scene_basis(struct gp_basis *b)
{
    double *scale = golden("scale"), *z = golden("Z"), *whiten = golden("whiten");
    *b = (struct gp_basis){.references = 1, .n_dims = 3, .n = POINTS, .wide = 8};
    b->z = mem_aligned(4 * 3 * 8, sizeof *b->z);
    b->whiten = mem_aligned(4 * 8 * 8, sizeof *b->whiten);
    for (size_t i = 0; i < 4 * 3 * 8; i++)
        b->z[i] = 1e3;
    for (size_t c = 0; c < 4; c++)
        for (size_t i = 0; i < POINTS; i++) {
            for (size_t d = 0; d < 3; d++)
                b->z[(c * 3 + d) * 8 + i] = z[(c * POINTS + i) * 3 + d];
            for (size_t j = 0; j < POINTS; j++)
                b->whiten[(c * 8 + j) * 8 + i] = whiten[(c * POINTS + i) * POINTS + j];
        }
    for (size_t d = 0; d < 3; d++)
        b->inverse_scale[d] = 1 / scale[d];
    free(scale), free(z), free(whiten);
}

static void scene_set(struct scene *s)
{
    char *path = mem_printf("%s/tests/golden/gp.txt", getenv("srcdir") ? getenv("srcdir") : ".");
    if (!(golden_text = golden_read(path)))
        err_die("cannot read %s", path);
    free(path);
    float *x = mem_new(2 * TRIALS, sizeof *x), *input = as_float(golden("s"), TRIALS);
    for (size_t i = 0; i < TRIALS; i++)
        x[2 * i] = input[i], x[2 * i + 1] = 1;
    *s = (struct scene){.first = {0, FIRST}, .count = {FIRST, TRIALS - FIRST}};
    s->w0 = golden("w0");
    s->data = (struct gp_data){.n_animals = 2,
                               .n_trials = TRIALS,
                               .n_weights = 2,
                               .n_inputs = 1,
                               .first = s->first,
                               .count = s->count,
                               .choice = as_bits(golden("choice"), TRIALS),
                               .answer = as_bits(golden("answer"), TRIALS),
                               .reward = as_float(golden("reward"), TRIALS),
                               .x = x,
                               .input = input,
                               .w0 = s->w0};
    scene_basis(&s->basis);
    s->theta = golden("theta");
    s->shape = (struct gp_shape){.n_weights = 2,
                                 .n_decays = 2,
                                 .decay = {.5, .8},
                                 .average = .88,
                                 .smooth = {true, true},
                                 .basis = &s->basis,
                                 .fit_lapse = true,
                                 .fit_w0 = true};
    gp_shape_set(&s->shape, ALL_TERMS);
}

static void scene_clear(struct scene *s)
{
    free((void *)s->data.choice), free((void *)s->data.answer), free((void *)s->data.reward);
    free((void *)s->data.x), free((void *)s->data.input), free(s->w0), free(s->theta);
    free(s->basis.z), free(s->basis.whiten), free(golden_text);
}

#endif
