/* Which fits the arguments of a command mean. */
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "state.h"

/* Those picked, each once. */
struct picked {
    struct fit **fits; /* [n_fits of the session] */
    size_t n;
};

static void pick(struct picked *picked, struct fit *fit)
{
    for (size_t i = 0; i < picked->n; i++)
        if (picked->fits[i] == fit)
            return;
    picked->fits[picked->n++] = fit;
}

/* By name; of a group those that are wanted. */
static bool pick_named(struct session *session, const struct args *args,
                       bool (*wanted)(const struct session *, struct fit *), struct picked *picked,
                       struct err *err)
{
    for (size_t i = 0; i < args->n; i++) {
        const struct arg *arg = &args->items[i];
        const struct job_group *group = session_group(session, arg->value);
        struct fit *fit = group ? NULL : session_need_fit(session, arg->value, arg->column, err);
        if (!group && !fit)
            return false;
        if (fit)
            pick(picked, fit);
        for (size_t k = 0; group && k < session->n_fits; k++)
            if (fit_group(session->fits[k].fit) == group && wanted(session, session->fits[k].fit))
                pick(picked, session->fits[k].fit);
    }
    return true;
}

/* "dnn1, dnn2", the first few. */
static char *picked_names(const struct picked *picked)
{
    enum { FEW = 8 };
    struct strbuf names = {0};
    for (size_t i = 0; i < picked->n && i < FEW; i++)
        strbuf_printf(&names, "%s%s", i ? ", " : "", fit_name(picked->fits[i]));
    if (picked->n > FEW)
        strbuf_printf(&names, " and %zu more", picked->n - FEW);
    char *text = mem_text(strbuf_text(&names));
    strbuf_free(&names);
    return text;
}

/* Without a name: the one in use where it is wanted, else the only one that is. */
static bool pick_one(struct session *session, const char *verb, const char *kind,
                     struct picked *picked, bool (*wanted)(const struct session *, struct fit *),
                     struct err *err)
{
    struct fit *current = session->current ? session_fit(session, session->current) : NULL;
    if (picked->n <= 1)
        return true;
    if (current && wanted(session, current)) {
        picked->fits[0] = current, picked->n = 1;
        return true;
    }
    char *names = picked_names(picked);
    err_set(err, ERR_USAGE, "%s: which one? %s are %s; or `%s all`", verb, names, kind, verb);
    free(names);
    return false;
}

bool session_pick_fits(struct session *session, const struct args *args, const char *verb,
                       bool (*wanted)(const struct session *, struct fit *), const char *kind,
                       struct fit ***out, size_t *n, struct err *err)
{
    struct picked picked = {mem_new(session->n_fits + 1, sizeof *picked.fits), 0};
    bool all = args->n == 1 && strcmp(args->items[0].value, "all") == 0, good;
    if (args->n > 0 && !all) {
        good = pick_named(session, args, wanted, &picked, err);
    } else {
        for (size_t i = 0; i < session->n_fits; i++)
            if (wanted(session, session->fits[i].fit))
                pick(&picked, session->fits[i].fit);
        good = all || pick_one(session, verb, kind, &picked, wanted, err);
    }
    if (good && picked.n == 0)
        good = err_set(err, ERR_FAILED, "%s: no fit is %s", verb, kind);
    *out = picked.fits;
    *n = picked.n;
    if (!good)
        free(picked.fits);
    return good;
}
