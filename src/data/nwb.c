#include "nwb.h"

#include <config.h>
#include <fcntl.h>
#include <hdf5.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sandbox.h"
#include "deltaw/base/infile.h"
#include "deltaw/base/library.h"
#include "deltaw/base/mem.h"

#define FUNCTIONS(F)                \
    F(H5Dclose)                     \
    F(H5Dget_space)                 \
    F(H5Dget_type)                  \
    F(H5Dopen2)                     \
    F(H5Dread)                      \
    F(H5Eset_auto2)                 \
    F(H5Fclose)                     \
    F(H5Fopen)                      \
    F(H5Gclose)                     \
    F(H5Gopen2)                     \
    F(H5Literate)                   \
    F(H5Oget_info_by_name)          \
    F(H5Pclose)                     \
    F(H5Pcreate)                    \
    F(H5Pset_fapl_core)             \
    F(H5Pset_file_image)            \
    F(H5Sclose)                     \
    F(H5Sget_simple_extent_dims)    \
    F(H5Sget_simple_extent_ndims)   \
    F(H5Sget_simple_extent_npoints) \
    F(H5Tclose)                     \
    F(H5Tcopy)                      \
    F(H5Tget_class)                 \
    F(H5Tget_cset)                  \
    F(H5Tget_size)                  \
    F(H5Tis_variable_str)           \
    F(H5Tset_cset)                  \
    F(H5Tset_size)                  \
    F(H5free_memory)                \
    F(H5open)
#define SYMBOL(name) {#name, offsetof(struct hdf5, name)},

struct hdf5 {
    FUNCTIONS(LIBRARY_MEMBER)
    hid_t text, number; /* types */
    hid_t access;       /* the class of what says how files are opened */
};
static const struct library_symbol symbols[] = {FUNCTIONS(SYMBOL)};

/* The library's types are variables that its start sets. */
static void start_library(struct hdf5 *h)
{
    h->H5open();
    const hid_t *text = library_variable(HDF5_SONAME, "H5T_C_S1_g");
    const hid_t *number = library_variable(HDF5_SONAME, "H5T_NATIVE_DOUBLE_g");
    h->text = text ? *text : -1;
    h->number = number ? *number : -1;
    const hid_t *access = library_variable(HDF5_SONAME, "H5P_CLS_FILE_ACCESS_ID_g");
    h->access = access ? *access : -1;
    h->H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
}

struct reading {
    struct log_source *source;
    const struct hdf5 *h;
};

static const hsize_t most = (hsize_t)1 << 28; /* items of a column */

/* Texts of fixed or variable length; NULL when it cannot be read. */
static char **read_texts(const struct hdf5 *h, hid_t set, hid_t type, size_t n)
{
    char **texts = mem_new(n, sizeof *texts);
    hid_t memory = h->H5Tcopy(h->text);
    bool fine;
    h->H5Tset_cset(memory, h->H5Tget_cset(type));
    if (h->H5Tis_variable_str(type) > 0) {
        char **raw = mem_new(n, sizeof *raw);
        h->H5Tset_size(memory, H5T_VARIABLE);
        fine = h->H5Dread(set, memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, raw) >= 0;
        for (size_t i = 0; i < n; i++) {
            texts[i] = mem_text(fine && raw[i] ? raw[i] : "");
            h->H5free_memory(raw[i]);
        }
        free(raw);
    } else {
        size_t width = h->H5Tget_size(type) + 1;
        char *raw = width < 4096 ? mem_new(n, width) : NULL;
        h->H5Tset_size(memory, width);
        fine = raw && h->H5Dread(set, memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, raw) >= 0;
        for (size_t i = 0; i < n; i++)
            texts[i] =
                fine ? mem_text_n(raw + i * width, strnlen(raw + i * width, width)) : mem_text("");
        free(raw);
    }
    h->H5Tclose(memory);
    return texts;
}

static void read_set(const struct hdf5 *h, struct log_source *source, const char *name, hid_t set)
{
    hid_t space = h->H5Dget_space(set), type = h->H5Dget_type(set);
    int dimensions = h->H5Sget_simple_extent_ndims(space);
    hsize_t size[H5S_MAX_RANK] = {0};
    H5T_class_t class = h->H5Tget_class(type);
    if (dimensions == 1)
        h->H5Sget_simple_extent_dims(space, size, NULL);
    size_t n = (size_t)size[0];
    bool number = class == H5T_INTEGER || class == H5T_FLOAT || class == H5T_ENUM;
    if (dimensions == 1 && size[0] > 0 && size[0] <= most && number) {
        double *values = mem_new(n, sizeof *values);
        signed char *bits = class == H5T_ENUM ? mem_new(n, 1) : NULL;
        /* h5py keeps truth values as an enumeration of bytes. */
        bool fine = bits ? h->H5Tget_size(type) == 1 &&
                               h->H5Dread(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, bits) >= 0
                         : h->H5Dread(set, h->number, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) >= 0;
        for (size_t i = 0; bits && i < n; i++)
            values[i] = bits[i];
        free(bits);
        if (fine)
            memory_numbers(source, name, n, values);
        else
            free(values);
    } else if (dimensions == 1 && size[0] > 0 && size[0] <= most && class == H5T_STRING) {
        memory_texts(source, name, n, read_texts(h, set, type, n));
    }
    h->H5Tclose(type);
    h->H5Sclose(space);
}

static herr_t read_link(hid_t group, const char *name, const H5L_info_t *info, void *context)
{
    const struct reading *reading = context;
    const struct hdf5 *h = reading->h;
    (void)info;
    H5O_info_t what;
    if (h->H5Oget_info_by_name(group, name, &what, H5P_DEFAULT) < 0 ||
        what.type != H5O_TYPE_DATASET || strcmp(name, "id") == 0)
        return 0;
    hid_t set = h->H5Dopen2(group, name, H5P_DEFAULT);
    if (set >= 0) {
        read_set(h, reading->source, name, set);
        h->H5Dclose(set);
    }
    return 0;
}

/* A text that stands alone; NULL without. */
static char *read_text(const struct hdf5 *h, hid_t file, const char *path)
{
    char *text = NULL;
    hid_t set = h->H5Dopen2(file, path, H5P_DEFAULT);
    if (set < 0)
        return NULL;
    hid_t space = h->H5Dget_space(set), type = h->H5Dget_type(set);
    if (h->H5Tget_class(type) == H5T_STRING && h->H5Sget_simple_extent_npoints(space) == 1) {
        char **texts = read_texts(h, set, type, 1);
        text = texts[0];
        free(texts);
    }
    h->H5Tclose(type);
    h->H5Sclose(space);
    h->H5Dclose(set);
    return text;
}

/* What the file says of all its trials, as columns of one text. */
static void add_constant(const struct hdf5 *h, struct log_source *source, hid_t file,
                         const char *path, const char *column, size_t n)
{
    char *text = read_text(h, file, path);
    for (size_t i = 0; i < source->n_columns && text; i++)
        if (strcmp(source->columns[i].name, column) == 0) {
            free(text);
            text = NULL;
        }
    if (!text)
        return;
    char **texts = mem_new(n, sizeof *texts);
    for (size_t i = 0; i < n; i++)
        texts[i] = mem_text(text);
    memory_texts(source, column, n, texts);
    free(text);
}

static bool read_trials(const struct hdf5 *h, struct log_source *source, hid_t file,
                        struct err *err)
{
    hid_t group = h->H5Gopen2(file, "/intervals/trials", H5P_DEFAULT);
    if (group < 0)
        return err_set(err, ERR_DATA,
                       "%s: there is no table /intervals/trials in it, where NWB keeps trials; "
                       "save them as CSV",
                       source->path);
    h->H5Literate(group, H5_INDEX_NAME, H5_ITER_INC, NULL, read_link, &(struct reading){source, h});
    h->H5Gclose(group);
    if (!memory_finish(source, "start_time", err))
        return false;
    size_t n = memory_rows(source);
    add_constant(h, source, file, "/general/subject/subject_id", "subject", n);
    add_constant(h, source, file, "/session_start_time", "date", n);
    add_constant(h, source, file, "/general/session_id", "session", n);
    return true;
}

/* HDF5 asks for the name behind a link, and a file in memory has none: it gets the bytes. */
static hid_t open_unpacked(const struct hdf5 *h, const char *path)
{
    struct stat st = {0};
    int fd = infile_open(path, O_RDONLY, NULL);
    void *bytes = MAP_FAILED;
    hid_t file = -1, access = h->H5Pcreate(h->access);
    if (fd >= 0 && fstat(fd, &st) == 0 && st.st_size > 0)
        bytes = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (bytes != MAP_FAILED && h->H5Pset_fapl_core(access, 1 << 20, 0) >= 0 &&
        h->H5Pset_file_image(access, bytes, (size_t)st.st_size) >= 0)
        file = h->H5Fopen("unpacked", 0, access);
    if (bytes != MAP_FAILED)
        munmap(bytes, (size_t)st.st_size);
    if (fd >= 0)
        close(fd);
    h->H5Pclose(access);
    return file;
}

static bool fill(struct log_source *source, const void *library, struct err *err)
{
    struct hdf5 started = *(const struct hdf5 *)library, *h = &started;
    start_library(h);
    hid_t file = strncmp(source->file, "/proc/", 6) == 0
                     ? open_unpacked(h, source->file)
                     : h->H5Fopen(source->file, 0 /* only to read */, H5P_DEFAULT);
    if (file < 0)
        return err_set(err, ERR_DATA, "%s: the HDF5 file is damaged or cut off", source->path);
    bool fine = read_trials(h, source, file, err);
    h->H5Fclose(file);
    return fine;
}

bool nwb_open(struct log_source *source, struct err *err)
{
    struct hdf5 h = {0};
    memory_new(source);
    return library_load(HDF5_SONAME, "libhdf5-103-1", symbols, sizeof symbols / sizeof *symbols, &h,
                        err) &&
           sandbox_open(source, fill, &h, err);
}
