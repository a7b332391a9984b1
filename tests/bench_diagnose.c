/* How far diagnose can be trusted: cohorts of right models, and of wrong ones, and how often
 * each check calls.  The table behind the thresholds of src/study/diagnosis.def.
 *
 *   bench_diagnose [seeds=20] [case=NAME] [first=1] [verbose=1] [loop=0]
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "deltaw/learn/engine.h"
#include "deltaw/study/diagnose.h"
#include "agents.h"

static const struct trial_case {
    const char *name, *agent, *simulate, *rule, *fit;
    const char *fault; /* the check that is to call; NULL: none is */
} cases[] = {
    {"right", "reinforce-base", "alpha=.03 baseline=-.2", "reinforce-base", "", NULL},
    {"right, split", "reinforce", "alpha=.03,.02 w0=-1", "reinforce-base", "w0=-1", NULL},
    {"right, gp", "reinforce-base", "alpha=.03 baseline=-.2", "gp", "", NULL},
    {"right, dnn", "reinforce-base", "alpha=.03 baseline=-.2", "dnn", "optimizer=fast epochs=60",
     NULL},
    {"lapsing", "reinforce-base", "alpha=.03 baseline=-.2 decision=lapse lapse=.1",
     "reinforce-base", "", "lapse"},
    {"temperature", "reinforce-base", "alpha=.03 baseline=-.2 decision=temperature temperature=2",
     "reinforce-base", "", "temperature"},
    {"multiplicative", "reinforce-base", "alpha=.1 baseline=-.2 decision=multiplicative",
     "reinforce-base", "policy=cue_left+cue_right", "columns"},
    {"trace, dnn", "trace", "alpha=.02", "dnn", "optimizer=fast epochs=60", "memory"},
    {"trace, textbook", "trace", "alpha=.02", "reinforce-base", "", "memory"},
    {"trace, gp", "trace", "alpha=.02", "gp", "", "memory"},
    {"wrong w_0", "reinforce-base", "alpha=.03 baseline=-.2 w0=-1", "reinforce-base", "",
     "start_weights"},
    {"two groups", "reinforce-base", "alpha=.06/.015 baseline=-.2", "reinforce-base", "",
     "animals_differ"},
};
enum { CASES = sizeof cases / sizeof *cases };

static void take(struct fit_settings *s, const char *text)
{
    struct args args = words(text);
    struct err err = {0};
    for (size_t i = 0; i < args.n; i++)
        if (!setting_set(setting_find(args.items[i].name), args.items[i].value, s, &err))
            err_die("%s", err.message);
    args_free(&args);
}

static struct model *fit_case(const struct trial_case *c, const struct cohort *cohort)
{
    struct fit_settings s;
    struct err err = {0};
    fit_settings_default(&s);
    snprintf(s.rule, sizeof s.rule, "%s", c->rule);
    take(&s, c->fit);
    s.threads = 1;
    struct jobs *jobs = jobs_new(NULL);
    struct fit *fit = fit_start(&s, cohort, c->rule, jobs, NULL, &err);
    while (fit && fit_active(fit))
        nanosleep(&(struct timespec){.tv_nsec = 5000000}, NULL);
    struct model *model = fit ? fit_model(fit) : NULL;
    if (!model)
        err_die("%s: %s", c->name, fit ? fit_status(fit).reason : err.message);
    fit_close(fit);
    jobs_free(jobs);
    fit_settings_free(&s);
    return model;
}

static void one(const struct trial_case *c, long seed, bool verbose, long runs, int *calls,
                int *any, int *named, int *first)
{
    char *text = mem_printf("animals=12 trials=3000 seed=%ld %s", seed, c->simulate);
    struct cohort *cohort = make(c->agent, text);
    struct model *model = fit_case(c, cohort);
    struct diagnosis d;
    struct err err = {0};
    bool called = false;
    if (!diagnosis_run(&(struct diagnosis_request){.model = model, .cohort = cohort}, &d, &err))
        err_die("%s: %s", c->name, err.message);
    struct loop *loop = NULL;
    if (runs && loop_run(model, cohort, (size_t)runs, 99, NULL, &loop, &err))
        diagnosis_loop(loop, &d);
    loop_free(loop);
    for (size_t i = 0; i < d.n; i++) {
        const struct finding *f = &d.finding[i];
        bool calls_now = f->tried && f->verdict != VERDICT_OK;
        calls[i] += calls_now;
        called |= calls_now;
        *named += calls_now && c->fault && strcmp(f->check->name, c->fault) == 0;
        if (verbose && f->tried)
            printf("    %-20s %10.3f %-5s %6.1f %s\n", f->check->name, f->value,
                   diagnosis_verdicts[f->verdict], f->beyond, f->note);
    }
    *any += called;
    *first +=
        c->fault && diagnosis_first(&d) && strcmp(diagnosis_first(&d)->check->name, c->fault) == 0;
    free(text);
    model_drop(model);
    cohort_drop(cohort);
}

int main(int argc, char **argv)
{
    long seeds = 20, first = 1, verbose = 0, runs = 0;
    const char *only = NULL;
    blas_prepare();
    for (int i = 1; i < argc; i++)
        if (strncmp(argv[i], "seeds=", 6) == 0)
            seeds = atol(argv[i] + 6);
        else if (strncmp(argv[i], "first=", 6) == 0)
            first = atol(argv[i] + 6);
        else if (strncmp(argv[i], "verbose=", 8) == 0)
            verbose = atol(argv[i] + 8);
        else if (strncmp(argv[i], "loop=", 5) == 0)
            runs = atol(argv[i] + 5);
        else if (strncmp(argv[i], "case=", 5) == 0)
            only = argv[i] + 5;
    for (size_t i = 0; i < CASES; i++) {
        int calls[DIAGNOSIS_MOST] = {0}, any = 0, named = 0, leads = 0;
        size_t loop_from = 0;
        if (only && strcmp(only, cases[i].name) != 0)
            continue;
        while (diagnosis_check_at(loop_from))
            loop_from++;
        for (long s = first; s < first + seeds; s++)
            one(&cases[i], s, verbose, runs, calls, &any, &named, &leads);
        printf("%-16s of %ld seeds: ", cases[i].name, seeds);
        if (cases[i].fault)
            printf("%s named in %d, first in %d;", cases[i].fault, named, leads);
        else
            printf("called wrong in %d;", any);
        for (size_t j = 0; diagnosis_check_at(j); j++)
            if (calls[j])
                printf(" %s %d", diagnosis_check_at(j)->name, calls[j]);
        for (size_t j = 0; j < LOOP_PARTS; j++)
            if (calls[loop_from + j])
                printf(" loop figure %zu: %d", j + 1, calls[loop_from + j]);
        printf("\n");
        fflush(stdout);
    }
    return 0;
}
