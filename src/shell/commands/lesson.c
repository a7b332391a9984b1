#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "../state.h"

static const struct option_row lesson_options[] = {
    {"step", OPTION_INTEGER, 1, 999, NULL, "1",
     "to begin at, from 1; what comes before is run without its text"},
    {0},
};

static const struct column lesson_columns[] = {
    {"lesson", .type = COLUMN_COUNT},
    {"minutes", .type = COLUMN_NUMBER},
    {"title", .type = COLUMN_TEXT},
    {"name", .type = COLUMN_TEXT},
    {0},
};

static void list(const struct lessons *lessons, struct output *out)
{
    struct table table = {0};
    table_declare(&table, lesson_columns);
    for (size_t i = 0; i < lessons->n; i++) {
        const struct lesson *lesson = &lessons->items[i];
        double number = lesson->number < 0 ? NAN : lesson->number;
        table_add(&table, 2, (const char *[]){lesson->title, lesson->name}, 2,
                  (double[]){number, lesson->minutes});
    }
    output_table(out, "lessons", &table);
    table_free(&table);
    output_say(out, "`lesson 1` begins the first.  Enter goes on, `lesson back` back, ^C ends it.");
}

/* By number or by name; NULL: neither. */
static const struct lesson *pick(const struct lessons *lessons, const char *word)
{
    long long number;
    bool numbered = number_parse_integer(word, &number) && number >= 0;
    for (size_t i = 0; i < lessons->n; i++)
        if (numbered ? lessons->items[i].number == number
                     : strcmp(lessons->items[i].name, word) == 0)
            return &lessons->items[i];
    return NULL;
}

/* A lesson begins with views as they are at the start and without the models of the last
 * lesson, whose names it may reuse. */
static bool begin(struct session *session, const char *path, const char *name, int step,
                  struct output *out, struct err *err)
{
    char *text = script_read(path, err);
    if (!text)
        return false;
    int skipped = lesson_skip(text, step - 1);
    if (skipped < step - 1) {
        free(text);
        return err_set(err, ERR_USAGE, "%s has %d steps, so none with step=%d", name, skipped + 1,
                       step);
    }
    input_leave_lesson(session);
    if (!session_push(session, text, name, true, err))
        return false;
    struct source *lesson = input_lesson(session);
    lesson->path = mem_text(path);
    lesson->step = skipped;
    if (skipped)
        output_say(out, "step %d; the commands of the steps before it run first", step);
    session_forget_lesson(session);
    session_views_renew(session);
    return true;
}

static bool is_file(const char *word)
{
    size_t n = strlen(word);
    return strchr(word, '/') || (n > 3 && strcmp(word + n - 3, ".dw") == 0);
}

/* The lesson that waits, from the pause before the one it is at. */
static bool go_back(struct session *session, struct output *out, struct err *err)
{
    struct source *lesson = input_lesson(session);
    if (!lesson)
        return err_set(err, ERR_FAILED,
                       "lesson back: no lesson waits; `lesson N step=K` begins at a step");
    char *path = mem_text(lesson->path), *name = mem_text(lesson->name);
    bool good = begin(session, path, name, lesson->step > 1 ? lesson->step - 1 : 1, out, err);
    output_field_text(out, "file", path);
    free(path);
    free(name);
    return good;
}

static bool lesson_run(struct session *session, const struct args *args, struct output *out,
                       struct err *err)
{
    struct lessons lessons;
    const char *word = args_at(args, 0);
    int step = (int)args_integer(args, lesson_options, "step");
    if (word && strcmp(word, "back") == 0)
        return go_back(session, out, err);
    if (word && is_file(word)) {
        output_field_text(out, "file", word);
        return begin(session, word, word, step, out, err);
    }
    if (!lessons_find(&lessons, err))
        return false;
    const struct lesson *lesson = word ? pick(&lessons, word) : NULL;
    bool good = true;
    if (!word)
        list(&lessons, out);
    else if (!lesson)
        good = err_at(err, ERR_USAGE, args->items[0].column,
                      "there is no lesson '%s'; `lesson` "
                      "lists them, `lesson ./FILE` runs a script of yours",
                      word);
    else
        good = begin(session, lesson->path, strrchr(lesson->path, '/') + 1, step, out, err);
    if (word)
        output_field_text(out, "file", lesson ? lesson->path : NULL);
    lessons_free(&lessons);
    return good;
}

static const struct answer_row lesson_answer[] = {
    {"lessons", .type = ANSWER_TABLE, .columns = lesson_columns, .sometimes = true},
    {"file", .type = ANSWER_TEXT, .sometimes = true, .meaning = "of the lesson that begins"},
    {0},
};

const struct command command_lesson = {
    .name = "lesson",
    .group = GROUP_ELSE,
    .arguments = "[N|NAME|FILE|back] [step=K]",
    .summary = "a narrated tour that types its own commands, or list them",
    .detail = "Enter goes on, `lesson back` goes back a step, ^C ends it; what else is typed while "
              "it waits runs at once.  Each begins "
              "with views as at the start, without the models of the lesson before; `undo` brings "
              "back the trials that were open.  They are scripts; the manual says how to write "
              "one.",
    .options = lesson_options,
    .examples = "lesson\nlesson 1\nlesson 2 step=4",
    .positional_type = OPTION_LESSON,
    .endings = ".dw",
    .positional_max = 1,
    .unlogged = true,
    .answer = lesson_answer,
    .run = lesson_run,
};
