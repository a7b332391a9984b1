/* Is a known rule found again?  Animals are simulated, rules fitted to their choices, and
 * what these say is compared with the rule that made them: in the published settings
 * (recover.def), or to see which of several rules is told apart from the others
 * (confusion).  A run is one case, rule and seed: it simulates, fits and measures; runs of
 * one case and seed have the same animals.  No run looks at the truth before it measures:
 * choices between fits are by the loss of animals held out, the last tenth. */
#ifndef DELTAW_STUDY_RECOVER_H
#define DELTAW_STUDY_RECOVER_H

#include "deltaw/base/jobs.h"
#include "deltaw/base/table.h"
#include "deltaw/study/cv.h"

/* What rmse and null are of: the first weight's update over the published grid (17 stimuli,
 * both choices, 1001 weights from -2 to 2, 3 biases; no past); over the trials that animals
 * visited, at their true weights, whatever the fit calls these; neither, for truths with a
 * memory. */
enum recover_error { RECOVER_GRID, RECOVER_VISITED, RECOVER_NEITHER };

struct recover_case {
    char *setting, *name; /* "table5", "w_0 wrong by 1" */
    char *agents;         /* words of `simulate` */
    char *fit, *network;  /* see recover.def */
    double wrong;         /* what w0=truth takes for w_stim is off by so much */
    bool move;            /* the held-out loss moves it, for all animals alike */
    enum recover_error error;
    double published;       /* rmse; 0: none */
    bool relative;          /* that is relative to the first case of the setting */
    size_t animals, trials; /* of a confusion, else 0 */
};

enum recover_measure {
    RECOVER_RMSE,
    RECOVER_NULL,    /* the same of answering 0 */
    RECOVER_R2,      /* over visited trials at the true weights, of the first weight */
    RECOVER_R2_BIAS, /* of the last; NaN: it does not learn, or is the first */
    RECOVER_TRAIN,   /* loss, nats per trial */
    RECOVER_HELDOUT,
    RECOVER_EVIDENCE, /* log; of gp Laplace's, of textbook rules Schwarz's; NaN of networks */
    RECOVER_MEASURES,
};

struct recover_plan {
    bool confusion;
    size_t n_cases, n_rules, n_seeds;
    struct recover_case *cases;
    struct cv_rule *rules;
    uint64_t *seeds;
    char *text; /* as JSON, with all settings and the version */
};

struct recover_result {
    bool done;
    char *failed; /* why; NULL: it did not */
    char *fit;    /* the words of the fit that was taken */
    double value[RECOVER_MEASURES];
};

struct recover {
    struct study study;
    struct recover_plan plan;
    struct recover_result *results; /* [study.n_runs]: seeds, cases, rules; rules first */
};

/* --- plans ----------------------------------------------------------------- */

const char *recover_setting(size_t i); /* NULL after the last */
/* Adds the cases of a setting ("all": of each); false: there is none of that name.  quick:
 * small cohorts and short fits. */
bool recover_add_setting(struct recover_plan *plan, const char *setting, bool quick);
/* The rule of the i-th of the agents of a confusion; NULL after the last.  Caller frees. */
char *recover_agent(size_t i);
/* Adds so many of them, of so many trials. */
void recover_add_agents(struct recover_plan *plan, size_t i, size_t animals, size_t trials);
void recover_plan_write(struct recover_plan *plan); /* text, from the rest */
void recover_plan_free(struct recover_plan *plan);

struct recover *recover_new(struct recover_plan *plan); /* takes it over */
void recover_free(struct recover *r);                   /* NULL is fine */

/* --- runs ------------------------------------------------------------------ */

/* Is there memory for each of the cases, alone? */
bool recover_room(const struct recover_plan *plan, struct err *err);
/* In the thread of `job`.  False: it was stopped. */
bool recover_run(const struct recover_plan *plan, size_t run, struct job *job,
                 struct recover_result *out);
void recover_result_clear(struct recover_result *result);
/* Takes the result over. */
void recover_put(struct recover *r, size_t run, struct recover_result *result);
/* The grid's rmse of the first weight's update, and that of answering 0. */
void recover_grid(const struct model *model, const struct model *truth, double *rmse, double *null);

/* --- what they say --------------------------------------------------------- */

extern const struct column recover_columns[], recover_confusion_columns[];
/* Rows of a case: one for each rule and, where there are several, one for that of the least
 * held-out loss. */
size_t recover_rows(const struct recover_plan *plan);
/* These rows of each case. */
void recover_table(const struct recover *r, struct table *out);
/* A row per agents, size and fitted rule: how often it is chosen. */
void recover_confusion(const struct recover *r, struct table *out);
/* The same as a matrix: a row per agents and size, a column per fitted rule (by_rule). */
extern const struct column recover_matrix_columns[];
void recover_matrix(const struct recover *r, struct table *out);
/* Of the cases that are done and have a published error: how many there are, how many are
 * below it. */
void recover_below(const struct recover *r, size_t *below, size_t *of);

/* "2 fits failed: " and why the first did; nothing where none did. */
void recover_say_failures(const struct recover *r, struct strbuf *out);

#endif
