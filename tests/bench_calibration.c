/* How far a gp's intervals can be trusted: cohorts of agents with a known rule, fitted, and
 * for each weight the share of visited updates that lie inside their 90 % intervals.
 *
 *   bench_calibration [seeds=20] [agent=NAME] [cohort=NxTRIALS] [terms=LIST] [basis=10]
 *                     [first=1] [threads=N] [keep=FILE] [verbose]
 *
 * Without agent= or cohort= all of them; trace+memory is trace with traces among the terms.
 * Seeds are shared out over threads, each fit on one.  keep=FILE: outcomes go into it as they
 * come, and those that are in it are not computed again, so that the table can be made in
 * parts (`timeout 600 bench_calibration keep=FILE`, as often as it takes) and by rows.  It is
 * of one program: throw it away when the fit has changed. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "deltaw/base/team.h"
#include "deltaw/base/thread.h"
#include "deltaw/learn/engine.h"
#include "gp_agents.h"

struct cohort_kind {
    const char *name;
    size_t n, trials;
    double alpha, w0;
};
static const struct cohort_kind kinds[] = {{"12x3000", 12, 3000, 0x1p-5, 0},
                                           {"30x2000", 30, 2000, 0x1p-5, 0},
                                           {"60x600", 60, 600, 0x1p-4, -2}};
enum { N_KINDS = sizeof kinds / sizeof *kinds, MOST_SEEDS = 200, SAMPLE = 4000 };

struct outcome {
    double cover, robust, r2, width, settled, wrong, z2;
};
enum { FIGURES = sizeof(struct outcome) / sizeof(double) };

static void judge(const struct agents *g, const uint8_t *keep, const struct gp_value *v,
                  const struct gp_value *robust, int k, struct outcome *o)
{
    double n = 0, off = 0, all = 0;
    *o = (struct outcome){0};
    for (size_t i = 0; i < g->data.n_trials; i++) {
        if (!keep[i])
            continue;
        const struct gp_value *m = &v[k], *b = &robust[k];
        double truth = (double)g->dw[2 * i + (size_t)k];
        double z = (m->mean - truth) / fmax((m->high - m->low) / 3.29, 1e-9);
        o->z2 += z * z;
        o->cover += truth >= m->low && truth <= m->high;
        o->robust += truth >= b->low && truth <= b->high;
        o->width += m->high - m->low;
        off += pow(truth - m->mean, 2), all += truth * truth;
        bool settled = m->low > 0 || m->high < 0;
        o->settled += settled;
        o->wrong += settled && fabs(truth) > 1e-9 && truth * m->mean < 0;
        n++, v += 2, robust += 2;
    }
    o->wrong /= fmax(o->settled, 1);
    o->z2 /= n, o->cover /= n, o->robust /= n, o->width /= n, o->settled /= n;
    o->r2 = 1 - off / all;
}

/* Some of the trials, of each animal but its last. */
static uint8_t *sample(const struct agents *g)
{
    uint8_t *keep = mem_new(g->data.n_trials, 1);
    size_t step = g->data.n_trials / SAMPLE + 1;
    for (size_t i = step / 2; i < g->data.n_trials; i += step)
        keep[i] = 1;
    for (size_t a = 0; a < g->data.n_animals; a++)
        keep[g->first[a] + g->count[a] - 1] = 0;
    return keep;
}

/* A row of the table, and what its seeds came to. */
struct row {
    enum agent_rule rule;
    const char *name;
    const struct cohort_kind *kind;
    struct gp_options options;
    uint64_t first;
    bool verbose;
    FILE *keep;
    pthread_mutex_t lock; /* of keep */
    bool known[MOST_SEEDS];
    struct outcome o[MOST_SEEDS][2];
};

/* --- outcomes in a file: a line each, "agent cohort terms basis seed" and the figures ---- */

static void keep_add(struct row *row, uint64_t seed)
{
    const double *figure = (const double *)row->o[seed - row->first];
    if (!row->keep)
        return;
    pthread_mutex_lock(&row->lock);
    fprintf(row->keep, "%s %s %u %zu %lu", row->name, row->kind->name, row->options.terms,
            row->options.basis, (unsigned long)seed);
    for (int i = 0; i < 2 * FIGURES; i++)
        fprintf(row->keep, " %.9g", figure[i]);
    fprintf(row->keep, " .\n");
    fflush(row->keep);
    pthread_mutex_unlock(&row->lock);
}

/* Those of the row that are in the file.  A line cut short is none. */
static void keep_find(struct row *row)
{
    char line[1000], name[32], kind[32];
    memset(row->known, 0, sizeof row->known);
    if (!row->keep)
        return;
    rewind(row->keep);
    while (fgets(line, sizeof line, row->keep)) {
        unsigned terms;
        size_t basis;
        unsigned long seed;
        double figure[2 * FIGURES];
        int at = 0, n = 0;
        if (sscanf(line, "%31s %31s %u %zu %lu%n", name, kind, &terms, &basis, &seed, &at) != 5 ||
            !strstr(line, " .\n") || strcmp(name, row->name) != 0 ||
            strcmp(kind, row->kind->name) != 0 || terms != row->options.terms ||
            basis != row->options.basis || seed < row->first || seed >= row->first + MOST_SEEDS)
            continue;
        for (char *from = line + at, *end; n < 2 * FIGURES; n++, from = end)
            figure[n] = strtod(from, &end);
        memcpy(row->o[seed - row->first], figure, sizeof figure);
        row->known[seed - row->first] = true;
    }
    fseek(row->keep, 0, SEEK_END);
}

static void tell(const struct row *row, uint64_t seed, const struct gp *gp, double seconds)
{
    const struct outcome *o = row->o[seed - row->first];
    fprintf(
        stderr,
        "  seed %3d  %.2f s  tried %zu kept %zu  evidence %.1f (textbook %.1f) "
        "remainder %+.1f memory %+.1f scatter %.2f (z %.1f) | cover %.2f %.2f robust %.2f %.2f R2 "
        "%.2f %.2f\n",
        (int)seed, seconds, gp->n_tried, gp->n_points, gp->log_evidence, gp->textbook.log_evidence,
        gp->log_bayes_smooth,
        isnan(gp->log_bayes_memory) ? gp->log_bayes_missing : gp->log_bayes_memory, gp->scatter,
        gp->scatter_z, o[0].cover, o[1].cover, o[0].robust, o[1].robust, o[0].r2, o[1].r2);
}

/* By any thread. */
static void one(void *context, size_t i, size_t member)
{
    struct row *row = context;
    uint64_t seed = row->first + i;
    if (row->known[i])
        return;
    /* no two rows have their luck in common */
    struct agents *g = agents_new(row->rule, row->kind->n, row->kind->trials, 0, row->kind->alpha,
                                  row->kind->w0, seed + 1000 * (uint64_t)row->rule);
    struct err err = {0};
    struct gp *gp = NULL;
    double begun = clock_seconds();
    (void)member;
    if (!gp_fit(&g->data, &row->options, NULL, &gp, &err))
        err_die("%s", err.message);
    uint8_t *keep = sample(g);
    struct gp_value *v = mem_new(2 * g->data.n_trials, sizeof *v);
    struct gp_value *robust = mem_new(2 * g->data.n_trials, sizeof *v);
    gp_trajectory(gp, GP_MODEL, &g->data, keep, v, NULL);
    gp_trajectory(gp, GP_ROBUST, &g->data, keep, robust, NULL);
    for (int k = 0; k < 2; k++)
        judge(g, keep, v, robust, k, &row->o[i][k]);
    keep_add(row, seed);
    if (row->verbose)
        tell(row, seed, gp, clock_seconds() - begun);
    gp_drop(gp);
    agents_free(g);
    free(keep), free(v), free(robust);
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static void print(const struct row *row, size_t seeds)
{
    printf("%-13s %-8s", row->name, row->kind->name);
    for (int k = 0; k < 2; k++) {
        struct outcome m = {0};
        double r2[MOST_SEEDS], n = (double)seeds;
        for (size_t i = 0; i < seeds; i++) {
            const struct outcome *o = &row->o[i][k];
            m.cover += o->cover / n, m.robust += o->robust / n, m.width += o->width / n;
            m.settled += o->settled / n, m.wrong += o->wrong / n, m.z2 += o->z2 / n;
            m.r2 += o->r2 / n, r2[i] = o->r2;
        }
        qsort(r2, seeds, sizeof *r2, ascending);
        printf(" | %5.2f %5.2f %5.2f %6.2f %6.4f %5.2f  %.3f %5.2f", m.cover, m.robust,
               (r2[(seeds - 1) / 2] + r2[seeds / 2]) / 2, m.r2, m.width, m.settled, m.wrong,
               sqrt(m.z2));
    }
    printf("\n");
    fflush(stdout);
}

struct wanted {
    size_t seeds;
    const char *agent, *cohort;
    unsigned terms; /* 0: those of `fit gp`, and of trace also with memory */
    size_t basis;
    int threads;
};

static bool number(const char *text, const char *name, double most, double *out)
{
    size_t n = strlen(name);
    if (strncmp(text, name, n) != 0)
        return false;
    *out = atof(text + n);
    if (!(*out >= 1 && *out <= most))
        err_die("%s: 1 to %.0f", text, most);
    return true;
}

static void take(const char *text, struct wanted *w, struct row *row)
{
    struct err err = {0};
    double value;
    if (number(text, "seeds=", MOST_SEEDS, &value))
        w->seeds = (size_t)value;
    else if (number(text, "first=", 1e6, &value))
        row->first = (uint64_t)value;
    else if (number(text, "threads=", 1000, &value))
        w->threads = (int)value;
    else if (number(text, "basis=", GP_BASIS, &value))
        w->basis = (size_t)value;
    else if (strncmp(text, "agent=", 6) == 0)
        w->agent = text + 6;
    else if (strncmp(text, "cohort=", 7) == 0)
        w->cohort = text + 7;
    else if (strncmp(text, "terms=", 6) == 0) {
        if (!gp_terms_parse(text + 6, &w->terms, &err))
            err_die("%s", err.message);
    } else if (strncmp(text, "keep=", 5) == 0) {
        row->keep = fopen(text + 5, "a+");
        if (!row->keep)
            err_die("%s cannot be written", text + 5);
    } else if (strcmp(text, "verbose") == 0)
        row->verbose = true;
    else
        err_die("no '%s'; see the head of tests/bench_calibration.c", text);
}

/* One row, by `terms`. */
static void run(const struct wanted *want, struct team *team, const char *name, unsigned terms,
                struct row *row)
{
    struct gp_options options;
    gp_options_default(&options);
    options.terms = terms ? terms : options.terms;
    options.basis = want->basis;
    options.threads = 1;
    row->name = name, row->options = options;
    if ((want->agent && strcmp(want->agent, name) != 0) ||
        (want->cohort && strcmp(want->cohort, row->kind->name) != 0))
        return;
    keep_find(row);
    team_run(team, want->seeds, one, row);
    print(row, want->seeds);
}

int main(int argc, char **argv)
{
    static struct row row = {.first = 1, .lock = PTHREAD_MUTEX_INITIALIZER};
    struct wanted want = {.seeds = 20, .threads = thread_processors()};
    double begun = clock_seconds();
    blas_prepare();
    for (int i = 1; i < argc; i++)
        take(argv[i], &want, &row);
    printf("%zu seeds, means over them but for the median R2; of w_stim, then of w_bias:\n"
           "  cover    share of visited updates inside their 90 %% intervals\n"
           "  robust   the same by the sandwich over animals\n"
           "  R2, mean against answering 0: the median seed's, and the mean\n"
           "  width    of the intervals; settled: share whose sign they settle\n"
           "  wrong    share of wrong signs among those\n"
           "  z        root mean square of errors over their standard deviations\n\n"
           "%-13s %-8s",
           want.seeds, "agent", "cohort");
    for (int k = 0; k < 2; k++)
        printf(" | cover robust  R2   mean  width settled wrong   z%s", k ? "\n" : "  ");
    struct team *team = team_new(want.threads);
    for (int k = 0; k < N_KINDS; k++)
        for (int r = 0; r < AGENT_N; r++) {
            row.rule = (enum agent_rule)r, row.kind = &kinds[k];
            run(&want, team, agent_names[r], want.terms, &row);
            if (r == AGENT_TRACE && !want.terms)
                run(&want, team, "trace+memory",
                    1u << GP_CORRECT | 1u << GP_ERROR | 1u << GP_TRACE | 1u << GP_AVERAGE, &row);
        }
    team_free(team);
    printf("\n%.0f s\n", clock_seconds() - begun);
    return 0;
}
