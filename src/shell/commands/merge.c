#include <stdlib.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/outfile.h"
#include "deltaw/study/recover.h"
#include "../crossing.h"

static const struct option_row merge_options[] = {
    {"file", OPTION_FILE, 0, 0, NULL, NULL, "where the results of all go"},
    {0},
};

static const struct answer_row answer[] = {
    {"runs", ANSWER_COUNT, .meaning = "of the plan"},
    {"done", ANSWER_COUNT, .meaning = "of these, in the files"},
    {"file", .type = ANSWER_TEXT},
    {0},
};

static bool join_file(struct cv **all, const char *name, struct err *err)
{
    char *path = path_expand(name);
    struct cv *cv = NULL;
    struct err why = {0};
    bool good = cv_read(path, &cv, err);
    if (good && *all && !cv_join(*all, cv, &why))
        good = err_set(err, why.code, "%s: %s", path, why.message);
    if (*all || !good)
        cv_free(cv);
    else
        *all = cv;
    free(path);
    return good;
}

/* Of the recovery that all files are of. */
static bool join_recovery(struct recover **all, const char *name, struct err *err)
{
    char *path = path_expand(name);
    struct recover *r = NULL;
    struct err why = {0};
    bool good = recover_read(path, &r, err);
    if (good && *all && !recover_join(*all, r, &why))
        good = err_set(err, why.code, "%s: %s", path, why.message);
    if (*all || !good)
        recover_free(r);
    else
        *all = r;
    free(path);
    return good;
}

struct merged {
    struct cv *cv; /* or */
    struct recover *recovery;
    size_t done, runs;
};

/* The first file says of which command they all are. */
static bool join_all(const struct args *args, struct merged *all, struct err *err)
{
    char *first = path_expand(args_at(args, 0));
    bool recovery = recover_is(first), good = true;
    free(first);
    for (size_t i = 0; good && i < args->n; i++) {
        const struct arg *arg = &args->items[i];
        if (!arg->name)
            good = recovery ? join_recovery(&all->recovery, arg->value, err)
                            : join_file(&all->cv, arg->value, err);
    }
    if (good && recovery)
        all->done = all->recovery->n_done, all->runs = all->recovery->n_runs;
    else if (good)
        all->done = all->cv->n_done, all->runs = all->cv->n_runs;
    return good;
}

static bool merge_run(struct session *session, const struct args *args, struct output *out,
                      struct err *err)
{
    (void)session;
    const char *to = args_text(args, merge_options, "file");
    struct merged all = {0};
    bool good = to || err_set(err, ERR_USAGE, "say where the results go, file=FILE.jsonl");
    good = good && join_all(args, &all, err);
    char *path = to ? path_expand(to) : NULL;
    good = good && (all.cv ? cv_write(all.cv, path, err) : recover_write(all.recovery, path, err));
    if (good && all.done < all.runs)
        output_say(out, "%s: %zu of %zu fits; the others are in none of the files", path, all.done,
                   all.runs);
    else if (good)
        output_say(out, "%s: all %zu fits", path, all.runs);
    if (good) {
        output_field_number(out, "runs", (double)all.runs);
        output_field_number(out, "done", (double)all.done);
        output_field_text(out, "file", path);
    } else {
        err_prefix(err, "merge");
    }
    cv_free(all.cv);
    recover_free(all.recovery);
    free(path);
    return good;
}

const struct command command_merge = {
    .name = "merge",
    .group = GROUP_JUDGE,
    .arguments = "FILE... file=FILE",
    .summary = "join results of parts of a cross-validation or recovery",
    .detail =
        "What `cv ... shard=1/4 file=1.jsonl` and its like, or those of `recover`, have written, on as many machines, "
        "becomes one file, in the order of the plan.  Files of another plan, of other data "
        "or of another version are refused, and two results of one run that differ.",
    .examples = "cv static folds=2 seeds=1 file=1.jsonl; wait; merge 1.jsonl file=2.jsonl",
    .options = merge_options,
    .answer = answer,
    .positional_type = OPTION_FILE,
    .positional_min = 1,
    .positional_max = 10000,
    .following_type = OPTION_FILE,
    .endings = ".jsonl",
    .run = merge_run,
};
