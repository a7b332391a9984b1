#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/rng.h"
#include "deltaw/base/outfile.h"
#include "../comparing.h"

static const struct option_row compare_table[] = {
    {"part", OPTION_WORD, 0, 0, "auto|all|held_out", "auto",
     "animals compared on; auto: those held out of every model, where there are any, else all"},
    {"file", OPTION_FILE, 0, 0, NULL, NULL, "compare the rules of these results of cv"},
    {"against", OPTION_TEXT, 0, 0, NULL, NULL,
     "compare each of the others with this model or rule, or with the best of them"},
    {"seed", OPTION_INTEGER, 0, SEED_MOST, NULL, "99", "of the intervals' samples"},
    {"pair", OPTION_INTEGER, 1, 1e6, NULL, "1", "draw this pair of the comparison that is there"},
    {0},
};

static void compare_release(void *data)
{
    struct compare *c = data;
    scores_release(&c->scores);
    cv_free(c->cv);
    comparison_free(c->found);
    free(c->names), free(c->against), free(c->pair), free(c->counts), free(c);
}

static bool compare_work(void *data, struct task *task, struct err *err)
{
    struct compare *c = data;
    if (!c->cv && !scores_work(&c->scores, task, err))
        return false;
    comparing_pairs(c);
    return true;
}

/* Evidences are of a model's own trials: a randomwalk's also of those without a reward. */
static void say_evidence(const struct compare *c, struct output *out)
{
    for (size_t i = 0; i < c->scores.n; i++)
        if (!isnan(comparing_evidence(c, i)))
            output_say(out, "log evidence of %s: %.2f nats, on the trials of its fit",
                       c->scores.models[i]->name, comparing_evidence(c, i));
    for (size_t i = 0; i < c->scores.n; i++)
        if (c->scores.models[i]->randomwalk)
            output_say(out,
                       "%s has seen the choices before and after each trial: its likelihood is "
                       "no prediction",
                       c->scores.models[i]->name);
}

/* "dnn1 predicts choices better than static1 by .0039 nats per trial (95 % interval ...)"; where
 * that interval has 0 in it, it is open which of them does. */
static void say_first(const struct compare *c, struct output *out)
{
    const struct comparing_pair *pair = &c->pair[0];
    const struct paired *p = &pair->paired;
    const char *a = c->names[pair->a], *b = c->names[pair->b];
    bool better = p->difference > 0;
    char size[NUMBER_SIZE], low[NUMBER_SIZE], high[NUMBER_SIZE];
    struct strbuf said = {0};
    bool open = p->low <= 0 && p->high >= 0; /* not where the interval is unknown */
    size_t lost = comparing_lost(c, pair->a, pair->b);
    if (lost)
        strbuf_printf(&said,
                      "without the %zu animal%s on which one of the two has no score: ", lost,
                      lost == 1 ? "" : "s");
    strbuf_printf(&said, "%s%s predicts choices %s than %s%s by %s nats per trial",
                  open ? "it is open whether " : "", better ? a : b,
                  p->difference == 0 ? "no better" : "better", better ? b : a,
                  open ? "; it did" : "", number_fixed(size, fabs(p->difference), 5, false));
    if (!isnan(p->low))
        strbuf_printf(&said, " (95 %% interval over %zu animals %s to %s)", p->n,
                      number_fixed(low, better ? p->low : -p->high, 5, false),
                      number_fixed(high, better ? p->high : -p->low, 5, false));
    strbuf_printf(&said, ", in %zu of %zu animal%s", better ? p->wins : p->n - p->wins, p->n,
                  p->n == 1 ? "" : "s");
    if (isnan(p->p_two_sided))
        strbuf_puts(&said, "; too few animals for a test");
    else
        strbuf_printf(&said, "; p %.2g (paired t, two-sided)", p->p_two_sided);
    output_say(out, "%s", strbuf_text(&said));
    strbuf_free(&said);
}

static void say_names(const struct compare *c, struct output *out)
{
    for (size_t i = 0; comparing_numbered(c) && i < c->n_names; i++)
        output_say(out, "%2zu  %s", i + 1, c->names[i]);
    for (size_t i = 0; c->against && i < c->n; i += c->n)
        output_say(out, "b is %s", c->names[c->pair[i].b]);
}

static const char *trials_words(const struct compare *c)
{
    if (c->cv)
        return "on what was left out of the fits, the same trials for both; animals' means over "
               "seeds";
    return c->held_out ? "on animals that were held out of every fit, the same trials for all"
                       : "on animals that were trained on, too: a rule of more parameters fits "
                         "those better whatever is true; hold animals out (fit ... holdout=)";
}

static void compare_notes(const struct compare *c, struct output *out)
{
    struct strbuf text = {0};
    if (!c->cv) {
        scores_notes(&c->scores, out);
        return;
    }
    if (c->cv->study.n_done < c->cv->study.n_runs)
        strbuf_printf(&text, "%zu of %zu fits are done", c->cv->study.n_done, c->cv->study.n_runs);
    cv_say_failures(c->cv, &text);
    if (text.len)
        output_note(out, "%s", strbuf_text(&text));
    strbuf_free(&text);
}

static bool compare_finish(struct session *session, void *data, struct output *out, struct err *err)
{
    struct compare *c = data;
    struct table pairs = {0}, animals = {0};
    say_first(c, out);
    output_say(out, "%s", trials_words(c));
    say_evidence(c, out);
    say_names(c, out);
    comparing_table(c, &pairs);
    output_table(out, "rows", &pairs);
    comparing_animals(c, &animals);
    output_data(out, "animals", &animals);
    output_field_text(out, "part", c->cv || c->held_out ? "held_out" : "all");
    compare_notes(c, out);
    table_free(&pairs);
    table_free(&animals);
    comparison_free(session->comparison);
    session->comparison = c->found;
    session->comparison_changes++;
    c->found = NULL;
    return out->mode != OUTPUT_TEXT || view_verb_show(session, "compare", out, err);
}

static bool choose_animals(struct compare *c, const char *part, struct err *err)
{
    size_t n = scores_untrained(&c->scores, c->counts);
    if (!strcmp(part, "held_out") && n == 0)
        return err_set(err, ERR_FAILED,
                       "compare: no animal was held out of every model; fit them with the same "
                       "holdout=, or say part=all");
    c->held_out = n > 0 && strcmp(part, "all") != 0;
    for (size_t a = 0; !c->held_out && a < c->scores.cohort->n_animals; a++)
        c->counts[a] = true;
    return true;
}

static bool check_models(const struct scores *s, struct err *err)
{
    for (size_t i = 0; i < s->n; i++)
        for (size_t j = 0; j < i; j++)
            if (s->models[i] == s->models[j])
                return err_set(err, ERR_USAGE, "compare: %s is named twice; name each model once",
                               s->models[i]->name);
    return s->n > 1 || err_set(err, ERR_USAGE, "compare takes two models or more");
}

static void take_names(struct compare *c, size_t n)
{
    c->n_names = n;
    c->names = mem_new(n, sizeof *c->names);
}

static bool take_models(struct session *session, const struct args *args, struct compare *c,
                        struct output *out, struct err *err)
{
    if (!scores_take(session, args, "compare", &c->scores, out, err))
        return false;
    take_names(c, c->scores.n);
    for (size_t i = 0; i < c->n_names; i++)
        c->names[i] = c->scores.models[i]->name;
    c->counts = mem_new(c->scores.cohort->n_animals, sizeof *c->counts);
    return check_models(&c->scores, err) &&
           choose_animals(c, args_text(args, compare_table, "part"), err);
}

static bool take_file(const struct args *args, struct compare *c, struct err *err)
{
    char *path = path_expand(args_text(args, compare_table, "file"));
    struct study *study;
    bool good = study_read(path, &cv_kind, &study, err);
    if (good)
        c->cv = (struct cv *)study;
    else
        err_prefix(err, "compare");
    free(path);
    if (!good)
        return false;
    take_names(c, c->cv->plan.n_rules);
    for (size_t i = 0; i < c->n_names; i++)
        c->names[i] = c->cv->plan.rules[i].words;
    c->size = cv_largest(&c->cv->plan);
    return c->n_names > 1 ||
           err_set(err, ERR_FAILED, "compare: the file is of %s alone", c->cv->plan.rules[0].words);
}

static bool check_words(const struct args *args, struct err *err)
{
    if (!args_given(args, "file"))
        return true;
    for (size_t i = 0; i < args->n; i++)
        if (!args->items[i].name || strcmp(args->items[i].name, "part") == 0)
            return err_at(err, ERR_USAGE, args->items[i].column,
                          "compare: file= compares the rules of a file, and all of them; leave "
                          "models and part= out");
    return true;
}

/* pair= alone: another picture of what is there. */
static bool draw_pair(struct session *session, const struct args *args, struct output *out,
                      struct err *err)
{
    if (args->n > 1)
        return err_at(err, ERR_USAGE, args->items[0].column,
                      "compare: pair= draws a pair of the comparison that is there; it stands "
                      "alone");
    return view_verb_command(session, args, out, err);
}

static bool compare_run(struct session *session, const struct args *args, struct output *out,
                        struct err *err)
{
    if (args_given(args, "pair"))
        return draw_pair(session, args, out, err);
    if (!check_words(args, err))
        return false;
    struct compare *c = mem_new(1, sizeof *c);
    c->seed = (uint64_t)args_number(args, compare_table, "seed");
    if (args_given(args, "against"))
        c->against = mem_text(args_text(args, compare_table, "against"));
    if (!(args_given(args, "file") ? take_file(args, c, err)
                                   : take_models(session, args, c, out, err)) ||
        !comparing_check(c, err)) {
        compare_release(c);
        return false;
    }
    return task_start(session, mem_text("comparing"), c, compare_work, compare_finish,
                      compare_release, err);
}

static const struct column animal_columns[] = {
    {"animal", .type = COLUMN_TEXT},
    {"trials", COLUMN_COUNT, .optional = true, .meaning = "scored; not of a cross-validation"},
    {0},
};

static const struct answer_row compare_answer[] = {
    {"rows", .type = ANSWER_TABLE, .columns = comparing_columns, .sometimes = true},
    {"animals", ANSWER_TABLE, .columns = animal_columns, .open = true, .sometimes = true,
     .meaning = "and a column per model: its nats per scored trial"},
    {"part", .type = ANSWER_TEXT, .sometimes = true, .meaning = "held_out or all"},
    {"compare", ANSWER_TABLE, .columns = comparison_columns, .sometimes = true,
     .meaning = "of pair="},
    {0},
};

const struct command command_compare = {
    .name = "compare",
    .group = GROUP_JUDGE,
    .arguments = "[MODEL MODEL...|file=FILE]",
    .summary = "models against each other, animal by animal on the same trials",
    .detail =
        "For each pair: the mean over animals of the difference in log-likelihood per scored "
        "trial (a minus b, nats; above 0: a predicts better), its 95 % bootstrap interval "
        "over animals, the paired t test (one-sided: that a is no better), Wilcoxon's signed "
        "ranks, the t test's p corrected for all pairs by Holm, and in how many animals a "
        "wins.  Animals that were held out of every model are compared where there are any; "
        "else all, which favours rules of many parameters.  Without names: all models.  With "
        "file= the rules of a result of cv are compared, each animal by its mean over "
        "seeds, where both rules have a result; of a sweep at the largest size.  against=MODEL "
        "(of a file a rule as it was asked for, in quotes) compares each of the others with that "
        "one, and Holm corrects for these pairs; against=best takes the one that predicts best, "
        "which makes its differences look larger than they are.  The picture has the "
        "animals in the order of their differences, each with a 95 % interval over stretches "
        "of its trials, the zero line, and the mean with its interval; pair=2 draws the "
        "second pair, `export compare FILE.svg` writes the figure.",
    .examples = "fit static; wait; compare dnn1 static1\nfit static; wait; compare part=all\n"
                "fit static; wait; compare against=best\n"
                "cv static reinforce folds=2 seeds=1 file=ab.jsonl; wait; compare file=ab.jsonl",
    .options = compare_table,
    .positional_type = OPTION_MODEL,
    .positional_max = 1000,
    .following_type = OPTION_MODEL,
    .answer = compare_answer,
    .trial_bytes = 240,
    .run = compare_run,
};
