/* TAP output for the unit programs.  One process, one test file:
 *
 *   int main(void)
 *   {
 *       tap_ok(f(2) == 4, "f squares %d", 2);
 *       return tap_done();
 *   }
 *
 * Each call prints one line "ok N - what" or "not ok N - what"; details of a
 * failure follow as "# ..." lines.  The numbers are taken even when a test is
 * skipped.  Every function that compares returns whether it held. */
#ifndef TESTS_TAP_H
#define TESTS_TAP_H

#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TAP_USED             __attribute__((unused))
#define TAP_FORMAT(at, from) __attribute__((unused, format(printf, at, from)))

static int tap_count, tap_failures;

/* What was tested, on one line: TAP takes '#' for a directive and a newline for
 * the end. */
TAP_FORMAT(2, 0) static bool tap_line(bool ok, const char *format, va_list list)
{
    char what[512];
    vsnprintf(what, sizeof what, format, list);
    for (char *c = what; *c; c++)
        if (*c == '#')
            *c = '.';
        else if (*c == '\n' || *c == '\r')
            *c = ' ';
    tap_count++;
    tap_failures += !ok;
    printf("%s %d - %s\n", ok ? "ok" : "not ok", tap_count, what);
    fflush(stdout);
    return ok;
}

/* One "# ..." line, e.g. the seed of a random test. */
TAP_FORMAT(1, 2) static void tap_note(const char *format, ...)
{
    va_list list;
    va_start(list, format);
    printf("# ");
    vprintf(format, list);
    printf("\n");
    va_end(list);
    fflush(stdout);
}

TAP_FORMAT(2, 3) static bool tap_ok(bool ok, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    tap_line(ok, format, list);
    va_end(list);
    return ok;
}

/* One test that could not be made here. */
TAP_USED static void tap_skip(const char *why)
{
    printf("ok %d # SKIP %s\n", ++tap_count, why);
    fflush(stdout);
}

/* A text, each of its lines after "#   ". */
TAP_USED static void tap_show(const char *label, const char *text)
{
    printf("# %s", label);
    if (!text) {
        printf(" (NULL)\n");
        return;
    }
    printf("\n#   |");
    for (const char *c = text; *c; c++)
        if (*c == '\n' && c[1])
            printf("\\n\n#   |");
        else if (*c == '\n')
            printf("\\n");
        else if ((unsigned char)*c < ' ' || *c == 127)
            printf("\\x%02x", (unsigned char)*c);
        else
            putchar(*c);
    printf("|\n");
}

TAP_FORMAT(3, 4) static bool tap_is_text(const char *got, const char *want, const char *format, ...)
{
    bool ok = got && want ? strcmp(got, want) == 0 : got == want;
    va_list list;
    va_start(list, format);
    tap_line(ok, format, list);
    va_end(list);
    if (!ok) {
        tap_show("got", got);
        tap_show("want", want);
        fflush(stdout);
    }
    return ok;
}

/* |got - want| <= tolerance; NaN is near NaN only, an infinity near itself. */
TAP_FORMAT(4, 5)
static bool tap_near(double got, double want, double tolerance, const char *format, ...)
{
    bool ok = isnan(want) ? isnan(got) : got == want || fabs(got - want) <= tolerance;
    va_list list;
    va_start(list, format);
    tap_line(ok, format, list);
    va_end(list);
    if (!ok)
        tap_note("got %.17g, want %.17g, tolerance %.3g", got, want, tolerance);
    return ok;
}

/* The plan; main's return value. */
TAP_USED static int tap_done(void)
{
    printf("1..%d\n", tap_count);
    if (tap_failures)
        printf("# %d of %d failed\n", tap_failures, tap_count);
    return fflush(stdout) != 0 || tap_failures > 0;
}

#endif
