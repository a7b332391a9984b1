/* Losses of several models on the open cohort, for verbs that judge. */
#ifndef SHELL_SCORES_H
#define SHELL_SCORES_H

#include "deltaw/study/judged.h"
#include "state.h"

/* Where an animal's trials stand to a model.  OTHER: the model was trained on the animal,
 * but on other trials of the same log. */
enum part { PART_TRAINING, PART_HELD_OUT, PART_OTHER, PART_UNSEEN, PARTS };

struct scores {
    struct cohort *cohort;
    size_t n;
    struct model **models; /* [n] */
    bool *elsewhere;       /* [n] fitted to other trials of the log, and to none of these */
    bool adapt;     /* only second halves are scored; gains of animals that a model was not trained
                 * on are those that fit their first halves */
    double *loss;   /* [n][n_animals] summed, nats */
    size_t *scored; /* [n][n_animals] */
    struct judged *judged; /* [n][n_animals] */
};

/* The models named by the positional arguments, or without any all that go with the
 * cohort; those that do not get a note.  On failure nothing is in `out`. */
bool scores_take(struct session *session, const struct args *args, const char *verb,
                 struct scores *scores, struct output *out, struct err *err);
bool scores_work(struct scores *scores, struct task *task, struct err *err); /* fills loss */
void scores_release(struct scores *scores);

enum part scores_part(const struct scores *scores, size_t model, size_t animal);
/* Log-likelihood per scored trial; NaN: none is scored. */
double scores_mean(const struct scores *scores, size_t model, size_t animal);
/* The animals that no model was trained on, counts [n_animals]; how many. */
size_t scores_untrained(const struct scores *scores, bool *counts);
/* Notes: models fitted to other trials; animals on which a model does far worse than
 * chance, which it would not if its weights had not run away. */
void scores_notes(const struct scores *scores, struct output *out);

#endif
