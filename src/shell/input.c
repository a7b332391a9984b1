/* Where commands come from: a queue of texts and a stack of the files being read.  An
 * aside, typed while a script pauses, is on top of the script: it runs at once, an error in
 * it ends only the aside, and then the pause continues. */
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "state.h"

static void source_free(struct source *source)
{
    free(source->name);
    free(source->path);
    free(source->text);
}

static void stack_cut(struct session *s, size_t n)
{
    while (s->n_stack > n)
        source_free(&s->stack[--s->n_stack]);
}

void input_drop(struct session *s)
{
    for (size_t i = 0; i < s->n_queue; i++)
        source_free(&s->queue[i]);
    s->n_queue = 0;
    stack_cut(s, 0);
}

bool input_end(struct session *s)
{
    for (size_t i = s->n_stack; i-- > 0;)
        if (s->stack[i].aside) {
            stack_cut(s, i);
            s->paused = true;
            return true;
        }
    input_drop(s);
    return false;
}

bool input_any(const struct session *s)
{
    return s->n_queue > 0 || s->n_stack > 0;
}

struct source *input_lesson(struct session *s)
{
    for (size_t i = s->n_stack; i-- > 0;)
        if (s->stack[i].lesson)
            return &s->stack[i];
    return NULL;
}

void input_leave_lesson(struct session *s)
{
    struct source *lesson = input_lesson(s);
    if (lesson && s->stack[s->n_stack - 1].aside)
        stack_cut(s, (size_t)(lesson - s->stack));
}

static struct source source_new(char *text, const char *name, int line)
{
    return (struct source){
        .name = mem_text(name),
        .text = text,
        .line = line > 0 ? line : 1,
        .numbered = line > 0 || strchr(text, '\n'),
        .prompt = line == 0 && (strcmp(name, "prompt") == 0 || strcmp(name, "key") == 0),
    };
}

static struct source *queue(struct session *s, char *text, const char *name, int line)
{
    s->queue = mem_resize(s->queue, s->n_queue + 1, sizeof *s->queue);
    s->queue[s->n_queue] = source_new(text, name, line);
    return &s->queue[s->n_queue++];
}

static bool leaves(const struct session *s, const char *text, const char *source)
{
    text += strspn(text, " \t");
    size_t n = strcspn(text, " \t\n");
    return s->now.active && s->now.command && strcmp(source, "prompt") == 0 && n > 0 &&
           strncmp(text, "quit!", n) == 0 && !text[n + strspn(text + n, " \t\n")];
}

/* Quitting abandons reading and computing, but waits for a file being written unless
 * repeated. */
void session_feed(struct session *session, const char *text, const char *source)
{
    if (leaves(session, text, source)) {
        if (session_writes(session) && session->leaving == STAYS)
            session->leaving = LEAVES;
        else
            session_cancel(session);
    }
    queue(session, mem_text(text), source, 0);
}

void session_feed_line(struct session *session, const char *text, const char *source, int line)
{
    queue(session, mem_text(text), source, line);
}

static bool feed_file(struct session *session, const char *path, bool rc, struct err *err)
{
    char *text = script_read(path, err);
    if (!text)
        return false;
    struct source *source = queue(session, text, path, 1);
    source->script = !rc;
    source->rc = rc;
    return true;
}

bool session_feed_file(struct session *session, const char *path, struct err *err)
{
    if (!script_waits(path))
        return feed_file(session, path, false, err);
    struct strbuf command = {0};
    strbuf_puts(&command, "source ");
    args_word(path, &command);
    queue(session, strbuf_take(&command), "-f", 0)->tacit = true;
    return true;
}

bool session_feed_rc(struct session *session, const char *path, struct err *err)
{
    return feed_file(session, path, true, err);
}

void session_feed_aside(struct session *session, const char *text, const char *source)
{
    if (!session->paused || session->n_stack > SOURCE_DEPTH) {
        session_feed(session, text, source);
        return;
    }
    session->paused = false;
    struct source *aside = &session->stack[session->n_stack++];
    *aside = source_new(mem_text(text), source, 0);
    aside->aside = true;
}

bool session_push(struct session *s, char *text, const char *name, bool lesson, struct err *err)
{
    if (s->n_stack > SOURCE_DEPTH) {
        free(text);
        return err_set(err, ERR_FAILED,
                       "%s: scripts are nested more than %d deep; does one run itself?", name,
                       SOURCE_DEPTH);
    }
    struct source *top = &s->stack[s->n_stack++];
    *top = source_new(text, name, 1);
    top->script = !s->now.rc;
    top->rc = s->now.rc;
    top->lesson = lesson;
    return true;
}

struct source *input_top(struct session *s)
{
    while (s->n_stack > 0) {
        struct source *top = &s->stack[s->n_stack - 1];
        if (top->text[top->at])
            return top;
        bool aside = top->aside;
        stack_cut(s, s->n_stack - 1);
        if (aside) {
            s->paused = true;
            return NULL;
        }
    }
    if (s->n_queue == 0)
        return NULL;
    s->stack[s->n_stack++] = s->queue[0];
    memmove(s->queue, s->queue + 1, --s->n_queue * sizeof *s->queue);
    return input_top(s);
}
