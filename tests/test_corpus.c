/* What fuzzing found worth keeping, through the same targets: none ends the program, and none
 * writes outside its folder. */
#include <dirent.h>
#include <locale.h>
#include <sys/stat.h>
#include <unistd.h>

#include "folder.h"
#include "fuzz/fuzz.h"

enum { FEWEST = 5 }; /* inputs of a target: a corpus that is not found must not pass */

static void replay(const struct fuzz_target *target, const char *path)
{
    char *bytes;
    size_t n = slurp(path, &bytes);
    printf("# %s %s\n", target->name, path); /* the last line where it ends here */
    fflush(stdout);
    target->run((const uint8_t *)bytes, n);
    free(bytes);
}

static void replay_all(const struct fuzz_target *target)
{
    const char *srcdir = getenv("srcdir");
    char *folder_path = mem_printf("%s/tests/fuzz/corpus/%s", srcdir ? srcdir : ".", target->name);
    struct dirent **entries = NULL;
    int n = scandir(folder_path, &entries, NULL, alphasort), ran = 0;
    for (int i = 0; i < n; i++) {
        char *path = mem_printf("%s/%s", folder_path, entries[i]->d_name);
        if (entries[i]->d_name[0] != '.') {
            replay(target, path);
            ran++;
        }
        free(path);
        free(entries[i]);
    }
    free(entries);
    free(folder_path);
    tap_ok(ran >= FEWEST, "%s: %d inputs", target->what, ran);
}

int main(void)
{
    setenv("INPUTRC", "/dev/null", 1);
    setenv("TERM", "dumb", 1);
    setlocale(LC_CTYPE, "C.UTF-8");
    folder_begin();
    if (chdir(folder) != 0)
        return 1;
    for (const struct fuzz_target *t = fuzz_targets; t->name; t++)
        replay_all(t);
    folder_end();
    return tap_done();
}
