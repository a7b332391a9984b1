/* A cross-validation on a cluster: an array of jobs of Slurm's, each of which runs this
 * program on one part.  All that they need and make is in FILE.parts. */
#ifndef SHELL_SLURM_H
#define SHELL_SLURM_H

#include "deltaw/study/cv.h"
#include "series.h"

struct slurm_request {
    const struct args *args; /* of cv: what the parts are told is made from it */
    const char *path;        /* of the results */
    const char *partition, *time;
    size_t per;  /* runs of a part */
    bool submit; /* else the script is only written */
};

/* Plan and cohort as session->cv has them.  Writes what the parts need and submits them, beside
 * the session; merges when all are through, and submits again what came to nothing. */
bool slurm_start(struct session *session, const struct cohort *cohort,
                 const struct slurm_request *request, struct output *out, struct err *err);

#endif
