/* What the files of a cross-validation share. */
#ifndef STUDY_CV_INSIDE_H
#define STUDY_CV_INSIDE_H

#include "deltaw/study/cv.h"

enum { MOST_FOLDS = 1000 };

struct json_t;
/* From the first line of a file; also on failure the plan is to be freed. */
bool cv_plan_read(const struct json_t *line, struct cv_plan *plan);

#endif
