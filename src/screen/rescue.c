#include "rescue.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/strbuf.h"
#include "signals.h"
#include "statefile.h"

static const double patience = 5; /* seconds for the fits to stop */

/* A handler has no other way to it. */
static struct session *crash_session;

static void rescue(struct session *session, double wait)
{
    struct strbuf told = {0}, text = {0};
    /* a fit that has told of no epoch yet may tell of some when it stops */
    if (!session_unsaved(session, 0, NULL) && !(wait > 0 && session_busy(session)))
        return;
    char *folder = statefile_path("kept/"), *rest = NULL;
    if (folder) {
        folder[strlen(folder) - 1] = '\0';
        session_rescue(session, folder, wait, 0, &told);
    } else {
        strbuf_puts(&told, "no folder can be made for models that were not saved; they are lost\n");
    }
    for (char *line = strtok_r(told.len ? told.text : NULL, "\n", &rest); line;
         line = strtok_r(NULL, "\n", &rest))
        strbuf_printf(&text, "deltaw: %s\n", line);
    ssize_t ignored = write(STDERR_FILENO, strbuf_text(&text), text.len);
    (void)ignored; /* the terminal may be gone */
    strbuf_free(&told);
    strbuf_free(&text);
    free(folder);
}

void rescue_now(struct session *session)
{
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

static int is_model(const struct dirent *entry)
{
    const char *end = strrchr(entry->d_name, '.');
    return end && strcmp(end, ".npz") == 0;
}

void rescue_tell_kept(struct strbuf *out)
{
    char *folder = statefile_path("kept/");
    struct dirent **names = NULL;
    int n = folder ? scandir(folder, &names, is_model, alphasort) : 0;
    if (n > 0)
        strbuf_printf(out, "%d model%s of sessions that were ended from outside: `open` reads, rm "
                      "removes them\n  %s%s\n", n, n > 1 ? "s" : "", folder,
                      n > 1 ? "" : names[0]->d_name);
    for (int i = 0; i < n; i++)
        free(names[i]);
    free(names);
    free(folder);
}
