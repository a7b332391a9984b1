/* optimizer=fast, for networks: where Adam's schedule takes one step a pass over the
 * cohort, this takes many, on segments of animals' trials from all over it (segments.h).
 * An epoch of the curve is a pass; the loss is evaluated, exactly and over all animals,
 * at some 32 of them, and at least at every eighth.
 *
 * Steps are Adam's with short memories, since gradients of so few trials are noisy, at
 * a rate that comes up over the first steps and then goes down to 0 along a cosine:
 * the noise ends with it, and so does the age of the segments' starts.  What else was
 * tried, and how this compares, is in samples/speed.txt. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "adam.h"
#include "deltaw/base/mem.h"
#include "deltaw/base/rng.h"
#include "segments.h"
#include "trainer.h"

enum {
    WARM = 20, /* steps over which the rate comes up */
    LEAST_PASSES = 20,
    POINTS = 32,
    LONGEST_GAP = 8, /* losses of the curve; passes between two */
    MOST_FAILURES = 6,
};

/* Rules with a memory need smaller steps, and overfit sooner. */
struct schedule {
    double factor;             /* of the largest rate over rate= */
    size_t steps, most_passes; /* of a fit, where epochs= does not say */
};
static const struct schedule plain = {22, 1050, 270}, memory = {10, 940, 140};

static const struct schedule *schedule_of(const struct rule *rule)
{
    return rule && rule->memory ? &memory : &plain;
}

struct minibatch {
    struct trainer *t;
    struct segments *segments;
    struct adam adam;
    double *gradient_w0; /* [n_animals][K], where w_0 is not trained */
    double rate;         /* the largest, a quarter after each failure */
    long step, steps;    /* taken, or given up; in all */
    int failures;
    const char *why;
};

int minibatch_epochs(const struct fit_settings *s, const struct cohort *cohort, const bool *train)
{
    const struct schedule *schedule = schedule_of(rule_find(s->rule));
    size_t n = 0, animals = 0;
    for (size_t a = 0; a < cohort->n_animals; a++) {
        n += train[a] ? segments_of(cohort->animals[a].count, s->truncation) : 0;
        animals += train[a];
    }
    if (s->pool == POOL_EACH && animals > 0) /* each fit has one of them */
        n = (n + animals - 1) / animals;
    size_t of_pass = n ? segments_steps(n) : 1;
    size_t passes = (schedule->steps + of_pass - 1) / of_pass;
    passes = passes < schedule->most_passes ? passes : schedule->most_passes;
    return (int)(passes > LEAST_PASSES ? passes : LEAST_PASSES);
}

static double rate_now(const struct minibatch *f)
{
    double done = (double)f->step / (double)f->steps;
    double warm = fmin(WARM, (double)f->steps / 5);
    return f->rate * fmin(1, ((double)f->step + 1) / (warm + 1)) * .5 * (1 + cos(M_PI * done));
}

enum outcome { DONE, BEYOND, STOPPED };

/* BEYOND: where gradients are no numbers. */
static enum outcome pass(struct minibatch *f, int epoch)
{
    struct trainer *t = f->t;
    size_t steps = segments_steps(segments_count(f->segments));
    struct rng rng =
        rng_stream(t->fit->settings.seed, RNG_BATCH, (uint32_t)epoch, (uint32_t)f->failures);
    segments_shuffle(f->segments, &rng);
    segments_limit(f->segments, trainer_threads(t));
    for (size_t i = 0; i < steps; i++, f->step++) {
        if (!trainer_may_go_on(t))
            return STOPPED;
        segments_step(f->segments, i, t->theta, trainer_w0(t), t->gradient,
                      t->train_w0 ? t->gradient + t->tensors.size : f->gradient_w0);
        for (size_t j = 0; j < t->n_all; j++)
            if (!isfinite(t->gradient[j])) {
                f->step += (long)(steps - i);
                return BEYOND;
            }
        trainer_penalty(t, t->gradient);
        adam_step(&f->adam, rate_now(f), t->theta, t->gradient);
        trainer_bound(t);
    }
    return DONE;
}

static void take_checkpoint(struct minibatch *f, int epoch)
{
    struct trainer *t = f->t;
    size_t n;
    double *starts = segments_starts(f->segments, &n);
    checkpoint_take(&t->checkpoint, epoch, t->theta, &f->adam, n);
    t->checkpoint->step = f->step;
    t->checkpoint->rate = f->rate;
    t->checkpoint->failures = f->failures;
    memcpy(t->checkpoint->starts, starts, n * sizeof *starts);
}

/* Segments begin as they were left, or exactly.  False: stopped, or it cannot go on. */
static bool begin(struct minibatch *f)
{
    struct trainer *t = f->t;
    const struct checkpoint *c = t->checkpoint;
    size_t n;
    double *starts = segments_starts(f->segments, &n);
    if (!c)
        return segments_start(f->segments, t->theta, trainer_w0(t), &t->fit->at->stop);
    if (c->n_starts != n) {
        f->why = "what segments begin with is of other segments";
        return false;
    }
    checkpoint_give(c, &f->adam);
    f->step = c->step;
    f->rate = c->rate;
    f->failures = c->failures;
    memcpy(starts, c->starts, n * sizeof *starts);
    return true;
}

/* The exact loss as the curve's next point. */
static enum outcome look(struct minibatch *f, int epoch, bool last)
{
    struct trainer *t = f->t;
    if (!trainer_may_go_on(t) || !trainer_evaluate(t, epoch, false, last))
        return STOPPED;
    const char *why = trainer_trouble(t, false);
    if (!why) {
        take_checkpoint(f, epoch);
        trainer_keep(t);
        return DONE;
    }
    if (epoch == 0)
        f->why = why; /* for whoever made the start */
    else
        t->n_history--; /* the last good one is the newest again */
    return BEYOND;
}

/* Back to what was kept, with smaller steps. */
static bool go_back(struct minibatch *f)
{
    struct trainer *t = f->t;
    if (f->why)
        return false;
    if (f->failures++ == MOST_FAILURES) {
        f->why = "the loss is no longer a number, however small the steps";
        return false;
    }
    f->rate /= 4;
    memcpy(t->theta, t->best, t->n_all * sizeof *t->theta);
    adam_forget(&f->adam);
    return segments_start(f->segments, t->theta, trainer_w0(t), &t->fit->at->stop);
}

static void fit_adam_segments(struct minibatch *f)
{
    struct trainer *t = f->t;
    int epochs = t->fit->settings.epochs, gap = epochs / POINTS;
    gap = gap < 1 ? 1 : gap > LONGEST_GAP ? LONGEST_GAP : gap;
    int first = trainer_first(t);
    for (int epoch = first; epoch <= epochs; epoch++) {
        bool last = epoch == epochs;
        enum outcome outcome =
            epoch == first || epoch % gap == 0 || last ? look(f, epoch, last) : DONE;
        if (outcome == BEYOND && last && go_back(f))
            outcome = look(f, epoch, true);
        else if (outcome == BEYOND && !last)
            f->step += (long)segments_steps(segments_count(f->segments)); /* no pass this time */
        t->finished = outcome == DONE && last;
        if (outcome == DONE && !last)
            outcome = pass(f, epoch);
        if (outcome == STOPPED || (outcome == BEYOND && !go_back(f)))
            break;
    }
}

const char *fit_minibatch(struct trainer *t)
{
    const struct fit_settings *s = &t->fit->settings;
    struct minibatch f = {.t = t, .adam = adam_new(t->n_all)};
    f.adam.beta1 = .8, f.adam.beta2 = .99;
    f.rate = s->rate * schedule_of(t->rule)->factor;
    f.gradient_w0 = mem_new(t->n_animals * t->n_weights, sizeof *f.gradient_w0);
    f.segments = segments_new(&(struct segments_setup){.engine = engine_pick(),
                                                       .rule = t->rule,
                                                       .shape = t->shape,
                                                       .trials = t->trials,
                                                       .train = t->train,
                                                       .length = s->truncation,
                                                       .threads = t->threads});
    f.steps = (long)segments_steps(segments_count(f.segments)) * s->epochs;
    if (begin(&f))
        fit_adam_segments(&f);
    segments_free(f.segments);
    adam_free(&f.adam);
    free(f.gradient_w0);
    return f.why;
}
