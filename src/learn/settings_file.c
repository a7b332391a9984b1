#include "deltaw/learn/settings_file.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "deltaw/base/number.h"

/* --- writing --------------------------------------------------------------- */

static json_t *values(size_t n, const double *value)
{
    json_t *array = json_array();
    for (size_t i = 0; i < n; i++)
        json_array_append_new(array, json_real(value[i]));
    return array;
}

static json_t *value_of(const struct setting *row, const struct fit_settings *s)
{
    const void *at = (const char *)s + row->offset;
    const struct share *share = at;
    const struct held_at *held = row->held ? setting_held(row->tensor, s) : NULL;
    if (held)
        return values(held->n, held->value);
    switch (row->store) {
    case SETTING_COUNT: return json_integer((json_int_t) * (const size_t *)at);
    case SETTING_INT: return json_integer(*(const int *)at);
    case SETTING_REAL: return json_real(*(const double *)at);
    case SETTING_YES: return json_boolean(*(const bool *)at);
    case SETTING_SHARE:
        if (!share->fitted)
            return json_real(share->value);
        break;
    case SETTING_W0:
        if (s->w0.kind == W0_VALUE)
            return values(s->policy.n, s->w0.value);
        break;
    default: break; /* also seeds: JSON readers keep only 53 bits of a number */
    }
    struct strbuf text = {0};
    setting_text(row, s, &text);
    json_t *value = json_string(strbuf_text(&text));
    strbuf_free(&text);
    return value;
}

json_t *settings_write(const struct fit_settings *s)
{
    json_t *o = json_object();
    const struct setting *row;
    json_object_set_new(o, "rule", json_string(s->rule));
    for (size_t i = 0; (row = setting_at(i)); i++)
        if (!row->unsaved)
            json_object_set_new(o, row->option.name, value_of(row, s));
    return o;
}

/* --- reading --------------------------------------------------------------- */

static void put_value(const struct setting *row, const json_t *value, struct strbuf *out)
{
    char buf[NUMBER_SIZE];
    if (json_is_number(value))
        strbuf_puts(out, number_double(buf, json_number_value(value)));
    else if (json_is_boolean(value))
        strbuf_puts(out, row->store == SETTING_YES && json_is_true(value) ? "yes" : "no");
    else if (json_is_string(value))
        strbuf_puts(out, json_string_value(value));
    for (size_t i = 0; i < json_array_size(value); i++) {
        strbuf_puts(out, i ? "," : "");
        put_value(row, json_array_get(value, i), out);
    }
}

/* Is one of the keys, "a|b", there and true? */
static bool any_true(const json_t *o, const char *keys)
{
    for (size_t n; *keys; keys += n + (keys[n] == '|')) {
        char key[32];
        n = strcspn(keys, "|");
        snprintf(key, sizeof key, "%.*s", (int)n, keys);
        if (json_is_true(json_object_get(o, key)))
            return true;
    }
    return false;
}

/* What files of older versions have instead of the row's value. */
static const char *old_value(const struct setting *row, const json_t *o,
                             const struct fit_settings *s)
{
    if (!row->old_key || !any_true(o, row->old_key))
        return NULL;
    switch (row->store) {
    case SETTING_YES: return "yes";
    case SETTING_SHARE: return row->option.words;
    case SETTING_W0: return s->w0.kind == W0_PSYCHOMETRIC ? "psychometric-fixed" : NULL;
    default: return strchr(row->option.words, '|') + 1;
    }
}

static bool read_row(const struct setting *row, const json_t *o, struct fit_settings *s,
                     struct err *err)
{
    const json_t *value = json_object_get(o, row->option.name);
    if (row->store == SETTING_W0 && json_is_string(value) &&
        strcmp(json_string_value(value), "value") == 0)
        value = json_object_get(o, "w0_value");
    struct strbuf text = {0};
    put_value(row, value, &text);
    bool good = !value || setting_set(row, strbuf_text(&text), s, err);
    strbuf_free(&text);
    const char *old = good ? old_value(row, o, s) : NULL;
    return good && (!old || setting_set(row, old, s, err));
}

bool settings_read(const json_t *o, const char *path, struct fit_settings *s, struct err *err)
{
    const char *rule = json_string_value(json_object_get(o, "rule"));
    const struct setting *row;
    snprintf(s->rule, sizeof s->rule, "%s", rule ? rule : "");
    for (size_t i = 0; (row = setting_at(i)); i++)
        if (!row->unsaved && !read_row(row, o, s, err)) {
            err_prefix(err, "%s: deltaw_json", path);
            err->code = ERR_DATA;
            return false;
        }
    return true;
}
