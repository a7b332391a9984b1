#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/study/simulate.h"
#include "../agents.h"

struct simulation {
    struct args args;
    struct model *model; /* NULL: a rule */
    char *command;
    struct cohort *cohort;
};

static void simulate_release(void *data)
{
    struct simulation *sim = data;
    cohort_drop(sim->cohort);
    model_drop(sim->model);
    args_free(&sim->args);
    free(sim->command);
    free(sim);
}

static bool simulate_work(void *data, struct task *task, struct err *err)
{
    struct simulation *sim = data;
    if (sim->model)
        return simulate_model(sim->model, &sim->args, sim->command, &task->job.stop,
                              &task->job.permille, &sim->cohort, err);
    return simulate_run(args_at(&sim->args, 0), &sim->args, sim->command, &task->job.stop,
                        &task->job.permille, &sim->cohort, err);
}

/* What the cohort can be compared with. */
static const char *kept(const struct cohort *cohort)
{
    struct truth truth = {0};
    bool whole = truth_read(cohort, &truth, NULL);
    bool none = whole && truth.group[0].model->rule->no_weights;
    truth_free(&truth);
    return none ? "" : whole ? "; the truth is kept" : "; the weights are kept";
}

static bool simulate_finish(struct session *session, void *data, struct output *out,
                            struct err *err)
{
    (void)err;
    struct simulation *sim = data;
    struct strbuf text = {0};
    cohort_words(sim->cohort, &text);
    output_say(out, "%s of %s, seed %ld%s", strbuf_text(&text), args_at(&sim->args, 0),
               args_integer(&sim->args, simulate_options, "seed"), kept(sim->cohort));
    strbuf_free(&text);
    tell_cohort(sim->cohort, out);
    output_field_text(out, "rule", args_at(&sim->args, 0));
    output_field_number(out, "seed", (double)args_integer(&sim->args, simulate_options, "seed"));
    session_push_made(session, sim->cohort, true, &sim->args);
    sim->cohort = NULL;
    return true;
}

static const char *maker_at(void *context, size_t i)
{
    const struct session *session = context;
    size_t rules = 0;
    while (simulate_rule_at(rules))
        rules++;
    return i < rules                     ? simulate_rule_at(i)
           : i - rules < session->n_fits ? fit_name(session->fits[i - rules].fit)
                                         : NULL;
}

/* The word is a rule that agents can have, or a model's name. */
static bool pick_maker(struct session *session, struct simulation *sim, struct err *err)
{
    const char *word = args_at(&sim->args, 0);
    const struct rule *rule = rule_find(word);
    struct fit *fit = rule && rule_is_textbook(rule) ? NULL : session_fit(session, word);
    if (fit) {
        sim->model = session_need_model(session, word, 0, err);
        return sim->model;
    }
    if (rule && rule_is_textbook(rule))
        return true;
    int column = 0;
    for (size_t i = 0; i < sim->args.n; i++)
        if (sim->args.items[i].value == word)
            column = sim->args.items[i].column;
    const char *near = nearest_word(word, maker_at, session);
    struct strbuf all = {0};
    simulate_rules(&all);
    if (rule)
        err_at(err, ERR_USAGE, column,
               "simulate: %s has no true parameters; `fit %s`, then simulate the model by its name",
               word, word);
    else if (near)
        err_at(err, ERR_USAGE, column, "simulate: no rule or model '%s'; did you mean '%s'?", word,
               near);
    else
        err_at(err, ERR_USAGE, column, "simulate: no rule or model '%s'; the rules are %s", word,
               strbuf_text(&all));
    strbuf_free(&all);
    return false;
}

static bool takes(const char *word, const char *option)
{
    const struct rule *rule = rule_find(word);
    return !rule || simulate_takes(rule, option);
}

char *agents_command(const struct args *args)
{
    struct strbuf command = {0};
    strbuf_puts(&command, "simulate");
    args_words(args, &command);
    if (!args_given(args, "seed"))
        strbuf_printf(&command, " seed=%ld", args_integer(args, simulate_options, "seed"));
    return strbuf_take(&command);
}

static bool command_run(struct session *session, const struct args *args, struct output *out,
                        struct err *err)
{
    (void)out;
    struct simulation *sim = mem_new(1, sizeof *sim);
    sim->args = args_copy(args);
    if (!pick_maker(session, sim, err)) {
        simulate_release(sim);
        return false;
    }
    session_settings_seed(session, &sim->args);
    sim->command = agents_command(&sim->args); /* the cohort's record of its origin */
    return task_start(session, mem_text("simulating"), sim, simulate_work, simulate_finish,
                      simulate_release, err);
}

/* A fit says how it estimates a parameter, or its value; agents have values. */
static bool understood(const struct args *args, struct err *err)
{
    for (size_t i = 0; i < args->n; i++) {
        const struct arg *arg = &args->items[i];
        const struct setting *row = arg->name ? setting_of_tensor(arg->name) : NULL;
        if (row && row->held && option_has_word(&row->option, arg->value))
            return err_at(
                err, ERR_USAGE, arg->column + (int)strlen(arg->name) + 1,
                "simulate: %s=%s says how a fit finds it; agents need its value, as %s=%s",
                arg->name, arg->value, arg->name,
                option_find(simulate_options, arg->name)->fallback);
    }
    return true;
}

static const struct answer_row simulate_answer[] = {
    ANSWER_ALSO(tell_cohort_answer),
    {"rule", .type = ANSWER_TEXT, .meaning = "or model"},
    {"seed", .type = ANSWER_COUNT},
    {0},
};

const struct command command_simulate = {
    .name = "simulate",
    .group = GROUP_DATA,
    .arguments = "RULE|MODEL [name=value]...",
    .summary = "make a cohort that learns by a known rule or as a model",
    .detail = "The cohort becomes the open one and keeps its truth: the rule, and the weights "
              "before every trial in columns as true_w_stim, so that `map`, `slice` and `show` "
              "compare a fit with it.  A model's name makes agents that learn as the fit does, "
              "with its drift as their noise.  The same seed gives the same bits.",
    .examples = "simulate reinforce\n"
                "simulate reinforce animals=6 trials=500 alpha=2^-5 seed=7\n"
                "simulate reinforce stimuli=grid trials=500 alpha=2^-4\n"
                "simulate reinforce alpha=2^-5/2^-7 animals=4 trials=200\n"
                "simulate trace window=5 decision=lapse lapse=.1 trials=200\n"
                "simulate dnn1 animals=3 trials=100",
    .options = simulate_options,
    .positional_type = OPTION_MODEL,
    .positional_min = 1,
    .positional_max = 1,
    .first_at = simulate_rule_at,
    .takes = takes,
    .understood = understood,
    .answer = simulate_answer,
    .run = command_run,
};
