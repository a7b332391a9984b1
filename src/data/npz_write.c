/* The archive is put together in memory and written in one go: minizip goes
 * back to fill in sizes, which a pipe cannot, and outfile keeps the old file
 * until the new one is on the disk. */
#include <stdlib.h>
#include <string.h>
#include <zip.h>

#include "deltaw/base/jobs.h"
#include "deltaw/base/mem.h"
#include "deltaw/base/outfile.h"
#include "deltaw/data/npz.h"
#include "npy.h"

struct memory_file {
    char *bytes;
    size_t n, capacity, at;
};

static voidpf ZCALLBACK memory_open(voidpf context, const void *name, int mode)
{
    (void)name;
    (void)mode;
    return context;
}

static uLong ZCALLBACK memory_read(voidpf context, voidpf stream, void *to, uLong n)
{
    struct memory_file *m = stream;
    (void)context;
    if (n > m->n - m->at)
        n = m->n - m->at;
    memcpy(to, m->bytes + m->at, n);
    m->at += n;
    return n;
}

static uLong ZCALLBACK memory_write(voidpf context, voidpf stream, const void *from, uLong n)
{
    struct memory_file *m = stream;
    (void)context;
    m->bytes = mem_reserve(m->bytes, &m->capacity, m->at + n + 1, 1);
    memcpy(m->bytes + m->at, from, n);
    m->at += n;
    if (m->at > m->n)
        m->n = m->at;
    return n;
}

static ZPOS64_T ZCALLBACK memory_tell(voidpf context, voidpf stream)
{
    (void)context;
    return ((struct memory_file *)stream)->at;
}

static long ZCALLBACK memory_seek(voidpf context, voidpf stream, ZPOS64_T offset, int origin)
{
    struct memory_file *m = stream;
    (void)context;
    size_t base = origin == ZLIB_FILEFUNC_SEEK_SET   ? 0
                  : origin == ZLIB_FILEFUNC_SEEK_END ? m->n
                                                     : m->at;
    if (offset > m->n - base)
        return -1;
    m->at = base + (size_t)offset;
    return 0;
}

static int ZCALLBACK memory_nothing(voidpf context, voidpf stream)
{
    (void)context;
    (void)stream;
    return 0;
}

static bool add_member(zipFile zip, const struct npz_array *array, struct err *err)
{
    /* A fixed date: the same arrays give the same bytes. */
    const zip_fileinfo info = {.tmz_date = {.tm_mday = 1, .tm_mon = 0, .tm_year = 1980}};
    enum { UTF8_NAME = 1 << 11, CHUNK = 1 << 20 };
    struct strbuf npy = {0};
    if (!npy_write(array, &npy, err)) {
        strbuf_free(&npy);
        return false;
    }
    char *name = mem_printf("%s.npy", array->name);
    bool fine = zipOpenNewFileInZip4_64(zip, name, &info, NULL, 0, NULL, 0, NULL, 0, 0, 0,
                                        -MAX_WBITS, DEF_MEM_LEVEL, Z_DEFAULT_STRATEGY, NULL, 0, 0,
                                        UTF8_NAME, npy.len >= UINT32_MAX) == ZIP_OK;
    for (size_t at = 0; at < npy.len && fine && !job_unwanted(); at += CHUNK) {
        size_t n = npy.len - at < CHUNK ? npy.len - at : CHUNK;
        fine = zipWriteInFileInZip(zip, npy.text + at, (unsigned)n) == ZIP_OK;
    }
    fine = fine && zipCloseFileInZip(zip) == ZIP_OK;
    strbuf_free(&npy);
    if (job_unwanted())
        fine = err_set(err, ERR_INTERRUPTED, "interrupted");
    if (!fine)
        err_set(err, ERR_FAILED, "cannot pack the array %s", array->name);
    free(name);
    return fine;
}

bool npz_write_open(const char *path, const struct npz *npz, struct outfile *out, struct err *err)
{
    struct memory_file file = {0};
    zlib_filefunc64_def calls = {.zopen64_file = memory_open,
                                 .zread_file = memory_read,
                                 .zwrite_file = memory_write,
                                 .ztell64_file = memory_tell,
                                 .zseek64_file = memory_seek,
                                 .zclose_file = memory_nothing,
                                 .zerror_file = memory_nothing,
                                 .opaque = &file};
    zipFile zip = zipOpen2_64(path, APPEND_STATUS_CREATE, NULL, &calls);
    if (!zip)
        err_die("zipOpen2_64 failed");
    bool fine = true;
    for (size_t i = 0; i < npz->n && fine; i++)
        fine = add_member(zip, &npz->arrays[i], err);
    if (zipClose(zip, NULL) != ZIP_OK && fine)
        fine = err_set(err, ERR_FAILED, "%s: cannot put the archive together", path);
    fine = fine && outfile_begin(out, path, file.bytes, file.n, err);
    free(file.bytes);
    return fine;
}

bool npz_write(const char *path, const struct npz *npz, struct err *err)
{
    struct outfile out;
    return npz_write_open(path, npz, &out, err) && outfile_commit(&out, err);
}
