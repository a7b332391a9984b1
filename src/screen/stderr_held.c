#include "stderr_held.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

/* A handler needs them. */
static struct {
    int real_stderr, held_stderr; /* -1: not held */
} self = {-1, -1};

void stderr_hold(void)
{
    if (!isatty(STDERR_FILENO))
        return;
    int held = memfd_create("deltaw-stderr", MFD_CLOEXEC);
    int real = held < 0 ? -1 : fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
    if (real < 0) {
        if (held >= 0)
            close(held);
        return;
    }
    dup2(held, STDERR_FILENO);
    self.real_stderr = real;
    self.held_stderr = held;
}

void stderr_release(void)
{
    if (self.real_stderr < 0)
        return;
    int real = self.real_stderr;
    self.real_stderr = -1;
    dup2(real, STDERR_FILENO);
    char bytes[1024];
    lseek(self.held_stderr, 0, SEEK_SET);
    for (ssize_t n; (n = read(self.held_stderr, bytes, sizeof bytes)) > 0;)
        if (write(STDERR_FILENO, bytes, (size_t)n) < 0)
            break;
    close(self.held_stderr);
    close(real);
}
