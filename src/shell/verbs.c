/* The list of verbs, and finding the verb a word means. */
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "state.h"

static const struct command *const commands[] = {
#define VERB(name) &command_##name,
#include "verbs.def"
#undef VERB
};

const struct command *command_at(size_t i)
{
    return i < sizeof commands / sizeof *commands ? commands[i] : NULL;
}

const struct command *command_find(const char *name)
{
    for (size_t i = 0; command_at(i); i++)
        if (strcmp(commands[i]->name, name) == 0)
            return commands[i];
    return NULL;
}

bool verb_run(struct session *session, const struct command *command, const struct args *args,
              struct output *out, struct err *err)
{
    const struct cohort *cohort = session_cohort(session);
    double trials = cohort ? (double)cohort->n_trials : 0;
    return mem_room(trials * (double)command->trial_bytes, command->name, err) &&
           command->run(session, args, out, err);
}

const char *command_name_at(void *unused, size_t i)
{
    (void)unused;
    return command_at(i) ? command_at(i)->name : NULL;
}

const struct option_row *command_options(const struct command *command)
{
    const struct view_ops *view = command->options ? NULL : view_find(command->name);
    return view ? view->options : command->options;
}

const struct answer_row *command_answer(const struct command *command)
{
    const struct view_ops *view = command->answer ? NULL : view_find(command->name);
    return view ? view->answer : command->answer;
}

size_t command_positional(const struct command *command)
{
    const struct view_ops *view = command->options ? NULL : view_find(command->name);
    return view ? view->positional : command->positional_max;
}

const char *command_group_name(enum command_group group)
{
    static const char *const names[] = {"Data", "Fit", "Look", "Judge", "Keep", "Else"};
    return names[group];
}

/* "stop, source or score" */
static bool ambiguous(const char *word, int column, struct err *err)
{
    struct strbuf list = {0};
    size_t length = strlen(word), n = 0, seen = 0;
    for (size_t i = 0; command_at(i); i++)
        n += strncmp(commands[i]->name, word, length) == 0;
    for (size_t i = 0; command_at(i); i++)
        if (strncmp(commands[i]->name, word, length) == 0) {
            seen++;
            strbuf_printf(&list, "%s%s",
                          seen == 1   ? ""
                          : seen == n ? " or "
                                      : ", ",
                          commands[i]->name);
        }
    err_at(err, ERR_USAGE, column, "'%s' could be %s", word, strbuf_text(&list));
    strbuf_free(&list);
    return false;
}

/* All verbs that begin with `word` begin with this one. */
static bool begins_all(const struct command *command, const char *word)
{
    for (size_t i = 0; command_at(i); i++)
        if (strncmp(command_at(i)->name, word, strlen(word)) == 0 &&
            strncmp(command_at(i)->name, command->name, strlen(command->name)) != 0)
            return false;
    return true;
}

const struct command *command_resolve(const char *word, int column, bool prefixes, struct err *err)
{
    const struct command *found = command_find(word);
    if (found)
        return found;
    size_t length = strlen(word), n = 0;
    for (size_t i = 0; prefixes && length > 0 && command_at(i); i++)
        if (strncmp(commands[i]->name, word, length) == 0) {
            found = commands[i];
            n++;
        }
    if (n == 1)
        return found;
    for (size_t i = 0; n > 1 && command_at(i); i++) /* pause, not pause-for-enter */
        if (strncmp(command_at(i)->name, word, length) == 0 && begins_all(command_at(i), word))
            return command_at(i);
    const char *near = nearest_word(word, command_name_at, NULL);
    if (n > 1)
        ambiguous(word, column, err);
    else if (near)
        err_at(err, ERR_USAGE, column, "unknown verb '%s'; did you mean '%s'?", word, near);
    else
        err_at(err, ERR_USAGE, column, "unknown verb '%s'; `help` lists the verbs", word);
    return NULL;
}
