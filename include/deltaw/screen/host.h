/* The three hosts of a session: full screen, line REPL, batch. */
#ifndef DELTAW_SCREEN_HOST_H
#define DELTAW_SCREEN_HOST_H

#include "deltaw/shell/session.h"

struct host_setup {
    struct session_setup session;
    enum output_mode mode;
    struct style style; /* what the terminal and the options allow */
    bool quiet;
    bool no_rc;
    const char *log; /* --log FILE */
    size_t n_inputs;
    const struct host_input {
        enum { INPUT_COMMAND, INPUT_SCRIPT, INPUT_LOG_FILE } kind; /* -c, -f, FILE... */
        const char *text;
    } * inputs; /* in the order of the command line */
};

/* Each returns the exit code; with HOST_AT_WORK in it a thread would not stop in time, and
 * the program is to end by _exit. */
enum { HOST_AT_WORK = 1 << 8 };
#define HOST_PATIENCE .5 /* seconds; leaving takes no longer than a second in all */
int host_batch(const struct host_setup *setup, bool read_stdin);
int host_line(const struct host_setup *setup);
int host_screen(const struct host_setup *setup);

struct host_ability {
    bool full;   /* the cursor can be moved: a full screen is possible */
    int colours; /* 0, 8, 16, 256, COLOURS_DIRECT */
};
/* Why not, in one line with what to set; false: it can, or is "dumb", which asks for lines. */
bool host_why_lines(struct strbuf *out);
/* What the terminal of stdout can, by TERM. */
struct host_ability host_ability(void);
/* "ncurses 6.4, readline 8.2" */
void host_libraries(struct strbuf *out);

#endif
