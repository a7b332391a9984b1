#include "recall.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <readline/history.h>
#include <readline/readline.h>

#include "deltaw/base/infile.h"
#include "deltaw/base/mem.h"
#include "deltaw/base/outfile.h"
#include "deltaw/base/strbuf.h"
#include "hosting.h"

enum { KEPT = 2000, KEPT_IN_FILE = 2 * KEPT, LONGEST = 64 * 1024 };
static const double patience = .1; /* seconds for another program to let go of the file */

static char *file_path; /* NULL: not kept */

/* Up and Down: the typed text that entries must begin with, and the present entry. */
static struct {
    char *typed;
    int at;
} arrows;

/* Into the list only. */
static void remember(const char *line)
{
    using_history();
    for (int i = history_length - 1; i >= 0; i--) {
        HIST_ENTRY *old = history_get(history_base + i);
        if (old && strcmp(old->line, line) == 0) {
            free_history_entry(remove_history(i));
            break;
        }
    }
    add_history(line);
}

static void rewrite(void)
{
    struct strbuf text = {0};
    for (size_t i = 0; recall_line(i); i++)
        strbuf_printf(&text, "%s\n", recall_line(i));
    struct err err = {0};
    outfile_write(file_path, strbuf_text(&text), text.len, &err);
    chmod(file_path, 0600);
    strbuf_free(&text);
}

void recall_open(void)
{
    using_history();
    stifle_history(KEPT);
    file_path = statefile_path("history");
    if (!file_path)
        return;
    int fd = infile_open(file_path, O_RDWR, NULL);
    if (fd < 0)
        fd = infile_open(file_path, O_RDONLY, NULL);
    FILE *file = fd >= 0 ? fdopen(fd, "r") : NULL;
    if (!file) {
        if (fd >= 0)
            close(fd);
        return;
    }
    bool locked = infile_lock(fd, patience);
    char *line = NULL;
    size_t capacity = 0, n = 0;
    for (ssize_t len; (len = getline(&line, &capacity, file)) > 0; n++) {
        if (line[len - 1] != '\n') /* half of one, which a full disk has left */
            break;
        line[--len] = 0;
        if (len > 0 && len < LONGEST && strlen(line) == (size_t)len)
            remember(line);
    }
    free(line);
    if (n > KEPT_IN_FILE && locked)
        rewrite();
    fclose(file);
}

/* The file to append to, locked; another program may be putting a shorter one in its place. */
static int open_end(void)
{
    for (int i = 0; i < 3; i++) {
        struct stat ours, there;
        int fd = infile_open(file_path, O_RDWR | O_APPEND | O_CREAT, NULL);
        if (fd < 0)
            return -1;
        infile_lock(fd, patience);
        if (fstat(fd, &ours) == 0 && stat(file_path, &there) == 0 && ours.st_ino == there.st_ino)
            return fd;
        close(fd);
    }
    return -1;
}

static void append(const char *line)
{
    int fd = file_path ? open_end() : -1;
    if (fd < 0)
        return;
    fchmod(fd, 0600);
    outfile_heal(fd, true);
    char *whole = mem_printf("%s\n", line);
    outfile_append(fd, whole, strlen(whole)); /* a full disk must not disturb the work */
    free(whole);
    close(fd);
}

static void add_one(const char *line)
{
    if (!line[strspn(line, " \t")] || strlen(line) >= LONGEST)
        return;
    const char *newest = history_length ? history_get(history_base + history_length - 1)->line : "";
    if (strcmp(newest, line) == 0)
        return;
    remember(line);
    append(line);
}

void recall_add(const char *line)
{
    if (!strchr(line, '\n')) {
        add_one(line);
        return;
    }
    /* Several lines: the file has one entry a line.  `;` joins them, unless a comment would
     * then swallow what follows. */
    char *copy = mem_text(line);
    if (strchr(copy, '#')) {
        char *rest = copy;
        for (char *one; (one = strsep(&rest, "\n"));)
            add_one(one);
    } else {
        struct strbuf joined = {0};
        char *rest = copy;
        for (char *one; (one = strsep(&rest, "\n"));)
            if (one[strspn(one, " \t")])
                strbuf_printf(&joined, "%s%s", joined.len ? "; " : "", one);
        add_one(strbuf_text(&joined));
        strbuf_free(&joined);
    }
    free(copy);
}

const char *recall_line(size_t i)
{
    if (i >= (size_t)history_length)
        return NULL;
    HIST_ENTRY *entry = history_get(history_base + (int)i);
    return entry ? entry->line : NULL;
}

const char *recall_at(void *unused, size_t i)
{
    (void)unused;
    return recall_line(i);
}

/* --- Up and Down ----------------------------------------------------------------- */

static int recall_older(int count, int key);
static int recall_newer(int count, int key);

static int recall_step(bool older, int count, int key)
{
    if (rl_last_func != recall_older && rl_last_func != recall_newer) {
        free(arrows.typed);
        arrows.typed = mem_text(rl_point == rl_end ? rl_line_buffer : "");
        arrows.at = history_length;
    }
    size_t n = strlen(arrows.typed);
    if (n == 0)
        return older ? rl_get_previous_history(count, key) : rl_get_next_history(count, key);
    int i = arrows.at;
    const HIST_ENTRY *found = NULL;
    while ((i += older ? -1 : 1) >= 0 && i < history_length) {
        found = history_get(history_base + i);
        if (found && strncmp(found->line, arrows.typed, n) == 0 && found->line[n])
            break;
        found = NULL;
    }
    if (!found && older)
        return rl_ding();
    arrows.at = found ? i : history_length;
    rl_begin_undo_group();
    rl_delete_text(0, rl_end);
    rl_point = 0;
    rl_insert_text(found ? found->line : arrows.typed);
    rl_end_undo_group();
    return 0;
}

/* Up: the lines that begin like what is typed, as in fish and ipython; all of
 * them from an empty line, or when the cursor is within it. */
static int recall_older(int count, int key)
{
    return recall_step(true, count, key);
}

static int recall_newer(int count, int key)
{
    return recall_step(false, count, key);
}

/* Unless inputrc binds these keys to something else. */
static void bind_arrows(Keymap map)
{
    static const char *const keys[][2] = {{"\033[A", "\033[B"}, {"\033OA", "\033OB"}};
    for (size_t i = 0; i < 2; i++) {
        if (rl_function_of_keyseq(keys[i][0], map, NULL) == rl_get_previous_history)
            rl_bind_keyseq_in_map(keys[i][0], recall_older, map);
        if (rl_function_of_keyseq(keys[i][1], map, NULL) == rl_get_next_history)
            rl_bind_keyseq_in_map(keys[i][1], recall_newer, map);
    }
}

void recall_bind_arrows(void)
{
    bind_arrows(emacs_standard_keymap);
    bind_arrows(vi_insertion_keymap);
    bind_arrows(vi_movement_keymap);
}

void recall_close(void)
{
    free(file_path);
    file_path = NULL;
    free(arrows.typed);
    arrows.typed = NULL;
    clear_history();
}
