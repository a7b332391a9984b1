/* What ensembles say of trials: weights, P(right), losses. */
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/data/filter.h"
#include "deltaw/learn/inputs.h"
#include "ensemble_inside.h"

/* --- who is asked --------------------------------------------------------------------- */

/* A member and the trials that it is asked about, which begin at `first` of the cohort's;
 * w0 [their animals][K], NULL: the member's own. */
struct question {
    const struct model *member;
    const struct cohort *trials;
    const double *w0;
    double share; /* of the answer in the mean */
    size_t first;
};

typedef void (*asking)(const struct question *question, void *context);

static void ask_animal(const struct ensemble *e, const struct cohort *cohort, size_t a,
                       const double *w0, asking ask, void *context)
{
    size_t asked = ensemble_asked(e, cohort->animals[a].name);
    size_t *most = mem_new(cohort->n_animals, sizeof *most);
    struct question q = {.w0 = w0, .first = cohort->animals[a].first};
    struct cohort *trials;
    most[a] = cohort->animals[a].count;
    if (most[a] > 0 && cohort_heads(cohort, most, &trials, NULL)) {
        q.trials = trials;
        q.share = asked < e->n ? 1 : 1 / (double)e->n;
        for (size_t i = 0; i < e->n; i++) {
            q.member = e->member[i];
            if (asked == e->n || asked == i)
                ask(&q, context);
        }
        cohort_drop(trials);
    }
    free(most);
}

static void ask_members(const struct ensemble *e, const struct cohort *cohort, const double *w0,
                        asking ask, void *context)
{
    size_t k = e->member[0]->settings.policy.n;
    for (size_t a = 0; e->each && a < cohort->n_animals; a++)
        ask_animal(e, cohort, a, w0 ? w0 + a * k : NULL, ask, context);
    for (size_t i = 0; !e->each && i < e->n; i++)
        ask(&(struct question){e->member[i], cohort, w0, 1 / (double)e->n, 0}, context);
}

/* Weights that the member answers with.  The caller frees. */
static float *weights_of(const struct question *q)
{
    float *w = mem_new(q->trials->n_trials * q->member->settings.policy.n, sizeof *w);
    if (q->w0)
        model_follow(q->member, q->trials, q->w0, w);
    else
        model_sweep(q->member, q->trials, w);
    return w;
}

static void add_weights(const struct question *q, void *context)
{
    size_t k = q->member->settings.policy.n;
    double *sum = (double *)context + q->first * k;
    float *w = weights_of(q);
    for (size_t i = 0; i < q->trials->n_trials * k; i++)
        sum[i] += q->share * (double)w[i];
    free(w);
}

void ensemble_sweep(const struct ensemble *e, const struct cohort *cohort, float *w)
{
    size_t n = cohort->n_trials * e->member[0]->settings.policy.n;
    double *sum = mem_new(n, sizeof *sum);
    ask_members(e, cohort, NULL, add_weights, sum);
    for (size_t j = 0; j < n; j++)
        w[j] = (float)sum[j];
    free(sum);
}

static void add_right_of(const struct model *m, const struct cohort *cohort, const float *w,
                         double share, double *right)
{
    const struct policy *policy = &m->settings.policy;
    double x[POLICY_MAX], lapse = model_lapse(m);
    for (size_t a = 0; a < cohort->n_animals; a++) {
        const struct animal *animal = &cohort->animals[a];
        for (size_t t = animal->first; t < animal->first + animal->count; t++) {
            double z = 0;
            inputs_policy_of(policy, cohort, animal, t, x);
            for (size_t k = 0; k < policy->n; k++)
                z += (double)w[t * policy->n + k] * x[k];
            right[t] += policy_right(z, lapse) * share;
        }
    }
}

void ensemble_add_right(const struct model *m, const struct cohort *cohort, double n, float *w,
                        double *right)
{
    model_sweep(m, cohort, w);
    add_right_of(m, cohort, w, 1 / n, right);
}

static void add_right(const struct question *q, void *context)
{
    float *w = weights_of(q);
    add_right_of(q->member, q->trials, w, q->share, (double *)context + q->first);
    free(w);
}

static double *rights(const struct ensemble *e, const struct cohort *cohort, const double *w0)
{
    double *right = mem_new(cohort->n_trials, sizeof *right);
    ask_members(e, cohort, w0, add_right, right);
    return right;
}

/* --- losses ------------------------------------------------------------------------- */

static double surprise(const struct cohort *cohort, size_t t, double right)
{
    return -log(cohort->choice[t] ? right : 1 - right);
}

void ensemble_losses(const struct model *model, const struct cohort *cohort, double *losses,
                     size_t *n_scored)
{
    const struct cohort *whole = model_whole_log(model, cohort);
    double *right = rights(model->ensemble, whole, NULL);
    for (size_t a = 0; a < cohort->n_animals; a++) {
        const struct animal *animal = &cohort->animals[a];
        size_t born = whole->animals[cohort_animal(whole, animal->name)].first;
        losses[a] = 0;
        n_scored[a] = 0;
        for (size_t t = animal->first; t < animal->first + animal->count; t++) {
            size_t at = whole == cohort ? t : cohort->place[t];
            if (at == born) /* nothing precedes it */
                continue;
            losses[a] += surprise(cohort, t, right[at]);
            n_scored[a]++;
        }
    }
    free(right);
}

void ensemble_score(const struct model *model, const struct cohort *cohort, const double *w0,
                    const uint8_t *scored, double *losses, size_t *n_scored)
{
    double *right = rights(model->ensemble, cohort, w0);
    for (size_t a = 0; a < cohort->n_animals; a++) {
        const struct animal *animal = &cohort->animals[a];
        losses[a] = 0;
        n_scored[a] = 0;
        for (size_t t = animal->first + 1; t < animal->first + animal->count; t++)
            if (!scored || scored[t]) {
                losses[a] += surprise(cohort, t, right[t]);
                n_scored[a]++;
            }
    }
    free(right);
}

/* --- of single trials, kept ------------------------------------------------------------ */

/* Under the lock. */
static const float *kept_of(const struct ensemble *e, const struct cohort *cohort)
{
    struct ensemble_memory *memory = e->memory;
    for (size_t i = 0; i < ENSEMBLE_COHORTS; i++)
        if (memory->kept[i].cohort == cohort)
            return memory->kept[i].right;
    cohort_drop(memory->kept[ENSEMBLE_COHORTS - 1].cohort);
    free(memory->kept[ENSEMBLE_COHORTS - 1].right);
    memmove(memory->kept + 1, memory->kept, (ENSEMBLE_COHORTS - 1) * sizeof *memory->kept);
    double *right = rights(e, cohort, NULL);
    memory->kept[0].cohort = cohort_hold(cohort);
    memory->kept[0].right = mem_new(cohort->n_trials, sizeof(float));
    for (size_t t = 0; t < cohort->n_trials; t++)
        memory->kept[0].right[t] = (float)right[t];
    free(right);
    return memory->kept[0].right;
}

double ensemble_right(const struct model *model, const struct cohort *cohort, size_t trial)
{
    struct ensemble_memory *memory = model->ensemble->memory;
    pthread_mutex_lock(&memory->lock);
    double right = (double)kept_of(model->ensemble, cohort)[trial];
    pthread_mutex_unlock(&memory->lock);
    return right;
}
