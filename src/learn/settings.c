#include "deltaw/learn/settings.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/rng.h"
#include "deltaw/base/number.h"
#include "deltaw/learn/gp.h"
#include "deltaw/learn/model.h"

#define FIELD(member) offsetof(struct fit_settings, member)
#define FIELDS(...)   __VA_ARGS__
static const struct setting settings[] = {
#define SETTING(id, fields, ...) {.option = {.name = #id, FIELDS fields}, __VA_ARGS__},
#include "deltaw/learn/settings.def"
};

enum { SETTINGS = sizeof settings / sizeof *settings };

const struct setting *setting_at(size_t i)
{
    return i < SETTINGS ? &settings[i] : NULL;
}

const struct setting *setting_find(const char *name)
{
    for (size_t i = 0; i < SETTINGS; i++)
        if (strcmp(settings[i].option.name, name) == 0)
            return &settings[i];
    return NULL;
}

const struct setting *setting_of_tensor(const char *tensor)
{
    for (size_t i = 0; i < SETTINGS; i++)
        if (settings[i].tensor && strcmp(settings[i].tensor, tensor) == 0)
            return &settings[i];
    return NULL;
}

/* --- which rules take it ------------------------------------------------------- */

static void *field(const struct setting *row, const struct fit_settings *s)
{
    return (char *)s + row->offset;
}

/* Another value than that of a shape of zeros. */
static void change(const struct setting *row, struct fit_settings *s)
{
    switch (row->store) {
    case SETTING_COUNT: ++*(size_t *)field(row, s); break;
    case SETTING_YES: *(bool *)field(row, s) = true; break;
    case SETTING_WORD: *(unsigned *)field(row, s) = 1; break;
    case SETTING_TERMS: *(unsigned *)field(row, s) = (1u << GP_N_TERMS) - 1; break;
    default: break;
    }
}

static struct tensors layout_of(const struct rule *rule, const struct fit_settings *s)
{
    struct tensors tensors = {0};
    rule_layout(rule, &s->shape, &tensors);
    return tensors;
}

static struct fit_settings plain_of(const struct rule *rule)
{
    return (struct fit_settings){
        .shape = {.n_weights = rule->no_weights ? 1 : 3, .hidden = 4, .layers = 2}};
}

static bool changes_layout(const struct setting *row, const struct rule *rule)
{
    struct fit_settings plain = plain_of(rule), other = plain;
    change(row, &other);
    struct tensors a = layout_of(rule, &plain), b = layout_of(rule, &other);
    bool same = a.n == b.n && a.size == b.size;
    for (size_t i = 0; i < a.n && same; i++)
        same = strcmp(a.item[i].name, b.item[i].name) == 0 && a.item[i].size == b.item[i].size;
    return !same;
}

static bool has_named(const struct rule *rule, const char *tensor)
{
    struct fit_settings plain = plain_of(rule);
    struct tensors t = layout_of(rule, &plain);
    for (size_t i = 0; i < t.n; i++)
        if (strcmp(t.item[i].name, tensor) == 0)
            return true;
    return false;
}

static bool has_tensor(const struct setting *row, const struct rule *rule)
{
    return has_named(rule, row->tensor);
}

static bool takes(const struct setting *row, const struct rule *rule)
{
    switch (row->taken) {
    case TAKEN_BY_ALL: return true;
    case TAKEN_BY_NETWORKS: return rule->network;
    case TAKEN_BY_TRACE: return !rule->network && rule->memory;
    case TAKEN_BY_INPUTS: return !rule->memory && changes_layout(row, rule);
    case TAKEN_BY_LAYOUT: return changes_layout(row, rule);
    case TAKEN_WITH_TENSOR: return has_tensor(row, rule);
    case TAKEN_WITH_WEIGHTS: return !rule->no_weights;
    case TAKEN_BY_RULE_NETWORKS: return rule->network && !rule->no_weights;
    case TAKEN_WITHOUT_POSTERIOR: return !rule->posterior && !rule->no_updates;
    case TAKEN_WITH_START: return !rule->no_start;
    case TAKEN_WITH_UPDATES: return !rule->no_updates;
    case TAKEN_BY_WALKS: return rule->no_updates;
    case TAKEN_BY_LEARNERS: return rule->network ? !rule->no_weights : has_named(rule, "alpha");
    }
    return false;
}

const char *setting_refused(const struct setting *row, const struct rule *rule)
{
    if (takes(row, rule))
        return NULL;
    if (row->taken == TAKEN_BY_INPUTS && rule->memory)
        return "it remembers past trials itself";
    if (row->taken == TAKEN_BY_NETWORKS)
        return "its few parameters are found by a search for the greatest likelihood, which ends "
               "by itself";
    return row->why;
}

/* "reinforce, reinforce-base and trace take it" */
static void takers(const struct setting *row, struct strbuf *out)
{
    size_t n = 0, last = 0;
    for (size_t i = 0; rule_at(i); i++)
        if (takes(row, rule_at(i)))
            n++, last = i;
    for (size_t i = 0, k = 0; rule_at(i); i++)
        if (takes(row, rule_at(i)))
            strbuf_printf(out, "%s%s",
                          k++ == 0    ? ""
                          : i == last ? " and "
                                      : ", ",
                          rule_at(i)->name);
    strbuf_puts(out, n == 1 ? " takes it" : " take it");
}

bool setting_applies(const struct setting *row, const struct rule *rule, const struct arg *arg,
                     const char *verb, struct err *err)
{
    const char *why = setting_refused(row, rule);
    if (!why)
        return true;
    struct strbuf who = {0};
    takers(row, &who);
    err_at(err, ERR_USAGE, arg->column, "%s: %s= does not apply to %s: %s; %s", verb, arg->name,
           rule->name, why, strbuf_text(&who));
    strbuf_free(&who);
    return false;
}

bool setting_shapes(const struct setting *row)
{
    size_t end = FIELD(shape) + sizeof(struct rule_shape);
    return row->store == SETTING_POLICY || (row->offset >= FIELD(shape) && row->offset < end);
}

bool setting_yes(const struct setting *row, const struct rule_shape *shape)
{
    return *(const bool *)((const char *)shape + row->offset - FIELD(shape));
}

/* --- parameters held at values ------------------------------------------------------ */

/* NULL: the row's parameter has no such values. */
static struct held_at *held_of(const struct setting *row, const struct fit_settings *s)
{
    return row->held ? (struct held_at *)((char *)s + row->held) : NULL;
}

const struct held_at *setting_held(const char *tensor, const struct fit_settings *s)
{
    const struct setting *row = setting_of_tensor(tensor);
    const struct held_at *held = row ? held_of(row, s) : NULL;
    return held && held->n > 0 ? held : NULL;
}

double setting_held_value(const struct held_at *held, size_t i)
{
    return held->value[held->n > 1 ? i : 0];
}

size_t settings_fitted(const struct fit_settings *s, const struct tensors *tensors)
{
    size_t n = tensors->size;
    for (size_t i = 0; i < tensors->n; i++)
        n -= setting_held(tensors->item[i].name, s) ? tensors->item[i].size : 0;
    return n;
}

/* --- a value as text --------------------------------------------------------------- */

/* The i-th of "a|b|c"; n: its length, 0 after the last. */
static const char *word_at(const char *words, unsigned i, size_t *n)
{
    for (; i > 0 && *words; i--)
        words += strcspn(words, "|") + (strchr(words, '|') != NULL);
    *n = strcspn(words, "|");
    return words;
}

/* The place of the word, -1: none of them. */
static int word_of(const char *words, const char *text)
{
    size_t n;
    for (unsigned i = 0;; i++) {
        const char *word = word_at(words, i, &n);
        if (n == 0)
            return -1;
        if (n == strlen(text) && strncmp(word, text, n) == 0)
            return (int)i;
    }
}

static void put_word(const struct setting *row, unsigned i, struct strbuf *out)
{
    size_t n;
    const char *word = word_at(row->option.words, i, &n);
    strbuf_printf(out, "%.*s", (int)n, word);
}

static void put_values(size_t n, const double *value, struct strbuf *out)
{
    char buf[NUMBER_SIZE];
    for (size_t i = 0; i < n; i++)
        strbuf_printf(out, "%s%s", i ? "," : "", number_double(buf, value[i]));
}

static void put_w0(const struct setting *row, const struct fit_settings *s, struct strbuf *out)
{
    if (s->w0.kind != W0_VALUE)
        put_word(row, s->w0.kind, out);
    else
        put_values(s->policy.n, s->w0.value, out);
}

void setting_text(const struct setting *row, const struct fit_settings *s, struct strbuf *out)
{
    char buf[NUMBER_SIZE];
    const void *at = field(row, s);
    const struct share *share = at;
    const struct held_at *held = held_of(row, s);
    if (held && held->n > 0) {
        put_values(held->n, held->value, out);
        return;
    }
    switch (row->store) {
    case SETTING_COUNT: strbuf_printf(out, "%zu", *(const size_t *)at); break;
    case SETTING_INT: strbuf_printf(out, "%d", *(const int *)at); break;
    case SETTING_REAL: strbuf_puts(out, number_double(buf, *(const double *)at)); break;
    case SETTING_YES: strbuf_puts(out, *(const bool *)at ? "yes" : "no"); break;
    case SETTING_WORD: put_word(row, *(const unsigned *)at, out); break;
    case SETTING_SHARE:
        strbuf_puts(out, share->fitted ? row->option.words : number_double(buf, share->value));
        break;
    case SETTING_SEED: strbuf_printf(out, "%" PRIu64, *(const uint64_t *)at); break;
    case SETTING_TEXT: strbuf_puts(out, *(char *const *)at ? *(char *const *)at : ""); break;
    case SETTING_POLICY: strbuf_puts(out, s->policy.text); break;
    case SETTING_W0: put_w0(row, s, out); break;
    case SETTING_TERMS: gp_terms_text(*(const unsigned *)at, out); break;
    }
}

bool setting_same(const struct setting *row, const struct fit_settings *a,
                  const struct fit_settings *b)
{
    struct strbuf of_a = {0}, of_b = {0};
    setting_text(row, a, &of_a);
    setting_text(row, b, &of_b);
    bool same = strcmp(strbuf_text(&of_a), strbuf_text(&of_b)) == 0;
    strbuf_free(&of_a);
    strbuf_free(&of_b);
    return same;
}

/* --- and from text ------------------------------------------------------------------- */

/* Numbers between commas, at most `most`; 0: it is not that. */
static size_t read_values(const char *text, size_t most, double *value)
{
    char *copy = mem_text(text), *rest = copy, *one;
    size_t n = 0;
    bool good = true;
    while (good && (one = strsep(&rest, ",")))
        good = n < most && number_parse(one, &value[n]) && isfinite(value[n++]);
    free(copy);
    return good ? n : 0;
}

/* A word, a number for all weights but the bias, or one per weight. */
static bool set_w0(const struct setting *row, const char *text, struct fit_settings *s,
                   struct err *err)
{
    int word = word_of(row->option.words, text);
    struct w0 w0 = {.kind = word < 0 ? W0_VALUE : (enum w0_kind)word};
    size_t n = word < 0 ? read_values(text, s->policy.n, w0.value) : 0;
    for (size_t k = s->policy.n; n == 1 && s->policy.n > 1 && k-- > 0;)
        w0.value[k] = s->policy.feature[k] == FEATURE_BIAS ? 0 : w0.value[0];
    if (word < 0 && n != 1 && n != s->policy.n)
        return err_set(err, ERR_USAGE,
                       "w0=%s is not zero, psychometric, psychometric-fixed, truth, a number for "
                       "all weights but the bias, or %zu numbers for the weights of %s",
                       text, s->policy.n, s->policy.text);
    s->w0 = w0;
    return true;
}

bool fit_settings_policy(struct fit_settings *s, const char *text, struct err *err)
{
    struct policy policy;
    if (!policy_parse(text, &policy, err))
        return false;
    s->policy = policy;
    s->shape.n_weights = policy.n;
    return true;
}

static bool set_share(const struct setting *row, const char *text, struct share *out)
{
    double value = 0;
    bool fitted = strcmp(text, row->option.words) == 0;
    if (!fitted && (!number_parse(text, &value) || !(value >= 0 && value <= 1)))
        return false;
    *out = (struct share){.value = value, .fitted = fitted};
    return true;
}

static bool set_number(const struct setting *row, const char *text, void *at)
{
    long long integer;
    double real;
    if (row->store == SETTING_REAL) {
        if (!number_parse(text, &real) || !isfinite(real))
            return false;
        *(double *)at = real;
        return true;
    }
    if (!number_parse_integer(text, &integer) || integer < 0 ||
        (row->store == SETTING_INT && integer > INT32_MAX))
        return false;
    if (row->store == SETTING_COUNT)
        *(size_t *)at = (size_t)integer;
    else if (row->store == SETTING_INT)
        *(int *)at = (int)integer;
    else
        *(uint64_t *)at = (uint64_t)integer;
    return true;
}

static bool set_word(const struct setting *row, const char *text, void *at)
{
    int word = word_of(row->option.words, text);
    if (word < 0)
        return false;
    if (row->store == SETTING_YES)
        *(bool *)at = strcmp(text, "yes") == 0;
    else
        *(unsigned *)at = (unsigned)word;
    return true;
}

/* What it is held at, whatever else it is; a word lets it be fitted again. */
static bool set_held(const struct setting *row, const char *text, struct fit_settings *s)
{
    struct held_at held = {0}, *at = held_of(row, s);
    bool word = word_of(row->option.words, text) >= 0;
    if (!word)
        held.n = read_values(text, s->policy.n, held.value);
    if (!word && held.n != 1 && held.n != s->policy.n)
        return false;
    *at = held;
    size_t n;
    const char *first = word_at(row->option.words, 0, &n);
    char *kind = word ? mem_text(text) : mem_text_n(first, n);
    bool good = set_word(row, kind, field(row, s));
    free(kind);
    return good;
}

static bool set_text(const char *text, char **at)
{
    char *copy = *text ? mem_text(text) : NULL;
    free(*at);
    *at = copy;
    return true;
}

bool setting_set(const struct setting *row, const char *text, struct fit_settings *s,
                 struct err *err)
{
    void *at = field(row, s);
    bool good = false;
    switch (row->store) {
    case SETTING_POLICY: return fit_settings_policy(s, text, err);
    case SETTING_W0: return set_w0(row, text, s, err);
    case SETTING_TERMS: return gp_terms_parse(text, at, err);
    case SETTING_TEXT: return set_text(text, at);
    case SETTING_SHARE: good = set_share(row, text, at); break;
    case SETTING_YES:
    case SETTING_WORD: good = row->held ? set_held(row, text, s) : set_word(row, text, at); break;
    default: good = set_number(row, text, at); break;
    }
    if (good)
        return true;
    struct strbuf right = {0};
    option_range(&row->option, &right);
    err_set(err, ERR_USAGE, "%s=%s: it takes %s", row->option.name, text, strbuf_text(&right));
    strbuf_free(&right);
    return false;
}

/* --- all of them ----------------------------------------------------------------------- */

void fit_settings_default(struct fit_settings *s)
{
    *s = (struct fit_settings){.rule = "dnn"};
    for (size_t i = 0; i < SETTINGS; i++)
        if (settings[i].option.fallback)
            setting_set(&settings[i], settings[i].option.fallback, s, NULL);
}

struct fit_settings fit_settings_copy(const struct fit_settings *s)
{
    struct fit_settings copy = *s;
    copy.holdout = s->holdout ? mem_text(s->holdout) : NULL;
    copy.init = s->init ? mem_text(s->init) : NULL;
    copy.start = s->start ? mem_text(s->start) : NULL;
    copy.teacher = s->teacher ? model_hold(s->teacher) : NULL;
    copy.begun = s->begun ? model_hold(s->begun) : NULL;
    return copy;
}

void fit_settings_free(struct fit_settings *s)
{
    free(s->holdout);
    free(s->init);
    free(s->start);
    model_drop(s->teacher);
    model_drop(s->begun);
    s->holdout = s->init = s->start = NULL;
    s->teacher = s->begun = NULL;
}
