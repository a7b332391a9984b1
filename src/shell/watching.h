/* A log that is read again whenever it has grown, beside everything else. */
#ifndef SHELL_WATCHING_H
#define SHELL_WATCHING_H

#include "loading.h"

struct watching;

/* From now on: of what `load` has read as `cohort`.  Takes the load over, also on failure. */
bool watching_start(struct session *session, struct load *load, double every, long times,
                    struct err *err);
/* What it watches, "rig.csv"; NULL: nothing is watched. */
const char *watching_name(const struct session *session);
/* Seconds between looks, and trials read last. */
double watching_every(const struct session *session);
size_t watching_trials(const struct session *session);
void watching_stop(struct session *session); /* waits for a look that is being taken */
/* Takes what was read, if anything was, and reports it. */
void watching_news(struct session *session, struct output *out);

#endif
