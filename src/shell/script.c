/* Scripts from files. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/outfile.h"
#include "state.h"

enum { SCRIPT_MOST = 16 << 20 };

static bool read_all(int fd, struct strbuf *text, const char *path, struct err *err)
{
    char block[16384];
    for (;;) {
        ssize_t n = read(fd, block, sizeof block);
        if (n == 0)
            return true;
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return err_system(err, ERR_FAILED, path);
        if (memchr(block, '\0', (size_t)n))
            return err_set(err, ERR_FAILED,
                           "%s: holds zero bytes, so it is not a script of commands", path);
        strbuf_add(text, block, (size_t)n);
        if (text->len > SCRIPT_MOST)
            return err_set(err, ERR_FAILED,
                           "%s: longer than 16 MB, so it is not a script of "
                           "commands; `load` reads logs",
                           path);
    }
}

char *script_read(const char *path, struct err *err)
{
    bool standard = strcmp(path, "-") == 0;
    char *full = path_expand(path);
    struct strbuf text = {0};
    bool good = true;
    int fd = standard ? STDIN_FILENO : open(full, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        good = err_system(err, ERR_FAILED, path);
    else if (!standard && path_is_folder(full))
        good = err_set(err, ERR_FAILED, "%s: is a folder, not a script", path);
    else
        good = read_all(fd, &text, standard ? "stdin" : path, err);
    if (fd >= 0 && !standard)
        close(fd);
    free(full);
    if (!good) {
        strbuf_free(&text);
        return NULL;
    }
    bool marked = text.len >= 3 && memcmp(text.text, "\xef\xbb\xbf", 3) == 0;
    char *result = mem_text(strbuf_text(&text) + (marked ? 3 : 0));
    strbuf_free(&text);
    return result;
}
