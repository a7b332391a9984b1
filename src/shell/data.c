/* Words on the open cohort. */
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

void cohort_words(const struct cohort *cohort, struct strbuf *out)
{
    char animals[NUMBER_SIZE], trials[NUMBER_SIZE];
    strbuf_printf(
        out, "%s animal%s, %s trials", number_grouped(animals, (long long)cohort->n_animals),
        cohort->n_animals == 1 ? "" : "s", number_grouped(trials, (long long)cohort->n_trials));
}
