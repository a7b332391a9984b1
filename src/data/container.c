#include "container.h"

#include <archive.h>
#include <archive_entry.h>
#include <config.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "deltaw/base/library.h"
#include "deltaw/base/mem.h"
#include "deltaw/base/utf8.h"
#include "natural.h"

#define FUNCTIONS(F)                   \
    F(archive_entry_filetype)          \
    F(archive_entry_pathname)          \
    F(archive_error_string)            \
    F(archive_filter_code)             \
    F(archive_read_data)               \
    F(archive_read_free)               \
    F(archive_read_new)                \
    F(archive_read_next_header)        \
    F(archive_read_open)               \
    F(archive_read_open_fd)            \
    F(archive_read_open_filename)      \
    F(archive_read_support_filter_all) \
    F(archive_read_support_format_raw) \
    F(archive_read_support_format_tar) \
    F(archive_read_support_format_zip) \
    F(archive_set_error)
#define SYMBOL(name) {#name, offsetof(struct libarchive, name)},

struct libarchive {
    FUNCTIONS(LIBRARY_MEMBER)
};
static const struct library_symbol symbols[] = {FUNCTIONS(SYMBOL)};

static bool load_library(struct libarchive *lib, struct err *err)
{
    return library_load(ARCHIVE_SONAME, "libarchive13", symbols, sizeof symbols / sizeof *symbols,
                        lib, err);
}

enum { BLOCK = 128 * 1024, MOST_MEMBERS = 100000 };

struct archive_in {
    struct libarchive lib;
    struct archive *archive;
    archive_pull pull;
    void *context;
    struct err err; /* of pull */
};

bool container_is_stream(const unsigned char *head, size_t n)
{
    return (n >= 6 && memcmp(head,
                             "\xfd"
                             "7zXZ\0",
                             6) == 0) ||
           (n >= 4 && memcmp(head, "BZh", 3) == 0) ||
           (n >= 4 && memcmp(head, "\x28\xb5\x2f\xfd", 4) == 0);
}

static ssize_t pull_some(struct archive *archive, void *data, const void **bytes)
{
    struct archive_in *in = data;
    ptrdiff_t n = in->pull(in->context, bytes, &in->err);
    if (n < 0)
        in->lib.archive_set_error(archive, ARCHIVE_FATAL, "%s", in->err.message);
    return n;
}

static bool refuse(const struct archive_in *in, struct err *err)
{
    if (in->err.code != ERR_NONE)
        return err_set(err, in->err.code, "%s", in->err.message);
    const char *why = in->lib.archive_error_string(in->archive);
    char *clean = utf8_visible(why ? why : "no reason known", why ? strlen(why) : 15, "");
    err_set(err, ERR_DATA, "the packed data is damaged or cut off (%s); copy the file again",
            clean);
    free(clean);
    return false;
}

static bool find_member(struct archive_in *in, const char *member, struct err *err)
{
    struct archive_entry *entry;
    for (;;) {
        int got = in->lib.archive_read_next_header(in->archive, &entry);
        if (got == ARCHIVE_EOF)
            return err_set(err, ERR_DATA, "%s is not in it", member ? member : "anything");
        if (got != ARCHIVE_OK && got != ARCHIVE_WARN)
            return refuse(in, err);
        const char *name = in->lib.archive_entry_pathname(entry);
        if (!member && in->lib.archive_filter_code(in->archive, 0) == ARCHIVE_FILTER_NONE)
            return err_set(err, ERR_DATA, "the packed data is cut off; copy the file again");
        if (!member || (name && strcmp(name, member) == 0))
            return true;
    }
}

struct archive_in *container_open(int fd, bool regular, archive_pull pull, void *context,
                                  const char *member, struct err *err)
{
    struct archive_in *in = mem_new(1, sizeof *in);
    if (!load_library(&in->lib, err)) {
        free(in);
        return NULL;
    }
    in->archive = in->lib.archive_read_new();
    in->pull = pull;
    in->context = context;
    in->lib.archive_read_support_filter_all(in->archive);
    if (member) {
        in->lib.archive_read_support_format_zip(in->archive);
        in->lib.archive_read_support_format_tar(in->archive);
    } else {
        in->lib.archive_read_support_format_raw(in->archive);
    }
    bool fine;
    if (regular)
        fine = lseek(fd, 0, SEEK_SET) == 0 &&
               in->lib.archive_read_open_fd(in->archive, fd, BLOCK) == ARCHIVE_OK;
    else
        fine = in->lib.archive_read_open(in->archive, in, NULL, pull_some, NULL) == ARCHIVE_OK;
    if ((fine || refuse(in, err)) && find_member(in, member, err))
        return in;
    container_close(in);
    return NULL;
}

ptrdiff_t container_read(struct archive_in *in, void *bytes, size_t n, struct err *err)
{
    ssize_t got = in->lib.archive_read_data(in->archive, bytes, n);
    if (got >= 0)
        return got;
    refuse(in, err);
    return -1;
}

void container_close(struct archive_in *in)
{
    if (!in)
        return;
    in->lib.archive_read_free(in->archive);
    free(in);
}

static bool list_members(const struct libarchive *lib, struct archive *archive, size_t *n,
                         char ***names, struct err *err)
{
    struct archive_entry *entry;
    int got;
    while ((got = lib->archive_read_next_header(archive, &entry)) == ARCHIVE_OK ||
           got == ARCHIVE_WARN) {
        const char *name = lib->archive_entry_pathname(entry);
        if (lib->archive_entry_filetype(entry) != AE_IFREG || !name || *n >= MOST_MEMBERS)
            continue;
        *names = mem_resize(*names, *n + 1, sizeof **names);
        (*names)[(*n)++] = mem_text(name);
    }
    if (got == ARCHIVE_EOF)
        return true;
    const char *why = lib->archive_error_string(archive);
    char *clean = utf8_visible(why ? why : "", why ? strlen(why) : 0, "");
    err_set(err, ERR_DATA, "the archive is damaged or cut off (%s); copy the file again", clean);
    free(clean);
    return false;
}

bool container_list(const char *path, size_t *n, char ***names, struct err *err)
{
    struct libarchive library, *lib = &library;
    *n = 0;
    *names = NULL;
    if (!load_library(lib, err))
        return false;
    struct archive *archive = lib->archive_read_new();
    lib->archive_read_support_filter_all(archive);
    lib->archive_read_support_format_zip(archive);
    lib->archive_read_support_format_tar(archive);
    bool fine = lib->archive_read_open_filename(archive, path, BLOCK) == ARCHIVE_OK;
    if (!fine)
        err_set(err, ERR_DATA, "the archive cannot be opened; copy the file again");
    fine = fine && list_members(lib, archive, n, names, err);
    lib->archive_read_free(archive);
    if (!fine) {
        for (size_t i = 0; i < *n; i++)
            free((*names)[i]);
        free(*names);
        *names = NULL;
        *n = 0;
        return false;
    }
    natural_sort(*names, *n);
    return true;
}
