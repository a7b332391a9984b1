#include "parquet.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "deltaw/base/infile.h"
#include "deltaw/base/mem.h"
#include "deltaw/base/outfile.h"
#include "deltaw/base/utf8.h"
#include "deltaw/base/thread.h"
#include "parquet/ahead.h"
#include "parquet/decode.h"
#include "parquet/page.h"

enum { TAIL = 8, MOST_FOOTER = 1 << 28, VALUES_ALONE = 1 << 18 };

/* What is left of a column's batch. */
struct strand {
    struct log_cell *cell;
    size_t column, left;
    const double *number; /* the next one; NULL: of texts */
    const struct parquet_text *text;
};

struct parquet {
    int fd;
    struct parquet_meta meta;
    struct parquet_ahead *ahead; /* NULL before the first row is asked for */
    size_t n_strands;
    struct strand *strands; /* [n_strands], the wanted columns */
    char *note;
};

bool parquet_sniff(const unsigned char *head, size_t n)
{
    return n >= 4 && (memcmp(head, "PAR1", 4) == 0 || memcmp(head, "PARE", 4) == 0);
}

/* The last bytes: what the file says of itself, its size in four bytes, "PAR1". */
static bool read_footer(struct parquet *p, uint64_t size, struct err *err)
{
    unsigned char tail[TAIL];
    if (size < 4 + TAIL || !page_bytes(p->fd, tail, TAIL, size - TAIL, err))
        return err_set(err, ERR_DATA, "too short for a Parquet file; is it cut off?");
    if (memcmp(tail + 4, "PARE", 4) == 0)
        return err_set(err, ERR_DATA, "the file is encrypted; save the table without a key");
    uint64_t n = parquet_little(tail, 4);
    if (memcmp(tail + 4, "PAR1", 4) != 0 || n > size - TAIL - 4 || n > MOST_FOOTER)
        return err_set(err, ERR_DATA, "the end of a Parquet file is missing; is it cut off?");
    unsigned char *footer = mem_new(n, 1);
    bool ok = page_bytes(p->fd, footer, n, size - TAIL - n, err) &&
              parquet_meta_read(footer, n, size - TAIL, &p->meta, err);
    free(footer);
    return ok;
}

static bool open_file(struct parquet *p, const char *path, struct err *err)
{
    struct stat info;
    char *name = path_expand(path);
    p->fd = infile_open(name, O_RDONLY, NULL);
    int reason = errno;
    free(name);
    errno = reason;
    if (p->fd < 0 && errno == ENXIO)
        return err_set(err, ERR_DATA, "a Parquet file cannot be read from a pipe; save it first");
    if (p->fd < 0 || fstat(p->fd, &info) < 0)
        return err_system(err, ERR_DATA, "cannot open");
    return read_footer(p, (uint64_t)info.st_size, err);
}

static void name_columns(struct log_source *source, const struct parquet_meta *meta)
{
    source->n_columns = meta->n_columns;
    source->columns = mem_new(meta->n_columns, sizeof *source->columns);
    for (size_t i = 0; i < meta->n_columns; i++) {
        const char *name = meta->columns[i].name;
        source->columns[i].name = utf8_visible(name, strlen(name), "");
        source->columns[i].type = parquet_is_text(&meta->columns[i]) ? LOG_TEXT : LOG_NUMBER;
    }
}

bool parquet_open(struct log_source *source, struct err *err)
{
    struct parquet *p = mem_new(1, sizeof *p);
    source->state = p;
    if (!open_file(p, source->file, err)) {
        err_prefix(err, "%s", source->path);
        return false;
    }
    if (p->meta.n_columns == 0)
        return err_set(err, ERR_DATA, "%s: no column is flat: all are lists or groups (%s)",
                       source->path, p->meta.nested ? p->meta.nested : "none");
    name_columns(source, &p->meta);
    if (p->meta.nested) {
        char *names = utf8_visible(p->meta.nested, strlen(p->meta.nested), "");
        p->note = mem_printf("nested columns left out: %s", names);
        free(names);
        source->note = p->note;
    }
    return true;
}

static void begin(struct log_source *source)
{
    struct parquet *p = source->state;
    p->strands = mem_new(source->n_columns, sizeof *p->strands);
    for (size_t i = 0; i < source->n_columns; i++)
        if (source->wanted[i])
            p->strands[p->n_strands++] = (struct strand){.cell = &source->cells[i], .column = i};
    bool alone = (double)p->meta.rows * (double)p->n_strands < VALUES_ALONE;
    p->ahead = parquet_ahead_new(&p->meta, p->fd, source->wanted, alone ? 1 : thread_processors());
}

static bool refill(struct log_source *source, struct strand *s, struct err *err)
{
    struct parquet *p = source->state;
    struct err why = {0};
    const struct parquet_batch *batch = parquet_ahead_next(p->ahead, s->column, &why);
    if (!batch) {
        source->row++;
        return source_refuse(source, err, "%s", why.code ? why.message : "a column ends too early");
    }
    s->left = batch->n;
    s->number = batch->values.numbers;
    s->text = batch->values.texts;
    return true;
}

enum log_got parquet_next(struct log_source *source, struct err *err)
{
    struct parquet *p = source->state;
    if (source->row >= p->meta.rows)
        return LOG_END;
    if (!p->ahead)
        begin(source);
    for (struct strand *s = p->strands, *end = s + p->n_strands; s < end; s++) {
        if (s->left == 0 && !refill(source, s, err))
            return LOG_ERROR;
        s->left--;
        if (s->number) {
            s->cell->number = *s->number++;
        } else {
            s->cell->text = s->text->text;
            s->cell->n = s->text++->n;
        }
    }
    source->row++;
    return LOG_ROW;
}

void parquet_close(struct log_source *source)
{
    struct parquet *p = source->state;
    if (!p)
        return;
    parquet_ahead_free(p->ahead);
    parquet_meta_free(&p->meta);
    if (p->fd > 0)
        close(p->fd);
    free(p->strands), free(p->note), free(p);
}
