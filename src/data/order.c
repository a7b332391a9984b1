#include "order.h"

#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "instant.h"
#include "natural.h"

/* Keys of a session; each sorts as bytes. */
struct ranked {
    const struct log_session *session;
    uint32_t index;
    char *date, *name, *file; /* NULL: does not count */
};

struct sorter {
    const struct rows *rows;
    struct ranked *ranked;      /* [n_sessions] */
    enum load_dates dates;      /* of the columns; AUTO: not known */
    struct stamps stamps;       /* of the columns */
    size_t n_sorted, n_unknown; /* animals */
    size_t sorted, unknown;     /* one of them: its first session in ranked */
    size_t sorted_n;
    bool by_file;
};

static int compare_keys(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) : 0;
}

static int compare_sessions(const void *pa, const void *pb)
{
    const struct ranked *a = pa, *b = pb;
    if (a->session->subject != b->session->subject)
        return a->session->subject < b->session->subject ? -1 : 1;
    int way = compare_keys(a->date, b->date);
    way = way ? way : compare_keys(a->file, b->file);
    way = way ? way : compare_keys(a->name, b->name);
    return way ? way : a->index < b->index ? -1 : 1;
}

static int compare_subjects(const void *pa, const void *pb)
{
    const struct ranked *a = pa, *b = pb;
    if (a->session->subject != b->session->subject)
        return a->session->subject < b->session->subject ? -1 : 1;
    return a->index < b->index ? -1 : 1;
}

static unsigned order_bit(enum load_dates dates)
{
    return dates == LOAD_DATES_DMY   ? NATURAL_DMY
           : dates == LOAD_DATES_MDY ? NATURAL_MDY
                                     : NATURAL_YMD;
}

/* Years between the first and the last of the dates in the n texts. */
static int years_of(const char *const *text, size_t n, unsigned order, bool short_years)
{
    int least = 9999, most = 0;
    for (size_t i = 0; i < n; i++)
        natural_years(text[i], order, short_years, &least, &most);
    return most - least;
}

/* Year first if possible, unless that order makes the recordings span many years and another
 * does not: 280221, 010321. */
static enum load_dates dates_of(unsigned orders, const char *const *text, size_t n,
                                bool short_years)
{
    enum { FEW = 4, MANY = 10 };
    if (orders & NATURAL_YMD && orders != NATURAL_YMD &&
        years_of(text, n, NATURAL_YMD, short_years) > MANY) {
        unsigned fit = 0;
        for (unsigned order = NATURAL_DMY; order < NATURAL_ALL; order *= 2)
            if (orders & order && years_of(text, n, order, short_years) <= FEW)
                fit |= order;
        orders = fit ? fit : orders;
    }
    return orders & NATURAL_YMD    ? LOAD_DATES_YMD
           : orders == NATURAL_DMY ? LOAD_DATES_DMY
           : orders == NATURAL_MDY ? LOAD_DATES_MDY
                                   : LOAD_DATES_AUTO;
}

/* Every one must hold a date, or all of them numbers (seconds) in the same places. */
static bool find_dates(struct sorter *s, enum load_dates told)
{
    size_t n = s->rows->n_sessions, dated = 0;
    unsigned orders = NATURAL_ALL;
    struct strbuf key = {0}, shape = {0}, first = {0};
    const char **text = mem_new(n, sizeof *text);
    bool all = n > 0, alike = true;
    for (size_t i = 0; i < n && all; i++) {
        text[i] = s->rows->sessions[i].date;
        all = text[i] != NULL;
        if (!all)
            break;
        strbuf_reset(&key);
        strbuf_reset(&shape);
        orders &= natural_orders(text[i], true);
        all = natural_key(text[i], NATURAL_YMD, true, &key, i ? &shape : &first) > 0;
        alike = alike && (i == 0 || strcmp(strbuf_text(&shape), strbuf_text(&first)) == 0);
        dated += natural_day(text[i]) > 0;
    }
    if (all)
        s->dates = told != LOAD_DATES_AUTO ? told : dates_of(orders, text, n, true);
    if (all)
        s->stamps = instant_count(text, n, order_bit(s->dates));
    strbuf_free(&key);
    strbuf_free(&shape);
    strbuf_free(&first);
    free(text);
    return all && (dated == n || (dated == 0 && alike));
}

/* Keys of one kind over n sessions: all of one shape with a number in it, and, where
 * `distinct`, no two alike.  False: they do not tell the order. */
struct keys {
    char **key; /* [n] */
    bool fine, distinct;
};

static int compare_texts(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static struct keys make_keys(const char *const *text, size_t n, enum load_dates told)
{
    struct keys keys = {mem_new(n, sizeof *keys.key), true, true};
    struct strbuf first = {0}, shape = {0}, key = {0};
    unsigned orders = NATURAL_ALL;
    for (size_t i = 0; i < n; i++)
        orders &= natural_orders(text[i], false);
    enum load_dates dates = told != LOAD_DATES_AUTO ? told : dates_of(orders, text, n, false);
    struct stamps stamps = instant_count(text, n, order_bit(dates));
    bool zoned = stamps.zoned > 0 && stamps_all(&stamps);
    keys.fine = dates != LOAD_DATES_AUTO || orders == 0;
    for (size_t i = 0; i < n; i++) {
        strbuf_reset(&key);
        strbuf_reset(&shape);
        size_t numbers = natural_key(text[i], order_bit(dates), false, &key, i ? &shape : &first);
        keys.fine = keys.fine && numbers > 0 &&
                    (i == 0 || zoned || strcmp(strbuf_text(&shape), strbuf_text(&first)) == 0);
        if (zoned)
            strbuf_reset(&key), instant_key(text[i], order_bit(dates), &key);
        keys.key[i] = mem_text(strbuf_text(&key));
    }
    char **sorted = mem_copy(keys.key, n, sizeof *sorted);
    qsort(sorted, n, sizeof *sorted, compare_texts);
    for (size_t i = 1; i < n; i++)
        keys.distinct = keys.distinct && strcmp(sorted[i], sorted[i - 1]) != 0;
    free(sorted);
    strbuf_free(&first);
    strbuf_free(&shape);
    strbuf_free(&key);
    return keys;
}

static void drop_keys(struct keys *keys, size_t n)
{
    for (size_t i = 0; i < n; i++)
        free(keys->key[i]);
    free(keys->key);
}

/* Gives the n sessions of one animal, from r on, the keys that tell their order. */
static void rank_animal(struct sorter *s, struct ranked *r, size_t n, bool dated,
                        enum load_dates told)
{
    const char **text = mem_new(n, sizeof *text);
    bool files = false, named = true;
    for (size_t i = 0; i < n; i++) {
        files = files || r[i].session->file != r[0].session->file;
        named = named && *r[i].session->session;
        text[i] = r[i].session->session;
    }
    struct keys names = make_keys(text, n, told);
    for (size_t i = 0; i < n; i++)
        text[i] = s->rows->files[r[i].session->file].path;
    struct keys paths = make_keys(text, n, told);
    bool by_name = named && names.fine;
    bool by_file = files && paths.fine && !(by_name && names.distinct);
    bool known = n < 2 || dated || by_file || (by_name && (names.distinct || !files));
    for (size_t i = 0; i < n; i++) {
        struct strbuf key = {0};
        if (dated && stamps_all(&s->stamps))
            instant_key(r[i].session->date, order_bit(s->dates), &key);
        else if (dated)
            natural_key(r[i].session->date, order_bit(s->dates), true, &key, NULL);
        r[i].date = dated ? strbuf_take(&key) : NULL;
        r[i].name = by_name && (known || !files) ? mem_text(names.key[i]) : NULL;
        r[i].file = by_file ? mem_text(paths.key[i]) : NULL;
    }
    if (!known) {
        s->unknown = (size_t)(r - s->ranked);
        s->n_unknown++;
    }
    free(text);
    drop_keys(&names, n);
    drop_keys(&paths, n);
    qsort(r, n, sizeof *r, compare_sessions);
    bool moved = false;
    for (size_t i = 1; i < n; i++)
        moved = moved || r[i].index < r[i - 1].index;
    if (moved) {
        s->sorted = (size_t)(r - s->ranked);
        s->sorted_n = n;
        s->by_file = by_file && !dated;
        s->n_sorted++;
    }
}

/* "1, 2, 3 .. 11" */
static void list_sessions(const struct sorter *s, struct strbuf *out)
{
    const struct ranked *r = s->ranked + s->sorted;
    for (size_t i = 0; i < s->sorted_n; i++) {
        if (i == 3 && s->sorted_n > 4) {
            strbuf_puts(out, " ..");
            i = s->sorted_n - 1;
        }
        const struct log_session *session = r[i].session;
        strbuf_printf(out, "%s%.60s",
                      i == 0                         ? ""
                      : i + 1 < s->sorted_n || i < 3 ? ", "
                                                     : " ",
                      s->by_file ? s->rows->files[session->file].path : session->name);
    }
}

/* Only where some of the dates tell one. */
static void describe_zones(const struct stamps *s, bool dated, struct strbuf *odd)
{
    if (s->zoned == 0 || !dated)
        return;
    if (s->none > 0)
        strbuf_printf(odd,
                      "%zu of %zu dates tell a time zone, but %zu are no time that is known: "
                      "sessions go by dates as written\n",
                      s->zoned, s->zoned + s->plain + s->none, s->none);
    else if (s->plain > 0)
        strbuf_printf(odd, "%zu of %zu dates tell no time zone: they are taken for UTC\n", s->plain,
                      s->zoned + s->plain);
}

static void describe(const struct sorter *s, bool dated, bool all_dated, struct strbuf *odd)
{
    static const char *const orders[] = {
        [LOAD_DATES_DMY] = "day/month/year", [LOAD_DATES_MDY] = "month/day/year"};
    if (dated && (s->dates == LOAD_DATES_DMY || s->dates == LOAD_DATES_MDY))
        strbuf_printf(odd, "dates are read as %s\n", orders[s->dates]);
    describe_zones(&s->stamps, dated, odd);
    if (all_dated && !dated)
        strbuf_puts(
            odd, "does day or month come first in dates? sessions are in file order; dates=dmy or "
                 "dates=mdy says it\n");
    if (s->n_sorted) {
        strbuf_printf(odd, "%s of %zu animal%s put in order: ", s->by_file ? "files" : "sessions",
                      s->n_sorted, s->n_sorted == 1 ? "" : "s");
        list_sessions(s, odd);
        strbuf_putc(odd, '\n');
    }
    if (s->n_unknown && !all_dated)
        strbuf_printf(
            odd,
            "neither dates nor numbers tell the order of sessions of %zu animal%s (%.60s): "
            "file order%s\n",
            s->n_unknown, s->n_unknown == 1 ? "" : "s",
            s->rows->subjects.text[s->ranked[s->unknown].session->subject],
            s->rows->n_files > 1 ? ", as given" : "");
}

static void place_sessions(const struct rows *rows, const struct load_options *o,
                           struct order *order)
{
    size_t n = rows->n_sessions;
    struct sorter s = {.rows = rows, .ranked = mem_new(n, sizeof *s.ranked)};
    bool all_dated = find_dates(&s, o->dates), dated = all_dated && s.dates != LOAD_DATES_AUTO;
    for (size_t i = 0; i < n; i++)
        s.ranked[i] = (struct ranked){.session = &rows->sessions[i], .index = (uint32_t)i};
    qsort(s.ranked, n, sizeof *s.ranked, compare_subjects);
    for (size_t from = 0, to = 1; from < n; from = to++) {
        while (to < n && s.ranked[to].session->subject == s.ranked[from].session->subject)
            to++;
        rank_animal(&s, s.ranked + from, to - from, dated, o->dates);
    }
    size_t at = 0;
    for (size_t i = 0; i < n; i++) {
        order->first[s.ranked[i].index] = at;
        at += s.ranked[i].session->count;
    }
    describe(&s, dated, all_dated, &order->odd);
    for (size_t i = 0; i < n; i++) {
        free(s.ranked[i].date);
        free(s.ranked[i].name);
        free(s.ranked[i].file);
    }
    free(s.ranked);
}

struct counts {
    size_t sorted, restarting; /* sessions */
};

struct numbered {
    int32_t trial;
    uint32_t row;
};

static int compare_trials(const void *pa, const void *pb)
{
    const struct numbered *a = pa, *b = pb;
    if (a->trial != b->trial)
        return a->trial < b->trial ? -1 : 1;
    return a->row < b->row ? -1 : 1;
}

static bool same_trial(const struct row *a, const struct row *b)
{
    return a->trial == b->trial && a->stimulus == b->stimulus && a->choice == b->choice &&
           a->reward == b->reward;
}

/* Does every trial number occur at least twice, with the same content?  Two
 * trials can be equal by chance; a whole session cannot. */
static bool doubled(const struct rows *rows, const struct numbered *list, size_t n, uint32_t *again)
{
    size_t groups = 0;
    for (size_t i = 0; i < n; groups++) {
        size_t from = i++;
        while (i < n && same_trial(&rows->row[list[i].row], &rows->row[list[from].row]))
            i++;
        if (i - from < 2)
            return false;
        if (from == 0)
            *again = list[1].row;
    }
    return groups > 1;
}

static bool order_trials(const struct rows *rows, struct order *order, size_t first,
                         const struct log_session *s, bool copies, struct counts *counts,
                         struct err *err)
{
    uint32_t *row = order->row + first, again = 0;
    size_t n = s->count, i = 1;
    while (i < n && rows->row[row[i]].trial > rows->row[row[i - 1]].trial)
        i++;
    if (i >= n)
        return true;
    struct numbered *list = mem_new(n, sizeof *list);
    for (i = 0; i < n; i++)
        list[i] = (struct numbered){rows->row[row[i]].trial, row[i]};
    qsort(list, n, sizeof *list, compare_trials);
    bool unique = true, twice = false;
    for (i = 1; i < n; i++)
        unique = unique && list[i].trial != list[i - 1].trial;
    if (unique) {
        counts->sorted++;
        for (i = 0; i < n; i++)
            row[i] = list[i].row;
    } else {
        counts->restarting++;
        twice = !copies && doubled(rows, list, n, &again);
    }
    if (twice)
        rows_refuse(rows, &rows->row[again], err,
                    "session %s of %s has every trial more than once, trial %d again here; "
                    "remove the copies, or say copies=keep if they are all real",
                    s->name, rows->subjects.text[s->subject], list[0].trial);
    free(list);
    return !twice;
}

static void describe_trials(const struct counts *counts, struct strbuf *odd)
{
    if (counts->sorted)
        strbuf_printf(odd, "trials of %zu session%s sorted by number\n", counts->sorted,
                      counts->sorted == 1 ? "" : "s");
    if (counts->restarting)
        strbuf_printf(odd, "trial numbers come twice in %zu session%s: kept in file order\n",
                      counts->restarting, counts->restarting == 1 ? "" : "s");
}

bool order_rows(const struct rows *rows, const struct load_options *options, struct order *order,
                struct err *err)
{
    struct counts counts = {0};
    bool fine = true;
    order->row = mem_new(rows->n, sizeof *order->row);
    order->first = mem_new(rows->n_sessions, sizeof *order->first);
    place_sessions(rows, options, order);
    size_t *next = mem_copy(order->first, rows->n_sessions, sizeof *next);
    for (size_t i = 0; i < rows->n; i++)
        order->row[next[rows->row[i].session]++] = (uint32_t)i;
    free(next);
    for (size_t i = 0; i < rows->n_sessions && fine; i++)
        if (rows->files[rows->sessions[i].file].has_trial)
            fine = order_trials(rows, order, order->first[i], &rows->sessions[i],
                                options->keep_copies, &counts, err);
    describe_trials(&counts, &order->odd);
    return fine && order_duplicates(rows, options, order, err);
}

void order_free(struct order *order)
{
    free(order->row);
    free(order->first);
    strbuf_free(&order->odd);
    *order = (struct order){0};
}
