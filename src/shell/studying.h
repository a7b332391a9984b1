/* Verbs whose runs are a study (study/study.h): cv, recover.  They run in the background, on this
 * machine or as parts on others, into a file that they go on from; the newest results of each
 * are the session's. */
#ifndef SHELL_STUDYING_H
#define SHELL_STUDYING_H

#include "deltaw/study/study.h"
#include "series.h"

struct studying {
    const struct study_kind *kind; /* whose name is the verb's, its series' and its view's */
    int which;                     /* of session->studies */
    bool simulates;                /* its animals: it needs no cohort */
    const struct option_row *options;
    const char *remedy; /* where there are no results: how some are made */
    /* What is asked for; NULL, and err: it cannot be done.  cohort: NULL where it needs none. */
    struct study *(*plan)(const struct session *session, const struct args *args,
                          const struct cohort *cohort, struct err *err);
    /* ", of 3 rules, 2 seeds", and as fields */
    void (*say)(const struct study *study, struct strbuf *text, struct output *out);
    void (*show)(struct session *session, struct output *out); /* what came of it */
};

/* Rows of its options. */
#define STUDYING_OPTIONS                                                                        \
    {"file",                                                                                    \
     OPTION_FILE,                                                                               \
     0,                                                                                         \
     0,                                                                                         \
     NULL,                                                                                      \
     NULL,                                                                                      \
     "JSON lines where each result goes, and is gone on from"},                                 \
        {"submit",                                                                              \
         OPTION_WORD,                                                                           \
         0,                                                                                     \
         0,                                                                                     \
         "slurm|script",                                                                        \
         NULL,                                                                                  \
         "as an array of Slurm's jobs, in FILE.parts; script: only write what `sbatch` takes"}, \
        {"partition", OPTION_TEXT, 0, 0, NULL, NULL, "of Slurm"},                               \
        {"time",                                                                                \
         OPTION_TEXT,                                                                           \
         0,                                                                                     \
         0,                                                                                     \
         NULL,                                                                                  \
         NULL,                                                                                  \
         "that a part may take, as Slurm writes it: 2:00:00"},                                  \
        {"per", OPTION_INTEGER, 1, 1e6, NULL, "1", "runs of a part"},                           \
    {                                                                                           \
        "shard", OPTION_TEXT, 0, 0, NULL, NULL, "do part i of n, 2/10; `merge` joins the files" \
    }

/* Fields of its answer when it begins. */
extern const struct answer_row studying_answer[];

/* The results that there are, or those of file=, which no other option goes with. */
bool studying_show(struct session *session, const struct studying *of, const struct args *args,
                   struct output *out, struct err *err);
bool studying_start(struct session *session, const struct studying *of, const struct args *args,
                    struct output *out, struct err *err);
/* The newest results; takes them over.  Only when none of these is under way. */
void studying_take(struct session *session, const struct studying *of, struct study *study);

#endif
