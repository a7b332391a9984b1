#include "ensemble_file.h"

#include <jansson.h>
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/learn/ensemble.h"
#include "deltaw/learn/snapshots.h"

enum { PREFIX = 32 };

/* Without the state of its optimiser: nothing goes on from a member. */
static void pack_member(const struct model *member, size_t i, struct npz *npz)
{
    struct model plain;
    struct npz own = {0};
    memcpy(&plain, member, offsetof(struct model, references)); /* which other threads count */
    plain.checkpoint = NULL;
    model_pack(&plain, NULL, &own);
    char prefix[PREFIX];
    snprintf(prefix, sizeof prefix, "member%zu.", i + 1);
    npz_move(npz, prefix, &own);
}

void ensemble_pack(const struct model *model, struct npz *npz)
{
    const struct ensemble *e = model->ensemble;
    if (e && e->left_out)
        npz_add(npz, "ensemble.left_out", NPZ_FLOAT64, 0, NULL, (double[]){(double)e->left_out});
    for (size_t i = 0; e && i < e->n; i++)
        pack_member(e->member[i], i, npz);
}

/* Its arrays under their own names, which are not copied. */
static struct npz member_arrays(const struct npz *npz, size_t i)
{
    char prefix[PREFIX];
    snprintf(prefix, sizeof prefix, "member%zu.", i + 1);
    return npz_part(npz, prefix);
}

/* Its own name; the caller frees. */
static char *member_name(const struct npz *own, size_t i)
{
    for (size_t j = 0; j < own->n; j++) {
        const struct npz_array *a = &own->arrays[j];
        json_t *o =
            a->text && strcmp(a->name, "deltaw_json") == 0 ? json_loads(a->text, 0, NULL) : NULL;
        const char *name = json_string_value(json_object_get(o, "name"));
        char *copy = name && *name ? mem_text(name) : NULL;
        json_decref(o);
        if (copy)
            return copy;
    }
    return mem_printf("member%zu", i + 1);
}

static bool unpack_member(const struct npz *npz, size_t i, const char *path, struct model **out,
                          struct err *err)
{
    struct npz own = member_arrays(npz, i);
    char *name = member_name(&own, i), *place = mem_printf("%s: member %zu", path, i + 1);
    bool ok = own.n ? model_unpack(&own, place, name, out, err)
                    : err_set(err, ERR_DATA, "%s: is missing", place);
    free(name), free(place), free(own.arrays);
    return ok;
}

bool ensemble_unpack(const struct npz *npz, size_t n, const struct ensemble_of *of,
                     const char *path, const char *name, struct model **out, struct err *err)
{
    if (n < (of ? 1 : 2) || n > (of ? ENSEMBLE_ANIMALS : ENSEMBLE_MOST))
        return err_set(err, ERR_DATA, "%s: an ensemble of %zu members is out of range", path, n);
    struct model **members = mem_new(n, sizeof(struct model *));
    struct err why = {0};
    bool ok = true;
    for (size_t i = 0; ok && i < n; i++)
        ok = unpack_member(npz, i, path, &members[i], err);
    if (ok)
        *out = of ? ensemble_of_animals(name, n, members, of, &why)
                  : ensemble_new(name, n, members, &why);
    if (ok && !*out)
        ok = err_set(err, ERR_DATA, "%s: %s", path, why.message);
    const struct npz_array *left = npz_find(npz, "ensemble.left_out");
    if (ok && left && left->size == 1 && left->values)
        (*out)->ensemble->left_out = (size_t)fmin(fmax(*left->values, 0), ENSEMBLE_MOST);
    for (size_t i = 0; i < n; i++)
        model_drop(members[i]);
    free(members);
    return ok;
}
