#include "arrays.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "deltaw/base/infile.h"
#include "deltaw/base/jobs.h"
#include "deltaw/base/mem.h"
#include "deltaw/data/npz.h"
#include "npy.h"

static const uint64_t largest = UINT64_C(4) << 30;

/* All bytes of a file; the caller frees. */
static unsigned char *slurp(const char *path, size_t *n, struct err *err)
{
    struct stat st;
    int fd = infile_open(path, O_RDONLY, NULL);
    unsigned char *bytes = NULL;
    size_t got = 0;
    if (fd < 0 || fstat(fd, &st) != 0) {
        err_set(err, ERR_DATA, "cannot open: %s", strerror(errno));
    } else if ((uint64_t)st.st_size > largest) {
        err_set(err, ERR_DATA, "it is larger than 4 GiB");
    } else {
        *n = (size_t)st.st_size;
        bytes = mem_room((double)*n, NULL, err) ? mem_new(*n, 1) : NULL;
        for (ssize_t k = 1; bytes && got < *n && k > 0 && !job_unwanted();
             got += k > 0 ? (size_t)k : 0)
            k = read(fd, bytes + got, *n - got);
    }
    if (bytes && got < *n) {
        err_set(err, ERR_DATA, "cannot read: it became shorter, or %s", strerror(errno));
        free(bytes);
        bytes = NULL;
    }
    if (fd >= 0)
        close(fd);
    return bytes;
}

static bool read_file(struct log_source *source, const char *path, const char *name,
                      struct err *err)
{
    size_t n;
    unsigned char *bytes = slurp(path, &n, err);
    bool fine = bytes && npy_columns(source, name, bytes, n, err);
    free(bytes);
    return fine;
}

bool npy_sniff(const unsigned char *head, size_t n)
{
    return n >= 6 && memcmp(head, "\x93NUMPY", 6) == 0;
}

bool npy_open(struct log_source *source, struct err *err)
{
    memory_new(source);
    if (read_file(source, source->file, "column", err))
        return memory_finish(source, NULL, err);
    err_prefix(err, "%s", source->path);
    return false;
}

/* A zip whose first member is an array. */
bool npz_sniff(const unsigned char *head, size_t n)
{
    if (n < 34 || memcmp(head, "PK\3\4", 4) != 0)
        return false;
    size_t length = head[26] | (size_t)head[27] << 8;
    return length > 4 && 30 + length <= n && memcmp(head + 30 + length - 4, ".npy", 4) == 0;
}

static bool take_array(void *context, const char *name, const unsigned char *bytes, size_t n,
                       struct err *err)
{
    struct log_source *source = context;
    struct err why = {0};
    if (npy_columns(source, name, bytes, n, &why))
        return true;
    if (strstr(why.message, "dtype")) {
        strbuf_printf(&source->odd, "%s: %.60s is left out: %s\n", source->path, name, why.message);
        return true;
    }
    *err = why;
    return false;
}

bool npz_open(struct log_source *source, struct err *err)
{
    memory_new(source);
    return npz_each(source->file, source->path, take_array, source, err) &&
           memory_finish(source, NULL, err);
}

bool alf_sniff(const unsigned char *head, size_t n)
{
    (void)head;
    (void)n;
    return false; /* told by the files' names, not by their bytes */
}

/* "_ibl_trials.choice.UUID.npy" -> "choice" */
static char *attribute_of(const char *path)
{
    const char *slash = strrchr(path, '/'), *dot = strchr(slash ? slash : path, '.');
    return dot ? mem_text_n(dot + 1, strcspn(dot + 1, ".")) : mem_text("column");
}

static bool has_column(const struct log_source *source, const char *name)
{
    for (size_t i = 0; i < source->n_columns; i++)
        if (strcmp(source->columns[i].name, name) == 0)
            return true;
    return false;
}

bool alf_open(struct log_source *source, struct err *err)
{
    static const char *const needed[] = {"choice", "contrastLeft", "contrastRight", "feedbackType"};
    const struct input *input = source->input;
    memory_new(source);
    for (size_t i = 0; i < input->n_files; i++) {
        char *name = attribute_of(input->files[i]);
        struct err why = {0};
        bool fine = read_file(source, input->files[i], name, &why), vital = false;
        for (size_t k = 0; k < sizeof needed / sizeof *needed; k++)
            vital = vital || strcmp(name, needed[k]) == 0;
        free(name);
        if (!fine && vital)
            return err_set(err, why.code, "%s: %s", input->files[i], why.message);
        if (!fine)
            strbuf_printf(&source->odd, "%s is left out: %s\n", input->files[i], why.message);
    }
    if (!memory_finish(source, "choice", err))
        return false;
    for (size_t k = 0; k < sizeof needed / sizeof *needed; k++)
        if (!has_column(source, needed[k]))
            return err_set(err, ERR_DATA,
                           "%s: the session has no array _ibl_trials.%s.npy as long as that of "
                           "choices",
                           source->path, needed[k]);
    return true;
}
