/* Terms by name, and where parameters stand. */
#include <math.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "gp_inside.h"

static const struct gp_term_row rows[GP_N_TERMS] = {
    [GP_CORRECT] = {"correct", "r (y - p) x", "after a correct choice, towards it"},
    [GP_ERROR] = {"error", "(1 - r) (y - p) x", "after an error, towards what was chosen"},
    [GP_TOWARD] = {"toward", "(1 - r) (z - p) x", "after an error, towards the other side"},
    [GP_EXPECTED] = {"expected", "2 (2 z - 1) p (1 - p) x", "up the gradient of expected reward"},
    [GP_FORGETTING] = {"forgetting", "-w", "weights decay towards 0"},
    [GP_PERSEVERANCE] = {"perseverance", "(2 y - 1) x", "the choice is repeated, whatever came"},
    [GP_TRACE] = {"trace", "traces of (y - p) x", "earlier trials go on to teach"},
    [GP_AVERAGE] = {"average", "traces of (y - p) x, by the average reward",
                    "earlier trials teach by how it goes of late"},
};

const struct gp_term_row *gp_term_row(enum gp_term term)
{
    return &rows[term];
}

static bool add_term(const char *word, size_t n, unsigned *terms, struct err *err)
{
    for (int i = 0; i < GP_N_TERMS; i++)
        if (strlen(rows[i].name) == n && memcmp(rows[i].name, word, n) == 0) {
            *terms |= 1u << i;
            return true;
        }
    return err_set(err, ERR_USAGE,
                   "no term '%.*s'; terms are correct, error, toward, expected, forgetting, "
                   "perseverance, trace, average, joined by commas, or none",
                   (int)n, word);
}

bool gp_terms_parse(const char *text, unsigned *terms, struct err *err)
{
    unsigned found = 0;
    if (strcmp(text, "none") == 0) {
        *terms = 0;
        return true;
    }
    for (const char *word = text;; word++) {
        size_t n = strcspn(word, ",+");
        if (!add_term(word, n, &found, err))
            return false;
        word += n;
        if (!*word)
            break;
    }
    *terms = found;
    return true;
}

void gp_terms_text(unsigned terms, struct strbuf *out)
{
    if (terms == 0)
        strbuf_puts(out, "none");
    for (int i = 0, n = 0; i < GP_N_TERMS; i++)
        if (terms & 1u << i)
            strbuf_printf(out, "%s%s", n++ ? "," : "", rows[i].name);
}

void gp_shape_set(struct gp_shape *shape, unsigned terms)
{
    size_t at = 0;
    shape->n_simple = shape->n_kinds = 0;
    for (int i = 0; i < GP_TRACE; i++)
        if (terms & 1u << i)
            shape->simple[shape->n_simple++] = (enum gp_term)i;
    if (terms & 1u << GP_TRACE)
        shape->kind[shape->n_kinds++] = 0;
    if (terms & 1u << GP_AVERAGE) {
        shape->kind[shape->n_kinds++] = 1;
        shape->kind[shape->n_kinds++] = 2;
    }
    if (shape->n_kinds == 0)
        shape->n_decays = 0;
    for (size_t k = 0; k < shape->n_weights; k++) {
        shape->at[k] = at;
        shape->smooth[k] = shape->smooth[k] && shape->basis;
        at += shape->n_simple + shape->n_decays * shape->n_kinds;
        at += shape->smooth[k] ? GP_CELLS * shape->basis->n : 0;
    }
    shape->at[shape->n_weights] = shape->n_rule = at;
    shape->n = at + shape->fit_lapse;
}

void gp_mix(const struct gp_shape *shape, const double *theta, double *mix)
{
    const struct gp_basis *b = shape->basis;
    memset(mix, 0, GP_CELLS * shape->n_weights * b->wide * sizeof *mix);
    for (size_t c = 0; c < GP_CELLS; c++)
        for (size_t k = 0; k < shape->n_weights; k++, mix += b->wide) {
            const double *a = theta + shape->at[k + 1] - (GP_CELLS - c) * b->n;
            for (size_t i = 0; i < b->n && shape->smooth[k]; i++)
                for (size_t j = i; j < b->n; j++)
                    mix[i] += b->whiten[(c * b->wide + i) * b->wide + j] * a[j];
        }
}

struct gp_shape gp_point_shape(const struct gp *gp, const struct gp_point *point)
{
    struct gp_shape shape = {.n_weights = gp->n_weights,
                             .basis = point->basis,
                             .n_decays = point->n_decays,
                             .average = point->average,
                             .fit_lapse = gp->options.fit_lapse,
                             .fit_w0 = gp->options.w0_sd > 0,
                             .gains = gp->options.gains,
                             .lapse = gp->options.lapse};
    memcpy(shape.decay, point->decay, sizeof shape.decay);
    for (size_t k = 0; k < gp->n_weights; k++)
        shape.smooth[k] = point->sigma[k] > 0;
    gp_shape_set(&shape, point->terms);
    return shape;
}

void gp_own_precision(const struct gp_shape *shape, const double *w0_sd, double gain_sd,
                      double *precision)
{
    for (size_t k = 0; k < shape->n_weights && shape->fit_w0; k++)
        *precision++ = pow(w0_sd[k], -2);
    if (shape->gains)
        *precision = pow(gain_sd, -2);
}
