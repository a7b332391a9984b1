/* What the files of the shell share: the session's state and the services that commands
 * use.  Main thread only; only the work function of a task runs elsewhere, on data that it
 * owns. */
#ifndef SHELL_STATE_H
#define SHELL_STATE_H

#include <stdatomic.h>
#include <stdio.h>

#include "deltaw/base/jobs.h"
#include "deltaw/base/number.h"
#include "deltaw/base/thread.h"
#include "deltaw/data/filter.h"
#include "deltaw/learn/fit.h"
#include "deltaw/shell/command.h"
#include "deltaw/shell/session.h"
#include "deltaw/study/study.h"
#include "line.h"

/* A command says a line for each fit up to so many. */
enum { FITS_SAID = 8 };
enum { SOURCE_DEPTH = 25, SETTINGS = 24, VIEWS = 32 };
enum { COHORTS_NEAR = 8 }; /* so many filters from the open cohort, trials are kept */

/* --- tasks: one piece of work, waited for by the command that started it */

struct task {
    void *data;
    bool (*work)(void *data, struct task *task, struct err *err); /* in a thread */
    /* On the main thread after the work succeeded; prints the result. */
    bool (*finish)(struct session *session, void *data, struct output *out, struct err *err);
    void (*release)(void *data);
    char *label; /* "loading mice.csv.gz" */
    struct job job;
    bool ok;
    struct err err;
    struct task *next; /* in the list of those abandoned */
};

/* Takes data over, also on failure.  `work` may be NULL in finish-only uses;
 * label is printf-made by the caller and taken over. */
bool task_start(struct session *session, char *label, void *data,
                bool (*work)(void *data, struct task *task, struct err *err),
                bool (*finish)(struct session *session, void *data, struct output *out,
                               struct err *err),
                void (*release)(void *data), struct err *err);
void task_free(struct task *task); /* waits until it is over */
/* ^C: tell it to stop, and ignore it until it has. */
void task_give_up(struct session *session);
void task_reap(struct session *session, bool wait);

/* --- state */

/* Text to run: a file, a -c, a line of the prompt. */
struct source {
    char *name, *text;
    size_t at;
    int line;      /* of text[at], from 1 */
    bool numbered; /* errors name the line */
    bool prompt, key;
    bool script; /* its commands are echoed */
    bool rc, lesson;
    char *path; /* of a lesson: its file */
    int step;   /* of a lesson: pauses so far */
    bool aside; /* typed while a script pauses */
    bool tacit; /* a command that nobody wrote: reported only when it fails */
};

/* The command that runs or waits. */
struct running {
    bool active;
    const struct command *command;
    struct args args;
    char *text, *lines, *source; /* as typed; its whole lines; where from */
    int line, line_column;       /* of the first one; of text within `lines`, from 1 */
    bool numbered, prompt, key, script, rc, tacit;
    bool unlogged; /* what it pushes is logged instead */
    double started;
};

struct cohort_entry {
    struct cohort *cohort;    /* a reference; NULL: made again of the one below when wanted */
    struct cohort_step *step; /* keep, drop, trials; NULL: loaded or simulated */
    bool simulated;
    struct args made; /* the words of that simulate, or of the load with the schema's */
};

struct fit_entry {
    struct fit *fit;
    bool told;           /* its end has been reported */
    bool lesson;         /* of a lesson; the next one forgets it */
    int saved;           /* the epoch saved in a file; 0: none */
    bool member;         /* its group becomes an ensemble */
    struct cohort *pool; /* of pool=each: all animals of the group, a reference */
};

/* The newest results of a verb whose runs are a study (studying.h). */
enum { STUDY_CV, STUDY_RECOVER, STUDIES };
struct session_study {
    struct study *study; /* NULL: none */
    size_t changes;      /* another number: they are others */
};

struct session {
    struct session_setup setup;
    struct wake wake;
    struct style style;
    /* input: queue[0] is next; the stack is what is being read */
    size_t n_queue, n_stack;
    struct source *queue;
    struct source stack[SOURCE_DEPTH + 1];
    struct running now;
    struct task *task, *given_up;
    size_t n_awaited;
    char **awaited; /* names of fits and groups */
    bool paused, quit, gives_up, cancelled;
    enum { STAYS, LEAVES, TOLD } leaving; /* quit came while a file is written; and was told so */
    int exit_code;
    /* data */
    struct args loaded, schema;              /* options of the last load; those that loads go by */
    size_t n_cohorts, n_undone, cohort_room; /* those taken back follow, for redo */
    struct cohort_entry *cohorts;            /* the last of n_cohorts is the open one */
    struct watching *watching;               /* NULL: no file is watched */
    /* fits */
    size_t n_fits, n_closing;
    struct fit_entry *fits;
    struct fit **closing; /* forgotten, still stopping */
    size_t n_groups;
    struct job_group **groups;
    size_t n_series; /* see series.h */
    struct series **series;
    struct session_study studies[STUDIES];
    struct comparison *comparison; /* the newest, NULL: none */
    size_t comparison_changes;
    struct bias *bias; /* of the newest `check rule`, NULL: none */
    size_t bias_changes;
    struct loop *loop; /* the newest closed loop, NULL: none */
    size_t loop_changes;
    struct strbuf gathered; /* what members_news tells */
    char *current;          /* name of the model in use, NULL: none */
    struct scene scene;
    struct scene_model *scene_models;
    struct scene_job *scene_jobs;
    struct scene_group *scene_groups;
    struct scene_help *scene_help; /* made once */
    struct view *views[VIEWS];
    struct replay *replay, *replays_ended; /* see replay.h; NULL: none */
    struct jobs *jobs;                     /* all slow work */
    struct capture *capture;               /* see capture.c; NULL: nothing is captured */
    const char *last_view;                 /* made so far; NULL: not yet */
    struct view
        *pending_view; /* the view whose picture the running command waits for; NULL: none */
    char *settings[SETTINGS];
    /* log */
    struct strbuf journal; /* the script that repeats this session */
    bool logging;
    int log_fd; /* while logging */
    char *log_path;
    bool log_trains; /* a fit has been logged, and no wait since */
    char *log_held;  /* a key's command that the next may replace; NULL: none */
};

/* --- input.c */

/* Text (taken over) to run next, for `source` and `lesson`. */
bool session_push(struct session *session, char *text, const char *name, bool lesson,
                  struct err *err);
struct source *input_top(
    struct session *session); /* what is being read; NULL: everything has been */
void input_drop(struct session *session);
/* What is being read has failed or is given up: drops everything except, below an aside,
 * the script that pauses again.  True: there was an aside. */
bool input_end(struct session *session);
bool input_any(const struct session *session);
/* The lesson being read; NULL: none. */
struct source *input_lesson(struct session *session);
/* What is typed while a lesson pauses may put another in its place: ends that lesson. */
void input_leave_lesson(struct session *session);

/* --- session.c */

void session_fail(struct session *session, enum err_code code);

/* --- awaited.c: what the running command waits for */

void awaited_clear(struct session *session);
bool awaited_any(const struct session *session); /* is any of it still active? */
/* The fits waited for have ended: report how. */
bool awaited_ended(struct session *session, struct output *out, struct err *err);

/* --- shipped.c: files that come with the program */

/* The path of samples/NAME, in the source tree when run from a build in it, else
 * where it was installed.  NULL: it is not there.  Caller frees. */
char *shipped_path(const char *name);

/* --- lessons.c */

struct lesson {
    int number;     /* that its file name begins with; -1: none */
    double minutes; /* NAN: not given */
    char *name, *title, *path;
};
struct lessons {
    size_t n;
    struct lesson *items; /* by number, then by name */
};
/* Those of $DELTAW_LESSONS, else those that come with the program. */
bool lessons_find(struct lessons *out, struct err *err);
void lessons_free(struct lessons *lessons);
/* Makes blanks of what a lesson says before so many pauses, and of these, so that it begins
 * there with its commands run.  How many there were, at most `steps`. */
int lesson_skip(char *text, int steps);

/* --- rescue.c: this model is in a file now */
void session_saved(struct session *session, const struct model *model);

/* --- script.c: the whole text of a script.  The caller frees. */

char *script_read(const char *path, struct err *err); /* of a file, at once */
/* Is it stdin ("-") or a pipe, whose writer may keep one waiting?  Then it is read in a job. */
bool script_waits(const char *path);
char *script_await(const char *path, struct err *err);

/* --- report.c: errors as people read them */
void report_error(const struct running *now, const struct err *err, struct output *out);
/* An error that points nowhere but quotes an argument is made to point at it. */
void report_point(const struct running *now, struct err *err);
/* The line and the byte in it (both from 1; 0: nowhere in particular) that an
 * error of the command that runs points at. */
void report_place(const struct running *now, const struct err *err, int *line, int *column);

/* --- commands/layout.c: are the words of a layout ones? */
bool layout_check(const struct args *args, struct err *err);

/* --- verbs.c */

/* False with an error also where there is no room for what it would take. */
bool verb_run(struct session *session, const struct command *command, const struct args *args,
              struct output *out, struct err *err);

/* --- data.c: the cohorts */

const struct cohort *session_cohort(const struct session *session); /* NULL: none */
/* The same, or an error telling how to get one. */
const struct cohort *session_need_cohort(const struct session *session, struct err *err);

/* --- undo.c: those it was made from */

/* Takes the reference.  step: that made it of the one that was open; NULL: none did. */
void session_push_cohort(struct session *session, struct cohort *cohort,
                         const struct cohort_step *step);
/* The same for one that `load` or `simulate` made from these words. */
void session_push_made(struct session *session, struct cohort *cohort, bool simulated,
                       const struct args *made);
/* The n-th of all that are there, also of those taken back, is the open one, 0: none; says
 * what it holds, at once or when a task has made it again. */
bool session_place_cohort(struct session *session, size_t n, struct output *out, struct err *err);
/* Which that is without the filters. */
size_t session_unfiltered(const struct session *session);
/* A cohort that was read anew takes the place of the old one, and filters are applied again;
 * err: they leave nothing and were taken back.  False: the old one is no longer there. */
bool session_renew_cohort(struct session *session, const struct cohort *old, struct cohort *now,
                          struct err *err);
void session_drop_cohorts(struct session *session);

/* --- data.c, for all that speak of cohorts */

/* "13 animals, 66,375 trials" */
void cohort_words(const struct cohort *cohort, struct strbuf *out);

/* --- members.c */

/* Starts `members` fits that differ in seed= and bootstrap=, a group called `name`; once all
 * of it is over they are one ensemble of that name.  False: the first did not start. */
bool members_start(struct session *session, const struct fit_settings *settings,
                   const struct cohort *cohort, const char *name, size_t members, struct err *err);
/* Starts a fit for each animal alone, likewise; *n: how many. */
bool members_start_each(struct session *session, const struct fit_settings *settings,
                        const struct cohort *cohort, const char *name, size_t *n, struct err *err);
/* Makes ensembles of the groups that are over; out may be NULL. */
void members_gather(struct session *session);
/* What was made and of how many, and what there was too little of; once. */
void members_news(struct session *session, struct output *out);

/* --- fits.c */

struct fit *session_fit(const struct session *session, const char *name); /* NULL: none */
/* By name, else the current one when name is NULL; did-you-mean. */
struct fit *session_need_fit(const struct session *session, const char *name, int column,
                             struct err *err);
/* Its model, as a new reference; NULL and err: there is no such fit, or it is queued. */
struct model *session_need_model(const struct session *session, const char *name, int column,
                                 struct err *err);
/* The fit to show in front: the current one when it trains, else the newest
 * that trains, else the current one; NULL when there is none. */
struct fit *session_front(const struct session *session);
void session_use(struct session *session, struct fit *fit); /* it is the current one now */
bool session_good_name(const char *name);                   /* for a model or a group */
bool session_new_name(const struct session *session, const char *asked, const char *stem,
                      int column, char **out, struct err *err);
void session_add_fit(struct session *session, struct fit *fit);
/* Views that asked for it show the one in use again; their names, parted by ", ", are
 * added to told (may be NULL). */
void session_forget_fit(struct session *session, struct fit *fit, struct strbuf *told);
void session_forget_lesson(struct session *session); /* the fits that lessons made */
/* Fits named by the arguments ("all" for all), or by their group; without any, the one in
 * front among those for which wanted() holds.  Caller frees *out. */
bool session_pick_fits(struct session *session, const struct args *args, const char *verb,
                       bool (*wanted)(const struct session *, struct fit *), const char *kind,
                       struct fit ***out, size_t *n, struct err *err);
bool session_trains(const struct session *session, struct fit *fit); /* and is not paused */
bool session_paused(const struct session *session, struct fit *fit);
/* Its status; a pause that was asked for already counts. */
struct fit_status session_status(const struct session *session, struct fit *fit);
bool session_active(const struct session *session, struct fit *fit); /* either */
bool session_fits_busy(const struct session *session);               /* is any active? */
void session_told(struct session *session, struct fit *fit); /* do not report its end any more */
void session_reap_fits(struct session *session, bool all);
void session_stop_fits(struct session *session); /* all of them; returns at once */

/* --- groups.c: fits that are waited for, stopped and reported as one */

struct job_group *session_group(const struct session *session, const char *name); /* NULL: none */
struct job_group *session_make_group(struct session *session, const char *name);  /* or find it */
bool group_over(const struct session *session, const struct job_group *group);
bool group_told(const struct session *session, const struct job_group *group);
void session_told_group(struct session *session, const struct job_group *group);
void groups_reap(struct session *session);  /* those without fits go */
void groups_scene(struct session *session); /* as the scene has them */

/* Of a group of fits or a series. */
void group_progress(const struct session *session, const struct job_group *group,
                    struct job_progress *out);

/* --- scene.c */

void session_drop_results(struct session *session); /* runs.c: those of studies */
void scene_drop(struct session *session);           /* its models are held no longer */

/* --- fit_words.c */

bool fit_trained(struct fit *fit); /* a network; else a search of unknown length */
/* "epoch 412 of 1000", "37 evaluations", "mean of 8 models" */
void progress_words(const struct rule *rule, const struct fit_status *status, struct strbuf *out);
const char *fit_loss_text(char buf[NUMBER_SIZE], double loss); /* ".5031", "-" */
void fit_words(struct fit *fit, struct strbuf *out); /* "dnn1 412/1000  loss .5031  ETA 8 s" */
/* "dnn1 done: 100 epochs, loss .5031, held out .5120, 8 s" */
void fit_ended_words(struct fit *fit, struct strbuf *out);
/* "cv 37/140, ETA 2 min" */
void group_words(const struct session *session, const struct job_group *group, struct strbuf *out);
/* "cv done: 140 fits, 2 failed, 12 min of work"; how many failed */
size_t group_ended_words(const struct session *session, const struct job_group *group,
                         struct strbuf *out);

/* The same as a row of a table. */
extern const struct column wait_group_columns[];
void group_ended_row(const struct session *session, const struct job_group *group,
                     struct table *out);

/* --- settings.c */

extern const struct option_row setting_options[];
void session_settings_start(struct session *session);
void session_settings_free(struct session *session);
bool session_set(struct session *session, const char *name, const char *value, struct err *err);
/* All views as at the start; settings stay. */
void session_views_renew(struct session *session);
/* seed= of a command: its argument, else the session's, else the fallback.
 * Sets it in args, so that what ran is on record. */
void session_settings_seed(const struct session *session, struct args *args);

/* --- log.c */

bool log_open(struct session *session, const char *path, struct err *err);
bool log_is(const char *text); /* Was it written so? */
bool log_close(struct session *session, struct err *err);
bool log_command(struct session *session, const struct running *now, struct err *err);
/* The commands so far, a script that repeats them; valid until the next one. */
const char *log_journal(struct session *session);

/* --- view_verbs.c: what the view verbs do */

bool view_verb_command(struct session *session, const struct args *args, struct output *out,
                       struct err *err);

/* The session's view of this name as it is: in a tile, or printed. */
bool view_verb_show(struct session *session, const char *name, struct output *out, struct err *err);
/* False: the view waited for is ready, and has been reported. */
bool view_verb_waits(struct session *session, struct output *out);
/* For verbs that print a list and have a view of it as well: the view takes their options.
 * Taken: there is nothing to print, as when a key of a tile only changes what it shows, or
 * when only a row was chosen. */
bool view_verb_tile(struct session *session, const struct args *args, bool *taken, struct err *err);

/* Is it a view's name?  If not, an error that says so. */
bool view_verb_known(const struct arg *arg, const char *verb, struct err *err);
/* layout, zoom, clear: the screen's business; elsewhere a note. */
bool view_verb_screen(struct session *session, const struct args *args, struct output *out,
                      struct err *err);

/* --- capture.c: the answer of another verb as a file, for export */

bool capture_can(const char *name);
/* Runs the verb, whose answer then goes to capture_output() until the command ends. */
bool capture_start(struct session *session, const char *name, const char *path,
                   enum output_mode mode, const struct output *to, struct err *err);
/* A report of what several verbs say; owns the page. */
struct page;
bool capture_page(struct session *session, struct page *page, const struct output *to,
                  struct err *err);
/* After a verb has ended, well or not: the report's next one was begun, or its file is being
 * written, and the command has not ended yet. */
bool capture_goes_on(struct session *session, bool *ok, struct err *err);
struct output *capture_output(const struct session *session, struct output *out);
/* Writes the file, if one is to be written, and says so. */
bool capture_end(struct session *session, struct output *out, struct err *err);
void capture_drop(struct session *session);

/* --- tell.c: fields of answers that verbs share, and their declarations */

extern const struct answer_row tell_cohort_answer[], tell_report_answer[], tell_fits_answer[],
    tell_model_answer[], tell_file_answer[];
void tell_cohort(const struct cohort *cohort, struct output *out); /* NULL: none */
void tell_report(const struct cohort *cohort, struct output *out); /* with what was read */
void tell_fits(struct session *session, size_t n, struct fit *const *fits, struct output *out);
void tell_model(const char *name, const struct rule *rule, size_t parameters, struct output *out);

/* --- verbs.c */

#define VERB(name) extern const struct command command_##name;
#include "verbs.def"
#undef VERB

const char *command_name_at(void *unused, size_t i); /* for nearest_word */
/* At a prompt unique prefixes do. */
const struct command *command_resolve(const char *word, int column, bool prefixes, struct err *err);

#endif
