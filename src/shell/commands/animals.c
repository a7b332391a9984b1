#include <string.h>

#include "deltaw/base/mem.h"
#include "../state.h"

static bool has_tile(const char *picture, const char *view)
{
    size_t n = strlen(view);
    for (const char *at = picture; (at = strstr(at, view)); at += n)
        if ((at == picture || strchr("|,/", at[-1])) && (!at[n] || strchr("|,/:", at[n])))
            return true;
    return false;
}

/* Table, weights (of a model, if there is one) and psychometric curve side by side, unless
 * they are on the screen. */
static bool place(struct session *session, bool weights, struct err *err)
{
    const struct session_host *host = &session->setup.host;
    struct args now = {0}, wanted = {0};
    const char *zoomed = NULL;
    host->layout(host->data, &now, &zoomed);
    const char *picture = args_at(&now, 0);
    bool there = !zoomed && has_tile(picture, "animals") && has_tile(picture, "psychometric") &&
                 (!weights || has_tile(picture, "weights"));
    args_free(&now);
    if (there)
        return true;
    args_set(&wanted, NULL,
             weights ? "animals:2|weights:3/psychometric" : "animals:2|psychometric:3", 0);
    bool good = host->screen(host->data, "layout", &wanted, err);
    args_free(&wanted);
    return good;
}

/* All of it, or nothing. */
static bool open_animal(struct session *session, const struct args *args, struct output *out,
                        struct err *err)
{
    const struct session_host *host = &session->setup.host;
    const char *name = args_text(args, command_options(&command_animals), "open");
    bool weights = session_scene(session)->n_models > 0;
    if (!host->screen || !host->layout)
        return err_at(err, ERR_USAGE, args->items[0].column,
                      "animals: open= is of the full screen; elsewhere `psychometric %s` and "
                      "`weights %s`",
                      name, name);
    static const char *const names[] = {"psychometric", "weights"};
    struct view *views[2] = {0};
    struct args before[2] = {0}, one = {0};
    bool good = true;
    args_set(&one, "animal", name, args->items[0].column);
    for (size_t i = 0; good && i < 1u + weights; i++) {
        struct view *view = session_view(session, names[i], err);
        before[i] = view ? args_copy(view_args(view)) : (struct args){0};
        good = view && view_request(view, &one, session_scene(session), err);
        views[i] = view;
    }
    good = good && place(session, weights, err);
    for (size_t i = 0; i < 2; i++) {
        if (views[i] && !good)
            view_restore(views[i], &before[i]);
        args_free(&before[i]);
    }
    args_free(&one);
    if (good && !session->now.key)
        output_say(out, "%s: its %spsychometric curve", name, weights ? "weights and its " : "");
    return good;
}

static bool animals_run(struct session *session, const struct args *args, struct output *out,
                        struct err *err)
{
    const struct option_row *options = command_options(&command_animals);
    const struct cohort *cohort = session_need_cohort(session, err);
    bool taken;
    if (!cohort)
        return false;
    if (args_given(args, "open"))
        return args->n == 1 ? open_animal(session, args, out, err)
                            : err_set(err, ERR_USAGE, "animals: open= stands alone");
    bool exported = session->now.command != &command_animals; /* it has no tile to ask */
    if (!exported && (!view_verb_tile(session, args, &taken, err) || taken))
        return taken;
    struct table table = {0};
    view_animals_table(cohort, args_text(args, options, "sort"), &table);
    output_table(out, "animals", &table);
    table_free(&table);
    return true;
}

static const struct answer_row animals_answer[] = {
    {"animals", .type = ANSWER_TABLE, .columns = view_animals_columns, .sometimes = true},
    {0},
};

const struct command command_animals = {
    .name = "animals",
    .group = GROUP_DATA,
    .arguments = "[sort=COLUMN]",
    .summary = "a row per animal: trials, sessions, correct, rightward",
    .detail = "The share of correct choices is that of trials whose reward is known: choices of "
              "the correct side, which is what was rewarded unless the log has a column for it.  "
              "`layout animals|accuracy` keeps the table in a tile of the full screen; Enter, or a "
              "second click on a row, shows that animal's weights and psychometric curve beside "
              "it.",
    .examples = "animals\nanimals sort=correct",
    .answer = animals_answer,
    .run = animals_run,
};
