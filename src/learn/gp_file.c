/* A posterior as arrays:
 *
 *   gp.summary     evidence, Bayes factors, counts, sds of start weights
 *   gp.starts      [starts][2] log evidence, whether it ended at the best mode
 *   gp.points      [1 + points][...] the textbook mode, then the grid's; enum column
 *   gp.theta, gp.precision, gp.factor, gp.robust     of all points one after the other
 *   gp.w0          [1 + points][animals][weights]; with gains [weights + 1], g last
 *   gp.gain_error  [1 + points][animals], gp.gain  spread and its interval: with gains
 *   gp.inducing, gp.whiten, gp.inverse_scale         of each length scale, struct gp_basis
 */
#include "gp_file.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "gp_data.h"
#include "gp_inside.h"
#include "gp_mean.h"

enum column {
    TERMS,
    PRIORS, /* bits of large, and ABSENT times those of absent */
    SCALE,
    SIGMA,
    N_DECAYS = SIGMA + GP_WEIGHTS,
    DECAY,
    AVERAGE = DECAY + GP_DECAYS,
    LIKELIHOOD,
    POSTERIOR,
    EVIDENCE,
    WEIGHT,
    SIZE,
    COLUMNS
};
enum { ABSENT = 1 << GP_N_TERMS };
enum summary {
    SUM_EVIDENCE,
    SUM_SMOOTH,
    SUM_MEMORY,
    SUM_MISSING,
    SUM_SCATTER,
    SUM_SCATTER_Z,
    SUM_TRIED,
    SUM_SCORED,
    SUM_W0,
    SUM_W0_SD,
    SUMMARY = SUM_W0_SD + GP_WEIGHTS
};

static const struct gp_point *point_at(const struct gp *gp, size_t i)
{
    return i == 0 ? &gp->textbook : &gp->points[i - 1];
}

static void pack_point(const struct gp_point *p, double *v)
{
    v[TERMS] = p->terms, v[PRIORS] = p->sizes.large + ABSENT * p->sizes.absent, v[SCALE] = p->scale;
    memcpy(v + SIGMA, p->sigma, sizeof p->sigma);
    v[N_DECAYS] = (double)p->n_decays;
    memcpy(v + DECAY, p->decay, sizeof p->decay);
    v[AVERAGE] = p->average, v[LIKELIHOOD] = p->log_likelihood;
    v[POSTERIOR] = p->log_posterior, v[EVIDENCE] = p->log_evidence;
    v[WEIGHT] = p->weight, v[SIZE] = (double)p->n;
}

static void pack_summary(const struct gp *gp, struct npz *npz)
{
    double v[SUMMARY] = {[SUM_EVIDENCE] = gp->log_evidence,   [SUM_SMOOTH] = gp->log_bayes_smooth,
                         [SUM_MEMORY] = gp->log_bayes_memory, [SUM_MISSING] = gp->log_bayes_missing,
                         [SUM_SCATTER] = gp->scatter,         [SUM_SCATTER_Z] = gp->scatter_z,
                         [SUM_TRIED] = (double)gp->n_tried,   [SUM_SCORED] = (double)gp->n_scored,
                         [SUM_W0] = gp->options.w0_sd};
    double starts[GP_STARTS][2];
    memcpy(v + SUM_W0_SD, gp->w0_sd, sizeof gp->w0_sd);
    for (size_t i = 0; i < GP_STARTS; i++)
        starts[i][0] = gp->start[i].log_evidence, starts[i][1] = gp->start[i].same;
    npz_add(npz, "gp.summary", NPZ_FLOAT64, 1, (size_t[]){SUMMARY}, v);
    npz_add(npz, "gp.starts", NPZ_FLOAT64, 2, (size_t[]){GP_STARTS, 2}, &starts[0][0]);
}

/* The basis of each length scale; what no point has stays 0. */
static void pack_bases(const struct gp *gp, struct npz *npz)
{
    const struct gp_basis *basis[GP_SCALES] = {NULL}, *any = NULL;
    for (size_t q = 0; q < gp->n_points; q++)
        if (gp->points[q].basis) {
            any = gp->points[q].basis;
            basis[gp->points[q].scale == gp_scales[0] ? 0 : 1] = any;
        }
    if (!any)
        return;
    size_t n_z = GP_CELLS * any->n_dims * any->wide, n_w = GP_CELLS * any->wide * any->wide;
    double *z = mem_new(GP_SCALES * n_z, sizeof *z), *w = mem_new(GP_SCALES * n_w, sizeof *w);
    double *scale = mem_new(GP_SCALES * any->n_dims, sizeof *scale);
    for (size_t i = 0; i < GP_SCALES; i++)
        if (basis[i]) {
            memcpy(z + i * n_z, basis[i]->z, n_z * sizeof *z);
            memcpy(w + i * n_w, basis[i]->whiten, n_w * sizeof *w);
            memcpy(scale + i * any->n_dims, basis[i]->inverse_scale, any->n_dims * sizeof *scale);
        }
    npz_add(npz, "gp.inducing", NPZ_FLOAT64, 4,
            (size_t[]){GP_SCALES, GP_CELLS, any->n_dims, any->wide}, z);
    npz_add(npz, "gp.whiten", NPZ_FLOAT64, 4, (size_t[]){GP_SCALES, GP_CELLS, any->wide, any->wide},
            w);
    npz_add(npz, "gp.inverse_scale", NPZ_FLOAT64, 2, (size_t[]){GP_SCALES, any->n_dims}, scale);
    free(z), free(w), free(scale);
}

/* All points' vectors or matrices one after the other. */
static void pack_flat(const struct gp *gp, const char *name, size_t offset, int power,
                      struct npz *npz)
{
    size_t total = 0;
    for (int pass = 0; pass < 2; pass++) {
        double *all = pass ? mem_new(total, sizeof *all) : NULL;
        size_t at = 0;
        for (size_t i = 0; i <= gp->n_points; i++) {
            const struct gp_point *p = point_at(gp, i);
            size_t n = power == 1 ? p->n : p->n * p->n;
            if (pass)
                memcpy(all + at, *(double *const *)((const char *)p + offset), n * sizeof *all);
            at += n;
        }
        total = at;
        if (pass)
            npz_add(npz, name, NPZ_FLOAT64, 1, &total, all);
        free(all);
    }
}

struct flat {
    const char *name;
    size_t offset;
    int power;
};
static const struct flat flats[] = {{"gp.theta", offsetof(struct gp_point, theta), 1},
                                    {"gp.precision", offsetof(struct gp_point, precision), 1},
                                    {"gp.factor", offsetof(struct gp_point, factor), 2},
                                    {"gp.robust", offsetof(struct gp_point, robust), 2}};

static void pack_gains(const struct gp *gp, struct npz *npz)
{
    const double spread[] = {gp->gain_sd, gp->gain_low, gp->gain_high};
    size_t n = 1 + gp->n_points;
    double *error = mem_new(n * gp->n_animals, sizeof *error);
    for (size_t i = 0; i < n; i++)
        memcpy(error + i * gp->n_animals, point_at(gp, i)->gain_error,
               gp->n_animals * sizeof *error);
    npz_add(npz, "gp.gain", NPZ_FLOAT64, 1, (size_t[]){3}, spread);
    npz_add(npz, "gp.gain_error", NPZ_FLOAT64, 2, (size_t[]){n, gp->n_animals}, error);
    free(error);
}

void gp_pack(const struct model *model, struct npz *npz)
{
    const struct gp *gp = model->gp;
    if (!gp)
        return;
    size_t n = 1 + gp->n_points, starts = gp->n_weights + gp->options.gains;
    size_t each = gp->n_animals * starts;
    double *rows = mem_new(n * COLUMNS, sizeof *rows), *w0 = mem_new(n * each, sizeof *w0);
    for (size_t i = 0; i < n; i++) {
        pack_point(point_at(gp, i), rows + i * COLUMNS);
        memcpy(w0 + i * each, point_at(gp, i)->w0, each * sizeof *w0);
    }
    npz_add(npz, "gp.points", NPZ_FLOAT64, 2, (size_t[]){n, COLUMNS}, rows);
    npz_add(npz, "gp.w0", NPZ_FLOAT64, 3, (size_t[]){n, gp->n_animals, starts}, w0);
    if (gp->options.gains)
        pack_gains(gp, npz);
    for (size_t i = 0; i < sizeof flats / sizeof *flats; i++)
        pack_flat(gp, flats[i].name, flats[i].offset, flats[i].power, npz);
    pack_summary(gp, npz);
    pack_bases(gp, npz);
    free(rows), free(w0);
}

/* --- reading --------------------------------------------------------------- */

static const double *array_of(const struct npz *npz, const char *name, size_t size)
{
    const struct npz_array *a = npz_find(npz, name);
    return a && a->values && a->size == size ? a->values : NULL;
}

static struct gp_basis *unpack_basis(const struct npz *npz, const struct gp *gp, size_t which)
{
    const struct npz_array *a = npz_find(npz, "gp.inducing");
    size_t n_dims = gp->n_inputs + gp->n_weights, points = gp->options.basis;
    size_t wide = (points + 7) / 8 * 8, n_z = GP_CELLS * n_dims * wide;
    size_t n_w = GP_CELLS * wide * wide;
    const double *w = array_of(npz, "gp.whiten", GP_SCALES * n_w);
    const double *scale = array_of(npz, "gp.inverse_scale", GP_SCALES * n_dims);
    if (!a || !a->values || a->size != GP_SCALES * n_z || !w || !scale)
        return NULL;
    struct gp_basis *b = mem_new(1, sizeof *b);
    *b = (struct gp_basis){.references = 1, .n_dims = n_dims, .n = points, .wide = wide};
    memcpy(b->inverse_scale, scale + which * n_dims, n_dims * sizeof *scale);
    b->z = mem_aligned(n_z, sizeof *b->z);
    b->whiten = mem_aligned(n_w, sizeof *b->whiten);
    memcpy(b->z, a->values + which * n_z, n_z * sizeof *b->z);
    memcpy(b->whiten, w + which * n_w, n_w * sizeof *b->whiten);
    return b;
}

static struct gp_sizes sizes_of(double packed)
{
    unsigned bits = packed >= 0 && packed < ABSENT * ABSENT ? (unsigned)packed : 0;
    return (struct gp_sizes){.large = bits % ABSENT, .absent = bits / ABSENT};
}

/* False: its sizes are not what its terms say. */
static bool unpack_point(const struct gp *gp, const double *v, struct gp_basis *const *basis,
                         struct gp_point *p)
{
    p->terms = (unsigned)v[TERMS], p->sizes = sizes_of(v[PRIORS]), p->scale = v[SCALE];
    memcpy(p->sigma, v + SIGMA, sizeof p->sigma);
    p->n_decays = v[N_DECAYS] >= 0 && v[N_DECAYS] <= GP_DECAYS ? (size_t)v[N_DECAYS] : 0;
    memcpy(p->decay, v + DECAY, sizeof p->decay);
    p->average = v[AVERAGE], p->log_likelihood = v[LIKELIHOOD];
    p->log_posterior = v[POSTERIOR], p->log_evidence = v[EVIDENCE];
    p->weight = v[WEIGHT], p->n = (size_t)v[SIZE];
    if (p->scale > 0 && !(p->basis = gp_basis_hold(basis[p->scale == gp_scales[0] ? 0 : 1])))
        return false;
    return gp_point_shape(gp, p).n == p->n;
}

static bool unpack_flats(const struct npz *npz, struct gp *gp)
{
    for (size_t f = 0; f < sizeof flats / sizeof *flats; f++) {
        size_t total = 0, at = 0;
        for (size_t i = 0; i <= gp->n_points; i++)
            total +=
                flats[f].power == 1 ? point_at(gp, i)->n : point_at(gp, i)->n * point_at(gp, i)->n;
        const double *v = array_of(npz, flats[f].name, total);
        for (size_t i = 0; i < total && v; i++)
            v = isfinite(v[i]) ? v : NULL;
        if (!v)
            return false;
        for (size_t i = 0; i <= gp->n_points; i++) {
            struct gp_point *p = (struct gp_point *)point_at(gp, i);
            size_t n = flats[f].power == 1 ? p->n : p->n * p->n;
            *(double **)((char *)p + flats[f].offset) = mem_copy(v + at, n, sizeof *v);
            at += n;
        }
    }
    for (size_t i = 0; i <= gp->n_points; i++) {
        struct gp_point *p = (struct gp_point *)point_at(gp, i);
        p->covariance = mem_copy(p->factor, p->n * p->n, sizeof(double));
        gp_invert_factor(p->n, p->covariance);
    }
    return true;
}

static bool unpack_summary(const struct npz *npz, struct gp *gp)
{
    const double *v = array_of(npz, "gp.summary", SUMMARY);
    const double *starts = array_of(npz, "gp.starts", GP_STARTS * 2);
    static const char *const names[GP_STARTS] = {"none", "slow", "fast"};
    if (!v || !starts)
        return false;
    gp->log_evidence = v[SUM_EVIDENCE], gp->log_bayes_smooth = v[SUM_SMOOTH];
    gp->log_bayes_memory = v[SUM_MEMORY], gp->log_bayes_missing = v[SUM_MISSING];
    gp->scatter = v[SUM_SCATTER], gp->scatter_z = v[SUM_SCATTER_Z];
    gp->n_tried = (size_t)v[SUM_TRIED], gp->n_scored = (size_t)v[SUM_SCORED];
    gp->options.w0_sd = v[SUM_W0];
    memcpy(gp->w0_sd, v + SUM_W0_SD, sizeof gp->w0_sd);
    for (size_t i = 0; i < GP_STARTS; i++)
        gp->start[i] = (struct gp_start){names[i], starts[2 * i], starts[2 * i + 1] != 0};
    return true;
}

/* Errors of the gains at all points; NULL: there are none. */
static const double *unpack_gains(const struct npz *npz, struct gp *gp, size_t n)
{
    const double *spread = array_of(npz, "gp.gain", 3);
    if (!spread)
        return NULL;
    gp->gain_sd = spread[0], gp->gain_low = spread[1], gp->gain_high = spread[2];
    return array_of(npz, "gp.gain_error", n * gp->n_animals);
}

static bool unpack_points(const struct npz *npz, const struct npz_array *rows, struct gp *gp)
{
    struct gp_basis *basis[GP_SCALES];
    size_t n = rows->shape[0], each = gp->n_animals * (gp->n_weights + gp->options.gains);
    const double *w0 = array_of(npz, "gp.w0", n * each);
    const double *error = gp->options.gains ? unpack_gains(npz, gp, n) : NULL;
    bool good = w0 && (error || !gp->options.gains);
    for (size_t i = 0; i < GP_SCALES; i++)
        basis[i] = unpack_basis(npz, gp, i);
    gp->points = mem_new(n, sizeof *gp->points);
    gp->n_points = n - 1;
    for (size_t i = 0; i < n && good; i++) {
        struct gp_point *p = (struct gp_point *)point_at(gp, i);
        p->w0 = mem_copy(w0 + i * each, each, sizeof *w0);
        if (error)
            p->gain_error = mem_copy(error + i * gp->n_animals, gp->n_animals, sizeof *error);
        good = unpack_point(gp, rows->values + i * COLUMNS, basis, p);
    }
    for (size_t i = 0; i < GP_SCALES; i++)
        gp_basis_drop(basis[i]);
    return good && unpack_flats(npz, gp);
}

bool gp_unpack(const struct npz *npz, const char *path, struct model *model, struct err *err)
{
    const struct npz_array *rows = npz_find(npz, "gp.points");
    if (!rows || !model->rule->posterior)
        return true;
    struct gp *gp = mem_new(1, sizeof *gp);
    gp->references = 1;
    gp->options = gp_options_of(&model->settings);
    gp->options.basis = gp->options.basis ? gp->options.basis : 10;
    gp->n_weights = model->settings.policy.n, gp->n_inputs = 1, gp->n_animals = model->n_animals;
    bool good = rows->values && rows->n_dimensions == 2 && rows->shape[1] == COLUMNS &&
                rows->shape[0] > 1 && gp->n_weights <= GP_WEIGHTS &&
                gp->options.basis <= GP_BASIS && unpack_summary(npz, gp) &&
                unpack_points(npz, rows, gp);
    if (good)
        model->gp = gp;
    else
        gp_drop(gp);
    return good || err_set(err, ERR_DATA,
                           "%s: the arrays gp.* do not hang together; save the model again", path);
}
