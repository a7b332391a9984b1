#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/thread.h"
#include "deltaw/shell/session.h"
#include "fuzz.h"

const struct fuzz_target fuzz_targets[] = {
#define TARGET(name, what) {#name, what, fuzz_##name},
#include "targets.def"
#undef TARGET
    {0},
};

void fuzz_claim(bool holds, const char *what, const char *detail)
{
    if (holds)
        return;
    fprintf(stderr, "fuzz: %s: %s\n", what, detail);
    abort();
}

void fuzz_put(const char *path, const uint8_t *bytes, size_t n)
{
    FILE *f = fopen(path, "wb");
    bool written = f && (!n || fwrite(bytes, 1, n, f) == n);
    written = f && fclose(f) == 0 && written;
    fuzz_claim(written, "cannot write", path);
}

char *fuzz_tame(const uint8_t *bytes, size_t n)
{
    enum { DIGITS = 2 };
    char *text = mem_text_n((const char *)bytes, n);
    int digits = 0;
    for (char *c = text; *c; c++) {
        digits = *c >= '0' && *c <= '9' ? digits + 1 : 0;
        if (digits > DIGITS || *c == '/' || *c == '~')
            *c = ' ';
    }
    return text;
}

void fuzz_steps(struct session *session, struct output *out)
{
    double until = clock_seconds() + FUZZ_PATIENCE_MS * 1e-3;
    bool cancelled = false;
    for (enum step step; (step = session_step(session, out)) != STEP_IDLE;) {
        if (step == STEP_QUIT)
            return;
        if (clock_seconds() > until && !cancelled) {
            session_cancel(session);
            cancelled = true;
        }
        if (step == STEP_PAUSED)
            session_enter(session);
        if (step == STEP_WAITING) {
            struct pollfd p = {session_wake(session)->fd, POLLIN, 0};
            poll(&p, 1, cancelled ? 60000 : FUZZ_PATIENCE_MS);
            wake_drain(session_wake(session));
        }
    }
}
