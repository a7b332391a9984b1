#include "order.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"

/* 2020-08-31..., 2020/08/31 or 20200831: such texts sort as dates do. */
static bool sortable(const char *date)
{
    static const char *const shapes[] = {"dddd-dd-dd", "dddd/dd/dd", "dddddddd"};
    for (size_t k = 0; k < 3; k++) {
        size_t i = 0;
        while (shapes[k][i] &&
               (shapes[k][i] == 'd' ? isdigit((unsigned char)date[i]) : date[i] == shapes[k][i]))
            i++;
        if (!shapes[k][i])
            return true;
    }
    return false;
}

/* Whole numbers by value, anything else as text. */
static int compare_names(const char *a, const char *b)
{
    size_t na = strlen(a), nb = strlen(b);
    if (na && nb && na < 18 && nb < 18 && strspn(a, "0123456789") == na &&
        strspn(b, "0123456789") == nb) {
        long long va = atoll(a), vb = atoll(b);
        if (va != vb)
            return va < vb ? -1 : 1;
    }
    return strcmp(a, b);
}

struct ranked {
    const struct log_session *session;
    uint32_t index;
    bool by_date;
};

static int compare_sessions(const void *pa, const void *pb)
{
    const struct ranked *a = pa, *b = pb;
    if (a->session->subject != b->session->subject)
        return a->session->subject < b->session->subject ? -1 : 1;
    if (a->by_date) {
        int way = strcmp(a->session->date, b->session->date);
        if (!way)
            way = compare_names(a->session->session, b->session->session);
        if (way)
            return way;
    }
    return a->index < b->index ? -1 : 1;
}

/* first [n_sessions]: where the rows of each begin. */
static void place_sessions(const struct rows *rows, struct order *order, size_t *first)
{
    struct ranked *ranked = mem_new(rows->n_sessions, sizeof *ranked);
    bool dated = true, fine = true;
    for (size_t i = 0; i < rows->n_sessions; i++) {
        dated = dated && rows->sessions[i].date;
        fine = fine && (!rows->sessions[i].date || sortable(rows->sessions[i].date));
    }
    order->dates_unsortable = dated && !fine;
    for (size_t i = 0; i < rows->n_sessions; i++)
        ranked[i] = (struct ranked){&rows->sessions[i], (uint32_t)i, dated && fine};
    qsort(ranked, rows->n_sessions, sizeof *ranked, compare_sessions);
    size_t at = 0;
    for (size_t i = 0; i < rows->n_sessions; i++) {
        first[ranked[i].index] = at;
        at += ranked[i].session->count;
    }
    free(ranked);
}

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

/* Does every trial number come at least twice, with the same content?  Two
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
                         const struct log_session *s, struct err *err)
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
        order->n_sorted++;
        for (i = 0; i < n; i++)
            row[i] = list[i].row;
    } else {
        order->n_restarting++;
        twice = doubled(rows, list, n, &again);
    }
    if (twice)
        rows_refuse(rows, &rows->row[again], err,
                    "session %s of %s has every trial more than once, trial %d again here; "
                    "remove the copies, or say trial=none if they are all real",
                    s->name, rows->subjects.text[s->subject], list[0].trial);
    free(list);
    return !twice;
}

bool order_rows(const struct rows *rows, struct order *order, struct err *err)
{
    size_t *first = mem_new(rows->n_sessions, sizeof *first);
    size_t *next = mem_new(rows->n_sessions, sizeof *next);
    bool fine = true;
    order->row = mem_new(rows->n, sizeof *order->row);
    place_sessions(rows, order, first);
    memcpy(next, first, rows->n_sessions * sizeof *next);
    for (size_t i = 0; i < rows->n; i++)
        order->row[next[rows->row[i].session]++] = (uint32_t)i;
    for (size_t i = 0; i < rows->n_sessions && fine; i++)
        if (rows->files[rows->sessions[i].file].has_trial)
            fine = order_trials(rows, order, first[i], &rows->sessions[i], err);
    free(first);
    free(next);
    return fine;
}

void order_describe(const struct order *order, struct strbuf *out)
{
    if (order->dates_unsortable)
        strbuf_puts(out, "; dates are not written year first: sessions are in file order");
    if (order->n_sorted)
        strbuf_printf(out, "; trials of %zu session%s sorted by number", order->n_sorted,
                      order->n_sorted == 1 ? "" : "s");
    if (order->n_restarting)
        strbuf_printf(out, "; trial numbers come twice in %zu session%s: kept in file order",
                      order->n_restarting, order->n_restarting == 1 ? "" : "s");
}

void order_free(struct order *order)
{
    free(order->row);
    *order = (struct order){0};
}
