/* Numbers of a log as double and float: those that strtod and strtof give. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/decimal.h"
#include "deltaw/base/rng.h"
#include "source.h"
#include "tap.h"

static void check_decimal(const char *text)
{
    double d = -99;
    float f = -99;
    size_t n = strlen(text);
    double want = strtod(text, NULL);
    float want_f = strtof(text, NULL);
    if (!decimal_double(text, n, &d) || memcmp(&d, &want, sizeof d) != 0)
        tap_ok(false, "%s as double: %.17g, want %.17g", text, d, want);
    if (!decimal_float(text, n, &f) || memcmp(&f, &want_f, sizeof f) != 0)
        tap_ok(false, "%s as float: %.9g, want %.9g", text, (double)f, (double)want_f);
}

static const char *const good_decimals[] = {"0",
                                            "1",
                                            "-1",
                                            "+1",
                                            ".5",
                                            "-.5",
                                            "5.",
                                            "0.0625",
                                            "-0",
                                            "1e3",
                                            "1E-3",
                                            "1.e2",
                                            "123456789",
                                            "9007199254740993",
                                            "9007199254740992.5",
                                            "18446744073709551616",
                                            "1e22",
                                            "1e23",
                                            "1e-22",
                                            "1e-23",
                                            "0.1e-300",
                                            "4.9e-324",
                                            "1e-400",
                                            "3.4028234e38",
                                            "1.17549435e-38",
                                            "1e-45",
                                            "7e-46",
                                            "1.00000017881393432617187499",
                                            "1.00000017881393432617187500",
                                            "1.00000017881393432617187501",
                                            "16777217",
                                            "16777217.000000001",
                                            "0.000000000000000000001",
                                            "123456789012345678901234567890",
                                            "33554435",
                                            "0.30273722",
                                            "00001.50",
                                            "1.000000059604644775390625",
                                            "1.000000059604644775390626"};
static const char *const bad_decimals[] = {"",    "-",     "+",   ".",   "e5",    "1e",
                                           "1e+", "1.2.3", "1 ",  " 1",  "0x10",  "1,5",
                                           "nan", "inf",   "1d5", "--1", "1e400", "١"};
static void test_decimals_drawn(void)
{
    enum { SEED = 11, N = 200000 };
    struct rng rng = rng_stream(SEED, RNG_TEST, 0, 0);
    tap_note("seed %d", SEED);
    for (size_t i = 0; i < N; i++) {
        char text[64];
        uint32_t bits = rng_word(&rng) & 0x7fffffff;
        float value;
        memcpy(&value, &bits, sizeof value);
        if (!isfinite(value))
            continue;
        if (i % 3 == 0)
            snprintf(text, sizeof text, "%.*g", 1 + (int)rng_below(&rng, 20), (double)value);
        else if (i % 3 == 1) /* the middle between two floats, and just beside it */
            snprintf(text, sizeof text, "%.*e", 10 + (int)rng_below(&rng, 30),
                     ((double)value + (double)nextafterf(value, INFINITY)) / 2);
        else
            snprintf(text, sizeof text, "%.*f", (int)rng_below(&rng, 19),
                     rng_between(&rng, -20, 20));
        if (strtof(text, NULL) < INFINITY)
            check_decimal(text);
    }
    tap_ok(true, "decimals are what strtod and strtof say (a failure would stand above)");
}

static void test_decimal(void)
{
    for (size_t i = 0; i < sizeof good_decimals / sizeof good_decimals[0]; i++)
        check_decimal(good_decimals[i]);
    size_t wrong = 0;
    for (size_t i = 0; i < sizeof bad_decimals / sizeof bad_decimals[0]; i++) {
        double d = 0;
        if (decimal_double(bad_decimals[i], strlen(bad_decimals[i]), &d))
            tap_ok(false, "'%s' is no number, not %g", bad_decimals[i], d), wrong++;
    }
    float f;
    tap_ok(wrong == 0, "what is no number is refused");
    tap_ok(!decimal_float("1e39", 4, &f), "1e39 is too large for a float");
    tap_ok(source_text_missing("", 0) && source_text_missing("NaN", 3) &&
               source_text_missing("NA", 2) && source_text_missing("null", 4) &&
               !source_text_missing("0", 1) && !source_text_missing("north", 5),
           "words for nothing");
    test_decimals_drawn();
}

int main(void)
{
    test_decimal();
    return tap_done();
}
