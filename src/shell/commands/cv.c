#include <string.h>

#include "../cv_plan.h"
#include "../studying.h"

static void say(const struct study *study, struct strbuf *text, struct output *out)
{
    const struct cv_plan *p = &((const struct cv *)study)->plan;
    (void)out;
    strbuf_printf(text, ", of %zu rule%s", p->n_rules, p->n_rules == 1 ? "" : "s");
    if (p->n_sizes > 1)
        strbuf_printf(text, ", %zu sizes", p->n_sizes);
    if (p->by != CV_FUTURE)
        strbuf_printf(text, ", %zu folds", p->folds);
    strbuf_printf(text, ", %zu seed%s", p->n_seeds, p->n_seeds == 1 ? "" : "s");
}

static void show(struct session *session, struct output *out)
{
    const struct cv *cv = (const struct cv *)session->studies[STUDY_CV].study;
    struct table table = {0};
    struct err err = {0};
    bool sweep = cv->plan.n_sizes > 1, text = out->mode == OUTPUT_TEXT;
    if (text && !view_verb_show(session, cv_kind.name, out, &err))
        output_note(out, "%s", err.message);
    if (text && !sweep) /* the picture is the table */
        return;
    cv_table(cv, &table);
    output_table(out, "rows", &table);
    table_free(&table);
}

static const struct studying crossing = {
    .kind = &cv_kind,
    .which = STUDY_CV,
    .options = cv_options,
    .remedy = "`cv static reinforce-base dnn` makes some",
    .plan = cv_plan_ask,
    .say = say,
    .show = show,
};

static bool cv_verb(struct session *session, const struct args *args, struct output *out,
                    struct err *err)
{
    if (args_given(args, "row")) /* the tile's: it refuses all else */
        return view_verb_command(session, args, out, err);
    if (args_positional(args))
        return studying_start(session, &crossing, args, out, err);
    for (size_t i = 0; i < args->n; i++)
        if (strcmp(args->items[i].name, "file") != 0)
            return err_at(err, ERR_USAGE, args->items[i].column,
                          "cv: %s= is of a cross-validation that begins; name its rules",
                          args->items[i].name);
    return studying_show(session, &crossing, args, out, err);
}

static const struct answer_row answer[] = {
    ANSWER_ALSO(studying_answer),
    {"rows", ANSWER_TABLE, .columns = cv_columns, .sometimes = true},
    {0},
};

const struct command command_cv = {
    .name = "cv",
    .group = GROUP_JUDGE,
    .arguments = "[RULE...] [name=value]...",
    .summary = "rules by what they predict of data left out of their fits",
    .detail =
        "Each rule is fitted for each seed and fold without the animals of the fold (by=animal), "
        "without some sessions of each animal (by=session; weights pass through them), or to the "
        "first trials of all animals (future=), and scored on what was left out: log-likelihood "
        "per trial of each animal, from weights that were followed from its first trial.  Folds "
        "are the same for all rules.  A rule with options is one word in quotes.  Results appear "
        "as they come in the tile cv; `cv` alone shows them: the mean over animals (of each its "
        "mean over seeds) and the difference to the first rule on the same trials, with a 95 % "
        "bootstrap interval over animals; `compare file=` compares all pairs.  `wait cv` waits, "
        "`stop cv` ends it and keeps what is done.  With file= each result is written as it "
        "comes, as a line of JSON; the same command goes on from there, and other data or "
        "another plan are refused.  shard=2/10 does that part of the runs, on another "
        "machine perhaps, and `merge` joins the files.  submit=slurm has Slurm do so many parts, "
        "of per= runs each, on one processor each: `jobs` shows how far they are, parts that "
        "failed are submitted again, and when all are through they are merged into file=; the same "
        "command, given again, goes on watching over them.  animals= and trials= fit parts of the "
        "data, of each size: drawn as scores against size.  w0=psychometric takes start weights "
        "from the first 100 trials of each animal, also of those left out.",
    .examples = "cv static reinforce-base folds=2 seeds=1; wait cv; cv\n"
                "cv reinforce \"dnn hidden=4 epochs=2\" folds=2 seeds=1 file=cv.jsonl; wait\n"
                "cv static reinforce-base future=50 seeds=1; wait\n"
                "cv reinforce-base by=session folds=2 seeds=1; wait",
    .options = cv_options,
    .answer = answer,
    .positional_type = OPTION_RULE,
    .positional_max = 100,
    .following_type = OPTION_RULE,
    .endings = ".jsonl",
    .trial_bytes = 300,
    .run = cv_verb,
};
