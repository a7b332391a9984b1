#include "background.h"

#include <stdlib.h>
#include <string.h>

/* One channel as a share of its full scale; NULL: no number there. */
static const char *channel(const char *text, double *out)
{
    char *end;
    unsigned long value = strtoul(text, &end, 16);
    long digits = end - text;
    if (digits < 1 || digits > 4 || strspn(text, "0123456789abcdefABCDEF") != (size_t)digits)
        return NULL;
    *out = (double)value / (double)((1ul << 4 * digits) - 1);
    return end;
}

bool background_parse(const char *report, bool *dark)
{
    double rgb[3];
    if (strncmp(report, "11;rgb", 6) != 0)
        return false;
    report += 6;
    report += *report == 'a';
    if (*report++ != ':')
        return false;
    for (int i = 0; i < 3; i++) {
        if (i > 0 && *report++ != '/')
            return false;
        if (!(report = channel(report, &rgb[i])))
            return false;
    }
    /* luma of ITU-R BT.601, on the gamma-encoded channels */
    *dark = .299 * rgb[0] + .587 * rgb[1] + .114 * rgb[2] < .5;
    return true;
}

bool background_from_environment(bool *dark)
{
    const char *colours = getenv("COLORFGBG");
    const char *last = colours ? strrchr(colours, ';') : NULL;
    if (!last || last[1] < '0' || last[1] > '9')
        return false;
    int number = atoi(last + 1);
    *dark = !(number == 7 || (number >= 9 && number <= 15)); /* 8 is a dark grey */
    return true;
}

bool background_is_last(const char *report)
{
    size_t n = strlen(report);
    return n > 1 && report[0] == '?' && report[n - 1] == 'c';
}
