#include "reader.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/decimal.h"
#include "deltaw/base/mem.h"
#include "deltaw/base/utf8.h"

bool log_reader_refuse(const struct reader *r, struct err *err, const char *what, const char *value,
                       const char *why)
{
    char *clean = utf8_visible(value, strnlen(value, 60), "");
    if (*clean)
        source_refuse(&r->source, err, "%s '%s' %s", what, clean, why);
    else
        source_refuse(&r->source, err, "an empty %s %s", what, why);
    free(clean);
    return false;
}

const struct log_cell *log_reader_cell(const struct reader *r, enum role role)
{
    static const struct log_cell none = {"", 0, NAN};
    if (r->schema.constant[role])
        return &r->constant[role];
    return r->schema.column[role] < 0 ? &none : &r->source.cells[r->schema.column[role]];
}

static bool is_number(const struct reader *r, enum role role)
{
    long column = r->schema.column[role];
    return column >= 0 && r->source.columns[column].type == LOG_NUMBER;
}

static bool is_missing(const struct reader *r, enum role role)
{
    const struct log_cell *cell = log_reader_cell(r, role);
    return is_number(r, role) ? isnan(cell->number) : source_text_missing(cell->text, cell->n);
}

bool log_reader_blank(struct reader *r)
{
    static const enum role of_trial[] = {ROLE_CHOICE, ROLE_STIMULUS, ROLE_REWARD,
                                         ROLE_ANSWER, ROLE_LEFT,     ROLE_RIGHT};
    for (size_t i = 0; i < sizeof of_trial / sizeof *of_trial; i++)
        if (r->schema.column[of_trial[i]] >= 0 && !is_missing(r, of_trial[i]))
            return false;
    return true;
}

const char *log_reader_text(struct reader *r, enum role role)
{
    const struct log_cell *cell = log_reader_cell(r, role);
    if (!is_number(r, role))
        return cell->text;
    return isnan(cell->number) ? "" : number_double(r->number[role], cell->number);
}

const char *log_reader_column(const struct reader *r, enum role role)
{
    return r->source.columns[r->schema.column[role]].name;
}

static bool refuse_cell(struct reader *r, struct err *err, enum role role, const char *why)
{
    return log_reader_refuse(r, err, log_reader_column(r, role), log_reader_text(r, role), why);
}

/* "-25%", and numbers with the minus sign of typographers. */
static bool read_written(const char *text, double *out)
{
    static const char minus[] = "\xe2\x88\x92"; /* U+2212 */
    char plain[64];
    bool is_minus = strncmp(text, minus, 3) == 0;
    int n = snprintf(plain, sizeof plain, "%s%s", is_minus ? "-" : "", text + (is_minus ? 3 : 0));
    if (n <= 0 || (size_t)n >= sizeof plain)
        return false;
    bool percent = plain[n - 1] == '%';
    n -= percent;
    while (n > 0 && plain[n - 1] == ' ')
        n--;
    plain[n] = '\0';
    if (!decimal_double(plain, (size_t)n, out))
        return false;
    *out /= percent ? 100 : 1;
    return is_minus || percent;
}

static bool read_number(struct reader *r, enum role role, double *out, struct err *err)
{
    const char *text;
    if (source_cell_number(&r->source, (size_t)r->schema.column[role], out))
        return true;
    text = log_reader_text(r, role);
    if (read_written(text, out))
        return true;
    if (strchr(text, ',') && strspn(text, "+-.,0123456789eE") == strlen(text))
        return refuse_cell(r, err, role,
                           "is not a number; if its comma is a decimal point say decimal=, and "
                           "if it groups digits thousands=,");
    return refuse_cell(r, err, role, "is not a number");
}

/* f(c) = tanh(5c) / tanh(5), odd: doc/science, coding of stimuli. */
static bool transform(struct reader *r, enum role role, double *c, struct err *err)
{
    if (!r->source.tanh5 || isnan(*c))
        return true;
    if (fabs(*c) > 1)
        return refuse_cell(r, err, role,
                           "is above 1, and contrast=tanh5 wants 0 to 1: divide it "
                           "by 100, or load with contrast=raw");
    *c = tanh(5 * *c) / tanh(5);
    return true;
}

/* Stimulus as right minus left contrast; NaN when neither was recorded. */
static bool read_sides(struct reader *r, double *s, struct err *err)
{
    double left, right;
    if (!read_number(r, ROLE_LEFT, &left, err) || !read_number(r, ROLE_RIGHT, &right, err))
        return false;
    bool lacking = isnan(left) && isnan(right);
    left = isnan(left) ? 0 : left; /* IBL: the side without a stimulus is NaN */
    right = isnan(right) ? 0 : right;
    if (left < 0)
        return refuse_cell(r, err, ROLE_LEFT,
                           "is below 0; give contrasts of the two sides, or "
                           "one signed column as stimulus=COLUMN");
    if (right < 0 && left > 0)
        return refuse_cell(r, err, ROLE_RIGHT, "is below 0 beside a left contrast");
    if (!transform(r, ROLE_LEFT, &left, err) || !transform(r, ROLE_RIGHT, &right, err))
        return false;
    /* A negative contrast on the right is one on the left (doc/science, coding of
     * stimuli); the difference is the same. */
    r->file->n_swapped += right < 0;
    *s = lacking ? NAN : right - left;
    return true;
}

/* What the words say: those of the user, else left and right. */
static bool read_words(struct reader *r, double *s, struct err *err)
{
    const struct log_cell *cell = log_reader_cell(r, ROLE_STIMULUS);
    const struct code_map *map = &r->schema.map[ROLE_STIMULUS];
    bool number = is_number(r, ROLE_STIMULUS);
    const struct code_value *value =
        map->n ? code_map_find(map, number ? NULL : cell->text, cell->number) : NULL;
    enum code code = number || map->n ? CODE_BAD : code_choice(cell->text, cell->n);
    *s = NAN;
    if (value)
        *s = value->value;
    else if (is_missing(r, ROLE_STIMULUS))
        return true;
    else if (map->n)
        return refuse_cell(r, err, ROLE_STIMULUS, "is not among the values of stimulus=");
    else if (code == CODE_LEFT || code == CODE_RIGHT)
        *s = code == CODE_RIGHT ? 1 : -1, r->file->n_words++;
    else
        return false;
    return true;
}

static bool refuse_words(struct reader *r, struct err *err)
{
    char *why = mem_printf("is not a number; say what its values mean, negative = left, as in "
                           "stimulus=\"%.60s:%.60s=-1,VALUE=1\"",
                           log_reader_column(r, ROLE_STIMULUS), log_reader_text(r, ROLE_STIMULUS));
    refuse_cell(r, err, ROLE_STIMULUS, why);
    free(why);
    return false;
}

/* One signed column, where it is not a plain number. */
static bool read_other(struct reader *r, double *s, struct err *err)
{
    struct err why = {0}, none = {0};
    bool words = r->schema.map[ROLE_STIMULUS].n > 0;
    if (!words && read_number(r, ROLE_STIMULUS, s, &why))
        return true;
    if (read_words(r, s, &none))
        return true;
    if (none.code != ERR_NONE)
        *err = none;
    else if (strstr(why.message, "decimal="))
        *err = why;
    else
        refuse_words(r, err);
    return false;
}

static bool read_signed(struct reader *r, double *s, struct err *err)
{
    const struct load_options *o = r->options;
    bool plain = r->schema.map[ROLE_STIMULUS].n == 0 &&
                 source_cell_number(&r->source, (size_t)r->schema.column[ROLE_STIMULUS], s);
    if (!plain && !read_other(r, s, err))
        return false;
    if (o->scale == LOAD_SCALE_LOG2 && !isnan(*s)) {
        if (!(*s > 0))
            return refuse_cell(r, err, ROLE_STIMULUS, "is not above 0, and has no logarithm");
        *s = log2(*s / (o->center > 0 ? o->center : 1));
    } else if (o->center != 0 || o->divide != 0) {
        *s = (*s - o->center) / (o->divide != 0 ? o->divide : 1);
    }
    return transform(r, ROLE_STIMULUS, s, err);
}

bool log_reader_stimulus(struct reader *r, float *stimulus, struct err *err)
{
    double s = 0;
    bool one = r->schema.column[ROLE_STIMULUS] >= 0;
    const struct log_cell *cell = log_reader_cell(r, ROLE_STIMULUS);
    if (r->quick && decimal_float(cell->text, cell->n, stimulus))
        return true;
    if (!r->schema.no_stimulus && !(one ? read_signed(r, &s, err) : read_sides(r, &s, err)))
        return false;
    if (fabs(s) > FLT_MAX)
        return refuse_cell(r, err, one ? ROLE_STIMULUS : ROLE_RIGHT, "is too large a stimulus");
    *stimulus = (float)(r->options->flip_stimulus ? -s : s);
    return true;
}

/* Is the stimulus a column of texts that are used as they are? */
bool log_reader_is_quick(const struct reader *r)
{
    const struct load_options *o = r->options;
    return r->schema.column[ROLE_STIMULUS] >= 0 && !is_number(r, ROLE_STIMULUS) &&
           r->schema.map[ROLE_STIMULUS].n == 0 && !r->source.tanh5 && !o->flip_stimulus &&
           o->scale == LOAD_SCALE_NONE && o->center == 0 && o->divide == 0;
}

bool log_reader_trial(struct reader *r, struct row *row, struct err *err)
{
    double v;
    if (r->schema.column[ROLE_TRIAL] < 0) {
        row->trial = (int32_t)(r->rows->sessions[row->session].count + 1);
        return true;
    }
    if (!source_cell_number(&r->source, (size_t)r->schema.column[ROLE_TRIAL], &v) ||
        !(fabs(v) <= INT32_MAX) || v != (int32_t)v)
        return refuse_cell(r, err, ROLE_TRIAL,
                           "is not a whole number up to 2147483647; trial=none counts trials "
                           "instead");
    row->trial = (int32_t)v;
    return true;
}

static enum code read_code(struct reader *r, enum role role)
{
    const struct log_cell *cell = log_reader_cell(r, role);
    const struct code_map *map = &r->schema.map[role];
    bool number = is_number(r, role);
    if (map->n) {
        const struct code_value *value =
            code_map_find(map, number ? NULL : cell->text, cell->number);
        return value ? value->code : is_missing(r, role) ? CODE_EMPTY : CODE_BAD;
    }
    if (number)
        return code_number(cell->number);
    return role == ROLE_REWARD ? code_reward(cell->text, cell->n)
                               : code_choice(cell->text, cell->n);
}

static bool refuse_code(struct reader *r, enum role role, struct err *err)
{
    const char *name = schema_role_name(role), *column = log_reader_column(r, role);
    const char *value = log_reader_text(r, role);
    char *why;
    if (r->schema.map[role].n)
        why = mem_printf("is not among the values that %s= gives a meaning", name);
    else if (role == ROLE_REWARD)
        why = mem_printf("is not 0, 1, -1, true, false, hit, miss or empty; say what it means, "
                         "as in reward=%.60s:%.60s=1,VALUE=0, or name another column",
                         column, value);
    else
        why = mem_printf("is not 0, 1, 2, -1, left, right or empty; say what it means, as in "
                         "%s=%.60s:%.60s=left,VALUE=right,VALUE=missed, or name another column%s",
                         name, column, value,
                         role == ROLE_ANSWER ? "; answer=none leaves it out" : "");
    refuse_cell(r, err, role, why);
    free(why);
    return false;
}

bool log_reader_codes(struct reader *r, struct row *row, struct err *err)
{
    static const enum role roles[] = {ROLE_CHOICE, ROLE_REWARD, ROLE_ANSWER};
    uint8_t *codes[] = {&row->choice, &row->reward, &row->answer};
    for (size_t i = 0; i < 3; i++) {
        if (r->schema.column[roles[i]] < 0)
            continue; /* CODE_EMPTY */
        *codes[i] = (uint8_t)read_code(r, roles[i]);
        if (*codes[i] == CODE_BAD)
            return refuse_code(r, roles[i], err);
    }
    return true;
}
