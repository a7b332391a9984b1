/* Threads that share out one job after the other, for work that comes in segments of a
 * few tenths of a millisecond: a job is begun and ended once a step of an optimiser. */
#ifndef LEARN_TEAM_H
#define LEARN_TEAM_H

#include <stddef.h>

struct team;

/* `threads` of them, the caller's included; fewer where no more can be had. */
struct team *team_new(int threads);
void team_free(struct team *team);
/* work(context, i, member) for each i below n, by any member, in any order; members
 * are numbered from 0, the caller.  Returns when all are done. */
void team_run(struct team *team, size_t n, void (*work)(void *context, size_t i, size_t member),
              void *context);
size_t team_size(const struct team *team);
/* From now on only so many take part; 0: all. */
void team_limit(struct team *team, int threads);

#endif
