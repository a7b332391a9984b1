/* Choice, reward and answer as logs write them, and what their codes mean. */
#ifndef DATA_CODES_H
#define DATA_CODES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "deltaw/base/err.h"

/* As read, before it is known what 1 means. */
enum code {
    CODE_EMPTY,
    CODE_MINUS, /* -1 */
    CODE_ZERO,
    CODE_ONE,
    CODE_TWO,
    CODE_HALF,
    CODE_LEFT,
    CODE_RIGHT,
    CODE_NOGO,
    CODE_N,
    CODE_BAD = 255
};

/* What the codes of a choice column mean. */
enum sides {
    SIDES_01,   /* 0 left, 1 right */
    SIDES_12,   /* 1 left, 2 right */
    SIDES_SIGN, /* -1 left, 1 right, 0 no-go */
    SIDES_IBL,  /* 1 left, -1 right, 0 no-go */
    SIDES_TEXT,
};

/* A column of codes: which occur, and where first. */
struct code_set {
    unsigned seen; /* bits 1 << code */
    size_t count[CODE_N], line[CODE_N];
};

enum code code_number(double v); /* as in a column of numbers */
enum code code_choice(const char *text, size_t n);
enum code code_reward(const char *text, size_t n);
void code_note(struct code_set *set, enum code code, size_t line);

/* How rewards go with sides, over trials with a stimulus and a known reward:
 * [code][0]: rewarded exactly when the stimulus is left; [1]: when right. */
struct code_agreement {
    size_t fits[CODE_N][2];
};

/* What the column names of a file say. */
enum code_habit { HABIT_NONE, HABIT_IBL, HABIT_NATIVE };

/* Decide what the choice codes of a file mean.  Refuses what fits no convention
 * or is not backed by the rewards.  *doubt: the rewards speak against {0,1} read
 * as left, right. */
bool code_decide(const struct code_set *set, const struct code_agreement *agreement,
                 enum code_habit habit, const char *path, enum sides *sides, bool *doubt,
                 struct err *err);
/* An answer column follows its own codes, and the choice where they leave it open. */
bool code_decide_answer(const struct code_set *set, enum sides choice, const char *path,
                        enum sides *sides, struct err *err);
/* 0 left, 1 right, -1 no side */
int code_side(enum code code, enum sides sides);
/* "choice 1 = right, 0 = left" */
const char *code_sides_text(enum sides sides);

#endif
