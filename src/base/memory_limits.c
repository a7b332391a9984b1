/* How much memory is left.  Linux grants more than there is and ends a program that uses it,
 * so asking for memory does not tell. */
#include "deltaw/base/mem.h"

#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static const double reserve = 48e6; /* bytes kept for the rest of the program */

/* The number behind a word in a small file of the system; "" is at its beginning.  NAN: there
 * is none. */
static double number_in(const char *path, const char *word)
{
    char text[8192];
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof text - 1);
    if (fd >= 0)
        close(fd);
    if (n <= 0)
        return (double)NAN;
    text[n] = '\0';
    const char *at = *word ? strstr(text, word) : text;
    char *end;
    double value = at ? strtod(at + strlen(word), &end) : (double)NAN;
    return at && end > at + strlen(word) ? value : (double)NAN;
}

double mem_space(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY)
        return (double)INFINITY;
    double pages = number_in("/proc/self/statm", "");
    return isnan(pages) ? (double)INFINITY
                        : (double)limit.rlim_cur - pages * (double)sysconf(_SC_PAGESIZE);
}

void mem_limit(double bytes)
{
    struct rlimit limit;
    double pages = number_in("/proc/self/statm", "");
    if (isnan(pages) || getrlimit(RLIMIT_AS, &limit) != 0)
        return;
    double most = pages * (double)sysconf(_SC_PAGESIZE) + bytes;
    if (most >= (double)limit.rlim_cur || most > 1e18)
        return;
    limit.rlim_cur = (rlim_t)most;
    setrlimit(RLIMIT_AS, &limit);
}

double mem_available(void)
{
    static const char group[] = "/sys/fs/cgroup/memory.max";
    double system = 1024 * number_in("/proc/meminfo", "MemAvailable:");
    double shared = number_in(group, "") - number_in("/sys/fs/cgroup/memory.stat", "anon ");
    /* fmin leaves out what is not known */
    double left = fmin(fmin(system, shared), mem_space());
    return isnan(left) ? (double)INFINITY : fmax(0, left - reserve);
}

bool mem_room(double bytes, const char *what, struct err *err)
{
    enum { SMALL = 1 << 20 };
    double left = bytes < SMALL ? (double)INFINITY : mem_available();
    if (bytes <= left)
        return true;
    return err_set(err, ERR_FAILED,
                   "%s%snot enough memory: it takes about %.3g GB more, %.3g GB are left",
                   what ? what : "", what ? ": " : "", bytes / 1e9, left / 1e9);
}
