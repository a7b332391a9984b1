/* Is a model wrong, and in what?  Each failure sign of doc/science is a check with a number, a
 * threshold and what to do: a row of src/study/diagnosis.def.
 *
 * Most are score tests (Rao 1948, Proc Camb Phil Soc 44:50): the choices that the model did not
 * expect, y - P(right), are uncorrelated with anything known before them if it is right, once
 * what its fitted parameters take up is projected out.  They need no second fit.  Their value
 * is in standard normal deviations, one-sided. */
#ifndef DELTAW_STUDY_DIAGNOSE_H
#define DELTAW_STUDY_DIAGNOSE_H

#include <stdatomic.h>

#include "deltaw/base/jobs.h"
#include "deltaw/base/table.h"
#include "deltaw/learn/model.h"
#include "deltaw/study/loop.h"

enum verdict { VERDICT_OK, VERDICT_LOOK, VERDICT_FAIL };

struct diagnosis_check {
    const char *name;
    double look, fail; /* from which value on; look > fail: from which value down */
    const char *meaning, *advice;
};

struct finding {
    const struct diagnosis_check *check;
    bool tried;
    double value;
    enum verdict verdict;
    double beyond;  /* of a score test that calls: what it is once all others that call are
                     * projected out; else NaN */
    char note[240]; /* numbers of this case; of a check that was not tried: why */
};

enum { DIAGNOSIS_MOST = 24 };

struct diagnosis_request {
    const struct model *model; /* with weights, for the cohort (model_meets) */
    const struct cohort *cohort;
    size_t n_others; /* of the same policy, to be compared with */
    struct model *const *others;
    bool refit;      /* where a decision or the start is misfit, by how much is it so? */
    struct job *job; /* that this is done in */
};

struct diagnosis {
    size_t n;
    struct finding finding[DIAGNOSIS_MOST];
};

/* In the thread of the request's job.  False: stopped, or nothing can be said; err. */
bool diagnosis_run(const struct diagnosis_request *request, struct diagnosis *out, struct err *err);

/* A finding for each figure of the closed loop: does it look like the animals'? */
void diagnosis_loop(const struct loop *loop, struct diagnosis *diagnosis);

extern const char *const diagnosis_verdicts[]; /* "ok", "look", "fail" */
/* check, value, threshold, verdict, advice: those that were tried. */
extern const struct column diagnosis_columns[];
void diagnosis_table(const struct diagnosis *diagnosis, struct table *out);
/* check, why: the others. */
extern const struct column diagnosis_untried_columns[];
void diagnosis_untried(const struct diagnosis *diagnosis, struct table *out);

/* The one to begin with: the score test that calls and has most beyond the others, else what
 * is not ok; NULL: all is. */
const struct finding *diagnosis_first(const struct diagnosis *diagnosis);

/* The checks by number, NULL after the last. */
const struct diagnosis_check *diagnosis_check_at(size_t i);

#endif
