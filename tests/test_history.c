/* What was typed: each line once, where it was typed last, kept in a file that only its
 * owner can read. */
#include <sys/stat.h>
#include <unistd.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/outfile.h"
#include "deltaw/base/strbuf.h"
#include "golden.h"
#include "recall.h"
#include "hosting.h"

static char *all_lines(void)
{
    struct strbuf out = {0};
    for (size_t i = 0; recall_line(i); i++)
        strbuf_printf(&out, "%s%s", i ? "|" : "", recall_line(i));
    strbuf_puts(&out, "");
    return strbuf_take(&out);
}

static void are(const char *want, const char *what)
{
    char *got = all_lines();
    tap_is_text(got, want, "%s", what);
    free(got);
}

static void test_lines(void)
{
    recall_open();
    are("", "at first there is nothing");
    recall_add("one");
    recall_add("two");
    recall_add("two");
    recall_add("three");
    are("one|two|three", "a line typed twice in a row stands once");
    recall_add("one");
    are("two|three|one", "one that was there goes to where it was typed last");
    recall_add("  ");
    recall_add("");
    are("two|three|one", "blank lines are not kept");
    recall_add("four\nfive\n\nsix");
    are("two|three|one|four; five; six", "several lines become one");
    recall_add("# said\nseven");
    are("two|three|one|four; five; six|# said|seven", "but a comment would swallow the rest");
    recall_close();
    recall_open();
    are("two|three|one|four; five; six|# said|seven", "the file has the same");
    recall_close();
}

static void test_file(void)
{
    char *path = statefile_path("history"), *folder = statefile_path("");
    struct stat status;
    tap_ok(stat(path, &status) == 0 && (status.st_mode & 07777) == 0600, "the file is mode 0600");
    tap_ok(stat(folder, &status) == 0 && (status.st_mode & 07777) == 0700, "its folder 0700");
    char *text = golden_read(path);
    tap_is_text(text, "one\ntwo\nthree\none\nfour; five; six\n# said\nseven\n",
                "lines are appended as they come");
    free(text);

    /* what others write into it: long lines, bytes of 0, half a line */
    struct strbuf bad = {0};
    strbuf_puts(&bad, "good\n");
    strbuf_fill(&bad, 'x', 70000);
    strbuf_puts(&bad, "\nwith");
    strbuf_add(&bad, "\0", 1);
    strbuf_puts(&bad, "zero\nlast\ngood\nlas");
    outfile_write(path, bad.text, bad.len, NULL);
    recall_open();
    are("last|good", "what is no line is passed over");
    recall_close();

    /* more lines than are kept: the newest, and the file is written anew */
    strbuf_reset(&bad);
    for (int i = 0; i < 4500; i++)
        strbuf_printf(&bad, "say %d\n", i);
    outfile_write(path, bad.text, bad.len, NULL);
    recall_open();
    tap_ok(recall_line(0) && strcmp(recall_line(0), "say 2500") == 0 && recall_line(1999) &&
               !recall_line(2000),
           "the newest 2000 are kept, from %s on", recall_line(0));
    recall_close();
    text = golden_read(path);
    tap_ok(text && strncmp(text, "say 2500\n", 9) == 0 && strstr(text, "say 4499\n"),
           "and no others are in the file then");
    tap_ok(stat(path, &status) == 0 && (status.st_mode & 07777) == 0600, "which is mode 0600");
    free(text), free(path), free(folder);
    strbuf_free(&bad);
}

/* A file that cannot be kept is no error. */
static void test_none(void)
{
    setenv("XDG_STATE_HOME", "/dev/null/state", 1);
    recall_open();
    recall_add("one");
    are("one", "without a file lines last as long as the program");
    recall_close();
    setenv("XDG_STATE_HOME", "relative", 1);
    char *path = statefile_path("history"), *home = mem_printf("%s/.local/state", getenv("HOME"));
    tap_ok(path && strncmp(path, home, strlen(home)) == 0, "a relative folder is not taken: %s",
           path);
    free(path), free(home);
}

int main(void)
{
    char folder[] = "state-XXXXXX", *here = getcwd(NULL, 0);
    if (!mkdtemp(folder))
        return 1;
    char *state = mem_printf("%s/%s", here, folder);
    setenv("XDG_STATE_HOME", state, 1);
    test_lines();
    test_file();
    test_none();
    free(state), free(here);
    return tap_done();
}
