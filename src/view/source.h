/* What views look at: a model and the trials it is shown on. */
#ifndef VIEW_SOURCE_H
#define VIEW_SOURCE_H

#include "deltaw/view/view.h"
#include "pace.h"

/* While a model trains, means over trials take about this many of them. */
enum { SOURCE_LIVE_TRIALS = 100000 };

/* The model called `name`, or with NULL the one in use, or the newest.  NULL
 * and err when there is none: what to type is in the message. */
const struct scene_model *view_source_pick(const struct scene *scene, const char *name,
                                           struct err *err);
bool view_source_running(const struct scene_model *picked);
bool view_source_active(enum fit_state state); /* queued, running or paused */

/* A model, its trials and the weights visited on them: references held between
 * updates, so that a view can draw at a new size without a scene. */
struct source {
    struct model *model;
    struct cohort *cohort;   /* NULL: none, see view_source_want */
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
 * out of date.  Weights that the model did not bring are left out, for view_source_sweep
 * (it may take a while).  False: no model, no weights yet or (where the view needs
 * trials) none of them; err says which, and the source stays as it was. */
bool view_source_want(struct source *source, const struct scene *scene, const char *name,
                      bool needs_trials, bool *changed, struct err *err);
void view_source_sweep(struct source *source); /* any thread, on a source of its own */
struct source view_source_copy(const struct source *source); /* with references */
/* `done`, of a job, moves to the picture's `source`; what was swept for it is kept
 * for the next job too. */
void view_source_adopt(struct source *source, struct source *wanted, struct source *done);
/* For pictures of what animals did, with what a model expects of it beside
 * them: a model (by name, or the one in use) that was fitted to the trials loaded
 * now or comes from a file.  NONE: there is none, which is no error unless it was
 * named; then REFUSED, and err says why.  The caller sweeps it, as for view_source_want.
 * pace: of what was computed from the source before, NULL when nothing was. */
enum beside { BESIDE_NONE, BESIDE_SAME, BESIDE_CHANGED, BESIDE_REFUSED };
enum beside view_source_beside(struct source *source, const struct scene *scene, const char *name,
                               const struct pace *pace, struct err *err);
/* The model of this name (NULL: the one in use) and the trials that it looks at (NULL:
 * none), borrowed of the scene, all else zero.  False: there is none, or they do not go
 * together. */
bool view_source_there(const struct scene *scene, const char *name, struct source *there);
/* Is the model of this name there, and does it go with the trials it would look at (with
 * those loaded: `beside`)?  True for NULL, the one in use. */
bool view_source_check(const struct scene *scene, const char *name, bool beside, struct err *err);
/* Is it one of many states, each shown for a moment: of a fit that trains, or of a replay on
 * its way? */
bool view_source_passing(const struct source *source);
void view_source_release(struct source *source);
/* " · dnn1", the cohort's name when it is not the one loaded. */
void view_source_title(const struct source *source, struct strbuf *out);
/* "dnn1 after 412 of 1000 epochs", "reinforce1 (maximum likelihood)" */
void view_source_words(const struct source *source, struct strbuf *out);
/* Of what is no model's but the truth of its trials: "the rule that made sample". */
void view_source_truth_words(const struct source *source, struct strbuf *out);
void view_source_truth_fields(const struct source *source, struct strbuf *object);
/* The same as fields of an answer; model NULL, of those that do without: null. */
extern const struct answer_row view_source_answer[];
void view_source_fields(const struct source *source, struct strbuf *object);
double view_source_epoch(const struct source *source); /* NaN: it has none */
/* "; animals differ or weights are noisy ..." where a posterior's own figures say so. */
void view_source_doubt(const struct source *source, struct strbuf *out);

#endif
