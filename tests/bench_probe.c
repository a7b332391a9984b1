/* bench_probe RUNS DATA MODEL: prints a line "NAME WALL CPU LEAST" for each thing that
 * views compute: medians, and the least wall time, in milliseconds.  For tests/bench.sh.
 *
 * A map has two panels of nx x ny, rewarded and not: the picture of 200 x 50 cells is
 * 100 x 50 in each. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "deltaw/base/thread.h"
#include "deltaw/data/load.h"
#include "deltaw/study/behaviour.h"
#include "deltaw/study/probe.h"

static const struct model *model;
static const struct cohort *cohort;
static float *visited;

static double processor_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void take_map(size_t nx, size_t ny, size_t lags, size_t histories, size_t sample)
{
    struct probe_request request;
    struct map map;
    struct err err = {0};
    probe_request_default(&request);
    request.nx = nx, request.ny = ny;
    request.lags = lags, request.histories = histories, request.sample = sample;
    request.live = true;
    if (!probe_map_compute(model, cohort, visited, &request, &map, &err)) {
        fprintf(stderr, "bench_probe: %s\n", err.message);
        exit(1);
    }
    probe_map_free(&map);
}

static void small_map(void)
{
    take_map(60, 30, 3, 64, 4);
}

static void picture(void)
{
    take_map(100, 50, 4, 256, 1);
}

/* Half blocks show two values in a cell, one above the other. */
static void halves(void)
{
    take_map(100, 100, 4, 256, 1);
}

static void panels(void)
{
    take_map(200, 50, 4, 256, 1);
}

static void panels_8(void)
{
    take_map(200, 50, 4, 256, 8);
}

static void few_map(void)
{
    take_map(200, 50, 4, 32, 4);
}

static void take_slice(void)
{
    struct probe_request request;
    struct slice slice;
    probe_request_default(&request);
    request.histories = 256;
    request.past = PAST_BOTH;
    request.live = true;
    if (probe_slice_compute(model, cohort, visited, &request, &slice, NULL))
        probe_slice_free(&slice);
}

static void take_weights(void)
{
    struct trajectory path;
    trajectory_compute(model, cohort, 0, visited, &path);
    trajectory_free(&path);
}

static void take_accuracy(void)
{
    struct learning_curve curve;
    learning_curve_compute(cohort, 0, &curve);
    double *expected = calloc(curve.n_bins, sizeof *expected);
    learning_curve_expect(&curve, model, cohort, visited, 0, expected);
    free(expected);
    learning_curve_free(&curve);
}

static void take_sweep(void)
{
    model_sweep(model, cohort, visited);
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void bench(const char *name, void (*run)(void), int runs)
{
    double wall[64], processor[64];
    for (int i = 0; i < runs; i++) {
        double w = clock_seconds(), p = processor_seconds();
        run();
        wall[i] = (clock_seconds() - w) * 1e3;
        processor[i] = (processor_seconds() - p) * 1e3;
    }
    qsort(wall, (size_t)runs, sizeof *wall, compare);
    qsort(processor, (size_t)runs, sizeof *processor, compare);
    printf("%s %.1f %.1f %.1f\n", name, wall[runs / 2], processor[runs / 2], wall[0]);
}

int main(int argc, char **argv)
{
    struct err err = {0};
    struct cohort *loaded;
    struct model *opened;
    int runs = argc == 4 ? atoi(argv[1]) : 0;
    if (runs < 1 || runs > 64) {
        fprintf(stderr, "usage: bench_probe RUNS DATA MODEL\n");
        return 2;
    }
    const char *paths[] = {argv[2]};
    if (!cohort_load(&(struct load_options){.n_paths = 1, .paths = paths}, &loaded, &err) ||
        !model_open(argv[3], "m", &opened, &err)) {
        fprintf(stderr, "bench_probe: %s\n", err.message);
        return 1;
    }
    cohort = loaded, model = opened;
    visited = malloc(cohort->n_trials * model->settings.shape.n_weights * sizeof *visited);
    bench("sweep", take_sweep, runs);
    bench("map_60x30_64", small_map, runs);
    bench("map_100x50_256", picture, runs);
    bench("map_100x100_256", halves, runs);
    bench("map_200x50_256", panels, runs);
    bench("map_200x50_32x4", few_map, runs);
    if (getenv("BENCH_LONG"))
        bench("map_200x50_256x8", panels_8, runs);
    bench("slice_both_256", take_slice, runs);
    bench("weights", take_weights, runs);
    bench("accuracy", take_accuracy, runs);
    free(visited);
    model_drop(opened);
    cohort_drop(loaded);
    return 0;
}
