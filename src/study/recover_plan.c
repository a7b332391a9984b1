/* What `recover` is to do: the cases of the published settings, those of a confusion. */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/study/recover.h"
#include "cv_inside.h"
#include "recover_inside.h"

#ifndef PACKAGE_VERSION
#define PACKAGE_VERSION "unknown"
#endif

/* Of cohorts with quick=yes, at most, and of their networks. */
enum { QUICK_ANIMALS = 24, QUICK_TRIALS = 200 };
static const char quick_network[] = " hidden=16 epochs=40";

struct row {
    const char *setting, *name, *agents, *fit, *network;
    double wrong;
    bool move;
    enum recover_error error;
    double published;
    bool relative;
};

static const struct row rows[] = {
#define CASE(in, called, who, told, trained, ...) \
    {.setting = in, .name = called, .agents = who, .fit = told, .network = trained, __VA_ARGS__},
#include "recover.def"
};
enum { ROWS = sizeof rows / sizeof *rows };

static const char *const confused[] = {
#define AGENTS(words) words,
#include "recover.def"
};
enum { N_AGENTS = sizeof confused / sizeof *confused };

const char *recover_setting(size_t i)
{
    for (size_t row = 0; row < ROWS; row++)
        if ((row == 0 || strcmp(rows[row].setting, rows[row - 1].setting) != 0) && i-- == 0)
            return rows[row].setting;
    return NULL;
}

static struct recover_case *add_case(struct recover_plan *plan)
{
    plan->cases = mem_resize(plan->cases, plan->n_cases + 1, sizeof *plan->cases);
    struct recover_case *c = &plan->cases[plan->n_cases++];
    *c = (struct recover_case){0};
    return c;
}

/* The last word of that name, as a number; 0: none. */
static long number_in(const char *words, const char *name)
{
    const char *at = words, *found = NULL;
    while ((at = strstr(at, name)))
        found = at += strlen(name);
    return found ? strtol(found, NULL, 10) : 0;
}

static char *quick_agents(const char *agents)
{
    long animals = number_in(agents, " animals="), trials = number_in(agents, " trials=");
    return mem_printf("%s animals=%ld trials=%ld", agents,
                      animals < QUICK_ANIMALS ? animals : (long)QUICK_ANIMALS,
                      trials < QUICK_TRIALS ? trials : (long)QUICK_TRIALS);
}

static void add_row(struct recover_plan *plan, const struct row *row, bool quick)
{
    struct recover_case *c = add_case(plan);
    *c = (struct recover_case){.wrong = row->wrong,
                               .move = row->move,
                               .error = row->error,
                               .published = quick ? 0 : row->published, /* of other cohorts */
                               .relative = row->relative};
    c->setting = mem_text(row->setting);
    c->name = mem_text(row->name);
    c->agents = quick ? quick_agents(row->agents) : mem_text(row->agents);
    c->fit = mem_text(row->fit);
    c->network = mem_printf("%s%s", row->network, quick ? quick_network : "");
}

bool recover_add_setting(struct recover_plan *plan, const char *setting, bool quick)
{
    size_t before = plan->n_cases;
    for (size_t i = 0; i < ROWS; i++)
        if (strcmp(setting, "all") == 0 || strcmp(setting, rows[i].setting) == 0)
            add_row(plan, &rows[i], quick);
    return plan->n_cases > before;
}

void recover_add_agents(struct recover_plan *plan, size_t i, size_t animals, size_t trials)
{
    struct recover_case *c = add_case(plan);
    *c = (struct recover_case){.error = RECOVER_NEITHER, .animals = animals, .trials = trials};
    c->setting = mem_text("confusion");
    c->name = mem_printf("%s, %zu x %zu", confused[i], animals, trials);
    c->agents = mem_printf("%s animals=%zu trials=%zu", confused[i], animals, trials);
    c->fit = mem_text("w0=truth");
    c->network = mem_text("optimizer=fast");
}

char *recover_agent(size_t i)
{
    return i < N_AGENTS ? mem_text_n(confused[i], strcspn(confused[i], " ")) : NULL;
}

static void case_free(struct recover_case *c)
{
    free(c->setting), free(c->name), free(c->agents), free(c->fit), free(c->network);
}

void recover_plan_free(struct recover_plan *plan)
{
    for (size_t i = 0; i < plan->n_cases; i++)
        case_free(&plan->cases[i]);
    for (size_t i = 0; i < plan->n_rules; i++) {
        free(plan->rules[i].words);
        fit_settings_free(&plan->rules[i].settings);
    }
    free(plan->cases), free(plan->rules), free(plan->seeds), free(plan->text);
    *plan = (struct recover_plan){0};
}

/* --- as JSON ------------------------------------------------------------------ */

static json_t *case_json(const struct recover_case *c)
{
    return json_pack("{ss ss ss ss ss sf sb si sf sb sI sI}", "setting", c->setting, "name",
                     c->name, "agents", c->agents, "fit", c->fit, "network", c->network, "wrong",
                     c->wrong, "move", (int)c->move, "error", (int)c->error, "published",
                     c->published, "relative", (int)c->relative, "animals", (json_int_t)c->animals,
                     "trials", (json_int_t)c->trials);
}

void recover_plan_write(struct recover_plan *plan)
{
    json_t *o = json_object(), *cases = json_array(), *rules = json_array();
    json_t *settings = json_array(), *seeds = json_array();
    for (size_t i = 0; i < plan->n_cases; i++)
        json_array_append_new(cases, case_json(&plan->cases[i]));
    for (size_t i = 0; i < plan->n_rules; i++) {
        json_array_append_new(rules, json_string(plan->rules[i].words));
        json_array_append_new(settings, cv_rule_settings(&plan->rules[i]));
    }
    for (size_t i = 0; i < plan->n_seeds; i++)
        json_array_append_new(seeds, json_integer((json_int_t)plan->seeds[i]));
    json_object_set_new(o, "recover", json_string(plan->confusion ? "confusion" : "settings"));
    json_object_set_new(o, "cases", cases);
    json_object_set_new(o, "rules", rules);
    json_object_set_new(o, "seeds", seeds);
    json_object_set_new(o, "settings", settings);
    json_object_set_new(o, "program", json_string("deltaw " PACKAGE_VERSION));
    free(plan->text);
    plan->text = json_dumps(o, JSON_COMPACT | JSON_REAL_PRECISION(17));
    json_decref(o);
}

static bool read_case(json_t *o, struct recover_case *c)
{
    const char *setting, *name, *agents, *fit, *network;
    int error, relative, move;
    json_int_t animals, trials;
    if (json_unpack(o, "{ss ss ss ss ss sF sb si sF sb sI sI}", "setting", &setting, "name", &name,
                    "agents", &agents, "fit", &fit, "network", &network, "wrong", &c->wrong, "move",
                    &move, "error", &error, "published", &c->published, "relative", &relative,
                    "animals", &animals, "trials", &trials) != 0)
        return false;
    c->setting = mem_text(setting), c->name = mem_text(name), c->agents = mem_text(agents);
    c->fit = mem_text(fit), c->network = mem_text(network);
    c->relative = relative, c->move = move;
    c->animals = (size_t)animals, c->trials = (size_t)trials;
    c->error = (enum recover_error)error;
    return error >= 0 && error <= RECOVER_NEITHER && animals >= 0 && trials >= 0;
}

bool recover_plan_read(const json_t *line, struct recover_plan *plan)
{
    const json_t *o = json_object_get(line, "plan"), *cases = json_object_get(o, "cases");
    const char *kind = json_string_value(json_object_get(o, "recover"));
    bool good = kind && json_array_size(cases) > 0;
    *plan = (struct recover_plan){.confusion = kind && strcmp(kind, "confusion") == 0};
    for (size_t i = 0; good && i < json_array_size(cases); i++)
        good = read_case(json_array_get(cases, i), add_case(plan));
    plan->text = json_dumps(o, JSON_COMPACT | JSON_REAL_PRECISION(17));
    return good && cv_rules_read(json_object_get(o, "rules"), &plan->n_rules, &plan->rules) &&
           cv_seeds_read(json_object_get(o, "seeds"), &plan->n_seeds, &plan->seeds);
}

/* --- what has been done of it ---------------------------------------------------- */

struct recover *recover_new(struct recover_plan *plan)
{
    struct recover *r = mem_new(1, sizeof *r);
    r->study.kind = &recover_kind;
    r->plan = *plan;
    *plan = (struct recover_plan){0};
    r->study.n_runs = r->plan.n_cases * r->plan.n_rules * r->plan.n_seeds;
    r->results = mem_new(r->study.n_runs, sizeof *r->results);
    return r;
}

void recover_result_clear(struct recover_result *result)
{
    free(result->failed), free(result->fit);
    *result = (struct recover_result){0};
}

void recover_free(struct recover *r)
{
    if (!r)
        return;
    for (size_t i = 0; i < r->study.n_runs; i++)
        recover_result_clear(&r->results[i]);
    free(r->results);
    recover_plan_free(&r->plan);
    free(r);
}

struct recover_at recover_at(const struct recover_plan *plan, size_t run)
{
    size_t cases = run / plan->n_rules;
    return (struct recover_at){run % plan->n_rules, cases % plan->n_cases, cases / plan->n_cases};
}

size_t recover_index(const struct recover_plan *plan, const struct recover_at *at)
{
    return (at->seed * plan->n_cases + at->which) * plan->n_rules + at->rule;
}

void recover_put(struct recover *r, size_t run, struct recover_result *result)
{
    r->study.n_done += !r->results[run].done;
    recover_result_clear(&r->results[run]);
    r->results[run] = *result;
    r->results[run].done = true;
    *result = (struct recover_result){0};
}
