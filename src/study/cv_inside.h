/* What the files of a cross-validation, and others that fit its rules, share. */
#ifndef STUDY_CV_INSIDE_H
#define STUDY_CV_INSIDE_H

#include "deltaw/study/cv.h"

enum { MOST_FOLDS = 1000 };

struct json_t;
/* The settings of a rule, without those that a run sets by itself. */
struct json_t *cv_rule_settings(const struct cv_rule *rule);
/* Arrays of names and of seeds; false: not such, or empty. */
bool cv_rules_read(const struct json_t *names, size_t *n, struct cv_rule **out);
bool cv_seeds_read(const struct json_t *seeds, size_t *n, uint64_t **out);
/* From the first line of a file; also on failure the plan is to be freed. */
bool cv_plan_read(const struct json_t *line, struct cv_plan *plan);

bool cv_agree(const struct study *a, const struct study *b, size_t run, struct err *err);

#endif
