/* Settings as text, as they stand in commands, files and answers, and from it. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/number.h"
#include "deltaw/learn/gp.h"
#include "settings_inside.h"

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
    const void *at = setting_field(row, s);
    const struct share *share = at;
    const struct held_at *held = setting_held_at(row, s);
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
    struct held_at held = {0}, *at = setting_held_at(row, s);
    bool word = word_of(row->option.words, text) >= 0;
    if (!word)
        held.n = read_values(text, s->policy.n, held.value);
    if (!word && held.n != 1 && held.n != s->policy.n)
        return false;
    *at = held;
    size_t n;
    const char *first = word_at(row->option.words, 0, &n);
    char *kind = word ? mem_text(text) : mem_text_n(first, n);
    bool good = set_word(row, kind, setting_field(row, s));
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
    void *at = setting_field(row, s);
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
