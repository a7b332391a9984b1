/* What the codes of the logs mean, decided once for all files with the same columns. */
#ifndef DATA_MEANINGS_H
#define DATA_MEANINGS_H

#include "rows.h"

struct meaning {
    enum sides choice, answer;
    bool feedback; /* reward codes are -1 and 1, and 0 is none */
    bool from_answer, reward_from_answer, flip, deduced;
};

struct meanings {
    size_t n;
    struct meaning *of; /* [n] groups of files */
    uint32_t *group;    /* [n_files] */
    struct strbuf odd;  /* what was strange, a sentence a line */
};

/* One trial as understood. */
struct trial {
    int choice;   /* 0 left, 1 right, -1: none was made */
    int answer;   /* the correct side as the log says it, -1: it does not */
    float reward; /* 0, 1, .5 as written; -1: unknown */
};

bool meanings_find(const struct rows *rows, const struct load_options *options,
                   struct meanings *meanings, struct err *err);
struct trial meanings_trial(const struct meaning *meaning, const struct row *row);
static inline const struct meaning *meanings_of(const struct meanings *m, const struct rows *rows,
                                                const struct row *row)
{
    return &m->of[m->group[rows->sessions[row->session].file]];
}
void meanings_free(struct meanings *meanings);

#endif
