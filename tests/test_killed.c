/* A program that is killed while it puts a log and its truth in place leaves the old pair or
 * the new: never one's trials with the other's truth, nor trials without theirs. */
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "deltaw/base/mem.h"
#include "deltaw/data/load.h"
#include "tap.h"

static int renames_left = -1; /* before the program dies; -1: it lives */

int __real_rename(const char *from, const char *to);
int __wrap_rename(const char *from, const char *to);
int __wrap_rename(const char *from, const char *to)
{
    if (renames_left == 0)
        _exit(0);
    renames_left -= renames_left > 0;
    return __real_rename(from, to);
}

/* A cohort of so many trials, whose truth says how many. */
static struct cohort *make(int trials)
{
    struct cohort_builder *b = cohort_builder_new();
    cohort_builder_columns(b, 0, NULL);
    cohort_builder_animal(b, "sim001");
    cohort_builder_session(b, "1");
    for (int t = 1; t <= trials; t++)
        cohort_builder_trial(
            b, &(struct cohort_trial){.stimulus = t % 2 ? .5f : -.5f, .reward = 1, .trial = t},
            NULL);
    struct cohort *c = cohort_builder_finish(b, "made", "made");
    c->truth = mem_printf("{\"trials\": %d}", trials);
    return c;
}

static void save_and_die(int trials, const char *path, int renames)
{
    struct cohort *c = make(trials);
    struct err err = {0};
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        renames_left = renames;
        _exit(cohort_save(c, path, &err) ? 0 : 1);
    }
    int status = 1;
    waitpid(child, &status, 0);
    tap_ok(status == 0, "%s is saved, or the program is killed before rename %d", path, renames);
    cohort_drop(c);
}

/* How many trials are in the file; its truth must be theirs. */
static int look(const char *path)
{
    struct cohort *c = NULL;
    struct err err = {0};
    tap_ok(cohort_load(&(struct load_options){.n_paths = 1, .paths = &path}, &c, &err),
           "%s can be loaded%s", path, err.message);
    if (!c)
        return 0;
    char want[40];
    int n = (int)c->n_trials;
    snprintf(want, sizeof want, "{\"trials\": %d}", n);
    tap_is_text(c->truth ? c->truth : "none", want, "and has its truth");
    tap_ok(!strstr(c->report.notes, "truth"), "without a remark: %s", c->report.notes);
    cohort_drop(c);
    return n;
}

int main(void)
{
    static const char *const paths[] = {"log.csv", "log.csv.gz", "log.npz"};
    char folder[] = "killed.XXXXXX";
    if (!mkdtemp(folder) || chdir(folder) != 0) {
        printf("Bail out! no scratch folder\n");
        return 1;
    }
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        save_and_die(20, paths[i], -1);
        tap_ok(look(paths[i]) == 20, "the first");
        for (int renames = 0; renames < 4; renames++) {
            int old = 20 + renames, new = 21 + renames;
            save_and_die(new, paths[i], renames);
            tap_ok(look(paths[i]) == (renames < 2 ? old : new), "killed before rename %d", renames);
            save_and_die(new, paths[i], -1);
            tap_ok(look(paths[i]) == new, "and saved again");
        }
    }
    return tap_done();
}
