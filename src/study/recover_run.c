/* One run of `recover`: simulate, fit what there is to choose from, measure. */
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "deltaw/base/mem.h"
#include "deltaw/learn/gp.h"
#include "deltaw/study/simulate.h"
#include "recover_inside.h"
#include "truth.h"

/* --- words ------------------------------------------------------------------ */

/* "reinforce animals=10" to arguments; those of a table, which are not checked. */
static struct args words_args(const char *words)
{
    struct args args = {0};
    char *copy = mem_text(words), *rest = copy, *word;
    while ((word = strsep(&rest, " "))) {
        char *equals = strchr(word, '=');
        if (equals)
            *equals = '\0';
        if (*word)
            args_set(&args, equals ? word : NULL, equals ? equals + 1 : word, 0);
    }
    free(copy);
    return args;
}

/* Are the words of the rule, as it was asked for, about this setting? */
static bool said(const char *words, const char *setting)
{
    struct args args = words_args(words);
    bool given = args_given(&args, setting);
    args_free(&args);
    return given;
}

/* Lays the words over the settings, but for what was asked for and what the rule has no use
 * for. */
static bool lay(const char *words, const struct cv_rule *asked, const struct rule *rule,
                struct fit_settings *s, struct err *err)
{
    struct args args = words_args(words);
    bool good = true;
    for (size_t i = 0; good && i < args.n; i++) {
        const struct setting *row = setting_find(args.items[i].name);
        if (row && !setting_refused(row, rule) && !said(asked->words, row->option.name))
            good = setting_set(row, args.items[i].value, s, err);
    }
    args_free(&args);
    return good;
}

/* --- the animals -------------------------------------------------------------- */

/* What a run takes for each of its trials beside the cohort and what the fit asks for. */
static const double trial_bytes = 120;

bool recover_room(const struct recover_plan *plan, struct err *err)
{
    bool good = true;
    for (size_t i = 0; good && i < plan->n_cases; i++) {
        struct args args = words_args(plan->cases[i].agents);
        good = simulate_check(args_at(&args, 0), &args, trial_bytes, err);
        args_free(&args);
        if (good)
            continue;
        err_remedy(err, plan->confusion ? "fewer animals= or trials= take less"
                                        : "other settings or quick=yes take less");
        err_prefix(err, "recover: %s", plan->cases[i].name);
    }
    return good;
}

/* The animals, where there is room for them and for what runs at work still have to take. */
static struct cohort *simulated(const struct recover_case *c, uint64_t seed, double promised,
                                struct job *job, struct err *err)
{
    struct args args = words_args(c->agents);
    struct cohort *cohort = NULL;
    char *rule = mem_text(args_at(&args, 0)), number[32];
    snprintf(number, sizeof number, "%llu", (unsigned long long)seed);
    args_set(&args, "seed", number, 0);
    double trials = args_number(&args, simulate_options, "animals") *
                    args_number(&args, simulate_options, "trials");
    if (simulate_check(rule, &args, trial_bytes + promised / trials, err))
        simulate_run(rule, &args, NULL, &job->stop, NULL, &cohort, err);
    free(rule);
    args_free(&args);
    return cohort;
}

/* Runs reserve memory; a run that finds too little waits for others. */
struct at_work {
    pthread_mutex_t lock;
    int n;
    double promised; /* bytes they still have to take */
};

static struct at_work *runs_at_work(void)
{
    static struct at_work runs = {.lock = PTHREAD_MUTEX_INITIALIZER};
    return &runs;
}

static struct cohort *simulated_in_turn(const struct recover_case *c, uint64_t seed,
                                        struct job *job, struct err *err)
{
    struct at_work *runs = runs_at_work();
    struct cohort *cohort = NULL;
    for (bool last = false; !cohort && !last && !atomic_load(&job->stop);) {
        pthread_mutex_lock(&runs->lock);
        last = runs->n == 0;
        err_clear(err);
        cohort = simulated(c, seed, runs->promised, job, err);
        runs->n += cohort != NULL;
        runs->promised += cohort ? trial_bytes * (double)cohort->n_trials : 0;
        pthread_mutex_unlock(&runs->lock);
        if (!cohort && !last)
            usleep(50000);
    }
    return cohort;
}

static void leave(const struct cohort *cohort)
{
    struct at_work *runs = runs_at_work();
    pthread_mutex_lock(&runs->lock);
    runs->n--;
    runs->promised -= trial_bytes * (double)cohort->n_trials;
    pthread_mutex_unlock(&runs->lock);
}

/* What nothing depends on has a weight of 0, which the log does not say.  The cohort is
 * nobody else's yet. */
static void complete_truth(struct cohort *cohort, const struct policy *policy)
{
    for (size_t k = 0; k < policy->n; k++) {
        char *name = mem_printf(TRUE_PREFIX "%s", policy->weight[k]);
        if (cohort_column(cohort, name)) {
            free(name);
            continue;
        }
        cohort->columns =
            mem_resize(cohort->columns, cohort->n_columns + 1, sizeof *cohort->columns);
        cohort->columns[cohort->n_columns++] = (struct cohort_column){
            name, mem_new(cohort->n_trials, sizeof *cohort->columns->values)};
    }
}

/* What w0=truth takes for the first weight is moved by so much. */
static void mislead(struct cohort *cohort, double by)
{
    const struct cohort_column *column = cohort_column(cohort, TRUE_PREFIX "w_stim");
    for (size_t t = 0; column && by != 0 && t < cohort->n_trials; t++)
        column->values[t] += (float)by;
}

static char *last_tenth(const struct cohort *cohort)
{
    size_t n = cohort->n_animals, held = n / 10;
    held = held ? held : n > 1;
    struct strbuf names = {0};
    for (size_t a = n - held; a < n; a++)
        strbuf_printf(&names, "%s%s", names.len ? "," : "", cohort->animals[a].name);
    return strbuf_take(&names);
}

/* --- the fit -------------------------------------------------------------------- */

/* Losses per trial of animals that were fitted and of those held out; trials [2].  each
 * [n_animals] that of every animal that was held out, NaN of others; may be NULL. */
static void losses(const struct model *model, const struct cohort *cohort, double *loss,
                   double *trials, double *each)
{
    size_t n = cohort->n_animals, *scored = mem_new(n, sizeof *scored);
    double *sum = mem_new(n, sizeof *sum);
    loss[0] = loss[1] = trials[0] = trials[1] = 0;
    model_loss(model, cohort, sum, scored);
    for (size_t a = 0; a < n; a++) {
        bool held = a < model->n_animals && model->held_out[a];
        loss[held] += sum[a];
        trials[held] += (double)scored[a];
        if (each)
            each[a] = held && scored[a] ? sum[a] / (double)scored[a] : NAN;
    }
    for (int i = 0; i < 2; i++)
        loss[i] = trials[i] > 0 ? loss[i] / trials[i] : NAN;
    free(sum), free(scored);
}

/* Of a textbook rule by Schwarz's approximation. */
static double evidence_of(const struct model *model, double loss, double trials)
{
    if (model->gp)
        return model->gp->log_evidence;
    if (model->rule->network)
        return NAN;
    double k = (double)settings_fitted(&model->settings, &model->tensors);
    return -loss * trials - k / 2 * log(trials);
}

struct task {
    const struct recover_plan *plan;
    const struct recover_case *c;
    const struct cv_rule *asked;
    const struct rule *rule;
    uint64_t seed;
    struct cohort *cohort;
    struct job *job;
    double *each; /* [n_animals] losses of the best fit so far; NULL: none yet */
};

static struct model *fit_words(struct task *t, const char *words, struct err *err)
{
    struct fit_settings s = fit_settings_copy(&t->asked->settings);
    struct model *model = NULL;
    bool good = lay(words, t->asked, t->rule, &s, err);
    free(s.holdout);
    s.holdout = last_tenth(t->cohort);
    s.seed = t->seed;
    if (good && s.optimizer == OPTIMIZER_FAST && !said(words, "epochs") && !t->asked->epochs_asked)
        s.epochs = fit_minibatch_epochs(&s, t->cohort);
    if (good) {
        complete_truth(t->cohort, &s.policy);
        model = fit_within(&s, t->cohort, NULL, t->job, err);
    }
    fit_settings_free(&s);
    return model;
}

/* Are the two so near, over animals that were held out, that the difference is within its
 * standard error? */
static bool alike(size_t n, const double *a, const double *b)
{
    double mean = 0, squares = 0, known = 0;
    for (size_t i = 0; i < n; i++) {
        double d = a[i] - b[i], off = d - mean;
        if (!isfinite(d))
            continue;
        mean += off / ++known;
        squares += off * (d - mean);
    }
    return known > 1 && fabs(mean) <= sqrt(squares / (known - 1) / known);
}

/* The model with the smaller loss; of two that are alike that with fewer weights, as in the rule
 * of one standard error (Breiman et al. 1984). */
static bool is_better(const struct task *t, const struct model *model, double loss,
                      const double *each, const struct model *best, double least)
{
    size_t more = model->settings.policy.n, fewer = best->settings.policy.n;
    return more != fewer && alike(t->cohort->n_animals, each, t->each) ? more < fewer
                                                                       : loss < least;
}

/* Keeps the better of two by what was held out. */
static void choose(struct task *t, const char *words, struct model **best,
                   struct recover_result *out, struct err *err)
{
    double loss[2], trials[2];
    struct model *model = fit_words(t, words, err);
    if (!model)
        return;
    double *each = mem_new(t->cohort->n_animals, sizeof *each);
    losses(model, t->cohort, loss, trials, each);
    if (!*best || is_better(t, model, loss[1], each, *best, out->value[RECOVER_HELDOUT])) {
        model_drop(*best);
        free(out->fit), free(t->each);
        *best = model;
        t->each = each;
        out->fit = mem_text(words);
        out->value[RECOVER_TRAIN] = loss[0];
        out->value[RECOVER_HELDOUT] = loss[1];
        out->value[RECOVER_EVIDENCE] = evidence_of(model, loss[0], trials[0]);
    } else {
        model_drop(model);
        free(each);
    }
}

/* May another choice be tried?  One that the rule cannot be fitted by (gp takes few weights) is
 * none, as long as there is another. */
static bool goes_on(const struct model *best, struct err *err)
{
    if (best && err->code != ERR_INTERRUPTED)
        *err = (struct err){0};
    return err->code != ERR_INTERRUPTED;
}

/* Every choice of the options of all rules with every one of those of networks. */
static struct model *best_fit(struct task *t, struct recover_result *out, struct err *err)
{
    struct model *best = NULL;
    char *all = mem_text(t->c->fit), *rest = all, *common;
    while (goes_on(best, err) && (common = strsep(&rest, "|"))) {
        char *more = mem_text(t->rule->network ? t->c->network : ""), *others = more, *network;
        while (goes_on(best, err) && (network = strsep(&others, "|"))) {
            char *words = mem_printf("%s%s%s", common, *network ? " " : "", network);
            *err = (struct err){0};
            choose(t, words, &best, out, err);
            free(words);
        }
        free(more);
    }
    free(all);
    goes_on(best, err);
    return best;
}

/* --- w_0 that may be moved -------------------------------------------------------- */

/* What short fits are of: the rule itself, without a drift, which would hide a wrong start; of
 * gp, which takes long, reinforce-base. */
static struct fit_settings short_settings(const struct task *t)
{
    struct fit_settings s = fit_settings_copy(&t->asked->settings);
    if (t->rule->posterior) {
        fit_settings_free(&s);
        fit_settings_default(&s);
        snprintf(s.rule, sizeof s.rule, "reinforce-base");
        s.threads = t->asked->settings.threads;
    }
    s.shape.drift = false;
    s.held.drift.n = 0;
    return s;
}

/* The held-out loss with w_0 moved by so much, of a short fit. */
static double loss_moved(const struct task *of, double by, struct err *err)
{
    struct cv_rule quick = *of->asked;
    struct task t = *of;
    double loss[2] = {INFINITY, INFINITY}, trials[2];
    quick.settings = short_settings(of);
    t.asked = &quick;
    t.rule = rule_find(quick.settings.rule);
    char *words = mem_printf("%s %s%s", t.c->fit, t.rule->network ? t.c->network : "",
                             t.rule->network ? " epochs=15" : "");
    mislead(t.cohort, by);
    struct model *model = fit_words(&t, words, err);
    if (model)
        losses(model, t.cohort, loss, trials, NULL);
    mislead(t.cohort, -by);
    model_drop(model);
    fit_settings_free(&quick.settings);
    free(words);
    return loss[1];
}

/* By how much w_0 is moved: a grid, then twice halfway to the neighbours of the best. */
static double best_move(struct task *t, struct err *err)
{
    double best = 0, step = .75, least = loss_moved(t, 0, err);
    for (int round = 0; round < 3; round++, step /= 2) {
        double centre = best;
        for (int i = -2; i <= 2 && err->code == ERR_NONE; i++) {
            double by = centre + i * step, loss;
            if (i == 0 || (round > 0 && abs(i) == 2))
                continue;
            loss = loss_moved(t, by, err);
            if (loss < least)
                least = loss, best = by;
        }
    }
    return best;
}

/* The fit that is taken; the cohort is as it was then. */
static struct model *fitted(struct task *t, struct recover_result *out, struct err *err)
{
    double by = 0;
    mislead(t->cohort, t->c->wrong);
    if (t->c->move)
        by = best_move(t, err);
    mislead(t->cohort, by);
    struct model *model = err->code == ERR_NONE ? best_fit(t, out, err) : NULL;
    mislead(t->cohort, -t->c->wrong - by);
    if (model && t->c->move) {
        char *words = mem_printf("%s, w_0 moved by %g", out->fit, by);
        free(out->fit);
        out->fit = words;
    }
    return model;
}

bool recover_run(const struct recover_plan *plan, size_t run, struct job *job,
                 struct recover_result *out)
{
    const struct recover_at at = recover_at(plan, run);
    struct task t = {.plan = plan,
                     .c = &plan->cases[at.which],
                     .asked = &plan->rules[at.rule],
                     .rule = rule_find(plan->rules[at.rule].settings.rule),
                     .seed = plan->seeds[at.seed],
                     .job = job};
    struct err err = {0};
    for (size_t i = 0; i < RECOVER_MEASURES; i++)
        out->value[i] = NAN;
    t.cohort = simulated_in_turn(t.c, t.seed, job, &err);
    struct model *model = t.cohort ? fitted(&t, out, &err) : NULL;
    if (model && err.code == ERR_NONE)
        recover_errors(model, t.cohort, t.c->error, &job->stop, out->value);
    model_drop(model);
    if (t.cohort)
        leave(t.cohort);
    cohort_drop(t.cohort);
    free(t.each);
    bool stopped = err.code == ERR_INTERRUPTED || atomic_load(&job->stop);
    if (stopped)
        recover_result_clear(out);
    else if (err.code != ERR_NONE)
        out->failed = mem_text(err.message);
    return !stopped;
}
