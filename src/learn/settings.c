#include "deltaw/learn/settings.h"

#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/rng.h"
#include "deltaw/learn/gp.h"
#include "deltaw/learn/model.h"
#include "settings_inside.h"

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

/* Another value than that of a shape of zeros. */
static void change(const struct setting *row, struct fit_settings *s)
{
    switch (row->store) {
    case SETTING_COUNT: ++*(size_t *)setting_field(row, s); break;
    case SETTING_YES: *(bool *)setting_field(row, s) = true; break;
    case SETTING_WORD: *(unsigned *)setting_field(row, s) = 1; break;
    case SETTING_TERMS: *(unsigned *)setting_field(row, s) = (1u << GP_N_TERMS) - 1; break;
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
    case TAKEN_WITHOUT_UPDATES: return rule->no_updates;
    case TAKEN_BY_LEARNERS:
        return rule->network ? !rule->no_weights : rule->posterior || has_named(rule, "alpha");
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

const struct held_at *setting_held(const char *tensor, const struct fit_settings *s)
{
    const struct setting *row = setting_of_tensor(tensor);
    const struct held_at *held = row ? setting_held_at(row, s) : NULL;
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
