#include "condition.h"

#include <fnmatch.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/number.h"
#include "deltaw/base/option.h"
#include "schema.h"

enum compare { EQUAL, UNEQUAL, BELOW, AT_MOST, ABOVE, AT_LEAST };

enum kind {
    NAME,    /* text, of an animal or a session */
    PATTERN, /* the same with * and ? */
    RANGE,   /* low .. high, both in it */
    MISSING,
};

struct value {
    char *text;
    enum kind kind;
    float low, high;
};

struct term {
    enum role role; /* ROLE_N: a column kept by name */
    size_t column;  /* of that role: its place in the cohort */
    enum compare compare;
    size_t n;
    struct value *values;
};

static const enum role roles[] = {ROLE_SUBJECT, ROLE_SESSION, ROLE_TRIAL, ROLE_STIMULUS,
                                  ROLE_CHOICE,  ROLE_REWARD,  ROLE_ANSWER};
enum { N_ROLES = sizeof roles / sizeof roles[0] };

static const char *column_name(void *context, size_t i)
{
    const struct cohort *cohort = context;
    if (i < N_ROLES)
        return schema_role_name(roles[i]);
    i -= N_ROLES;
    return i < cohort->n_columns ? cohort->columns[i].name : NULL;
}

static bool find_column(struct term *t, const char *name, int at, const struct cohort *cohort,
                        struct err *err)
{
    for (size_t i = 0; i < N_ROLES; i++)
        if (schema_same_name(schema_role_name(roles[i]), name)) {
            t->role = roles[i];
            return true;
        }
    t->role = ROLE_N;
    const struct cohort_column *found = cohort_column(cohort, name);
    for (size_t i = 0; i < cohort->n_columns && !found; i++)
        if (schema_same_name(cohort->columns[i].name, name))
            found = &cohort->columns[i];
    t->column = found ? (size_t)(found - cohort->columns) : 0;
    if (found)
        return true;
    const char *near = nearest_word(name, column_name, (void *)(uintptr_t)cohort);
    return err_at(err, ERR_USAGE, at, "no column '%.80s'%s%s%s; `data` lists them", name,
                  near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
}

static const struct {
    const char *text;
    enum compare compare;
} signs[] = {{"!=", UNEQUAL}, {"<=", AT_MOST}, {">=", AT_LEAST}, {"==", EQUAL},
             {"=", EQUAL},    {"<", BELOW},    {">", ABOVE}};

static void trim(const char **from, const char **to)
{
    while (*from < *to && **from == ' ')
        ++*from;
    while (*from < *to && (*to)[-1] == ' ')
        --*to;
}

static bool read_number(const char *text, size_t n, float *out)
{
    char *part = mem_text_n(text, n);
    double number;
    bool fine = number_parse(part, &number) && !isnan(number);
    free(part);
    if (fine)
        *out = (float)number;
    return fine;
}

/* "3", "1..10", "5..", "..-.25" */
static bool read_range(struct value *v)
{
    const char *dots = strstr(v->text, "..");
    v->kind = RANGE;
    v->low = -INFINITY;
    v->high = INFINITY;
    if (!dots) {
        bool fine = read_number(v->text, strlen(v->text), &v->low);
        v->high = v->low;
        return fine;
    }
    size_t n = (size_t)(dots - v->text);
    return (n > 0 || dots[2]) && (n == 0 || read_number(v->text, n, &v->low)) &&
           (!dots[2] || read_number(dots + 2, strlen(dots + 2), &v->high));
}

/* A name that is there, or a pattern that one fits. */
static bool read_name(struct value *v, size_t n, const char *(*name)(const struct cohort *, size_t),
                      const struct cohort *cohort)
{
    v->kind = strpbrk(v->text, "*?[") ? PATTERN : NAME;
    for (size_t i = 0; i < n; i++)
        if (v->kind == NAME ? strcmp(name(cohort, i), v->text) == 0
                            : fnmatch(v->text, name(cohort, i), 0) == 0)
            return true;
    return false;
}

static const char *animal_name(const struct cohort *cohort, size_t i)
{
    return cohort->animals[i].name;
}

static const char *session_name(const struct cohort *cohort, size_t i)
{
    return cohort->session_names[i];
}

/* A value that suits the column. */
static bool read_value(const struct term *t, struct value *v, int at, const struct cohort *cohort,
                       struct err *err)
{
    bool equality = t->compare == EQUAL || t->compare == UNEQUAL;
    if (t->role == ROLE_SUBJECT) {
        if (!equality)
            return err_at(err, ERR_USAGE, at, "animals are compared with = and !=");
        if (!read_name(v, cohort->n_animals, animal_name, cohort))
            return err_at(err, ERR_USAGE, at,
                          v->kind == NAME ? "no animal is called '%.80s'; `animals` lists them"
                                          : "no animal's name fits '%.80s'; `animals` lists them",
                          v->text);
        return true;
    }
    if (t->role == ROLE_N && equality && strcasecmp(v->text, "missing") == 0) {
        v->kind = MISSING;
        return true;
    }
    if (read_range(v))
        return equality || v->low == v->high ||
               err_at(err, ERR_USAGE, at, "a range stands only after = and !=");
    if (t->role == ROLE_SESSION && equality) {
        if (read_name(v, cohort->n_session_names, session_name, cohort))
            return true;
        return err_at(err, ERR_USAGE, at,
                      v->kind == NAME ? "no session is called '%.80s'"
                                      : "no session's name fits '%.80s'",
                      v->text);
    }
    bool right = strcasecmp(v->text, "right") == 0;
    if ((t->role == ROLE_CHOICE || t->role == ROLE_ANSWER) &&
        (right || strcasecmp(v->text, "left") == 0)) {
        v->low = v->high = right;
        return true;
    }
    return err_at(err, ERR_USAGE, at, "'%.80s' is not a number", v->text);
}

static bool read_values(struct term *t, const char *text, const char *from, const char *to,
                        const struct cohort *cohort, struct err *err)
{
    while (from <= to) {
        const char *comma = memchr(from, ',', (size_t)(to - from));
        const char *next = comma ? comma + 1 : to + 1, *end = comma ? comma : to;
        trim(&from, &end);
        int at = (int)(from - text) + 1;
        if (from == end)
            return err_at(err, ERR_USAGE, at, "a value is missing here");
        t->values = mem_resize(t->values, t->n + 1, sizeof *t->values);
        struct value *v = &t->values[t->n++];
        *v = (struct value){.text = mem_text_n(from, (size_t)(end - from))};
        if (!read_value(t, v, at, cohort, err))
            return false;
        if (t->n > 1 && t->compare != EQUAL && t->compare != UNEQUAL)
            return err_at(err, ERR_USAGE, at, "several values may follow only = and !=");
        from = next;
    }
    return true;
}

/* One comparison: [from, to) of text. */
static bool read_term(struct term *t, const char *text, const char *from, const char *to,
                      const struct cohort *cohort, struct err *err)
{
    trim(&from, &to);
    int at = (int)(from - text) + 1;
    const char *sign = from;
    while (sign < to && !strchr("=!<>", *sign))
        sign++;
    for (size_t i = 0; i < sizeof signs / sizeof signs[0]; i++) {
        size_t n = strlen(signs[i].text);
        if ((size_t)(to - sign) < n || memcmp(sign, signs[i].text, n) != 0)
            continue;
        const char *end = sign;
        trim(&from, &end);
        char *name = mem_text_n(from, (size_t)(end - from));
        t->compare = signs[i].compare;
        bool fine = *name ? find_column(t, name, at, cohort, err)
                          : err_at(err, ERR_USAGE, at, "a column is missing here");
        free(name);
        return fine && read_values(t, text, sign + n, to, cohort, err);
    }
    return err_at(err, ERR_USAGE, at, "a comparison is missing, as in stimulus<0 and reward=1");
}

/* Where the next "and" begins, standing alone; the end without one. */
static const char *next_and(const char *p)
{
    for (; *p; p++)
        if (*p == ' ' && strncasecmp(p + 1, "and", 3) == 0 && (p[4] == ' ' || p[4] == '\0'))
            return p;
    return p;
}

bool condition_read(const char *text, const struct cohort *cohort, struct condition *out,
                    struct err *err)
{
    struct condition c = {0};
    for (const char *p = text;;) {
        const char *end = next_and(p);
        c.terms = mem_resize(c.terms, c.n + 1, sizeof *c.terms);
        c.terms[c.n] = (struct term){0};
        if (!read_term(&c.terms[c.n++], text, p, end, cohort, err)) {
            condition_free(&c);
            return false;
        }
        if (*end == '\0')
            break;
        p = end + 4;
    }
    *out = c;
    return true;
}

void condition_free(struct condition *condition)
{
    for (size_t i = 0; i < condition->n; i++) {
        for (size_t k = 0; k < condition->terms[i].n; k++)
            free(condition->terms[i].values[k].text);
        free(condition->terms[i].values);
    }
    free(condition->terms);
    *condition = (struct condition){0};
}

static float column_of(const struct term *t, const struct condition_trial *at)
{
    return at->cohort->columns[t->column].values[at->trial];
}

static float number_of(const struct term *t, const struct condition_trial *at)
{
    const struct cohort *c = at->cohort;
    switch (t->role) {
    case ROLE_SESSION: return (float)at->session;
    case ROLE_TRIAL: return (float)c->trial[at->trial];
    case ROLE_STIMULUS: return c->stimulus[at->trial];
    case ROLE_CHOICE: return c->choice[at->trial];
    case ROLE_REWARD: return c->reward[at->trial];
    case ROLE_ANSWER: return c->answer[at->trial];
    default: return column_of(t, at);
    }
}

static bool equals(const struct term *t, const struct value *v, const struct condition_trial *at)
{
    const struct cohort *c = at->cohort;
    if (v->kind == MISSING)
        return isnan(column_of(t, at));
    if (v->kind == RANGE) {
        float number = number_of(t, at);
        return number >= v->low && number <= v->high;
    }
    const char *name = t->role == ROLE_SUBJECT ? c->animals[at->animal].name
                                               : c->session_names[c->session[at->trial]];
    return v->kind == NAME ? strcmp(v->text, name) == 0 : fnmatch(v->text, name, 0) == 0;
}

static bool term_holds(const struct term *t, const struct condition_trial *at)
{
    if (t->compare == EQUAL || t->compare == UNEQUAL) {
        bool any = false, asked = false;
        for (size_t i = 0; i < t->n && !any; i++) {
            any = equals(t, &t->values[i], at);
            asked = asked || t->values[i].kind == MISSING;
        }
        bool empty = t->role == ROLE_N && isnan(column_of(t, at));
        return (!empty || asked) && any == (t->compare == EQUAL);
    }
    float number = number_of(t, at), bound = t->values[0].low;
    return t->compare == BELOW     ? number < bound
           : t->compare == AT_MOST ? number <= bound
           : t->compare == ABOVE   ? number > bound
                                   : number >= bound;
}

bool condition_holds(const struct condition *condition, const struct condition_trial *trial)
{
    for (size_t i = 0; i < condition->n; i++)
        if (!term_holds(&condition->terms[i], trial))
            return false;
    return true;
}
