#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "deltaw/base/mem.h"
#include "../state.h"

/* What may have to be waited for. */
struct sourcing {
    char *path, *text;
};

static void sourcing_release(void *data)
{
    struct sourcing *s = data;
    free(s->path);
    free(s->text);
    free(s);
}

static bool sourcing_work(void *data, struct task *task, struct err *err)
{
    (void)task;
    struct sourcing *s = data;
    s->text = script_await(s->path, err);
    return s->text != NULL;
}

static bool sourcing_finish(struct session *session, void *data, struct output *out,
                            struct err *err)
{
    (void)out;
    struct sourcing *s = data;
    char *text = s->text;
    s->text = NULL;
    return session_push(session, text, strcmp(s->path, "-") == 0 ? "stdin" : s->path, false, err);
}

static bool source_run(struct session *session, const struct args *args, struct output *out,
                       struct err *err)
{
    const char *path = args_at(args, 0);
    output_field_text(out, "file", path);
    if (!script_waits(path)) {
        char *text = script_read(path, err);
        return text && session_push(session, text, path, false, err);
    }
    if (strcmp(path, "-") == 0 && isatty(STDIN_FILENO))
        return err_at(err, ERR_USAGE, args->items[0].column,
                      "source: standard input is the terminal; type the commands");
    struct sourcing *s = mem_new(1, sizeof *s);
    s->path = mem_text(path);
    return task_start(session, mem_printf("reading %s", path), s, sourcing_work, sourcing_finish,
                      sourcing_release, err);
}

const struct command command_source = {
    .name = "source",
    .group = GROUP_KEEP,
    .arguments = "FILE",
    .summary = "run the commands of a script",
    .detail = "One command a line or several with `;` between, `#` begins a comment.  Scripts "
              "write verbs in full.  An error ends the script and names its line.",
    .examples = "source script.dw",
    .positional_type = OPTION_FILE,
    .endings = ".dw",
    .positional_min = 1,
    .positional_max = 1,
    .unlogged = true,
    .answer = tell_file_answer,
    .run = source_run,
};
