/* snapshots.epoch [n], snapshots.NAME [n][shape of NAME] and, where start weights
 * were trained, snapshots.w0 [n][animals][K]. */
#include "snapshots_file.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"

/* One tensor: its place among the values of a snapshot. */
struct part {
    char name[64];
    enum npz_type type;
    size_t n_dimensions, shape[3], offset, size; /* shape[0]: the snapshots */
};

/* parts [RULE_MAX_TENSORS + 1]; returns how many there are. */
static size_t list_parts(const struct model *m, size_t n, bool w0, struct part *parts)
{
    for (size_t i = 0; i < m->tensors.n; i++) {
        const struct tensor *t = &m->tensors.item[i];
        parts[i] = (struct part){.type = m->rule->network ? NPZ_FLOAT32 : NPZ_FLOAT64,
                                 .n_dimensions = t->n_dimensions + 1,
                                 .shape = {n, t->rows, t->cols},
                                 .offset = t->offset,
                                 .size = t->size};
        snprintf(parts[i].name, sizeof parts[i].name, "snapshots.%s", t->name);
    }
    if (!w0)
        return m->tensors.n;
    parts[m->tensors.n] = (struct part){.name = "snapshots.w0",
                                        .type = NPZ_FLOAT64,
                                        .n_dimensions = 3,
                                        .shape = {n, m->n_animals, m->settings.shape.n_weights},
                                        .offset = m->tensors.size,
                                        .size = m->n_animals * m->settings.shape.n_weights};
    return m->tensors.n + 1;
}

void snapshots_pack(const struct snapshots *s, const struct model *m, struct npz *npz)
{
    struct part parts[RULE_MAX_TENSORS + 1];
    size_t n_parts = list_parts(m, s->n, s->size > m->tensors.size, parts);
    double *all = mem_new(s->n * (s->size + 1), sizeof *all);
    for (size_t i = 0; i < s->n; i++)
        all[i] = s->epoch[i];
    npz_add(npz, "snapshots.epoch", NPZ_INT64, 1, &s->n, all);
    for (size_t p = 0; p < n_parts; p++) {
        for (size_t i = 0; i < s->n; i++)
            memcpy(all + i * parts[p].size, s->values[i] + parts[p].offset,
                   parts[p].size * sizeof *all);
        npz_add(npz, parts[p].name, parts[p].type, parts[p].n_dimensions, parts[p].shape, all);
    }
    free(all);
}

static bool check_epochs(const struct npz_array *a, const char *path, struct err *err)
{
    if (!a->values || a->n_dimensions != 1 || a->size < 1 || a->size > SNAPSHOTS_MOST)
        return err_set(err, ERR_DATA, "%s: snapshots.epoch should list 1 to %d epochs", path,
                       SNAPSHOTS_MOST);
    for (size_t i = 0; i < a->size; i++)
        if (!(a->values[i] >= 0 && a->values[i] <= INT_MAX) ||
            a->values[i] != floor(a->values[i]) || (i > 0 && a->values[i] <= a->values[i - 1]))
            return err_set(err, ERR_DATA,
                           "%s: snapshots.epoch should be rising whole numbers "
                           "(entry %zu)",
                           path, i);
    return true;
}

static bool take_part(const struct npz *npz, const struct part *part, const char *path,
                      struct snapshots *s, struct err *err)
{
    const struct npz_array *a = npz_find(npz, part->name);
    bool same = a && a->values && a->n_dimensions == part->n_dimensions;
    for (size_t d = 0; same && d < part->n_dimensions; d++)
        same = a->shape[d] == part->shape[d];
    if (!same)
        return err_set(err, ERR_DATA,
                       "%s: %s %s; it should hold the tensor once for each of the "
                       "%zu snapshots",
                       path, part->name, a ? "has another shape" : "is missing", part->shape[0]);
    for (size_t j = 0; j < a->size; j++)
        if (!isfinite(a->values[j]))
            return err_set(err, ERR_DATA,
                           "%s: %s holds a value that is not a finite number (entry "
                           "%zu)",
                           path, part->name, j);
    for (size_t i = 0; i < s->n; i++)
        memcpy(s->values[i] + part->offset, a->values + i * part->size,
               part->size * sizeof **s->values);
    return true;
}

bool snapshots_unpack(const struct npz *npz, const char *path, const struct model *m,
                      struct snapshots **out, struct err *err)
{
    const struct npz_array *epochs = npz_find(npz, "snapshots.epoch");
    bool w0 = npz_find(npz, "snapshots.w0") != NULL, ok = true;
    struct part parts[RULE_MAX_TENSORS + 1];
    *out = NULL;
    if (!epochs)
        return true;
    if (!check_epochs(epochs, path, err))
        return false;
    if (w0 && m->n_animals == 0)
        return err_set(err, ERR_DATA, "%s: snapshots.w0 without the animals it is of", path);
    size_t n = epochs->size,
           size = m->tensors.size + w0 * m->n_animals * m->settings.shape.n_weights;
    size_t n_parts = list_parts(m, n, w0, parts);
    struct snapshots *s = snapshots_new(size, SNAPSHOTS_BYTES);
    if (n > s->room)
        ok = err_set(err, ERR_DATA, "%s: holds %zu snapshots; %zu of this size are the most", path,
                     n, s->room);
    for (size_t i = 0; ok && i < n; i++) {
        s->epoch[i] = (int)epochs->values[i];
        s->values[i] = mem_new(size, sizeof **s->values);
        s->n = i + 1;
    }
    for (size_t p = 0; ok && p < n_parts; p++)
        ok = take_part(npz, &parts[p], path, s, err);
    if (ok)
        *out = s;
    else
        snapshots_free(s);
    return ok;
}
