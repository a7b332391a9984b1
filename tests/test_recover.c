/* Known rules found again: the error over the published grid, what a run is told and what
 * it chooses by, means over seeds, and which rule is chosen. */
#include <math.h>
#include <poll.h>

#include "deltaw/base/mem.h"
#include "deltaw/study/agent.h"
#include "deltaw/study/recover.h"
#include "tap.h"

static struct model *rule_of(const char *name, double alpha)
{
    struct fit_settings s;
    fit_settings_default(&s);
    snprintf(s.rule, sizeof s.rule, "%s", name);
    struct model *m = agent_model(rule_find(name), &s);
    for (size_t i = 0; i < m->tensors.size; i++)
        m->theta[i] = 0;
    m->theta[0] = alpha; /* of w_stim */
    fit_settings_free(&s);
    return m;
}

/* Answering 0 is off by .0324 at a rate of 2^-4 (doc/science). */
static void test_grid(void)
{
    struct model *truth = rule_of("reinforce", 0x1p-4), *half = rule_of("reinforce", 0x1p-5);
    double rmse, null;
    recover_grid(truth, truth, &rmse, &null);
    tap_near(rmse, 0, 1e-12, "a rule is not off itself");
    tap_near(null, .0324, 5e-5, "the null is the published one");
    recover_grid(half, truth, &rmse, &null);
    tap_near(rmse, null / 2, 1e-9, "half the rate is off by half the null");
    model_drop(truth), model_drop(half);
}

/* --- runs ---------------------------------------------------------------------- */

static void add_rule(struct recover_plan *p, const char *words)
{
    char *name = mem_text_n(words, strcspn(words, " "));
    p->rules = mem_resize(p->rules, p->n_rules + 1, sizeof *p->rules);
    struct cv_rule *r = &p->rules[p->n_rules++];
    *r = (struct cv_rule){.words = mem_text(words)};
    fit_settings_default(&r->settings);
    snprintf(r->settings.rule, sizeof r->settings.rule, "%s", name);
    r->settings.threads = 1;
    free(name);
}

static struct recover_plan plan_of(const char *setting, const char *rule)
{
    struct recover_plan p = {.n_seeds = 2};
    recover_add_setting(&p, setting, true);
    p.seeds = mem_copy((uint64_t[]){3, 4}, 2, sizeof *p.seeds);
    add_rule(&p, rule);
    recover_plan_write(&p);
    return p;
}

struct work {
    struct job job;
    const struct recover_plan *plan;
    size_t run;
    struct recover_result result;
    bool ok;
};

static void do_work(struct job *job)
{
    struct work *w = job->data;
    w->ok = recover_run(w->plan, w->run, job, &w->result);
}

/* The caller clears the result. */
static struct recover_result run_one(const struct recover_plan *plan, size_t run)
{
    struct jobs *jobs = jobs_new(NULL);
    struct work w = {.plan = plan, .run = run};
    w.job = (struct job){.run = do_work, .data = &w, .lane = JOB_FIT};
    job_send(jobs, &w.job, NULL);
    while (!job_done(&w.job))
        poll(NULL, 0, 5);
    jobs_free(jobs);
    return w.result;
}

static void test_runs(void)
{
    struct recover_plan p = plan_of("fig2", "reinforce");
    struct recover_result a = run_one(&p, 0), b = run_one(&p, 1);
    tap_ok(!a.failed && !b.failed, "fits of the setting are made");
    tap_is_text(a.fit, "w0=truth", "with what the setting tells of the animals");
    tap_ok(a.value[RECOVER_RMSE] < .3 * a.value[RECOVER_NULL], "the right rule is found");
    tap_ok(a.value[RECOVER_R2] > .9, "and its visited updates");
    tap_ok(isnan(a.value[RECOVER_R2_BIAS]), "a bias that does not learn has no R^2");
    tap_ok(isfinite(a.value[RECOVER_EVIDENCE]), "a textbook rule has an evidence");
    tap_ok(a.value[RECOVER_HELDOUT] != b.value[RECOVER_HELDOUT], "seeds are of other animals");
    recover_result_clear(&a), recover_result_clear(&b);
    recover_plan_free(&p);
}

/* A wrong start costs, and does not stay wrong where updates are compared; where it may be
 * moved, it is moved back. */
static void test_wrong(void)
{
    struct recover_plan p = plan_of("kept", "reinforce"),
                        free_plan = plan_of("table5", "reinforce");
    struct recover_case *c = &p.cases[1];
    double moved = 0;
    tap_near(c->wrong, 1, 1e-12, "the case has a start that is wrong by 1");
    struct recover_result wrong = run_one(&p, 1), free_to = run_one(&free_plan, 1);
    c->wrong = 0;
    struct recover_result right = run_one(&p, 1);
    tap_ok(wrong.value[RECOVER_HELDOUT] > right.value[RECOVER_HELDOUT] + .01,
           "a wrong w_0 costs held-out loss");
    tap_ok(wrong.value[RECOVER_RMSE] > 2 * right.value[RECOVER_RMSE], "and the rule");
    tap_ok(sscanf(free_to.fit, "w0=truth, w_0 moved by %lf", &moved) == 1 && moved < -.6 &&
               moved > -1.4,
           "what may be moved is moved back: by %g", moved);
    tap_ok(free_to.value[RECOVER_HELDOUT] < wrong.value[RECOVER_HELDOUT] - .01,
           "to where it predicts");
    recover_result_clear(&wrong), recover_result_clear(&free_to), recover_result_clear(&right);
    recover_plan_free(&p), recover_plan_free(&free_plan);
}

/* Of two fits the one with the smaller held-out loss is taken, in whichever order. */
static void test_choice(void)
{
    struct recover_plan p = plan_of("fig2", "reinforce");
    static const char *const orders[] = {"w0=truth|w0=3", "w0=3|w0=truth"};
    for (size_t i = 0; i < 2; i++) {
        free(p.cases[0].fit);
        p.cases[0].fit = mem_text(orders[i]);
        struct recover_result chosen = run_one(&p, 0);
        tap_is_text(chosen.fit, "w0=truth", "the better of %s is taken", orders[i]);
        recover_result_clear(&chosen);
    }
    recover_plan_free(&p);
    p = plan_of("table6", "reinforce");
    for (size_t i = 1; i < 3; i++) {
        struct recover_result chosen = run_one(&p, i);
        tap_is_text(chosen.fit, "policy=stim+bias w0=truth", "%s: weights that gain nothing go",
                    p.cases[i].name);
        recover_result_clear(&chosen);
    }
    recover_plan_free(&p);
}

/* What the user asks for is not laid over. */
static void test_asked(void)
{
    struct recover_plan p = plan_of("fig2", "dnn hidden=3 epochs=1");
    p.rules[0].settings.shape.hidden = 3;
    p.rules[0].settings.epochs = 1;
    p.rules[0].epochs_asked = true;
    struct recover_result few = run_one(&p, 0);
    p.rules[0].settings.epochs = 30;
    struct recover_result more = run_one(&p, 0);
    tap_ok(few.value[RECOVER_TRAIN] != more.value[RECOVER_TRAIN],
           "epochs that are asked for are those of the fit");
    tap_ok(isnan(few.value[RECOVER_EVIDENCE]), "a network has no evidence");
    recover_result_clear(&few), recover_result_clear(&more);
    recover_plan_free(&p);
}

/* --- what they say --------------------------------------------------------------- */

static void put(struct recover *r, size_t run, enum recover_measure measure, double value)
{
    struct recover_result result = {.fit = mem_text("w0=truth")};
    for (size_t i = 0; i < RECOVER_MEASURES; i++)
        result.value[i] = NAN;
    result.value[RECOVER_NULL] = .04;
    result.value[measure] = value;
    recover_put(r, run, &result);
}

static double cell(const struct table *t, size_t row, const char *name)
{
    for (size_t i = 0; i < t->n_columns; i++)
        if (strcmp(t->columns[i].name, name) == 0)
            return t->cells[row * t->n_columns + i].number;
    return -1e9;
}

static void test_means(void)
{
    struct recover_plan p = {.n_seeds = 2};
    struct table t = {0};
    size_t below, of;
    recover_add_setting(&p, "table6", false);
    p.seeds = mem_copy((uint64_t[]){3, 4}, 2, sizeof *p.seeds);
    add_rule(&p, "dnn");
    size_t n = p.n_cases;
    struct recover *r = recover_new(&p);
    put(r, 0, RECOVER_RMSE, .01), put(r, n, RECOVER_RMSE, .02);
    put(r, 1, RECOVER_RMSE, .02), put(r, n + 1, RECOVER_RMSE, .02);
    put(r, 2, RECOVER_RMSE, .01);
    recover_table(r, &t);
    tap_near(cell(&t, 0, "rmse"), .015, 1e-12, "the mean over seeds");
    /* qt(.975, 1) = 12.7062, standard error .005 */
    tap_near(cell(&t, 0, "high"), .015 + 12.706205 * .005, 1e-7, "Student's interval");
    tap_near(cell(&t, 0, "rmse_by_null"), .375, 1e-12, "as a share of the null");
    tap_near(cell(&t, 1, "relative"), 1.5, 1e-12, "relative by seed, then the mean");
    tap_ok(cell(&t, 1, "below") == 0, "1.5 is not below 1");
    tap_near(cell(&t, 2, "relative"), 1, 1e-12, "over seeds that both have");
    tap_ok(isnan(cell(&t, 2, "low")), "one seed has no interval");
    tap_ok(cell(&t, 2, "below") == 1, "1 is below 1.09");
    recover_below(r, &below, &of);
    tap_ok(below == 1 && of == 2, "one of two is below what was published");
    table_free(&t);
    recover_free(r);
}

static void test_chosen(void)
{
    struct recover_plan p = {.n_seeds = 2, .confusion = true};
    struct table t = {0}, m = {0};
    recover_add_agents(&p, 0, 3, 100);
    p.seeds = mem_copy((uint64_t[]){3, 4}, 2, sizeof *p.seeds);
    add_rule(&p, "reinforce");
    add_rule(&p, "static");
    struct recover *r = recover_new(&p);
    put(r, 0, RECOVER_HELDOUT, .5), put(r, 1, RECOVER_HELDOUT, .6); /* seed 3 */
    put(r, 2, RECOVER_HELDOUT, .6), put(r, 3, RECOVER_HELDOUT, .5);
    for (size_t i = 0; i < 4; i++)
        r->results[i].value[RECOVER_EVIDENCE] = i % 2 ? -20 : -10;
    recover_confusion(r, &t);
    tap_near(cell(&t, 0, "by_heldout"), .5, 1e-12, "by what is held out, half the seeds");
    tap_near(cell(&t, 0, "by_evidence"), 1, 1e-12, "by evidence all");
    tap_ok(cell(&t, 0, "right") == 1 && cell(&t, 1, "right") == 0, "which of them is right");
    recover_matrix(r, &m);
    tap_near(cell(&m, 0, "reinforce"), 1, 1e-12, "the matrix goes by evidence");
    r->results[1].value[RECOVER_EVIDENCE] = NAN;
    table_free(&m);
    recover_matrix(r, &m);
    tap_near(cell(&m, 0, "reinforce"), .5, 1e-12, "unless some rule has none");
    table_free(&t), table_free(&m);
    recover_free(r);
}

static void test_file(void)
{
    struct recover_plan p = plan_of("table5", "reinforce");
    struct recover *r = recover_new(&p), *back;
    struct study *study = NULL;
    struct err err = {0};
    put(r, 0, RECOVER_RMSE, .125);
    tap_ok(study_write(&r->study, "r.jsonl", NULL), "results are written");
    tap_ok(!study_read("r.jsonl", &cv_kind, &study, &err) && strstr(err.message, "results of cv"),
           "which are none of another kind: %s", err.message);
    tap_ok(study_read("r.jsonl", NULL, &study, NULL) && study->kind == &recover_kind &&
               study->n_done == 1,
           "and read");
    back = (struct recover *)study;
    tap_is_text(back->plan.text, r->plan.text, "with their plan");
    tap_near(back->plan.cases[1].wrong, 1, 1e-12, "and its cases");
    tap_ok(back->results[0].value[RECOVER_RMSE] == .125 &&
               isnan(back->results[0].value[RECOVER_R2]),
           "numbers, and what is none");
    put(r, 1, RECOVER_RMSE, .25);
    tap_ok(study_join(study, &r->study, NULL) && study->n_done == 2 &&
               back->results[1].value[RECOVER_RMSE] == .25,
           "what is missing is joined");
    back->results[0].value[RECOVER_RMSE] = .1251;
    err_clear(&err);
    tap_ok(!study_join(study, &r->study, &err) && strstr(err.message, "differ"),
           "results that differ are refused: %s", err.message);
    study_free(study);
    recover_free(r);
}

int main(void)
{
    test_grid();
    test_runs();
    test_wrong();
    test_choice();
    test_asked();
    test_means();
    test_chosen();
    test_file();
    return tap_done();
}
