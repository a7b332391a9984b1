#ifndef SHELL_SLURM_INSIDE_H
#define SHELL_SLURM_INSIDE_H

#include <stdbool.h>
#include <stddef.h>

#include "deltaw/base/err.h"
#include "deltaw/base/strbuf.h"

/* Submits parts, "1-20" or "3,7", of an array; *job is its number, which the caller frees. */
bool slurm_sbatch(const char *script, const char *parts, char **job, struct err *err);
/* Marks the parts of the array, of n, that wait or run.  False: Slurm did not answer. */
bool slurm_squeue(const char *job, bool *queued, size_t n);
void slurm_scancel(const char *job);

#endif
