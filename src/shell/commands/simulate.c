#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/study/simulate.h"
#include "../state.h"

struct simulation {
    struct args args;
    char *command;
    struct cohort *cohort;
};

static void simulate_release(void *data)
{
    struct simulation *sim = data;
    cohort_drop(sim->cohort);
    args_free(&sim->args);
    free(sim->command);
    free(sim);
}

static bool simulate_work(void *data, struct task *task, struct err *err)
{
    struct simulation *sim = data;
    return simulate(args_at(&sim->args, 0), &sim->args, sim->command, &task->cancel,
                    &task->permille, &sim->cohort, err);
}

static bool simulate_finish(struct session *session, void *data, struct output *out,
                            struct err *err)
{
    (void)err;
    struct simulation *sim = data;
    struct strbuf text = {0};
    cohort_words(sim->cohort, &text);
    output_say(out, "%s of %s, seed %ld; the truth is kept", strbuf_text(&text),
               args_at(&sim->args, 0), args_integer(&sim->args, simulate_options, "seed"));
    strbuf_free(&text);
    output_field_text(out, "name", sim->cohort->name);
    output_field_number(out, "animals", (double)sim->cohort->n_animals);
    output_field_number(out, "trials", (double)sim->cohort->n_trials);
    output_field_number(out, "seed", (double)args_integer(&sim->args, simulate_options, "seed"));
    session_push_cohort(session, sim->cohort, false);
    sim->cohort = NULL;
    return true;
}

static bool simulate_run(struct session *session, const struct args *args, struct output *out,
                         struct err *err)
{
    (void)out;
    struct simulation *sim = mem_new(1, sizeof *sim);
    sim->args = args_copy(args);
    settings_seed(session, &sim->args);
    /* What the cohort says it came from: the words, with the seed that holds. */
    struct strbuf command = {0};
    strbuf_printf(&command, "simulate %s", args_at(&sim->args, 0));
    for (size_t i = 0; i < sim->args.n; i++)
        if (sim->args.items[i].name)
            strbuf_printf(&command, " %s=%s", sim->args.items[i].name, sim->args.items[i].value);
    if (!args_given(&sim->args, "seed"))
        strbuf_printf(&command, " seed=%ld", args_integer(&sim->args, simulate_options, "seed"));
    sim->command = strbuf_take(&command);
    return task_start(session, mem_text("simulating"), sim, simulate_work, simulate_finish,
                      simulate_release, err);
}

extern const struct command command_simulate;
const struct command command_simulate = {
    .name = "simulate",
    .group = GROUP_DATA,
    .arguments = "RULE [name=value]...",
    .summary = "make a cohort of animals that learn by a known rule",
    .detail = "The cohort becomes the open one and keeps its truth: the rule, and the weights "
              "before every trial in the columns true_w_stim and true_w_bias, so that `map`, "
              "`slice` and `show` compare a fit with it.  The same seed gives the same bits.",
    .examples = "simulate reinforce\n"
                "simulate reinforce animals=6 trials=500 alpha=2^-5 seed=7\n"
                "simulate reinforce stimuli=grid trials=500 alpha=2^-4",
    .options = simulate_options,
    .positional_type = OPTION_TEXT,
    .positional_min = 1,
    .positional_max = 1,
    .first_words = "reinforce",
    .run = simulate_run,
};
