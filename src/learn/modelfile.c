/* Models as .npz files: parameters under their PyTorch names, `w0`, and
 * `deltaw_json` with everything else.  A file with parameters alone opens too. */
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/data/npz.h"
#include "deltaw/learn/fit.h"
#include "deltaw/learn/model.h"

#ifdef HAVE_CONFIG_H
#include <config.h>
#endif
#ifndef PACKAGE_VERSION
#define PACKAGE_VERSION "unknown"
#endif

static const char *const w0_words[] = {"zero", "value", "psychometric"};

/* --- writing --------------------------------------------------------------- */

static json_t *number(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

static json_t *settings_json(const struct fit_settings *s)
{
    json_t *o = json_object(), *w0 = json_array();
    json_object_set_new(o, "rule", json_string(s->rule));
    json_object_set_new(o, "policy", json_string(s->policy.text));
    json_object_set_new(o, "hidden", json_integer((json_int_t)s->hidden));
    json_object_set_new(o, "layers", json_integer((json_int_t)s->layers));
    json_object_set_new(o, "epochs", json_integer(s->epochs));
    json_object_set_new(o, "optimizer", json_string("adam"));
    json_object_set_new(o, "rate", json_real(s->rate));
    json_object_set_new(o, "decay", json_real(s->decay));
    json_object_set_new(o, "truncation", json_integer((json_int_t)s->truncation));
    json_object_set_new(o, "w0", json_string(w0_words[s->w0]));
    for (size_t k = 0; k < s->policy.n; k++)
        json_array_append_new(w0, json_real(s->w0_value[k]));
    json_object_set_new(o, "w0_value", w0);
    /* as text: JSON readers keep only 53 bits of a number */
    char seed[32];
    snprintf(seed, sizeof seed, "%llu", (unsigned long long)s->seed);
    json_object_set_new(o, "seed", json_string(seed));
    json_object_set_new(o, "holdout", json_string(s->holdout ? s->holdout : ""));
    json_object_set_new(o, "init", json_string(s->init ? s->init : ""));
    return o;
}

static json_t *history_json(const struct model *m)
{
    json_t *rows = json_array();
    for (size_t i = 0; i < m->n_history; i++) {
        const struct epoch_loss *e = &m->history[i];
        json_t *row = json_array();
        json_array_append_new(row, json_integer(e->epoch));
        json_array_append_new(row, number(e->seconds));
        json_array_append_new(row, number(e->train));
        json_array_append_new(row, number(e->heldout));
        json_array_append_new(rows, row);
    }
    return rows;
}

static char *model_json(const struct model *m)
{
    json_t *o = json_object(), *animals = json_array();
    char digest[32];
    snprintf(digest, sizeof digest, "%016llx", (unsigned long long)m->cohort_digest);
    json_object_set_new(o, "deltaw", json_string(PACKAGE_VERSION));
    json_object_set_new(o, "format", json_integer(1));
    json_object_set_new(o, "name", json_string(m->name));
    json_object_set_new(o, "settings", settings_json(&m->settings));
    json_object_set_new(o, "cohort", json_string(m->cohort_name ? m->cohort_name : ""));
    json_object_set_new(o, "cohort_digest", json_string(digest));
    json_object_set_new(o, "engine", json_string(m->engine));
    for (size_t a = 0; a < m->n_animals; a++) {
        json_t *animal = json_object();
        json_object_set_new(animal, "name", json_string(m->animals[a]));
        json_object_set_new(animal, "held_out", json_boolean(m->held_out[a]));
        json_array_append_new(animals, animal);
    }
    json_object_set_new(o, "animals", animals);
    json_object_set_new(o, "history_columns", json_string("epoch,seconds,train,heldout"));
    json_object_set_new(o, "history", history_json(m));
    char *text = json_dumps(o, JSON_COMPACT | JSON_REAL_PRECISION(17));
    json_decref(o);
    return text;
}

bool model_save(const struct model *m, const char *path, struct err *err)
{
    struct npz npz = {0};
    for (size_t i = 0; i < m->tensors.n; i++) {
        const struct tensor *t = &m->tensors.item[i];
        size_t shape[2] = {t->rows, t->cols};
        npz_add(&npz, t->name, m->rule->network ? NPZ_FLOAT32 : NPZ_FLOAT64, t->n_dimensions,
                shape, m->theta + t->offset);
    }
    if (m->n_animals > 0)
        npz_add(&npz, "w0", NPZ_FLOAT64, 2, (size_t[]){m->n_animals, m->shape.n_weights}, m->w0);
    char *json = model_json(m);
    npz_add_text(&npz, "deltaw_json", json ? json : "{}");
    free(json);
    bool ok = npz_write(path, &npz, err);
    npz_free(&npz);
    return ok;
}

/* --- reading --------------------------------------------------------------- */

static const char *text_of(const json_t *o, const char *key)
{
    const char *s = json_string_value(json_object_get(o, key));
    return s ? s : "";
}

static double number_of(const json_t *o, const char *key, double fallback)
{
    const json_t *v = json_object_get(o, key);
    return json_is_number(v) ? json_number_value(v) : fallback;
}

static bool read_settings(const json_t *o, const char *path, struct fit_settings *s,
                          struct err *err)
{
    snprintf(s->rule, sizeof s->rule, "%s", text_of(o, "rule"));
    if (*text_of(o, "policy") && !policy_parse(text_of(o, "policy"), &s->policy, err)) {
        err_prefix(err, "%s: deltaw_json", path);
        return false;
    }
    s->epochs = (int)number_of(o, "epochs", s->epochs);
    s->rate = number_of(o, "rate", s->rate);
    s->decay = number_of(o, "decay", s->decay);
    s->truncation = (size_t)fmax(1, number_of(o, "truncation", (double)s->truncation));
    for (int i = 0; i < 3; i++)
        if (strcmp(text_of(o, "w0"), w0_words[i]) == 0)
            s->w0 = (enum w0_kind)i;
    for (size_t k = 0; k < s->policy.n; k++)
        s->w0_value[k] = json_number_value(json_array_get(json_object_get(o, "w0_value"), k));
    s->seed = strtoull(text_of(o, "seed"), NULL, 10);
    if (*text_of(o, "holdout"))
        s->holdout = mem_text(text_of(o, "holdout"));
    if (*text_of(o, "init"))
        s->init = mem_text(text_of(o, "init"));
    return true;
}

static void read_history(const json_t *rows, struct model *m)
{
    m->n_history = json_array_size(rows);
    m->history = mem_new(m->n_history, sizeof *m->history);
    for (size_t i = 0; i < m->n_history; i++) {
        const json_t *row = json_array_get(rows, i);
        double v[4];
        for (size_t j = 0; j < 4; j++) {
            const json_t *x = json_array_get(row, j);
            v[j] = json_is_number(x) ? json_number_value(x) : NAN;
        }
        m->history[i] = (struct epoch_loss){isfinite(v[0]) ? (int)v[0] : 0, v[1], v[2], v[3]};
    }
}

static bool read_animals(const json_t *animals, const struct npz *npz, const char *path,
                         struct model *m, struct err *err)
{
    const struct npz_array *w0 = npz_find(npz, "w0");
    size_t n = json_array_size(animals);
    if (!w0 || n == 0)
        return true;
    if (w0->n_dimensions != 2 || w0->shape[0] != n || w0->shape[1] != m->shape.n_weights)
        return err_set(err, ERR_DATA, "%s: w0 should have %zu rows of %zu weights, one per animal "
                       "of deltaw_json", path, n, m->shape.n_weights);
    m->n_animals = n;
    m->animals = mem_new(n, sizeof *m->animals);
    m->held_out = mem_new(n, sizeof *m->held_out);
    m->w0 = mem_copy(w0->values, w0->size, sizeof *w0->values);
    for (size_t a = 0; a < n; a++) {
        const json_t *animal = json_array_get(animals, a);
        m->animals[a] = mem_text(text_of(animal, "name"));
        m->held_out[a] = json_is_true(json_object_get(animal, "held_out"));
    }
    return true;
}

static bool read_json(const char *text, const struct npz *npz, const char *path, struct model *m,
                      struct err *err)
{
    json_error_t why;
    json_t *o = json_loads(text, 0, &why);
    if (!o)
        return err_set(err, ERR_DATA, "%s: deltaw_json is no JSON: %s", path, why.text);
    bool ok = read_settings(json_object_get(o, "settings"), path, &m->settings, err) &&
              read_animals(json_object_get(o, "animals"), npz, path, m, err);
    if (ok) {
        read_history(json_object_get(o, "history"), m);
        m->cohort_digest = strtoull(text_of(o, "cohort_digest"), NULL, 16);
        m->cohort_name = mem_text(text_of(o, "cohort"));
        snprintf(m->engine, sizeof m->engine, "%s", text_of(o, "engine"));
    }
    json_decref(o);
    return ok;
}

/* The rule and its sizes from names and shapes alone. */
static bool guess_shape(const struct npz *npz, const char *path, const struct rule **rule,
                        struct rule_shape *shape, struct err *err)
{
    const struct npz_array *scale = npz_find(npz, "scaling_factor");
    const struct npz_array *first = npz_find(npz, "dnn.0.weight");
    const char *name = npz_find(npz, "gru.weight_ih_l0") ? "rnn" : "dnn";
    if (!scale || !first || first->n_dimensions != 2)
        return err_set(err, ERR_DATA, "%s: no model: it should hold scaling_factor and "
                       "dnn.0.weight (see `help save`)", path);
    if (!(*rule = rule_find(name)))
        return err_set(err, ERR_DATA, "%s: holds the rule %s, which this version does not have",
                       path, name);
    shape->n_weights = scale->size;
    shape->hidden = first->shape[0];
    shape->layers = 0;
    for (;; shape->layers++) {
        char next[40];
        snprintf(next, sizeof next, "dnn.%zu.weight", 2 * (shape->layers + 1));
        if (!npz_find(npz, next))
            break;
    }
    if (shape->n_weights < 1 || shape->n_weights > POLICY_MAX)
        return err_set(err, ERR_DATA, "%s: scaling_factor has %zu entries; 1 to %d weights are "
                       "possible", path, shape->n_weights, POLICY_MAX);
    if (shape->layers < 1 || 2 * shape->layers + 3 > RULE_MAX_TENSORS || shape->hidden < 1 ||
        shape->hidden > 4096)
        return err_set(err, ERR_DATA, "%s: a network of %zu hidden layers of %zu is out of range",
                       path, shape->layers, shape->hidden);
    return true;
}

static bool take_tensors(const struct npz *npz, const char *path, struct model *m,
                         struct err *err)
{
    for (size_t i = 0; i < m->tensors.n; i++) {
        const struct tensor *t = &m->tensors.item[i];
        const struct npz_array *a = npz_find(npz, t->name);
        if (!a)
            return err_set(err, ERR_DATA, "%s: the tensor %s is missing", path, t->name);
        if (!a->values || a->n_dimensions != t->n_dimensions || a->shape[0] != t->rows ||
            (t->n_dimensions == 2 && a->shape[1] != t->cols)) {
            if (t->n_dimensions == 2)
                return err_set(err, ERR_DATA, "%s: %s should have the shape (%zu, %zu)", path,
                               t->name, t->rows, t->cols);
            return err_set(err, ERR_DATA, "%s: %s should have the shape (%zu,)", path, t->name,
                           t->rows);
        }
        for (size_t j = 0; j < t->size; j++)
            if (!isfinite(a->values[j]))
                return err_set(err, ERR_DATA, "%s: %s holds a value that is no finite number "
                               "(entry %zu)", path, t->name, j);
        memcpy(m->theta + t->offset, a->values, t->size * sizeof *m->theta);
    }
    return true;
}

static bool read_model(const struct npz *npz, const char *path, struct model *m, struct err *err)
{
    const struct npz_array *json = npz_find(npz, "deltaw_json");
    if (!guess_shape(npz, path, &m->rule, &m->shape, err))
        return false;
    m->rule->layout(&m->shape, &m->tensors);
    m->theta = mem_new(m->tensors.size, sizeof *m->theta);
    fit_settings_default(&m->settings);
    if (!take_tensors(npz, path, m, err) ||
        (json && json->text && !read_json(json->text, npz, path, m, err)))
        return false;
    if (m->settings.policy.n != m->shape.n_weights)
        return err_set(err, ERR_DATA, "%s: has %zu weights, but the policy %s has %zu", path,
                       m->shape.n_weights, m->settings.policy.text, m->settings.policy.n);
    snprintf(m->settings.rule, sizeof m->settings.rule, "%s", m->rule->name);
    m->settings.hidden = m->shape.hidden;
    m->settings.layers = m->shape.layers;
    return true;
}

bool model_open(const char *path, const char *name, struct model **out, struct err *err)
{
    struct npz npz = {0};
    if (!npz_read(path, &npz, err))
        return false;
    struct model *m = mem_new(1, sizeof *m);
    m->name = mem_text(name);
    m->references = 1;
    bool ok = read_model(&npz, path, m, err);
    npz_free(&npz);
    if (ok)
        *out = m;
    else
        model_drop(m);
    return ok;
}
