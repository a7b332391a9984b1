/* Cross-validation: who is left out, that lives are never restarted, files that go on, are
 * refused and joined, and what the results say. */
#include <math.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cohorts.h"
#include "deltaw/base/mem.h"
#include "deltaw/data/filter.h"
#include "deltaw/study/cv.h"
#include "tap.h"

enum { ANIMALS = 7, SEED = 5 };
static const size_t counts[ANIMALS] = {400, 340, 300, 260, 240, 200, 130};
static const char *const names[ANIMALS] = {"a0", "a1", "a2", "a3", "a4", "a5", "a6"};

static struct cv_plan plan_of(enum cv_by by, size_t n_rules, const char *const *rules,
                              const struct cohort *c)
{
    struct cv_plan p = {.by = by, .folds = by == CV_FUTURE ? 1 : 3, .n_rules = n_rules};
    p.rules = mem_new(n_rules, sizeof *p.rules);
    for (size_t i = 0; i < n_rules; i++) {
        p.rules[i].words = mem_text(rules[i]);
        fit_settings_default(&p.rules[i].settings);
        snprintf(p.rules[i].settings.rule, sizeof p.rules[i].settings.rule, "%s", rules[i]);
        p.rules[i].settings.epochs = 6;
        p.rules[i].settings.shape.hidden = 8;
        p.rules[i].settings.truncation = 60;
        p.rules[i].settings.threads = 2;
        p.rules[i].epochs_asked = true;
    }
    p.future = by == CV_FUTURE ? 50 : 0;
    p.n_seeds = 2;
    p.seeds = mem_copy((uint64_t[]){99, 41}, 2, sizeof *p.seeds);
    p.n_sizes = 1;
    p.sizes = mem_new(1, sizeof *p.sizes);
    p.digest = c->digest;
    p.cohort = mem_text("test");
    cv_plan_write(&p);
    return p;
}

static const char *const two[] = {"static", "reinforce-base"};

/* --- who is left out ---------------------------------------------------------- */

static void test_folds(const struct cohort *c)
{
    struct cv_plan p = plan_of(CV_ANIMAL, 2, two, c), s = plan_of(CV_SESSION, 2, two, c);
    uint8_t *scored = mem_new(c->n_trials, 1), *other = mem_new(c->n_trials, 1);
    unsigned *times = mem_new(c->n_trials, sizeof *times), least = 9, most = 0;
    bool whole = true, same = true, differs = false;
    for (size_t seed = 0; seed < 2; seed++)
        for (size_t fold = 0; fold < 3; fold++) {
            cv_scored(&p, &(struct cv_run){.fold = fold, .seed = seed}, c, scored);
            cv_scored(&p, &(struct cv_run){.rule = 1, .fold = fold, .seed = seed}, c, other);
            same = same && memcmp(scored, other, c->n_trials) == 0;
            cv_scored(&p, &(struct cv_run){.fold = fold, .seed = 1 - seed}, c, other);
            differs = differs || memcmp(scored, other, c->n_trials) != 0;
            for (size_t a = 0; a < ANIMALS; a++)
                for (size_t t = c->animals[a].first; t < c->animals[a].first + counts[a]; t++) {
                    whole = whole && scored[t] == scored[c->animals[a].first];
                    times[t] += scored[t];
                }
        }
    for (size_t t = 0; t < c->n_trials; t++)
        least = times[t] < least ? times[t] : least, most = times[t] > most ? times[t] : most;
    tap_ok(least == 2 && most == 2, "each trial is scored once a seed");
    tap_ok(whole, "by whole animals");
    tap_ok(same && differs, "the same folds for every rule, others for another seed");
    memset(times, 0, c->n_trials * sizeof *times);
    bool parts = true;
    for (size_t fold = 0; fold < 3; fold++) {
        size_t here = 0;
        cv_scored(&s, &(struct cv_run){.fold = fold}, c, scored);
        for (size_t t = 0; t < c->n_trials; t++)
            times[t] += scored[t], here += scored[t];
        parts = parts && here > c->n_trials / 5 && here < c->n_trials / 2;
        for (size_t a = 0; a < ANIMALS; a++)
            for (size_t t = c->animals[a].first + 1; t < c->animals[a].first + counts[a]; t++)
                parts = parts && (scored[t] == scored[t - 1] || cohort_day(c, &c->animals[a], t));
    }
    least = 9, most = 0;
    for (size_t t = 0; t < c->n_trials; t++)
        least = times[t] < least ? times[t] : least, most = times[t] > most ? times[t] : most;
    tap_ok(parts && least == 1 && most == 1, "by session: whole sessions, each once");
    cv_plan_free(&p), cv_plan_free(&s);
    free(scored), free(other), free(times);
}

/* --- runs --------------------------------------------------------------------- */

struct work {
    struct job job;
    const struct cv_plan *plan;
    struct cv_run run;
    const struct cohort *cohort;
    struct cv_result result;
    bool ok;
};

static void do_work(struct job *job)
{
    struct work *w = job->data;
    w->ok = cv_run(w->plan, &w->run, w->cohort, job, &w->result, NULL);
}

static void await(struct job *job, struct jobs *jobs)
{
    while (!job_done(job)) {
        poll(&(struct pollfd){.fd = jobs_wake(jobs)->fd, .events = POLLIN}, 1, 20);
        wake_drain(jobs_wake(jobs));
    }
}

/* All runs of the plan, [from, to), side by side. */
static void do_runs(struct cv *cv, const struct cohort *c, struct jobs *jobs, size_t from,
                    size_t to)
{
    struct work *work = mem_new(to, sizeof *work);
    for (size_t i = from; i < to; i++) {
        work[i] = (struct work){.plan = &cv->plan, .run = cv_run_at(cv, i), .cohort = c};
        work[i].job = (struct job){.run = do_work, .data = &work[i], .lane = JOB_FIT};
        job_send(jobs, &work[i].job, NULL);
    }
    for (size_t i = from; i < to; i++) {
        await(&work[i].job, jobs);
        if (work[i].ok)
            cv_put(cv, i, &work[i].result, names);
    }
    free(work);
}

static struct cv *cv_of(enum cv_by by, size_t n, const char *const *rules, const struct cohort *c)
{
    struct cv_plan p = plan_of(by, n, rules, c);
    return cv_new(&p);
}

static bool same_bits(const struct cv *a, const struct cv *b)
{
    bool same = a->study.n_runs == b->study.n_runs && a->study.n_done == b->study.n_done;
    for (size_t i = 0; same && i < a->study.n_runs; i++) {
        const struct cv_result *x = &a->results[i], *y = &b->results[i];
        same = x->n == y->n && !x->failed && !y->failed;
        for (size_t j = 0; same && j < x->n; j++)
            same = x->scores[j].loglik == y->scores[j].loglik &&
                   x->scores[j].trials == y->scores[j].trials &&
                   strcmp(a->animals[x->scores[j].animal], b->animals[y->scores[j].animal]) == 0;
    }
    return same;
}

/* The loss of what is held out, against a fit with holdout= of the same animals. */
static void test_holdout(const struct cohort *c, struct jobs *jobs)
{
    struct cv *cv = cv_of(CV_ANIMAL, 2, two, c);
    do_runs(cv, c, jobs, 0, cv->study.n_runs);
    struct cv_run run = cv_run_at(cv, 3);
    const struct cv_result *r = &cv->results[3];
    struct strbuf out = {0};
    double sum = 0, n = 0;
    for (size_t i = 0; i < r->n; i++) {
        strbuf_printf(&out, "%s%s", i ? "," : "", cv->animals[r->scores[i].animal]);
        sum += r->scores[i].loglik, n += (double)r->scores[i].trials;
    }
    struct fit_settings s = fit_settings_copy(&cv->plan.rules[run.rule].settings);
    s.holdout = mem_text(strbuf_text(&out));
    struct fit *fit = fit_start(&s, c, "f", jobs, NULL, NULL);
    while (fit_active(fit))
        poll(NULL, 0, 5);
    tap_near(-sum / n, fit_status(fit).held_out, 1e-7, "a run is what a fit with holdout=%s says",
             s.holdout);
    tap_ok(cv->study.n_done == cv->study.n_runs, "all %zu runs are done", cv->study.n_runs);
    fit_close(fit);
    fit_settings_free(&s);
    strbuf_free(&out);
    cv_free(cv);
}

/* Trials after the fitted ones are scored from where the weights had come to. */
static void test_future(const struct cohort *c, struct jobs *jobs)
{
    struct cv *cv = cv_of(CV_FUTURE, 2, two, c);
    do_runs(cv, c, jobs, 0, 2);
    const struct cv_result *r = &cv->results[1];
    size_t most[ANIMALS];
    struct cohort *heads;
    for (size_t a = 0; a < ANIMALS; a++)
        most[a] = counts[a] - 50;
    cohort_heads(c, most, &heads, NULL);
    struct fit *fit = fit_start(&cv->plan.rules[1].settings, heads, "f", jobs, NULL, NULL);
    while (fit_active(fit))
        poll(NULL, 0, 5);
    struct model *m = fit_model(fit);
    double all[ANIMALS], before[ANIMALS], far = 0;
    model_score(m, c, NULL, NULL, all, (size_t[ANIMALS]){0});
    model_score(m, heads, NULL, NULL, before, (size_t[ANIMALS]){0});
    for (size_t i = 0; i < r->n; i++) {
        size_t a = r->scores[i].animal;
        far = fmax(far, fabs(-r->scores[i].loglik - (all[a] - before[a])));
    }
    tap_ok(r->n == ANIMALS && r->scores[0].trials == 50 && far < 1e-6,
           "future: the next 50 of all lives, from the weights reached (%g)", far);
    model_drop(m);
    fit_close(fit);
    cohort_drop(heads);
    cv_free(cv);
}

/* Sessions that are left out are passed through: a fit of what is not scored. */
static void test_session(const struct cohort *c, struct jobs *jobs)
{
    static const char *const rules[] = {"reinforce-base", "dnn", "gp"};
    struct cv *cv = cv_of(CV_SESSION, 3, rules, c);
    do_runs(cv, c, jobs, 0, 9);
    for (size_t i = 0; i < 3; i++) {
        size_t n = 0;
        for (size_t run = i; run < 9; run += 3)
            for (size_t j = 0; j < cv->results[run].n; j++)
                n += cv->results[run].scores[j].trials;
        tap_ok(n == c->n_trials - ANIMALS, "by session %s scores all trials but the first: %zu",
               rules[i], n);
        double mean = cv_mean(cv, i, 0, NULL);
        tap_ok(mean > -.69 && mean < -.4, "and learns (%g)", mean);
    }
    cv_free(cv);
}

static void test_bits(const struct cohort *c, struct jobs *jobs)
{
    static const char *const rules[] = {"dnn", "reinforce-base"};
    struct cv *a = cv_of(CV_ANIMAL, 2, rules, c), *b = cv_of(CV_ANIMAL, 2, rules, c);
    for (size_t i = 0; i < 2; i++)
        b->plan.rules[i].settings.threads = 1;
    do_runs(a, c, jobs, 0, a->study.n_runs);
    for (size_t i = 0; i < b->study.n_runs; i++)
        do_runs(b, c, jobs, i, i + 1);
    tap_ok(same_bits(a, b), "the same bits for 1 and 2 threads, alone and side by side");
    cv_free(a), cv_free(b);
}

/* --- files --------------------------------------------------------------------- */

static bool read_cv(const char *path, struct cv **out, struct err *err)
{
    struct study *study;
    bool good = study_read(path, &cv_kind, &study, err);
    *out = good ? (struct cv *)study : NULL;
    return good;
}

static void test_file(const struct cohort *c, struct jobs *jobs)
{
    struct cv *all = cv_of(CV_ANIMAL, 2, two, c), *again = cv_of(CV_ANIMAL, 2, two, c), *read;
    struct err err = {0};
    do_runs(all, c, jobs, 0, all->study.n_runs);
    struct study_file *file = study_open("a.jsonl", &all->study, &err);
    for (size_t i = 0; i < 5; i++)
        study_append(file, &all->study, i, &err);
    tap_ok(!study_open("a.jsonl", &again->study, &err) && strstr(err.message, "another program"),
           "a second writer is told: %s", err.message);
    study_close(file);
    FILE *torn = fopen("a.jsonl", "a");
    fputs("{\"rule\":\"static\",\"se", torn);
    fclose(torn);
    err_clear(&err);
    tap_ok(read_cv("a.jsonl", &read, &err) && read->study.n_done == 5, "a torn line is no run (%s)",
           err.message);
    cv_free(read);
    file = study_open("a.jsonl", &again->study, &err);
    tap_ok(file && again->study.n_done == 5, "and is dropped by whoever goes on");
    for (size_t i = 5; i < all->study.n_runs; i++) {
        do_runs(again, c, jobs, i, i + 1);
        study_append(file, &again->study, i, &err);
    }
    study_close(file);
    tap_ok(same_bits(all, again), "resumed: the bits of one go");
    tap_ok(read_cv("a.jsonl", &read, &err) && same_bits(all, read), "and so are those of the file");
    cv_free(read), cv_free(again);

    size_t shorter[ANIMALS];
    memcpy(shorter, counts, sizeof shorter);
    shorter[2]--;
    struct cohort *other;
    cohort_heads(c, shorter, &other, NULL);
    again = cv_of(CV_ANIMAL, 2, two, other);
    tap_ok(!study_open("a.jsonl", &again->study, &err), "other data are refused");
    char digests[2][32];
    snprintf(digests[0], 32, "%016llx", (unsigned long long)c->digest);
    snprintf(digests[1], 32, "%016llx", (unsigned long long)other->digest);
    tap_ok(strstr(err.message, digests[0]) && strstr(err.message, digests[1]),
           "by both digests: %s", err.message);
    err_clear(&err);
    cv_free(again);
    cohort_drop(other);
    static const char *const swapped[] = {"static", "reinforce"};
    again = cv_of(CV_ANIMAL, 2, swapped, c);
    tap_ok(!study_open("a.jsonl", &again->study, &err) && strstr(err.message, "rules="),
           "another plan is refused: %s", err.message);
    err_clear(&err);
    cv_free(again);
    cv_free(all);
}

static void test_parts(const struct cohort *c, struct jobs *jobs)
{
    struct cv *all = cv_of(CV_ANIMAL, 2, two, c), *joined = cv_of(CV_ANIMAL, 2, two, c), *back;
    struct err err = {0};
    do_runs(all, c, jobs, 0, all->study.n_runs);
    for (size_t i = 1; i <= 5; i++) {
        struct cv *part = cv_of(CV_ANIMAL, 2, two, c);
        size_t from, to;
        study_part(&part->study, i, 5, &from, &to);
        do_runs(part, c, jobs, from, to);
        tap_ok(study_join(&joined->study, &part->study, &err) &&
                   study_join(&joined->study, &part->study, &err),
               "part %zu joins, twice", i);
        cv_free(part);
    }
    tap_ok(same_bits(all, joined), "five parts are the whole, bit for bit");
    tap_ok(study_write(&joined->study, "b.jsonl", &err) && read_cv("b.jsonl", &back, &err) &&
               same_bits(all, back),
           "also in a file");
    back->results[4].scores[0].loglik += .01;
    tap_ok(!study_join(&joined->study, &back->study, &err), "results that differ are refused: %s",
           err.message);
    cv_free(back), cv_free(all), cv_free(joined);
}

/* --- what they say -------------------------------------------------------------- */

/* Two rules, two seeds, three folds; loglik a, trials 100 times a + 1 of animal a. */
static void test_numbers(const struct cohort *c)
{
    struct cv *cv = cv_of(CV_ANIMAL, 2, two, c);
    double mean[ANIMALS], diff = 0;
    size_t fold[ANIMALS], order[ANIMALS];
    for (size_t i = 0; i < cv->study.n_runs; i++) {
        struct cv_run at = cv_run_at(cv, i);
        struct cv_result r = {.scores = mem_new(ANIMALS, sizeof *r.scores)};
        cv_fold_animals(ANIMALS, 3, cv->plan.seeds[at.seed], fold, order);
        for (size_t a = 0; a < ANIMALS; a++)
            if (fold[a] == at.fold)
                r.scores[r.n++] = (struct cv_score){
                    a, -50 - 10 * (double)at.rule * (double)a - (double)at.seed, 100};
        if (i + 1 < cv->study.n_runs) /* the last is missing */
            cv_put(cv, i, &r, names);
        else
            cv_result_clear(&r);
    }
    cv_animals(cv, 1, 1, 0, mean);
    struct paired p;
    cv_pair(cv, 1, 0, 0, 1, &p);
    for (size_t a = 0; a < ANIMALS; a++)
        diff -= .1 * (double)a / ANIMALS;
    tap_ok(p.n == ANIMALS, "all animals are compared");
    tap_near(p.difference, diff, 1e-12, "on the runs that both have");
    bool right = true;
    cv_fold_animals(ANIMALS, 3, 41, fold, order);
    for (size_t i = 0; i < ANIMALS; i++) {
        size_t a = (size_t)(cv->animals[i][1] - '0');
        double want = -.5 - .1 * (double)a - (fold[a] == 2 ? 0 : .005);
        right = right && fabs(mean[i] - want) < 1e-12;
    }
    tap_ok(right, "the mean over seeds, of those that are done");
    struct strbuf said = {0};
    cv_say_failures(cv, &said);
    tap_ok(strstr(strbuf_text(&said), "a5") && !strstr(strbuf_text(&said), "a3") &&
               !strstr(strbuf_text(&said), "static"),
           "far below chance: %s", strbuf_text(&said));
    strbuf_free(&said);
    struct table t = {0};
    cv_table(cv, &t);
    tap_ok(t.n_rows == 2 && t.cells[t.n_columns + t.n_columns - 4].number == 5, "done: 5 of 6");
    table_free(&t);
    cv_free(cv);
}

/* A rule that has no number on an animal: better on all others, and yet not the best. */
static void test_lost(const struct cohort *c)
{
    struct cv *cv = cv_of(CV_ANIMAL, 2, two, c);
    size_t fold[ANIMALS], order[ANIMALS], rule = 9, size = 9, n;
    for (size_t i = 0; i < cv->study.n_runs; i++) {
        struct cv_run at = cv_run_at(cv, i);
        struct cv_result r = {.scores = mem_new(ANIMALS, sizeof *r.scores)};
        cv_fold_animals(ANIMALS, 3, cv->plan.seeds[at.seed], fold, order);
        for (size_t a = 0; a < ANIMALS; a++)
            if (fold[a] == at.fold)
                r.scores[r.n++] = (struct cv_score){
                    a, at.rule && at.seed && a == 4 ? NAN : -50 + 10 * (double)at.rule, 100};
        cv_put(cv, i, &r, names);
    }
    tap_near(cv_mean(cv, 1, 0, &n), -.4, 1e-12, "a mean without an animal");
    size_t lost = 0;
    for (size_t a = 0; a < cv->n_animals; a++)
        lost += cv_lost(cv, 1, 0, a) && strcmp(cv->animals[a], "a4") == 0;
    tap_ok(n == ANIMALS - 1 && lost == 1, "of which no score is a number in one seed");
    tap_ok(cv_best(cv, &rule, &size) && rule == 0 && size == 0, "is not called best");
    struct strbuf said = {0};
    cv_say_failures(cv, &said);
    tap_ok(strstr(strbuf_text(&said), "reinforce-base has no score on a4: "), "and is told: %s",
           strbuf_text(&said));
    strbuf_free(&said);
    struct table t = {0};
    cv_table(cv, &t);
    tap_ok(isnan(t.cells[t.n_columns - 5].number) && t.cells[2 * t.n_columns - 5].number == 1,
           "and marked in the table");
    table_free(&t);
    cv_free(cv);
}

int main(void)
{
    struct wake wake;
    struct cohort *c = test_cohort(ANIMALS, counts, SEED);
    wake_open(&wake, NULL);
    struct jobs *jobs = jobs_new(&wake);
    test_folds(c);
    test_numbers(c);
    test_lost(c);
    test_holdout(c, jobs);
    test_future(c, jobs);
    test_session(c, jobs);
    test_bits(c, jobs);
    test_file(c, jobs);
    test_parts(c, jobs);
    jobs_free(jobs);
    cohort_drop(c);
    wake_close(&wake);
    return tap_done();
}
