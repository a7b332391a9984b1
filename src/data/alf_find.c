/* Sessions in a folder as the IBL's Open Neurophysiology Environment keeps them:
 *   [lab/][Subjects/]SUBJECT/DATE/NUMBER/alf/[task_NN/][#REVISION#/]
 *       _ibl_trials.ATTRIBUTE[.UUID].npy, or all of them in _ibl_trials.table[.UUID].pqt
 * and tables of all sessions of an animal, _ibl_subjectTrials.table[.UUID].pqt. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "deltaw/base/mem.h"
#include "inputs.h"

static const char trials_object[] = "_ibl_trials.", all_object[] = "_ibl_subjectTrials.table.";

/* A file of a session. */
struct part {
    const char *path, *name;
    char *subject, *date, *number; /* NULL: not told by the path */
    char *task;                    /* the folder below, without its revision; "" is plain alf */
    char *revision;                /* "" is the first */
    char *attribute;               /* "choice" ... */
    char *folder;
    bool table;
};

static bool fits(const char *text, size_t n, const char *shape)
{
    if (strlen(shape) != n)
        return false;
    for (size_t i = 0; i < n; i++)
        if (shape[i] == 'd' ? text[i] < '0' || text[i] > '9' : text[i] != shape[i])
            return false;
    return true;
}

static bool is_number(const char *text, size_t n)
{
    return fits(text, n, "d") || fits(text, n, "dd") || fits(text, n, "ddd");
}

/* Fields from the folders the file stands in. */
static void read_folders(struct part *p)
{
    const char *piece[64], *from = p->path;
    size_t length[64], n = 0, at = 0;
    for (; from < p->name && n < 64; n++) {
        piece[n] = from;
        length[n] = strcspn(from, "/");
        from += length[n] + 1;
    }
    p->folder =
        p->name > p->path ? mem_text_n(p->path, (size_t)(p->name - p->path) - 1) : mem_text(".");
    p->task = mem_text("");
    p->revision = mem_text("");
    for (size_t i = 1; i + 1 < n; i++)
        if (fits(piece[i], length[i], "dddd-dd-dd") && is_number(piece[i + 1], length[i + 1]))
            at = i;
    if (at > 0) {
        p->subject = mem_text_n(piece[at - 1], length[at - 1]);
        p->date = mem_text_n(piece[at], length[at]);
        p->number = mem_text_n(piece[at + 1], length[at + 1]);
    }
    for (size_t i = at ? at + 2 : n; i < n; i++) {
        bool revision = length[i] > 2 && piece[i][0] == '#' && piece[i][length[i] - 1] == '#';
        char **to = revision ? &p->revision : &p->task;
        if (!revision && length[i] == 3 && strncmp(piece[i], "alf", 3) == 0)
            continue;
        free(*to);
        *to = mem_text_n(piece[i], length[i]);
    }
}

static bool read_part(struct part *p, const char *path)
{
    const char *slash = strrchr(path, '/');
    *p = (struct part){.path = path, .name = slash ? slash + 1 : path};
    if (strncmp(p->name, trials_object, sizeof trials_object - 1) != 0)
        return false;
    const char *attribute = p->name + sizeof trials_object - 1, *end = strrchr(attribute, '.');
    p->table = end && strcmp(end, ".pqt") == 0 && strncmp(attribute, "table.", 6) == 0;
    if (!end || !(p->table || strcmp(end, ".npy") == 0))
        return false;
    p->attribute = mem_text_n(attribute, strcspn(attribute, "."));
    read_folders(p);
    return true;
}

static void free_part(struct part *p)
{
    free(p->subject);
    free(p->date);
    free(p->number);
    free(p->task);
    free(p->revision);
    free(p->attribute);
    free(p->folder);
}

static int compare(const char *a, const char *b)
{
    return strcmp(a ? a : "", b ? b : "");
}

/* Where no date is told the folder stands for the session. */
static int compare_sessions(const struct part *a, const struct part *b)
{
    int way = compare(a->subject, b->subject);
    way = way ? way : compare(a->date, b->date);
    way = way ? way : compare(a->number, b->number);
    way = way || a->date ? way : compare(a->folder, b->folder);
    return way;
}

static int compare_tasks(const struct part *a, const struct part *b)
{
    int way = compare_sessions(a, b);
    return way ? way : compare(a->task, b->task);
}

/* Tables first, then by attribute, the newest revision first. */
static int compare_parts(const void *pa, const void *pb)
{
    const struct part *a = pa, *b = pb;
    int way = compare_tasks(a, b);
    way = way ? way : (int)b->table - (int)a->table;
    way = way ? way : compare(a->attribute, b->attribute);
    way = way ? way : compare(b->revision, a->revision);
    return way ? way : strcmp(a->path, b->path);
}

static char *name_of_folder(const char *folder)
{
    size_t n = strlen(folder);
    while (n > 0 && (folder[n - 1] == '/' || (n >= 4 && strncmp(folder + n - 4, "/alf", 4) == 0)))
        n -= folder[n - 1] == '/' ? 1 : 4;
    const char *from = folder + n;
    while (from > folder && from[-1] != '/')
        from--;
    return from < folder + n ? mem_text_n(from, (size_t)(folder + n - from)) : mem_text("animal");
}

/* The n parts of one task of one session; several: the session has other tasks too. */
static void add_session(struct inputs *inputs, const struct part *p, size_t n, bool several)
{
    struct input *input =
        log_inputs_add(inputs, p->table ? p->path : p->folder, p->table ? p->path : p->folder);
    input->ibl = true;
    input->part[INPUT_SUBJECT] = p->subject ? mem_text(p->subject) : name_of_folder(p->folder);
    input->part[INPUT_DATE] = p->date ? mem_text(p->date) : NULL;
    input->part[INPUT_SESSION] = !p->number            ? NULL
                                 : several && *p->task ? mem_printf("%s_%s", p->number, p->task)
                                                       : mem_text(p->number);
    input->format = mem_text(p->table ? "parquet" : "alf");
    if (p->table)
        return;
    input->files = mem_new(n, sizeof *input->files);
    for (size_t i = 0; i < n; i++)
        if (i == 0 || strcmp(p[i].attribute, p[i - 1].attribute) != 0)
            input->files[input->n_files++] = mem_text(p[i].path);
}

static void add_sessions(struct inputs *inputs, const struct part *parts, size_t n)
{
    size_t revised = 0, tasks = 0;
    for (size_t from = 0, to; from < n; from = to) {
        for (to = from; to < n && compare_sessions(&parts[to], &parts[from]) == 0;)
            to++;
        bool several = compare_tasks(&parts[from], &parts[to - 1]) != 0;
        for (size_t i = from, end; i < to; i = end) {
            for (end = i; end < to && compare_tasks(&parts[end], &parts[i]) == 0; end++)
                revised += end > i && strcmp(parts[end].attribute, parts[end - 1].attribute) == 0;
            add_session(inputs, &parts[i], end - i, several);
        }
        tasks += several;
    }
    if (revised)
        strbuf_printf(&inputs->odd, "%zu files have a newer revision, which is read instead\n",
                      revised);
    if (tasks)
        strbuf_printf(&inputs->odd, "%zu sessions hold several tasks, which are told apart\n",
                      tasks);
}

bool alf_is_file(const char *path)
{
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    size_t n = strlen(name);
    return strncmp(name, "_ibl_", 5) == 0 && n > 4 &&
           (strcmp(name + n - 4, ".pqt") == 0 || strcmp(name + n - 4, ".npy") == 0);
}

size_t alf_find(struct inputs *inputs, size_t n, char *const *files)
{
    struct part *parts = mem_new(n, sizeof *parts);
    size_t n_parts = 0, before = inputs->n, whole = 0;
    bool trials = false;
    for (size_t i = 0; i < n; i++) {
        if (read_part(&parts[n_parts], files[i])) {
            trials =
                trials || parts[n_parts].table || strcmp(parts[n_parts].attribute, "choice") == 0;
            n_parts++;
        }
    }
    qsort(parts, n_parts, sizeof *parts, compare_parts);
    if (trials)
        add_sessions(inputs, parts, n_parts);
    for (size_t i = 0; i < n; i++) {
        const char *slash = strrchr(files[i], '/'), *name = slash ? slash + 1 : files[i];
        if (strncmp(name, all_object, sizeof all_object - 1) != 0)
            continue;
        whole++;
        if (trials)
            continue;
        struct input *input = log_inputs_add(inputs, files[i], files[i]);
        input->ibl = true;
        input->format = mem_text("parquet");
    }
    if (whole && trials)
        strbuf_printf(&inputs->odd,
                      "%zu tables of whole animals are left out beside those of sessions\n", whole);
    for (size_t i = 0; i < n_parts; i++)
        free_part(&parts[i]);
    free(parts);
    return inputs->n - before;
}
