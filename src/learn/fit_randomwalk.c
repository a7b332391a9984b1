/* Random walks as a fit: animal by animal, the longest first, over a team of threads.  They
 * have nothing in common, so that bits do not depend on who fits which. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/team.h"
#include "deltaw/data/unrewarded.h"
#include "deltaw/learn/inputs.h"
#include "deltaw/learn/randomwalk.h"
#include "trainer.h"

struct walking {
    struct trainer *t;
    struct cohort *whole; /* with trials whose reward is unknown */
    size_t *place;        /* [whole->n_trials] in the cohort; SIZE_MAX: not there */
    struct randomwalk_set *set;
    size_t *order;        /* [n_animals] of the cohort, longest first */
    atomic_size_t fitted; /* trials */
    atomic_int evaluations;
    pthread_mutex_t lock;
    size_t failed; /* the first of the animals that did; its reason is t->why */
};

/* One animal's rows, as the fit takes them. */
struct rows {
    struct randomwalk_trials trials;
    double *x;
    uint8_t *choice;
    bool *day;
    size_t *place;
};

/* Rows whose reward is unknown may lack a column that the policy names: they are left out. */
static struct rows take_rows(const struct walking *walking, const struct animal *animal)
{
    const struct policy *policy = &walking->t->fit->settings.policy;
    size_t k = policy->n, n = 0;
    struct rows r = {.x = mem_new(animal->count * k, sizeof *r.x),
                     .choice = mem_new(animal->count, 1),
                     .day = mem_new(animal->count, sizeof *r.day),
                     .place = mem_new(animal->count, sizeof *r.place)};
    bool day = false;
    for (size_t t = animal->first; t < animal->first + animal->count; t++) {
        bool good = true;
        inputs_policy_of(policy, walking->whole, animal, t, r.x + n * k);
        for (size_t i = 0; i < k; i++)
            good = good && isfinite(r.x[n * k + i]);
        day = day || cohort_day(walking->whole, animal, t);
        if (!good)
            continue;
        r.choice[n] = walking->whole->choice[t];
        r.day[n] = day;
        r.place[n++] = walking->place ? walking->place[t] : t;
        day = false;
    }
    r.trials = (struct randomwalk_trials){
        .n = n, .n_weights = k, .x = r.x, .choice = r.choice, .day = r.day};
    return r;
}

static void rows_free(struct rows *r)
{
    free(r->x), free(r->choice), free(r->day), free(r->place);
}

/* A single trial tells of no steps: the weights stay as they are before any trial. */
static void keep_single(const struct rows *r, struct randomwalk_set *set,
                        struct randomwalk_animal *animal)
{
    size_t k = set->n_weights, at = r->place[0];
    animal->log_evidence = animal->log_likelihood = NAN;
    for (size_t i = 0; i < 2 * k; i++)
        animal->log_sigma[i] = animal->log_error[i] = NAN;
    for (size_t i = 0; i < k && at != SIZE_MAX; i++)
        set->sd[at * k + i] = set->logit_sd[at] = RANDOMWALK_FIRST_SD;
}

static void keep_walk(const struct rows *r, const struct randomwalk *walk,
                      struct randomwalk_set *set, struct randomwalk_animal *animal)
{
    size_t k = set->n_weights;
    animal->by_day = walk->by_day;
    animal->log_evidence = walk->log_evidence, animal->log_likelihood = walk->log_likelihood;
    for (size_t i = 0; i < 2 * k; i++) {
        bool there = i < k || walk->by_day;
        animal->log_sigma[i] = there ? walk->log_sigma[i] : NAN;
        animal->log_error[i] = there ? walk->log_error[i] : NAN;
    }
    for (size_t t = 0; t < r->trials.n; t++) {
        size_t at = r->place[t];
        if (at == SIZE_MAX)
            continue;
        memcpy(set->w + at * k, walk->w + t * k, k * sizeof *walk->w);
        memcpy(set->sd + at * k, walk->sd + t * k, k * sizeof *walk->sd);
        set->logit_sd[at] = walk->logit_sd[t];
    }
}

/* The thread of the job rests where it is paused, the others beside it. */
static bool may_begin(struct walking *walking, size_t member)
{
    struct job *job = walking->t->fit->at;
    if (member == 0)
        return trainer_may_go_on(walking->t);
    while (job_paused(job) && !atomic_load(&job->stop))
        nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
    return !atomic_load(&job->stop);
}

static void note_failure(struct walking *walking, size_t a, const struct err *why)
{
    pthread_mutex_lock(&walking->lock);
    if (why->code != ERR_INTERRUPTED && a < walking->failed) {
        walking->failed = a;
        err_set(&walking->t->why, why->code, "%s: %s", walking->t->fit->cohort->animals[a].name,
                why->message);
    }
    pthread_mutex_unlock(&walking->lock);
}

static void walk_animal(void *context, size_t i, size_t member)
{
    struct walking *walking = context;
    struct fit *fit = walking->t->fit;
    size_t a = walking->order[i];
    struct randomwalk_animal *animal = &walking->set->animal[a];
    struct randomwalk walk = {0};
    struct err err = {0};
    if (!may_begin(walking, member))
        return;
    long at = cohort_animal(walking->whole, fit->cohort->animals[a].name);
    struct rows rows = take_rows(walking, &walking->whole->animals[at]);
    animal->n_trials = rows.trials.n;
    if (rows.trials.n == 1)
        keep_single(&rows, walking->set, animal);
    else if (randomwalk_fit(&rows.trials, fit->settings.sigma_day, &fit->at->stop, &walk, &err))
        keep_walk(&rows, &walk, walking->set, animal);
    else
        note_failure(walking, a, &err);
    size_t done = atomic_fetch_add(&walking->fitted, rows.trials.n) + rows.trials.n;
    atomic_fetch_add(&walking->evaluations, walk.evaluations);
    atomic_store(&fit->at->permille,
                 (int)(1000. * (double)done / (double)walking->whole->n_trials));
    randomwalk_free(&walk);
    rows_free(&rows);
}

static size_t *longest_first(const struct cohort *cohort)
{
    size_t n = cohort->n_animals, *order = mem_new(n, sizeof *order);
    for (size_t a = 0; a < n; a++) {
        size_t i = a;
        for (; i > 0 && cohort->animals[order[i - 1]].count < cohort->animals[a].count; i--)
            order[i] = order[i - 1];
        order[i] = a;
    }
    return order;
}

/* The set is the model's, and the loss of its weights the one row of the history. */
static void finish(struct walking *walking)
{
    struct trainer *t = walking->t;
    t->randomwalk = randomwalk_set_hold(walking->set);
    struct model *model = trainer_model(t);
    double loss = model_loss(model, t->fit->cohort, NULL, NULL);
    model_sweep(model, t->fit->cohort, trainer_visited(t, 0));
    model_drop(model);
    trainer_tell(t, atomic_load(&walking->evaluations), loss);
    t->finished = true;
}

const char *fit_randomwalk(struct trainer *t)
{
    const struct cohort *cohort = t->fit->cohort;
    struct walking walking = {.t = t, .failed = SIZE_MAX};
    walking.whole = cohort_whole(cohort, &walking.place);
    walking.set = randomwalk_set_new(cohort->n_animals, t->n_weights, cohort->n_trials);
    walking.order = longest_first(cohort);
    pthread_mutex_init(&walking.lock, NULL);
    struct team *team = team_new(t->threads);
    team_limit(team, trainer_threads(t));
    team_run(team, cohort->n_animals, walk_animal, &walking);
    team_free(team);
    if (!atomic_load(&t->fit->at->stop) && walking.failed == SIZE_MAX)
        finish(&walking);
    pthread_mutex_destroy(&walking.lock);
    randomwalk_set_drop(walking.set);
    cohort_drop(walking.whole);
    free(walking.place), free(walking.order);
    return walking.failed == SIZE_MAX ? NULL : t->why.message;
}
