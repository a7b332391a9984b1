/* The same session twice: a copy that a program for synchronising left, a file under two
 * names.  It would count twice, and the animal would seem to go back to where it was. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "order.h"

/* Fewer trials than these may agree by chance. */
enum { LEAST = 10 };

struct candidate {
    uint64_t hash; /* of the first LEAST trials */
    uint32_t session;
};

struct pair {
    const struct rows *rows;
    const struct order *order;
    uint32_t a, b; /* sessions */
};

static const struct row *row_of(const struct pair *p, uint32_t session, size_t i)
{
    return &p->rows->row[p->order->row[p->order->first[session] + i]];
}

static bool same(const struct row *a, const struct row *b)
{
    return (a->stimulus == b->stimulus || (isnan(a->stimulus) && isnan(b->stimulus))) &&
           a->choice == b->choice && a->reward == b->reward;
}

/* Do the n trials from `from` on repeat themselves, as made-up logs do?  Then their repetition
 * proves nothing. */
static bool periodic(const struct pair *p, uint32_t session, size_t n)
{
    for (size_t d = 1; d <= n / 2; d++) {
        size_t i = d;
        while (i < n && same(row_of(p, session, i), row_of(p, session, i - d)))
            i++;
        if (i == n)
            return true;
    }
    return false;
}

/* All trials of the shorter one begin the longer one too. */
static bool same_beginning(const struct pair *p)
{
    size_t na = p->rows->sessions[p->a].count, nb = p->rows->sessions[p->b].count;
    size_t n = na < nb ? na : nb;
    for (size_t i = 0; i < n; i++)
        if (!same(row_of(p, p->a, i), row_of(p, p->b, i)))
            return false;
    return !periodic(p, p->a, n);
}

/* Under one name and date in two files, with the same trials under most numbers. */
static bool same_numbers(const struct pair *p)
{
    const struct log_session *a = &p->rows->sessions[p->a], *b = &p->rows->sessions[p->b];
    size_t common = 0, equal = 0;
    if (!p->rows->files[a->file].has_trial || !p->rows->files[b->file].has_trial)
        return false;
    for (size_t i = 0, k = 0; i < a->count && k < b->count;) {
        const struct row *ra = row_of(p, p->a, i), *rb = row_of(p, p->b, k);
        common += ra->trial == rb->trial;
        equal += ra->trial == rb->trial && same(ra, rb);
        bool both = ra->trial == rb->trial;
        i += ra->trial < rb->trial || both;
        k += ra->trial > rb->trial || both;
    }
    return common >= LEAST && 10 * equal >= 9 * common;
}

static bool refuse(const struct pair *p, struct err *err)
{
    const struct log_session *a = &p->rows->sessions[p->a], *b = &p->rows->sessions[p->b];
    const struct row *row = row_of(p, p->b, 0);
    return rows_refuse(p->rows, row, err,
                       "session %.60s of %.60s has the same trials as session %.60s of %.60s in "
                       "%.200s; leave one out, or say copies=keep if both are real",
                       b->name, p->rows->subjects.text[b->subject], a->name,
                       p->rows->subjects.text[a->subject], p->rows->files[a->file].path);
}

static bool check_pair(const struct pair *p, struct strbuf *odd, struct err *err)
{
    const struct log_session *a = &p->rows->sessions[p->a], *b = &p->rows->sessions[p->b];
    if (!same_beginning(p))
        return true;
    if (a->subject == b->subject || a->file != b->file)
        return refuse(p, err);
    strbuf_printf(odd,
                  "session %.60s of %.60s has the same trials as session %.60s of %.60s: one "
                  "animal under two names?\n",
                  b->name, p->rows->subjects.text[b->subject], a->name,
                  p->rows->subjects.text[a->subject]);
    return true;
}

static int by_hash(const void *pa, const void *pb)
{
    const struct candidate *a = pa, *b = pb;
    if (a->hash != b->hash)
        return a->hash < b->hash ? -1 : 1;
    return (a->session > b->session) - (a->session < b->session);
}

static uint64_t hash_of(const struct rows *rows, const struct order *order, uint32_t session)
{
    const struct pair p = {.rows = rows, .order = order};
    uint64_t h = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < LEAST; i++) {
        const struct row *row = row_of(&p, session, i);
        uint32_t bits = 0;
        if (!isnan(row->stimulus))
            memcpy(&bits, &row->stimulus, sizeof bits);
        h = (h ^ bits) * UINT64_C(0x100000001b3);
        h = (h ^ (uint64_t)(row->choice << 8 | row->reward)) * UINT64_C(0x100000001b3);
    }
    return h;
}

/* Sessions of one animal whose name and date stand in two files. */
static bool check_names(const struct rows *rows, struct order *order, struct err *err)
{
    struct names names = {0};
    uint32_t *first = mem_new(rows->n_sessions, sizeof *first);
    size_t again = 0;
    struct pair one = {.rows = rows, .order = order};
    bool fine = true;
    for (uint32_t i = 0; i < rows->n_sessions && fine; i++) {
        const struct log_session *s = &rows->sessions[i];
        if (!rows->files[s->file].has_session)
            continue;
        char *key = mem_printf("%u/%s/%s", s->subject, s->date ? s->date : "", s->session);
        size_t before = names.n;
        uint32_t k = names_add(&names, key, strlen(key));
        free(key);
        if (names.n > before) {
            first[k] = i;
            continue;
        }
        struct pair p = {rows, order, first[k], i};
        fine = !same_numbers(&p) || refuse(&p, err);
        one = again++ ? one : p;
    }
    if (again)
        strbuf_printf(&order->odd,
                      "%zu session%s under a name that another file has too (%.60s of %.60s): "
                      "taken for different ones\n",
                      again, again == 1 ? " is" : "s are", rows->sessions[one.b].session,
                      rows->subjects.text[rows->sessions[one.b].subject]);
    free(first);
    names_free(&names);
    return fine;
}

/* Trials that go on from the beginning within one session. */
static bool check_halves(const struct rows *rows, const struct order *order, struct err *err)
{
    struct pair p = {.rows = rows, .order = order};
    for (uint32_t s = 0; s < rows->n_sessions; s++) {
        size_t n = rows->sessions[s].count / 2, i = 0;
        if (n < LEAST || rows->sessions[s].count % 2 ||
            rows->files[rows->sessions[s].file].has_trial)
            continue;
        while (i < n && same(row_of(&p, s, i), row_of(&p, s, n + i)))
            i++;
        if (i == n && !periodic(&p, s, n))
            return rows_refuse(rows, row_of(&p, s, n), err,
                               "session %.60s of %.60s begins again here with the same trials; "
                               "remove the copy, or say copies=keep if they are all real",
                               rows->sessions[s].name,
                               rows->subjects.text[rows->sessions[s].subject]);
    }
    return true;
}

bool order_duplicates(const struct rows *rows, const struct load_options *options,
                      struct order *order, struct err *err)
{
    struct candidate *list = mem_new(rows->n_sessions, sizeof *list);
    size_t n = 0;
    bool fine = true;
    if (options->keep_copies) {
        free(list);
        return true;
    }
    for (uint32_t i = 0; i < rows->n_sessions; i++)
        if (rows->sessions[i].count >= LEAST)
            list[n++] = (struct candidate){hash_of(rows, order, i), i};
    qsort(list, n, sizeof *list, by_hash);
    for (size_t i = 1; i < n && fine; i++) {
        struct pair p = {rows, order, list[i - 1].session, list[i].session};
        if (list[i].hash == list[i - 1].hash)
            fine = check_pair(&p, &order->odd, err);
    }
    free(list);
    return fine && check_halves(rows, order, err) && check_names(rows, order, err);
}
