/* Completion of file names in order; hidden ones only when asked for. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/outfile.h"
#include "deltaw/base/utf8.h"
#include "complete.h"

enum { FILES_MOST = 1000 };

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void size_words(off_t size, char *out, size_t room)
{
    double bytes = (double)size;
    if (bytes < 1000)
        snprintf(out, room, "%.0f bytes", bytes);
    else if (bytes < 1e6)
        snprintf(out, room, "%.1f kB", bytes / 1e3);
    else if (bytes < 1e9)
        snprintf(out, room, "%.1f MB", bytes / 1e6);
    else
        snprintf(out, room, "%.1f GB", bytes / 1e9);
}

static void add_file(struct completion *out, const char *folder, const char *shown,
                     const char *name)
{
    char *path = mem_printf("%s/%s", folder, name), meaning[32] = "";
    struct stat st;
    bool is_folder = stat(path, &st) == 0 && S_ISDIR(st.st_mode);
    char *word = mem_printf("%s%s%s", shown, name, is_folder ? "/" : "");
    if (is_folder)
        snprintf(meaning, sizeof meaning, "folder");
    else if (stat(path, &st) == 0 && S_ISREG(st.st_mode))
        size_words(st.st_size, meaning, sizeof meaning);
    complete_add(out, word, meaning, is_folder);
    free(word);
    free(path);
}

/* Does a name end in one of "a|b"? */
static bool ends_in(const char *name, const char *endings)
{
    size_t length = strlen(name);
    for (const char *one = endings; one && *one; one += strcspn(one, "|"), one += *one == '|') {
        size_t n = strcspn(one, "|");
        if (length > n && strncmp(name + length - n, one, n) == 0)
            return true;
    }
    return false;
}

/* From `first` on, keep only folders and files with the endings, unless that leaves nothing. */
static void choose(struct completion *c, size_t first, const char *endings)
{
    size_t fitting = 0, kept = first;
    for (size_t i = first; i < c->n; i++)
        fitting += c->items[i].open || ends_in(c->items[i].word, endings);
    for (size_t i = first; fitting > 0 && i < c->n; i++) {
        if (c->items[i].open || ends_in(c->items[i].word, endings)) {
            c->items[kept++] = c->items[i];
        } else {
            free(c->items[i].word);
            free(c->items[i].meaning);
        }
    }
    c->n = fitting > 0 ? kept : c->n;
}

void complete_files(const char *prefix, const char *endings, struct completion *out)
{
    const char *slash = strrchr(prefix, '/'), *stem = slash ? slash + 1 : prefix;
    char *shown = mem_text_n(prefix, (size_t)(stem - prefix));
    char *folder = slash ? path_expand(shown) : mem_text(".");
    DIR *dir = opendir(folder);
    char **names = NULL;
    size_t n = 0, capacity = 0, length = strlen(stem), before = out->n;
    const struct dirent *entry;
    while (dir && n < FILES_MOST && (entry = readdir(dir))) {
        const char *name = entry->d_name;
        if (!utf8_is_visible(name) || /* it cannot be typed back */
            strncmp(name, stem, length) != 0 || (name[0] == '.' && stem[0] != '.') ||
            strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
            continue;
        names = mem_reserve(names, &capacity, n + 1, sizeof *names);
        names[n++] = mem_text(name);
    }
    if (dir)
        closedir(dir);
    if (n > 0)
        qsort(names, n, sizeof *names, by_name);
    for (size_t i = 0; i < n; i++) {
        add_file(out, folder, shown, names[i]);
        free(names[i]);
    }
    if (endings)
        choose(out, before, endings);
    free(names);
    free(folder);
    free(shown);
}
