#include "condition.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/number.h"
#include "deltaw/base/option.h"
#include "schema.h"

enum compare { EQUAL, UNEQUAL, BELOW, AT_MOST, ABOVE, AT_LEAST };

struct value {
    char *text;
    bool is_number;
    float number;
};

struct term {
    enum role role;                     /* ROLE_N: a column kept by name */
    const struct cohort_column *column; /* of that role */
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
    t->column = cohort_column(cohort, name);
    for (size_t i = 0; i < cohort->n_columns && !t->column; i++)
        if (schema_same_name(cohort->columns[i].name, name))
            t->column = &cohort->columns[i];
    if (t->column)
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

/* A value that suits the column. */
static bool read_value(const struct term *t, struct value *v, int at, const struct cohort *cohort,
                       struct err *err)
{
    double number;
    v->is_number = number_parse(v->text, &number) && !isnan(number);
    if (v->is_number)
        v->number = (float)number;
    bool equality = t->compare == EQUAL || t->compare == UNEQUAL;
    if (t->role == ROLE_SUBJECT) {
        if (!equality)
            return err_at(err, ERR_USAGE, at, "animals are compared with = and !=");
        if (cohort_animal(cohort, v->text) < 0)
            return err_at(err, ERR_USAGE, at, "no animal is called '%.80s'; `animals` lists them",
                          v->text);
        return true;
    }
    if (v->is_number)
        return true;
    if (t->role == ROLE_SESSION && equality) {
        for (size_t i = 0; i < cohort->n_session_names; i++)
            if (strcmp(cohort->session_names[i], v->text) == 0)
                return true;
        return err_at(err, ERR_USAGE, at, "no session is called '%.80s'", v->text);
    }
    if (t->role == ROLE_CHOICE || t->role == ROLE_ANSWER) {
        v->is_number = strcasecmp(v->text, "left") == 0 || strcasecmp(v->text, "right") == 0;
        v->number = strcasecmp(v->text, "right") == 0;
        if (v->is_number)
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
    default: return t->column->values[at->trial];
    }
}

static bool equals(const struct term *t, const struct value *v, const struct condition_trial *at)
{
    if (t->role == ROLE_SUBJECT)
        return strcmp(v->text, at->cohort->animals[at->animal].name) == 0;
    if (!v->is_number)
        return strcmp(v->text, at->cohort->session_names[at->cohort->session[at->trial]]) == 0;
    return number_of(t, at) == v->number;
}

static bool term_holds(const struct term *t, const struct condition_trial *at)
{
    if (t->compare == EQUAL || t->compare == UNEQUAL) {
        bool any = false;
        for (size_t i = 0; i < t->n && !any; i++)
            any = equals(t, &t->values[i], at);
        bool empty = t->role == ROLE_N && isnan(t->column->values[at->trial]);
        return !empty && any == (t->compare == EQUAL);
    }
    float number = number_of(t, at), bound = t->values[0].number;
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
