#include "codes.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "deltaw/base/decimal.h"
#include "deltaw/base/mem.h"
#include "deltaw/base/number.h"
#include "schema.h"

struct word {
    const char *text; /* without regard to case, blanks, _ . and - */
    enum code code;
};

static enum code word_code(const struct word *words, const char *text)
{
    for (; words->text; words++)
        if (schema_same_name(words->text, text))
            return words->code;
    return CODE_BAD;
}

/* Of -1 to 3 by a table: which of them comes next is what no processor can guess. */
enum code code_number(double v)
{
    static const enum code codes[] = {CODE_MINUS, CODE_ZERO, CODE_ONE, CODE_TWO, CODE_THREE};
    if (v >= -1 && v <= 3 && v == (int)v)
        return codes[(int)v + 1];
    return isnan(v) ? CODE_EMPTY : v == .5 ? CODE_HALF : CODE_BAD;
}

static const struct word missed_words[] = {
    {"missed", CODE_MISSED},        {"nogo", CODE_MISSED},      {"noresponse", CODE_MISSED},
    {"nochoice", CODE_MISSED},      {"nolick", CODE_MISSED},    {"ignore", CODE_MISSED},
    {"ignored", CODE_MISSED},       {"omission", CODE_MISSED},  {"omitted", CODE_MISSED},
    {"timeout", CODE_MISSED},       {"early", CODE_MISSED},     {"earlylick", CODE_MISSED},
    {"earlyresponse", CODE_MISSED}, {"violation", CODE_MISSED}, {"abort", CODE_MISSED},
    {"aborted", CODE_MISSED},       {"premature", CODE_MISSED}, {NULL, CODE_BAD}};

/* of_words: what only such a column says. */
static enum code read_code(const char *text, size_t n, const struct word *of_words)
{
    double v;
    if (n == 1 && (*text == '0' || *text == '1'))
        return *text == '0' ? CODE_ZERO : CODE_ONE;
    if (source_text_missing(text, n))
        return CODE_EMPTY;
    if (decimal_double(text, n, &v))
        return code_number(v);
    enum code code = word_code(of_words, text);
    return code == CODE_BAD ? word_code(missed_words, text) : code;
}

enum code code_choice(const char *text, size_t n)
{
    static const struct word words[] = {
        {"left", CODE_LEFT}, {"l", CODE_LEFT},     {"right", CODE_RIGHT}, {"r", CODE_RIGHT},
        {"true", CODE_ONE},  {"false", CODE_ZERO}, {"miss", CODE_MISSED}, {NULL, CODE_BAD}};
    enum code code = read_code(text, n, words);
    return code == CODE_HALF ? CODE_BAD : code;
}

enum code code_reward(const char *text, size_t n)
{
    static const struct word words[] = {
        {"true", CODE_ONE},        {"correct", CODE_ONE},  {"hit", CODE_ONE},
        {"rewarded", CODE_ONE},    {"reward", CODE_ONE},   {"success", CODE_ONE},
        {"win", CODE_ONE},         {"yes", CODE_ONE},      {"y", CODE_ONE},
        {"n", CODE_ZERO},          {"false", CODE_ZERO},   {"error", CODE_ZERO},
        {"incorrect", CODE_ZERO},  {"miss", CODE_ZERO},    {"wrong", CODE_ZERO},
        {"unrewarded", CODE_ZERO}, {"failure", CODE_ZERO}, {"fail", CODE_ZERO},
        {"loss", CODE_ZERO},       {"no", CODE_ZERO},      {"punished", CODE_ZERO},
        {NULL, CODE_BAD}};
    enum code code = read_code(text, n, words);
    return code == CODE_TWO || code == CODE_THREE ? CODE_BAD : code;
}

int code_side(enum code code, enum sides sides)
{
    static const signed char side[][CODE_N] = {
        [SIDES_01] = {-1, -1, 0, 1, -1, -1, -1, 0, 1, -1},
        [SIDES_12] = {-1, -1, -1, 0, 1, -1, -1, 0, 1, -1},
        [SIDES_SIGN] = {-1, 0, -1, 1, -1, -1, -1, 0, 1, -1},
        [SIDES_IBL] = {-1, 1, -1, 0, -1, -1, -1, 0, 1, -1},
        [SIDES_MISSED] = {-1, -1, 0, 1, -1, -1, -1, 0, 1, -1},
        [SIDES_TEXT] = {-1, -1, -1, -1, -1, -1, -1, 0, 1, -1},
    };
    return side[sides][code];
}

const char *code_sides_text(enum sides sides)
{
    static const char *const text[] = {
        [SIDES_01] = "choice 1 = right, 0 = left",
        [SIDES_12] = "choice 2 = right, 1 = left",
        [SIDES_SIGN] = "choice +1 = right, -1 = left, 0 = no-go",
        [SIDES_IBL] = "choice -1 = right, +1 = left, 0 = no-go (IBL's codes)",
        [SIDES_MISSED] = "choice 1 = right, 0 = left, -1 = missed (as the rewards show)",
        [SIDES_TEXT] = "choice left, right as written",
    };
    return text[sides];
}

static bool read_meaning(struct code_value *v, const char *meaning, enum code_kind kind)
{
    static const struct word unknown[] = {
        {"unknown", CODE_EMPTY}, {"none", CODE_EMPTY}, {NULL, CODE_BAD}};
    size_t n = strlen(meaning);
    if (kind == KIND_STIMULUS)
        return decimal_double(meaning, n, &v->value);
    v->code = word_code(unknown, meaning);
    if (v->code == CODE_BAD)
        v->code = kind == KIND_CHOICE ? code_choice(meaning, n) : code_reward(meaning, n);
    if (kind == KIND_CHOICE)
        return v->code == CODE_LEFT || v->code == CODE_RIGHT || v->code == CODE_MISSED;
    return v->code == CODE_ONE || v->code == CODE_ZERO || v->code == CODE_HALF ||
           v->code == CODE_MISSED || v->code == CODE_EMPTY;
}

bool code_map_read(struct code_map *map, const char *text, enum code_kind kind, struct err *err)
{
    static const char *const wanted[] = {[KIND_CHOICE] = "left, right or missed",
                                         [KIND_REWARD] = "1, 0, missed or unknown",
                                         [KIND_STIMULUS] = "a number, negative = left"};
    *map = (struct code_map){0};
    for (const char *p = text; p;) {
        const char *comma = strchr(p, ',');
        char *one = comma ? mem_text_n(p, (size_t)(comma - p)) : mem_text(p);
        char *sign = strrchr(one, '=');
        struct code_value v = {.number = NAN};
        bool fine = sign != NULL;
        if (fine) {
            *sign = '\0';
            fine = read_meaning(&v, sign + 1, kind);
            decimal_double(one, strlen(one), &v.number);
        }
        v.text = one;
        map->values = mem_resize(map->values, map->n + 1, sizeof *map->values);
        map->values[map->n++] = v;
        if (!fine) {
            code_map_free(map);
            return err_set(err, ERR_USAGE,
                           "'%.80s' tells no code; write VALUE=MEANING,..., where a meaning is %s",
                           p, wanted[kind]);
        }
        p = comma ? comma + 1 : NULL;
    }
    return true;
}

const struct code_value *code_map_find(const struct code_map *map, const char *text, double v)
{
    for (size_t i = 0; i < map->n; i++) {
        const struct code_value *value = &map->values[i];
        if (text ? strcasecmp(value->text, text) == 0 : value->number == v)
            return value;
    }
    if (text && decimal_double(text, strlen(text), &v))
        return code_map_find(map, NULL, v);
    return NULL;
}

void code_map_free(struct code_map *map)
{
    for (size_t i = 0; i < map->n; i++)
        free(map->values[i].text);
    free(map->values);
    *map = (struct code_map){0};
}
