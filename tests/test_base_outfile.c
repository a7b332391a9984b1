/* base: files written whole or not at all; threads and the wake descriptor. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "deltaw/base/infile.h"
#include "deltaw/base/jobs.h"
#include "deltaw/base/mem.h"
#include "deltaw/base/outfile.h"
#include "deltaw/base/thread.h"
#include "tap.h"

static char *slurp(const char *path)
{
    static char text[4096];
    FILE *file = fopen(path, "r");
    if (!file)
        return NULL;
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
    return text;
}

static int files_in(const char *folder)
{
    int n = 0;
    DIR *dir = opendir(folder);
    for (struct dirent *entry; dir && (entry = readdir(dir));)
        n += strcmp(entry->d_name, ".") && strcmp(entry->d_name, "..");
    if (dir)
        closedir(dir);
    return n;
}

static mode_t mode_of(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 ? st.st_mode & 07777 : 0;
}

static bool write_text(const char *path, const char *text, struct err *err)
{
    err_clear(err);
    return outfile_write(path, text, strlen(text), err);
}

static void test_whole(void)
{
    struct err err = {0};
    umask(027);
    tap_ok(write_text("new", "one", &err), "a new file %s", err.message);
    tap_is_text(slurp("new"), "one", "holds the text");
    tap_ok(mode_of("new") == 0640, "its mode follows the umask");
    chmod("new", 0604);
    struct outfile out;
    tap_ok(outfile_open(&out, "new", &err), "open the old one");
    fputs("two", out.file);
    fflush(out.file);
    tap_is_text(slurp("new"), "one", "until the end the old one stands");
    tap_ok(outfile_commit(&out, &err) && !out.file && !out.path && !out.temporary, "commit");
    tap_is_text(slurp("new"), "two", "then the new one");
    tap_ok(mode_of("new") == 0604, "the mode is kept");
    outfile_open(&out, "new", &err);
    fputs("three", out.file);
    outfile_abandon(&out);
    tap_is_text(slurp("new"), "two", "abandon leaves the old one");
    tap_ok(files_in(".") == 1, "and no temporary file");
    tap_ok(write_text("empty", "", &err) && mode_of("empty"), "nothing to write is a file too");
    umask(022);
}

static void test_links(void)
{
    struct err err = {0};
    mkdir("d", 0755);
    write_text("d/target", "old", &err);
    int failed = symlink("target", "d/link") | symlink("d/link", "link") |
                 symlink("d/none", "dangling") | symlink("loop", "loop");
    tap_ok(!failed && write_text("link", "new", &err), "through two links %s", err.message);
    struct stat st;
    tap_ok(lstat("link", &st) == 0 && S_ISLNK(st.st_mode) && lstat("d/link", &st) == 0 &&
               S_ISLNK(st.st_mode),
           "the links are links still");
    tap_is_text(slurp("d/target"), "new", "the target is new");
    tap_ok(write_text("dangling", "made", &err), "a link to nothing yet %s", err.message);
    tap_is_text(slurp("d/none"), "made", "makes what it points to");
    tap_ok(!write_text("loop", "x", &err), "a loop is refused");
    tap_is_text(err.message, "loop: cannot write: Too many levels of symbolic links", "by name");
}

static void test_refused(void)
{
    struct err err = {0};
    tap_ok(!write_text("d", "x", &err), "a folder is refused");
    tap_is_text(err.message, "d is a folder; name a file in it", "by name");
    tap_ok(!write_text("nowhere/x", "x", &err), "a file in no folder is refused");
    tap_is_text(err.message, "nowhere/x: cannot make a file beside it: No such file or directory",
                "by name");
    tap_ok(!write_text("", "x", &err) && !write_text("nowhere/", "x", &err), "no name is refused");
    tap_ok(!write_text("new/x", "x", &err), "a file as a folder is refused");
    if (geteuid() == 0) {
        tap_skip("root may write a read-only file");
        return;
    }
    write_text("readonly", "old", &err);
    chmod("readonly", 0444);
    tap_ok(!write_text("readonly", "new", &err), "a read-only file is refused");
}

/* A limit on file sizes stands for a full disk. */
static void test_full(void)
{
    struct err err = {0};
    write_text("kept", "old", &err);
    int before = files_in(".");
    signal(SIGXFSZ, SIG_IGN);
    struct rlimit limit, small;
    getrlimit(RLIMIT_FSIZE, &limit);
    small = limit;
    small.rlim_cur = 1000;
    setrlimit(RLIMIT_FSIZE, &small);
    char bytes[20000];
    memset(bytes, 'x', sizeof bytes);
    bool at_once = outfile_write("kept", bytes, sizeof bytes, &err);
    struct outfile out;
    struct err second = {0};
    outfile_open(&out, "kept", &second);
    fwrite(bytes, 1, 1500, out.file);
    bool at_end = outfile_commit(&out, &second);
    setrlimit(RLIMIT_FSIZE, &limit);
    tap_ok(!at_once && !at_end, "what does not fit is refused");
    tap_is_text(err.message, "kept: File too large; the old file is as it was", "with the reason");
    tap_is_text(second.message, err.message, "also when it shows at the end");
    tap_is_text(slurp("kept"), "old", "the old file stays");
    tap_ok(files_in(".") == before, "no temporary file stays");

    tap_ok(!write_text("/dev/full", "x", &err), "/dev/full is refused");
    tap_is_text(err.message, "/dev/full: No space left on device", "with the reason");
    struct stat st;
    tap_ok(stat("/dev/full", &st) == 0 && S_ISCHR(st.st_mode), "and is a device still");
    tap_ok(write_text("/dev/null", "x", &err), "/dev/null takes all %s", err.message);
}

/* What a child with its stdout in a file writes by two ways keeps its order. */
static void test_descriptors(void)
{
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        struct err err = {0};
        int fd = open("redirected", O_WRONLY | O_CREAT | O_TRUNC, 0644);
        dup2(fd, STDOUT_FILENO);
        printf("before ");
        bool ok = outfile_write("/dev/stdout", "within ", 7, &err) &&
                  outfile_write("/dev/fd/1", "again ", 6, &err);
        printf("after");
        fflush(stdout);
        _exit(!ok);
    }
    int status;
    waitpid(child, &status, 0);
    tap_ok(status == 0, "/dev/stdout and /dev/fd/1");
    tap_is_text(slurp("redirected"), "before within again after", "in order");
    struct err err = {0};
    tap_ok(!write_text("/dev/fd/99", "x", &err), "a closed descriptor is refused");

    if (mkfifo("fifo", 0600) != 0) {
        tap_skip("no named pipes here");
        return;
    }
    int reader = open("fifo", O_RDONLY | O_NONBLOCK);
    char got[8] = "";
    tap_ok(write_text("fifo", "pipe", &err) && read(reader, got, sizeof got - 1) == 4,
           "a named pipe is written directly");
    close(reader);
    tap_is_text(got, "pipe", "and read");
}

static void test_expand(void)
{
    setenv("HOME", "/home/of/mine", 1);
    static const struct {
        const char *path, *want;
    } cases[] = {
        {"~", "/home/of/mine"},
        {"~/a/b", "/home/of/mine/a/b"},
        {"a~", "a~"},
        {"/x", "/x"},
        {"", ""},
        {"~nosuchuser_/x", "~nosuchuser_/x"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *path = path_expand(cases[i].path);
        tap_is_text(path, cases[i].want, "expand '%s'", cases[i].path);
        free(path);
    }
    char *root = path_expand("~root/x");
    tap_ok(root[0] == '/' && !strcmp(strrchr(root, '/'), "/x"), "the home of another: %s", root);
    free(root);
    tap_ok(path_is_folder("d") && !path_is_folder("new") && !path_is_folder("nowhere"),
           "path_is_folder");
}

struct seen {
    bool blocked;
    struct wake wake;
};

static void *look(void *arg)
{
    struct seen *seen = arg;
    sigset_t mask;
    pthread_sigmask(SIG_SETMASK, NULL, &mask);
    seen->blocked = sigismember(&mask, SIGINT) && sigismember(&mask, SIGWINCH) &&
                    sigismember(&mask, SIGTERM) && sigismember(&mask, SIGTSTP);
    thread_background(THREAD_BACKGROUND);
    wake_send(&seen->wake);
    return NULL;
}

static void touch(const char *path)
{
    close(open(path, O_WRONLY | O_CREAT, 0600));
}

static void test_sweep(void)
{
    struct err err = {0};
    struct outfile at_work;
    mkdir("swept", 0777);
    mkdir("swept/.deltaw-folderab", 0777);
    touch("swept/.deltaw-abcdefg2");
    touch("swept/.deltaw-abcdefg1"); /* 1 is no letter of ours */
    touch("swept/.deltaw-abcdefgh2");
    touch("swept/model.npz");
    tap_ok(outfile_open(&at_work, "swept/other", &err), "one is being written");
    fputs("other", at_work.file);
    touch("swept/.deltaw-abcdefg3");
    tap_ok(files_in("swept") == 6, "and the next writer has removed what a killed one left");
    outfile_sweep("swept");
    tap_ok(files_in("swept") == 5 && access("swept/.deltaw-abcdefg3", F_OK) != 0,
           "as sweeping does, and nothing else");
    tap_ok(outfile_commit(&at_work, &err), "what was being written is there still");
    tap_is_text(slurp("swept/other"), "other", "whole");
    outfile_sweep("not there");
}

static void *give_up_soon(void *job)
{
    poll(NULL, 0, 50);
    job_stop(job);
    return NULL;
}

static void write_much(struct job *job)
{
    static char bytes[1 << 20];
    struct err *err = job->data;
    outfile_write("stalled", bytes, sizeof bytes, err);
}

static void read_nothing(struct job *job)
{
    struct strbuf text = {0};
    int fd = infile_open_any("silent", job->data);
    infile_read(fd, "silent", 100, &text, job->data);
    close(fd);
}

/* Neither a writer nor a reader that does not come holds a job that is to give up. */
static void test_stalled(void)
{
    struct err err = {0};
    if (mkfifo("stalled", 0600) != 0 || mkfifo("silent", 0600) != 0) {
        tap_skip("no named pipes here");
        return;
    }
    tap_ok(!write_text("stalled", "x", &err), "a pipe without a reader is refused");
    tap_ok(strstr(err.message, "stalled: nobody reads this pipe"), "by name");
    tap_ok(infile_open("silent", O_RDONLY, NULL) < 0 && infile_open("swept", O_RDONLY, NULL) < 0 &&
               infile_open("/dev/null", O_RDONLY, NULL) < 0,
           "neither pipe nor folder nor device is a file");
    int reader = open("stalled", O_RDONLY | O_NONBLOCK);
    struct jobs *jobs = jobs_new(NULL);
    struct job writing = {.run = write_much, .data = &err, .lane = JOB_TASK};
    struct job reading = {.run = read_nothing, .data = &err, .lane = JOB_TASK};
    struct job *both[] = {&writing, &reading};
    for (size_t i = 0; i < 2; i++) {
        pthread_t thread;
        err_clear(&err);
        tap_ok(job_send(jobs, both[i], &err) && thread_start(&thread, give_up_soon, both[i], &err),
               "a job that will not be wanted");
        while (job_state(both[i]) == JOB_QUEUED)
            poll(NULL, 0, 1);
        tap_ok(job_await(both[i]) && err.code != ERR_NONE, "gives up: %s", err.message);
        pthread_join(thread, NULL);
    }
    jobs_free(jobs);
    close(reader);
}

static void test_thread(void)
{
    struct err err = {0};
    struct seen seen = {0};
    tap_ok(wake_open(&seen.wake, &err), "wake_open");
    struct pollfd waiting = {seen.wake.fd, POLLIN, 0};
    tap_ok(poll(&waiting, 1, 0) == 0, "asleep at first");
    pthread_t thread;
    tap_ok(thread_start(&thread, look, &seen, &err), "thread_start");
    tap_ok(poll(&waiting, 1, 60000) == 1, "the thread wakes the loop");
    pthread_join(thread, NULL);
    tap_ok(seen.blocked, "it takes no signals");
    sigset_t mask;
    pthread_sigmask(SIG_SETMASK, NULL, &mask);
    tap_ok(!sigismember(&mask, SIGINT), "we do still");
    for (int i = 0; i < 1000; i++)
        wake_send(&seen.wake);
    wake_drain(&seen.wake);
    tap_ok(poll(&waiting, 1, 0) == 0, "one drain is enough");
    wake_drain(&seen.wake);
    tap_ok(true, "a drain of nothing does not block");
    errno = 77;
    wake_send(NULL);
    wake_send(&seen.wake);
    tap_ok(errno == 77, "sending keeps errno");
    int flags = fcntl(seen.wake.fd, F_GETFD);
    tap_ok(flags & FD_CLOEXEC, "no child inherits it");
    wake_close(&seen.wake);
    wake_send(&seen.wake);
    wake_close(&seen.wake);
    tap_ok(seen.wake.fd == -1, "closed");
    double before = clock_seconds();
    tap_ok(before > 0 && clock_seconds() >= before, "the clock does not run back");
}

int main(void)
{
    char folder[] = "outfile.XXXXXX";
    if (!mkdtemp(folder) || chdir(folder) != 0) {
        printf("Bail out! no scratch folder\n");
        return 1;
    }
    test_whole();
    test_links();
    test_refused();
    test_full();
    test_descriptors();
    test_expand();
    test_sweep();
    test_stalled();
    test_thread();
    return tap_done();
}
