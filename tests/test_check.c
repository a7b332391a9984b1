/* `check data`: each warning comes when it is due and only then. */
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/rng.h"
#include "deltaw/study/check.h"
#include "deltaw/study/simulate.h"
#include "tap.h"

enum { SEED = 31, TRIALS = 600 };

/* How a cohort of three animals is spoilt. */
struct spoil {
    float scale;   /* of the stimuli */
    bool one_side; /* right stimuli only */
    bool swapped;  /* choices and answers the wrong way round */
    bool no_learning;
    int lopsided; /* the second animal always chooses right, 1, or left, -1 */
    bool twins;   /* the third is the first again */
    bool back;    /* trial numbers go back once */
    int chance;   /* every n-th reward is the other one */
    int short_by; /* trials missing from the last animal */
};

static struct cohort *make(const struct spoil *spoil)
{
    struct cohort_builder *b = cohort_builder_new();
    for (uint32_t a = 0; a < 3; a++) {
        struct rng rng = rng_stream(SEED, RNG_TEST, spoil->twins && a == 2 ? 0 : a, 0);
        cohort_builder_animal(b, a == 0 ? "ann" : a == 1 ? "bob" : "cid");
        int n = TRIALS - (a == 2 ? spoil->short_by : 0);
        for (int i = 0; i < n; i++) {
            if (i % 200 == 0)
                cohort_builder_session(b, i < 200 ? "1" : i < 400 ? "2" : "3");
            int level = (int)rng_below(&rng, 5) - 2;
            if (spoil->one_side && level < 0)
                level = -level;
            bool right = level ? level > 0 : rng_below(&rng, 2);
            double skill = spoil->no_learning ? .7 : .5 + .45 * i / n;
            bool correct = rng_uniform(&rng) < skill;
            if (spoil->lopsided && a == 1)
                correct = right == (spoil->lopsided > 0);
            bool reward = correct != (spoil->chance && i % spoil->chance == 0);
            bool choice = right == correct;
            struct cohort_trial trial = {.stimulus =
                                             .5f * (float)level * (spoil->scale ? spoil->scale : 1),
                                         .choice = choice != spoil->swapped,
                                         .answer = right != spoil->swapped,
                                         .reward = reward,
                                         .trial = i % 200 + 1 - (spoil->back && i == 333 ? 5 : 0)};
            cohort_builder_trial(b, &trial, NULL);
        }
    }
    return cohort_builder_finish(b, "made", "test");
}

static const struct cohort_fact *fact(const struct cohort_check *check, const char *name)
{
    for (size_t i = 0; i < check->n; i++)
        if (strcmp(check->fact[i].name, name) == 0)
            return &check->fact[i];
    return NULL;
}

/* The warnings of a spoilt cohort are those of these facts, and no others. */
static void warns(const struct spoil *spoil, const char *one, const char *other)
{
    struct cohort *c = make(spoil);
    struct cohort_check check;
    cohort_check(c, &check);
    size_t wanted = 0, strange = 0;
    for (size_t i = 0; i < check.n; i++) {
        bool due = (one && strcmp(check.fact[i].name, one) == 0) ||
                   (other && strcmp(check.fact[i].name, other) == 0);
        wanted += due && check.fact[i].warning;
        strange += !due && check.fact[i].warning;
        if (check.fact[i].warning)
            tap_note("%s: %s: %s", check.fact[i].name, check.fact[i].value, check.fact[i].remark);
    }
    tap_ok(wanted == (size_t)(one != NULL) + (other != NULL) && strange == 0 &&
               check.n_warnings == wanted,
           "warnings: %s, %s", one ? one : "none", other ? other : "no other");
    cohort_drop(c);
}

/* The share correct in the first or last tenth, mean over animals; and in how many it is
 * lower at the end. */
static void tenths(const struct cohort *c, double share[2], size_t *falls)
{
    *falls = 0;
    share[0] = share[1] = 0;
    for (size_t a = 0; a < c->n_animals; a++) {
        const struct animal *who = &c->animals[a];
        double correct[2] = {0}, n = (double)(who->count / 10);
        for (size_t i = 0; i < who->count / 10; i++) {
            correct[0] += c->reward[who->first + i];
            correct[1] += c->reward[who->first + who->count - 1 - i];
        }
        for (int end = 0; end < 2; end++)
            share[end] += correct[end] / n / (double)c->n_animals;
        *falls += correct[1] < correct[0];
    }
}

static void test_tenths(void)
{
    struct cohort *c = make(&(struct spoil){.short_by = 50, .no_learning = true});
    struct cohort_check check;
    char want[100];
    double share[2];
    size_t falls;
    cohort_check(c, &check);
    tenths(c, share, &falls);
    snprintf(want, sizeof want, ".%03d, .%03d; lower at the end in %zu of 3 animals",
             (int)lround(1000 * share[0]), (int)lround(1000 * share[1]), falls);
    tap_is_text(fact(&check, "correct, first and last tenth")->value, want, "first and last tenth");
    cohort_drop(c);
}

static void test_values(void)
{
    struct cohort *c = make(&(struct spoil){.short_by = 50});
    struct cohort_check check;
    struct table table = {0};
    char want[64];
    cohort_check(c, &check);
    size_t zero = 0, right = 0, chosen = 0;
    for (size_t t = 0; t < c->n_trials; t++) {
        zero += c->stimulus[t] == 0;
        right += c->stimulus[t] > 0;
        chosen += c->choice[t];
    }
    tap_is_text(fact(&check, "animals")->value, "3, 1,750 trials", "animals");
    tap_is_text(fact(&check, "trials per animal")->value, "550 to 600, median 600", "trials");
    tap_is_text(fact(&check, "sessions per animal")->value, "3 each", "sessions");
    tap_is_text(fact(&check, "stimuli")->value, "5 values from -1 to 1", "stimuli");
    snprintf(want, sizeof want, "%.1f %% of trials", 100. * (double)zero / 1750);
    tap_is_text(fact(&check, "stimulus 0")->value, want, "share of stimulus 0");
    snprintf(want, sizeof want, "%.1f %% of the others",
             100. * (double)right / (1750 - (double)zero));
    tap_is_text(fact(&check, "stimulus right")->value, want, "share of right stimuli");
    snprintf(want, sizeof want, "%.1f %%", 100. * (double)chosen / 1750);
    tap_is_text(fact(&check, "choices right")->value, want, "share of right choices");
    tap_is_text(fact(&check, "reward against stimulus")->value,
                "0 trials, 0.0 % of those with a side", "no reward against the stimulus");
    cohort_check_table(c, &check, &table);
    tap_ok(table.n_rows == check.n && table.n_columns == 12 && check.n <= CHECK_FACTS,
           "table: a row a fact");
    table_free(&table);
    cohort_drop(c);
}

static void test_simulated(void)
{
    struct args args = {0};
    struct cohort *c = NULL;
    struct cohort_check check;
    args_set(&args, "trials", "6000", 1);
    simulate_run("reinforce", &args, NULL, NULL, NULL, &c, NULL);
    cohort_check(c, &check);
    tap_ok(check.n_warnings == 0, "the default simulation has nothing to warn of");
    cohort_drop(c);
    args_free(&args);
}

int main(void)
{
    tap_note("seed %d", SEED);
    test_values();
    test_tenths();
    warns(&(struct spoil){0}, NULL, NULL);
    warns(&(struct spoil){.scale = 100}, "stimuli", NULL);
    warns(&(struct spoil){.one_side = true}, "stimulus right", NULL);
    warns(&(struct spoil){.swapped = true}, "reward against stimulus", NULL);
    warns(&(struct spoil){.no_learning = true}, "correct, first and last tenth", NULL);
    warns(&(struct spoil){.lopsided = 1}, "choices right", NULL);
    warns(&(struct spoil){.lopsided = -1}, "choices right", NULL);
    warns(&(struct spoil){.twins = true}, "same trials as another", NULL);
    warns(&(struct spoil){.back = true}, "trial numbers out of order", NULL);
    warns(&(struct spoil){.chance = 20}, "reward against stimulus", "reward against answer");
    warns(&(struct spoil){.short_by = 300}, "trials per animal", NULL);
    test_simulated();
    return tap_done();
}
