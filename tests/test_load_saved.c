/* Cohorts to logs and back, with what is true of simulated ones; files that are not there. */
#include <sys/stat.h>
#include <unistd.h>

#include "load_logs.h"

static void test_save(void)
{
    struct err err = {0};
    struct cohort *c = load_text("subject,session,trial,stimulus,choice,reward,rt,date_log,"
                                 "trial_n\n"
                                 "\"a, b\",1,1,0.1,1,1,0.3333333,1e-30,1\n"
                                 "\"a, b\",1,2,-1e-7,0,1,,5,1\n\"q\"\"q\",x y,5,3e9,1,0,2,7,2\n",
                                 plain, &err);
    if (!tap_ok(c != NULL, "a log with odd names: %s", err.message))
        return;
    static const char *const names[] = {"s1.csv", "s1.csv.gz"};
    for (size_t i = 0; i < 2; i++) {
        const char *first = file(names[i]), *second = file(i ? "s2.csv.gz" : "s2.csv");
        char *a, *b;
        tap_ok(cohort_save(c, first, &err), "saved as %s %s", names[i], err.message);
        struct cohort *back = load_path(first, plain, &err);
        tap_ok(back && back->digest == c->digest && back->n_columns == c->n_columns,
               "loaded with the same digest %s", err.message);
        char *one = describe(c), *two = back ? describe(back) : NULL;
        tap_is_text(two, one, "and the same trials");
        free(one);
        free(two);
        if (back)
            cohort_save(back, second, &err);
        size_t na = slurp(first, &a), nb = slurp(second, &b);
        tap_ok(na > 0 && na == nb && memcmp(a, b, na) == 0, "saved again: the same bytes");
        free(a);
        free(b);
        cohort_drop(back);
    }
    cohort_drop(c);
}

static void test_truth(void)
{
    struct err err = {0};
    struct cohort *c = load_text(HEAD "m,1,1,.5,1,1\nm,1,2,.5,0,0\n", plain, &err);
    struct cohort *other = load_text(HEAD "m,1,1,.5,1,1\nm,1,2,.5,1,1\n", plain, &err);
    if (!tap_ok(c && other && !c->truth && c->digest != other->digest, "%s", err.message))
        return;
    static const char truth[] = "{\"rule\": \"reinforce\", \"deep\": {\"digest\": [1, \"}\\\"\"]}}";
    c->truth = mem_text(truth);
    tap_ok(cohort_save(c, file("t.csv.gz"), &err), "a simulated cohort is saved %s", err.message);
    struct cohort *back = load_path(file("t.csv.gz"), plain, &err);
    tap_is_text(back ? back->truth : NULL, truth, "its truth comes back");
    cohort_drop(back);

    char *bytes;
    size_t n = slurp(file("t.csv.gz.truth.json"), &bytes);
    cohort_save(other, file("t.csv.gz"), &err);
    tap_ok(access(file("t.csv.gz.truth.json"), F_OK) != 0,
           "data without a truth take away that of the data they replace");
    spit_text(file("t.csv.gz.truth.json"), bytes);
    back = load_path(file("t.csv.gz"), plain, &err);
    tap_ok(back && !back->truth && said(back, "belongs to other data"),
           "a truth of other data is not believed, and that is told");
    cohort_drop(back);
    cohort_save(c, file("t.csv.gz"), &err);
    for (size_t cut = 0; cut + 1 < n; cut += 3) {
        char *part = mem_text_n(bytes, cut);
        spit_text(file("t.csv.gz.truth.json"), part);
        free(part);
        back = load_path(file("t.csv.gz"), plain, &err);
        if (!back || back->truth || !said(back, "damaged"))
            tap_ok(false, "a truth cut at %zu is taken for good", cut);
        cohort_drop(back);
    }
    tap_ok(n > 0, "a damaged side file leaves the log loadable");
    free(bytes);
    cohort_drop(c);
    cohort_drop(other);
}

static void test_save_errors(void)
{
    struct err err = {0};
    struct cohort *c = load_text(HEAD "m,1,1,.5,1,1\n", plain, &err);
    c->truth = mem_text("{}");
    tap_ok(!cohort_save(c, file("no/such/x.csv"), &err), "no such folder: %s", err.message);
    err_clear(&err);
    if (access("/dev/full", W_OK) == 0)
        tap_ok(!cohort_save(c, "/dev/full", &err) && err.code == ERR_FAILED, "a full disk: %s",
               err.message);
    else
        tap_skip("no /dev/full");
    /* The side file cannot be written: the log stays as it was. */
    spit_text(file("keep.csv"), "old");
    mkdir(file("keep.csv.truth.json"), 0700);
    err_clear(&err);
    bool saved = cohort_save(c, file("keep.csv"), &err);
    char *bytes;
    slurp(file("keep.csv"), &bytes);
    tap_ok(!saved && strcmp(bytes, "old") == 0, "no truth, no log: %s", err.message);
    free(bytes);
    rmdir(file("keep.csv.truth.json"));
    cohort_drop(c);
}

static void test_files(void)
{
    struct err err = {0};
    tap_ok(!load_path(file("missing.csv"), plain, &err) && strstr(err.message, "missing.csv") &&
               err.code == ERR_DATA,
           "%s", err.message);
    err_clear(&err);
    mkdir(file("empty"), 0700);
    tap_ok(!load_path(file("empty"), plain, &err) &&
               strstr(err.message, "no log is in this folder"),
           "%s", err.message);
    err_clear(&err);
    atomic_bool cancel = true;
    tap_ok(!load_text(HEAD "m,1,1,1,1,1\n", (struct load_options){.cancel = &cancel}, &err) &&
               err.code == ERR_INTERRUPTED,
           "a cancelled load ends: %s", err.message);
    tap_ok(!load_text(HEAD "\n\n\n", (struct load_options){.cancel = &cancel}, &err) &&
               err.code == ERR_INTERRUPTED,
           "also where no row is to be counted: %s", err.message);
    err_clear(&err);
    if (mkfifo(file("pipe"), 0600) == 0)
        tap_ok(!load_path(file("pipe"), (struct load_options){.cancel = &cancel}, &err) &&
                   err.code == ERR_INTERRUPTED,
               "also one that waits for a pipe");
    atomic_int permille = 0;
    struct cohort *c =
        load_text(HEAD "m,1,1,1,1,1\n", (struct load_options){.permille = &permille}, &err);
    tap_ok(c && permille == 1000, "progress ends at 1000");
    cohort_drop(c);
}

int main(void)
{
    folder_begin();
    test_save();
    test_truth();
    test_save_errors();
    test_files();
    folder_end();
    return tap_done();
}
