#include "gz.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "container.h"
#include "deltaw/base/infile.h"
#include "deltaw/base/jobs.h"
#include "deltaw/base/mem.h"

enum { BLOCK = 128 * 1024, ASKED = 64 << 20, GZIP_BITS = 15 + 16 };

struct gz_in {
    int fd;
    bool regular, end; /* end: read() has said so */
    bool packed;
    bool between;   /* no gzip member is open */
    bool padded;    /* zero bytes were seen after a member */
    uint64_t taken; /* bytes read from fd */
    const atomic_bool *cancel;
    struct archive_in *archive; /* packed by something else than gzip */
    char *path;
    int whole; /* a file in memory with all the bytes, -1: none */
    char whole_name[40];
    z_stream z; /* next_in, avail_in are the input buffer in both cases */
    unsigned char block[BLOCK];
    unsigned char head[GZ_HEAD]; /* peeked at and not yet read */
    size_t head_n, head_at;
};

/* True with err when what reads the file is not wanted any more. */
static bool unwanted(const struct gz_in *gz, struct err *err)
{
    bool stop = (gz->cancel && atomic_load(gz->cancel)) || job_unwanted();
    if (stop)
        err_set(err, ERR_INTERRUPTED, "interrupted");
    return stop;
}

static bool wait_for_bytes(struct gz_in *gz, struct err *err)
{
    struct pollfd p = {.fd = gz->fd, .events = POLLIN};
    for (;;) {
        if (unwanted(gz, err))
            return false;
        int n = poll(&p, 1, 100);
        if (n > 0)
            return true;
        if (n < 0 && errno != EINTR)
            return err_set(err, ERR_DATA, "cannot wait for the file: %s", strerror(errno));
    }
}

/* More raw bytes behind those that are left; sets `end` when there are none. */
static bool fill(struct gz_in *gz, struct err *err)
{
    if (gz->end)
        return true;
    memmove(gz->block, gz->z.next_in, gz->z.avail_in);
    gz->z.next_in = gz->block;
    size_t room = BLOCK - gz->z.avail_in;
    if (room == 0)
        return true;
    for (;;) {
        if (!gz->regular && !wait_for_bytes(gz, err))
            return false;
        ssize_t n = read(gz->fd, gz->block + gz->z.avail_in, room);
        if (n > 0) {
            gz->z.avail_in += (unsigned)n;
            gz->taken += (uint64_t)n;
            return true;
        }
        if (n == 0) {
            gz->end = true;
            return true;
        }
        if (errno != EINTR && errno != EAGAIN)
            return err_set(err, ERR_DATA, "cannot read: %s", strerror(errno));
    }
}

/* At least `need` raw bytes in the buffer, or the end. */
static bool fill_to(struct gz_in *gz, size_t need, struct err *err)
{
    while (gz->z.avail_in < need && !gz->end)
        if (!fill(gz, err))
            return false;
    return true;
}

/* For libarchive where it cannot read the file itself. */
static ptrdiff_t pull(void *context, const void **bytes, struct err *err)
{
    struct gz_in *gz = context;
    if (!fill_to(gz, 1, err))
        return -1;
    size_t n = gz->z.avail_in;
    *bytes = gz->z.next_in;
    gz->z.next_in += n;
    gz->z.avail_in = 0;
    return (ptrdiff_t)n;
}

static bool find_packing(struct gz_in *gz, const char *member, struct err *err)
{
    if (!fill_to(gz, 6, err))
        return false;
    if (member || container_is_stream(gz->z.next_in, gz->z.avail_in)) {
        gz->archive = container_open(gz->fd, gz->regular, pull, gz, member, err);
        return gz->archive != NULL;
    }
    gz->packed = gz->z.avail_in >= 2 && gz->z.next_in[0] == 0x1f && gz->z.next_in[1] == 0x8b;
    if (gz->packed && inflateInit2(&gz->z, GZIP_BITS) != Z_OK)
        err_die("inflateInit2 failed");
    gz->between = true;
    return true;
}

static int open_path(const char *path)
{
    if (strcmp(path, "-") == 0)
        return fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
    return infile_open_any(path, NULL);
}

struct gz_in *gz_open(const char *path, const char *member, const atomic_bool *cancel,
                      struct err *err)
{
    struct stat st;
    int fd = open_path(path);
    if (fd < 0 && errno == EISDIR) {
        err_set(err, ERR_DATA, "this is a folder; name a file in it");
        return NULL;
    }
    if (fd < 0 || fstat(fd, &st) != 0) {
        err_set(err, ERR_DATA, "cannot open: %s", strerror(errno));
        if (fd >= 0)
            close(fd);
        return NULL;
    }
    struct gz_in *gz = mem_new(1, sizeof *gz);
    gz->fd = fd;
    gz->whole = -1;
    /* what is read as a whole is opened by this name */
    gz->path = strcmp(path, "-") == 0 ? mem_printf("/proc/self/fd/%d", fd) : mem_text(path);
    gz->regular = S_ISREG(st.st_mode) && lseek(fd, 0, SEEK_CUR) == 0;
    gz->cancel = cancel;
    gz->z.next_in = gz->block;
    if (!find_packing(gz, member, err)) {
        gz_close(gz);
        return NULL;
    }
    return gz;
}

/* Called between members: is there another one?  Zero bytes may pad the end. */
static bool next_member(struct gz_in *gz, bool *more, struct err *err)
{
    *more = false;
    for (;;) {
        if (!fill_to(gz, 2, err))
            return false;
        if (gz->z.avail_in == 0)
            return true;
        if (gz->z.next_in[0] != 0)
            break;
        gz->padded = true;
        gz->z.next_in++;
        gz->z.avail_in--;
    }
    if (gz->padded || gz->z.avail_in < 2 || gz->z.next_in[0] != 0x1f || gz->z.next_in[1] != 0x8b)
        return err_set(err, ERR_DATA,
                       "bytes that are not gzip follow the gzip data; "
                       "unpack it with zcat and look at its end");
    if (inflateReset(&gz->z) != Z_OK)
        err_die("inflateReset failed");
    gz->between = false;
    *more = true;
    return true;
}

static ptrdiff_t read_packed(struct gz_in *gz, void *bytes, size_t n, struct err *err)
{
    gz->z.next_out = bytes;
    gz->z.avail_out = (unsigned)n;
    while (gz->z.avail_out == n) {
        if (gz->between) {
            bool more;
            if (!next_member(gz, &more, err))
                return -1;
            if (!more)
                return 0;
        }
        if (!fill_to(gz, 1, err))
            return -1;
        int got = inflate(&gz->z, Z_NO_FLUSH);
        if (got == Z_STREAM_END) {
            gz->between = true;
        } else if (got == Z_MEM_ERROR) {
            err_die("out of memory");
        } else if (got == Z_BUF_ERROR && gz->z.avail_in == 0) {
            err_set(err, ERR_DATA, "the gzip data ends early: the file is cut off; copy it again");
            return -1;
        } else if (got != Z_OK) {
            err_set(err, ERR_DATA, "the gzip data is damaged (%s); copy the file again",
                    gz->z.msg ? gz->z.msg : "no reason known");
            return -1;
        }
    }
    return (ptrdiff_t)(n - gz->z.avail_out);
}

static ptrdiff_t read_plain(struct gz_in *gz, void *bytes, size_t n, struct err *err)
{
    if (!fill_to(gz, 1, err))
        return -1;
    if (n > gz->z.avail_in)
        n = gz->z.avail_in;
    memcpy(bytes, gz->z.next_in, n);
    gz->z.next_in += n;
    gz->z.avail_in -= (unsigned)n;
    return (ptrdiff_t)n;
}

static ptrdiff_t read_more(struct gz_in *gz, void *bytes, size_t n, struct err *err)
{
    n = n < BLOCK ? n : BLOCK;
    /* By the block and not by the row: what is unpacked may hold none. */
    if (unwanted(gz, err))
        return -1;
    if (gz->archive)
        return container_read(gz->archive, bytes, n, err);
    return gz->packed ? read_packed(gz, bytes, n, err) : read_plain(gz, bytes, n, err);
}

const unsigned char *gz_head(struct gz_in *gz, size_t *n, struct err *err)
{
    while (gz->head_n < GZ_HEAD) {
        ptrdiff_t got = read_more(gz, gz->head + gz->head_n, GZ_HEAD - gz->head_n, err);
        if (got < 0)
            return NULL;
        if (got == 0)
            break;
        gz->head_n += (size_t)got;
    }
    *n = gz->head_n;
    return gz->head;
}

ptrdiff_t gz_read(struct gz_in *gz, void *bytes, size_t n, struct err *err)
{
    size_t left = gz->head_n - gz->head_at;
    if (left == 0)
        return read_more(gz, bytes, n, err);
    n = n < left ? n : left;
    memcpy(bytes, gz->head + gz->head_at, n);
    gz->head_at += n;
    return (ptrdiff_t)n;
}

static bool write_all(int fd, const char *bytes, size_t n)
{
    while (n > 0) {
        ssize_t got = write(fd, bytes, n);
        if (got < 0 && errno != EINTR)
            return false;
        bytes += got > 0 ? got : 0;
        n -= got > 0 ? (size_t)got : 0;
    }
    return true;
}

const char *gz_whole(struct gz_in *gz, struct err *err)
{
    if (gz->regular && !gz->packed && !gz->archive)
        return gz->path;
    char *block = mem_new(BLOCK, 1);
    ptrdiff_t n = 0;
    size_t total = 0;
    bool fine = true;
    gz->whole = memfd_create("deltaw", MFD_CLOEXEC);
    if (gz->whole < 0)
        err_set(err, ERR_DATA, "no memory to unpack it: %s", strerror(errno));
    /* what is packed does not say how large it is */
    for (; gz->whole >= 0 && fine && (n = gz_read(gz, block, BLOCK, err)) > 0; total += (size_t)n)
        fine = (total % ASKED + (size_t)n < ASKED || mem_room(ASKED, gz->path, err)) &&
               (write_all(gz->whole, block, (size_t)n) ||
                err_set(err, ERR_DATA, "no memory to unpack it: %s", strerror(errno)));
    free(block);
    snprintf(gz->whole_name, sizeof gz->whole_name, "/proc/self/fd/%d", gz->whole);
    return gz->whole >= 0 && fine && n == 0 ? gz->whole_name : NULL;
}

uint64_t gz_position(const struct gz_in *gz)
{
    return gz->taken - gz->z.avail_in;
}

void gz_close(struct gz_in *gz)
{
    if (!gz)
        return;
    if (gz->packed)
        inflateEnd(&gz->z);
    container_close(gz->archive);
    if (gz->whole >= 0)
        close(gz->whole);
    free(gz->path);
    close(gz->fd);
    free(gz);
}

bool gz_unpack(const unsigned char *from, size_t n, unsigned char *to, size_t size)
{
    z_stream z = {.next_in = (unsigned char *)from, .avail_in = (unsigned)n};
    z.next_out = to;
    z.avail_out = (unsigned)size;
    if (inflateInit2(&z, 15 + 32) != Z_OK) /* gzip or zlib, whichever is there */
        return false;
    bool ok = inflate(&z, Z_FINISH) == Z_STREAM_END && z.avail_out == 0;
    inflateEnd(&z);
    return ok;
}

struct gz_out {
    z_stream z;
    gz_header header; /* must live until the header is written */
};

struct gz_out *gz_out_new(void)
{
    struct gz_out *gz = mem_new(1, sizeof *gz);
    /* A header of zeros: time 0, no name, and the system byte zlib would fill in
     * by platform is fixed too. */
    gz->header.os = 255;
    if (deflateInit2(&gz->z, 6, Z_DEFLATED, GZIP_BITS, 8, Z_DEFAULT_STRATEGY) != Z_OK ||
        deflateSetHeader(&gz->z, &gz->header) != Z_OK)
        err_die("deflateInit2 failed");
    return gz;
}

static int pack(struct gz_out *gz, int flush, struct strbuf *to)
{
    unsigned char block[32 * 1024];
    int got;
    do {
        gz->z.next_out = block;
        gz->z.avail_out = sizeof block;
        got = deflate(&gz->z, flush);
        strbuf_add(to, block, sizeof block - gz->z.avail_out);
    } while (gz->z.avail_out == 0);
    return got;
}

void gz_out_write(struct gz_out *gz, const void *bytes, size_t n, struct strbuf *to)
{
    gz->z.next_in = (unsigned char *)(uintptr_t)bytes;
    gz->z.avail_in = (unsigned)n;
    pack(gz, Z_NO_FLUSH, to);
}

void gz_out_finish(struct gz_out *gz, struct strbuf *to)
{
    gz->z.next_in = NULL;
    gz->z.avail_in = 0;
    if (pack(gz, Z_FINISH, to) != Z_STREAM_END)
        err_die("deflate did not end");
    deflateEnd(&gz->z);
    free(gz);
}
