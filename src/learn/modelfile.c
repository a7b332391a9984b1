/* Models as .npz files: parameters under their PyTorch names, `w0`, and
 * `deltaw_json` with everything else.  A file with parameters alone opens too. */
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/number.h"
#include "deltaw/data/npz.h"
#include "deltaw/learn/gains.h"
#include "deltaw/learn/fit.h"
#include "deltaw/learn/model.h"
#include "checkpoint.h"
#include "covariance_file.h"
#include "deltaw/learn/ensemble.h"
#include "ensemble_file.h"
#include "gp_file.h"
#include "deltaw/learn/settings_file.h"
#include "snapshots_file.h"
#include "randomwalk_file.h"

#ifdef HAVE_CONFIG_H
#include <config.h>
#endif
#ifndef PACKAGE_VERSION
#define PACKAGE_VERSION "unknown"
#endif

/* --- writing --------------------------------------------------------------- */

static json_t *number(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

char *model_settings_json(const struct model *model)
{
    json_t *o = settings_write(&model->settings);
    char *text = json_dumps(o, JSON_COMPACT | JSON_REAL_PRECISION(17));
    json_decref(o);
    return text ? text : mem_text("{}");
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
        json_array_append_new(row, number(e->held_out));
        json_array_append_new(rows, row);
    }
    return rows;
}

static json_t *hexadecimal(uint64_t value)
{
    char text[32];
    snprintf(text, sizeof text, "%016llx", (unsigned long long)value);
    return json_string(text);
}

static char *model_json(const struct model *m)
{
    json_t *o = json_object(), *animals = json_array();
    json_object_set_new(o, "deltaw", json_string(PACKAGE_VERSION));
    json_object_set_new(o, "format", json_integer(1));
    json_object_set_new(o, "name", json_string(m->name));
    json_object_set_new(o, "settings", settings_write(&m->settings));
    json_object_set_new(o, "cohort", json_string(m->cohort_name ? m->cohort_name : ""));
    json_object_set_new(o, "cohort_digest", hexadecimal(m->cohort_digest));
    if (m->column_digest)
        json_object_set_new(o, "column_digest", hexadecimal(m->column_digest));
    if (m->cohort_chain)
        json_object_set_new(o, "cohort_filters", json_string(m->cohort_chain));
    json_object_set_new(o, "engine", json_string(m->engine));
    for (size_t a = 0; a < m->n_animals; a++) {
        json_t *animal = json_object();
        json_object_set_new(animal, "name", json_string(m->animals[a]));
        json_object_set_new(animal, "held_out", json_boolean(m->held_out[a]));
        json_array_append_new(animals, animal);
    }
    json_object_set_new(o, "animals", animals);
    if (m->errors) {
        json_t *errors = json_array();
        for (size_t i = 0; i < m->tensors.size; i++)
            json_array_append_new(errors, number(m->errors[i]));
        json_object_set_new(o, "standard_errors", errors);
    }
    if (m->textbook > 0)
        json_object_set_new(o, "textbook_loss", json_real(m->textbook));
    if (m->settings.start)
        json_object_set_new(o, "distilled", number(m->distilled));
    if (m->ensemble)
        json_object_set_new(o, "members", json_integer((json_int_t)m->ensemble->n));
    json_object_set_new(o, "history_columns", json_string("epoch,seconds,train,heldout"));
    json_object_set_new(o, "history", history_json(m));
    if (m->checkpoint)
        json_object_set_new(o, "optimizer", checkpoint_json(m->checkpoint));
    char *text = json_dumps(o, JSON_COMPACT | JSON_REAL_PRECISION(17));
    json_decref(o);
    return text;
}

bool model_save(const struct model *model, const char *path, struct err *err)
{
    return model_save_replay(model, NULL, path, err);
}

void model_pack(const struct model *m, const struct snapshots *snapshots, struct npz *npz)
{
    for (size_t i = 0; i < m->tensors.n; i++) {
        const struct tensor *t = &m->tensors.item[i];
        size_t shape[2] = {t->rows, t->cols};
        npz_add(npz, t->name, m->rule->network ? NPZ_FLOAT32 : NPZ_FLOAT64, t->n_dimensions, shape,
                m->theta + t->offset);
    }
    covariance_pack(m, npz);
    gp_pack(m, npz);
    randomwalk_pack(m, npz);
    checkpoint_pack(m, npz);
    ensemble_pack(m, npz);
    if (m->n_animals > 0)
        npz_add(npz, "w0", NPZ_FLOAT64, 2, (size_t[]){m->n_animals, m->settings.shape.n_weights},
                m->w0);
    if (m->gains) {
        const struct gains *g = m->gains;
        const double spread[] = {g->spread, g->low, g->high};
        npz_add(npz, "gain", NPZ_FLOAT64, 1, &g->n, g->value);
        npz_add(npz, "gain.error", NPZ_FLOAT64, 1, &g->n, g->error);
        npz_add(npz, "gain.spread", NPZ_FLOAT64, 1, (size_t[]){3}, spread);
    }
    if (snapshots)
        snapshots_pack(snapshots, m, npz);
    char *json = model_json(m);
    npz_add_text(npz, "deltaw_json", json ? json : "{}");
    free(json);
}

bool model_save_replay(const struct model *m, const struct snapshots *snapshots, const char *path,
                       struct err *err)
{
    struct npz npz = {0};
    model_pack(m, snapshots, &npz);
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
    if (w0->n_dimensions != 2 || w0->shape[0] != n || w0->shape[1] != m->settings.shape.n_weights)
        return err_set(err, ERR_DATA,
                       "%s: w0 should have %zu rows of %zu weights, one per animal "
                       "of deltaw_json",
                       path, n, m->settings.shape.n_weights);
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

static bool read_gains(const struct npz *npz, const char *path, struct model *m, struct err *err)
{
    const struct npz_array *value = npz_find(npz, "gain"), *error = npz_find(npz, "gain.error");
    const struct npz_array *spread = npz_find(npz, "gain.spread");
    if (!value)
        return true;
    bool good = value->values && value->size == m->n_animals && error && error->values &&
                error->size == m->n_animals && spread && spread->values && spread->size == 3;
    for (size_t a = 0; good && a < m->n_animals; a++)
        good = fabs(value->values[a]) <= 50 && error->values[a] >= 0 && error->values[a] <= 50;
    if (!good)
        return err_set(err, ERR_DATA,
                       "%s: gain and gain.error should hold a number for each of %zu animals, from "
                       "-50 to 50, and gain.spread three",
                       path, m->n_animals);
    m->gains = gains_new(m->n_animals);
    memcpy(m->gains->value, value->values, m->n_animals * sizeof *value->values);
    memcpy(m->gains->error, error->values, m->n_animals * sizeof *error->values);
    m->gains->spread = spread->values[0];
    m->gains->low = spread->values[1], m->gains->high = spread->values[2];
    return true;
}

static void read_errors(const json_t *errors, struct model *m)
{
    if (!errors || json_array_size(errors) != m->tensors.size)
        return;
    m->errors = mem_new(m->tensors.size, sizeof *m->errors);
    for (size_t i = 0; i < m->tensors.size; i++) {
        const json_t *x = json_array_get(errors, i);
        m->errors[i] = json_is_number(x) ? json_number_value(x) : NAN;
    }
}

static bool in_range(const struct fit_settings *s, const char *path, struct err *err)
{
    const struct rule_shape *shape = &s->shape;
    if (shape->n_weights < 1 || shape->n_weights > POLICY_MAX)
        return err_set(err, ERR_DATA, "%s: holds %zu weights; 1 to %d are possible", path,
                       shape->n_weights, POLICY_MAX);
    if (shape->layers < 1 || 2 * shape->layers + 8 > RULE_MAX_TENSORS || shape->hidden < 1 ||
        shape->hidden > 4096)
        return err_set(err, ERR_DATA, "%s: a network of %zu hidden layers of %zu is out of range",
                       path, shape->layers, shape->hidden);
    if (shape->lags > 100 || shape->window > 1000)
        return err_set(err, ERR_DATA, "%s: lags %zu or window %zu is out of range", path,
                       shape->lags, shape->window);
    if (s->truncation < 1)
        return err_set(err, ERR_DATA, "%s: truncation 0 is out of range", path);
    return true;
}

/* The rule and its sizes from names and shapes alone: a network's state dict. */
static bool guess_shape(const struct npz *npz, const char *path, struct fit_settings *s,
                        struct err *err)
{
    const struct npz_array *scale = npz_find(npz, "scaling_factor");
    const struct npz_array *first = npz_find(npz, "dnn.0.weight");
    const char *name = npz_find(npz, "gru.weight_ih_l0") ? "rnn" : "dnn";
    if (!scale || !first || first->n_dimensions != 2)
        return err_set(err, ERR_DATA,
                       "%s: no model: it should hold scaling_factor and "
                       "dnn.0.weight (see `help save`)",
                       path);
    snprintf(s->rule, sizeof s->rule, "%s", name);
    s->shape.hidden = first->shape[0];
    s->shape.layers = 0;
    for (;; s->shape.layers++) {
        char next[40];
        snprintf(next, sizeof next, "dnn.%zu.weight", 2 * (s->shape.layers + 1));
        if (!npz_find(npz, next))
            break;
    }
    if (scale->size != s->policy.n)
        return err_set(err, ERR_DATA,
                       "%s: scaling_factor has %zu entries; without deltaw_json "
                       "only the policy %s with %zu weights is assumed",
                       path, scale->size, s->policy.text, s->policy.n);
    return true;
}

static bool take_tensors(const struct npz *npz, const char *path, struct model *m, struct err *err)
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
                return err_set(err, ERR_DATA,
                               "%s: %s holds a value that is not a finite number "
                               "(entry %zu)",
                               path, t->name, j);
        memcpy(m->theta + t->offset, a->values, t->size * sizeof *m->theta);
    }
    return true;
}

static bool read_parameters(const struct npz *npz, const json_t *o, const char *path,
                            struct model *m, struct err *err)
{
    bool described = *text_of(json_object_get(o, "settings"), "rule");
    fit_settings_default(&m->settings);
    if (described ? !settings_read(json_object_get(o, "settings"), path, &m->settings, err)
                  : !guess_shape(npz, path, &m->settings, err))
        return false;
    if (!(m->rule = rule_find(m->settings.rule)))
        return err_set(err, ERR_DATA, "%s: holds the rule %s, which this version does not have",
                       path, m->settings.rule);
    if (!in_range(&m->settings, path, err))
        return false;
    rule_layout(m->rule, &m->settings.shape, &m->tensors);
    m->theta = mem_new(m->tensors.size, sizeof *m->theta);
    return take_tensors(npz, path, m, err);
}

/* Animals are the caller's to free; the rest is of the JSON. */
static void read_owners(const json_t *o, struct ensemble_of *out)
{
    const json_t *animals = json_object_get(o, "animals");
    const char *chain = json_string_value(json_object_get(o, "cohort_filters"));
    *out = (struct ensemble_of){.n = json_array_size(animals),
                                .digest = number_digest(text_of(o, "cohort_digest")),
                                .cohort = text_of(o, "cohort"),
                                .chain = chain};
    out->animals = mem_new(out->n, sizeof(char *));
    for (size_t a = 0; a < out->n; a++)
        out->animals[a] = mem_text(text_of(json_array_get(animals, a), "name"));
}

static bool read_members(const struct npz *npz, const json_t *o, const char *path, const char *name,
                         struct model **out, struct err *err)
{
    const json_t *history = json_object_get(o, "history");
    struct model losses = {0}, *m = NULL;
    struct ensemble_of of = {0};
    bool each = strcmp(text_of(json_object_get(o, "settings"), "pool"), "each") == 0;
    if (each)
        read_owners(o, &of);
    read_history(history, &losses);
    if (ensemble_unpack(npz, (size_t)json_integer_value(json_object_get(o, "members")),
                        each ? &of : NULL, path, name, &m, err) &&
        losses.n_history) {
        *out = ensemble_scored(m, losses.history[0].train, losses.history[0].held_out);
        model_drop(m);
    } else {
        *out = m;
    }
    for (size_t a = 0; a < of.n; a++)
        free(of.animals[a]);
    free(of.animals), free(losses.history);
    return *out;
}

static bool read_model(const struct npz *npz, const char *path, struct model *m, struct err *err)
{
    const struct npz_array *text = npz_find(npz, "deltaw_json");
    json_error_t why;
    json_t *o = text && text->text ? json_loads(text->text, 0, &why) : NULL;
    if (text && text->text && !o)
        return err_set(err, ERR_DATA, "%s: deltaw_json is not JSON: %s", path, why.text);
    if (o)
        read_history(json_object_get(o, "history"), m);
    bool ok = read_parameters(npz, o, path, m, err) &&
              read_animals(json_object_get(o, "animals"), npz, path, m, err) &&
              read_gains(npz, path, m, err) && covariance_unpack(npz, path, m, err) &&
              gp_unpack(npz, path, m, err) && randomwalk_unpack(npz, path, m, err) &&
              checkpoint_unpack(npz, json_object_get(o, "optimizer"), path, m, err) &&
              snapshots_unpack(npz, path, m, &m->snapshots, err);
    if (ok && o) {
        const json_t *textbook = json_object_get(o, "textbook_loss");
        read_errors(json_object_get(o, "standard_errors"), m);
        const json_t *distilled = json_object_get(o, "distilled");
        m->distilled = json_is_number(distilled) ? json_number_value(distilled) : NAN;
        m->textbook = json_is_number(textbook) ? json_number_value(textbook) : 0;
        m->cohort_digest = number_digest(text_of(o, "cohort_digest"));
        m->column_digest = number_digest(text_of(o, "column_digest"));
        m->cohort_name = mem_text(text_of(o, "cohort"));
        if (json_object_get(o, "cohort_filters"))
            m->cohort_chain = mem_text(text_of(o, "cohort_filters"));
        snprintf(m->engine, sizeof m->engine, "%s", text_of(o, "engine"));
    }
    json_decref(o);
    return ok;
}

/* One that is no ensemble. */
static bool read_single(const struct npz *npz, const char *path, const char *name,
                        struct model **out, struct err *err)
{
    struct model *m = mem_new(1, sizeof *m);
    m->name = mem_text(name);
    m->references = 1;
    if (read_model(npz, path, m, err))
        *out = m;
    else
        model_drop(m);
    return *out;
}

/* The JSON of an ensemble's file; NULL: it is of another. */
static json_t *ensemble_json(const struct npz *npz)
{
    const struct npz_array *text = npz_find(npz, "deltaw_json");
    json_t *o = text && text->text ? json_loads(text->text, 0, NULL) : NULL;
    if (json_object_get(o, "members"))
        return o;
    json_decref(o);
    return NULL;
}

bool model_unpack(const struct npz *npz, const char *path, const char *name, struct model **out,
                  struct err *err)
{
    json_t *members = ensemble_json(npz);
    *out = NULL;
    bool ok = members ? read_members(npz, members, path, name, out, err)
                      : read_single(npz, path, name, out, err);
    json_decref(members);
    return ok;
}

bool model_open(const char *path, const char *name, struct model **out, struct err *err)
{
    struct npz npz = {0};
    struct model *m;
    if (!npz_read(path, &npz, err))
        return false;
    bool ok = model_unpack(&npz, path, name, &m, err);
    npz_free(&npz);
    if (ok)
        *out = m;
    return ok;
}
