/* Keeping the states of a fit, thinned. */
#include "deltaw/learn/snapshots.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "snapshots_file.h"
#include "trainer.h"

static size_t room_for(size_t size, size_t bytes)
{
    size_t most = bytes / sizeof(double) / (size ? size : 1);
    return most > SNAPSHOTS_MOST ? SNAPSHOTS_MOST : most < 2 ? 2 : most;
}

struct snapshots *snapshots_new(size_t size, size_t bytes)
{
    struct snapshots *s = mem_new(1, sizeof *s);
    s->size = size;
    s->room = room_for(size, bytes);
    s->epoch = mem_new(s->room, sizeof *s->epoch);
    s->values = mem_new(s->room, sizeof *s->values);
    return s;
}

void snapshots_free(struct snapshots *s)
{
    if (!s)
        return;
    for (size_t i = 0; i < s->room; i++)
        free(s->values[i]);
    free(s->epoch), free(s->values);
    free(s);
}

/* Of all but the first, the one whose neighbours are closest for their epoch, when
 * the next is `newest`. */
static size_t least_missed(const struct snapshots *s, int newest)
{
    size_t least = s->n - 1;
    double least_gap = INFINITY;
    for (size_t i = 1; i < s->n; i++) {
        double next = i + 1 < s->n ? s->epoch[i + 1] : newest;
        double gap = (next - s->epoch[i - 1]) / next;
        if (gap < least_gap) {
            least = i;
            least_gap = gap;
        }
    }
    return least;
}

/* The array of the one dropped is kept after the last, for the next. */
static void take_out(struct snapshots *s, size_t i)
{
    double *spare = s->values[i];
    s->n--;
    memmove(s->epoch + i, s->epoch + i + 1, (s->n - i) * sizeof *s->epoch);
    memmove(s->values + i, s->values + i + 1, (s->n - i) * sizeof *s->values);
    s->values[s->n] = spare;
}

/* Drops what a limit set from the start would have dropped. */
static void snapshots_limit(struct snapshots *s, size_t bytes)
{
    size_t room = room_for(s->size, bytes), before = s->room;
    while (s->n > room) { /* but for the newest */
        s->n--;
        size_t least = least_missed(s, s->epoch[s->n]);
        s->n++;
        take_out(s, least);
    }
    for (size_t i = room; i < before; i++)
        free(s->values[i]);
    s->epoch = mem_resize(s->epoch, room, sizeof *s->epoch);
    s->values = mem_resize(s->values, room, sizeof *s->values);
    for (size_t i = before; i < room; i++)
        s->values[i] = NULL;
    s->room = room;
}

/* Is there none for one more?  Small ones are not asked for. */
static bool short_of_memory(const struct snapshots *s)
{
    enum { SMALL = 1 << 16, MOST = 1 << 20 };
    size_t bytes = s->size * sizeof **s->values;
    return s->n >= 2 && s->n < s->room && !s->values[s->n] && bytes > SMALL &&
           !mem_room((double)bytes + MOST, NULL, NULL);
}

void snapshots_add(struct snapshots *s, int epoch, const double *values)
{
    if (s->n > 0 && s->epoch[s->n - 1] == epoch) { /* a better one of the same */
        memcpy(s->values[s->n - 1], values, s->size * sizeof *values);
        return;
    }
    if (short_of_memory(s))
        snapshots_limit(s, s->n * s->size * sizeof *values);
    if (s->n == s->room)
        take_out(s, least_missed(s, epoch));
    s->epoch[s->n] = epoch;
    if (!s->values[s->n])
        s->values[s->n] = mem_new(s->size, sizeof *values);
    memcpy(s->values[s->n++], values, s->size * sizeof *values);
}

struct model *snapshots_model(const struct snapshots *s, const struct model *newest, size_t i)
{
    size_t size = newest->tensors.size;
    double *theta = mem_copy(s->values[i], size, sizeof *theta);
    struct model *model = model_copy_at(newest, theta); /* the posterior is that of the end */
    if (s->size > size)
        memcpy(model->w0, s->values[i] + size, (s->size - size) * sizeof *model->w0);
    return model;
}

/* --- of a fit -------------------------------------------------------------- */

void trainer_snapshot(struct trainer *t)
{
    struct fit *fit = t->fit;
    pthread_mutex_lock(&fit->lock);
    if (!fit->snapshots)
        fit->snapshots = snapshots_new(
            t->tensors.size + (t->train_w0 ? t->n_own * t->n_weights : 0), fit->snapshot_bytes);
    snapshots_add(fit->snapshots, t->history[t->n_history - 1].epoch, t->theta);
    pthread_mutex_unlock(&fit->lock);
}

void fit_snapshots_limit(struct fit *fit, size_t bytes)
{
    bytes = bytes < SNAPSHOTS_BYTES ? bytes : SNAPSHOTS_BYTES;
    pthread_mutex_lock(&fit->lock);
    fit->snapshot_bytes = bytes;
    if (fit->snapshots)
        snapshots_limit(fit->snapshots, bytes);
    pthread_mutex_unlock(&fit->lock);
}

void fit_slim(struct fit *fit)
{
    struct model *old = NULL;
    if (fit_active(fit))
        return;
    pthread_mutex_lock(&fit->lock);
    if (fit->model && fit->model->visited) {
        old = fit->model;
        fit->model = model_copy(old);
    }
    pthread_mutex_unlock(&fit->lock);
    model_drop(old);
}

size_t fit_epochs_kept(struct fit *fit, int *epochs)
{
    pthread_mutex_lock(&fit->lock);
    const struct snapshots *s = fit->snapshots;
    size_t n = s ? s->n : 0;
    if (n)
        memcpy(epochs, s->epoch, n * sizeof *epochs);
    pthread_mutex_unlock(&fit->lock);
    return n;
}

struct snapshots *fit_snapshots(struct fit *fit)
{
    struct snapshots *copy = NULL;
    pthread_mutex_lock(&fit->lock);
    const struct snapshots *s = fit->snapshots;
    if (s && s->n) {
        copy = snapshots_new(s->size, SNAPSHOTS_BYTES);
        for (size_t i = 0; i < s->n; i++) {
            copy->epoch[i] = s->epoch[i];
            copy->values[i] = mem_copy(s->values[i], s->size, sizeof **s->values);
        }
        copy->n = s->n;
    }
    pthread_mutex_unlock(&fit->lock);
    return copy;
}

struct model *fit_model_at(struct fit *fit, int epoch, int *found)
{
    struct model *model = NULL;
    pthread_mutex_lock(&fit->lock);
    const struct snapshots *s = fit->snapshots;
    if (s && s->n) {
        size_t i = 0;
        while (i + 1 < s->n && s->epoch[i + 1] <= epoch)
            i++;
        model = snapshots_model(s, fit->model, i);
        if (found)
            *found = s->epoch[i];
    }
    pthread_mutex_unlock(&fit->lock);
    return model;
}
