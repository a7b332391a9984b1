#include "instant.h"

#include <ctype.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "natural.h"

enum { MINUTE = 60, HOUR = 3600, DAY = 86400, NANOSECONDS = 9 };

/* Moves on behind n digits; false: there are fewer. */
static bool take_digits(const char **p, int n, int *out)
{
    *out = 0;
    for (int i = 0; i < n; i++, ++*p) {
        if (**p < '0' || **p > '9')
            return false;
        *out = 10 * *out + (**p - '0');
    }
    return true;
}

static void skip_blanks(const char **p)
{
    *p += strspn(*p, " \t");
}

/* ".25" or ",25" in nanoseconds. */
static int take_fraction(const char **p)
{
    int nanoseconds = 0, n = 0;
    if (**p != '.' && **p != ',')
        return 0;
    for (++*p; **p >= '0' && **p <= '9'; ++*p)
        if (n < NANOSECONDS)
            nanoseconds = 10 * nanoseconds + (**p - '0'), n++;
    for (; n < NANOSECONDS; n++)
        nanoseconds *= 10;
    return nanoseconds;
}

/* "AM", "p.m.": the hour of 24 that it makes of one of 12; false: of more. */
static bool take_half(const char **p, int *hour)
{
    const char *at = *p;
    skip_blanks(&at);
    int half = tolower((unsigned char)*at);
    size_t dot = half && at[1] == '.';
    if ((half != 'a' && half != 'p') || tolower((unsigned char)at[1 + dot]) != 'm')
        return true;
    *p = at + 2 + dot + (at[2 + dot] == '.');
    bool fine = *hour >= 1 && *hour <= 12;
    *hour = *hour % 12 + (half == 'p' ? 12 : 0);
    return fine;
}

/* 10:00, 9:05:30.5 PM, 100000; the hour may have one digit where a colon follows. */
static bool take_time(const char **p, int64_t *seconds, int *nanoseconds)
{
    int hour, minute, second = 0;
    bool colon = (*p)[1] == ':' || ((*p)[1] && (*p)[2] == ':');
    if (!take_digits(p, (*p)[1] == ':' ? 1 : 2, &hour))
        return false;
    *p += colon;
    if (!take_digits(p, 2, &minute))
        return false;
    if (colon ? **p == ':' : isdigit((unsigned char)**p)) {
        *p += colon;
        if (!take_digits(p, 2, &second))
            return false;
    }
    *nanoseconds = take_fraction(p);
    if (!take_half(p, &hour) || hour > 24 || minute > 59 || second > 60)
        return false;
    *seconds = hour * HOUR + minute * MINUTE + second;
    return true;
}

/* Seconds that the zone is ahead of UTC; STAMP_NONE: neither a zone nor the end. */
static enum stamp take_zone(const char **p, int64_t *ahead)
{
    int hour, minute = 0;
    *ahead = 0;
    skip_blanks(p);
    bool named = strncasecmp(*p, "UTC", 3) == 0 || strncasecmp(*p, "GMT", 3) == 0;
    if (named || **p == 'Z' || **p == 'z')
        *p += named ? 3 : 1;
    else if (**p != '+' && **p != '-')
        return **p ? STAMP_NONE : STAMP_PLAIN;
    if (**p != '+' && **p != '-')
        return STAMP_ZONED;
    int sign = *(*p)++ == '-' ? -1 : 1;
    if (!take_digits(p, 2, &hour))
        return STAMP_NONE;
    bool colon = **p == ':';
    *p += colon;
    if ((colon || isdigit((unsigned char)**p)) && !take_digits(p, 2, &minute))
        return STAMP_NONE;
    *ahead = sign * (hour * HOUR + minute * MINUTE);
    return hour <= 14 && minute <= 59 ? STAMP_ZONED : STAMP_NONE;
}

/* "[Europe/London]", "(British Summer Time)", or nothing. */
static bool at_end(const char *p)
{
    skip_blanks(&p);
    if (*p == '[' || *p == '(')
        return strcspn(p, "])") + 1 == strlen(p);
    return *p == '\0';
}

/* Days since 1970 in the Gregorian calendar. */
static int64_t day_number(const int date[3])
{
    int year = date[0] - (date[1] < 3), month = (date[1] + 9) % 12; /* from March on */
    return 365 * (int64_t)year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 +
           date[2] - 1 - 719468;
}

/* The date that the text begins with, or that follows a day of the week; returns where it
 * ends, NULL: there is none. */
static const char *take_date(const char *text, unsigned order, int date[3])
{
    const char *p = text + strspn(text, " \t");
    size_t n = natural_date(p, order, date);
    if (n > 0)
        return p + n;
    while (isalpha((unsigned char)*p) || *p == ',' || *p == ' ')
        p++;
    n = natural_date(p, order, date);
    return n > 0 ? p + n : NULL;
}

enum stamp instant_key(const char *text, unsigned order, struct strbuf *key)
{
    int date[3], nanoseconds = 0;
    int64_t seconds = 0, ahead = 0;
    const char *p = take_date(text, order, date);
    if (!p)
        return STAMP_NONE;
    bool time = *p == 'T' || *p == 't' || *p == ' ';
    p += time;
    skip_blanks(&p);
    if (time && *p && !take_time(&p, &seconds, &nanoseconds))
        return STAMP_NONE;
    enum stamp stamp = time ? take_zone(&p, &ahead) : STAMP_PLAIN;
    if (stamp == STAMP_NONE || !at_end(p))
        return STAMP_NONE;
    if (key) /* a day more, for what is before 1970 in UTC */
        strbuf_printf(key, "%012lld.%09d",
                      (long long)((day_number(date) + 1) * DAY + seconds - ahead), nanoseconds);
    return stamp;
}

struct stamps instant_count(const char *const *text, size_t n, unsigned order)
{
    struct stamps s = {0};
    for (size_t i = 0; i < n; i++) {
        enum stamp stamp = text[i] ? instant_key(text[i], order, NULL) : STAMP_NONE;
        s.none += stamp == STAMP_NONE;
        s.plain += stamp == STAMP_PLAIN;
        s.zoned += stamp == STAMP_ZONED;
    }
    return s;
}
