#include "deltaw/study/behaviour.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/learn/ensemble.h"
#include "deltaw/learn/inputs.h"
#include "truth.h"

enum { CURVE_BINS = 100, CURVE_LEAST = 50 };

/* About a hundred bins over the longest animal, of a round number of trials. */
static size_t round_bin(size_t longest)
{
    static const size_t lead[] = {100, 200, 250, 500};
    size_t wanted = (longest + CURVE_BINS - 1) / CURVE_BINS;
    if (wanted <= CURVE_LEAST)
        return CURVE_LEAST;
    for (size_t power = 1;; power *= 10)
        for (size_t i = 0; i < sizeof lead / sizeof *lead; i++)
            if (lead[i] * power >= wanted)
                return lead[i] * power;
}

/* Share of correct choices of one animal per bin: row [n_bins]. */
static void animal_curve(const struct cohort *cohort, const struct animal *animal, size_t bin,
                         size_t n_bins, double *row)
{
    for (size_t b = 0; b < n_bins; b++) {
        size_t known = 0, correct = 0, end = (b + 1) * bin;
        end = end < animal->count ? end : animal->count;
        for (size_t i = b * bin; i < end; i++) {
            float reward = cohort->reward[animal->first + i];
            known += reward == 0 || reward == 1;
            correct += (reward == 0 || reward == 1) &&
                       cohort->choice[animal->first + i] == cohort->answer[animal->first + i];
        }
        row[b] = known ? (double)correct / (double)known : NAN;
    }
}

static void summarise(struct learning_curve *curve, size_t b)
{
    double sum = 0, squares = 0;
    for (size_t a = 0; a < curve->n_animals; a++) {
        double value = curve->animal[a * curve->n_bins + b];
        if (isnan(value))
            continue;
        sum += value;
        curve->n[b]++;
    }
    double n = (double)curve->n[b];
    curve->mean[b] = n > 0 ? sum / n : NAN;
    for (size_t a = 0; a < curve->n_animals; a++) {
        double away = curve->animal[a * curve->n_bins + b] - curve->mean[b];
        squares += isnan(away) ? 0 : away * away;
    }
    curve->sem[b] = n > 1 ? sqrt(squares / (n - 1) / n) : NAN;
}

void learning_curve_compute(const struct cohort *cohort, size_t bin, struct learning_curve *out)
{
    size_t longest = 0;
    for (size_t a = 0; a < cohort->n_animals; a++)
        longest = cohort->animals[a].count > longest ? cohort->animals[a].count : longest;
    struct learning_curve curve = {.bin = bin ? bin : round_bin(longest),
                                   .n_animals = cohort->n_animals};
    curve.n_bins = longest / curve.bin + (longest % curve.bin > 0);
    curve.animal = mem_new(curve.n_animals * curve.n_bins, sizeof *curve.animal);
    curve.mean = mem_new(curve.n_bins, sizeof *curve.mean);
    curve.sem = mem_new(curve.n_bins, sizeof *curve.sem);
    curve.n = mem_new(curve.n_bins, sizeof *curve.n);
    for (size_t a = 0; a < curve.n_animals; a++)
        animal_curve(cohort, &cohort->animals[a], curve.bin, curve.n_bins,
                     curve.animal + a * curve.n_bins);
    for (size_t b = 0; b < curve.n_bins; b++)
        summarise(&curve, b);
    *out = curve;
}

double trajectory_p_right(const struct model *model, const struct cohort *cohort,
                          const struct animal *animal, size_t t, const float *w)
{
    const struct policy *policy = &model->settings.policy;
    double x[POLICY_MAX], z = 0;
    if (model->ensemble) /* each member has weights of its own */
        return ensemble_right(model, cohort, t);
    inputs_policy_of(policy, cohort, animal, t, x);
    for (size_t k = 0; k < policy->n; k++)
        z += w[k] * x[k];
    return policy_right(z, model_lapse(model));
}

/* Sum of P(correct) of the bins of one animal. */
static void expect_animal(const struct learning_curve *curve, const struct model *model,
                          const struct cohort *cohort, const struct animal *animal,
                          const float *visited, size_t stride, double *sum, size_t *n)
{
    size_t k_n = model->settings.policy.n;
    for (size_t i = 0; i < animal->count; i += stride) {
        size_t t = animal->first + i, b = i / curve->bin;
        if (b >= curve->n_bins || (cohort->reward[t] != 0 && cohort->reward[t] != 1))
            continue;
        double right = trajectory_p_right(model, cohort, animal, t, visited + t * k_n);
        sum[b] += cohort->answer[t] ? right : 1 - right;
        n[b]++;
    }
}

void learning_curve_expect(const struct learning_curve *curve, const struct model *model,
                           const struct cohort *cohort, const float *visited, size_t most,
                           double *expected)
{
    size_t n_bins = curve->n_bins;
    double *sum = mem_new(n_bins, sizeof *sum);
    size_t *animals = mem_new(n_bins, sizeof *animals), *n = mem_new(n_bins, sizeof *n);
    size_t stride = most && cohort->n_trials > most ? (cohort->n_trials + most - 1) / most : 1;
    stride = stride < curve->bin ? stride : curve->bin;
    memset(expected, 0, n_bins * sizeof *expected);
    for (size_t a = 0; a < cohort->n_animals; a++) {
        memset(sum, 0, n_bins * sizeof *sum);
        memset(n, 0, n_bins * sizeof *n);
        expect_animal(curve, model, cohort, &cohort->animals[a], visited, stride, sum, n);
        for (size_t b = 0; b < n_bins; b++)
            if (n[b] > 0) {
                expected[b] += sum[b] / (double)n[b];
                animals[b]++;
            }
    }
    for (size_t b = 0; b < n_bins; b++)
        expected[b] = animals[b] > 0 ? expected[b] / (double)animals[b] : NAN;
    free(sum);
    free(animals);
    free(n);
}

void learning_curve_free(struct learning_curve *curve)
{
    free(curve->animal);
    free(curve->mean);
    free(curve->sem);
    free(curve->n);
    *curve = (struct learning_curve){0};
}

void learning_curve_table(const struct cohort *cohort, const struct learning_curve *curve,
                          const struct learning_expectation *expectation, struct table *out)
{
    bool expects = expectation && expectation->expected, band = expects && expectation->low;
    size_t last = 5 + curve->n_animals;
    table_columns(out, "first_trial|last_trial", COLUMN_COUNT, 0);
    table_column(out, "mean", COLUMN_NUMBER, 4);
    table_column(out, "sem", COLUMN_NUMBER, 3);
    table_column(out, "animals", COLUMN_COUNT, 0);
    for (size_t a = 0; a < curve->n_animals; a++)
        table_each(out, "by_animal", cohort->animals[a].name, COLUMN_NUMBER, 4);
    if (expects) {
        table_columns(out, "expected|expected_low|expected_high", COLUMN_NUMBER, 4);
        table_column(out, "interval", COLUMN_TEXT, 0);
    }
    for (size_t b = 0; b < curve->n_bins; b++) {
        table_add(out, 0, NULL, 5,
                  (double[]){b * curve->bin + 1, (b + 1) * curve->bin, curve->mean[b],
                             curve->sem[b], curve->n[b]});
        for (size_t a = 0; a < curve->n_animals; a++)
            table_number(out, 5 + a, curve->animal[a * curve->n_bins + b]);
        if (expects) {
            table_number(out, last, expectation->expected[b]);
            table_text(out, last + 3, interval_word(expectation->interval));
        }
        if (band) {
            table_number(out, last + 1, expectation->low[b]);
            table_number(out, last + 2, expectation->high[b]);
        }
    }
}

void trajectory_compute(const struct model *model, const struct cohort *cohort, size_t animal,
                        const float *visited, struct trajectory *out)
{
    const struct policy *policy = &model->settings.policy;
    const struct animal *who = &cohort->animals[animal];
    const float *columns[POLICY_MAX];
    size_t n = who->count, n_weights = policy->n;
    bool truth = cohort->truth && truth_columns(cohort, policy, columns, NULL);
    *out = (struct trajectory){.n = n, .n_weights = n_weights};
    out->w = mem_new(n * n_weights, sizeof *out->w);
    out->p_right = mem_new(n, sizeof *out->p_right);
    out->truth = truth ? mem_new(n * n_weights, sizeof *out->truth) : NULL;
    out->day = mem_new(n, sizeof *out->day);
    for (size_t i = 0; i < n; i++) {
        size_t t = who->first + i;
        for (size_t k = 0; k < n_weights; k++) {
            out->w[i * n_weights + k] = visited[t * n_weights + k];
            if (truth)
                out->truth[i * n_weights + k] = columns[k][t];
        }
        out->p_right[i] = trajectory_p_right(model, cohort, who, t, visited + t * n_weights);
        out->day[i] = cohort_day(cohort, who, t);
    }
}

void trajectory_free(struct trajectory *trajectory)
{
    free(trajectory->w);
    free(trajectory->p_right);
    free(trajectory->truth);
    free(trajectory->day);
    free(trajectory->low), free(trajectory->high);
    free(trajectory->p_low), free(trajectory->p_high);
    *trajectory = (struct trajectory){0};
}

void trajectory_sides(const struct trajectory *trajectory, const struct cohort *cohort,
                      size_t animal, size_t bin, struct sides *out)
{
    size_t first = cohort->animals[animal].first, n_bins = (trajectory->n + bin - 1) / bin;
    *out = (struct sides){.n_bins = n_bins, .bin = bin, .x = mem_new(n_bins, sizeof *out->x)};
    for (int side = 0; side < 2; side++) {
        out->chosen[side] = mem_new(n_bins, sizeof(double));
        out->expected[side] = mem_new(n_bins, sizeof(double));
    }
    for (size_t b = 0; b < n_bins; b++) {
        size_t n[2] = {0}, end = (b + 1) * bin < trajectory->n ? (b + 1) * bin : trajectory->n;
        out->x[b] = 1 + ((double)(b * bin) + (double)(end - 1)) / 2;
        for (size_t i = b * bin; i < end; i++) {
            float s = cohort->stimulus[first + i];
            if (s == 0)
                continue;
            out->chosen[s > 0][b] += cohort->choice[first + i];
            out->expected[s > 0][b] += trajectory->p_right[i];
            n[s > 0]++;
        }
        for (int side = 0; side < 2; side++) {
            out->chosen[side][b] = n[side] ? out->chosen[side][b] / (double)n[side] : NAN;
            out->expected[side][b] = n[side] ? out->expected[side][b] / (double)n[side] : NAN;
            out->n[side] += n[side];
        }
    }
}

void trajectory_sides_free(struct sides *sides)
{
    for (int side = 0; side < 2; side++) {
        free(sides->chosen[side]);
        free(sides->expected[side]);
    }
    free(sides->x);
    *sides = (struct sides){0};
}

static void band_columns(const struct policy *policy, struct table *out)
{
    table_columns(out, "p_right_low|p_right_high", COLUMN_NUMBER, 4);
    for (size_t k = 0; k < policy->n; k++) {
        char *names = mem_printf("%s_low|%s_high", policy->weight[k], policy->weight[k]);
        table_columns(out, names, COLUMN_NUMBER, 4);
        free(names);
    }
    table_column(out, "interval", COLUMN_TEXT, 0);
}

static void trajectory_row(const struct cohort *cohort, const struct animal *who,
                           const struct trajectory *path, size_t i, struct table *out)
{
    size_t k_n = path->n_weights, t = who->first + i;
    const char *session = cohort->session_names[cohort->session[t]];
    table_add(out, 2, (const char *[]){who->name, session}, 2,
              (double[]){cohort->trial[t], path->p_right[i]});
    for (size_t k = 0; k < k_n; k++)
        table_number(out, 4 + k, path->w[i * k_n + k]);
    if (!path->low)
        return;
    table_number(out, 4 + k_n, path->p_low[i]);
    table_number(out, 5 + k_n, path->p_high[i]);
    for (size_t k = 0; k < k_n; k++) {
        table_number(out, 6 + k_n + 2 * k, path->low[i * k_n + k]);
        table_number(out, 7 + k_n + 2 * k, path->high[i * k_n + k]);
    }
    table_text(out, 6 + 3 * k_n, interval_word(path->interval));
}

void trajectory_table(const struct model *model, const struct cohort *cohort, long animal,
                      const float *visited, struct table *out)
{
    const struct policy *policy = &model->settings.policy;
    table_columns(out, "subject|session", COLUMN_TEXT, 0);
    table_column(out, "trial", COLUMN_COUNT, 0);
    table_column(out, "p_right", COLUMN_NUMBER, 4);
    for (size_t k = 0; k < policy->n; k++)
        table_column(out, policy->weight[k], COLUMN_NUMBER, 4);
    for (size_t a = 0; a < cohort->n_animals; a++) {
        const struct animal *who = &cohort->animals[a];
        struct trajectory path;
        if ((animal >= 0 && a != (size_t)animal) || who->count == 0)
            continue;
        trajectory_compute(model, cohort, a, visited, &path);
        if (trajectory_band(model, cohort, a, 0, &path) && out->n_rows == 0)
            band_columns(policy, out);
        for (size_t i = 0; i < who->count; i++)
            trajectory_row(cohort, who, &path, i, out);
        trajectory_free(&path);
    }
}
