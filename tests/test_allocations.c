/* Nothing is allocated within a pass over a cohort but by the first: neither in rollouts nor
 * in steps on segments, whatever the number of threads.  Counts calls of the C library's
 * allocators. */
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "cohorts.h"
#include "deltaw/base/mem.h"
#include "segments.h"
#include "rollout.h"
#include "tap.h"

#if defined __SANITIZE_ADDRESS__ || defined __SANITIZE_THREAD__ || !defined __GLIBC__
#define COUNTED 0 /* the allocators are somebody else's */
#else
#define COUNTED 1
#endif

static atomic_ulong calls;

#if COUNTED
extern void *__libc_malloc(size_t), *__libc_calloc(size_t, size_t), *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);
void *malloc(size_t n)
{
    atomic_fetch_add(&calls, 1);
    return __libc_malloc(n);
}
void *calloc(size_t n, size_t size)
{
    atomic_fetch_add(&calls, 1);
    return __libc_calloc(n, size);
}
void *realloc(void *p, size_t n)
{
    atomic_fetch_add(&calls, 1);
    return __libc_realloc(p, n);
}
void *aligned_alloc(size_t align, size_t n)
{
    atomic_fetch_add(&calls, 1);
    return __libc_memalign(align, n);
}
#endif

enum { SEED = 5, N = 7 };
static const size_t counts[N] = {300, 211, 90, 2, 1, 300, 157};

struct setting {
    const struct rule *rule;
    struct rule_shape shape;
    struct trials *trials;
    double theta[8000], w0[N * 2], gradient[8000], gradient_w0[N * 2];
};

static unsigned long of_rollouts(struct setting *s, bool whole, int threads)
{
    bool train[N] = {true, true, false, true, true, true, true};
    struct rollout *r = rollout_new(&(struct rollout_setup){.engine = engine_pick(),
                                                            .rule = s->rule,
                                                            .shape = &s->shape,
                                                            .trials = s->trials,
                                                            .train = train,
                                                            .truncation = 50,
                                                            .whole = whole,
                                                            .threads = threads});
    struct rollout_task task = {.theta = s->theta, .w0 = s->w0, .gradient = true};
    struct rollout_result result;
    rollout_run(r, &task, &result);
    unsigned long before = atomic_load(&calls);
    for (int i = 0; i < 3; i++)
        rollout_run(r, &task, &result);
    unsigned long after = atomic_load(&calls);
    rollout_free(r);
    return after - before;
}

static unsigned long of_segments(struct setting *s, int threads)
{
    bool train[N] = {true, true, false, true, true, true, true};
    struct rng rng = rng_stream(SEED, RNG_TEST, 1, 1);
    struct segments *p = segments_new(&(struct segments_setup){.engine = engine_pick(),
                                                               .rule = s->rule,
                                                               .shape = &s->shape,
                                                               .trials = s->trials,
                                                               .train = train,
                                                               .length = 20,
                                                               .threads = threads});
    segments_start(p, s->theta, s->w0, NULL);
    unsigned long before = atomic_load(&calls);
    for (int pass = 0; pass < 3; pass++) {
        segments_shuffle(p, &rng);
        for (size_t i = 0; i < segments_steps(segments_count(p)); i++)
            segments_step(p, i, s->theta, s->w0, s->gradient, s->gradient_w0);
    }
    unsigned long after = atomic_load(&calls);
    segments_free(p);
    return after - before;
}

int main(void)
{
    static struct setting s;
    if (!COUNTED) {
        tap_skip("calls of malloc cannot be counted here");
        return tap_done();
    }
    struct cohort *cohort = test_cohort(N, counts, SEED);
    struct policy policy;
    static const char *const rules[] = {"dnn", "rnn"};
    policy_parse("stim+bias", &policy, NULL);
    s.trials = trials_new(cohort, &policy);
    for (size_t i = 0; i < 2; i++) {
        struct tensors tensors = {0};
        s.rule = rule_find(rules[i]);
        s.shape = (struct rule_shape){.n_weights = 2, .hidden = 32, .layers = 2};
        rule_layout(s.rule, &s.shape, &tensors);
        rule_init(s.rule, &s.shape, &tensors, SEED, s.theta);
        unsigned long before = atomic_load(&calls);
        free(mem_new(1, 100));
        tap_ok(atomic_load(&calls) > before, "%s: an allocation is counted", rules[i]);
        for (int threads = 1; threads <= 3; threads++) {
            tap_ok(of_rollouts(&s, false, threads) == 0,
                   "%s: none in truncated gradients on %d threads", rules[i], threads);
            tap_ok(of_rollouts(&s, true, threads) == 0, "%s: none in whole gradients on %d threads",
                   rules[i], threads);
            tap_ok(of_segments(&s, threads) == 0, "%s: none in steps on segments on %d threads",
                   rules[i], threads);
        }
    }
    trials_free(s.trials);
    cohort_drop(cohort);
    return tap_done();
}
