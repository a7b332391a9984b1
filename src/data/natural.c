#include "natural.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "deltaw/base/mem.h"

/* One part of a name: text[0, n) */
struct token {
    const char *text;
    size_t n;
    bool number; /* digits */
    bool date;
    int part[3]; /* of a date, in order; a month as a word is 100 + month */
    int width[3];
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static size_t digits(const char *text)
{
    size_t n = 0;
    while (is_digit(text[n]))
        n++;
    return n;
}

static int value(const char *text, size_t n)
{
    int v = 0;
    for (size_t i = 0; i < n && i < 8; i++)
        v = 10 * v + (text[i] - '0');
    return v;
}

/* 1 to 12 for jan ... dec and the whole words, *n their length; else 0. */
static int month_word(const char *text, size_t *n)
{
    static const char months[] = "janfebmaraprmayjunjulaugsepoctnovdec";
    for (size_t i = 0; i < 12; i++)
        if (strncasecmp(text, months + 3 * i, 3) == 0) {
            for (*n = 3; isalpha((unsigned char)text[*n]);)
                ++*n;
            return *n <= 9 ? (int)i + 1 : 0;
        }
    return 0;
}

static bool day_of(int year, int month, int day)
{
    static const int length[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return year >= 1970 && year < 2070 && month >= 1 && month <= 12 && day >= 1 &&
           day <= length[month - 1];
}

static int full_year(int year, int width)
{
    return width == 4 ? year : width == 2 ? year + (year < 70 ? 2000 : 1900) : 0;
}

/* Year, month and day of a date in this order; false: it cannot have it. */
static bool in_order(const struct token *t, unsigned order, int out[3])
{
    static const int places[][3] = {
        [NATURAL_YMD] = {0, 1, 2}, [NATURAL_DMY] = {2, 1, 0}, [NATURAL_MDY] = {2, 0, 1}};
    const int *at = places[order];
    out[0] = full_year(t->part[at[0]], t->width[at[0]]);
    out[1] = t->width[at[1]] == 0 ? t->part[at[1]] - 100 : t->part[at[1]];
    out[2] = t->part[at[2]];
    if (t->width[at[1]] > 2 || t->width[at[2]] != 2)
        return false;
    return day_of(out[0], out[1], out[2]);
}

static unsigned orders_of(const struct token *t)
{
    int date[3];
    unsigned orders = 0;
    char after = t->text[t->width[0]];
    bool short_first = t->width[0] == 2 && (after == '.' || after == '/');
    for (unsigned order = 1; order < NATURAL_ALL; order *= 2)
        if (in_order(t, order, date) && !(order == NATURAL_YMD && short_first))
            orders |= order;
    return orders;
}

/* Eight digits; six with short years. */
static bool packed_date(struct token *t, bool short_years)
{
    static const int cuts[3][3] = {{4, 2, 2}, {2, 2, 4}, {2, 2, 2}};
    for (int k = 0; k < 3; k++) {
        if (t->n != (k < 2 ? 8u : 6u) || (k == 2 && !short_years))
            continue;
        const char *p = t->text;
        for (int i = 0; i < 3; p += cuts[k][i++]) {
            t->part[i] = value(p, (size_t)cuts[k][i]);
            t->width[i] = cuts[k][i];
        }
        if (orders_of(t))
            return true;
    }
    return false;
}

/* 2022-12-31, 31.12.2022, 31-Dec-2022, Dec 31 2022 */
static bool parted_date(struct token *t, bool short_years)
{
    const char *p = t->text;
    int years = 0;
    for (int i = 0; i < 3; i++) {
        size_t n = digits(p), word = 0;
        int month = n ? 0 : month_word(p, &word);
        if (n > 4 || n == 3 || (n == 0 && month == 0))
            return false;
        t->part[i] = n ? value(p, n) : 100 + month;
        t->width[i] = n == 1 ? 2 : (int)n;
        years += n == 4;
        p += n ? n : word;
        if (i == 2)
            break;
        if (*p == ',')
            p++;
        if (!*p || !strchr("-/._ ", *p))
            return false;
        p++;
    }
    if (years != 1 && !short_years)
        return false;
    t->n = (size_t)(p - t->text);
    return !is_digit(*p) && orders_of(t) != 0;
}

/* The part that begins at text. */
static struct token next_token(const char *text, bool start, bool short_years)
{
    struct token t = {.text = text, .n = digits(text)};
    size_t word;
    struct token parted = t;
    if ((t.n || (start && month_word(text, &word))) && parted_date(&parted, short_years)) {
        parted.date = true;
        return parted;
    }
    t.number = t.n > 0;
    t.date = t.number && packed_date(&t, short_years);
    if (!t.number)
        t.n = 1;
    return t;
}

/* The hour of a time with AM or PM behind it, of 24; -1: this is none. */
static int half_day(const char *text)
{
    size_t n = digits(text);
    const char *p = text + n;
    if (n > 2 || *p != ':' || value(text, n) > 12)
        return -1;
    while (*p == ':')
        p += 1 + digits(p + 1);
    while (*p == ' ')
        p++;
    char half = (char)tolower((unsigned char)*p);
    if ((half != 'a' && half != 'p') || tolower((unsigned char)p[p[1] == '.' ? 2 : 1]) != 'm')
        return -1;
    return value(text, n) % 12 + (half == 'p' ? 12 : 0);
}

unsigned natural_orders(const char *text, bool short_years)
{
    unsigned orders = NATURAL_ALL;
    for (const char *p = text; *p;) {
        struct token t = next_token(p, p == text, short_years);
        if (t.date)
            orders &= orders_of(&t);
        p += t.n;
    }
    return orders;
}

size_t natural_day(const char *text)
{
    for (const char *p = text; *p;) {
        struct token t = next_token(p, p == text, true);
        p += t.n;
        if (t.date)
            return (size_t)(p - text);
    }
    return 0;
}

size_t natural_date(const char *text, unsigned order, int date[3])
{
    struct token t = next_token(text, true, true);
    return t.date && in_order(&t, order, date) ? t.n : 0;
}

void natural_years(const char *text, unsigned order, bool short_years, int *least, int *most)
{
    for (const char *p = text; *p;) {
        struct token t = next_token(p, p == text, short_years);
        int date[3];
        if (t.date && in_order(&t, order, date)) {
            *least = date[0] < *least ? date[0] : *least;
            *most = date[0] > *most ? date[0] : *most;
        }
        p += t.n;
    }
}

size_t natural_key(const char *text, unsigned order, bool short_years, struct strbuf *key,
                   struct strbuf *shape)
{
    size_t count = 0;
    for (const char *p = text; *p;) {
        struct token t = next_token(p, p == text, short_years);
        int date[3], hour;
        if (t.date && in_order(&t, order, date)) {
            strbuf_printf(key, "%04d%02d%02d", date[0], date[1], date[2]);
        } else if (t.number && (hour = half_day(p)) >= 0) {
            strbuf_printf(key, hour < 10 ? "0001%d" : "0002%d", hour);
        } else if (t.number) {
            size_t zeros = 0;
            while (zeros + 1 < t.n && t.text[zeros] == '0')
                zeros++;
            /* Longer numbers are larger: their length comes first. */
            strbuf_printf(key, "%04zu%.*s", t.n - zeros, (int)(t.n - zeros), t.text + zeros);
        } else {
            strbuf_putc(key, (char)tolower((unsigned char)*t.text));
        }
        if (shape)
            strbuf_putc(shape, t.date ? '@' : t.number ? '#' : *t.text);
        count += t.date || t.number;
        p += t.n;
    }
    return count;
}

struct keyed {
    char *key, *name;
};

static int compare_keyed(const void *pa, const void *pb)
{
    const struct keyed *a = pa, *b = pb;
    int way = strcmp(a->key, b->key);
    return way ? way : strcmp(a->name, b->name);
}

void natural_sort(char **names, size_t n)
{
    struct keyed *keyed = mem_new(n, sizeof *keyed);
    for (size_t i = 0; i < n; i++) {
        struct strbuf key = {0};
        natural_key(names[i], NATURAL_YMD, false, &key, NULL);
        strbuf_puts(&key, "");
        keyed[i] = (struct keyed){key.text ? strbuf_take(&key) : mem_text(""), names[i]};
    }
    qsort(keyed, n, sizeof *keyed, compare_keyed);
    for (size_t i = 0; i < n; i++) {
        names[i] = keyed[i].name;
        free(keyed[i].key);
    }
    free(keyed);
}
