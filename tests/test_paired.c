/* Paired comparisons, against values of scipy 1.10 (ttest_1samp, wilcoxon), and signs
 * counted one by one. */
#include <math.h>

#include "deltaw/study/judged.h"
#include "deltaw/study/paired.h"
#include "tap.h"

static const double some[] = {.0021,  -.0004, .0013, .0032, .0007, .0018,
                              -.0011, .0025,  .0009, .0040, .0015, .0006};
enum { SOME = sizeof some / sizeof *some };

static void test_scipy(void)
{
    struct paired p, negative;
    double minus[SOME], many[130];
    paired_compute(SOME, some, 1, &p);
    tap_near(p.difference, .0017100 / 1.2, 1e-12, "mean");
    tap_near(p.t, 3.4330705494969744, 1e-12, "t");
    tap_near(p.p_two_sided, .005592656628857975, 1e-12, "two-sided p");
    tap_near(p.p_one_sided, .0027963283144289875, 1e-12, "one-sided p");
    tap_near(p.p_wilcoxon, .0068359375, 1e-12, "signed ranks, exact");
    tap_ok(p.wins == 10 && p.n == SOME, "%zu wins of %zu", p.wins, p.n);
    tap_ok(p.low > .0005 && p.low < p.difference && p.high > p.difference && p.high < .0024,
           "interval %.5f to %.5f", p.low, p.high);
    for (int i = 0; i < SOME; i++)
        minus[i] = -some[i];
    paired_compute(SOME, minus, 1, &negative);
    tap_near(negative.p_one_sided, 1 - p.p_one_sided, 1e-12, "the other side");
    tap_near(negative.p_wilcoxon, p.p_wilcoxon, 1e-12, "signed ranks have no side");
    for (int i = 0; i < 130; i++)
        many[i] = sin(3.7 * i) + .15;
    paired_compute(130, many, 1, &p);
    tap_near(p.p_wilcoxon, .009098222900043267, 1e-9, "signed ranks of many, normal");
}

/* Seven differences other than 0, two pairs of them tied: 34 of 128 signs are as far. */
static void test_ties(void)
{
    struct paired p;
    paired_compute(8, (double[]){.5, .5, -.5, 1, 0, 2, -1, 1.5}, 1, &p);
    tap_near(p.p_wilcoxon, .265625, 1e-12, "ties and a zero, all signs counted");
}

static void test_bootstrap(void)
{
    struct paired p, same, other;
    double worst = 0;
    int covered = 0;
    for (unsigned s = 0; s < 200; s++) {
        double d[40];
        for (unsigned i = 0; i < 40; i++) { /* mean 1, by a plain generator */
            unsigned v = (s * 40 + i) * 2654435761u;
            v ^= v >> 15, v *= 2246822519u, v ^= v >> 13, v *= 3266489917u, v ^= v >> 16;
            d[i] = 2 * (double)v / 4294967295.;
        }
        paired_compute(40, d, s, &p);
        covered += p.low <= 1 && p.high >= 1;
    }
    tap_ok(covered >= 180 && covered <= 197, "95 %% intervals hold the mean in %d of 200", covered);
    paired_compute(SOME, some, 7, &p);
    paired_compute(SOME, some, 7, &same);
    paired_compute(SOME, some, 8, &other);
    worst = fabs(p.low - same.low);
    tap_ok(worst == 0 && p.low != other.low, "the seed tells the samples");
}

static void test_holm(void)
{
    struct paired c[4] = {
        {.p_two_sided = .01}, {.p_two_sided = .04}, {.p_two_sided = NAN}, {.p_two_sided = .03}};
    paired_holm(4, c);
    tap_near(c[0].p_holm, .03, 1e-15, "the smallest of three times three");
    tap_near(c[3].p_holm, .06, 1e-15, "the next times two");
    tap_near(c[1].p_holm, .06, 1e-15, "never below one of a smaller p");
    tap_ok(isnan(c[2].p_holm), "what has no p gets none");
}

static void test_few(void)
{
    struct paired p;
    paired_compute(3, (double[]){NAN, .5, INFINITY}, 1, &p);
    tap_ok(p.n == 1 && p.difference == .5 && isnan(p.t) && isnan(p.low) && p.p_wilcoxon == 1,
           "one animal: a difference and nothing more");
    paired_compute(0, NULL, 1, &p);
    tap_ok(p.n == 0 && isnan(p.difference) && isnan(p.p_wilcoxon), "none: nothing");
    paired_compute(3, (double[]){.5, .5, .5}, 1, &p);
    tap_ok(isnan(p.p_two_sided) && p.low == .5, "equal differences have no t test");
}

static void test_effective(void)
{
    struct paired p;
    paired_compute(4, (double[]){.5, .5, .5, .5}, 1, &p);
    tap_near(p.n_effective, 4, 1e-12, "equal differences rest on all animals");
    paired_compute(4, (double[]){.5, 0, 0, 0}, 1, &p);
    tap_near(p.n_effective, 1, 1e-12, "one that makes up the mean is one");
    tap_near(judged_effective(3, (double[]){100, 100, 200}), 160000. / 60000, 1e-12,
             "an animal of more trials counts for more");
    tap_ok(isnan(judged_effective(0, NULL)), "none: nothing");
}

/* Stretches of equal length whose differences are 0, 1, 0, 1 ...: the t interval by hand. */
static void test_margin(void)
{
    struct judged a = {.n = 200}, b = {.n = 200};
    for (size_t s = 0; s < JUDGED_STRETCHES; s++) {
        a.trials[s] = b.trials[s] = 10;
        a.sum[s] = s % 2 ? 10 : 0;
    }
    tap_near(judged_margin(&a, &b), 2.0930240544 * sqrt(5. / 19 / 20), 1e-9,
             "the margin is Student's, of the means of stretches");
    a.n = b.n = 39;
    tap_ok(isnan(judged_margin(&a, &b)), "of few trials there is none");
}

int main(void)
{
    test_scipy();
    test_ties();
    test_bootstrap();
    test_holm();
    test_few();
    test_effective();
    test_margin();
    return tap_done();
}
