#include "rescue.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/outfile.h"
#include "deltaw/base/strbuf.h"
#include "signals.h"
#include "hosting.h"

static const double patience = 5; /* seconds for the fits to stop */
enum { UNDISTURBED = 10 };        /* seconds for that and the writing */
enum { KEPT_MOST = 20 };          /* files of sessions that were ended */

/* A handler can reach it in no other way. */
static struct session *crash_session;

static void rescue(struct session *session, double wait)
{
    struct strbuf told = {0}, text = {0};
    /* a fit that has reported no epoch yet may report some when it stops */
    if (!session_unsaved(session, 0, NULL) && !(wait > 0 && session_busy(session)))
        return;
    char *folder = statefile_path("kept/");
    if (folder) {
        folder[strlen(folder) - 1] = '\0';
        session_rescue(session, folder, wait, 0, &told);
        outfile_sweep(folder);
    } else {
        strbuf_puts(&told, "no folder can be made for models that were not saved; they are lost\n");
    }
    /* nothing is reported where there was no epoch yet */
    for (char *rest = told.text, *line; (line = strsep(&rest, "\n"));)
        if (*line)
            strbuf_printf(&text, "deltaw: %s\n", line);
    ssize_t ignored = write(STDERR_FILENO, strbuf_text(&text), text.len);
    (void)ignored; /* the terminal may be gone */
    strbuf_free(&told);
    strbuf_free(&text);
    free(folder);
}

void rescue_now(struct session *session)
{
    signals_ending(UNDISTURBED);
    rescue(session, patience);
}

static void on_crash(void)
{
    struct session *session = crash_session;
    crash_session = NULL;
    if (session)
        rescue(session, 0);
}

void rescue_on_crash(struct session *session)
{
    crash_session = session;
    signals_on_fatal(session ? on_crash : NULL);
}

/* --- at the next start ------------------------------------------------------------- */

struct kept {
    char *path;
    struct timespec at;
};

static bool later(struct timespec a, struct timespec b)
{
    return a.tv_sec != b.tv_sec ? a.tv_sec > b.tv_sec : a.tv_nsec > b.tv_nsec;
}

static int newest_first(const void *a, const void *b)
{
    const struct kept *x = a, *y = b;
    return later(y->at, x->at) - later(x->at, y->at);
}

/* The caller frees them and their paths. */
static struct kept *list_kept(const char *folder, size_t *n)
{
    struct kept *list = NULL;
    size_t room = 0;
    DIR *opened = opendir(folder);
    *n = 0;
    for (struct dirent *entry; opened && (entry = readdir(opened));) {
        const char *end = strrchr(entry->d_name, '.');
        struct stat status;
        if (!end || strcmp(end, ".npz") != 0)
            continue;
        char *path = mem_printf("%s%s", folder, entry->d_name);
        if (lstat(path, &status) == 0 && S_ISREG(status.st_mode)) {
            list = mem_reserve(list, &room, *n + 1, sizeof *list);
            list[(*n)++] = (struct kept){path, status.st_mtim};
        } else {
            free(path);
        }
    }
    if (opened)
        closedir(opened);
    if (*n)
        qsort(list, *n, sizeof *list, newest_first);
    return list;
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

static void note_told(const char *told)
{
    int fd = open(told, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
    if (fd < 0)
        return;
    futimens(fd, NULL);
    close(fd);
}

void rescue_tell_kept(struct strbuf *out)
{
    char *folder = statefile_path("kept/");
    if (!folder)
        return;
    outfile_sweep(folder);
    size_t n, removed = 0;
    struct kept *list = list_kept(folder, &n);
    char *told = mem_printf("%s.told", folder);
    size_t fresh = count_untold(list, n, told);
    for (size_t i = KEPT_MOST; i < n; i++)
        removed += unlink(list[i].path) == 0;
    if (fresh > 0) {
        strbuf_printf(out,
                      "%zu model%s of sessions that were ended from outside: `open` reads, rm "
                      "removes them\n  %s\n",
                      fresh, fresh > 1 ? "s" : "", fresh > 1 ? folder : list[0].path);
        note_told(told);
    }
    if (removed > 0)
        strbuf_printf(out, "  the oldest are gone: %d are kept\n", KEPT_MOST);
    for (size_t i = 0; i < n; i++)
        free(list[i].path);
    free(list);
    free(told);
    free(folder);
}
