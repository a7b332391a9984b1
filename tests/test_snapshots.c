/* Snapshots: thinning, equal bits with shorter fits, files. */
#include <poll.h>
#include <unistd.h>

#include "cohorts.h"
#include "deltaw/base/mem.h"
#include "deltaw/data/npz.h"
#include "deltaw/learn/snapshots.h"
#include "tap.h"

enum { SEED = 7, ANIMALS = 4 };
static const size_t counts[ANIMALS] = {200, 160, 130, 90};

/* Dense first, and then no gap much wider, for its epoch, than another. */
static void test_spacing(const struct snapshots *s)
{
    int newest = s->epoch[s->n - 1], dense = 0;
    double widest = 0;
    while (s->epoch[dense + 1] == dense + 1)
        dense++;
    for (size_t i = (size_t)dense; i + 1 < s->n; i++)
        widest = fmax(widest, (double)(s->epoch[i + 1] - s->epoch[i]) / s->epoch[i + 1]);
    tap_ok(s->n == SNAPSHOTS_MOST && dense >= (newest > 1000 ? 40 : 60),
           "of %d epochs all of the first %d are kept", newest, dense);
    tap_ok(widest < 2.5 / dense, "and no gap after them is wider than %.1f %% of its epoch",
           100 * widest);
}

static void test_thinning(void)
{
    struct snapshots *s = snapshots_new(3, SNAPSHOTS_BYTES);
    bool bounded = true, ends = true, right = true;
    tap_ok(s->room == SNAPSHOTS_MOST, "small models have room for %zu", s->room);
    for (int epoch = 0; epoch < 5000; epoch++) {
        snapshots_add(s, epoch, (double[]){epoch, -epoch, 1});
        bounded = bounded && s->n <= SNAPSHOTS_MOST;
        ends = ends && s->epoch[0] == 0 && s->epoch[s->n - 1] == epoch;
        for (size_t i = 0; i < s->n; i++)
            right = right && s->values[i][0] == s->epoch[i] && s->values[i][1] == -s->epoch[i];
        if (epoch == SNAPSHOTS_MOST - 1)
            tap_ok(s->n == SNAPSHOTS_MOST, "every epoch until it is full");
        if (epoch == SNAPSHOTS_MOST)
            tap_ok(s->n == SNAPSHOTS_MOST && s->epoch[SNAPSHOTS_MOST - 2] != epoch - 1,
                   "then one goes for each that comes, of the late ones");
        if (epoch == 1000 || epoch == 4999)
            test_spacing(s);
    }
    tap_ok(bounded, "never more than %d", SNAPSHOTS_MOST);
    tap_ok(ends, "the first and the newest epoch are always there");
    tap_ok(right, "each has the values of its epoch");
    size_t n = s->n;
    snapshots_add(s, 4999, (double[]){-7, 0, 0});
    tap_ok(s->n == n && s->values[n - 1][0] == -7, "the newest epoch again replaces it");
    snapshots_free(s);
    s = snapshots_new(SNAPSHOTS_BYTES / sizeof(double) / 10, SNAPSHOTS_BYTES);
    tap_ok(s->room == 10, "where ten fill the memory there is room for %zu", s->room);
    snapshots_free(s);
    s = snapshots_new(SNAPSHOTS_BYTES, SNAPSHOTS_BYTES);
    tap_ok(s->room == 2, "and two in any case");
    snapshots_free(s);
}

static struct fit *fitted(const char *rule, int epochs, enum w0_kind w0, const struct cohort *c,
                          struct jobs *jobs)
{
    struct err err = {0};
    struct fit_settings s;
    fit_settings_default(&s);
    snprintf(s.rule, sizeof s.rule, "%s", rule);
    s.epochs = epochs;
    s.shape.hidden = 6;
    s.truncation = 50;
    s.threads = 2;
    s.seed = SEED;
    s.w0.kind = w0;
    struct fit *fit = fit_start(&s, c, "f", jobs, NULL, &err);
    while (fit && fit_active(fit)) {
        poll(&(struct pollfd){.fd = jobs_wake(jobs)->fd, .events = POLLIN}, 1, 1000);
        wake_drain(jobs_wake(jobs));
    }
    if (!fit)
        tap_note("%s", err.message);
    return fit;
}

static void test_same_bits(const char *rule, enum w0_kind w0, const struct cohort *c,
                           struct jobs *jobs)
{
    struct fit *whole = fitted(rule, 450, w0, c, jobs);
    int epochs[SNAPSHOTS_MOST], found = -1;
    size_t n = fit_epochs_kept(whole, epochs);
    tap_ok(n > 100 && n <= SNAPSHOTS_MOST && epochs[0] == 0 && epochs[n - 1] == 450,
           "%s: %zu snapshots of 450 epochs, %d to %d", rule, n, epochs[0], epochs[n - 1]);
    for (int i = 0; i < 3; i++) {
        int epoch = (int[]){0, epochs[n / 2], 450}[i];
        struct fit *part = fitted(rule, epoch, w0, c, jobs);
        struct model *now = fit_model_at(whole, epoch, &found), *want = fit_model(part);
        tap_ok(found == epoch &&
                   memcmp(now->theta, want->theta, want->tensors.size * sizeof(double)) == 0 &&
                   memcmp(now->w0, want->w0, ANIMALS * 2 * sizeof(double)) == 0,
               "%s: the snapshot of epoch %d has the bits of a fit with epochs=%d", rule, found,
               epoch);
        tap_near(model_loss(now, c, NULL, NULL), now->history[epoch].train, 1e-6,
                 "%s: and the loss that its history tells", rule);
        model_drop(now), model_drop(want);
        fit_close(part);
    }
    size_t gap = n / 2;
    while (epochs[gap] + 1 == epochs[gap + 1])
        gap++;
    struct model *between = fit_model_at(whole, epochs[gap] + 1, &found);
    tap_ok(found == epochs[gap], "between two the earlier one is given");
    model_drop(between);
    fit_close(whole);
}

static void test_search(const struct cohort *c, struct jobs *jobs)
{
    struct fit *fit = fitted("reinforce", 1, W0_ZERO, c, jobs);
    int epochs[SNAPSHOTS_MOST];
    size_t n = fit_epochs_kept(fit, epochs);
    tap_ok(n > 3 && epochs[0] == 0, "a search keeps %zu evaluations, each better than before", n);
    double before = INFINITY;
    bool better = true;
    for (size_t i = 0; i < n; i++) {
        struct model *m = fit_model_at(fit, epochs[i], NULL);
        double loss = model_loss(m, c, NULL, NULL);
        if (!(loss < before + 1e-12)) /* sums are rounded */
            tap_note("evaluation %d: %.17g after %.17g", epochs[i], loss, before);
        better = better && loss < before + 1e-12;
        before = loss;
        model_drop(m);
    }
    struct model *last = fit_model(fit);
    tap_ok(better, "the losses fall from one to the next");
    tap_near(model_loss(last, c, NULL, NULL), before, 0, "and the last is that of the result");
    model_drop(last);
    fit_close(fit);
}

static void test_file(const char *rule, enum w0_kind w0, const struct cohort *c, struct jobs *jobs)
{
    struct err err = {0};
    struct fit *fit = fitted(rule, 30, w0, c, jobs), *again;
    struct model *m = fit_model(fit), *opened = NULL;
    struct snapshots *s = fit_snapshots(fit);
    int kept[SNAPSHOTS_MOST], read[SNAPSHOTS_MOST];
    bool ok =
        model_save_replay(m, s, "replay.npz", &err) && model_open("replay.npz", "o", &opened, &err);
    if (!tap_ok(ok, "%s: saved with snapshots and opened", rule)) {
        tap_note("%s", err.message);
        return;
    }
    again = fit_opened(opened);
    size_t n = fit_epochs_kept(fit, kept), n_read = fit_epochs_kept(again, read);
    tap_ok(n == n_read && memcmp(kept, read, n * sizeof *kept) == 0, "%s: the same %zu epochs",
           rule, n);
    bool same = true;
    for (size_t i = 0; i < n && i < n_read; i++) {
        struct model *a = fit_model_at(fit, kept[i], NULL), *b = fit_model_at(again, read[i], NULL);
        for (size_t j = 0; j < a->tensors.size; j++)
            same = same && (a->rule->network ? (float)a->theta[j] == (float)b->theta[j]
                                             : a->theta[j] == b->theta[j]);
        same = same && memcmp(a->w0, b->w0, ANIMALS * 2 * sizeof(double)) == 0;
        model_drop(a), model_drop(b);
    }
    tap_ok(same, "%s: the same parameters and start weights, as exact as the file is", rule);
    model_save(m, "plain.npz", &err);
    model_drop(m);
    fit_close(fit), fit_close(again);
    ok = model_open("plain.npz", "p", &opened, &err);
    again = ok ? fit_opened(opened) : NULL;
    tap_ok(ok && fit_epochs_kept(again, read) == 0 && !fit_model_at(again, 0, NULL),
           "%s: a file without them opens as before", rule);
    fit_close(again);
    snapshots_free(s);
}

static void refused(const char *name, const double *values, size_t size, const char *want)
{
    struct npz npz;
    struct err err = {0};
    struct model *m = NULL;
    if (!npz_read("replay.npz", &npz, &err))
        return;
    struct npz_array *a = npz_find(&npz, name);
    for (size_t i = 0; a && i < size && i < a->size; i++)
        a->values[i] = values[i];
    npz_write("bad.npz", &npz, &err);
    npz_free(&npz);
    tap_ok(a && !model_open("bad.npz", "b", &m, &err) && strstr(err.message, want), "refused: %s",
           err.message);
}

static void test_refusals(void)
{
    refused("snapshots.epoch", (double[]){5, 4}, 2, "rising whole numbers");
    refused("snapshots.epoch", (double[]){-1}, 1, "rising whole numbers");
    refused("snapshots.epoch", (double[]){3e9}, 1, "rising whole numbers");
    refused("snapshots.dnn.0.weight", (double[]){NAN}, 1, "not a finite number");
    struct npz npz;
    struct err err = {0};
    struct model *m = NULL;
    if (!npz_read("replay.npz", &npz, &err))
        return;
    struct npz_array *a = npz_find(&npz, "snapshots.dnn.0.weight");
    snprintf(a->name, strlen(a->name) + 1, "other");
    npz_write("bad.npz", &npz, &err);
    npz_free(&npz);
    tap_ok(!model_open("bad.npz", "b", &m, &err) && strstr(err.message, "is missing"),
           "refused: %s", err.message);
}

int main(void)
{
    struct wake wake;
    tap_note("seed %d", SEED);
    if (!wake_open(&wake, NULL))
        return 1;
    struct jobs *jobs = jobs_new(&wake);
    struct cohort *c = test_cohort(ANIMALS, counts, SEED);
    test_thinning();
    test_same_bits("dnn", W0_PSYCHOMETRIC, c, jobs);
    test_same_bits("rnn", W0_ZERO, c, jobs);
    test_search(c, jobs);
    test_file("reinforce-base", W0_ZERO, c, jobs);
    test_file("dnn", W0_PSYCHOMETRIC, c, jobs);
    test_refusals();
    cohort_drop(c);
    jobs_free(jobs);
    wake_close(&wake);
    return tap_done();
}
