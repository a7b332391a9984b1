#include "deltaw/data/npz.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <unzip.h>

#include "deltaw/base/infile.h"
#include "deltaw/base/jobs.h"
#include "deltaw/base/mem.h"
#include "deltaw/base/outfile.h"
#include "deltaw/base/utf8.h"
#include "npy.h"

/* Deflate never packs better than about 1:1032. */
enum { BEST_RATIO = 1032, NAME_ROOM = 256, CHUNK = 1 << 20 };
static const uint64_t largest = UINT64_C(2) << 30; /* of all arrays together */

struct archive {
    unzFile zip;
    const char *path;
    uint64_t size;  /* of the file */
    uint64_t total; /* of the members so far, unpacked */
};

struct npz_array *npz_find(const struct npz *npz, const char *name)
{
    for (size_t i = 0; i < npz->n; i++)
        if (strcmp(npz->arrays[i].name, name) == 0)
            return &npz->arrays[i];
    return NULL;
}

static struct npz_array *append(struct npz *npz, const char *name)
{
    npz->arrays = mem_resize(npz->arrays, npz->n + 1, sizeof *npz->arrays);
    struct npz_array *a = &npz->arrays[npz->n++];
    *a = (struct npz_array){.name = mem_text(name)};
    return a;
}

void npz_add(struct npz *npz, const char *name, enum npz_type type, size_t n_dimensions,
             const size_t *shape, const double *values)
{
    if (n_dimensions > NPZ_MAX_DIMENSIONS || type == NPZ_TEXT || npz_find(npz, name))
        err_die("npz_add: %s: bad type or shape, or added twice", name);
    struct npz_array *a = append(npz, name);
    a->type = type;
    a->n_dimensions = n_dimensions;
    a->size = 1;
    for (size_t i = 0; i < n_dimensions; i++) {
        a->shape[i] = shape[i];
        a->size *= shape[i];
    }
    a->values = mem_copy(values, a->size, sizeof *values);
}

void npz_add_text(struct npz *npz, const char *name, const char *text)
{
    if (npz_find(npz, name))
        err_die("npz_add_text: %s: added twice", name);
    struct npz_array *a = append(npz, name);
    a->type = NPZ_TEXT;
    a->size = 1;
    a->text = mem_text(text);
}

void npz_add_texts(struct npz *npz, const char *name, size_t n, const char *const *texts)
{
    if (npz_find(npz, name))
        err_die("npz_add_texts: %s: added twice", name);
    struct npz_array *a = append(npz, name);
    a->type = NPZ_TEXT;
    a->n_dimensions = 1;
    a->size = a->shape[0] = n;
    a->texts = mem_new(n, sizeof *a->texts);
    for (size_t i = 0; i < n; i++)
        a->texts[i] = mem_text(texts[i] ? texts[i] : "");
}

void npz_free(struct npz *npz)
{
    for (size_t i = 0; i < npz->n; i++) {
        for (size_t k = 0; npz->arrays[i].texts && k < npz->arrays[i].size; k++)
            free(npz->arrays[i].texts[k]);
        free(npz->arrays[i].texts);
        free(npz->arrays[i].name);
        free(npz->arrays[i].values);
        free(npz->arrays[i].text);
    }
    free(npz->arrays);
    *npz = (struct npz){0};
}

void npz_move(struct npz *npz, const char *prefix, struct npz *own)
{
    for (size_t i = 0; i < own->n; i++) {
        char *name = mem_printf("%s%s", prefix, own->arrays[i].name);
        struct npz_array *a = append(npz, name);
        free(own->arrays[i].name);
        char *kept = a->name;
        *a = own->arrays[i];
        a->name = kept;
        free(name);
    }
    free(own->arrays);
    *own = (struct npz){0};
}

struct npz npz_part(const struct npz *npz, const char *prefix)
{
    size_t length = strlen(prefix);
    struct npz part = {.arrays = mem_new(npz->n, sizeof *part.arrays)};
    for (size_t i = 0; i < npz->n; i++) {
        if (strncmp(npz->arrays[i].name, prefix, length) != 0)
            continue;
        part.arrays[part.n] = npz->arrays[i];
        part.arrays[part.n++].name += length;
    }
    return part;
}

/* The bytes of the member that is open; their checksum is compared. */
static unsigned char *read_member(struct archive *a, size_t n, struct err *err)
{
    if (unzOpenCurrentFile(a->zip) != UNZ_OK) {
        err_set(err, ERR_DATA,
                "cannot unpack it: damaged, encrypted or packed by a method that "
                "is not deflate");
        return NULL;
    }
    unsigned char *bytes = mem_new(n, 1);
    size_t got = 0;
    int step = 1;
    while (got < n && step > 0 && !job_unwanted()) {
        step =
            unzReadCurrentFile(a->zip, bytes + got, n - got < CHUNK ? (unsigned)(n - got) : CHUNK);
        got += step > 0 ? (size_t)step : 0;
    }
    int closed = unzCloseCurrentFile(a->zip);
    if (job_unwanted()) {
        err_set(err, ERR_INTERRUPTED, "interrupted");
        free(bytes);
        return NULL;
    }
    if (got < n || closed != UNZ_OK) {
        err_set(err, ERR_DATA,
                closed == UNZ_CRCERROR && got == n
                    ? "its checksum does not fit: the file is damaged"
                    : "its data is damaged or ends early");
        free(bytes);
        return NULL;
    }
    return bytes;
}

static bool read_array(struct archive *a, const char *name, const unz_file_info64 *info,
                       npz_take take, void *context, struct err *err)
{
    uint64_t n = info->uncompressed_size;
    if (info->compressed_size > a->size || n / BEST_RATIO > a->size || a->total + n > largest)
        return err_set(err, ERR_DATA, "it claims to be larger than it can be");
    a->total += n;
    if (!mem_room((double)n, NULL, err))
        return false;
    unsigned char *bytes = read_member(a, (size_t)n, err);
    if (!bytes)
        return false;
    bool fine = take(context, name, bytes, (size_t)n, err);
    free(bytes);
    return fine;
}

static bool read_all(struct archive *a, npz_take take, void *context, struct err *err)
{
    size_t count = 0;
    int way = unzGoToFirstFile(a->zip);
    for (; way == UNZ_OK; way = unzGoToNextFile(a->zip)) {
        unz_file_info64 info;
        char name[NAME_ROOM];
        if (unzGetCurrentFileInfo64(a->zip, &info, name, sizeof name, NULL, 0, NULL, 0) != UNZ_OK)
            break;
        if (info.size_filename >= sizeof name)
            return err_set(err, ERR_DATA, "%s: the name of an array is longer than %d bytes",
                           a->path, NAME_ROOM - 1);
        size_t n = strlen(name);
        if (n <= 4 || strcmp(name + n - 4, ".npy") != 0)
            continue; /* np.load does not take these for arrays either */
        name[n - 4] = '\0';
        count++;
        if (job_unwanted())
            return err_set(err, ERR_INTERRUPTED, "interrupted");
        char *clean = utf8_visible(name, n - 4, "");
        bool fine = read_array(a, clean, &info, take, context, err);
        if (!fine)
            err_prefix(err, "%s: array %s", a->path, clean);
        free(clean);
        if (!fine)
            return false;
    }
    if (way != UNZ_END_OF_LIST_OF_FILE)
        return err_set(err, ERR_DATA, "%s: the list of arrays at the end of the file is damaged",
                       a->path);
    if (count == 0)
        return err_set(err, ERR_DATA, "%s: there is no array in it", a->path);
    return true;
}

/* Does the file end in the record that ends a zip archive, whole with its
 * comment?  minizip takes a record that is cut off for good. */
static bool ends_whole(int fd, uint64_t size)
{
    enum { RECORD = 22, MOST = RECORD + 65535 };
    size_t n = size < MOST ? (size_t)size : MOST;
    unsigned char *tail = mem_new(n, 1);
    bool whole = pread(fd, tail, n, (off_t)(size - n)) == (ssize_t)n;
    bool found = false;
    for (size_t comment = 0; whole && !found && comment + RECORD <= n; comment++) {
        const unsigned char *record = tail + n - RECORD - comment;
        found =
            memcmp(record, "PK\5\6", 4) == 0 && (size_t)(record[20] | record[21] << 8) == comment;
    }
    free(tail);
    return found;
}

/* Says what is wrong with a file that minizip cannot open. */
static bool check_file(const char *real, const char *path, uint64_t *size, struct err *err)
{
    struct stat st = {0};
    int fd = infile_open(real, O_RDONLY, NULL);
    if (fd < 0 && (errno == EISDIR || errno == ENXIO))
        return err_set(err, ERR_DATA, "%s: this is %s, not an .npz file", path,
                       errno == EISDIR ? "a folder" : "no regular file");
    if (fd < 0)
        return err_set(err, ERR_DATA, "%s: cannot open: %s", path, strerror(errno));
    bool known = fstat(fd, &st) == 0;
    char magic[4] = {0};
    ssize_t n = known ? read(fd, magic, sizeof magic) : 0;
    bool whole = known && ends_whole(fd, (uint64_t)st.st_size);
    close(fd);
    *size = (uint64_t)st.st_size;
    if (st.st_size == 0)
        return err_set(err, ERR_DATA, "%s: the file is empty", path);
    if (n == 4 && memcmp(magic, "PK\5\6", 4) == 0)
        return err_set(err, ERR_DATA, "%s: there is no array in it", path);
    if (n < 4 || memcmp(magic, "PK\3\4", 4) != 0)
        return err_set(err, ERR_DATA, "%s: this is no .npz file (a zip archive)", path);
    if (!whole)
        return err_set(err, ERR_DATA,
                       "%s: the file is cut off, or something was added to its "
                       "end",
                       path);
    return true;
}

bool npz_each(const char *path, const char *name, npz_take take, void *context, struct err *err)
{
    char *real = path_expand(path);
    struct archive a = {.path = name};
    bool fine = check_file(real, name, &a.size, err);
    if (fine) {
        a.zip = unzOpen64(real);
        if (!a.zip)
            fine = err_set(err, ERR_DATA,
                           "%s: the list of arrays at the end of the file is damaged", name);
    }
    if (fine) {
        fine = read_all(&a, take, context, err);
        unzClose(a.zip);
    }
    free(real);
    return fine;
}

static bool take_into(void *context, const char *name, const unsigned char *bytes, size_t n,
                      struct err *err)
{
    struct npz *npz = context;
    if (npz_find(npz, name))
        return err_set(err, ERR_DATA, "it is there twice");
    return npy_read(bytes, n, append(npz, name), err);
}

bool npz_read(const char *path, struct npz *out, struct err *err)
{
    struct npz npz = {0};
    bool fine = npz_each(path, path, take_into, &npz, err);
    if (fine)
        *out = npz;
    else
        npz_free(&npz);
    return fine;
}

struct first {
    const char *name;
    char *text;
};

/* Always false, so that no other is read. */
static bool take_first(void *context, const char *name, const unsigned char *bytes, size_t n,
                       struct err *err)
{
    struct first *first = context;
    struct npz npz = {0};
    bool fine = strcmp(name, first->name) == 0 && npy_read(bytes, n, append(&npz, name), err);
    if (fine && npz.arrays[0].text)
        first->text = mem_text(npz.arrays[0].text);
    else
        err_set(err, ERR_DATA, "it is not %s", first->name);
    npz_free(&npz);
    return false;
}

char *npz_read_first(const char *path, const char *name, struct err *err)
{
    struct first first = {.name = name};
    struct err why = {0};
    npz_each(path, path, take_first, &first, &why);
    if (!first.text)
        err_set(err, why.code, "%s", why.message);
    return first.text;
}
