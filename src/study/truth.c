/* True rules: the update of a trial (doc/science, textbook rules), and which rates an
 * animal has. */
#include "truth.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <math.h>

#include "deltaw/base/mem.h"

double truth_sigmoid(double z)
{
    if (z >= 0)
        return 1 / (1 + exp(-z));
    double e = exp(z);
    return e / (1 + e);
}

/* f(a) (1 - p_a) of a side a; 1 - p_a is the probability of the other side,
 * sigmoid(-f(a) w.x). */
static double eligibility(int side, double logit)
{
    return side ? truth_sigmoid(-logit) : -truth_sigmoid(logit);
}

/* --- rules without a memory -------------------------------------------------- */

/* dw_k = alpha_k (gain + r - b_k) e x_k, the second part when the reward counts. */
struct learning_signal {
    double e, gain;
    bool rewarded;
};

static struct learning_signal signal_reinforce(double logit, int choice, int answer)
{
    (void)answer; /* the side that paid is seen only through the reward */
    return (struct learning_signal){.e = eligibility(choice, logit), .rewarded = true};
}

static struct learning_signal signal_reward_max(double logit, int choice, int answer)
{
    (void)choice;
    double slope = truth_sigmoid(logit) * truth_sigmoid(-logit);
    return (struct learning_signal){.e = answer ? slope : -slope, .gain = 2};
}

static struct learning_signal signal_predict_max(double logit, int choice, int answer)
{
    (void)choice;
    return (struct learning_signal){.e = eligibility(answer, logit), .gain = 1};
}

const char *const simulate_rules[] = {"reinforce", "reinforce-base", "reward-max", "predict-max",
                                      "trace",     "static",         NULL};

/* In the order of simulate_rules. */
static const struct truth_rule {
    struct learning_signal (*signal)(double logit, int choice, int answer); /* NULL: has none */
    unsigned takes;
} rules[] = {
    {signal_reinforce, TAKES_ALPHA | TAKES_BASELINE | TAKES_ERROR | TAKES_FORGETTING},
    {signal_reinforce, TAKES_ALPHA | TAKES_BASELINE | TAKES_ERROR | TAKES_FORGETTING},
    {signal_reward_max, TAKES_ALPHA | TAKES_ERROR | TAKES_FORGETTING},
    {signal_predict_max, TAKES_ALPHA | TAKES_ERROR | TAKES_FORGETTING},
    {NULL, TAKES_ALPHA | TAKES_WINDOW | TAKES_FORGETTING},
    {NULL, 0},
};

static const struct truth_rule *find(const char *name)
{
    for (size_t i = 0; simulate_rules[i]; i++)
        if (strcmp(simulate_rules[i], name) == 0)
            return &rules[i];
    return NULL;
}

unsigned truth_takes(const char *rule)
{
    const struct truth_rule *found = find(rule);
    return found ? found->takes : 0;
}

static double logit_of(const struct truth *truth, const double *w, const double *x)
{
    double z = 0;
    for (size_t k = 0; k < truth->policy.n; k++)
        z += w[k] * x[k];
    return z;
}

/* Between the two rates where the reward is not known (one half), as the fit's. */
static double rate_at(const struct truth *truth, size_t k, double reward)
{
    return truth->split ? truth->alpha_error[k] + reward * (truth->alpha[k] - truth->alpha_error[k])
                        : truth->alpha[k];
}

/* --- the trace rule ---------------------------------------------------------- */

/* The last S trials, in a ring: newest at `newest`. */
struct truth_memory {
    size_t window, n_weights, newest;
    double *reward; /* [S] */
    double *e;      /* [S][K]: f(y) (1 - p_y) x_k */
};

bool truth_remembers(const struct truth *truth)
{
    return truth_takes(truth->rule) & TAKES_WINDOW;
}

struct truth_memory *truth_memory_new(const struct truth *truth)
{
    struct truth_memory *m = mem_new(1, sizeof *m);
    m->window = truth_remembers(truth) ? truth->window : 0;
    m->n_weights = truth->policy.n;
    m->reward = mem_new(m->window, sizeof *m->reward);
    m->e = mem_new(m->window * m->n_weights, sizeof *m->e);
    return m;
}

void truth_memory_reset(struct truth_memory *m)
{
    m->newest = 0;
    memset(m->reward, 0, m->window * sizeof *m->reward);
    memset(m->e, 0, m->window * m->n_weights * sizeof *m->e);
}

void truth_memory_copy(struct truth_memory *to, const struct truth_memory *from)
{
    to->newest = from->newest;
    memcpy(to->reward, from->reward, from->window * sizeof *to->reward);
    memcpy(to->e, from->e, from->window * from->n_weights * sizeof *to->e);
}

void truth_memory_free(struct truth_memory *m)
{
    if (!m)
        return;
    free(m->reward);
    free(m->e);
    free(m);
}

/* dw_k = alpha_k R_t sum_{j=0..S} e_{k,t-j}; R_t = 1 when at least half of the
 * last S trials were correct, this one among them and what lies before the first
 * not: src/learn/rules/trace.c, summed in its order. */
static void trace_step(const struct truth *truth, struct truth_memory *m, const double *w,
                       const double *x, int choice, double reward, double *dw)
{
    size_t n = truth->policy.n, s = truth->window, at = m->newest;
    double now = eligibility(choice, logit_of(truth, w, x)), correct = reward;
    for (size_t j = 0; j + 1 < s; j++)
        correct += m->reward[(at + j) % s];
    bool fires = 2 * correct >= (double)s;
    for (size_t k = 0; k < n; k++) {
        double sum = now * x[k];
        for (size_t j = 0; j < s; j++)
            sum += m->e[(at + j) % s * n + k];
        dw[k] = fires ? truth->alpha[k] * sum : 0;
    }
    m->newest = at = (at + s - 1) % s;
    m->reward[at] = reward;
    for (size_t k = 0; k < n; k++)
        m->e[at * n + k] = now * x[k];
}

/* As the first trial of an animal: one correct trial is half of a window of 2. */
static void trace_first(const struct truth *truth, const double *w, const double *x, int choice,
                        double reward, double *dw)
{
    double now = eligibility(choice, logit_of(truth, w, x));
    bool fires = 2 * reward >= (double)truth->window;
    for (size_t k = 0; k < truth->policy.n; k++)
        dw[k] = fires ? truth->alpha[k] * (now * x[k]) : 0;
}

/* --- any rule ---------------------------------------------------------------- */

static void forget(const struct truth *truth, const double *w, double *dw)
{
    for (size_t k = 0; k < truth->policy.n; k++)
        if (truth->forgetting[k] != 0)
            dw[k] -= truth->forgetting[k] * w[k];
}

void truth_step(const struct truth *truth, struct truth_memory *memory, const double *w,
                const double *x, int choice, double reward, int answer, double *dw)
{
    if (!memory || !truth_remembers(truth)) {
        truth_update(truth, w, x, choice, reward, answer, dw);
        return;
    }
    trace_step(truth, memory, w, x, choice, reward, dw);
    forget(truth, w, dw);
}

void truth_update(const struct truth *truth, const double *w, const double *x, int choice,
                  double reward, int answer, double *dw)
{
    const struct truth_rule *rule = find(truth->rule);
    size_t n = truth->policy.n;
    if (!rule)
        err_die("truth: no rule '%s'", truth->rule);
    if (rule->signal) {
        struct learning_signal d = rule->signal(logit_of(truth, w, x), choice, answer);
        for (size_t k = 0; k < n; k++)
            dw[k] = rate_at(truth, k, reward) *
                    (d.rewarded ? reward - truth->baseline[k] : d.gain) * d.e * x[k];
    } else if (truth_remembers(truth)) {
        trace_first(truth, w, x, choice, reward, dw);
    } else {
        memset(dw, 0, n * sizeof *dw);
    }
    forget(truth, w, dw);
}

/* --- mixtures ---------------------------------------------------------------- */

size_t truth_group(const struct truth *truth, size_t animal)
{
    size_t round = 0, g = 0;
    for (size_t i = 0; i < truth->n_groups; i++)
        round += truth->group[i].share;
    if (round == 0)
        return 0;
    for (animal %= round; animal >= truth->group[g].share; g++)
        animal -= truth->group[g].share;
    return g;
}

void truth_of_group(const struct truth *truth, size_t group, struct truth *out)
{
    *out = *truth;
    if (group >= truth->n_groups)
        return;
    out->n_groups = 0;
    memcpy(out->alpha, truth->group[group].alpha, sizeof out->alpha);
    memcpy(out->alpha_error, truth->group[group].alpha_error, sizeof out->alpha_error);
}

/* Animals may have been filtered out: their names tell which is which. */
void truth_of_animal(const struct truth *truth, const struct cohort *cohort, size_t animal,
                     struct truth *out)
{
    const char *name = cohort->animals[animal].name;
    char *end;
    *out = *truth;
    if (truth->n_groups == 0 || strncmp(name, "sim", 3) != 0 || !isdigit((unsigned char)name[3]))
        return;
    unsigned long number = strtoul(name + 3, &end, 10);
    if (*end == 0 && number > 0)
        truth_of_group(truth, truth_group(truth, number - 1), out);
}

void truth_average(struct truth *truth)
{
    double round = 0;
    for (size_t g = 0; g < truth->n_groups; g++)
        round += truth->group[g].share;
    for (size_t k = 0; truth->n_groups > 0 && k < POLICY_MAX; k++) {
        truth->alpha[k] = truth->alpha_error[k] = 0;
        for (size_t g = 0; g < truth->n_groups; g++) {
            truth->alpha[k] += truth->group[g].share * truth->group[g].alpha[k] / round;
            truth->alpha_error[k] += truth->group[g].share * truth->group[g].alpha_error[k] / round;
        }
    }
}

/* --- the columns ------------------------------------------------------------- */

bool truth_columns(const struct cohort *cohort, const struct policy *policy,
                   const float *columns[POLICY_MAX], struct err *err)
{
    for (size_t k = 0; k < policy->n; k++) {
        char name[sizeof TRUE_PREFIX + POLICY_NAME];
        snprintf(name, sizeof name, TRUE_PREFIX "%s", policy->weight[k]);
        const struct cohort_column *column = cohort_column(cohort, name);
        if (!column)
            return err_set(err, ERR_DATA, "%s has no column %s with the true weights of its trials",
                           cohort->name, name);
        columns[k] = column->values;
    }
    return true;
}

bool truth_for_policy(const struct cohort *cohort, const struct policy *policy, struct truth *out,
                      struct err *err)
{
    struct truth truth;
    if (!truth_read(cohort, &truth, err))
        return false;
    bool same = truth.policy.n == policy->n;
    for (size_t k = 0; same && k < policy->n; k++)
        same = strcmp(truth.policy.weight[k], policy->weight[k]) == 0;
    if (!same)
        return err_set(err, ERR_FAILED,
                       "%s was made with the policy %s, the model has %s: their updates cannot be "
                       "compared",
                       cohort->name, truth.policy.text, policy->text);
    *out = truth;
    return true;
}
