/* The side file of a simulated log, PATH.truth.json:
 *   {"deltaw_truth": 1, "digest": "0123456789abcdef", "truth": {...},
 *    "others": [{"digest": ..., "truth": {...}}, ...]}
 * The digest is that of the cohort it belongs to.  Others are there while one log is being
 * put in another's place: a program killed meanwhile leaves either with its truth. */
#ifndef DATA_TRUTHFILE_H
#define DATA_TRUTHFILE_H

#include <stdint.h>

#include "deltaw/base/strbuf.h"

char *truth_path(const char *path); /* caller frees */
/* side: the file whose truths of other cohorts are kept as others; NULL: none are. */
void truth_text(const char *truth, uint64_t digest, const char *side, struct strbuf *out);
/* The truth beside the log at `path`, NULL when there is none; *note says why
 * one that is there was not used (both: caller frees). */
char *truth_file_read(const char *path, uint64_t digest, char **note);

#endif
