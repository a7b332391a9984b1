#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/outfile.h"
#include "../fitting.h"
#include "../wrong_file.h"
#include "../state.h"

/* Names are checked here so that the error points at the word. */
static bool check_holdout(const struct args *args, const struct cohort *cohort,
                          const struct fit_settings *s, struct err *err)
{
    const char *text = s->holdout;
    if (!text)
        return true;
    char *copy = mem_text(text), *rest = copy, *one;
    const char **names = mem_new(cohort->n_animals + 1, sizeof *names);
    bool good = true;
    for (size_t i = 0; i < cohort->n_animals; i++)
        names[i] = cohort->animals[i].name;
    while (good && (one = strsep(&rest, ","))) {
        if (cohort_animal(cohort, one) >= 0)
            continue;
        const char *near = nearest_of(one, names);
        good = err_at(err, ERR_FAILED, args_column(args, "holdout"),
                      near ? "fit: holdout: no animal '%s'; did you mean '%s'?"
                           : "fit: holdout: no animal '%s'; `animals` lists them",
                      one, near);
    }
    free(names);
    free(copy);
    return good;
}

static void take_file(const struct args *args, const struct model *from,
                      const struct cohort *cohort, struct fit_settings *s)
{
    if (s->init) {
        char *path = path_expand(s->init);
        free(s->init);
        s->init = path;
    }
    if (from && from->cohort_digest != cohort->digest && !args_given(args, "holdout"))
        setting_set(setting_find("holdout"), "", s, NULL);
}

/* The model of start=; it has a rule without a memory, for the same policy. */
static bool take_teacher(const struct session *session, const struct args *args,
                         struct fit_settings *s, struct err *err)
{
    int column = args_column(args, "start");
    if (!args_given(args, "start"))
        return true;
    if (s->init)
        return err_at(err, ERR_USAGE, column,
                      "fit: start= and init= are two beginnings; leave one out");
    struct model *m = s->teacher = session_need_model(session, s->start, column, err);
    if (!m)
        return false;
    const char *why = m->rule->network || m->rule->mean            ? "is no textbook or gp fit"
                      : m->rule->no_updates || m->rule->no_weights ? "has no rule of updates"
                      : rule_remembers(m->rule, &m->settings.shape)
                          ? "remembers past trials, which a start cannot give back"
                      : strcmp(m->settings.policy.text, s->policy.text) != 0
                          ? "is of another policy="
                          : NULL;
    return !why || err_at(err, ERR_FAILED, column,
                          "fit: start=%s: it %s; name a fit of reinforce-base, say, or of gp",
                          s->start, why);
}

/* From a start that is nearly right a short and gentle fit is enough; at the full rate it
 * would be unlearnt. */
static void take_gentle(const struct args *args, struct fit_settings *s)
{
    if (!args_given(args, "start") || args_given(args, "optimizer"))
        return;
    s->optimizer = OPTIMIZER_FAST;
    if (!args_given(args, "epochs"))
        s->epochs = 100;
    if (!args_given(args, "rate"))
        s->rate = 3e-5;
}

static bool take_settings(const struct session *session, const struct args *args,
                          const struct rule *rule, const struct model *from,
                          const struct cohort *cohort, struct fit_settings *s, struct err *err)
{
    fit_settings_default(s);
    if (!rule_settings(rule, args, fit_options, from ? &from->settings : NULL, "fit", s, err))
        return false;
    take_file(args, from, cohort, s);
    if (!rule_check_settings(args, cohort, s, "fit", err) || !check_holdout(args, cohort, s, err))
        return false;
    if (!args_given(args, "threads"))
        s->threads = session_threads(session);
    bool epochs = args_given(args, "epochs") || (from && !args_given(args, "optimizer"));
    if (s->optimizer == OPTIMIZER_FAST && !epochs)
        s->epochs = fit_minibatch_epochs(s, cohort);
    take_gentle(args, s);
    return take_teacher(session, args, s, err);
}

/* The word that names the rule. */
static const struct arg *rule_word(const struct args *args)
{
    size_t i = 0;
    while (args->items[i].name)
        i++;
    return &args->items[i];
}

static void say_started(struct fit *fit, const struct fit_settings *s, const struct rule *rule,
                        const struct cohort *cohort, struct output *out)
{
    const char *name = fit_name(fit);
    struct strbuf words = {0};
    char buf[NUMBER_SIZE];
    size_t n = rule_parameters(rule, s, NULL);
    cohort_words(cohort, &words);
    if (s->holdout)
        strbuf_printf(&words, ", without %s", s->holdout);
    if (rule->network)
        output_say(out, "%s trains in the background: %d epoch%s on %s", name, s->epochs,
                   s->epochs == 1 ? "" : "s", strbuf_text(&words));
    else if (rule->no_updates)
        output_say(out, "%s is fitted in the background: each animal by itself, %s", name,
                   strbuf_text(&words));
    else
        output_say(out, "%s is fitted in the background: %zu parameter%s on %s", name, n,
                   n == 1 ? "" : "s", strbuf_text(&words));
    if (fit_status(fit).state == FIT_QUEUED)
        output_say(out, "it is queued and begins when another has ended; `jobs` lists them");
    if (rule->no_updates && cohort->unrewarded)
        output_say(out,
                   "with %zu trials whose reward is unknown, which it does not need and the "
                   "cohort leaves out",
                   cohort->unrewarded->n_trials);
    if (rule->no_weights)
        output_say(out, "%s has no weights: it predicts choices, and there is no map of it",
                   rule->name);
    if (s->shape.lapse.value > 0)
        output_say(out, "a share of %s of the choices is taken as made at random",
                   number_format(buf, s->shape.lapse.value, 3));
    tell_model(name, rule, n, out);
    output_field_text(out, "state", fit_state_name(fit_status(fit).state));
    output_field_number(out, "epochs", rule->network ? s->epochs : NAN);
    output_field_number(out, "seed", (double)s->seed);
    output_field_number(out, "animals", (double)cohort->n_animals);
    output_field_number(out, "trials", (double)cohort->n_trials);
    output_field_text(out, "holdout", s->holdout);
    output_field_number(out, "lapse", s->shape.lapse.value);
    strbuf_free(&words);
}

/* The group that the fit is to be one of; *out NULL: none. */
static bool take_group(struct session *session, const struct args *args, const char *fit,
                       struct job_group **out, struct err *err)
{
    const char *name = args_text(args, fit_options, "group");
    *out = NULL;
    if (!name)
        return true;
    if (session_fit(session, name) || strcmp(name, fit) == 0)
        return err_at(err, ERR_USAGE, args_column(args, "group"),
                      "fit: group=%s: a fit is called that; choose another", name);
    if (!session_good_name(name))
        return err_at(err, ERR_USAGE, args_column(args, "group"),
                      "fit: group=%s: a group's name is up to 32 letters, digits and _-. and "
                      "begins with a letter",
                      name);
    *out = session_make_group(session, name);
    return true;
}

static struct fit *start(struct session *session, const struct fit_settings *settings,
                         const struct cohort *cohort, const struct args *args, const char *name,
                         struct err *err)
{
    struct job_group *group;
    return take_group(session, args, name, &group, err)
               ? fit_start(settings, cohort, name, session->jobs, group, err)
               : NULL;
}

static void say_teacher(const struct fit_settings *s, struct output *out)
{
    if (!s->teacher)
        return;
    output_say(out,
               "it begins as the rule of %s: where the trials say nothing the map keeps saying "
               "what %s says",
               s->start, s->start);
    output_field_text(out, "start", s->start);
}

static void say_init(const struct fit_settings *s, const struct rule *rule, const struct fit *fit,
                     const char *name, struct output *out)
{
    const char *anew = fit_began_anew(fit);
    int done = fit_went_on(fit);
    if (anew)
        output_say(out, "%s begins anew from the parameters of %s: %s", name, s->init, anew);
    if (done >= 0)
        output_say(out, "%s goes on from epoch %d of %s", name, done, s->init);
    if (s->init && rule->network)
        output_field_number(out, "first_epoch", done < 0 ? 0 : done);
}

/* pool=each: what says of several animals how they are fitted together is of no use. */
static bool check_each(const struct args *args, const struct fit_settings *s, struct err *err)
{
    static const char *const others[] = {"members", "group", "bootstrap", "init", "gain", NULL};
    for (size_t i = 0; s->pool == POOL_EACH && others[i]; i++)
        if (args_given(args, others[i]))
            return err_at(err, ERR_USAGE, args_column(args, others[i]),
                          "fit: pool=each fits every animal alone, which leaves nothing for %s=; "
                          "leave one of the two out",
                          others[i]);
    return true;
}

/* members=: networks have no intervals of their own. */
static bool check_members(const struct rule *rule, const struct args *args,
                          const struct fit_settings *s, struct err *err)
{
    if (!check_each(args, s, err))
        return false;
    if (!args_given(args, "members"))
        return true;
    const char *refused = rule_refuses(rule, "members");
    if (refused)
        return err_at(err, ERR_USAGE, args_column(args, "members"),
                      "fit: members= does not apply to %s: %s", rule->name, refused);
    const char *other = args_given(args, "group") ? "group" : s->bootstrap ? "bootstrap" : NULL;
    if (other)
        return err_at(err, ERR_USAGE, args_column(args, other),
                      "fit: members= makes a group and draws animals itself; leave %s= out", other);
    return !s->init || err_at(err, ERR_USAGE, args_column(args, "init"),
                              "fit: members= begin anew, each from a seed of its own; leave init= "
                              "out");
}

static void say_many(const struct fit_settings *s, const char *name, size_t n, struct output *out)
{
    say_teacher(s, out);
    output_say(out, "`wait %s` waits for all; `stop %s` keeps those that have finished", name,
               name);
    output_field_text(out, "model", name);
    output_field_text(out, "rule", s->rule);
    output_field_number(out, "members", (double)n);
    output_field_number(out, "seed", (double)s->seed);
}

static bool start_members(struct session *session, const struct fit_settings *s,
                          const struct cohort *cohort, const struct args *args, const char *name,
                          struct output *out, struct err *err)
{
    size_t n = (size_t)args_number(args, fit_options, "members");
    struct strbuf words = {0};
    if (!members_start(session, s, cohort, name, n, err))
        return false;
    cohort_words(cohort, &words);
    output_say(out,
               "%s trains in the background: %zu members of %d epochs, each to animals drawn anew "
               "from %s",
               name, n, s->epochs, strbuf_text(&words));
    say_many(s, name, n, out);
    output_field_number(out, "epochs", s->epochs);
    strbuf_free(&words);
    return true;
}

static bool start_each(struct session *session, const struct fit_settings *s,
                       const struct cohort *cohort, const char *name, struct output *out,
                       struct err *err)
{
    size_t n;
    if (!members_start_each(session, s, cohort, name, &n, err))
        return false;
    output_say(out, "%s is fitted in the background: each of %zu animals alone", name, n);
    say_many(s, name, n, out);
    return true;
}

static bool start_one(struct session *session, const struct fit_settings *settings,
                      const struct rule *rule, const struct cohort *cohort, const struct args *args,
                      const char *name, struct output *out, struct err *err)
{
    struct fit *fit = start(session, settings, cohort, args, name, err);
    if (!fit)
        return false;
    session_add_fit(session, fit);
    say_started(fit, settings, rule, cohort, out);
    say_init(settings, rule, fit, name, out);
    say_teacher(settings, out);
    return true;
}

/* from: the model of init=, whose settings hold where the line has no others; NULL: none. */
static bool begin(struct session *session, const struct args *args, const struct model *from,
                  struct output *out, struct err *err)
{
    const struct arg *word = rule_word(args);
    const struct rule *rule = rule_need(word->value, word->column, "fit", err);
    const struct cohort *cohort = rule ? session_need_cohort(session, err) : NULL;
    if (!cohort)
        return false;
    jobs_threads(session->jobs, session_threads(session));
    struct args all = args_copy(args);
    if (!from)
        session_settings_seed(session, &all);
    struct fit_settings settings = {0};
    char *name = NULL;
    bool many = args_given(&all, "members");
    bool good = take_settings(session, &all, rule, from, cohort, &settings, err) &&
                check_members(rule, &all, &settings, err) &&
                session_new_name(session, args_text(&all, fit_options, "name"), settings.rule,
                                 args_column(&all, "name"), &name, err) &&
                (settings.pool == POOL_EACH ? start_each(session, &settings, cohort, name, out, err)
                 : many ? start_members(session, &settings, cohort, &all, name, out, err)
                        : start_one(session, &settings, rule, cohort, &all, name, out, err));
    free(name);
    fit_settings_free(&settings);
    args_free(&all);
    return good;
}

/* --- init=: its file is read in a job */

struct reading {
    struct args args;
    char *path;
    struct model *from;
};

static void read_release(void *data)
{
    struct reading *r = data;
    args_free(&r->args);
    model_drop(r->from);
    free(r->path);
    free(r);
}

static bool read_work(void *data, struct task *task, struct err *err)
{
    struct reading *r = data;
    struct err why = {0};
    return model_open(r->path, "init", &r->from, &why) ||
           wrong_file_log(r->path, &task->job.stop, &why) ||
           err_at(err, why.code, args_column(&r->args, "init"), "fit: %s", why.message);
}

static bool read_finish(struct session *session, void *data, struct output *out, struct err *err)
{
    const struct reading *r = data;
    return begin(session, &r->args, r->from, out, err);
}

static bool fit_run(struct session *session, const struct args *args, struct output *out,
                    struct err *err)
{
    const struct arg *word = rule_word(args);
    const struct rule *rule = rule_need(word->value, word->column, "fit", err);
    const char *init = args_text(args, fit_options, "init");
    if (!rule || !rule_check_args(rule, args, "fit", err) || !session_need_cohort(session, err))
        return false;
    if (!init)
        return begin(session, args, NULL, out, err);
    struct reading *r = mem_new(1, sizeof *r);
    r->args = args_copy(args);
    r->path = path_expand(init);
    return task_start(session, mem_printf("reading %s", init), r, read_work, read_finish,
                      read_release, err);
}

static const struct answer_row fit_answer[] = {
    ANSWER_ALSO(tell_model_answer),
    {"state", .type = ANSWER_TEXT},
    {"epochs", .type = ANSWER_COUNT, .meaning = "null: the rule has none"},
    {"seed", .type = ANSWER_COUNT},
    {"animals", .type = ANSWER_COUNT},
    {"trials", .type = ANSWER_COUNT},
    {"holdout", .type = ANSWER_TEXT, .meaning = "animals, a comma between"},
    {"lapse", .type = ANSWER_NUMBER, .meaning = "share of choices taken as random"},
    {0},
};

const struct command command_fit = {
    .name = "fit",
    .group = GROUP_FIT,
    .arguments = "RULE [name=value]...",
    .summary = "fit a learning rule to the cohort, in the background",
    .detail =
        "Maximises the likelihood of the animals' choices under a policy whose weights the rule "
        "changes after every trial: networks by truncated backpropagation, textbook rules by a "
        "search on the exact gradient, which also gives standard errors (`show`).  The prompt is "
        "free at once; `loss` and `map` show it move.  Other fits can start beside it; those "
        "without a processor are queued (`jobs`).  optimizer=fast comes to the losses of Adam's "
        "long schedule in a fraction of its passes over the cohort: it takes many steps a pass, "
        "each on a few segments of truncation= trials from all over the cohort; a pass is an "
        "epoch, and without epochs= there are as many as end about where 1000 of Adam do.  It "
        "overfits as soon, most on small cohorts: watch the held-out loss.  init= goes on from a "
        "saved fit of a network until there are epochs= in all, to the bit as if it had not "
        "stopped (on a processor of the same kind); options that are not given are the file's.  "
        "With another cohort or another setting it begins anew from the file's parameters, and "
        "says so; so it does with other epochs= of optimizer=fast, which plan its rate.  The same "
        "seed gives the same bits on any number of threads.  members=8 fits so many networks, from "
        "seed= and those after it, each to as many animals as there are, drawn anew with "
        "replacement (bootstrap=, seed= + 1); once all are over they are one model, an ensemble: "
        "their mean, with 90 % intervals by Student's t over members.  `stop NAME` keeps those "
        "that have finished.  pool=each fits every animal alone; together they are one model, "
        "which asks of an animal its own, of one held out the mean of all; a map is the mean over "
        "animals.  When a network has ended reinforce-base is fitted to the same trials, once a "
        "cohort: a training loss above its is marked, here and in maps, as still on the plateau, "
        "and such networks have no intervals; members= leaves them out where four and at least "
        "half of the members are off it.  start=MODEL teaches a network to give back the updates "
        "of a textbook or gp fit before it is trained, then (unless optimizer= is given) trains by "
        "fast for 100 epochs at the rate 3e-5: maps of small cohorts are far better then, but keep "
        "what the start says wherever trials tell nothing.  `rules RULE` lists a rule's options; "
        "others are refused.",
    .examples = "fit dnn\n"
                "fit dnn name=small hidden=8 layers=1 epochs=20 seed=1\n"
                "fit dnn epochs=10 holdout=sim001,sim002\n"
                "fit dnn epochs=10 w0=psychometric truncation=100 rate=2^-9\n"
                "fit dnn init=dnn1.npz epochs=40\n"
                "fit dnn epochs=10 lags=2\n"
                "fit reinforce-base\n"
                "fit reinforce-base baseline=nonneg alpha=shared\n"
                "fit predict-max alpha_error=yes forgetting=yes lapse=fit\n"
                "fit trace window=5 policy=stim+prevchoice+bias w0=.5,0,0\n"
                "fit dnn members=3 epochs=5; wait; map\n"
                "fit reinforce-base pool=each; wait; score\n"
                "fit reinforce-base name=a; wait; fit dnn start=a\n"
                "fit tinyrnn hidden=4 epochs=10\n"
                "fit dnn epochs=5 group=a; fit dnn epochs=5 seed=2 group=a; wait a",
    .options = fit_options,
    .positional_type = OPTION_RULE,
    .positional_min = 1,
    .positional_max = 1,
    .takes = rule_takes_word,
    .answer = fit_answer,
    .run = fit_run,
};
