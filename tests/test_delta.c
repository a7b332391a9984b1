/* Standard errors of maps and slices: against draws of the parameters, the closed form
 * where the update is linear in them, and what becomes of them in files. */
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "cohorts.h"
#include "deltaw/base/mem.h"
#include "deltaw/base/option.h"
#include "deltaw/base/thread.h"
#include "deltaw/data/npz.h"
#include "deltaw/learn/covariance.h"
#include "deltaw/learn/fit.h"
#include "deltaw/study/probe.h"
#include "deltaw/study/simulate.h"
#include "tap.h"

enum { SEED = 5, K = 2, DRAWS = 600 };

/* c [n][n] NULL: no covariance. */
static struct model *model_of(const char *rule, size_t n, const double *theta, const double *c)
{
    struct model *m = mem_new(1, sizeof *m);
    m->name = mem_text(rule);
    m->rule = rule_find(rule);
    fit_settings_default(&m->settings);
    snprintf(m->settings.rule, sizeof m->settings.rule, "%s", rule);
    rule_layout(m->rule, &m->settings.shape, &m->tensors);
    if (n != m->tensors.size)
        err_die("test_delta: %s has %zu parameters", rule, m->tensors.size);
    m->theta = mem_copy(theta, n, sizeof *theta);
    m->covariance = covariance_copy(c, n);
    m->references = 1;
    return m;
}

struct lives {
    struct cohort *cohort;
    float *w;
};

static struct lives lives_of(const struct model *m)
{
    struct lives l = {.cohort = test_cohort(3, (const size_t[]){240, 180, 200}, SEED)};
    l.w = mem_new(l.cohort->n_trials * K, sizeof *l.w);
    model_sweep(m, l.cohort, l.w);
    return l;
}

static void lives_free(struct lives *l)
{
    cohort_drop(l->cohort);
    free(l->w);
}

static struct map map_for(const struct model *m, const struct lives *l,
                          const struct probe_request *r)
{
    struct map map = {0};
    struct err err = {0};
    if (!probe_map_compute(m, l->cohort, l->w, r, &map, &err))
        err_die("test_delta: %s", err.message);
    return map;
}

/* The spread of every cell over draws of theta from N(theta, C), beside its error. */
static void test_draws(const char *rule, size_t n, const double *theta, const double *c,
                       const struct probe_request *r)
{
    struct model *m = model_of(rule, n, theta, c), *drawn = model_of(rule, n, theta, NULL);
    struct lives l = lives_of(m);
    struct map map = map_for(m, &l, r);
    struct covariance_directions d;
    struct rng rng = rng_stream(SEED, RNG_TEST, 0, 0);
    size_t cells = map.x.n * map.y.n * map.n_panels, half = map.x.n * map.y.n, used = 0;
    double *sum = mem_new(cells, sizeof *sum), *squares = mem_new(cells, sizeof *squares);
    covariance_directions(m, &d);
    for (int i = 0; i < DRAWS; i++) {
        memcpy(drawn->theta, theta, n * sizeof *theta);
        for (size_t j = 0; j < d.n; j++) {
            double z = rng_normal(&rng);
            for (size_t p = 0; p < n; p++)
                drawn->theta[p] += z * d.direction[j * n + p];
        }
        struct map one = map_for(drawn, &l, r);
        for (size_t k = 0; k < cells; k++) {
            double gap = one.panel[k / half].value[k % half] - map.panel[k / half].value[k % half];
            sum[k] += gap;
            squares[k] += gap * gap;
        }
        probe_map_free(&one);
    }
    double worst = 0;
    for (size_t k = 0; k < cells; k++) {
        double se = map.panel[k / half].se[k % half];
        double spread = sqrt((squares[k] - sum[k] * sum[k] / DRAWS) / (DRAWS - 1));
        if (isfinite(se) && se > 1e-9) {
            worst = fmax(worst, fabs(spread / se - 1));
            used++;
        }
    }
    /* the spread of DRAWS normal numbers is good to 1 / sqrt(2 DRAWS), 2.9 % */
    tap_ok(used > cells / 3 && worst < 4 / sqrt(2. * DRAWS),
           "%s: errors of %zu cells agree with %d draws (worst %.3f)", rule, used, DRAWS, worst);
    free(sum), free(squares);
    probe_map_free(&map);
    covariance_directions_free(&d);
    model_drop(m), model_drop(drawn);
    lives_free(&l);
}

/* dw = alpha f: its error is |dw| / alpha times that of alpha. */
static void test_linear(void)
{
    static const double theta[] = {.04, .02}, c[] = {9e-6, -1e-6, -1e-6, 4e-6};
    struct model *m = model_of("reinforce", 2, theta, c);
    struct lives l = lives_of(m);
    for (size_t k = 0; k < K; k++) {
        struct probe_request r;
        struct probe_request sr;
        struct slice slice;
        double worst = 0, moved = 0, error = sqrt(c[3 * k]);
        probe_request_default(&r);
        strcpy(r.of, m->settings.policy.weight[k]);
        r.ny = 11;
        struct map map = map_for(m, &l, &r);
        for (size_t p = 0; p < 2; p++)
            for (size_t i = 0; i < map.x.n * map.y.n; i++) {
                double want = fabs(map.panel[p].value[i]) / theta[k] * error;
                worst = fmax(worst, fabs(map.panel[p].se[i] - want));
                moved = fmax(moved, want);
            }
        tap_ok(worst < 1e-12 && moved > 1e-5, "map of %s: the closed form (%.2g of %.2g)", r.of,
               worst, moved);
        probe_map_free(&map);
        probe_request_default(&sr);
        strcpy(sr.of, r.of);
        worst = moved = 0;
        if (!probe_slice_compute(m, l.cohort, l.w, &sr, &slice, NULL))
            err_die("test_delta: no slice");
        for (size_t i = 0; i < slice.n_lines * slice.x.n; i++) {
            const struct slice_line *line = &slice.line[i / slice.x.n];
            double want = fabs(line->cells.value[i % slice.x.n]) / theta[k] * error;
            worst = fmax(worst, fabs(line->cells.se[i % slice.x.n] - want));
            moved = fmax(moved, want);
        }
        tap_ok(worst < 1e-12 && moved > 1e-5, "slice of %s: the closed form", sr.of);
        probe_slice_free(&slice);
    }
    model_drop(m);
    lives_free(&l);
}

/* alpha of w_bias at its bound: nothing is said of w_bias, w_stim is as it was. */
static void test_bound(void)
{
    static const double theta[] = {.04, 0x1p-24}, c[] = {9e-6, 0, 0, 0};
    struct model *m = model_of("reinforce", 2, theta, c);
    struct lives l = lives_of(m);
    for (size_t k = 0; k < K; k++) {
        struct probe_request r;
        size_t unknown = 0, known = 0;
        probe_request_default(&r);
        strcpy(r.of, m->settings.policy.weight[k]);
        struct map map = map_for(m, &l, &r);
        for (size_t i = 0; i < map.x.n * map.y.n; i++) {
            unknown += isnan(map.panel[1].se[i]);
            known += map.panel[1].se[i] > 0;
        }
        tap_ok(k == 0 ? unknown == 0 && known > 0 : unknown > 0 && known == 0,
               "%s with the other at its bound: %zu known, %zu not", r.of, known, unknown);
        probe_map_free(&map);
    }
    model_drop(m);
    lives_free(&l);
}

static void *count_references(void *data)
{
    for (int i = 0; i < 200000; i++)
        model_drop(model_hold(data));
    return NULL;
}

/* Views hold the model that is asked: ThreadSanitizer sees whether the count is read. */
static void test_counted(void)
{
    static const double theta[] = {.04, .02}, c[] = {9e-6, 1e-6, 1e-6, 4e-6};
    struct model *m = model_of("reinforce", 2, theta, c);
    struct lives l = lives_of(m);
    struct probe_request r;
    struct err err = {0};
    pthread_t counting;
    probe_request_default(&r);
    tap_ok(thread_start(&counting, count_references, m, &err), "references are counted beside it");
    struct map map = map_for(m, &l, &r);
    pthread_join(counting, NULL);
    tap_ok(m->references == 1 && map.panel[0].se, "and the errors of a map are found meanwhile");
    probe_map_free(&map);
    model_drop(m);
    lives_free(&l);
}

static struct cohort *learners(void)
{
    struct args args = {0};
    struct cohort *c = NULL;
    struct err err = {0};
    args_set(&args, "animals", "6", 0);
    args_set(&args, "trials", "800", 0);
    args_set(&args, "alpha", "2^-5", 0);
    args_set(&args, "seed", "3", 0);
    if (!simulate_run("reinforce", &args, "learners", NULL, NULL, &c, &err))
        err_die("test_delta: %s", err.message);
    args_free(&args);
    return c;
}

static struct model *fitted(const struct cohort *c, const char *rule, int epochs)
{
    struct fit_settings s;
    fit_settings_default(&s);
    snprintf(s.rule, sizeof s.rule, "%s", rule);
    s.shape.hidden = 4;
    s.epochs = epochs;
    struct jobs *jobs = jobs_new(NULL);
    struct fit *fit = fit_start(&s, c, "m", jobs, NULL, NULL);
    while (fit_active(fit))
        usleep(2000);
    struct model *m = fit_model(fit);
    fit_close(fit);
    jobs_free(jobs);
    return m;
}

static size_t column_of(const struct table *t, const char *name)
{
    size_t c = 0;
    while (c < t->n_columns && strcmp(t->columns[c].name, name) != 0)
        c++;
    return c;
}

/* A network claims nothing: no covariance, an empty column. */
static void test_network(const struct cohort *c)
{
    struct model *m = fitted(c, "dnn", 2);
    struct probe_request r;
    struct map map;
    struct table t = {0};
    size_t empty = 0;
    probe_request_default(&r);
    if (!probe_map_compute(m, c, m->visited->w, &r, &map, NULL))
        err_die("test_delta: no map");
    probe_map_table(&map, &t);
    size_t column = column_of(&t, "se");
    for (size_t i = 0; i < t.n_rows && column < t.n_columns; i++)
        empty += isnan(t.cells[i * t.n_columns + column].number);
    tap_ok(!m->covariance && !map.panel[0].se && empty == t.n_rows && empty > 0,
           "a network has no errors: the column se is empty");
    table_free(&t);
    probe_map_free(&map);
    model_drop(m);
}

/* --- files ------------------------------------------------------------------ */

static void refuse(const struct model *m, void (*damage)(struct npz_array *), const char *says)
{
    struct npz npz = {0};
    struct model *o = NULL;
    struct err err = {0};
    model_save(m, "bad.npz", NULL);
    npz_read("bad.npz", &npz, NULL);
    damage(npz_find(&npz, "covariance"));
    npz_write("bad.npz", &npz, NULL);
    npz_free(&npz);
    tap_ok(!model_open("bad.npz", "x", &o, &err) && err.code == ERR_DATA &&
               strstr(err.message, "covariance") && strstr(err.message, says),
           "refused: %s", err.message);
}

static void narrow(struct npz_array *a)
{
    a->size = a->shape[0] * --a->shape[1];
}

static void make_nan(struct npz_array *a)
{
    a->values[1] = NAN;
}

static void skew(struct npz_array *a)
{
    a->values[1] += fabs(a->values[0]) / 10;
}

static void negate(struct npz_array *a)
{
    a->values[0] = -a->values[0];
}

static void exceed(struct npz_array *a)
{
    a->values[1] = a->values[a->shape[0]] = 2 * sqrt(a->values[0] * a->values[a->shape[0] + 1]);
}

static void test_file(const struct cohort *c)
{
    struct model *m = fitted(c, "reinforce-base", 1), *o = NULL;
    struct err err = {0};
    size_t n = m->tensors.size, good = 0;
    for (size_t i = 0; i < n && m->covariance; i++)
        good += m->errors[i] > 0 && fabs(m->covariance[i * n + i] - m->errors[i] * m->errors[i]) <
                                        1e-12 * m->covariance[i * n + i];
    tap_ok(m->covariance && good == n, "a fit: squared errors are the diagonal");
    bool same = model_save(m, "good.npz", &err) && model_open("good.npz", "o", &o, &err) &&
                o->covariance &&
                memcmp(o->covariance, m->covariance, n * n * sizeof *m->covariance) == 0;
    tap_ok(same, "a file keeps it to the last bit %s", err.message);
    model_drop(o);
    refuse(m, narrow, "shape (4, 4)");
    refuse(m, make_nan, "not a finite number (entry 1)");
    refuse(m, skew, "symmetric");
    refuse(m, negate, "positive");
    refuse(m, exceed, "positive");
    model_drop(m);
}

int main(void)
{
    static const double base[] = {.03, .02, -.3, .2};
    static const double base_c[] = {4e-6, 1e-7, 2e-5, 0,    1e-7, 2e-6, 0,    1e-5,
                                    2e-5, 0,    3e-3, 1e-4, 0,    1e-5, 1e-4, 2e-3};
    static const double trace[] = {.03, .02}, trace_c[] = {4e-6, 1e-6, 1e-6, 2e-6};
    struct cohort *c = learners();
    struct probe_request r;
    tap_note("seed %d", SEED);
    probe_request_default(&r);
    r.ny = 5;
    r.sample = 8;
    test_draws("reinforce-base", 4, base, base_c, &r);
    r.lags = 6; /* the rule moves after enough rewards */
    r.past = PAST_REWARDED;
    test_draws("trace", 2, trace, trace_c, &r);
    test_linear();
    test_bound();
    test_counted();
    test_network(c);
    test_file(c);
    cohort_drop(c);
    return tap_done();
}
