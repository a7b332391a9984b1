#include "restoring.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/outfile.h"
#include "deltaw/data/npz.h"
#include "deltaw/learn/snapshots.h"
#include "deltaw/study/simulate.h"
#include "agents.h"
#include "loading.h"
#include "wrong_file.h"
#include "sessionfile.h"

/* All of it is the job's until that is over. */
struct restoring {
    char *path, *data; /* data NULL: as it was */
    bool changed;
    json_t *o;
    struct npz npz;
    size_t n_models, n_steps;
    struct model **models;
    struct cohort *cohort; /* without filters; NULL: none */
    bool simulated;
    struct args made, layout;
    struct cohort_step *steps; /* [n_steps] */
    struct cohort **filtered;  /* [n_steps]; NULL: not near enough to be kept */
    struct args views[VIEWS];
    const struct view_ops *ops[VIEWS]; /* NULL after the last */
    bool placed;                       /* there is a layout */
    struct strbuf told;                /* how the trials differ from those of the session */
};

static void release(void *data)
{
    struct restoring *r = data;
    for (size_t i = 0; i < r->n_models; i++)
        model_drop(r->models[i]);
    for (size_t i = 0; i < r->n_steps; i++) {
        free(r->steps[i].condition);
        cohort_drop(r->filtered[i]);
    }
    for (size_t i = 0; i < VIEWS; i++)
        args_free(&r->views[i]);
    free(r->models), free(r->steps), free(r->filtered);
    cohort_drop(r->cohort);
    args_free(&r->made);
    args_free(&r->layout);
    npz_free(&r->npz);
    json_decref(r->o);
    strbuf_free(&r->told);
    free(r->path), free(r->data);
    free(r);
}

static bool damaged(const struct restoring *r, const char *what, const struct err *why,
                    struct err *err)
{
    return err_set(err, ERR_DATA, "%s: damaged: %s%s%s", r->path, what, why ? ": " : "",
                   why ? why->message : "");
}

/* Words that a table of options has to agree with. */
static bool read_args(const struct restoring *r, const json_t *o, const struct option_row *table,
                      size_t words, const char *what, struct args *out, struct err *err)
{
    struct err why = {0};
    if (!sessionfile_read_args(o, out))
        return damaged(r, what, NULL, err);
    return args_check(out, table, words, what, &why) || damaged(r, "its words", &why, err);
}

/* --- models ------------------------------------------------------------------------ */

static bool read_model(struct restoring *r, size_t i, struct err *err)
{
    const json_t *names = json_object_get(r->o, "models");
    const char *name = json_string_value(json_array_get(names, i));
    char prefix[32];
    bool good = name && session_good_name(name);
    for (size_t k = 0; good && k < i; k++)
        good = strcmp(r->models[k]->name, name) != 0;
    if (!good)
        return damaged(r, "a model's name", NULL, err);
    snprintf(prefix, sizeof prefix, "model%zu.", i + 1);
    struct npz own = npz_part(&r->npz, prefix);
    char *place = mem_printf("%s: %s", r->path, name);
    good = own.n ? model_unpack(&own, place, name, &r->models[i], err)
                 : damaged(r, "a model is missing", NULL, err);
    free(place), free(own.arrays);
    r->n_models += good;
    return good;
}

static bool read_models(struct restoring *r, struct err *err)
{
    size_t n = json_array_size(json_object_get(r->o, "models"));
    bool good = n <= SESSIONFILE_MODELS || damaged(r, "it claims too many models", NULL, err);
    r->models = mem_new(good ? n : 0, sizeof(struct model *));
    for (size_t i = 0; good && i < n; i++)
        good =
            job_unwanted() ? err_set(err, ERR_INTERRUPTED, "interrupted") : read_model(r, i, err);
    return good;
}

/* --- trials -------------------------------------------------------------------------- */

/* The words of the load, with files where they are now. */
static bool place_files(struct restoring *r, struct err *err)
{
    for (size_t i = r->data ? r->made.n : 0; i-- > 0;)
        if (!r->made.items[i].name) {
            free(r->made.items[i].value);
            memmove(r->made.items + i, r->made.items + i + 1,
                    (--r->made.n - i) * sizeof *r->made.items);
        }
    if (r->data)
        args_set(&r->made, NULL, r->data, 0);
    for (size_t i = 0; i < args_positional(&r->made); i++) {
        const char *path = args_at(&r->made, i);
        if (access(path, F_OK) != 0 && strcmp(path, "sample") != 0)
            return err_set(err, ERR_DATA,
                           "%s: its trials were in %s: %s; `session restore FILE data=PATH` says "
                           "where they are now, data=none does without",
                           r->path, path, strerror(errno));
    }
    return args_positional(&r->made) > 0 || damaged(r, "it names no file", NULL, err);
}

static bool load_again(struct restoring *r, const json_t *data, struct task *task, struct err *err)
{
    if (!read_args(r, data, loading_table, 10000, "load", &r->made, err) || !place_files(r, err))
        return false;
    struct load *load = loading_new(NULL, &r->made, err);
    if (!load)
        return false;
    load->options.cancel = &task->job.stop;
    load->options.permille = &task->job.permille;
    bool good = cohort_load(&load->options, &r->cohort, err);
    loading_release(load);
    return good;
}

static bool simulate_again(struct restoring *r, const json_t *data, struct task *task,
                           struct err *err)
{
    r->simulated = true;
    if (!read_args(r, data, simulate_options, 1, "simulate", &r->made, err))
        return false;
    const char *maker = args_at(&r->made, 0);
    const struct rule *rule = maker ? rule_find(maker) : NULL;
    const struct model *model = NULL;
    for (size_t i = 0; maker && i < r->n_models; i++)
        if (strcmp(r->models[i]->name, maker) == 0)
            model = r->models[i];
    if (!model && (!rule || !rule_is_textbook(rule)))
        return damaged(r, "it names no rule of agents", NULL, err);
    char *command = agents_command(&r->made);
    bool good = model ? simulate_model(model, &r->made, command, &task->job.stop,
                                       &task->job.permille, &r->cohort, err)
                      : simulate_run(maker, &r->made, command, &task->job.stop, &task->job.permille,
                                     &r->cohort, err);
    free(command);
    return good;
}

/* Are they what they were? */
static bool compare(struct restoring *r, const json_t *data, struct err *err)
{
    const char *digest = json_string_value(json_object_get(data, "digest"));
    char now[32], before[NUMBER_SIZE], after[NUMBER_SIZE];
    snprintf(now, sizeof now, "%016llx", (unsigned long long)r->cohort->digest);
    if (digest && strcmp(digest, now) == 0)
        return true;
    const json_t *trials = json_object_get(data, "trials");
    number_grouped(before, json_integer_value(trials));
    number_grouped(after, (long long)r->cohort->n_trials);
    if (!r->changed)
        return err_set(err, ERR_DATA,
                       "%s: %s is not what it was (%s trials then, %s now): `session restore FILE "
                       "changed=load` takes it as it is",
                       r->path, r->cohort->name, before, after);
    strbuf_printf(&r->told, "%s is not what it was: %s trials then, %s now", r->cohort->name,
                  before, after);
    return true;
}

static bool read_step(const struct restoring *r, const json_t *o, struct cohort_step *out,
                      struct err *err)
{
    const char *keep = json_string_value(json_object_get(o, "keep"));
    const char *drop = json_string_value(json_object_get(o, "drop"));
    const json_t *range = json_object_get(o, "trials");
    json_int_t first = json_integer_value(json_array_get(range, 0));
    json_int_t last = json_integer_value(json_array_get(range, 1));
    if (!keep && !drop && (first < 1 || last < 0))
        return damaged(r, "a filter", NULL, err);
    *out = (struct cohort_step){.condition = keep   ? mem_text(keep)
                                             : drop ? mem_text(drop)
                                                    : NULL,
                                .keep = keep,
                                .first = (size_t)first,
                                .last = (size_t)last};
    return true;
}

static bool filter_again(struct restoring *r, struct err *err)
{
    const json_t *filters = json_object_get(r->o, "filters");
    size_t n = json_array_size(filters);
    if (n > SESSIONFILE_FILTERS)
        return damaged(r, "it claims too many filters", NULL, err);
    r->steps = mem_new(n, sizeof *r->steps);
    r->filtered = mem_new(n, sizeof *r->filtered);
    for (size_t i = 0; i < n; i++) {
        if (job_unwanted())
            return err_set(err, ERR_INTERRUPTED, "interrupted");
        if (!read_step(r, json_array_get(filters, i), &r->steps[i], err))
            return false;
        r->n_steps++;
        struct err why = {0};
        if (!cohort_take_step(i ? r->filtered[i - 1] : r->cohort, &r->steps[i], &r->filtered[i],
                              &why))
            return err_set(err, why.code, "%s: filter %zu: %s", r->path, i + 1, why.message);
        if (i > 0 && i + COHORTS_NEAR < n) {
            cohort_drop(r->filtered[i - 1]);
            r->filtered[i - 1] = NULL;
        }
    }
    return true;
}

static bool read_data(struct restoring *r, struct task *task, struct err *err)
{
    const json_t *data = json_object_get(r->o, "data");
    const char *verb = json_string_value(json_object_get(data, "verb"));
    if (!data || (r->data && strcmp(r->data, "none") == 0))
        return true;
    bool simulate = verb && strcmp(verb, "simulate") == 0;
    if (!simulate && !(verb && strcmp(verb, "load") == 0))
        return damaged(r, "how the trials came", NULL, err);
    return (simulate && !r->data ? simulate_again(r, data, task, err)
                                 : load_again(r, data, task, err)) &&
           compare(r, data, err) && filter_again(r, err);
}

/* --- views and layout ------------------------------------------------------------------ */

static bool read_view(struct restoring *r, const json_t *o, size_t i, struct err *err)
{
    const char *name = json_string_value(json_object_get(o, "view"));
    const struct view_ops *ops = name ? view_find(name) : NULL;
    struct err why = {0};
    if (!ops)
        return damaged(r, "a view of no kind", NULL, err);
    if (!read_args(r, o, ops->options, ops->positional, name, &r->views[i], err))
        return false;
    struct view *trial = view_open(ops, &r->views[i], &why);
    view_close(trial);
    r->ops[i] = ops;
    return trial || damaged(r, "a view", &why, err);
}

static bool read_look(struct restoring *r, struct err *err)
{
    const json_t *views = json_object_get(r->o, "views"), *layout = json_object_get(r->o, "layout");
    const char *zoomed = json_string_value(json_object_get(r->o, "zoomed"));
    struct err why = {0};
    size_t n = json_array_size(views);
    if (n >= VIEWS)
        return damaged(r, "it claims too many views", NULL, err);
    for (size_t i = 0; i < n; i++)
        if (!read_view(r, json_array_get(views, i), i, err))
            return false;
    if (zoomed && !view_find(zoomed))
        return damaged(r, "a view of no kind", NULL, err);
    r->placed = layout;
    return !layout || (read_args(r, layout, command_layout.options, 1, "layout", &r->layout, err) &&
                       (layout_check(&r->layout, &why) || damaged(r, "the layout", &why, err)));
}

/* --- all of it -------------------------------------------------------------------------- */

static bool work(void *data, struct task *task, struct err *err)
{
    struct restoring *r = data;
    if (!npz_read(r->path, &r->npz, err))
        return wrong_file_log(r->path, &task->job.stop, err);
    const struct npz_array *text = npz_find(&r->npz, SESSIONFILE_FIRST);
    if (!text && npz_find(&r->npz, "deltaw_json"))
        return err_set(err, ERR_DATA, "%s: that is a model: `open %s` reads it", r->path, r->path);
    if (!text || !text->text)
        return err_set(err, ERR_DATA, "%s: this is no session, as `session save` writes it",
                       r->path);
    r->o = json_loads(text->text, 0, NULL);
    if (!json_is_object(r->o))
        return damaged(r, SESSIONFILE_FIRST " is no JSON", NULL, err);
    if (json_integer_value(json_object_get(r->o, "format")) != 1)
        return err_set(err, ERR_DATA, "%s: it is of another version of deltaw", r->path);
    return read_models(r, err) && read_look(r, err) && read_data(r, task, err);
}

/* Nothing was changed yet, and nothing fails after this. */
static bool has_room(struct session *session, const struct restoring *r, struct err *err)
{
    for (size_t i = 0; i < r->n_models; i++)
        if (session_fit(session, r->models[i]->name) || session_group(session, r->models[i]->name))
            return err_set(err, ERR_FAILED,
                           "session restore: a model '%s' is there already; `forget %s` first",
                           r->models[i]->name, r->models[i]->name);
    return true;
}

static void take_settings(struct session *session, const struct restoring *r)
{
    static const char *const names[] = {"support", "seed"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *value =
            json_string_value(json_object_get(json_object_get(r->o, "settings"), names[i]));
        struct args args = {0};
        if (!value)
            continue;
        args_set(&args, names[i], value, 0);
        if (args_check(&args, setting_options, 0, "set", NULL))
            session_set(session, names[i], value, NULL);
        args_free(&args);
    }
}

static void take_look(struct session *session, struct restoring *r)
{
    const struct session_host *host = &session->setup.host;
    const char *zoomed = json_string_value(json_object_get(r->o, "zoomed"));
    for (size_t i = 0; i < VIEWS && r->ops[i]; i++) {
        struct view *view = session_view(session, r->ops[i]->name, NULL);
        if (view)
            view_restore(view, &r->views[i]);
    }
    if (!host->screen || !r->placed)
        return;
    host->screen(host->data, "layout", &r->layout, NULL);
    if (!zoomed)
        return;
    struct args args = {0};
    args_set(&args, NULL, zoomed, 0);
    host->screen(host->data, "zoom", &args, NULL);
    args_free(&args);
}

static void take_data(struct session *session, struct restoring *r)
{
    if (!r->cohort)
        return;
    session_push_made(session, r->cohort, r->simulated, &r->made);
    r->cohort = NULL;
    for (size_t i = 0; i < r->n_steps; i++) {
        session_push_cohort(session, r->filtered[i], &r->steps[i]);
        r->filtered[i] = NULL;
    }
}

static bool finish(struct session *session, void *data, struct output *out, struct err *err)
{
    struct restoring *r = data;
    const char *current = json_string_value(json_object_get(r->o, "current"));
    if (!has_room(session, r, err))
        return false;
    take_data(session, r);
    for (size_t i = 0; i < r->n_models; i++) {
        session_add_fit(session, fit_opened(r->models[i]));
        r->models[i] = NULL;
    }
    struct fit *fit = current ? session_fit(session, current) : NULL;
    if (fit)
        session_use(session, fit);
    take_settings(session, r);
    take_look(session, r);
    if (r->told.len)
        output_note(out, "%s", strbuf_text(&r->told));
    restoring_tell(session, r->path, out);
    return true;
}

bool restoring_start(struct session *session, const char *path, const char *data, bool changed,
                     struct err *err)
{
    struct restoring *r = mem_new(1, sizeof *r);
    r->path = path_expand(path);
    r->data = !data ? NULL : strcmp(data, "none") == 0 ? mem_text(data) : path_expand(data);
    r->changed = changed;
    return task_start(session, mem_printf("restoring %s", path), r, work, finish, release, err);
}
