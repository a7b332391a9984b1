#include "codes.h"

#include <math.h>
#include <string.h>
#include <strings.h>

#include "deltaw/base/decimal.h"
#include "deltaw/base/strbuf.h"
#include "source.h"

/* Below this many trials rewards prove nothing against a convention. */
enum { ENOUGH = 10 };

struct word {
    const char *text;
    enum code code;
};

static enum code word_code(const struct word *words, const char *text)
{
    for (; words->text; words++)
        if (strcasecmp(words->text, text) == 0)
            return words->code;
    return CODE_BAD;
}

enum code code_number(double v)
{
    return isnan(v)  ? CODE_EMPTY
           : v == 0  ? CODE_ZERO
           : v == 1  ? CODE_ONE
           : v == -1 ? CODE_MINUS
           : v == 2  ? CODE_TWO
           : v == .5 ? CODE_HALF
                     : CODE_BAD;
}

static enum code text_number(const char *text, size_t n)
{
    double v;
    return decimal_double(text, n, &v) ? code_number(v) : CODE_BAD;
}

enum code code_choice(const char *text, size_t n)
{
    static const struct word words[] = {
        {"left", CODE_LEFT},  {"l", CODE_LEFT},     {"right", CODE_RIGHT}, {"r", CODE_RIGHT},
        {"true", CODE_ONE},   {"false", CODE_ZERO}, {"nogo", CODE_NOGO},   {"no-go", CODE_NOGO},
        {"no_go", CODE_NOGO}, {"no go", CODE_NOGO}, {NULL, CODE_BAD}};
    if (n == 1 && (*text == '0' || *text == '1'))
        return *text == '0' ? CODE_ZERO : CODE_ONE;
    if (text_missing(text, n))
        return CODE_EMPTY;
    enum code code = text_number(text, n);
    if (code == CODE_HALF)
        return CODE_BAD;
    return code == CODE_BAD ? word_code(words, text) : code;
}

enum code code_reward(const char *text, size_t n)
{
    static const struct word words[] = {{"true", CODE_ONE},       {"false", CODE_ZERO},
                                        {"correct", CODE_ONE},    {"error", CODE_ZERO},
                                        {"incorrect", CODE_ZERO}, {NULL, CODE_BAD}};
    if (n == 1 && (*text == '0' || *text == '1'))
        return *text == '0' ? CODE_ZERO : CODE_ONE;
    if (text_missing(text, n))
        return CODE_EMPTY;
    enum code code = text_number(text, n);
    if (code == CODE_TWO)
        return CODE_BAD;
    return code == CODE_BAD ? word_code(words, text) : code;
}

void code_note(struct code_set *set, enum code code, size_t line)
{
    if (set->count[code]++ == 0) {
        set->seen |= 1u << code;
        set->line[code] = line;
    }
}

int code_side(enum code code, enum sides sides)
{
    static const signed char side[][CODE_N] = {
        [SIDES_01] = {-1, -1, 0, 1, -1, -1, 0, 1, -1},
        [SIDES_12] = {-1, -1, -1, 0, 1, -1, 0, 1, -1},
        [SIDES_SIGN] = {-1, 0, -1, 1, -1, -1, 0, 1, -1},
        [SIDES_IBL] = {-1, 1, -1, 0, -1, -1, 0, 1, -1},
        [SIDES_TEXT] = {-1, -1, -1, -1, -1, -1, 0, 1, -1},
    };
    return side[sides][code];
}

const char *code_sides_text(enum sides sides)
{
    static const char *const text[] = {
        [SIDES_01] = "choice 1 = right, 0 = left",
        [SIDES_12] = "choice 2 = right, 1 = left",
        [SIDES_SIGN] = "choice +1 = right, -1 = left, 0 = no-go",
        [SIDES_IBL] = "choice -1 = right, +1 = left, 0 = no-go (IBL's codes, as the rewards show)",
        [SIDES_TEXT] = "choice left, right as written",
    };
    return text[sides];
}

/* Trials on which reward goes with the side, and all that can tell. */
static void agree(const struct code_agreement *a, enum sides sides, size_t *fit, size_t *all)
{
    *fit = *all = 0;
    for (int code = 0; code < CODE_N; code++) {
        int side = code_side((enum code)code, sides);
        if (side < 0)
            continue;
        *fit += a->fits[code][side];
        *all += a->fits[code][0] + a->fits[code][1];
    }
}

static const char *const codes_text[CODE_N] = {"empty", "-1",   "0",     "1",    "2",
                                               ".5",    "left", "right", "no-go"};

static bool refuse_set(const struct code_set *set, const char *column, const char *path,
                       struct err *err)
{
    struct strbuf list = {0};
    size_t last = 0;
    for (int code = CODE_MINUS; code < CODE_NOGO; code++) {
        if (!(set->seen & 1u << code))
            continue;
        strbuf_printf(&list, "%s%s", list.len ? ", " : "", codes_text[code]);
        if (set->line[code] > last)
            last = set->line[code];
    }
    err_set(err, ERR_DATA,
            "%s:%zu: the %s codes %s fit no convention ({0,1}, {1,2}, {-1,1} with "
            "0 for no-go, or left and right); recode to 0 = left, 1 = right",
            path, last, column, strbuf_text(&list));
    strbuf_free(&list);
    return false;
}

static bool refuse_rewards(const char *path, const char *codes, size_t fit, size_t all,
                           struct err *err)
{
    return err_set(err, ERR_DATA,
                   "%s: cannot tell the sides: with choice %s, only %zu of %zu rewards go with "
                   "the stimulus side; recode the choice to 0 = left, 1 = right",
                   path, codes, fit, all);
}

/* -1/+1: IBL's archive has +1 = left, others +1 = right; the rewards decide. */
static bool decide_sign(const struct code_agreement *agreement, bool ibl, const char *path,
                        enum sides *sides, struct err *err)
{
    size_t fit, all;
    agree(agreement, SIDES_SIGN, &fit, &all);
    *sides = SIDES_SIGN;
    if (!ibl) {
        if (all >= ENOUGH && 2 * fit < all)
            return refuse_rewards(path, "+1 = right, -1 = left", fit, all, err);
        return true;
    }
    if (all == 0)
        return err_set(err, ERR_DATA,
                       "%s: choice -1, +1: cannot tell whether +1 is left (IBL) or "
                       "right, since no trial has both a stimulus and a reward; "
                       "recode to 0 = left, 1 = right",
                       path);
    if (10 * fit <= all)
        *sides = SIDES_IBL;
    else if (10 * fit < 9 * all)
        return refuse_rewards(path, "+1 = right or +1 = left", fit < all - fit ? all - fit : fit,
                              all, err);
    return true;
}

/* A single code seen: only rewards can tell which side it is. */
static bool decide_one(enum code code, const struct code_agreement *agreement, bool ibl,
                       const char *path, enum sides *sides, struct err *err)
{
    enum sides right = code == CODE_ONE ? SIDES_01 : code == CODE_TWO ? SIDES_12 : SIDES_IBL;
    enum sides left = code == CODE_ONE   ? ibl ? SIDES_IBL : SIDES_12
                      : code == CODE_TWO ? SIDES_12
                                         : SIDES_SIGN;
    size_t fit, all;
    agree(agreement, right, &fit, &all);
    if (all >= ENOUGH && 10 * fit >= 9 * all) {
        *sides = right;
        return true;
    }
    if (all >= ENOUGH && 10 * fit <= all && left != right) {
        *sides = left;
        return true;
    }
    return err_set(err, ERR_DATA,
                   "%s: ambiguous choice codes: only %s is there, and the rewards "
                   "do not tell its side; recode to 0 = left, 1 = right",
                   path, codes_text[code]);
}

bool code_decide(const struct code_set *set, const struct code_agreement *agreement,
                 enum code_habit habit, const char *path, enum sides *sides, bool *doubt,
                 struct err *err)
{
    bool ibl = habit == HABIT_IBL;
    unsigned text = 1u << CODE_LEFT | 1u << CODE_RIGHT;
    unsigned minus = 1u << CODE_MINUS, zero = 1u << CODE_ZERO, one = 1u << CODE_ONE;
    unsigned two = 1u << CODE_TWO;
    unsigned seen = set->seen & ~(1u << CODE_EMPTY | 1u << CODE_NOGO);
    size_t fit, all;
    *doubt = false;
    *sides = SIDES_01;
    if (seen == 0)
        return true;
    if (!(seen & ~text)) {
        *sides = SIDES_TEXT;
        return true;
    }
    if (seen & text || (seen & two && seen & (minus | zero)))
        return refuse_set(set, "choice", path, err);
    if ((seen & minus) && (seen & one))
        return decide_sign(agreement, ibl, path, sides, err);
    if ((seen == one && habit != HABIT_NATIVE) || seen == two || seen & minus)
        return decide_one(seen == one   ? CODE_ONE
                          : seen == two ? CODE_TWO
                                        : CODE_MINUS,
                          agreement, ibl, path, sides, err);
    *sides = seen & two ? SIDES_12 : SIDES_01;
    agree(agreement, *sides, &fit, &all);
    bool against = all >= ENOUGH && 2 * fit < all;
    if (against && *sides == SIDES_12)
        return refuse_rewards(path, "2 = right, 1 = left", fit, all, err);
    *doubt = against;
    return true;
}

bool code_decide_answer(const struct code_set *set, enum sides choice, const char *path,
                        enum sides *sides, struct err *err)
{
    unsigned seen = set->seen & ~(1u << CODE_EMPTY | 1u << CODE_NOGO);
    unsigned text = 1u << CODE_LEFT | 1u << CODE_RIGHT;
    bool minus = seen & 1u << CODE_MINUS, zero = seen & 1u << CODE_ZERO;
    bool two = seen & 1u << CODE_TWO;
    if (!(seen & ~text))
        *sides = SIDES_TEXT;
    else if (seen & text || (two && (minus || zero)))
        return refuse_set(set, "answer", path, err);
    else if (two)
        *sides = SIDES_12;
    else if (minus)
        *sides = choice == SIDES_IBL ? SIDES_IBL : SIDES_SIGN;
    else if (zero || choice == SIDES_TEXT)
        *sides = SIDES_01;
    else
        *sides = choice; /* only 1 is there */
    return true;
}
