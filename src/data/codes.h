/* Choice, reward and answer as logs write them, and what their codes mean. */
#ifndef DATA_CODES_H
#define DATA_CODES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "deltaw/base/err.h"
#include "deltaw/base/strbuf.h"

/* As read, before it is known what 1 means. */
enum code {
    CODE_EMPTY,
    CODE_MINUS, /* -1 */
    CODE_ZERO,
    CODE_ONE,
    CODE_TWO,
    CODE_THREE,
    CODE_HALF,
    CODE_LEFT,
    CODE_RIGHT,
    CODE_MISSED, /* no choice was made, whatever the log calls that */
    CODE_N,
    CODE_BAD = 255
};

/* What the codes of a choice column mean. */
enum sides {
    SIDES_01,     /* 0 left, 1 right */
    SIDES_12,     /* 1 left, 2 right */
    SIDES_SIGN,   /* -1 left, 1 right, 0 missed */
    SIDES_IBL,    /* 1 left, -1 right, 0 missed */
    SIDES_MISSED, /* 0 left, 1 right, -1 missed */
    SIDES_TEXT,
};

/* What the user says a column's values mean: "COLUMN:VALUE=MEANING,...". */
struct code_map {
    size_t n;
    struct code_value *values; /* [n] */
};
struct code_value {
    char *text;
    double number;  /* of the text, NaN when it is none */
    enum code code; /* choice, reward, answer */
    double value;   /* stimulus */
};
enum code_kind { KIND_CHOICE, KIND_REWARD, KIND_STIMULUS };
/* text is "VALUE=MEANING,...".  Meanings: left, right, missed; of a reward also 1, 0,
 * .5, hit, miss, unknown; of a stimulus numbers. */
bool code_map_read(struct code_map *map, const char *text, enum code_kind kind, struct err *err);
/* NULL: not among them.  text is NULL for a cell that is a number. */
const struct code_value *code_map_find(const struct code_map *map, const char *text, double v);
void code_map_free(struct code_map *map);

enum code code_number(double v); /* as in a column of numbers */
enum code code_choice(const char *text, size_t n);
enum code code_reward(const char *text, size_t n);

/* What the names of a log's columns say about its codes. */
enum code_habit {
    HABIT_NONE,
    HABIT_IBL,    /* contrastLeft and contrastRight stand there */
    HABIT_NATIVE, /* the names are deltaw's own */
    HABIT_SAVED,  /* it was written by deltaw: nothing needs proof */
};

/* A column of codes: which occur, how often, and in which row first. */
struct code_set {
    unsigned seen; /* bits 1 << code */
    size_t count[CODE_N], row[CODE_N];
};

/* What the trials of a cohort tell about the codes of its choice column. */
struct code_evidence {
    struct code_set choice, reward, answer;
    size_t known[CODE_N], rewarded[CODE_N]; /* trials with this choice and a known reward */
    /* Of those with a stimulus: [0] rewarded exactly when it is left, [1] when right. */
    size_t fits[CODE_N][2];
    /* Choice 1 and any other number against reward 1 and 0. */
    size_t compared, equal;
    bool left, right; /* stimuli there are */
    enum code_habit habit;
    bool told;          /* by the user: a code map */
    const char *column; /* the choice's */
};
static inline void code_note(struct code_set *set, enum code code, size_t row)
{
    if (set->count[code]++ > 0)
        return;
    set->seen |= 1u << code;
    set->row[code] = row;
}

/* What the choice codes mean.  Refuses what fits no convention, what more than one fits and
 * what the rewards contradict; messages give no place; *row is the row they are about,
 * SIZE_MAX for none.  odd: gets a remark on what is strange, if anything. */
bool code_decide(const struct code_evidence *e, enum sides *sides, struct strbuf *odd, size_t *row,
                 struct err *err);
/* An answer column follows its own codes, and the choice where they leave it open. */
bool code_decide_answer(const struct code_evidence *e, enum sides choice, enum sides *sides,
                        size_t *row, struct err *err);
/* 0 left, 1 right, -1 no side */
int code_side(enum code code, enum sides sides);
/* "choice 1 = right, 0 = left" */
const char *code_sides_text(enum sides sides);

#endif
