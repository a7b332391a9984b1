/* bench_core RUNS COMMAND [ARGUMENT]...: runs the command that many times with
 * its output thrown away, and prints "MEDIAN MIN MAX RSS": wall times in
 * milliseconds, the largest resident memory in MiB.  For tests/bench.sh. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec * 1e-6;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Milliseconds, or -1 when the command failed; its memory in KiB. */
static double run(char **command, long *memory)
{
    double start = now();
    pid_t child = fork();
    if (child == 0) {
        int null = open("/dev/null", O_RDWR);
        dup2(null, 0);
        dup2(null, 1);
        execvp(*command, command);
        _exit(127);
    }
    int status;
    struct rusage usage;
    if (child < 0 || wait4(child, &status, 0, &usage) < 0)
        return -1;
    *memory = usage.ru_maxrss;
    return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? now() - start : -1;
}

int main(int argc, char **argv)
{
    int runs = argc > 2 ? atoi(argv[1]) : 0;
    if (runs < 1) {
        fprintf(stderr, "usage: bench_core RUNS COMMAND [ARGUMENT]...\n");
        return 2;
    }
    double *times = calloc((size_t)runs, sizeof *times);
    long most = 0;
    for (int i = 0; times && i < runs; i++) {
        long memory = 0;
        times[i] = run(argv + 2, &memory);
        if (times[i] < 0) {
            fprintf(stderr, "bench_core: %s failed\n", argv[2]);
            return 1;
        }
        most = memory > most ? memory : most;
    }
    if (!times)
        return 1;
    qsort(times, (size_t)runs, sizeof *times, compare);
    printf("%.1f %.1f %.1f %.1f\n", times[runs / 2], times[0], times[runs - 1],
           (double)most / 1024);
    free(times);
    return 0;
}
