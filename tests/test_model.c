/* Model files: what is saved opens again; what is damaged is refused by name. */
#include <math.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cohorts.h"
#include "deltaw/base/mem.h"
#include "deltaw/base/outfile.h"
#include "deltaw/data/npz.h"
#include "deltaw/learn/fit.h"
#include "tap.h"

enum { SEED = 8 };

static struct model *trained(const struct cohort *c)
{
    struct fit_settings s;
    fit_settings_default(&s);
    s.epochs = 7, s.shape.hidden = 12, s.seed = SEED, s.threads = 1, s.w0.kind = W0_PSYCHOMETRIC;
    s.holdout = mem_text("a1");
    struct jobs *jobs = jobs_new(NULL);
    struct fit *fit = fit_start(&s, c, "dnn7", jobs, NULL, NULL);
    while (fit_active(fit))
        usleep(1000);
    struct model *m = fit_model(fit);
    fit_close(fit);
    jobs_free(jobs);
    fit_settings_free(&s);
    return m;
}

static void test_round_trip(const struct model *m, const struct cohort *c, const char *path)
{
    struct err err = {0};
    struct model *o = NULL;
    tap_ok(model_save(m, path, &err), "save: %s", err.message);
    if (!tap_ok(model_open(path, "again", &o, &err), "open: %s", err.message))
        return;
    tap_near(model_loss(o, c, NULL, NULL), model_loss(m, c, NULL, NULL), 1e-9,
             "the opened model has the same loss");
    tap_ok(o->rule == m->rule && o->settings.shape.hidden == 12 && o->settings.shape.layers == 2,
           "rule and sizes");
    tap_ok(o->n_history == 8 && o->history[7].train == m->history[7].train &&
               o->history[7].held_out == m->history[7].held_out,
           "the history of losses");
    tap_ok(o->cohort_digest == m->cohort_digest && o->settings.seed == SEED &&
               o->settings.epochs == 7 && o->settings.w0.kind == W0_PSYCHOMETRIC,
           "settings");
    tap_ok(o->n_animals == m->n_animals && o->held_out[1] && !o->held_out[0] &&
               memcmp(o->w0, m->w0, o->n_animals * 2 * sizeof *o->w0) == 0,
           "animals and w_0");
    tap_is_text(o->name, "again", "its name is the one given");
    model_drop(o);
}

/* Save with one tensor changed by `damage`; the message should name it. */
static void refuse(const struct model *m, const char *path, const char *tensor, const char *says,
                   void (*damage)(struct npz_array *))
{
    struct npz npz = {0};
    struct model *o = NULL;
    struct err err = {0};
    model_save(m, path, NULL);
    npz_read(path, &npz, NULL);
    damage(npz_find(&npz, tensor));
    npz_write(path, &npz, NULL);
    npz_free(&npz);
    tap_ok(!model_open(path, "x", &o, &err) && err.code == ERR_DATA && strstr(err.message, says) &&
               strstr(err.message, path),
           "refused: %s", err.message);
}

static void make_nan(struct npz_array *a)
{
    a->values[a->size - 1] = NAN;
}

static void make_missing(struct npz_array *a)
{
    a->name[0] = 'X';
}

static void make_narrow(struct npz_array *a)
{
    a->shape[1]--;
    a->size = a->shape[0] * a->shape[1];
}

static void make_no_json(struct npz_array *a)
{
    a->text[0] = '?';
}

static void test_damage(const struct model *m, const char *path)
{
    struct model *o = NULL;
    struct err err = {0};
    refuse(m, path, "dnn.2.weight", "dnn.2.weight", make_nan);
    refuse(m, path, "dnn.2.bias", "dnn.2.bias", make_missing);
    refuse(m, path, "dnn.2.weight", "dnn.2.weight", make_narrow);
    refuse(m, path, "w0", "w0", make_narrow);
    refuse(m, path, "scaling_factor", "scaling_factor", make_missing);
    refuse(m, path, "deltaw_json", "deltaw_json", make_no_json);
    model_save(m, path, NULL);
    struct stat st;
    stat(path, &st);
    if (truncate(path, st.st_size * 2 / 3) == 0)
        tap_ok(!model_open(path, "x", &o, &err) && err.code == ERR_DATA, "cut short: %s",
               err.message);
    err_clear(&err);
    tap_ok(!model_open("/nonexistent/x.npz", "x", &o, &err), "missing: %s", err.message);
}

static void test_parameters_alone(const struct model *m, const struct cohort *c, const char *path)
{
    struct npz npz = {0};
    struct model *o = NULL;
    struct err err = {0};
    for (size_t i = 0; i < m->tensors.n; i++) {
        const struct tensor *t = &m->tensors.item[i];
        npz_add(&npz, t->name, NPZ_FLOAT32, t->n_dimensions, (size_t[]){t->rows, t->cols},
                m->theta + t->offset);
    }
    npz_write(path, &npz, NULL);
    npz_free(&npz);
    if (!tap_ok(model_open(path, "alone", &o, &err), "parameters alone open: %s", err.message))
        return;
    double zero[2];
    model_start(o, c, 0, zero);
    tap_ok(o->settings.shape.hidden == 12 && zero[0] == 0 && zero[1] == 0,
           "sizes from shapes, w_0 zero");
    model_drop(o);
}

/* init= with a file whose tensors are not those of the fit. */
static void test_other_start(const struct model *m, const struct cohort *c, const char *path)
{
    struct fit_settings s;
    struct err err = {0};
    struct jobs *jobs = jobs_new(NULL);
    model_save(m, path, NULL);
    fit_settings_default(&s);
    s.epochs = 1, s.shape.hidden = 12, s.shape.lags = 2;
    s.init = mem_text(path);
    tap_ok(!fit_start(&s, c, "x", jobs, NULL, &err) && err.code == ERR_DATA &&
               strstr(err.message, path),
           "init= of another shape: %s", err.message);
    s.shape.lags = 0;
    err_clear(&err);
    struct fit *fit = fit_start(&s, c, "x", jobs, NULL, &err);
    tap_ok(fit != NULL, "init= of the same shape starts");
    fit_close(fit);
    jobs_free(jobs);
    fit_settings_free(&s);
}

int main(void)
{
    char folder[] = "/tmp/deltaw-test-XXXXXX", path[64];
    static const size_t counts[] = {200, 120, 90};
    tap_note("seed %d", SEED);
    if (!mkdtemp(folder))
        return 1;
    snprintf(path, sizeof path, "%s/m.npz", folder);
    struct cohort *c = test_cohort(3, counts, SEED);
    struct model *m = trained(c);
    test_round_trip(m, c, path);
    test_damage(m, path);
    test_other_start(m, c, path);
    test_parameters_alone(m, c, path);
    model_drop(m);
    cohort_drop(c);
    unlink(path);
    rmdir(folder);
    return tap_done();
}
