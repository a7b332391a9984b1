/* Threads that share the pieces of each call, even of calls that take only a few tenths of
 * a millisecond, as a step of an optimiser does. */
#ifndef DELTAW_BASE_TEAM_H
#define DELTAW_BASE_TEAM_H

#include <stddef.h>

struct team;

/* At most `threads` members, the caller's thread included.  The others are started by the
 * first call that has work for them; if some cannot be started there are fewer. */
struct team *team_new(int threads);
void team_free(struct team *team); /* NULL is fine */
/* work(context, i, member) for each i below n, by any member, in any order; members
 * are numbered from 0, the caller.  Returns when all are done. */
void team_run(struct team *team, size_t n, void (*work)(void *context, size_t i, size_t member),
              void *context);
size_t team_most(const struct team *team); /* members there can be */
/* From now on only so many take part; 0: all.  Returns how many do. */
size_t team_limit(struct team *team, int threads);
size_t team_asked(const struct team *team); /* the newest limit */

#endif
