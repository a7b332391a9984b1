#include "plateau.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "deltaw/base/mem.h"
#include "deltaw/data/memo.h"

static struct fit_settings textbook_of(const struct fit_settings *s, int threads)
{
    struct fit_settings own;
    fit_settings_default(&own);
    snprintf(own.rule, sizeof own.rule, "reinforce-base");
    own.policy = s->policy;
    own.shape.n_weights = s->policy.n;
    own.shape.lapse = s->shape.lapse;
    own.w0 = s->w0;
    if (own.w0.kind == W0_PSYCHOMETRIC)
        own.w0.kind = W0_PSYCHOMETRIC_FIXED;
    own.holdout = s->holdout ? mem_text(s->holdout) : NULL;
    own.bootstrap = s->bootstrap;
    own.threads = threads;
    own.coarse = true;
    return own;
}

static double wait_loss(struct fit *fit, const atomic_bool *stop)
{
    while (fit_active(fit)) {
        if (atomic_load(stop))
            fit_stop(fit);
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    }
    struct fit_status status = fit_status(fit);
    return status.state == FIT_DONE && isfinite(status.train) ? status.train : 0;
}

static double fit_textbook(const struct fit_settings *settings, const struct cohort *cohort,
                           const atomic_bool *stop)
{
    struct jobs *jobs = jobs_new(NULL);
    struct fit *fit = fit_start(settings, cohort, "textbook", jobs, NULL, NULL);
    double loss = fit ? wait_loss(fit, stop) : 0;
    fit_close(fit);
    jobs_free(jobs);
    return loss;
}

/* All that the loss depends on but the trials. */
static char *name_of(const struct fit_settings *s)
{
    static const char *const rows[] = {"policy", "w0", "lapse", "holdout", "bootstrap"};
    struct strbuf out = {0};
    strbuf_puts(&out, "loss of reinforce-base");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        strbuf_printf(&out, " %s=", rows[i]);
        setting_text(setting_find(rows[i]), s, &out);
    }
    char *name = mem_text(strbuf_text(&out));
    strbuf_free(&out);
    return name;
}

double plateau_textbook(const struct fit_settings *settings, const struct cohort *cohort,
                        int threads, const atomic_bool *stop)
{
    struct fit_settings own = textbook_of(settings, threads);
    char *name = name_of(&own);
    double loss = 0;
    if (!cohort_recall(cohort, name, &loss) && !atomic_load(stop)) {
        loss = fit_textbook(&own, cohort, stop);
        if (loss > 0)
            cohort_remember(cohort, name, loss);
    }
    fit_settings_free(&own);
    free(name);
    return loss;
}
