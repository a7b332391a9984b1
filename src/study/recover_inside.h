/* What the files of recover_*.c share. */
#ifndef STUDY_RECOVER_INSIDE_H
#define STUDY_RECOVER_INSIDE_H

#include "deltaw/study/recover.h"

struct recover_at {
    size_t rule, which, seed; /* indices; which: of the cases */
};
struct recover_at recover_at(const struct recover_plan *plan, size_t run);
size_t recover_index(const struct recover_plan *plan, const struct recover_at *at);

/* Those of enum recover_measure that are about the truth; what there is none of stays. */
void recover_errors(const struct model *model, const struct cohort *cohort,
                    enum recover_error error, const atomic_bool *stop, double *value);

struct json_t;
/* From the first line of a file; also on failure the plan is to be freed. */
bool recover_plan_read(const struct json_t *line, struct recover_plan *plan);

#endif
