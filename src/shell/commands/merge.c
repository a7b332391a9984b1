#include <stdlib.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/outfile.h"
#include "deltaw/study/study.h"
#include "../state.h"

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

/* The first file says of which command they all are. */
static bool join_file(struct study **all, const char *name, struct err *err)
{
    char *path = path_expand(name);
    struct study *study = NULL;
    bool good = study_read(path, *all ? (*all)->kind : NULL, &study, err);
    if (good && *all && !study_join(*all, study, err)) {
        err_prefix(err, "%s", path);
        good = false;
    }
    if (*all)
        study_free(study);
    else
        *all = study;
    free(path);
    return good;
}

static bool join_all(const struct args *args, struct study **all, struct err *err)
{
    bool good = true;
    for (size_t i = 0; good && i < args->n; i++)
        if (!args->items[i].name)
            good = join_file(all, args->items[i].value, err);
    return good;
}

static bool merge_run(struct session *session, const struct args *args, struct output *out,
                      struct err *err)
{
    (void)session;
    const char *to = args_text(args, merge_options, "file");
    struct study *all = NULL;
    bool good = to || err_set(err, ERR_USAGE, "say where the results go, file=FILE.jsonl");
    char *path = to ? path_expand(to) : NULL;
    good = good && join_all(args, &all, err) && study_write(all, path, err);
    if (good && all->n_done < all->n_runs)
        output_say(out, "%s: %zu of %zu fits; the others are in none of the files", path,
                   all->n_done, all->n_runs);
    else if (good)
        output_say(out, "%s: all %zu fits", path, all->n_runs);
    if (good) {
        output_field_number(out, "runs", (double)all->n_runs);
        output_field_number(out, "done", (double)all->n_done);
        output_field_text(out, "file", path);
    } else {
        err_prefix(err, "merge");
    }
    study_free(all);
    free(path);
    return good;
}

const struct command command_merge = {
    .name = "merge",
    .group = GROUP_JUDGE,
    .arguments = "FILE... file=FILE",
    .summary = "join results of parts of a cross-validation or recovery",
    .detail =
        "What `cv ... shard=1/4 file=1.jsonl` and its like, or those of `recover`, have written, "
        "on as many machines, becomes one file, in the order of the plan.  Files of another plan, "
        "of other data or of another version are refused, and two results of one run that differ.",
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
