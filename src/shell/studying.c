#include "studying.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/outfile.h"
#include "plan_words.h"
#include "runs.h"
#include "slurm.h"

const struct answer_row studying_answer[] = {
    {"runs", ANSWER_COUNT, .sometimes = true, .meaning = "of the plan"},
    {"done", ANSWER_COUNT, .sometimes = true, .meaning = "of these, before the command"},
    {"sent", ANSWER_COUNT, .sometimes = true, .meaning = "fits that the command began"},
    {"parts", ANSWER_COUNT, .sometimes = true, .meaning = "of submit="},
    {"file", ANSWER_TEXT, .sometimes = true, .meaning = "where results go"},
    {0},
};

void studying_take(struct session *session, const struct studying *of, struct study *study)
{
    struct session_study *its = &session->studies[of->which];
    study_free(its->study);
    its->study = study;
    its->changes++;
}

bool studying_show(struct session *session, const struct studying *of, const struct args *args,
                   struct output *out, struct err *err)
{
    const char *name = of->kind->name, *file = args_text(args, of->options, "file");
    if (file && series_find(session, name))
        return err_set(err, ERR_FAILED, "%s: one is under way; `wait %s` or `stop %s` first", name,
                       name, name);
    if (file) {
        char *path = path_expand(file);
        struct study *study;
        bool good = study_read(path, of->kind, &study, err);
        free(path);
        if (!good)
            return false;
        studying_take(session, of, study);
    }
    if (!session->studies[of->which].study)
        return err_set(err, ERR_FAILED, "%s: no results yet; %s", name, of->remedy);
    of->show(session, out);
    return true;
}

/* --- starting ---------------------------------------------------------------- */

/* Options of Slurm without it, and what it cannot do without. */
static bool check_submit(const struct studying *of, const struct args *args, struct err *err)
{
    static const char *const its[] = {"partition", "time", "per", NULL};
    const char *verb = of->kind->name;
    bool submit = args_given(args, "submit");
    for (size_t i = 0; its[i]; i++)
        if (!submit && args_given(args, its[i]))
            return err_set(err, ERR_USAGE, "%s: %s= is of Slurm; say submit=slurm", verb, its[i]);
    if (submit && args_given(args, "shard"))
        return err_set(err, ERR_USAGE, "%s: submit= makes the parts; leave shard= out", verb);
    for (const char *c = args_text(args, of->options, "partition"); c && *c; c++)
        if (!isalnum((unsigned char)*c) && !strchr("_-.,", *c))
            return err_set(err, ERR_USAGE, "%s: partition= is a name of Slurm's", verb);
    for (const char *c = args_text(args, of->options, "time"); c && *c; c++)
        if (!isdigit((unsigned char)*c) && !strchr(":-", *c))
            return err_set(err, ERR_USAGE, "%s: time= is written 30, 2:00:00 or 1-12", verb);
    return !submit || args_given(args, "file") ||
           err_set(err, ERR_USAGE, "%s: submit= needs file=FILE.jsonl, where results go", verb);
}

static void say_started(const struct studying *of, const struct study *study, size_t sent,
                        const char *file, struct output *out)
{
    struct strbuf text = {0};
    strbuf_printf(&text, "%s runs in the background: %zu fit%s", of->kind->name, sent,
                  sent == 1 ? "" : "s");
    output_field_number(out, "runs", (double)study->n_runs);
    output_field_number(out, "done", (double)study->n_done);
    output_field_number(out, "sent", (double)sent);
    of->say(study, &text, out);
    if (study->n_done)
        strbuf_printf(&text, "; %zu were done before", study->n_done);
    output_say(out, "%s", sent ? strbuf_text(&text) : "all of it is done");
    if (file)
        output_field_text(out, "file", file);
    strbuf_free(&text);
}

/* Results are the session's from here on, and the file is the runs'. */
static bool begin(struct session *session, const struct studying *of, const struct cohort *cohort,
                  const struct args *args, struct study_file *file, const char *path,
                  struct output *out, struct err *err)
{
    size_t part, parts, from, to, sent;
    const struct study *study = session->studies[of->which].study;
    plan_words_shard(of->kind->name, args, of->options, &part, &parts, NULL);
    study_part(study, part, parts, &from, &to);
    jobs_threads(session->jobs, session_threads(session));
    if (!runs_start(session, of, cohort, file, from, to, &sent, err))
        return false;
    say_started(of, study, sent, path, out);
    if (sent == 0)
        of->show(session, out);
    return true;
}

/* Its file is open and has been gone on from, or there is none. */
static bool send(struct session *session, const struct studying *of, const struct cohort *cohort,
                 const struct args *args, struct study *study, struct output *out, struct err *err)
{
    const char *name = args_text(args, of->options, "file");
    const char *submit = args_text(args, of->options, "submit");
    bool script = submit && strcmp(submit, "script") == 0;
    char *path = name ? path_expand(name) : NULL;
    struct study_file *file = path && !script ? study_open(path, study, err) : NULL;
    bool good = file || !path || script;
    if (!path && session->studies[of->which].study) /* of the same plan: they are gone on from */
        study_join(study, session->studies[of->which].study, NULL);
    if (good) {
        studying_take(session, of, study);
        good = submit ? slurm_start(session, of, cohort, args, path, file, out, err)
                      : begin(session, of, cohort, args, file, path, out, err);
    } else {
        err_prefix(err, "%s", of->kind->name);
        study_free(study);
    }
    free(path);
    return good;
}

bool studying_start(struct session *session, const struct studying *of, const struct args *args,
                    struct output *out, struct err *err)
{
    const char *name = of->kind->name;
    const struct cohort *cohort = of->simulates ? NULL : session_need_cohort(session, err);
    size_t part, parts;
    if ((!cohort && !of->simulates) || !check_submit(of, args, err) ||
        !plan_words_shard(name, args, of->options, &part, &parts, err))
        return false;
    struct study *study = of->plan(session, args, cohort, err);
    if (!study)
        return false;
    if (session_group(session, name) || session_fit(session, name)) {
        study_free(study);
        return err_set(
            err, ERR_FAILED,
            "%s: something of that name is there; `wait %s` or `stop %s`, or `forget` it", name,
            name, name);
    }
    return send(session, of, cohort, args, study, out, err);
}
