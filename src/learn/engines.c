/* Which engine: what the machine can, or what the environment says. */
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/strbuf.h"
#include "deltaw/learn/engine.h"
#include "deltaw/learn/inputs.h"

#if defined __x86_64__
extern const struct engine engine_avx512, engine_avx2;
#endif
extern const struct engine engine_128, engine_f64;

const struct engine *engine_double(void)
{
    return &engine_f64;
}

const struct engine *engine_at(size_t i)
{
    const struct engine *can[4];
    size_t n = 0;
#if defined __x86_64__
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl"))
        can[n++] = &engine_avx512;
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
        can[n++] = &engine_avx2;
#endif
    can[n++] = &engine_128;
    return i < n ? can[i] : NULL;
}

/* What the environment asks for; NULL: nothing, or one that cannot be. */
static const struct engine *engine_forced(const char *name)
{
    for (size_t i = 0; name && engine_at(i); i++)
        if (strcmp(engine_at(i)->name, name) == 0)
            return engine_at(i);
    return name && strcmp(name, engine_f64.name) == 0 ? &engine_f64 : NULL;
}

bool engine_check(struct err *err)
{
    const char *name = getenv("DELTAW_ENGINE");
    if (!name || engine_forced(name))
        return true;
    struct strbuf have = {0};
    for (size_t i = 0; engine_at(i); i++)
        strbuf_printf(&have, "%s, ", engine_at(i)->name);
    err_set(err, ERR_USAGE, "DELTAW_ENGINE=%s: this machine has no such kernels but %s%s", name,
            strbuf_text(&have), engine_f64.name);
    strbuf_free(&have);
    return false;
}

const struct engine *engine_pick(void)
{
    const struct engine *forced = engine_forced(getenv("DELTAW_ENGINE"));
    return forced ? forced : engine_at(0);
}

const struct engine *engine_of(const struct rule *rule)
{
    return rule->network ? engine_pick() : engine_double();
}

const char *engine_name(void)
{
    return engine_pick()->name;
}

struct trials *trials_new(const struct cohort *cohort, const struct policy *policy)
{
    struct trials *t = mem_new(1, sizeof *t);
    size_t k = policy->n;
    t->n_animals = cohort->n_animals;
    t->n_trials = cohort->n_trials;
    t->n_weights = k;
    t->first = mem_new(t->n_animals, sizeof *t->first);
    t->count = mem_new(t->n_animals, sizeof *t->count);
    t->x = mem_new(t->n_trials * k, sizeof *t->x);
    t->stimulus = mem_copy(cohort->stimulus, t->n_trials, sizeof *t->stimulus);
    t->reward = mem_copy(cohort->reward, t->n_trials, sizeof *t->reward);
    t->flags = mem_new(t->n_trials, sizeof *t->flags);
    for (size_t a = 0; a < t->n_animals; a++) {
        const struct animal *animal = &cohort->animals[a];
        t->first[a] = animal->first;
        t->count[a] = animal->count;
        for (size_t i = animal->first; i < animal->first + animal->count; i++) {
            double x[POLICY_MAX];
            inputs_policy_of(policy, cohort, animal, i, x);
            for (size_t j = 0; j < k; j++)
                t->x[i * k + j] = (float)x[j];
            t->flags[i] = (uint8_t)((cohort->choice[i] ? TRIAL_CHOICE : 0) |
                                    (cohort->answer[i] ? TRIAL_ANSWER : 0) |
                                    (cohort_day(cohort, animal, i) ? TRIAL_DAY : 0) |
                                    (cohort->gap[i] ? TRIAL_GAP : 0));
        }
    }
    return t;
}

void trials_score(struct trials *t, const uint8_t *scored)
{
    for (size_t i = 0; i < t->n_trials; i++) {
        unsigned plain = t->flags[i] & ~(unsigned)TRIAL_UNSCORED;
        t->flags[i] = (uint8_t)(scored && !scored[i] ? plain | TRIAL_UNSCORED : plain);
    }
}

size_t trials_scored(const struct trials *t, size_t animal)
{
    size_t n = 0;
    for (size_t i = 1; i < t->count[animal]; i++)
        n += !(t->flags[t->first[animal] + i] & TRIAL_UNSCORED);
    return n;
}

void trials_repeat(struct trials *t, const size_t *animals, size_t n)
{
    size_t k = t->n_weights, all = t->n_trials;
    for (size_t i = 0; i < n; i++)
        all += t->count[animals[i]];
    t->first = mem_resize(t->first, t->n_animals + n, sizeof *t->first);
    t->count = mem_resize(t->count, t->n_animals + n, sizeof *t->count);
    t->x = mem_resize(t->x, all * k, sizeof *t->x);
    t->stimulus = mem_resize(t->stimulus, all, sizeof *t->stimulus);
    t->reward = mem_resize(t->reward, all, sizeof *t->reward);
    t->flags = mem_resize(t->flags, all, sizeof *t->flags);
    for (size_t i = 0; i < n; i++) {
        size_t from = t->first[animals[i]], to = t->n_trials, count = t->count[animals[i]];
        t->first[t->n_animals] = to;
        t->count[t->n_animals++] = count;
        t->n_trials += count;
        memcpy(t->x + to * k, t->x + from * k, count * k * sizeof *t->x);
        memcpy(t->stimulus + to, t->stimulus + from, count * sizeof *t->stimulus);
        memcpy(t->reward + to, t->reward + from, count * sizeof *t->reward);
        memcpy(t->flags + to, t->flags + from, count * sizeof *t->flags);
    }
}

void trials_free(struct trials *t)
{
    if (!t)
        return;
    free(t->first), free(t->count), free(t->x), free(t->stimulus), free(t->reward);
    free(t->flags);
    free(t);
}
