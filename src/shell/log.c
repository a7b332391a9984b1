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
#include "state.h"

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

/* A line of the journal of this session, and of the file where one is written. */
static void write_line(struct session *session, const char *line)
{
    strbuf_puts(&session->journal, line);
    if (session->log)
        fputs(line, session->log);
}

static void write_held(struct session *session)
{
    if (session->log_held)
        write_line(session, session->log_held);
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

bool log_open(struct session *session, const char *path, struct err *err)
{
    if (session->log)
        return err_set(err, ERR_FAILED, "log: %s is being written; `log off` ends it",
                       session->log_path);
    int fd = infile_open(path, O_WRONLY | O_APPEND | O_CREAT, err);
    if (fd < 0)
        return false;
    if (!infile_lock(fd, 0) && errno == EWOULDBLOCK) {
        close(fd);
        return err_set(err, ERR_FAILED,
                       "%s: another session writes its commands to it; name another file", path);
    }
    write_held(session);
    session->log = fdopen(fd, "a");
    if (!session->log) {
        close(fd);
        return err_system(err, ERR_FAILED, path);
    }
    session->log_path = mem_text(path);
    session->log_trains = session_busy(session);
    fprintf(session->log, "# commands of a deltaw session; `source` runs them again\n");
    fprintf(session->log, "set seed=%s\n", session_setting(session, "seed"));
    fflush(session->log);
    return true;
}

bool log_close(struct session *session, struct err *err)
{
    if (!session->log)
        return err_set(err, ERR_FAILED, "log: none is being written; `log on FILE` begins one");
    write_held(session);
    bool good = !ferror(session->log);
    good = fclose(session->log) == 0 && good;
    session->log = NULL;
    if (!good)
        err_system(err, ERR_FAILED, session->log_path);
    free(session->log_path);
    session->log_path = NULL;
    return good;
}

const char *log_journal(struct session *session)
{
    write_held(session);
    return strbuf_text(&session->journal);
}

bool log_command(struct session *session, const struct running *now, struct err *err)
{
    if (now->command->unlogged || now->unlogged)
        return true;
    const char *name = now->command->name;
    const char *rest = now->text + strcspn(now->text, " \t\r\n\f\v");
    if (!now->key || !session->log_held || !same_shape(session->log_held, now->text))
        write_held(session);
    if (strcmp(name, "wait") == 0) {
        session->log_trains = session_busy(session);
    } else if (session->log_trains && !session_busy(session)) {
        write_line(session, "wait\n");
        session->log_trains = false;
    }
    free(session->log_held);
    session->log_held = mem_printf("%s%s\n", name, rest);
    if (!now->key)
        write_held(session);
    if (strcmp(name, "fit") == 0)
        session->log_trains = true;
    if (!session->log || fflush(session->log) == 0)
        return true;
    err_system(err, ERR_FAILED, session->log_path);
    err_prefix(err, "the log ends here");
    struct err ignored = {0};
    log_close(session, &ignored);
    return false;
}
