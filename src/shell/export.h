/* What `export` writes of a view. */
#ifndef SHELL_EXPORT_H
#define SHELL_EXPORT_H

#include "deltaw/data/npz.h"
#include "state.h"

/* An array for each column, of the same name: float64, or text.  Of a grid (view.h): x
 * [nx], y [ny], panel [n], and each other column [n][ny][nx], `x_name`, `y_name`. */
void arrays_of_table(const struct table *table, bool grid, struct npz *out);
/* JSON with all that is needed to repeat it: version, command, sentence, cohort, model with
 * the settings of its fit. */
void arrays_tell(struct session *session, struct view *view, struct strbuf *out);

struct cast_size {
    int width, height; /* cells */
    double fps;        /* snapshots a second */
};

/* Starts the task that writes a film of the view through the epochs of its model's fit. */
bool cast_start(struct session *session, const struct view *view, const char *path,
                const struct cast_size *size, struct output *out, struct err *err);

#endif
