/* Scripts from files. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "deltaw/base/infile.h"
#include "deltaw/base/mem.h"
#include "deltaw/base/outfile.h"
#include "state.h"

enum { SCRIPT_MOST = 16 << 20 };

/* Half a command at the end of a log may be another one: it is reported and not run. */
static void leave_out_half(struct strbuf *text)
{
    const char *all = strbuf_text(text), *last = strrchr(all, '\n');
    if (!log_is(all) || !last || !last[1])
        return;
    char *told = mem_printf("the log ends in half a command, which is left out: %s", last + 1);
    strbuf_cut(text, (size_t)(last + 1 - all));
    strbuf_puts(text, "say ");
    args_word(told, text);
    free(told);
}

static char *take(int fd, const char *path, struct err *err)
{
    struct strbuf text = {0};
    bool fine = infile_read(fd, path, SCRIPT_MOST, &text, err);
    if (!fine && text.len > SCRIPT_MOST) {
        err_clear(err);
        err_set(err, ERR_FAILED,
                "%s: longer than 16 MB, so it is not a script of commands; `load` reads logs",
                path);
    }
    if (fine && text.len && memchr(text.text, '\0', text.len))
        fine = err_set(err, ERR_FAILED, "%s: holds zero bytes, so it is not a script of commands",
                       path);
    if (fine)
        leave_out_half(&text);
    bool marked = text.len >= 3 && memcmp(text.text, "\xef\xbb\xbf", 3) == 0;
    char *result = fine ? mem_text(strbuf_text(&text) + (marked ? 3 : 0)) : NULL;
    strbuf_free(&text);
    return result;
}

char *script_read(const char *path, struct err *err)
{
    int fd = infile_open(path, O_RDONLY, err);
    char *text = fd >= 0 ? take(fd, path, err) : NULL;
    if (fd >= 0)
        close(fd);
    return text;
}

bool script_waits(const char *path)
{
    struct stat st;
    char *real = path_expand(path);
    bool standard = strcmp(path, "-") == 0;
    int failed = standard ? fstat(STDIN_FILENO, &st) : stat(real, &st);
    free(real);
    return standard || (failed == 0 && !S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode));
}

char *script_await(const char *path, struct err *err)
{
    if (strcmp(path, "-") == 0)
        return take(STDIN_FILENO, "stdin", err);
    int fd = infile_open_any(path, err);
    char *text = fd >= 0 ? take(fd, path, err) : NULL;
    if (fd >= 0)
        close(fd);
    return text;
}
