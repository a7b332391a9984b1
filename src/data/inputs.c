#include "inputs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "container.h"
#include "deltaw/base/infile.h"
#include "deltaw/base/mem.h"
#include "deltaw/base/outfile.h"
#include "natural.h"

enum { DEEPEST = 16, MOST_FILES = 1000000 };

struct list {
    size_t n, capacity;
    char **text;
};

static void list_add(struct list *list, char *text)
{
    list->text = mem_reserve(list->text, &list->capacity, list->n + 1, sizeof *list->text);
    list->text[list->n++] = text;
}

static void list_free(struct list *list)
{
    for (size_t i = 0; i < list->n; i++)
        free(list->text[i]);
    free(list->text);
}

struct input *log_inputs_add(struct inputs *inputs, const char *path, const char *name)
{
    inputs->input =
        mem_reserve(inputs->input, &inputs->capacity, inputs->n + 1, sizeof *inputs->input);
    struct input *input = &inputs->input[inputs->n++];
    *input = (struct input){.path = mem_text(path), .name = mem_text(name)};
    return input;
}

static bool ends_in_one_of(const char *name, const char *endings)
{
    size_t n = strlen(name);
    for (const char *p = endings; *p; p += strcspn(p, "|"), p += *p == '|') {
        size_t k = strcspn(p, "|");
        if (k > 0 && k < n && strncasecmp(name + n - k, p, k) == 0)
            return true;
    }
    return false;
}

static bool is_log(const char *path)
{
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    return *name != '.' && !strstr(path, "__MACOSX/") && !ends_in_one_of(name, ".truth.json") &&
           ends_in_one_of(name, source_endings);
}

/* 'f' a file, 'd' a folder, '?' something else: what stands behind the name, or for a link
 * what it leads to. */
static char kind_of(const char *name)
{
    struct stat st;
    char kind = name[strlen(name) + 1];
    if (kind != '?' || stat(name, &st) != 0)
        return kind;
    return S_ISREG(st.st_mode) ? 'f' : S_ISDIR(st.st_mode) ? 'd' : '?';
}

/* All files below a folder; hidden ones are left alone. */
static bool walk(const char *folder, int depth, struct list *files, struct err *err)
{
    DIR *d = opendir(folder);
    if (!d)
        return err_set(err, ERR_DATA, "%s: cannot open: %s", folder, strerror(errno));
    struct list names = {0};
    const char *slash = folder[strlen(folder) - 1] == '/' ? "" : "/";
    for (struct dirent *e; (e = readdir(d));)
        if (e->d_name[0] != '.')
            /* behind the name: its kind, so that not every file need be asked */
            list_add(&names, mem_printf("%s%s%s%c%c", folder, slash, e->d_name, 0,
                                        e->d_type == DT_REG   ? 'f'
                                        : e->d_type == DT_DIR ? 'd'
                                                              : '?'));
    closedir(d);
    natural_sort(names.text, names.n);
    bool fine = true;
    for (size_t i = 0; i < names.n && fine; i++) {
        char kind = kind_of(names.text[i]);
        if (kind == 'd' && depth < DEEPEST) {
            fine = walk(names.text[i], depth + 1, files, err);
        } else if (kind == 'f' && files->n < MOST_FILES) {
            list_add(files, names.text[i]);
            names.text[i] = NULL;
        }
    }
    list_free(&names);
    return fine;
}

static bool add_folder(struct inputs *inputs, const char *folder, struct err *err)
{
    struct list files = {0};
    bool fine = walk(folder, 0, &files, err);
    size_t before = inputs->n;
    if (fine && alf_find(inputs, files.n, files.text) == 0)
        for (size_t i = 0; i < files.n; i++)
            if (is_log(files.text[i]))
                log_inputs_add(inputs, files.text[i], files.text[i]);
    if (fine && inputs->n == before)
        fine = err_set(err, ERR_DATA,
                       "%s: no log is in this folder (files that end in %s), and no session as the "
                       "IBL keeps it",
                       folder, source_endings);
    list_free(&files);
    return fine;
}

/* A zip or tar with logs in it.  Not .npz, which numpy reads as one, nor .xlsx. */
static bool is_archive(const char *path)
{
    unsigned char head[64] = {0};
    int fd = infile_open(path, O_RDONLY, NULL);
    if (fd < 0)
        return false;
    ssize_t n = pread(fd, head, sizeof head, 0);
    close(fd);
    if (n > 34 && memcmp(head, "PK\3\4", 4) == 0) {
        size_t length = head[26] | (size_t)head[27] << 8, room = (size_t)n - 30;
        const char *name = (const char *)head + 30;
        length = length < room ? length : room;
        return !(length > 4 && memmem(name, length, ".npy", 4)) &&
               !(length >= 10 && memcmp(name, "[Content_T", 10) == 0) && memcmp(name, "xl/", 3) &&
               memcmp(name, "_rels/", 6) && memcmp(name, "docProps/", 9);
    }
    return ends_in_one_of(path, ".tar|.tgz|.tar.gz|.tar.xz|.tar.bz2|.tar.zst");
}

static bool add_archive(struct inputs *inputs, const char *path, struct err *err)
{
    size_t n, before = inputs->n;
    char **names;
    if (!container_list(path, &n, &names, err)) {
        err_prefix(err, "%s", path);
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        if (is_log(names[i])) {
            char *name = mem_printf("%s/%s", path, names[i]);
            log_inputs_add(inputs, path, name)->member = mem_text(names[i]);
            free(name);
        }
        free(names[i]);
    }
    free(names);
    if (inputs->n > before)
        return true;
    return err_set(err, ERR_DATA, "%s: no log is in this archive (files that end in %s)", path,
                   source_endings);
}

static bool add_path(struct inputs *inputs, const char *path, struct err *err)
{
    struct stat st;
    if (strcmp(path, "-") == 0) {
        log_inputs_add(inputs, path, "(standard input)");
        return true;
    }
    if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
        return add_folder(inputs, path, err);
    if (stat(path, &st) == 0 && S_ISREG(st.st_mode) && is_archive(path))
        return add_archive(inputs, path, err);
    char *one = mem_text(path);
    if (!alf_is_file(path) || alf_find(inputs, 1, &one) == 0)
        log_inputs_add(inputs, path, path);
    free(one);
    return true;
}

/* A pattern that is no file's name stands for the files it fits. */
static bool add_pattern(struct inputs *inputs, const char *path, struct err *err)
{
    glob_t found;
    struct stat st;
    if (!strpbrk(path, "*?[") || stat(path, &st) == 0)
        return add_path(inputs, path, err);
    int got = glob(path, GLOB_ERR, NULL, &found);
    bool fine = got == 0 || err_set(err, ERR_DATA, "%s: no file fits this pattern", path);
    if (fine)
        natural_sort(found.gl_pathv, found.gl_pathc);
    for (size_t i = 0; fine && i < found.gl_pathc; i++)
        fine = add_path(inputs, found.gl_pathv[i], err);
    if (got == 0)
        globfree(&found);
    return fine;
}

struct place {
    dev_t device;
    ino_t number;
    const char *member;
    size_t index;
};

static int compare_places(const void *pa, const void *pb)
{
    const struct place *a = pa, *b = pb;
    if (a->device != b->device)
        return a->device < b->device ? -1 : 1;
    if (a->number != b->number)
        return a->number < b->number ? -1 : 1;
    int way = strcmp(a->member ? a->member : "", b->member ? b->member : "");
    return way ? way : (a->index > b->index) - (a->index < b->index);
}

/* The same file under two names would count every trial twice. */
static bool check_same(struct inputs *inputs, struct err *err)
{
    struct place *place = mem_new(inputs->n, sizeof *place);
    size_t n = 0;
    bool fine = true;
    for (size_t i = 0; i < inputs->n; i++) {
        struct input *input = &inputs->input[i];
        struct stat st;
        if (stat(input->path, &st) != 0 || !S_ISREG(st.st_mode))
            continue;
        input->size = input->member ? 0 : (uint64_t)st.st_size;
        place[n++] = (struct place){st.st_dev, st.st_ino, input->member, i};
    }
    qsort(place, n, sizeof *place, compare_places);
    for (size_t i = 1; i < n && fine; i++) {
        struct place a = place[i - 1], b = place[i];
        a.index = b.index = 0;
        if (compare_places(&a, &b) != 0)
            continue;
        fine = err_set(err, ERR_DATA, "%s and %s are the same file",
                       inputs->input[place[i - 1].index].name, inputs->input[place[i].index].name);
    }
    free(place);
    return fine;
}

bool log_inputs_find(struct inputs *inputs, const struct load_options *options, struct err *err)
{
    *inputs = (struct inputs){0};
    bool fine = options->n_paths > 0 || err_set(err, ERR_USAGE, "no file to load");
    for (size_t i = 0; i < options->n_paths && fine; i++) {
        char *path = path_expand(options->paths[i]);
        fine = add_pattern(inputs, path, err);
        free(path);
    }
    return fine && check_same(inputs, err);
}

void log_inputs_free(struct inputs *inputs)
{
    for (size_t i = 0; i < inputs->n; i++) {
        struct input *input = &inputs->input[i];
        for (size_t k = 0; k < input->n_files; k++)
            free(input->files[k]);
        for (size_t k = 0; k < INPUT_PARTS; k++)
            free(input->part[k]);
        free(input->files);
        free(input->path);
        free(input->member);
        free(input->name);
        free(input->format);
    }
    free(inputs->input);
    strbuf_free(&inputs->odd);
    *inputs = (struct inputs){0};
}
