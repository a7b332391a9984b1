#include "reader.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "decimal.h"
#include "deltaw/base/utf8.h"

bool reader_refuse(const struct reader *r, struct err *err, const char *what, const char *value,
                   const char *why)
{
    char *clean = utf8_clean(value, strnlen(value, 60));
    if (*clean)
        err_set(err, ERR_DATA, "%s:%zu: %s '%s' %s", r->file->path, r->csv.line, what, clean, why);
    else
        err_set(err, ERR_DATA, "%s:%zu: an empty %s %s", r->file->path, r->csv.line, what, why);
    free(clean);
    return false;
}

const struct field *reader_field(const struct reader *r, enum role role)
{
    static const struct field none = {"", 0};
    return r->schema.column[role] < 0 ? &none : &r->csv.fields[r->schema.column[role]];
}

const char *reader_column(const struct reader *r, enum role role)
{
    return r->csv.columns[r->schema.column[role]];
}

static bool refuse_field(const struct reader *r, struct err *err, enum role role, const char *why)
{
    return reader_refuse(r, err, reader_column(r, role), reader_field(r, role)->text, why);
}

static bool read_number(const struct reader *r, enum role role, double *out, struct err *err)
{
    const struct field *f = reader_field(r, role);
    *out = NAN;
    if (decimal_double(f->text, f->n, out) || decimal_missing(f->text, f->n))
        return true;
    if (strchr(f->text, ','))
        return refuse_field(r, err, role, "is not a number; write decimals with a point");
    return refuse_field(r, err, role, "is not a number");
}

/* f(c) = tanh(5c) / tanh(5), odd: doc/science, coding of stimuli. */
static bool transform(const struct reader *r, enum role role, double *c, struct err *err)
{
    if (r->options->contrast != LOAD_CONTRAST_TANH5 || isnan(*c))
        return true;
    if (fabs(*c) > 1)
        return refuse_field(r, err, role,
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
        return refuse_field(r, err, ROLE_LEFT,
                            "is below 0; give contrasts of the two sides, or "
                            "one signed column as stimulus=COLUMN");
    if (right < 0 && left > 0)
        return refuse_field(r, err, ROLE_RIGHT, "is below 0 beside a left contrast");
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
        const struct field *f = reader_field(r, ROLE_STIMULUS);
        if (r->options->contrast == LOAD_CONTRAST_RAW && decimal_float(f->text, f->n, stimulus))
            return true;
        if (!read_number(r, ROLE_STIMULUS, &s, err) || !transform(r, ROLE_STIMULUS, &s, err))
            return false;
    } else if (!read_sides(r, &s, err)) {
        return false;
    }
    if (fabs(s) > FLT_MAX)
        return refuse_field(r, err,
                            r->schema.column[ROLE_STIMULUS] >= 0 ? ROLE_STIMULUS : ROLE_RIGHT,
                            "is too large a stimulus");
    *stimulus = (float)s;
    return true;
}

bool reader_trial(const struct reader *r, struct row *row, struct err *err)
{
    const struct field *f = reader_field(r, ROLE_TRIAL);
    double v;
    if (r->schema.column[ROLE_TRIAL] < 0) {
        row->trial = (int32_t)(r->rows->sittings[row->sitting].count + 1);
        return true;
    }
    if (!decimal_double(f->text, f->n, &v) || v != floor(v) || fabs(v) > INT32_MAX)
        return refuse_field(r, err, ROLE_TRIAL,
                            "is not a whole number up to 2147483647; trial=none counts trials "
                            "instead");
    row->trial = (int32_t)v;
    return true;
}

bool reader_codes(struct reader *r, struct row *row, struct err *err)
{
    const struct field *f = reader_field(r, ROLE_CHOICE);
    struct log_file *file = r->file;
    row->choice = (uint8_t)code_choice(f->text, f->n);
    if (row->choice == CODE_BAD)
        return refuse_field(r, err, ROLE_CHOICE,
                            "is not 0, 1, 2, -1, left, right or empty; map "
                            "another column with choice=COLUMN");
    code_note(&file->choices, row->choice, r->csv.line);
    f = reader_field(r, ROLE_REWARD);
    row->reward = (uint8_t)code_reward(f->text, f->n);
    if (row->reward == CODE_BAD)
        return refuse_field(r, err, ROLE_REWARD,
                            "is not 0, 1, -1, true, false or empty; map "
                            "another column with reward=COLUMN");
    code_note(&file->rewards, row->reward, r->csv.line);
    row->answer = CODE_EMPTY;
    if (!file->has_answer)
        return true;
    f = reader_field(r, ROLE_ANSWER);
    row->answer = (uint8_t)code_choice(f->text, f->n);
    if (row->answer == CODE_BAD)
        return refuse_field(r, err, ROLE_ANSWER,
                            "is not 0, 1, 2, -1, left, right or empty; answer=none leaves it out");
    code_note(&file->answers, row->answer, r->csv.line);
    return true;
}
