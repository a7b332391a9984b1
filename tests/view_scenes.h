/* Scenes made by hand for the tests of views: a ragged cohort with or without a
 * known truth, and models whose rule, history and visited weights are given. */
#ifndef TESTS_VIEW_SCENES_H
#define TESTS_VIEW_SCENES_H

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/rng.h"
#include "deltaw/view/view.h"

enum { SCENE_ANIMALS = 4, SCENE_HIDDEN = 4 };

/* The weights an animal has on its t-th trial of n: from -.5 up to 3, a bias
 * that fades. */
static void scene_weights(size_t animal, size_t t, size_t n, double w[2])
{
    double part = (double)t / (double)n;
    w[0] = -.5 + 3.5 * (1 - exp(-3 * part)) * (1 - .1 * (double)animal);
    w[1] = (animal % 2 ? -.75 : .5) * exp(-4 * part) + .1;
}

static const char scene_truth[] =
    "{\"rule\": \"reinforce\", \"policy\": \"stim+bias\", \"alpha\": [0.0625, 0.03125], "
    "\"baseline\": [0, 0], \"noise\": 0, \"stimuli\": \"ibl\", \"seed\": 1}";

static struct cohort *scene_cohort(bool truth)
{
    static const float levels[] = {-1, -.5f, -.25f, -.125f, 0, .125f, .25f, .5f, 1};
    static const size_t counts[SCENE_ANIMALS] = {2400, 1800, 3000, 1234};
    static const char *const columns[] = {"true_w_stim", "true_w_bias"};
    struct cohort_builder *b = cohort_builder_new();
    if (truth)
        cohort_builder_columns(b, 2, columns);
    for (size_t a = 0; a < SCENE_ANIMALS; a++) {
        char name[32];
        struct rng rng = rng_stream(7, RNG_TEST, (uint32_t)a, 0);
        snprintf(name, sizeof name, "m%02zu", a + 1);
        cohort_builder_animal(b, name);
        for (size_t t = 0; t < counts[a]; t++) {
            double w[2];
            float s = levels[rng_below(&rng, 9)];
            if (t % 400 == 0) {
                snprintf(name, sizeof name, "d%zu", t / 400 + 1);
                cohort_builder_session(b, name);
            }
            scene_weights(a, t, counts[a], w);
            bool right = rng_uniform(&rng) < 1 / (1 + exp(-w[0] * (double)s - w[1]));
            bool pays = s > 0 || (s == 0 && rng_below(&rng, 2));
            float extra[2] = {(float)(w[0] + .05), (float)(w[1] - .05)};
            cohort_builder_trial(b,
                                 &(struct cohort_trial){.stimulus = s,
                                                        .choice = right,
                                                        .answer = pays,
                                                        .reward = right == pays,
                                                        .trial = (int32_t)t + 1},
                                 truth ? extra : NULL);
        }
    }
    struct cohort *cohort = cohort_builder_finish(b, truth ? "made" : "mice.csv.gz", "test");
    cohort->truth = truth ? mem_text(scene_truth) : NULL;
    return cohort;
}

static double *scene_tensor(struct model *m, const char *name)
{
    for (size_t i = 0; i < m->tensors.n; i++)
        if (strcmp(m->tensors.item[i].name, name) == 0)
            return m->theta + m->tensors.item[i].offset;
    abort();
}

/* dw_stim = 2^-6 (relu(s + r - w/4 - .5) + relu(-s + r - w/4 - .5) - (1 - r)/4):
 * all numbers are dyadic, so that every engine gives the same bits.
 * Inputs: w_stim w_bias s 1 day y r side. */
static void scene_theta(struct model *m)
{
    double *scale = scene_tensor(m, "scaling_factor");
    double *first = scene_tensor(m, "dnn.0.weight"), *second = scene_tensor(m, "dnn.2.weight");
    double *last = scene_tensor(m, "dnn.4.weight"), *shift = scene_tensor(m, "dnn.4.bias");
    scale[0] = scale[1] = .015625;
    const double rows[3][8] = {
        {-.25, 0, 1, -.5, 0, 0, 1, 0}, {-.25, 0, -1, -.5, 0, 0, 1, 0}, {0, 0, 0, 0, 0, 0, 1, 0}};
    memcpy(first, rows, sizeof rows);
    for (int i = 0; i < SCENE_HIDDEN; i++)
        second[i * SCENE_HIDDEN + i] = 1;
    last[0] = last[1] = 1;
    last[2] = .25;
    shift[0] = -.25;
    last[SCENE_HIDDEN] = .125; /* dw_bias follows the first only */
}

static void scene_history(struct model *m, int epochs, bool held_out)
{
    m->n_history = (size_t)epochs + 1;
    m->history = mem_new(m->n_history, sizeof *m->history);
    for (int e = 0; e <= epochs; e++) {
        double train = .5 + .19 * exp(-e / 60.) + .0005 * exp(-e / 500.);
        m->history[e] = (struct epoch_loss){
            .epoch = e,
            .seconds = .014 * e,
            .train = train,
            .held_out = held_out ? train + .004 + .003 * (1 - exp(-e / 200.)) : NAN,
        };
    }
}

static struct visited *scene_visited(const struct cohort *cohort, int epoch)
{
    struct visited *visited = mem_new(1, sizeof *visited);
    *visited = (struct visited){
        .epoch = epoch, .n_trials = cohort->n_trials, .n_weights = 2, .references = 1};
    visited->w = mem_new(cohort->n_trials * 2, sizeof(float));
    for (size_t a = 0; a < cohort->n_animals; a++) {
        const struct animal *animal = &cohort->animals[a];
        for (size_t t = 0; t < animal->count; t++) {
            double w[2];
            scene_weights(a, t, animal->count, w);
            visited->w[(animal->first + t) * 2] = (float)w[0];
            visited->w[(animal->first + t) * 2 + 1] = (float)w[1];
        }
    }
    return visited;
}

/* cohort NULL: as opened from a file, without history or visited weights. */
static struct model *scene_model(const char *name, const struct cohort *cohort, int epochs,
                                 bool held_out)
{
    struct model *m = mem_new(1, sizeof *m);
    m->references = 1;
    m->name = mem_text(name);
    m->rule = rule_find("dnn");
    fit_settings_default(&m->settings);
    m->settings.shape.hidden = SCENE_HIDDEN;
    m->rule->layout(&m->settings.shape, &m->tensors);
    m->theta = mem_new(m->tensors.size, sizeof(double));
    scene_theta(m);
    if (!cohort)
        return m;
    m->n_animals = cohort->n_animals;
    m->animals = mem_new(m->n_animals, sizeof(char *));
    m->held_out = mem_new(m->n_animals, sizeof(bool));
    m->w0 = mem_new(m->n_animals * 2, sizeof(double));
    for (size_t a = 0; a < m->n_animals; a++) {
        m->animals[a] = mem_text(cohort->animals[a].name);
        m->held_out[a] = held_out && a == 2;
        scene_weights(a, 0, 1, m->w0 + 2 * a);
    }
    scene_history(m, epochs, held_out);
    m->cohort_digest = cohort->digest;
    m->cohort_name = mem_text(cohort->name);
    m->visited = scene_visited(cohort, epochs);
    return m;
}

static struct fit_status scene_status(const struct model *m, enum fit_state state, int epochs)
{
    struct fit_status status = {
        .state = state, .epochs = epochs, .train = NAN, .held_out = NAN, .seconds_left = NAN};
    if (m->n_history > 0) {
        const struct epoch_loss *last = &m->history[m->n_history - 1];
        status.epoch = last->epoch;
        status.train = last->train;
        status.held_out = last->held_out;
        status.seconds = last->seconds;
    }
    return status;
}

#endif
