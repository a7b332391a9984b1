/* What the codes of a choice column mean, by which of them occur, by the names beside them
 * and by how rewards agree with stimuli. */
#include <stdint.h>

#include "codes.h"

/* Below this many trials rewards prove nothing. */
enum { ENOUGH = 10, MANY = 50 };

/* Trials on which reward agrees with the side, and all trials that can tell. */
static void agree(const struct code_evidence *e, enum sides sides, size_t *fit, size_t *all)
{
    *fit = *all = 0;
    for (int code = 0; code < CODE_N; code++) {
        int side = code_side((enum code)code, sides);
        if (side < 0)
            continue;
        *fit += e->fits[code][side];
        *all += e->fits[code][0] + e->fits[code][1];
    }
}

static const char *const codes_text[CODE_N] = {"empty", "-1", "0",    "1",     "2",
                                               "3",     ".5", "left", "right", "missed"};

/* Of the codes that occur and are not left out. */
static int least_rewarded(const struct code_evidence *e, const bool *out)
{
    int least = -1;
    for (int code = CODE_MINUS; code < CODE_MISSED; code++)
        if (e->choice.seen >> code & 1 && !out[code] &&
            (least < 0 || e->rewarded[code] < e->rewarded[least]))
            least = code;
    return least;
}

/* The codes that occur, each with what it most likely means: "0=left,1=right,2=missed".
 * There are two sides: of more codes those rewarded least are taken for missed. */
static void guess(const struct code_evidence *e, const char *column, struct strbuf *out)
{
    enum code side[CODE_N];
    size_t n = 0, count = 0;
    bool missed[CODE_N] = {false};
    for (int code = CODE_MINUS; code < CODE_MISSED; code++)
        n += (e->choice.seen >> code & 1) != 0;
    for (; n > 2; n--)
        missed[least_rewarded(e, missed)] = true;
    for (int code = CODE_MINUS; code < CODE_MISSED; code++)
        if (e->choice.seen >> code & 1 && !missed[code])
            side[count++] = (enum code)code;
    bool turned = count == 2 && e->fits[side[0]][1] + e->fits[side[1]][0] >
                                    e->fits[side[0]][0] + e->fits[side[1]][1];
    strbuf_printf(out, "choice=%.60s", column);
    for (int code = CODE_MINUS, at = 0, first = 1; code < CODE_MISSED; code++) {
        if (!(e->choice.seen >> code & 1))
            continue;
        const char *meaning = missed[code] ? "missed" : (at++ == 0) != turned ? "left" : "right";
        strbuf_printf(out, "%s%s=%s", first ? ":" : ",", codes_text[code], meaning);
        first = 0;
    }
}

/* Ends a message with the option that says it. */
static bool refuse(const struct code_evidence *e, struct err *err, const char *why)
{
    struct strbuf say = {0};
    guess(e, e->column, &say);
    err_set(err, ERR_DATA, "%s; if you know what the codes mean say it, as in %s", why,
            strbuf_text(&say));
    strbuf_free(&say);
    return false;
}

static bool refuse_set(const struct code_evidence *e, const struct code_set *set,
                       const char *column, size_t *row, struct err *err)
{
    struct strbuf why = {0};
    *row = 0;
    strbuf_printf(&why, "the %s codes ", column);
    bool any = false;
    for (int code = CODE_MINUS; code < CODE_MISSED; code++) {
        if (!(set->seen & 1u << code))
            continue;
        strbuf_printf(&why, "%s%s", any ? ", " : "", codes_text[code]);
        any = true;
        if (set->row[code] > *row)
            *row = set->row[code];
    }
    strbuf_puts(&why, " fit no convention ({0,1}, {1,2}, {-1,1} with 0 for no-go, {0,1} with -1 "
                      "for missed, or left and right)");
    if (set == &e->choice)
        refuse(e, err, why.text);
    else
        err_set(err, ERR_DATA, "%s; say what they mean, as in answer=COLUMN:0=left,1=right",
                why.text);
    strbuf_free(&why);
    return false;
}

static bool refuse_rewards(const struct code_evidence *e, const char *codes, size_t fit, size_t all,
                           struct err *err)
{
    struct strbuf why = {0};
    strbuf_printf(&why,
                  "cannot tell the sides: with choice %s, only %zu of %zu rewards go with the "
                  "stimulus side (flip=stimulus turns stimuli round)",
                  codes, fit, all);
    refuse(e, err, why.text);
    strbuf_free(&why);
    return false;
}

/* -1/+1: IBL's archive has +1 = left, others +1 = right; names and rewards decide. */
static bool decide_sign(const struct code_evidence *e, enum sides *sides, struct strbuf *odd,
                        struct err *err)
{
    size_t fit, all;
    agree(e, SIDES_SIGN, &fit, &all);
    *sides = SIDES_SIGN;
    if (e->habit != HABIT_IBL) {
        if (all >= ENOUGH && 2 * fit < all)
            return refuse_rewards(e, "+1 = right, -1 = left", fit, all, err);
        return true;
    }
    if (all < ENOUGH || 10 * fit <= all) {
        *sides = SIDES_IBL;
        return true;
    }
    if (10 * fit < 9 * all)
        return refuse_rewards(e, "+1 = right or +1 = left", fit < all - fit ? all - fit : fit, all,
                              err);
    strbuf_puts(odd, "+1 is right, as the rewards show, though columns are named as IBL's, where "
                     "it is left\n");
    return true;
}

/* -1, 0 and perhaps 1: a 0 that was rewarded is no missed trial, a -1 that never was may
 * be one. */
static bool decide_three(const struct code_evidence *e, enum sides *sides, struct strbuf *odd,
                         struct err *err)
{
    size_t fit, all, zero = e->rewarded[CODE_ZERO], minus = e->rewarded[CODE_MINUS];
    if (zero == 0 && (minus > 0 || e->habit == HABIT_IBL))
        return decide_sign(e, sides, odd, err);
    agree(e, SIDES_MISSED, &fit, &all);
    if (zero > 0 && minus == 0 && (all < ENOUGH || 2 * fit >= all)) {
        *sides = SIDES_MISSED;
        return true;
    }
    return refuse(e, err,
                  zero > 0 ? "with choices -1, 0 and 1, 0 should be no-go, but it was rewarded"
                           : "with choices -1, 0 and 1, neither -1 nor 0 was ever rewarded: which "
                             "of them is missed?");
}

/* A single code seen: only rewards can tell which side it is. */
static bool decide_one(const struct code_evidence *e, enum code code, enum sides *sides,
                       struct err *err)
{
    bool ibl = e->habit == HABIT_IBL;
    enum sides right = code == CODE_ONE ? SIDES_01 : code == CODE_TWO ? SIDES_12 : SIDES_IBL;
    enum sides left = code == CODE_ONE   ? ibl ? SIDES_IBL : SIDES_12
                      : code == CODE_TWO ? SIDES_12
                                         : SIDES_SIGN;
    size_t fit, all;
    agree(e, right, &fit, &all);
    if (all >= ENOUGH && 10 * fit >= 9 * all) {
        *sides = right;
        return true;
    }
    if (all >= ENOUGH && 10 * fit <= all && left != right) {
        *sides = left;
        return true;
    }
    struct strbuf why = {0};
    strbuf_printf(&why,
                  "ambiguous choice codes: only %s is there, and the rewards do not tell its side",
                  codes_text[code]);
    refuse(e, err, why.text);
    strbuf_free(&why);
    return false;
}

/* 0 and 1: left and right, unless they tell correct from error, or 0 is no choice. */
static bool decide_binary(const struct code_evidence *e, enum sides *sides, struct strbuf *odd,
                          struct err *err)
{
    size_t fit, all;
    bool zero_pays = e->rewarded[CODE_ZERO] > 0;
    if (e->habit == HABIT_IBL && !zero_pays &&
        (e->reward.seen & 1u << CODE_MINUS || e->known[CODE_ZERO] >= ENOUGH)) {
        *sides = SIDES_IBL;
        return true;
    }
    agree(e, SIDES_01, &fit, &all);
    if (!zero_pays && e->known[CODE_ZERO] >= ENOUGH && e->rewarded[CODE_ONE] >= ENOUGH)
        return refuse(e, err, "choice 0 was never rewarded: is it left, or no choice?");
    if (!e->left || !e->right)
        return true; /* that all stimuli are on one side is said elsewhere */
    if (all >= 2 * ENOUGH && 3 * fit < all)
        return refuse_rewards(e, "1 = right, 0 = left", fit, all, err);
    if (all >= ENOUGH && 2 * fit < all)
        strbuf_puts(odd, "most rewards go to choices away from the stimulus: is 1 right?\n");
    return true;
}

/* A column that says correct or error instead of a side: it goes with the reward on
 * every trial, which sides do only where all stimuli are on one side. */
static bool check_accuracy(const struct code_evidence *e, struct err *err)
{
    size_t n = e->compared, least = e->equal < n - e->equal ? e->equal : n - e->equal;
    bool both = e->known[CODE_ONE] > 0 && n > e->known[CODE_ONE] && e->rewarded[CODE_ONE] < n;
    if (!both || n < ENOUGH || (n < MANY ? least > 0 : 50 * least > n))
        return true;
    struct strbuf why = {0};
    bool equal = e->equal > n / 2;
    strbuf_printf(&why,
                  "choice is %s the reward on %zu of %zu trials: %.60s seems to tell correct from "
                  "error, not left from right; choice=none answer=COLUMN takes choices from the "
                  "correct side and the reward",
                  equal ? "equal to" : "the opposite of", equal ? e->equal : n - e->equal, n,
                  e->column);
    refuse(e, err, why.text);
    strbuf_free(&why);
    return false;
}

static bool decide_numbers(const struct code_evidence *e, unsigned seen, enum sides *sides,
                           struct strbuf *odd, struct err *err)
{
    unsigned minus = 1u << CODE_MINUS, zero = 1u << CODE_ZERO, one = 1u << CODE_ONE;
    unsigned two = 1u << CODE_TWO;
    size_t fit, all;
    if (!check_accuracy(e, err))
        return false;
    if (seen & minus && seen & zero)
        return decide_three(e, sides, odd, err);
    if (seen & minus && seen & one)
        return decide_sign(e, sides, odd, err);
    if ((seen == one && e->habit != HABIT_NATIVE) || seen == two || seen == minus)
        return decide_one(e,
                          seen == one   ? CODE_ONE
                          : seen == two ? CODE_TWO
                                        : CODE_MINUS,
                          sides, err);
    if (!(seen & two))
        return decide_binary(e, sides, odd, err);
    *sides = SIDES_12;
    agree(e, SIDES_12, &fit, &all);
    if (all >= ENOUGH && 2 * fit < all)
        return refuse_rewards(e, "2 = right, 1 = left", fit, all, err);
    return true;
}

bool code_decide(const struct code_evidence *e, enum sides *sides, struct strbuf *odd, size_t *row,
                 struct err *err)
{
    unsigned words = 1u << CODE_LEFT | 1u << CODE_RIGHT, two = 1u << CODE_TWO;
    unsigned lower = 1u << CODE_MINUS | 1u << CODE_ZERO;
    unsigned seen = e->choice.seen & ~(1u << CODE_EMPTY | 1u << CODE_MISSED);
    size_t fit, all;
    *row = SIZE_MAX;
    *sides = e->told ? SIDES_TEXT : SIDES_01;
    if (seen == 0 || e->told || e->habit == HABIT_SAVED)
        return true;
    if (seen & ~words) {
        if (seen & words || seen & 1u << CODE_THREE || (seen & two && seen & lower))
            return refuse_set(e, &e->choice, "choice", row, err);
        return decide_numbers(e, seen, sides, odd, err);
    }
    *sides = SIDES_TEXT;
    agree(e, SIDES_TEXT, &fit, &all);
    if (all >= ENOUGH && 2 * fit < all)
        strbuf_puts(odd, "most rewards go to choices away from the stimulus: is a positive "
                         "stimulus left? flip=stimulus turns it round\n");
    return true;
}

bool code_decide_answer(const struct code_evidence *e, enum sides choice, enum sides *sides,
                        size_t *row, struct err *err)
{
    const struct code_set *set = &e->answer;
    unsigned seen = set->seen & ~(1u << CODE_EMPTY | 1u << CODE_MISSED);
    unsigned text = 1u << CODE_LEFT | 1u << CODE_RIGHT;
    bool minus = seen & 1u << CODE_MINUS, zero = seen & 1u << CODE_ZERO;
    bool two = seen & 1u << CODE_TWO;
    if (!(seen & ~text))
        *sides = SIDES_TEXT;
    else if (seen & text || seen & 1u << CODE_THREE || (two && (minus || zero)))
        return refuse_set(e, set, "answer", row, err);
    else if (two)
        *sides = SIDES_12;
    else if (minus)
        *sides = choice == SIDES_IBL || choice == SIDES_MISSED ? choice : SIDES_SIGN;
    else if (zero || choice == SIDES_TEXT)
        *sides = SIDES_01;
    else
        *sides = choice; /* only 1 is there */
    return true;
}
