#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/outfile.h"
#include "../crossing.h"
#include "../cv_plan.h"
#include "../slurm.h"

/* The results that are there, or those of a file. */
static bool show(struct session *session, const struct args *args, struct output *out,
                 struct err *err)
{
    const char *file = args_text(args, cv_options, "file");
    for (size_t i = 0; i < args->n; i++)
        if (strcmp(args->items[i].name, "file") != 0)
            return err_at(err, ERR_USAGE, args->items[i].column,
                          "cv: %s= is of a cross-validation that begins; name its rules",
                          args->items[i].name);
    if (file && series_find(session, crossing_name))
        return err_set(err, ERR_FAILED, "cv: one is under way; `wait cv` or `stop cv` first");
    if (file) {
        char *path = path_expand(file);
        struct cv *cv;
        bool good = cv_read(path, &cv, err);
        free(path);
        if (!good)
            return false;
        crossing_show(session, cv);
    }
    if (session->cv)
        crossing_result(session, out);
    return session->cv || err_set(err, ERR_FAILED,
                                  "cv: no results yet; `cv static reinforce-base dnn` makes some");
}

/* Results of the same plan that this session has are gone on from. */
static void take_over(const struct session *session, struct cv *cv)
{
    if (session->cv)
        cv_join(cv, session->cv, NULL);
}

static void say_started(const struct cv *cv, size_t sent, const char *file, struct output *out)
{
    const struct cv_plan *p = &cv->plan;
    struct strbuf text = {0};
    strbuf_printf(&text, "cv runs in the background: %zu fit%s, of %zu rule%s", sent,
                  sent == 1 ? "" : "s", p->n_rules, p->n_rules == 1 ? "" : "s");
    if (p->n_sizes > 1)
        strbuf_printf(&text, ", %zu sizes", p->n_sizes);
    if (p->by != CV_FUTURE)
        strbuf_printf(&text, ", %zu folds", p->folds);
    strbuf_printf(&text, ", %zu seed%s", p->n_seeds, p->n_seeds == 1 ? "" : "s");
    if (cv->n_done)
        strbuf_printf(&text, "; %zu were done before", cv->n_done);
    if (sent == 0) {
        strbuf_reset(&text);
        strbuf_puts(&text, "all of it is done");
    }
    output_say(out, "%s", strbuf_text(&text));
    output_field_number(out, "runs", (double)cv->n_runs);
    output_field_number(out, "done", (double)cv->n_done);
    if (file)
        output_field_text(out, "file", file);
    strbuf_free(&text);
}

struct cv_part {
    size_t i, n; /* i, from 1, of n */
};

/* Its file is open, or there is none. */
static bool begin(struct session *session, const struct cohort *cohort, struct cv *cv,
                  struct cv_file *file, const struct cv_part *part, const char *path,
                  struct output *out, struct err *err)
{
    size_t sent, from, to;
    jobs_threads(session->jobs, atoi(session_setting(session, "threads")));
    crossing_show(session, cv);
    cv_part(cv, part->i, part->n, &from, &to);
    if (!crossing_start(session, cohort, file, from, to, &sent, err))
        return false;
    say_started(cv, sent, path, out);
    if (sent == 0)
        crossing_result(session, out);
    return true;
}

/* Options of Slurm without it, and what it cannot do without. */
static bool check_submit(const struct args *args, struct err *err)
{
    static const char *const its[] = {"partition", "time", "per", NULL};
    bool submit = args_given(args, "submit");
    for (size_t i = 0; its[i]; i++)
        if (!submit && args_given(args, its[i]))
            return err_set(err, ERR_USAGE, "cv: %s= is of Slurm; say submit=slurm", its[i]);
    if (submit && args_given(args, "shard"))
        return err_set(err, ERR_USAGE, "cv: submit= makes the parts; leave shard= out");
    for (const char *c = args_text(args, cv_options, "partition"); c && *c; c++)
        if (!isalnum((unsigned char)*c) && !strchr("_-.,", *c))
            return err_set(err, ERR_USAGE, "cv: partition= is a name of Slurm's");
    for (const char *c = args_text(args, cv_options, "time"); c && *c; c++)
        if (!isdigit((unsigned char)*c) && !strchr(":-", *c))
            return err_set(err, ERR_USAGE, "cv: time= is written 30, 2:00:00 or 1-12");
    return !submit || args_given(args, "file") ||
           err_set(err, ERR_USAGE, "cv: submit= needs file=FILE.jsonl, where results go");
}

static bool start_slurm(struct session *session, const struct cohort *cohort, struct cv *cv,
                        const struct args *args, const char *path, struct output *out,
                        struct err *err)
{
    const char *submit = args_text(args, cv_options, "submit");
    crossing_show(session, cv);
    return slurm_start(session, cohort,
                       &(struct slurm_request){
                           .args = args,
                           .path = path,
                           .partition = args_text(args, cv_options, "partition"),
                           .time = args_text(args, cv_options, "time"),
                           .per = (size_t)args_integer(args, cv_options, "per"),
                           .submit = strcmp(submit, "slurm") == 0,
                       },
                       out, err);
}

static bool start(struct session *session, const struct args *args, struct output *out,
                  struct err *err)
{
    const char *name = args_text(args, cv_options, "file");
    const struct cohort *cohort = session_need_cohort(session, err);
    struct cv_plan plan;
    struct cv_part part;
    if (!cohort || !check_submit(args, err) || !cv_plan_shard(args, &part.i, &part.n, err) ||
        !cv_plan_ask(session, args, cohort, &plan, err))
        return false;
    if (session_group(session, crossing_name) || session_fit(session, crossing_name)) {
        cv_plan_free(&plan);
        return err_set(
            err, ERR_FAILED,
            "cv: something of that name is there; `wait cv` or `stop cv`, or `forget` it");
    }
    struct cv *cv = cv_new(&plan);
    char *path = name ? path_expand(name) : NULL;
    if (args_given(args, "submit")) {
        bool sent = start_slurm(session, cohort, cv, args, path, out, err);
        free(path);
        return sent;
    }
    struct cv_file *file = path ? cv_file_open(path, cv, err) : NULL;
    bool good = file || !path;
    if (!path)
        take_over(session, cv);
    if (good)
        good = begin(session, cohort, cv, file, &part, path, out, err);
    else {
        err_prefix(err, "cv");
        cv_free(cv);
    }
    free(path);
    return good;
}

static bool cv_verb(struct session *session, const struct args *args, struct output *out,
                    struct err *err)
{
    if (args_given(args, "row")) /* the tile's: it refuses all else */
        return look_command(session, args, out, err);
    return (args_positional(args) ? start : show)(session, args, out, err);
}

static const struct answer_row answer[] = {
    {"runs", ANSWER_COUNT, .sometimes = true, .meaning = "of the plan"},
    {"done", ANSWER_COUNT, .sometimes = true, .meaning = "of these, before the command"},
    {"parts", ANSWER_COUNT, .sometimes = true, .meaning = "of submit="},
    {"file", ANSWER_TEXT, .sometimes = true, .meaning = "where results go"},
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
        "machine perhaps, and `merge` joins the files.  submit=slurm has Slurm do so many parts, of per= runs each, "
        "on one processor each: `jobs` shows how far they are, parts that came to nothing are "
        "submitted again, and when all are through they are merged into file=; the same command, "
        "given again, goes on watching over them.  animals= and trials= fit parts of the data, of each size: "
        "drawn as scores against size.  w0=psychometric takes start weights from the first 100 "
        "trials of each animal, also of those left out.",
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
