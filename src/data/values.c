#include "reader.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/decimal.h"
#include "deltaw/base/utf8.h"

bool reader_refuse(const struct reader *r, struct err *err, const char *what, const char *value,
                   const char *why)
{
    char *clean = utf8_clean(value, strnlen(value, 60));
    if (*clean)
        source_refuse(&r->source, err, "%s '%s' %s", what, clean, why);
    else
        source_refuse(&r->source, err, "an empty %s %s", what, why);
    free(clean);
    return false;
}

const struct log_cell *reader_cell(const struct reader *r, enum role role)
{
    static const struct log_cell none = {"", 0, NAN};
    return r->schema.column[role] < 0 ? &none : &r->source.cells[r->schema.column[role]];
}

static bool is_number(const struct reader *r, enum role role)
{
    long column = r->schema.column[role];
    return column >= 0 && r->source.columns[column].type == LOG_NUMBER;
}

const char *reader_text(struct reader *r, enum role role)
{
    const struct log_cell *cell = reader_cell(r, role);
    if (!is_number(r, role))
        return cell->text;
    return isnan(cell->number) ? "" : number_double(r->number[role], cell->number);
}

const char *reader_column(const struct reader *r, enum role role)
{
    return r->source.columns[r->schema.column[role]].name;
}

static bool refuse_cell(struct reader *r, struct err *err, enum role role, const char *why)
{
    return reader_refuse(r, err, reader_column(r, role), reader_text(r, role), why);
}

static bool read_number(struct reader *r, enum role role, double *out, struct err *err)
{
    if (cell_number(&r->source, (size_t)r->schema.column[role], out))
        return true;
    if (strchr(reader_text(r, role), ','))
        return refuse_cell(r, err, role, "is not a number; write decimals with a point");
    return refuse_cell(r, err, role, "is not a number");
}

/* f(c) = tanh(5c) / tanh(5), odd: doc/science, coding of stimuli. */
static bool transform(struct reader *r, enum role role, double *c, struct err *err)
{
    if (r->options->contrast != LOAD_CONTRAST_TANH5 || isnan(*c))
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

bool reader_stimulus(struct reader *r, float *stimulus, struct err *err)
{
    double s;
    if (r->schema.column[ROLE_STIMULUS] >= 0) {
        const struct log_cell *cell = reader_cell(r, ROLE_STIMULUS);
        if (r->options->contrast == LOAD_CONTRAST_RAW && !is_number(r, ROLE_STIMULUS) &&
            decimal_float(cell->text, cell->n, stimulus))
            return true;
        if (!read_number(r, ROLE_STIMULUS, &s, err) || !transform(r, ROLE_STIMULUS, &s, err))
            return false;
    } else if (!read_sides(r, &s, err)) {
        return false;
    }
    if (fabs(s) > FLT_MAX)
        return refuse_cell(r, err,
                           r->schema.column[ROLE_STIMULUS] >= 0 ? ROLE_STIMULUS : ROLE_RIGHT,
                           "is too large a stimulus");
    *stimulus = (float)s;
    return true;
}

bool reader_trial(struct reader *r, struct row *row, struct err *err)
{
    double v;
    if (r->schema.column[ROLE_TRIAL] < 0) {
        row->trial = (int32_t)(r->rows->sessions[row->session].count + 1);
        return true;
    }
    if (!cell_number(&r->source, (size_t)r->schema.column[ROLE_TRIAL], &v) || v != floor(v) ||
        fabs(v) > INT32_MAX)
        return refuse_cell(r, err, ROLE_TRIAL,
                           "is not a whole number up to 2147483647; trial=none counts trials "
                           "instead");
    row->trial = (int32_t)v;
    return true;
}

static uint8_t read_code(const struct reader *r, enum role role,
                         enum code (*of_text)(const char *text, size_t n), struct code_set *set)
{
    const struct log_cell *cell = reader_cell(r, role);
    enum code code = is_number(r, role) ? code_number(cell->number) : of_text(cell->text, cell->n);
    if (code != CODE_BAD)
        code_note(set, code, r->source.row);
    return (uint8_t)code;
}

bool reader_codes(struct reader *r, struct row *row, struct err *err)
{
    struct log_file *file = r->file;
    row->choice = read_code(r, ROLE_CHOICE, code_choice, &file->choices);
    if (row->choice == CODE_BAD)
        return refuse_cell(r, err, ROLE_CHOICE,
                           "is not 0, 1, 2, -1, left, right or empty; map another column with "
                           "choice=COLUMN");
    row->reward = read_code(r, ROLE_REWARD, code_reward, &file->rewards);
    if (row->reward == CODE_BAD)
        return refuse_cell(r, err, ROLE_REWARD,
                           "is not 0, 1, -1, true, false or empty; map another column with "
                           "reward=COLUMN");
    row->answer = CODE_EMPTY;
    if (!file->has_answer)
        return true;
    row->answer = read_code(r, ROLE_ANSWER, code_choice, &file->answers);
    if (row->answer == CODE_BAD)
        return refuse_cell(r, err, ROLE_ANSWER,
                           "is not 0, 1, 2, -1, left, right or empty; answer=none leaves it out");
    return true;
}
