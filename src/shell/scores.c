#include "scores.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/learn/gains.h"

void scores_release(struct scores *s)
{
    for (size_t i = 0; i < s->n; i++)
        model_drop(s->models[i]);
    cohort_drop(s->cohort);
    free(s->models), free(s->elsewhere);
    free(s->loss);
    free(s->scored), free(s->judged);
    *s = (struct scores){0};
}

/* The first half of each animal's trials. */
static uint8_t *first_halves(const struct cohort *c)
{
    uint8_t *seen = mem_new(c->n_trials, sizeof *seen);
    for (size_t a = 0; a < c->n_animals; a++)
        memset(seen + c->animals[a].first, 1, (c->animals[a].count + 1) / 2);
    return seen;
}

/* Of the stretches of the second half, which the model knew nothing of when it was adapted. */
static void score_second(struct scores *s, size_t i)
{
    size_t n = s->cohort->n_animals;
    struct model *adapted = NULL;
    if (s->models[i]->gains) {
        uint8_t *seen = first_halves(s->cohort);
        adapted = model_adapt(s->models[i], s->cohort, seen);
        free(seen);
    }
    judged_compute(adapted ? adapted : s->models[i], s->cohort, s->judged + i * n);
    model_drop(adapted);
    for (size_t a = 0; a < n; a++) {
        struct judged *j = &s->judged[i * n + a];
        judged_second(j);
        s->loss[i * n + a] = 0;
        for (size_t b = 0; b < JUDGED_STRETCHES; b++)
            s->loss[i * n + a] -= j->sum[b];
        s->scored[i * n + a] = j->n;
    }
}

bool scores_work(struct scores *s, struct task *task, struct err *err)
{
    size_t a = s->cohort->n_animals;
    for (size_t i = 0; i < s->n; i++) {
        if (atomic_load(&task->job.stop))
            return err_set(err, ERR_INTERRUPTED, "interrupted");
        if (s->adapt) {
            score_second(s, i);
        } else {
            model_loss(s->models[i], s->cohort, s->loss + i * a, s->scored + i * a);
            judged_compute(s->models[i], s->cohort, s->judged + i * a);
        }
        atomic_store(&task->job.permille, (int)(1000 * (i + 1) / s->n));
    }
    return true;
}

enum part scores_part(const struct scores *s, size_t i, size_t animal)
{
    const struct model *model = s->models[i];
    const char *name = s->cohort->animals[animal].name;
    for (size_t a = 0; a < model->n_animals; a++)
        if (strcmp(model->animals[a], name) == 0)
            return model->held_out[a] ? PART_HELD_OUT
                   : s->elsewhere[i]  ? PART_OTHER
                                      : PART_TRAINING;
    return PART_UNSEEN;
}

/* Are both parts of one log, or the log and a part, without a trial in common? */
static bool is_elsewhere(const struct cohort *fitted, const struct cohort *cohort)
{
    if (!fitted || !fitted->whole || fitted->whole != cohort->whole)
        return false;
    bool *there = mem_new(cohort->whole->n_trials, sizeof *there), common = false;
    for (size_t t = 0; t < fitted->n_trials; t++)
        there[fitted->place[t]] = true;
    for (size_t t = 0; t < cohort->n_trials && !common; t++)
        common = there[cohort->place[t]];
    free(there);
    return !common;
}

double scores_mean(const struct scores *s, size_t model, size_t animal)
{
    size_t at = model * s->cohort->n_animals + animal;
    return s->scored[at] > 0 ? -s->loss[at] / (double)s->scored[at] : NAN;
}

size_t scores_untrained(const struct scores *s, bool *counts)
{
    size_t n = 0;
    for (size_t a = 0; a < s->cohort->n_animals; a++) {
        counts[a] = true;
        for (size_t i = 0; i < s->n; i++)
            if (scores_part(s, i, a) == PART_TRAINING)
                counts[a] = false;
        n += counts[a];
    }
    return n;
}

void scores_notes(const struct scores *s, struct output *out)
{
    for (size_t i = 0; i < s->n; i++) {
        const struct model *m = s->models[i];
        bool other = m->cohort_digest && m->cohort_digest != s->cohort->digest;
        if (!other && m->cohort_digest && !model_knows(m, s->cohort))
            output_note(out, "%s was fitted to other values of a column that its policy names",
                        m->name);
        if (other && s->cohort->whole)
            output_note(out,
                        "%s was fitted to other trials than those that are left; its weights are "
                        "followed from each animal's first trial",
                        m->name);
        else if (other)
            output_note(out,
                        "%s was fitted to other trials than those loaded; parts go by the "
                        "animals' names",
                        m->name);
        for (size_t a = 0; a < s->cohort->n_animals; a++) {
            double mean = scores_mean(s, i, a);
            if (!(mean < -M_LN2 - judged_far_below) &&
                !(s->scored[i * s->cohort->n_animals + a] > 0 && isnan(mean)))
                continue;
            const char *name = s->cohort->animals[a].name;
            output_note(out,
                        "%s fails on %s: %.4f nats per trial, where chance is %.4f; its weights "
                        "run away there (`weights %s`)",
                        m->name, name, mean, -M_LN2, name);
        }
    }
}

/* Takes the reference.  False: its policy needs columns that the cohort lacks. */
static bool add(const struct session *session, struct scores *s, struct model *model,
                const char *verb, struct err *err)
{
    const struct fit *fit = session_fit(session, model->name);
    if (model_meets(model, s->cohort, err)) {
        s->elsewhere[s->n] = is_elsewhere(fit ? fit_cohort(fit) : NULL, s->cohort);
        s->models[s->n++] = model;
        return true;
    }
    err_prefix(err, "%s", verb);
    model_drop(model);
    return false;
}

static bool take_named(const struct session *session, const struct args *args, const char *verb,
                       struct scores *s, struct err *err)
{
    for (size_t i = 0; i < args->n; i++) {
        if (args->items[i].name)
            continue;
        struct model *model =
            session_need_model(session, args->items[i].value, args->items[i].column, err);
        if (!model || !add(session, s, model, verb, err))
            return false;
    }
    return true;
}

static bool take_all(const struct session *session, const char *verb, struct scores *s,
                     struct output *out, struct err *err)
{
    struct err first = {0};
    for (size_t i = 0; i < session->n_fits; i++) {
        struct err why = {0};
        struct model *model = session_need_model(session, fit_name(session->fits[i].fit), 0, &why);
        if (model && add(session, s, model, verb, &why))
            continue;
        if (session->n_fits > 1)
            output_note(out, "%s", why.message);
        first = first.code == ERR_NONE ? why : first;
    }
    return s->n > 0 || err_set(err, first.code, "%s", first.message);
}

bool scores_take(struct session *session, const struct args *args, const char *verb,
                 struct scores *s, struct output *out, struct err *err)
{
    const struct cohort *cohort = session_need_cohort(session, err);
    *s = (struct scores){0};
    if (!cohort || !session_need_fit(session, NULL, 0, err))
        return false;
    size_t named = args_positional(args), n = named ? named : session->n_fits;
    s->cohort = cohort_hold(cohort);
    s->models = mem_new(n, sizeof *s->models);
    s->elsewhere = mem_new(n, sizeof *s->elsewhere);
    s->loss = mem_new(n * cohort->n_animals, sizeof *s->loss);
    s->scored = mem_new(n * cohort->n_animals, sizeof *s->scored);
    s->judged = mem_new(n * cohort->n_animals, sizeof *s->judged);
    bool fine =
        named ? take_named(session, args, verb, s, err) : take_all(session, verb, s, out, err);
    if (!fine)
        scores_release(s);
    return fine;
}
