#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "../fitting.h"
#include "../plan_words.h"
#include "../studying.h"
#include "deltaw/study/recover.h"

static const struct option_row recover_options[] = {
    {"setting", OPTION_WORD, 0, 0,
     "all|fig2|default|long|table3|table4|table5|kept|table6|table7|size|trace", "all",
     "the published setting, or all of them"},
    {"rule", OPTION_TEXT, 0, 0, NULL, NULL,
     "what is fitted; several joined by |, with options in quotes: \"dnn hidden=64|gp\"; without "
     "it dnn, gp and reinforce-base drift=yes, with quick=yes dnn"},
    {"seeds", OPTION_TEXT, 0, 0, NULL, NULL,
     "each simulates and fits anew: 99,41,42,43; confusion 1 to 10; quick=yes the first"},
    {"quick", OPTION_WORD, 0, 0, "yes|no", "no",
     "small cohorts and short fits, to see that it runs"},
    {"animals", OPTION_TEXT, 0, 0, NULL, NULL, "confusion: sizes of the cohort, 3,10,30"},
    {"trials", OPTION_TEXT, 0, 0, NULL, NULL, "confusion: trials of each animal, 1000"},
    STUDYING_OPTIONS,
    {"row", OPTION_TEXT, 0, 0, NULL, NULL, "where the cursor of the tile is, alone"},
    {0},
};

static const char verb[] = "recover";

static bool is_confusion(const struct args *args)
{
    return args_positional(args) > 0;
}

static bool is_quick(const struct args *args)
{
    return strcmp(args_text(args, recover_options, "quick"), "yes") == 0;
}

/* The argument, or what it is without one. */
static struct args with_default(const struct args *args, const char *name, const char *text)
{
    struct args all = args_copy(args);
    if (!args_given(args, name))
        args_set(&all, name, text, 0);
    return all;
}

static bool take_numbers(const struct args *args, const char *name, const char *text,
                         uint64_t least, uint64_t **out, size_t *n, struct err *err)
{
    struct args all = with_default(args, name, text);
    bool good = plan_words_list(verb, &all, recover_options, name, least, out, n, err);
    args_free(&all);
    return good;
}

static bool take_seeds(const struct args *args, struct recover_plan *plan, struct err *err)
{
    const char *text = !is_confusion(args) ? is_quick(args) ? "99" : "99,41,42,43"
                       : is_quick(args)    ? "1,2"
                                           : "1,2,3,4,5,6,7,8,9,10";
    return take_numbers(args, "seeds", text, 0, &plan->seeds, &plan->n_seeds, err);
}

/* Every number of animals with every number of trials. */
static bool take_agents(const struct args *args, struct recover_plan *plan, struct err *err)
{
    uint64_t *animals = NULL, *trials = NULL;
    size_t n_animals, n_trials;
    bool quick = is_quick(args);
    bool good =
        take_numbers(args, "animals", quick ? "3,6" : "3,10,30", 2, &animals, &n_animals, err) &&
        take_numbers(args, "trials", quick ? "200" : "1000", 2, &trials, &n_trials, err);
    char *agent = NULL;
    for (size_t k = 0; good && (agent = recover_agent(k)); k++, free(agent))
        for (size_t i = 0; i < n_animals * n_trials; i++)
            recover_add_agents(plan, k, animals[i / n_trials], trials[i % n_trials]);
    free(animals), free(trials);
    return good;
}

static bool take_cases(const struct args *args, struct recover_plan *plan, struct err *err)
{
    static const char *const sizes[] = {"animals", "trials"};
    plan->confusion = is_confusion(args);
    if (plan->confusion && args_given(args, "setting"))
        return err_at(err, ERR_USAGE, args_column(args, "setting"),
                      "recover: a confusion has no setting=; leave it out");
    for (size_t i = 0; !plan->confusion && i < 2; i++)
        if (args_given(args, sizes[i]))
            return err_at(err, ERR_USAGE, args_column(args, sizes[i]),
                          "recover: %s= is of `recover confusion`; settings have their sizes",
                          sizes[i]);
    if (plan->confusion)
        return take_agents(args, plan, err);
    return recover_add_setting(plan, args_text(args, recover_options, "setting"), is_quick(args));
}

static const char rules_of_settings[] = "dnn|gp|reinforce-base drift=yes";

/* "dnn|gp terms=correct"; of a confusion without it the rules of its agents. */
static char *rules_text(const struct args *args)
{
    const char *text = args_text(args, recover_options, "rule");
    struct strbuf all = {0};
    char *one;
    if (text || !is_confusion(args))
        return mem_text(text ? text : is_quick(args) ? "dnn" : rules_of_settings);
    for (size_t i = 0; (one = recover_agent(i)); i++) {
        strbuf_printf(&all, "%s%s", i ? "|" : "", one);
        free(one);
    }
    return strbuf_take(&all);
}

static bool take_rules(const struct session *session, const struct args *args,
                       struct recover_plan *plan, struct err *err)
{
    char *text = rules_text(args), *rest = text, *one;
    bool good = true;
    while (good && (one = strsep(&rest, "|"))) {
        struct arg arg = {.value = one, .column = args_column(args, "rule")};
        plan->rules = mem_resize(plan->rules, plan->n_rules + 1, sizeof *plan->rules);
        plan->rules[plan->n_rules] = (struct cv_rule){0};
        good = plan_words_rule(session, verb, &arg, NULL, plan->rules, plan->n_rules, err);
        plan->n_rules++;
    }
    free(text);
    return good;
}

static struct study *plan_ask(const struct session *session, const struct args *args,
                              const struct cohort *none, struct err *err)
{
    struct recover_plan plan = {0};
    (void)none;
    if (take_cases(args, &plan, err) && take_seeds(args, &plan, err) &&
        take_rules(session, args, &plan, err) &&
        (args_given(args, "submit") /* to where there is other memory */ ||
         recover_room(&plan, err))) {
        recover_plan_write(&plan);
        return &recover_new(&plan)->study;
    }
    recover_plan_free(&plan);
    return NULL;
}

/* --- what is said of it ----------------------------------------------------------- */

static void say(const struct study *study, struct strbuf *text, struct output *out)
{
    const struct recover_plan *p = &((const struct recover *)study)->plan;
    strbuf_printf(text, ", of %zu case%s, %zu rule%s, %zu seed%s", p->n_cases,
                  p->n_cases == 1 ? "" : "s", p->n_rules, p->n_rules == 1 ? "" : "s", p->n_seeds,
                  p->n_seeds == 1 ? "" : "s");
    output_field_number(out, "cases", (double)p->n_cases);
    output_field_number(out, "rules", (double)p->n_rules);
    output_field_number(out, "seeds", (double)p->n_seeds);
}

static void show_confusion(const struct recover *r, struct output *out)
{
    struct table matrix = {0}, rows = {0};
    recover_matrix(r, &matrix);
    recover_confusion(r, &rows);
    if (out->mode != OUTPUT_CSV) /* which has the rows */
        output_table(out, "matrix", &matrix);
    output_data(out, "confusion", &rows);
    output_say(out, "share of seeds on which the rule of a column is chosen");
    table_free(&matrix), table_free(&rows);
}

static void show_settings(const struct recover *r, struct output *out)
{
    struct table rows = {0};
    size_t below, of;
    recover_table(r, &rows);
    output_table(out, "recovery", &rows);
    recover_below(r, &below, &of);
    if (of > 0)
        output_say(out, "%zu of %zu errors are below those published", below, of);
    output_field_number(out, "below", (double)below);
    output_field_number(out, "compared", (double)of);
    table_free(&rows);
}

static void show(struct session *session, struct output *out)
{
    const struct recover *r = (const struct recover *)session->studies[STUDY_RECOVER].study;
    size_t done = r->study.n_done, n = r->study.n_runs;
    if (out->mode == OUTPUT_TEXT && session->setup.host.show) { /* in its tile */
        struct err err = {0};
        if (!view_verb_show(session, recover_kind.name, out, &err))
            output_note(out, "%s", err.message);
        return;
    }
    (r->plan.confusion ? show_confusion : show_settings)(r, out);
    if (done < n)
        output_say(out, "%zu of %zu fits are done", done, n);
    output_field_number(out, "fits_done", (double)done);
    output_field_number(out, "fits", (double)n);
    struct strbuf failure = {0};
    recover_say_failures(r, &failure);
    if (failure.len)
        output_note(out, "%s", strbuf_text(&failure));
    strbuf_free(&failure);
}

static const struct studying recovering = {
    .kind = &recover_kind,
    .which = STUDY_RECOVER,
    .simulates = true,
    .options = recover_options,
    .remedy = "`recover setting=fig2` makes some, `recover quick=yes` small ones of all settings",
    .plan = plan_ask,
    .say = say,
    .show = show,
};

static bool recover_verb(struct session *session, const struct args *args, struct output *out,
                         struct err *err)
{
    const char *word = args_at(args, 0);
    bool asks = args->n > args_given(args, "file");
    if (word && strcmp(word, "confusion") != 0)
        return err_set(err, ERR_USAGE,
                       "recover: '%s' is nothing to recover; `recover setting=%s` or `recover "
                       "confusion`",
                       word, recover_setting(0));
    if (args_given(args, "row")) /* the tile's: it refuses all else */
        return view_verb_command(session, args, out, err);
    return (asks ? studying_start : studying_show)(session, &recovering, args, out, err);
}

static const struct answer_row answer[] = {
    ANSWER_ALSO(studying_answer),
    {"cases", ANSWER_COUNT, .sometimes = true},
    {"rules", ANSWER_COUNT, .sometimes = true},
    {"seeds", ANSWER_COUNT, .sometimes = true},
    {"recovery", ANSWER_TABLE, .columns = recover_columns, .sometimes = true},
    {"below", ANSWER_COUNT, .sometimes = true, .meaning = "errors below those published"},
    {"compared", ANSWER_COUNT, .sometimes = true, .meaning = "errors that have a published one"},
    {"fits_done", ANSWER_COUNT, .sometimes = true, .meaning = "of a recovery, by now"},
    {"fits", ANSWER_COUNT, .sometimes = true, .meaning = "of a recovery, in all"},
    {"matrix", ANSWER_TABLE, .columns = recover_matrix_columns, .sometimes = true,
     .each = "by_rule",
     .meaning = "of a confusion: by_rule has the shares of seeds that choose each"},
    {"confusion", ANSWER_TABLE, .columns = recover_confusion_columns, .sometimes = true},
    {0},
};

const struct command command_recover = {
    .name = "recover",
    .group = GROUP_JUDGE,
    .arguments = "[confusion] [name=value]...",
    .summary = "known rules found again: our errors beside those published",
    .detail =
        "Animals of a known rule are simulated, rules fitted to their choices, and what they say "
        "is compared with the rule that made them, for each case of the setting, rule and seed.  "
        "rmse is that of w_stim's updates over the published grid, beside it that of answering "
        "0, R^2 over visited trials, and the published figure; means over seeds have a 95 % "
        "interval.  Where there is a choice of options, the loss of the last tenth of the "
        "animals, which is held out, makes it; so it does between rules, in the rows chosen, "
        "which are what is held against the published figures; the truth is looked at last.  Of "
        "table5 the assumed start may be moved by that loss, too; kept is table5 without that.  "
        "Options of a rule in quotes are taken as they are.  confusion: which of several rules "
        "made the choices, by evidence where all have one (of textbook rules Schwarz's "
        "approximation), else by what is held out.  Results appear as they come in the tile "
        "recover, and `recover` alone shows them; `wait recover`, `stop recover`, file=, shard= "
        "and submit= are as for `cv`.",
    .examples = "recover setting=table5 quick=yes; wait recover; recover\n"
                "recover setting=size rule=\"dnn|gp\" quick=yes seeds=1 file=r.jsonl; wait\n"
                "recover confusion quick=yes seeds=1; wait",
    .options = recover_options,
    .answer = answer,
    .positional_type = OPTION_TEXT,
    .positional_max = 1,
    .first_words = "confusion",
    .endings = ".jsonl",
    .run = recover_verb,
};
