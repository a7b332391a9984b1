/* Snapshots: the parameters of a fit at some of its epochs, kept so that the fit can be
 * replayed.  Every epoch is kept until there are SNAPSHOTS_MOST; after that, each new one
 * displaces the one whose neighbours are closest relative to their epoch.  So the early
 * epochs, in which most happens, stay dense, and the gaps after them grow about with the
 * epoch.  The first and the newest are always there.  A search (textbook rules) keeps each
 * evaluation that was better than all before it, by the same rule.
 *
 * Memory: at most SNAPSHOTS_MOST times the parameters and trained start weights in
 * double precision, and at most SNAPSHOTS_BYTES a fit, where larger models keep
 * fewer.  All fits of a session share SNAPSHOTS_ALL: the more there are, the fewer each
 * keeps, and where memory is short a fit keeps those it has.  An opened model has
 * those of its file, or none. */
#ifndef DELTAW_LEARN_SNAPSHOTS_H
#define DELTAW_LEARN_SNAPSHOTS_H

#include "deltaw/learn/fit.h"

enum { SNAPSHOTS_MOST = 200, SNAPSHOTS_BYTES = 64 << 20, SNAPSHOTS_ALL = 256 << 20 };

struct snapshots {
    size_t n, size;  /* snapshots, and values in each */
    size_t room;     /* most there may be, at least 2 */
    int *epoch;      /* [n] rising; evaluations of a search */
    double **values; /* [n][size]: the model's parameters, then w0 when it was trained */
};

/* Room for as many as SNAPSHOTS_MOST and so many bytes allow. */
struct snapshots *snapshots_new(size_t size, size_t bytes);
/* The state after this epoch, values [size]: copied.  The newest epoch given again replaces
 * what was there. */
void snapshots_add(struct snapshots *s, int epoch, const double *values);
void snapshots_free(struct snapshots *s); /* NULL is fine */

/* `newest` as it was at snapshot i, see fit_model_at; a new reference. */
struct model *snapshots_model(const struct snapshots *s, const struct model *newest, size_t i);

/* Of a fit.  Epochs that can be replayed, by epoch: epochs [SNAPSHOTS_MOST].
 * Returns how many; 0 for an opened model without them. */
size_t fit_epochs_kept(struct fit *fit, int *epochs);
/* The model as it was at the newest snapshot up to `epoch`, or at the first, with the
 * whole history of losses, without standard errors and weights passed through: a new
 * reference.  *found (may be NULL): its epoch.  NULL when there are none. */
struct model *fit_model_at(struct fit *fit, int epoch, int *found);
/* From now on those of a fit take so many bytes at most, and SNAPSHOTS_BYTES. */
void fit_snapshots_limit(struct fit *fit, size_t bytes);
/* A copy of all of them; NULL when there are none. */
struct snapshots *fit_snapshots(struct fit *fit);

/* `model` as model_save writes it and, beside it, snapshots.epoch [n] and
 * snapshots.NAME [n][shape] of every tensor (and of w0 when it was trained). */
bool model_save_replay(const struct model *model, const struct snapshots *snapshots,
                       const char *path, struct err *err);

/* What such a file holds, to go into an archive of several; without snapshots when NULL. */
struct npz;
void model_pack(const struct model *model, const struct snapshots *snapshots, struct npz *npz);
/* From such arrays; path: where they are from, for messages. */
bool model_unpack(const struct npz *npz, const char *path, const char *name, struct model **out,
                  struct err *err);

#endif
