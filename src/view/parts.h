/* What the views share: which model they look at and over which trials, how
 * often they may recompute while it trains, numbers and words. */
#ifndef DELTAW_VIEW_PARTS_H
#define DELTAW_VIEW_PARTS_H

#include <stdint.h>

#include "deltaw/base/number.h"
#include "deltaw/study/probe.h"
#include "deltaw/view/view.h"

#define VIEW(ops) extern const struct view_ops ops;
#include "views.def"
#undef VIEW

/* Colour of curves that explain or compare and are not fitted. */
enum { PARTS_GREY = 6 };

/* While a model trains, means over trials take about this many of them. */
enum { PARTS_LIVE_TRIALS = 100000 };

#define SIDES_TEXT "right = 1, positive"

/* The model called `name`, or with NULL the one in use, or the newest.  NULL
 * and err when there is none: what to type is in the message. */
const struct scene_model *parts_pick(const struct scene *scene, const char *name, struct err *err);
bool parts_running(const struct scene_model *picked);
bool parts_active(enum fit_state state); /* queued, running or paused */

/* While a model trains, a view spends at most a sixth of the time computing. */
struct pace {
    double cost, ended; /* seconds */
};
/* A model, its trials and the weights visited on them: references held between
 * updates, so that a view can draw at a new size without a scene. */
struct source {
    struct model *model;
    struct cohort *cohort;   /* NULL: none, see source_want */
    struct visited *visited; /* the model's own, or swept; NULL without cohort */
    const float *w;          /* [n_trials][K] of it */
    bool live;               /* still training */
    int threads;             /* to compute with; 0: all processors */
    bool foreign;            /* its cohort is not the one loaded */
    bool replayed;           /* an earlier epoch, `epoch` of `newest` */
    int epoch, newest;
    struct fit_status status;
    /* In a replay the newest state when it began, for axes and colours that stay: what
     * `model`, `swept` and `w` are of an epoch.  NULL: no replay. */
    struct model *final;
    struct visited *final_visited;
    const float *final_w;
};
/* Takes over what the scene has.  *changed: values computed from the source are
 * out of date.  Weights that the model did not bring are left out, for source_sweep
 * (it may take a while).  False: no model, no weights yet or (where the view needs
 * trials) none of them; err says which, and the source stays as it was. */
bool source_want(struct source *source, const struct scene *scene, const char *name,
                 bool needs_trials, bool *changed, struct err *err);
void source_sweep(struct source *source);               /* any thread, on a source of its own */
struct source source_copy(const struct source *source); /* with references */
/* `done`, of a job, moves to the picture's `source`; what was swept for it is kept
 * for the next job too. */
void source_adopt(struct source *source, struct source *wanted, struct source *done);
/* For pictures of what animals did, with what a model expects of it beside
 * them: a model (by name, or the one in use) that was fitted to the trials loaded
 * now or comes from a file.  NONE: there is none, which is no error unless it was
 * named; then REFUSED, and err says why.  The caller sweeps it, as for source_want.
 * pace: of what was computed from the source before, NULL when nothing was. */
enum beside { BESIDE_NONE, BESIDE_SAME, BESIDE_CHANGED, BESIDE_REFUSED };
enum beside source_beside(struct source *source, const struct scene *scene, const char *name,
                          const struct pace *pace, struct err *err);
/* The model of this name (NULL: the one in use) and the trials that it looks at (NULL:
 * none), borrowed of the scene, all else zero.  False: there is none, or they do not go
 * together. */
bool source_there(const struct scene *scene, const char *name, struct source *there);
/* Is the model of this name there, and does it go with the trials it would look at (with
 * those loaded: `beside`)?  True for NULL, the one in use. */
bool source_check(const struct scene *scene, const char *name, bool beside, struct err *err);
void source_release(struct source *source);
/* " · dnn1", the cohort's name when it is not the one loaded. */
void source_title(const struct source *source, struct strbuf *out);
/* "dnn1 after 412 of 1000 epochs", "reinforce1 (maximum likelihood)" */
void source_words(const struct source *source, struct strbuf *out);

/* The y axis of curves in a replay: that of the newest state, `of`, so that it stays; what
 * is beyond it at other epochs is cut off.  of NULL: nothing is held. */
struct hold {
    const struct model *of; /* only compared */
    double lo, hi;
};
/* Make room for a value; NaN is passed over. */
void hold_value(struct hold *hold, double value);
/* lo and hi with a little room, NaN (from the curves) when nothing is held. */
void hold_range(const struct hold *hold, double *lo, double *hi);

bool pace_due(const struct pace *pace);
void pace_took(struct pace *pace, double seconds); /* until now */

/* What each job of a view begins with. */
struct view_job {
    const struct view_work *work;
    struct source source; /* swept before compute */
    bool ok;              /* compute went well */
    struct err err;
    double seconds; /* that it took */
};
/* All zero but for references of its own to source (NULL: none). */
struct view_job *view_job_new(const struct view_work *work, const struct source *source);
void view_job_free(struct view_job *job); /* NULL is fine */

/* What a view of one model keeps about what it shows and what is wanted. */
struct watch {
    struct source wanted; /* of the newest job */
    struct source source; /* of the picture */
    struct pace pace;
    bool have;                    /* there is a picture */
    bool stale, urgent;           /* to be computed again; at once, whatever the pace */
    const struct model *held_for; /* final of the newest job; only compared */
};
/* Takes over what the scene has (NULL: nothing new), as source_want. */
bool watch_update(struct watch *watch, const struct scene *scene, const char *model,
                  bool needs_trials, struct err *err);
/* Is a job to be made? */
bool watch_due(const struct watch *watch, bool pending);
/* One for what is wanted. */
struct view_job *watch_job(struct watch *watch, const struct view_work *work);
/* The job is the picture now: its source moves over. */
void watch_adopt(struct watch *watch, struct view_job *job);
void watch_release(struct watch *watch);

/* Index of the animal with this name, or else this number from 1; -1 and err. */
long parts_animal(const struct cohort *cohort, const char *asked, struct err *err);

/* Named arguments of that name (NULL: the positional ones) are gone. */
void parts_forget(struct args *args, const char *name);
/* The value of an option; NULL for "auto" and where there is none. */
const char *parts_chosen(const struct args *args, const struct option_row *table, const char *name);
/* Keys every view has: e exports, y copies, z zooms. */
bool parts_key(const char *view, const char *key, struct strbuf *command);
/* The numbers of a list "-1,0,1"; 0 when one is none or there are too many. */
size_t parts_numbers(const char *text, double *out, size_t most);

/* At most `places` digits after the point, no trailing zeros: "1.5", "-.3". */
const char *parts_short(char buf[NUMBER_SIZE], double value, int places);
/* Signed, with as many places as a number of the size `scale` needs to show
 * three digits: "+.0172". */
const char *parts_signed(char buf[NUMBER_SIZE], double value, double scale);
/* The same without a sign, for an error beside such a number. */
const char *parts_size(char buf[NUMBER_SIZE], double value, double scale);
/* The smallest of 1, 1.5, 2, 3, 4, 5, 6, 8 times a power of ten that is >= value. */
double parts_nice(double value);
/* The same ladder one step on (up) or back. */
double parts_nice_step(double value, bool up);
/* Steps of a fixed bias weight: as visited (NaN), -1, -.5, 0, ... in halves. */
double parts_bias_step(double now, bool up);
/* diff=no|true|yes */
enum show { SHOW_FITTED, SHOW_TRUE, SHOW_DIFFERENCE };
enum show parts_show(const char *word);
/* False, and err: what is not fitted cannot be shown of these trials (NULL: none). */
bool parts_no_truth(const char *view, const struct cohort *cohort, struct err *err);
/* Names that options of weights and variables are given: which there are is known only with
 * a model. */
bool parts_names(const char *view, const struct args *args, const struct option_row *table,
                 struct err *err);
/* Words of past=, by enum past; " · past 3 rewarded" for titles, "" for any. */
#define PARTS_PASTS "any|rewarded|unrewarded"
const char *parts_past_word(enum past past);
enum past parts_past(const char *word);
void parts_past_title(enum past past, size_t lags, struct strbuf *out);
/* Key { or } : the past before or after this one, among the first n.  False: no
 * such key. */
bool parts_past_step(const char *key, enum past now, unsigned n, enum past *next);
/* How a variable is called in a read-out: "w", "s", "r"; else its name. */
const char *parts_letter(const char *variable);

/* Columns and rows of a table at the end of an empty one. */
void parts_table_copy(const struct table *from, struct table *out);
/* The same on the axis of a figure: "stimulus (right positive)". */
const char *parts_axis_title(const char *variable);
/* "Δw_stim per trial", "true Δw_stim per trial". */
enum { PARTS_CHANGE = PROBE_NAME + 40 };
const char *parts_change_title(char buf[PARTS_CHANGE], const char *weight, enum show show);

/* Text wrapped at words to `width` cells. */
void parts_wrap(const char *text, int width, struct strbuf *out);
/* As it stands, or in 7 bits ("dw . R2 +- .1" for "Δw · R² ± .1") when the style asks. */
void parts_styled(const char *text, const struct style *style, struct strbuf *out);

#endif
