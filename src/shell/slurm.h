/* A study on a cluster: an array of jobs of Slurm's, each of which runs this program on one
 * part.  All that they need and make is in FILE.parts. */
#ifndef SHELL_SLURM_H
#define SHELL_SLURM_H

#include "studying.h"

/* The session's study, as `args` asked for it.  Writes what the parts need and submits them,
 * beside the session; merges when all are through, and submits again what failed.
 * file (taken over) is open where the results at path are to go; NULL: only the script is
 * written. */
bool slurm_start(struct session *session, const struct studying *of, const struct cohort *cohort,
                 const struct args *args, const char *path, struct study_file *file,
                 struct output *out, struct err *err);

#endif
