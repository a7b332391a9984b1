#include "deltaw/study/judged.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>

#include "deltaw/base/mem.h"
#include "deltaw/study/behaviour.h"

enum { LEAST = 2 * JUDGED_STRETCHES }; /* trials of an animal, for a margin */

struct judging {
    const struct model *model;
    const struct cohort *cohort, *whole;
    const float *w; /* [n_trials][K] of the cohort */
};

static void judge_animal(const struct judging *j, const struct animal *animal, struct judged *out)
{
    const struct cohort *c = j->cohort, *whole = j->whole;
    const struct animal *recorded = &whole->animals[cohort_animal(whole, animal->name)];
    size_t k = j->model->settings.policy.n, end = animal->first + animal->count;
    size_t first = animal->first;
    if (first < end && (whole == c ? first : c->place[first]) == recorded->first)
        first++; /* nothing precedes it */
    *out = (struct judged){.n = end - first};
    for (size_t t = first; t < end; t++) {
        size_t at = whole == c ? t : c->place[t], s = (t - first) * JUDGED_STRETCHES / out->n;
        double right = trajectory_p_right(j->model, whole, recorded, at, j->w + t * k);
        double p = c->choice[t] ? right : 1 - right;
        out->correct[s] += p > .5;
        out->sum[s] += log(p);
        out->trials[s]++;
    }
}

void judged_compute(const struct model *model, const struct cohort *cohort, struct judged *out)
{
    float *w = mem_new(cohort->n_trials * model->settings.policy.n, sizeof *w);
    model_sweep(model, cohort, w);
    const struct judging j = {model, cohort, model_whole_log(model, cohort), w};
    for (size_t a = 0; a < cohort->n_animals; a++)
        judge_animal(&j, &cohort->animals[a], &out[a]);
    free(w);
}

void judged_second(struct judged *j)
{
    j->n = 0;
    for (size_t s = 0; s < JUDGED_STRETCHES; s++) {
        if (s < JUDGED_STRETCHES / 2)
            j->sum[s] = 0, j->trials[s] = j->correct[s] = 0;
        j->n += j->trials[s];
    }
}

size_t judged_correct(const struct judged *j)
{
    size_t n = 0;
    for (size_t s = 0; s < JUDGED_STRETCHES; s++)
        n += j->correct[s];
    return n;
}

double judged_margin(const struct judged *a, const struct judged *b)
{
    double d[JUDGED_STRETCHES], mean = 0, squares = 0;
    if (a->n < LEAST || a->n != b->n)
        return NAN;
    for (size_t s = 0; s < JUDGED_STRETCHES; s++) {
        d[s] = (a->sum[s] - b->sum[s]) / (double)a->trials[s];
        mean += d[s] / JUDGED_STRETCHES;
    }
    for (size_t s = 0; s < JUDGED_STRETCHES; s++)
        squares += (d[s] - mean) * (d[s] - mean);
    return gsl_cdf_tdist_Pinv(.975, JUDGED_STRETCHES - 1) *
           sqrt(squares / (JUDGED_STRETCHES - 1) / JUDGED_STRETCHES);
}

double judged_effective(size_t n, const double *weights)
{
    double sum = 0, squares = 0;
    for (size_t i = 0; i < n; i++) {
        sum += weights[i];
        squares += weights[i] * weights[i];
    }
    return squares > 0 ? sum * sum / squares : NAN;
}
