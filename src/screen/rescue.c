#include "rescue.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "deltaw/base/jobs.h"
#include "deltaw/base/mem.h"
#include "deltaw/base/outfile.h"
#include "deltaw/base/strbuf.h"
#include "deltaw/base/utf8.h"
#include "signals.h"
#include "hosting.h"

static const double patience = 5; /* seconds for the fits to stop */
static const double patience_at_quit = .5;
enum { UNDISTURBED = 10 }; /* seconds for that and the writing */
enum { KEPT_MOST = 50 };   /* files of sessions that were ended */

/* A handler can reach it in no other way. */
static struct session *crash_session;

/* The folder for them; NULL, and told says so: there can be none. */
static char *kept_folder(struct strbuf *told)
{
    char *folder = statefile_path("kept/");
    if (folder)
        folder[strlen(folder) - 1] = '\0';
    else
        strbuf_puts(told, "no folder can be made for models that were not saved; they are lost\n");
    return folder;
}

static void tell(struct strbuf *told)
{
    struct strbuf text = {0};
    for (char *rest = told->text, *line; (line = strsep(&rest, "\n"));)
        if (*line)
            strbuf_printf(&text, "deltaw: %s\n", line);
    ssize_t ignored = write(STDERR_FILENO, strbuf_text(&text), text.len);
    (void)ignored; /* the terminal may be gone */
    strbuf_free(&text);
}

static void rescue(struct session *session, double wait)
{
    struct strbuf told = {0};
    /* a fit that has reported no epoch yet may report some when it stops */
    if (!session_unsaved(session, 0, NULL) && !(wait > 0 && session_busy(session)))
        return;
    char *folder = kept_folder(&told);
    if (folder) {
        session_rescue(session, folder, wait, 0, NULL, &told);
        outfile_sweep(folder);
    }
    tell(&told); /* nothing where there was no epoch yet */
    strbuf_free(&told);
    free(folder);
}

/* What is there was announced: the time of an empty file tells. */
static void note_told(const char *told)
{
    int fd = open(told, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
    if (fd < 0)
        return;
    futimens(fd, NULL);
    close(fd);
}

/* KEPT.told, as kept_folder gives it. */
static void note_told_of(const char *folder)
{
    char *told = mem_printf("%s/.told", folder);
    note_told(told);
    free(told);
}

/* Everything that is open, for `session restore`; the newest takes the place of the one
 * before.  Models in it are not announced again at the next start. */
static bool keep_session(struct session *session, struct strbuf *told)
{
    struct err err = {0};
    char *path = statefile_path("session.npz");
    bool good = path && session_keep(session, path, &err);
    if (err.code != ERR_NONE)
        strbuf_printf(told, "the session is not kept: %s\n", err.message);
    free(path);
    return good;
}

void rescue_at_quit(struct session *session, bool quiet)
{
    struct strbuf told = {0}, names = {0};
    bool busy = session_busy(session);
    if (session_gives_up(session))
        return;
    bool unsaved = busy || session_unsaved(session, 0, NULL);
    char *folder = unsaved ? kept_folder(&told) : NULL;
    if (folder) {
        session_rescue(session, folder, busy ? patience_at_quit : 0, 0, &names, &told);
        outfile_sweep(folder);
    }
    if (keep_session(session, &told) && folder)
        note_told_of(folder);
    if (names.len)
        strbuf_printf(&told, "not saved, so kept: %s; `open kept` reads them again\n",
                      strbuf_text(&names));
    if (!quiet)
        tell(&told);
    strbuf_free(&told);
    strbuf_free(&names);
    free(folder);
}

void rescue_now(struct session *session)
{
    signals_ending(UNDISTURBED);
    rescue(session, patience);
}

void rescue_all_now(struct session *session)
{
    struct strbuf told = {0};
    rescue_now(session);
    keep_session(session, &told);
    tell(&told);
    strbuf_free(&told);
}

static void on_crash(void)
{
    struct session *session = crash_session;
    crash_session = NULL;
    job_disown();
    if (session)
        rescue(session, 0);
}

void rescue_on_crash(struct session *session)
{
    crash_session = session;
    signals_on_fatal(session ? on_crash : NULL);
}

/* --- at the next start ------------------------------------------------------------- */

static bool later(struct timespec a, struct timespec b)
{
    return a.tv_sec != b.tv_sec ? a.tv_sec > b.tv_sec : a.tv_nsec > b.tv_nsec;
}

/* When they were last announced: the time of an empty file beside them. */
static size_t count_untold(const struct kept *list, size_t n, const char *told)
{
    struct stat status;
    size_t fresh = 0;
    if (stat(told, &status) != 0)
        return n;
    while (fresh < n && later(list[fresh].at, status.st_mtim))
        fresh++;
    return fresh;
}

/* The session that ended last, if it has not been announced. */
static void tell_session(struct strbuf *out)
{
    char *path = statefile_path("session.npz"), *told = statefile_path("session.told");
    struct stat file, mark;
    struct strbuf words = {0};
    bool fresh = path && told && stat(path, &file) == 0 &&
                 (stat(told, &mark) != 0 || later(file.st_mtim, mark.st_mtim));
    if (fresh && session_kept_words(path, &words)) {
        char *safe = utf8_visible(strbuf_text(&words), words.len, "");
        strbuf_printf(out, "the last session had %s: `session restore` brings it back\n", safe);
        free(safe);
        note_told(told);
    }
    strbuf_free(&words);
    free(path);
    free(told);
}

void rescue_tell_kept(struct strbuf *out)
{
    tell_session(out);
    char *folder = statefile_path("kept/");
    if (!folder)
        return;
    outfile_sweep(folder);
    size_t n, removed = 0;
    struct kept *list = statefile_kept_list(folder, &n);
    char *told = mem_printf("%s.told", folder);
    size_t fresh = count_untold(list, n, told);
    for (size_t i = KEPT_MOST; i < n; i++)
        removed += unlink(list[i].path) == 0;
    if (fresh > 0) {
        strbuf_printf(out,
                      "%zu model%s of sessions that ended with work unsaved: `open kept` reads "
                      "those of the last, rm removes them\n  %s\n",
                      fresh, fresh > 1 ? "s" : "", fresh > 1 ? folder : list[0].path);
        note_told(told);
    }
    if (removed > 0)
        strbuf_printf(out, "  the oldest are gone: %d are kept\n", KEPT_MOST);
    statefile_kept_free(list, n);
    free(told);
    free(folder);
}
