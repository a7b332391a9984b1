/* Random walks as arrays:
 *
 *   walk.animals    [animals][4 + 4 K]: trials, by day (0, 1), log evidence, log likelihood,
 *                   then logarithms of sigma [K] and sigma_day [K], then their errors
 *   walk.w, walk.sd [trials][K];  walk.logit_sd [trials]
 */
#include "randomwalk_file.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/learn/randomwalk.h"

enum { TRIALS, BY_DAY, EVIDENCE, LIKELIHOOD, SIGMA };

static size_t row_of(const struct randomwalk_set *set)
{
    return SIGMA + 4 * set->n_weights;
}

void randomwalk_pack(const struct model *model, struct npz *npz)
{
    const struct randomwalk_set *set = model->randomwalk;
    if (!set)
        return;
    size_t k = set->n_weights, width = row_of(set);
    double *rows = mem_new(set->n_animals * width, sizeof *rows);
    for (size_t a = 0; a < set->n_animals; a++) {
        const struct randomwalk_animal *animal = &set->animal[a];
        double *row = rows + a * width;
        row[TRIALS] = (double)animal->n_trials, row[BY_DAY] = animal->by_day;
        row[EVIDENCE] = animal->log_evidence, row[LIKELIHOOD] = animal->log_likelihood;
        memcpy(row + SIGMA, animal->log_sigma, 2 * k * sizeof *row);
        memcpy(row + SIGMA + 2 * k, animal->log_error, 2 * k * sizeof *row);
    }
    npz_add(npz, "walk.animals", NPZ_FLOAT64, 2, (size_t[]){set->n_animals, width}, rows);
    npz_add(npz, "walk.w", NPZ_FLOAT64, 2, (size_t[]){set->n_trials, k}, set->w);
    npz_add(npz, "walk.sd", NPZ_FLOAT64, 2, (size_t[]){set->n_trials, k}, set->sd);
    npz_add(npz, "walk.logit_sd", NPZ_FLOAT64, 1, &set->n_trials, set->logit_sd);
    free(rows);
}

static void unpack_animals(const double *rows, struct randomwalk_set *set)
{
    size_t k = set->n_weights, width = row_of(set);
    for (size_t a = 0; a < set->n_animals; a++) {
        struct randomwalk_animal *animal = &set->animal[a];
        const double *row = rows + a * width;
        bool counts = row[TRIALS] >= 0 && row[TRIALS] < 0x1p53;
        animal->n_trials = counts ? (size_t)row[TRIALS] : 0;
        animal->by_day = row[BY_DAY] > 0;
        animal->log_evidence = row[EVIDENCE], animal->log_likelihood = row[LIKELIHOOD];
        memcpy(animal->log_sigma, row + SIGMA, 2 * k * sizeof *row);
        memcpy(animal->log_error, row + SIGMA + 2 * k, 2 * k * sizeof *row);
    }
}

/* Numbers of trials, finite and in the shape that they should have; NULL: they are not. */
static const double *take(const struct npz *npz, const char *name, size_t rows, size_t columns,
                          const char *path, struct err *err)
{
    const struct npz_array *a = npz_find(npz, name);
    bool good = a && a->values && a->size == rows * columns;
    for (size_t i = 0; good && i < a->size; i++)
        good = isfinite(a->values[i]);
    if (!good)
        err_set(err, ERR_DATA, "%s: %s should hold %zu x %zu finite numbers, as walk.w has trials",
                path, name, rows, columns);
    return good ? a->values : NULL;
}

bool randomwalk_unpack(const struct npz *npz, const char *path, struct model *model,
                       struct err *err)
{
    const struct npz_array *animals = npz_find(npz, "walk.animals"), *w = npz_find(npz, "walk.w");
    size_t k = model->settings.shape.n_weights;
    if (!model->rule->no_updates || !animals)
        return true;
    if (k > RANDOMWALK_MOST || !animals->values || animals->n_dimensions != 2 ||
        animals->shape[0] != model->n_animals || animals->shape[1] != SIGMA + 4 * k || !w ||
        w->n_dimensions != 2 || w->shape[1] != k)
        return err_set(err, ERR_DATA,
                       "%s: walk.animals should have a row of %zu numbers for each of %zu animals, "
                       "and walk.w %zu columns",
                       path, SIGMA + 4 * k, model->n_animals, k);
    size_t n = w->shape[0];
    const double *mode = take(npz, "walk.w", n, k, path, err);
    const double *sd = mode ? take(npz, "walk.sd", n, k, path, err) : NULL;
    const double *logit_sd = sd ? take(npz, "walk.logit_sd", n, 1, path, err) : NULL;
    if (!logit_sd)
        return false;
    struct randomwalk_set *set = model->randomwalk = randomwalk_set_new(model->n_animals, k, n);
    unpack_animals(animals->values, set);
    memcpy(set->w, mode, n * k * sizeof *mode);
    memcpy(set->sd, sd, n * k * sizeof *sd);
    memcpy(set->logit_sd, logit_sd, n * sizeof *logit_sd);
    return true;
}
