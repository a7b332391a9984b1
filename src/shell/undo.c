/* The open cohort and those that it was made from, for undo, redo and reset.
 *
 * What was loaded or simulated is kept whole; of what filters left only the cohorts near
 * the open one are, the others are remembered by what was said and made again when they are
 * wanted: so there may be any number of filters. */
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "state.h"

enum { LOADS = 100 };

static struct cohort_step *step_copy(const struct cohort_step *step)
{
    struct cohort_step *copy = mem_copy(step, 1, sizeof *step);
    copy->condition = step->condition ? mem_text(step->condition) : NULL;
    return copy;
}

static void step_free(struct cohort_step *step)
{
    if (step)
        free(step->condition);
    free(step);
}

static void entry_free(struct cohort_entry *entry)
{
    cohort_drop(entry->cohort);
    step_free(entry->step);
    args_free(&entry->made);
}

static void drop_undone(struct session *s)
{
    for (; s->n_undone > 0; s->n_undone--)
        entry_free(&s->cohorts[s->n_cohorts + s->n_undone - 1]);
}

/* What filters left lets go of its trials when it is far from the open one. */
static void let_go(struct session *s)
{
    for (size_t i = 0; i < s->n_cohorts + s->n_undone; i++) {
        struct cohort_entry *entry = &s->cohorts[i];
        if (!entry->step ||
            (i + 1 + COHORTS_NEAR >= s->n_cohorts && i <= s->n_cohorts + COHORTS_NEAR))
            continue;
        cohort_drop(entry->cohort);
        entry->cohort = NULL;
    }
}

/* The oldest of very many loads is dropped, with what filters left of it. */
static void forget_oldest(struct session *s)
{
    size_t loads = 0, second = 0;
    for (size_t i = 0; i < s->n_cohorts; i++) {
        loads += !s->cohorts[i].step;
        second = second == 0 && loads == 2 ? i : second;
    }
    if (loads <= LOADS)
        return;
    for (size_t i = 0; i < second; i++)
        entry_free(&s->cohorts[i]);
    s->n_cohorts -= second;
    memmove(s->cohorts, s->cohorts + second, s->n_cohorts * sizeof *s->cohorts);
}

void session_push_cohort(struct session *s, struct cohort *cohort, const struct cohort_step *step)
{
    drop_undone(s);
    s->cohorts = mem_reserve(s->cohorts, &s->cohort_room, s->n_cohorts + 1, sizeof *s->cohorts);
    s->cohorts[s->n_cohorts++] =
        (struct cohort_entry){.cohort = cohort, .step = step ? step_copy(step) : NULL};
    forget_oldest(s);
    let_go(s);
}

void session_push_made(struct session *s, struct cohort *cohort, bool simulated,
                       const struct args *made)
{
    session_push_cohort(s, cohort, NULL);
    struct cohort_entry *entry = &s->cohorts[s->n_cohorts - 1];
    entry->simulated = simulated;
    entry->made = args_copy(made);
}

void session_drop_cohorts(struct session *s)
{
    drop_undone(s);
    while (s->n_cohorts > 0)
        entry_free(&s->cohorts[--s->n_cohorts]);
    free(s->cohorts);
    s->cohorts = NULL;
}

/* --- going to another of them ---------------------------------------------------- */

static void place(struct session *s, size_t n, struct output *out)
{
    s->n_undone = s->n_cohorts + s->n_undone - n;
    s->n_cohorts = n;
    let_go(s);
    const struct cohort *cohort = session_cohort(s);
    struct strbuf text = {0};
    if (cohort)
        cohort_words(cohort, &text);
    output_say(out, "%s", cohort ? strbuf_text(&text) : "no trials loaded");
    tell_cohort(cohort, out);
    strbuf_free(&text);
}

/* One that was let go of, and those between it and one that is there. */
struct again {
    struct cohort *from;
    size_t first, n;            /* entries to make: [first, first + n) */
    struct cohort_step **steps; /* [n] */
    struct cohort **made;       /* [n]; NULL: not near enough to be kept */
};

static void again_release(void *data)
{
    struct again *a = data;
    cohort_drop(a->from);
    for (size_t i = 0; i < a->n; i++) {
        step_free(a->steps[i]);
        cohort_drop(a->made[i]);
    }
    free(a->steps);
    free(a->made);
    free(a);
}

static bool again_work(void *data, struct task *task, struct err *err)
{
    struct again *a = data;
    for (size_t i = 0; i < a->n; i++) {
        if (atomic_load(&task->job.stop))
            return err_set(err, ERR_INTERRUPTED, "interrupted");
        atomic_store(&task->job.permille, (int)(1000 * i / a->n));
        if (!cohort_take_step(i ? a->made[i - 1] : a->from, a->steps[i], &a->made[i], err))
            return false;
        if (i > 0 && i + COHORTS_NEAR < a->n) {
            cohort_drop(a->made[i - 1]);
            a->made[i - 1] = NULL;
        }
    }
    return true;
}

static void again_put(struct session *s, struct again *a)
{
    for (size_t i = 0; i < a->n; i++) {
        struct cohort_entry *entry = &s->cohorts[a->first + i];
        cohort_drop(entry->cohort);
        entry->cohort = a->made[i];
        a->made[i] = NULL;
    }
}

static bool again_finish(struct session *s, void *data, struct output *out, struct err *err)
{
    struct again *a = data;
    (void)err;
    again_put(s, a);
    place(s, a->first + a->n, out);
    return true;
}

/* What it takes to have entry `at`; below it is one that is there. */
static struct again *again_new(const struct session *s, size_t at)
{
    struct again *a = mem_new(1, sizeof *a);
    a->first = at;
    while (!s->cohorts[a->first - 1].cohort)
        a->first--;
    a->n = at + 1 - a->first;
    a->from = cohort_hold(s->cohorts[a->first - 1].cohort);
    a->steps = mem_new(a->n, sizeof *a->steps);
    a->made = mem_new(a->n, sizeof *a->made);
    for (size_t i = 0; i < a->n; i++)
        a->steps[i] = step_copy(s->cohorts[a->first + i].step);
    return a;
}

bool session_place_cohort(struct session *s, size_t n, struct output *out, struct err *err)
{
    if (n > 0 && !s->cohorts[n - 1].cohort)
        return task_start(s, mem_text("taking trials out again"), again_new(s, n - 1), again_work,
                          again_finish, again_release, err);
    place(s, n, out);
    return true;
}

size_t session_unfiltered(const struct session *s)
{
    size_t n = s->n_cohorts;
    while (n > 1 && s->cohorts[n - 1].step)
        n--;
    return n;
}

bool session_renew_cohort(struct session *s, const struct cohort *old, struct cohort *now,
                          struct err *err)
{
    size_t all = s->n_cohorts + s->n_undone, at = 0;
    while (at < all && s->cohorts[at].cohort != old)
        at++;
    if (at == all)
        return false;
    cohort_drop(s->cohorts[at].cohort);
    s->cohorts[at].cohort = cohort_hold(now);
    for (size_t i = at + 1; i < all && s->cohorts[i].step; i++) {
        cohort_drop(s->cohorts[i].cohort);
        s->cohorts[i].cohort = NULL;
    }
    if (s->n_cohorts == 0 || s->cohorts[s->n_cohorts - 1].cohort)
        return true;
    struct again *a = again_new(s, s->n_cohorts - 1);
    struct task none = {0};
    if (again_work(a, &none, err)) {
        again_put(s, a);
    } else { /* the filters can be brought back once they leave something */
        s->n_undone += s->n_cohorts - (at + 1);
        s->n_cohorts = at + 1;
    }
    again_release(a);
    return true;
}
