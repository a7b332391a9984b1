/* Replay: the session shows a fit as it was at an earlier epoch.
 *
 * DESIGN.  One fit at a time is replayed.  The scene then holds the snapshot in the place
 * of the fit's newest model, so every view and export shows it.  A snapshot is ready to be
 * shown when the weights passed through under it are there, which takes a sweep over all
 * trials; a command waits for that as for any task.  While the replay plays, and for keys,
 * which come faster than that, a thread of its own (the player) does it: it works out where
 * the replay should be, prepares that epoch, hands it over and wakes the loop, at most 15
 * times a second.  Epochs that would be late are skipped. */
#ifndef SHELL_REPLAY_H
#define SHELL_REPLAY_H

#include "deltaw/learn/snapshots.h"
#include "state.h"

enum { REPLAY_NEWEST = 0x7fffffff }; /* `to`: wherever the fit is */

struct replay;

/* Replay `fit` from its first epoch, standing still; ends any other replay. */
bool replay_begin(struct session *session, struct fit *fit, struct err *err);
void replay_end(struct session *session);
/* Frees those that ended; `wait`: all of them. */
void replay_reap(struct session *session, bool wait);
/* The replay that is on, kept in memory until released (from any thread). */
struct replay *replay_hold(struct session *session);
void replay_let_go(struct replay *replay);
/* Does a replay that has not been freed yet need it? */
bool replay_holds(const struct session *session, const struct fit *fit);
/* The one replayed; NULL: none. */
struct fit *replay_fit(const struct session *session);

/* Range and speed of playing: epochs a second; NaN: 10 s for the range, shared equally by
 * its snapshots. */
void replay_range(struct session *session, int from, int to, double speed);
/* Play from where it is, or from the beginning when it is at the end. */
bool replay_play(struct session *session, struct err *err);
void replay_pause(struct session *session);
/* Show this epoch as soon as it is prepared, without waiting. */
bool replay_seek(struct session *session, int epoch, struct err *err);
/* The same in two steps, for a task: prepare (any thread), then show, which takes over the
 * model. */
struct model *replay_prepare(const struct replay *replay, int epoch, int *found);
void replay_show(struct session *session, struct model *model, int epoch);

struct replay_now {
    int epoch, newest; /* shown, and the newest of the fit */
    int target;        /* where it is heading: the next step counts from there */
    bool playing;
    double speed;           /* epochs a second; NaN: each snapshot the same time */
    struct epoch_loss loss; /* at epoch; NaN when unknown */
};
/* False: nothing is replayed. */
bool replay_now(const struct session *session, struct replay_now *now);
/* The snapshot's epoch nearest to this one, or n steps from it, stopping at the ends. */
int replay_near(struct fit *fit, int epoch, int steps);
/* Puts the snapshot in place of the newest model. */
void replay_scene(struct session *session, struct fit *fit, struct scene_model *seen);
/* The weights a sweep of the cohort under the model passes through; a new reference. */
struct visited *replay_visited(const struct model *model, const struct cohort *cohort, int epoch);
/* ", dnn1 at epoch 120 of 1000" when the view shows that. */
void replay_note(const struct session *session, const struct view *view, struct strbuf *out);
/* "epoch 120 of 1000" */
void replay_words(struct fit *fit, const struct replay_now *now, struct strbuf *out);

#endif
