/* Views: a picture of the session's models and cohort.  A view reads a scene, computes its
 * tables, draws them on a canvas, describes them in words and exports them.  It never
 * changes the session: a key returns a command. */
#ifndef DELTAW_VIEW_VIEW_H
#define DELTAW_VIEW_VIEW_H

#include <stdbool.h>

#include "deltaw/base/answer.h"
#include "deltaw/base/jobs.h"
#include "deltaw/base/option.h"
#include "deltaw/base/table.h"
#include "deltaw/draw/canvas.h"
#include "deltaw/learn/fit.h"
#include "deltaw/study/bias.h"
#include "deltaw/study/comparison.h"
#include "deltaw/study/cv.h"
#include "deltaw/study/loop.h"
#include "deltaw/study/recover.h"

/* What there is to look at; owned by the session, valid during the call. */
struct scene {
    const struct cohort *cohort; /* NULL: nothing loaded */
    size_t n_models;
    struct scene_model {
        const struct model *model; /* a snapshot */
        struct fit_status status;
        const struct cohort *cohort; /* fitted to; NULL: opened from a file */
        /* Replay: the model (not the status) is of an earlier epoch, `epoch` of `newest`,
         * and in `moving` pictures another follows at once. */
        bool replayed, moving;
        int epoch, newest;
        const struct model *final; /* the newest; NULL: no replay */
    } const *models;               /* [n_models], oldest first */
    long current;                  /* index of the model in use, -1: none */
    size_t n_jobs;
    const struct scene_job {      /* a fit, also one that is queued and no model yet */
        const char *name, *group; /* group NULL: none */
        const struct rule *rule;
        struct fit_status status;
        long model; /* index of its model, -1: none */
    } * jobs;       /* [n_jobs], oldest first */
    size_t n_groups;
    const struct scene_group { /* fits that are reported as one */
        const char *name;
        struct job_progress progress;
    } * groups;                          /* [n_groups] */
    const struct cv *cv;                 /* results of a cross-validation, NULL: none */
    size_t cv_changes;                   /* another number: they are others */
    const struct recover *recover;       /* results of a recovery, NULL: none */
    size_t recover_changes;              /* as cv_changes */
    const struct comparison *comparison; /* the newest, NULL: none */
    size_t comparison_changes;
    const struct bias *bias; /* of a network, see study/bias.h; NULL: none */
    size_t bias_changes;     /* as cv_changes */
    const struct loop *loop; /* agents of a model in closed loop, NULL: none */
    size_t loop_changes;     /* another number: it is another */
    int threads;             /* that a view may use; 0: all processors */
    size_t n_help;
    const struct scene_help {
        const char *group, *name, *text; /* a verb and its summary, a key and what it does */
    } * help;                            /* [n_help], groups together */
};

/* jobs, models and animals as tables, the same in every host: the output of the verbs of that
 * name.  sort: a word of the option.  people: a group of fits is one row, with those of its
 * fits that train after it; else all fits. */
void view_jobs_table(const struct scene *scene, bool people, struct table *out);
void view_jobs_row(const struct scene_job *job, struct table *out);
void view_groups_table(const struct scene *scene, struct table *out); /* of fits; for machines */
void view_models_table(const struct scene *scene, const char *sort, struct table *out);
void view_animals_table(const struct cohort *cohort, const char *sort, struct table *out);
extern const struct column view_animals_columns[], view_jobs_columns[], view_groups_columns[],
    view_models_columns[];

/* What takes a view more than a few ms, in a thread beside the main one.  Its own struct
 * begins with a struct view_job (src/view/watch.h), which holds all that it needs. */
struct view_job;
struct view_work {
    size_t size; /* of a job */
    bool beside; /* there is a picture without it */
    /* Any thread; uses nothing but the job.  *stop true: the result is no longer wanted;
     * return soon. */
    bool (*compute)(struct view_job *job, const atomic_bool *stop, struct err *err);
    /* Main thread, after a compute that succeeded: moves the result over.  False: there is
     * none to show; err says why. */
    bool (*adopt)(void *state, struct view_job *job, struct err *err);
    void (*release)(struct view_job *job); /* what is still in it */
};

struct view_ops {
    const char *name;    /* "map" */
    const char *summary; /* one line */
    const char *keys;    /* "arrows cross-hair  [ ] bias  c error/correct ..." */
    const struct option_row *options;
    size_t positional; /* most positional arguments; animals, where there is animal= */
    bool loaded;       /* animals are of the trials loaded, not of those of its model */
    size_t state_size;
    /* Before fresh arguments are laid over those kept: drop what no longer goes
     * with them (map x=reward drops a kept reward=1).  NULL: nothing. */
    void (*merge)(struct args *kept, const struct args *fresh);
    /* Take all arguments (kept and fresh, checked against options) over into
     * the state; on failure the state is as before. */
    bool (*configure)(void *state, const struct args *args, struct err *err);
    /* Does this scene have what the options ask for: a model, an animal, a weight, a truth?
     * Computes nothing.  Also true where there is nothing to look at yet, which is not the
     * options' fault.  NULL: they ask for nothing of that kind. */
    bool (*check)(const void *state, const struct scene *scene, struct err *err);
    /* Takes over what the scene has, and shows it at once where that takes no more than a
     * few ms.  What takes more is a job: one is made when something is out of date, and
     * while another is pending only when that is not what is wanted any more.  scene NULL
     * (views with work only): the one of the last call still holds.  False: nothing to
     * show; err says why and what to do ("no model yet; fit one with `fit dnn`"). */
    bool (*update)(void *state, const struct scene *scene, bool pending, struct view_job **job,
                   struct err *err);
    const struct view_work *work; /* what its jobs do; NULL: it has none */
    /* Before each draw: its room, where what is computed depends on it.  NULL: it does not. */
    void (*room)(void *state, struct rect area, const struct style *style);
    void (*title)(const void *state, struct strbuf *out);
    void (*draw)(void *state, struct canvas *canvas, struct rect area, const struct style *style);
    /* One sentence of words and numbers. */
    void (*describe)(const void *state, struct strbuf *out);
    void (*table)(const void *state, struct table *out);
    /* The same as fields of an answer (base/answer.h); `answer` declares them.  NULL: none. */
    void (*fields)(const void *state, struct strbuf *object);
    const struct answer_row *answer;
    bool grid; /* its columns: panel, x, y, values of (x, y); rows: x fastest, panel slowest */
    /* A key ("left", "up", "[", "c", ...): true when it is the view's, and
     * `command` is what to run ("" for none: just redraw).  NULL: no key of its own. */
    bool (*key)(void *state, const char *key, struct strbuf *command);
    bool always_keys; /* key is also called when there is nothing to show */
    /* A click on (x, y) of a picture in this area; NULL: the view has no use for it. */
    bool (*click)(void *state, struct rect area, const struct style *style, int x, int y,
                  struct strbuf *command);
    void (*release)(void *state);
};

const struct view_ops *view_find(const char *name);
const struct view_ops *view_at(size_t i); /* NULL after the last */

struct view; /* ops, arguments and state */
/* args may be NULL.  Unknown options are refused here. */
struct view *view_open(const struct view_ops *ops, const struct args *args, struct err *err);
/* Another of the same kind with the same arguments, for another thread. */
struct view *view_twin(const struct view *view, struct err *err);
void view_close(struct view *view);
/* Whose models it shows, by name, as asked for; NULL after the last: none is the one in use. */
enum { VIEW_MOST_MODELS = 6 };
const char *view_model(const struct view *view, size_t i);
bool view_asks_model(const struct view *view, const char *name);
const struct view_ops *view_ops_of(const struct view *view);
/* New arguments over the old ones (map w_bias=.5 keeps x=). */
bool view_configure(struct view *view, const struct args *args, struct err *err);
/* The same, but all of it is refused where the scene lacks what is asked for: the view
 * is as before then.  Old arguments that name what the model or the cohort lacks are dropped
 * instead, as they are when an update meets a model of another policy or other animals. */
bool view_request(struct view *view, const struct args *args, const struct scene *scene,
                  struct err *err);
/* Adds what was let go and why, once; false: nothing was since the last call. */
bool view_let_go(struct view *view, struct strbuf *out);
/* All arguments in force; copy them for view_restore. */
const struct args *view_args(const struct view *view);
/* Back to those arguments. */
void view_restore(struct view *view, const struct args *args);
/* The model of this name is gone: a view that asked for it goes on without it (with that in
 * use where it was the only one), and true is returned. */
bool view_forget(struct view *view, const char *model);
/* False: nothing to show, the reason is drawn and described instead. */
bool view_update(struct view *view, const struct scene *scene, struct err *err);
/* The same without waiting: what takes time becomes a job and is shown by the first call
 * after that is done (the wake of the jobs is sent then); until then the old picture
 * stays.  The jobs must outlive the view. */
bool view_update_later(struct view *view, struct jobs *jobs, const struct scene *scene,
                       struct err *err);
/* Takes over what is done.  True: more is being computed. */
bool view_waits(struct view *view);
/* False: nothing to show; err says why. */
bool view_shown(const struct view *view, struct err *err);
void view_title(const struct view *view, struct strbuf *out);
/* The same for `width` cells: while it is too long, parts that the picture or the header
 * also tell are left out; it may still be too long. */
void view_title_within(const struct view *view, const struct scene *scene, int width,
                       struct strbuf *out);
void view_draw(struct view *view, struct canvas *canvas, struct rect area,
               const struct style *style);
void view_describe(const struct view *view, struct strbuf *out);
void view_fields(const struct view *view, struct strbuf *object);
void view_table(const struct view *view, struct table *out);
bool view_key(struct view *view, const char *key, struct strbuf *command);
bool view_click(struct view *view, struct rect area, const struct style *style, int x, int y,
                struct strbuf *command);
/* Its plots as a figure, with title, note (the side convention) and caption.  False:
 * it draws none (a table), and nothing is to be freed. */
struct figure;
bool view_figure(struct view *view, bool dark, struct figure *out);
/* The i-th model that it shows; NULL: no such, or it shows no model. */
const struct scene_model *view_scene_model(const struct view *view, const struct scene *scene,
                                           size_t i);
/* The command that shows the view as it is: "map x=reward". */
void view_command(const struct view *view, struct strbuf *out);
/* Sentence, then the picture `width` cells wide, as text (the line REPL). */
void view_print(struct view *view, int width, const struct style *style, struct strbuf *out);
/* wording.c: text wrapped at words to `width` cells. */
void wording_wrap(const char *text, int width, struct strbuf *out);

#endif
