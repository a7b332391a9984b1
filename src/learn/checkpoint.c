#include "checkpoint.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"

static struct checkpoint *checkpoint_new(size_t n, size_t n_starts)
{
    struct checkpoint *c = mem_new(1, sizeof *c);
    c->n = n;
    c->n_starts = n_starts;
    c->theta = mem_new(n, sizeof *c->theta);
    c->m = mem_new(n, sizeof *c->m);
    c->v = mem_new(n, sizeof *c->v);
    c->starts = n_starts ? mem_new(n_starts, sizeof *c->starts) : NULL;
    return c;
}

struct checkpoint *checkpoint_copy(const struct checkpoint *of)
{
    if (!of)
        return NULL;
    struct checkpoint *c = mem_copy(of, 1, sizeof *of);
    c->theta = mem_copy(of->theta, of->n, sizeof *of->theta);
    c->m = mem_copy(of->m, of->n, sizeof *of->m);
    c->v = mem_copy(of->v, of->n, sizeof *of->v);
    c->starts = of->starts ? mem_copy(of->starts, of->n_starts, sizeof *of->starts) : NULL;
    return c;
}

void checkpoint_free(struct checkpoint *c)
{
    if (!c)
        return;
    free(c->theta), free(c->m), free(c->v), free(c->starts);
    free(c);
}

void checkpoint_take(struct checkpoint **at, int epoch, const double *theta,
                     const struct adam *adam, size_t n_starts)
{
    struct checkpoint *c = *at ? *at : checkpoint_new(adam->n, n_starts);
    *at = c;
    c->epoch = epoch;
    c->adam_step = adam->step;
    memcpy(c->theta, theta, c->n * sizeof *theta);
    memcpy(c->m, adam->m, c->n * sizeof *c->m);
    memcpy(c->v, adam->v, c->n * sizeof *c->v);
}

void checkpoint_give(const struct checkpoint *c, struct adam *adam)
{
    adam->step = c->adam_step;
    memcpy(adam->m, c->m, c->n * sizeof *c->m);
    memcpy(adam->v, c->v, c->n * sizeof *c->v);
}

/* --- in files ---------------------------------------------------------------- */

void checkpoint_pack(const struct model *m, struct npz *npz)
{
    const struct checkpoint *c = m->checkpoint;
    if (!c)
        return;
    npz_add(npz, "optimizer_theta", NPZ_FLOAT64, 1, &c->n, c->theta);
    npz_add(npz, "optimizer_m", NPZ_FLOAT64, 1, &c->n, c->m);
    npz_add(npz, "optimizer_v", NPZ_FLOAT64, 1, &c->n, c->v);
    if (c->starts)
        npz_add(npz, "optimizer_starts", NPZ_FLOAT64, 1, &c->n_starts, c->starts);
}

json_t *checkpoint_json(const struct checkpoint *c)
{
    json_t *o = json_object();
    json_object_set_new(o, "epoch", json_integer(c->epoch));
    json_object_set_new(o, "adam_step", json_integer(c->adam_step));
    if (c->starts) {
        json_object_set_new(o, "step", json_integer(c->step));
        json_object_set_new(o, "rate", json_real(c->rate));
        json_object_set_new(o, "failures", json_integer(c->failures));
    }
    return o;
}

/* size 0: any.  NULL: it is none, and err says so. */
static const struct npz_array *finite_array(const struct npz *npz, const char *name, size_t size,
                                            const char *path, struct err *err)
{
    const struct npz_array *a = npz_find(npz, name);
    if (!a || !a->values || a->n_dimensions != 1 || (size && a->size != size)) {
        err_set(err, ERR_DATA, "%s: %s is missing or not as long as optimizer_theta", path, name);
        return NULL;
    }
    for (size_t i = 0; i < a->size; i++)
        if (!isfinite(a->values[i])) {
            err_set(err, ERR_DATA, "%s: %s holds a value that is not a finite number (entry %zu)",
                    path, name, i);
            return NULL;
        }
    return a;
}

/* Parameters of the file are these, rounded. */
static bool belongs(const struct model *m, const struct npz_array *theta)
{
    if (theta->size < m->tensors.size)
        return false;
    for (size_t i = 0; i < m->tensors.size; i++)
        if ((float)theta->values[i] != (float)m->theta[i])
            return false;
    return true;
}

static struct checkpoint *read_arrays(const struct npz *npz, const char *path,
                                      const struct npz_array *theta, struct err *err)
{
    bool fast = npz_find(npz, "optimizer_starts");
    const struct npz_array *m = finite_array(npz, "optimizer_m", theta->size, path, err);
    const struct npz_array *v = m ? finite_array(npz, "optimizer_v", theta->size, path, err) : NULL;
    const struct npz_array *starts =
        v && fast ? finite_array(npz, "optimizer_starts", 0, path, err) : NULL;
    if (!v || (fast && !starts))
        return NULL;
    for (size_t i = 0; i < v->size; i++)
        if (v->values[i] < 0) {
            err_set(err, ERR_DATA, "%s: optimizer_v holds a negative mean square (entry %zu)", path,
                    i);
            return NULL;
        }
    struct checkpoint *c = checkpoint_new(theta->size, fast ? starts->size : 0);
    memcpy(c->theta, theta->values, c->n * sizeof *c->theta);
    memcpy(c->m, m->values, c->n * sizeof *c->m);
    memcpy(c->v, v->values, c->n * sizeof *c->v);
    if (fast)
        memcpy(c->starts, starts->values, c->n_starts * sizeof *c->starts);
    return c;
}

bool checkpoint_unpack(const struct npz *npz, const json_t *o, const char *path, struct model *m,
                       struct err *err)
{
    if (!m->rule->network || !o || !npz_find(npz, "optimizer_theta"))
        return true;
    const struct npz_array *theta = finite_array(npz, "optimizer_theta", 0, path, err);
    if (!theta)
        return false;
    if (!belongs(m, theta))
        return true;
    struct checkpoint *c = read_arrays(npz, path, theta, err);
    if (!c)
        return false;
    c->epoch = (int)json_integer_value(json_object_get(o, "epoch"));
    c->adam_step = (long)json_integer_value(json_object_get(o, "adam_step"));
    c->step = (long)json_integer_value(json_object_get(o, "step"));
    c->rate = json_number_value(json_object_get(o, "rate"));
    c->failures = (int)json_integer_value(json_object_get(o, "failures"));
    m->checkpoint = c;
    const struct epoch_loss *last = m->n_history ? &m->history[m->n_history - 1] : NULL;
    if (c->epoch < 0 || c->adam_step < 0 || c->step < 0 || c->failures < 0 || !last ||
        last->epoch != c->epoch)
        return err_set(err, ERR_DATA,
                       "%s: the optimizer's state is of epoch %d, the history ends at %d", path,
                       c->epoch, last ? last->epoch : 0);
    return true;
}
