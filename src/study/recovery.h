/* Private to study: recovery over at most `most` trials. */
#ifndef DELTAW_SRC_STUDY_RECOVERY_H
#define DELTAW_SRC_STUDY_RECOVERY_H

#include "deltaw/study/probe.h"
#include "deltaw/study/truth.h"

enum { RECOVERY_MOST = 200000 };

bool recovery_over(const struct model *model, const struct cohort *cohort,
                   const struct truth *truth, size_t most, const atomic_bool *stop,
                   struct recovery *out, struct err *err);

#endif
