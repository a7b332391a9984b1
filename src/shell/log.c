/* `log on FILE`: a script that repeats what was done.  A command typed after a fit may have
 * seen it finished, while a script goes on at once: so a `wait` is written before the first
 * command after fits have ended. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "deltaw/base/infile.h"
#include "deltaw/base/mem.h"
#include "deltaw/base/outfile.h"
#include "state.h"

static void forget_log(struct session *session)
{
    close(session->log_fd);
    session->logging = false;
    free(session->log_path);
    session->log_path = NULL;
    free(session->log_held);
    session->log_held = NULL;
}

static bool put(struct session *session, const struct strbuf *text, struct err *err)
{
    if (!session->logging || !text->len || outfile_append(session->log_fd, text->text, text->len))
        return true;
    err_system(err, ERR_FAILED, session->log_path);
    err_prefix(err, "the log ends here");
    forget_log(session);
    return false;
}

/* To the journal of this session, and to the file where one is written. */
static bool keep(struct session *session, const struct strbuf *text, struct err *err)
{
    strbuf_add(&session->journal, strbuf_text(text), text->len);
    return put(session, text, err);
}

static const char heading[] = "# commands of a deltaw session; `source` runs them again\n";

bool log_is(const char *text)
{
    return strncmp(text, heading, sizeof heading - 1) == 0;
}

/* Half a command of ours is cut off; the last line of somebody else's script may have no end. */
static void heal(int fd)
{
    char begins[sizeof heading] = "";
    if (pread(fd, begins, sizeof heading - 1, 0) > 0)
        outfile_heal(fd, log_is(begins));
}

bool log_open(struct session *session, const char *path, struct err *err)
{
    if (session->logging)
        return err_set(err, ERR_FAILED, "log: %s is being written; `log off` ends it",
                       session->log_path);
    int fd = infile_open(path, O_RDWR | O_APPEND | O_CREAT, err);
    if (fd < 0)
        return false;
    if (!infile_lock(fd, 0) && errno == EWOULDBLOCK) {
        close(fd);
        return err_set(err, ERR_FAILED,
                       "%s: another session writes its commands to it; name another file", path);
    }
    heal(fd);
    session->log_path = mem_text(path);
    session->log_trains = session_busy(session);
    session->log_fd = fd;
    session->logging = true;
    struct strbuf text = {0};
    strbuf_puts(&text, heading);
    strbuf_printf(&text, "set seed=%s\n", session_setting(session, "seed"));
    bool good = put(session, &text, err);
    strbuf_free(&text);
    return good;
}

void session_key_shape(const char *command, struct strbuf *out)
{
    size_t from = out->len, at = strcspn(command, " ");
    bool sets = command[at] != '\0';
    strbuf_add(out, command, at);
    while (command[at] && sets) {
        at += strspn(command + at, " ");
        size_t n = strcspn(command + at, " "), name = strcspn(command + at, "=|/ ");
        sets = name < n;
        strbuf_putc(out, ' ');
        if (command[at + name] == '=')
            strbuf_add(out, command + at, name + 1);
        at += n;
    }
    if (!sets)
        strbuf_cut(out, from);
}

static void take_held(struct session *session, struct strbuf *out)
{
    if (session->log_held)
        strbuf_puts(out, session->log_held);
    free(session->log_held);
    session->log_held = NULL;
}

static bool same_shape(const char *a, const char *b)
{
    struct strbuf one = {0}, other = {0};
    session_key_shape(a, &one);
    session_key_shape(b, &other);
    bool same = one.len > 0 && strcmp(strbuf_text(&one), strbuf_text(&other)) == 0;
    strbuf_free(&one);
    strbuf_free(&other);
    return same;
}

bool log_close(struct session *session, struct err *err)
{
    if (!session->logging)
        return err_set(err, ERR_FAILED, "log: none is being written; `log on FILE` begins one");
    struct strbuf text = {0};
    take_held(session, &text);
    bool good = keep(session, &text, err);
    strbuf_free(&text);
    if (good)
        forget_log(session);
    return good;
}

const char *log_journal(struct session *session)
{
    struct strbuf text = {0};
    struct err ignored = {0};
    take_held(session, &text);
    keep(session, &text, &ignored);
    strbuf_free(&text);
    return strbuf_text(&session->journal);
}

bool log_command(struct session *session, const struct running *now, struct err *err)
{
    if (now->command->unlogged || now->unlogged)
        return true;
    struct strbuf text = {0};
    const char *name = now->command->name;
    const char *rest = now->text + strcspn(now->text, " \t\r\n\f\v");
    if (!now->key || !session->log_held || !same_shape(session->log_held, now->text))
        take_held(session, &text);
    if (strcmp(name, "wait") == 0) {
        session->log_trains = session_busy(session);
    } else if (session->log_trains && !session_busy(session)) {
        strbuf_puts(&text, "wait\n");
        session->log_trains = false;
    }
    free(session->log_held);
    session->log_held = mem_printf("%s%s\n", name, rest);
    if (!now->key)
        take_held(session, &text);
    if (strcmp(name, "fit") == 0)
        session->log_trains = true;
    bool good = keep(session, &text, err);
    strbuf_free(&text);
    return good;
}
