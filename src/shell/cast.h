/* A film of a view through the epochs of its model's fit: an asciicast, version 2
 * (https://docs.asciinema.org/manual/asciicast/v2), a JSON header and then one
 * line [seconds, "o", bytes to the terminal] a frame. */
#ifndef SHELL_CAST_H
#define SHELL_CAST_H

#include "state.h"

struct cast_size {
    int width, height; /* cells */
    double fps;        /* snapshots a second */
};

/* Starts the task that writes it. */
bool cast_start(struct session *session, const struct view *view, const char *path,
                const struct cast_size *size, struct output *out, struct err *err);

#endif
