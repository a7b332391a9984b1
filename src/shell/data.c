/* The open cohort and those below it, for undo and reset. */
#include <stdlib.h>
#include <string.h>

#include "state.h"

const struct cohort *session_cohort(const struct session *session)
{
    return session->n_cohorts > 0 ? session->cohorts[session->n_cohorts - 1].cohort : NULL;
}

const struct cohort *session_need_cohort(const struct session *session, struct err *err)
{
    const struct cohort *cohort = session_cohort(session);
    if (!cohort)
        err_set(err, ERR_FAILED,
                "no trials are loaded; `load FILE` reads a log, `simulate reinforce` makes one");
    return cohort;
}

static void drop_undone(struct session *session)
{
    for (; session->n_undone > 0; session->n_undone--)
        cohort_drop(session->cohorts[session->n_cohorts + session->n_undone - 1].cohort);
}

void session_push_cohort(struct session *session, struct cohort *cohort, bool derived)
{
    struct cohort_entry *all = session->cohorts;
    drop_undone(session);
    if (session->n_cohorts == UNDO_DEPTH) {
        cohort_drop(all[0].cohort);
        memmove(all, all + 1, --session->n_cohorts * sizeof *all);
        all[0].derived = false; /* nothing below it to return to */
    }
    all[session->n_cohorts++] = (struct cohort_entry){cohort, derived};
}

bool session_pop_cohort(struct session *session, bool all_derived, struct err *err)
{
    size_t n = session->n_cohorts;
    if (n == 0)
        return err_set(err, ERR_FAILED, "nothing to undo: no trials are loaded");
    do {
        bool derived = session->cohorts[--n].derived;
        if (!all_derived || !derived)
            break;
    } while (n > 0 && session->cohorts[n - 1].derived);
    session->n_undone += session->n_cohorts - n;
    session->n_cohorts = n;
    return true;
}

bool session_redo_cohort(struct session *session, struct err *err)
{
    if (session->n_undone == 0)
        return err_set(err, ERR_FAILED, "nothing to redo: no undo came last");
    session->n_undone--;
    session->n_cohorts++;
    return true;
}

void session_drop_cohorts(struct session *session)
{
    drop_undone(session);
    while (session->n_cohorts > 0)
        cohort_drop(session->cohorts[--session->n_cohorts].cohort);
}

void cohort_words(const struct cohort *cohort, struct strbuf *out)
{
    char animals[NUMBER_SIZE], trials[NUMBER_SIZE];
    strbuf_printf(
        out, "%s animal%s, %s trials", number_grouped(animals, (long long)cohort->n_animals),
        cohort->n_animals == 1 ? "" : "s", number_grouped(trials, (long long)cohort->n_trials));
}
