/* base: numbers and random streams. */
#include <float.h>
#include <limits.h>
#include <locale.h>
#include <signal.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "deltaw/base/number.h"
#include "deltaw/base/rng.h"
#include "tap.h"

static const uint64_t seed = 20240611;

static void test_parse(void)
{
    static const struct {
        const char *text;
        double value;
    } right[] = {
        {"3", 3},
        {"-.5", -.5},
        {"1e-3", 1e-3},
        {"2^-6", .015625},
        {"-2^3", -8},
        {"-2^2", -4},
        {"+4", 4},
        {"5.", 5},
        {"2^.5", M_SQRT2},
        {"0", 0},
        {"1E5", 1e5},
        {"nan", NAN},
        {"NaN", NAN},
        {"-nan", NAN},
        {"10^2", 100},
        {"0.1", .1},
        {"007", 7},
        {"123456789012345", 123456789012345.},
        {"9007199254740993", 9007199254740992.},
        {"1.7976931348623157e308", DBL_MAX},
        {"5e-324", 5e-324},
        {"1e-400", 0},
        {"0.000000000000001", 1e-15},
        {".00000000000000012345678901234567", 1.2345678901234567e-16},
        {"2^3e0", 8},
        {"2^+3", 8},
    };
    for (size_t i = 0; i < sizeof right / sizeof *right; i++) {
        double value = -77;
        bool ok = number_parse(right[i].text, &value);
        tap_ok(ok, "'%.40s' is a number", right[i].text);
        tap_near(value, right[i].value, 0, "'%.40s' is its value", right[i].text);
    }
    char longest[400];
    double largest;
    snprintf(longest, sizeof longest, "%.1f", DBL_MAX);
    tap_ok(number_parse(longest, &largest) && largest == DBL_MAX, "310 digits");
}

static void test_no_numbers(void)
{
    static const char *const wrong[] = {
        "",      " 3",     "3 ",   "3\n",  "0x10",  "0x1p3",  "inf",      "-inf", "infinity",
        "1e999", "-1e999", "3a",   "--3",  "+-3",   ".",      "-",        "e5",   "1e",
        "1e+",   "2^",     "^2",   "2^^3", "2^3^2", "10^999", "nan(1)",   "nanx", "1,5",
        "1_000", "2^nan",  "0^-1", "- 3",  "2 ^3",  "1e5.5",  "\xd9\xa3",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        double value;
        tap_ok(!number_parse(wrong[i], &value), "'%s' is no number", wrong[i]);
    }
}

/* The short cut for few digits gives what strtod gives. */
static void test_short_cut(void)
{
    struct rng rng = rng_stream(seed, RNG_TEST, 1, 0);
    tap_note("seed %llu", (unsigned long long)seed);
    int differ = 0;
    for (int i = 0; i < 200000; i++) {
        char text[32];
        uint64_t digits = ((uint64_t)rng_word(&rng) << 32 | rng_word(&rng)) % 10000000000000000ULL;
        snprintf(text, sizeof text, "%llu", (unsigned long long)digits >> rng_below(&rng, 50));
        size_t at = rng_below(&rng, (uint32_t)strlen(text) + 1);
        memmove(text + at + 1, text + at, strlen(text) - at + 1);
        text[at] = '.';
        double value;
        differ += !number_parse(text, &value) || value != strtod(text, NULL);
    }
    tap_ok(differ == 0, "200,000 decimals as strtod reads them (%d differ)", differ);
}

static void test_integer(void)
{
    long long value = 0;
    tap_ok(number_parse_integer("9223372036854775807", &value) && value == LLONG_MAX,
           "the largest");
    tap_ok(number_parse_integer("-9223372036854775808", &value) && value == LLONG_MIN,
           "the smallest");
    tap_ok(number_parse_integer("2^10", &value) && value == 1024, "2^10");
    tap_ok(number_digest("fedcba9876543210") == 0xfedcba9876543210 && number_digest("") == 0,
           "a digest has 64 bits");
    tap_ok(number_parse_integer("1e3", &value) && value == 1000, "1e3");
    tap_ok(number_parse_integer("-7.0", &value) && value == -7, "-7.0");
    static const char *const wrong[] = {
        "", "1.5", "9223372036854775808", " 1", "1 ", "0x1", "nan", "1e30", "+", "2^-1", "2^60"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        tap_ok(!number_parse_integer(wrong[i], &value), "'%s' is no whole number", wrong[i]);
}

static void test_format(void)
{
    char buf[NUMBER_SIZE];
    tap_is_text(number_format(buf, 0.123456, 3), "0.123", "three digits");
    tap_is_text(number_format(buf, -0.0, 3), "0", "no -0");
    tap_is_text(number_format(buf, NAN, 3), "nan", "nan");
    tap_is_text(number_format(buf, -NAN, 3), "nan", "-nan is nan");
    tap_is_text(number_format(buf, -INFINITY, 3), "-inf", "-inf");
    tap_is_text(number_format(buf, 1.0 / 3, 99), "0.33333333333333331", "17 digits at most");
    tap_is_text(number_format(buf, 1234567, 0), "1e+06", "one digit at least");
    tap_is_text(number_float(buf, .1f), "0.1", "the float .1");
    tap_is_text(number_float(buf, 16777216.f), "16777216", "2^24");
    tap_is_text(number_float(buf, 1.f / 3), "0.33333334", "a third");
    tap_is_text(number_float(buf, 1e-45f), "1e-45", "the smallest float");
    tap_is_text(number_double(buf, .1), "0.1", "the double .1");
    tap_is_text(number_double(buf, 10000000), "10000000", "ten million");
    tap_is_text(number_double(buf, 5e-324), "5e-324", "the smallest double");
    tap_is_text(number_double(buf, -DBL_MAX), "-1.7976931348623157e+308", "the most negative");
    tap_is_text(number_double(buf, NAN), "nan", "the double nan");
    struct rng rng = rng_stream(seed, RNG_TEST, 2, 0);
    int differ = 0;
    for (int i = 0; i < 200000; i++) {
        uint32_t bits = rng_word(&rng);
        uint64_t wide = (uint64_t)rng_word(&rng) << 32 | bits;
        float f;
        double d, back;
        memcpy(&f, &bits, sizeof f);
        memcpy(&d, &wide, sizeof d);
        if (isfinite(f))
            differ += strtof(number_float(buf, f), NULL) != f || !number_parse(buf, &back);
        if (isfinite(d))
            differ += !number_parse(number_double(buf, d), &back) || back != d;
    }
    tap_ok(differ == 0, "random bits there and back (%d differ)", differ);
}

static void test_people(void)
{
    char buf[NUMBER_SIZE];
    tap_is_text(number_fixed(buf, .0172, 4, false), ".0172", "fixed");
    tap_is_text(number_fixed(buf, .0172, 4, true), "+.0172", "with its sign");
    tap_is_text(number_fixed(buf, -1.5, 1, true), "-1.5", "negative");
    tap_is_text(number_fixed(buf, -.3, 2, false), "-.30", "a negative fraction");
    tap_is_text(number_fixed(buf, 10, 2, false), "10.00", "a zero before no point stays");
    tap_is_text(number_fixed(buf, -.001, 2, true), ".00", "no -.00");
    tap_is_text(number_fixed(buf, 0, 0, true), "0", "zero");
    tap_is_text(number_fixed(buf, .6, 0, false), "1", "no places");
    tap_is_text(number_fixed(buf, NAN, 2, true), "nan", "nan");
    tap_is_text(number_fixed(buf, -1e300, 17, true), "-1e+300", "too large to write out");
    tap_ok(strlen(number_fixed(buf, -9.9e14, 99, true)) < NUMBER_SIZE - 1, "the longest fits");
    tap_is_text(number_grouped(buf, 1234567), "1,234,567", "grouped");
    tap_is_text(number_grouped(buf, -999), "-999", "nothing to group");
    tap_is_text(number_grouped(buf, 1000), "1,000", "a thousand");
    tap_is_text(number_grouped(buf, 0), "0", "none");
    tap_is_text(number_grouped(buf, LLONG_MIN), "-9,223,372,036,854,775,808", "the smallest");
    static const struct {
        double seconds;
        const char *text;
    } cases[] = {
        {0, "0 ms"},         {.014, "14 ms"},           {.9994, "999 ms"},       {.9996, "1 s"},
        {8.4, "8 s"},        {59.6, "1 min"},           {125, "2 min 5 s"},      {3599.7, "1 h"},
        {3780, "1 h 3 min"}, {86400 + 3600, "1 d 1 h"}, {1e12, "1.15741e+07 d"}, {-1, "?"},
        {NAN, "?"},          {INFINITY, "?"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        tap_is_text(number_duration(buf, cases[i].seconds), cases[i].text, "%g seconds",
                    cases[i].seconds);
}

/* The program sets LC_CTYPE alone; a comma in LC_NUMERIC's stead must not
 * come in through the environment. */
static void test_locale(void)
{
    static const char *const names[] = {"de_DE.UTF-8", "fr_FR.UTF-8", "de_DE.utf8",  "fr_FR.utf8",
                                        "de_DE",       "nl_NL.UTF-8", "ru_RU.UTF-8", NULL};
    const char *found = NULL;
    /* Where none is installed one is made here, if the sources are. */
    for (int made = 0; made < 2 && !found; made++) {
        if (made && (system("localedef -i de_DE -f UTF-8 ./de_DE.UTF-8 >/dev/null 2>&1") != 0 ||
                     setenv("LOCPATH", ".", 1) != 0))
            break;
        for (size_t i = 0; names[i] && !found; i++)
            if (setlocale(LC_NUMERIC, names[i])) {
                found = *localeconv()->decimal_point == ',' ? names[i] : NULL;
                setlocale(LC_NUMERIC, "C");
            }
    }
    if (!found) {
        tap_skip("no locale with a decimal comma is installed");
        return;
    }
    setenv("LC_ALL", found, 1);
    setlocale(LC_CTYPE, "");
    char buf[NUMBER_SIZE];
    double value;
    tap_ok(number_parse("1.5", &value) && value == 1.5 && !number_parse("1,5", &value) &&
               number_parse("1.5e0", &value) && value == 1.5 &&
               !strcmp(number_double(buf, .5), "0.5"),
           "the point stays under %s", found);
}

static void test_known_answers(void)
{
    /* Random123 1.09, examples/kat_vectors: philox4x32 10. */
    struct rng zero = {.used = 4};
    static const uint32_t want[] = {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8};
    bool same = true;
    for (int i = 0; i < 4; i++)
        same &= rng_word(&zero) == want[i];
    tap_ok(same, "philox4x32-10 of zeros");
    /* Computed apart from the words above. */
    zero = (struct rng){.used = 4};
    tap_near(rng_uniform(&zero), 0.39904647231489565, 0, "the uniform they make");
    zero = (struct rng){.used = 4};
    tap_near(rng_normal(&zero), -0.09047304870320473, 1e-15, "the normal they make");
    struct rng pi =
        rng_stream(0x299f31d0a4093822, (enum rng_purpose)0x85a308d3, 0x13198a2e, 0x03707344);
    pi.counter[0] = 0x243f6a88;
    static const uint32_t digits[] = {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1};
    same = true;
    for (int i = 0; i < 4; i++)
        same &= rng_word(&pi) == digits[i];
    tap_ok(same, "philox4x32-10 of pi, through rng_stream");
    uint32_t next = rng_word(&pi);
    tap_ok(pi.counter[0] == 0x243f6a8a && next != digits[0], "then the next block");
}

static void test_streams(void)
{
    struct rng first = rng_stream(1, RNG_STIMULI, 0, 0);
    const struct rng others[] = {
        rng_stream(2, RNG_STIMULI, 0, 0), rng_stream(1ULL << 32 | 1, RNG_STIMULI, 0, 0),
        rng_stream(1, RNG_CHOICES, 0, 0), rng_stream(1, RNG_STIMULI, 1, 0),
        rng_stream(1, RNG_STIMULI, 0, 1),
    };
    uint32_t word = rng_word(&first);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        struct rng other = others[i];
        tap_ok(rng_word(&other) != word, "stream %zu is another one", i);
    }
}

static void test_distributions(void)
{
    enum { N = 400000 };
    struct rng rng = rng_stream(seed, RNG_TEST, 3, 0);
    double sum = 0, least = 1, most = 0;
    int fine = 0;
    for (int i = 0; i < N; i++) {
        double u = rng_uniform(&rng);
        sum += u;
        least = u < least ? u : least;
        most = u > most ? u : most;
        fine += fmod(u * 9007199254740992., 2) == 1;
    }
    tap_near(sum / N, .5, 5 * sqrt(1. / 12 / N), "the mean of uniforms");
    tap_ok(least >= 0 && least < 1e-4 && most < 1 && most > 1 - 1e-4, "their range");
    tap_near((double)fine / N, .5, 5 * .5 / sqrt(N), "their 53rd bit is in use");
    double moments[4] = {0};
    for (int i = 0; i < N; i++) {
        double x = rng_normal(&rng);
        for (int k = 0; k < 4; k++)
            moments[k] += pow(x, k + 1) / N;
    }
    tap_near(moments[0], 0, 5 / sqrt(N), "normals: mean");
    tap_near(moments[1], 1, 5 * sqrt(2. / N), "variance");
    tap_near(moments[2], 0, 5 * sqrt(15. / N), "skew");
    tap_near(moments[3], 3, 5 * sqrt(96. / N), "kurtosis");
    double low = rng_between(&rng, -3, -2);
    tap_ok(low >= -3 && low < -2, "rng_between");

    int counts[7] = {0};
    for (int i = 0; i < N; i++)
        counts[rng_below(&rng, 7)]++;
    double chi = 0;
    for (int k = 0; k < 7; k++)
        chi += pow(counts[k] - N / 7., 2) / (N / 7.);
    tap_ok(chi < 35, "rng_below 7 is even (chi2 %.1f, 6 df)", chi);
    /* With n = 3 * 2^30 a plain modulo or product favours every third result. */
    int thirds = 0;
    for (int i = 0; i < N; i++)
        thirds += rng_below(&rng, 3u << 30) % 3 == 0;
    tap_near((double)thirds / N, 1. / 3, 5 * sqrt(2. / 9 / N), "rng_below has no bias");
    tap_ok(rng_below(&rng, 1) == 0 && rng_below(&rng, 0) == 0, "below one, below none");
}

/* Every order of four is as likely as another. */
static void test_order(void)
{
    enum { N = 48000, ORDERS = 256 };
    struct rng rng = rng_stream(seed, RNG_TEST, 4, 0);
    int counts[ORDERS] = {0}, seen = 0;
    double chi = 0;
    for (int i = 0; i < N; i++) {
        size_t order[4];
        rng_order(&rng, 4, order);
        counts[order[0] * 64 + order[1] * 16 + order[2] * 4 + order[3]]++;
    }
    for (int k = 0; k < ORDERS; k++) {
        seen += counts[k] > 0;
        chi += counts[k] > 0 ? pow(counts[k] - N / 24., 2) / (N / 24.) : 0;
    }
    tap_ok(seen == 24 && chi < 70, "rng_order: %d orders of 4, even (chi2 %.1f, 23 df)", seen, chi);
}

static void test_end(void)
{
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        struct rlimit none = {0, 0};
        setrlimit(RLIMIT_CORE, &none);
        signal(SIGABRT, SIG_DFL);
        fclose(stderr);
        struct rng rng = rng_stream(1, RNG_TEST, 0, 0);
        rng.counter[0] = UINT32_MAX;
        rng_word(&rng);
        _exit(0);
    }
    int status;
    waitpid(child, &status, 0);
    tap_ok(WIFSIGNALED(status), "a stream that would repeat itself ends the program");
}

int main(void)
{
    test_parse();
    test_no_numbers();
    test_short_cut();
    test_integer();
    test_format();
    test_people();
    test_locale();
    test_known_answers();
    test_streams();
    test_distributions();
    test_order();
    test_end();
    return tap_done();
}
