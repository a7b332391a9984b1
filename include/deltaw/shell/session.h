/* The session: THE state of a run of the program, and the only way in for commands.
 * Keyboard, -c, -f, stdin and the rc file all feed it text; a host (full screen, line REPL,
 * batch) steps it and looks at the outcome.
 *
 *   session_feed(s, text, "prompt", ...);
 *   while (session_step(s, out) == STEP_RAN) ;
 *
 * Nothing here blocks: long work (load, simulate, check, wait) runs in the
 * background and leaves the session STEP_WAITING until the wake descriptor
 * fires; the host polls session_wake() together with its terminal. */
#ifndef DELTAW_SHELL_SESSION_H
#define DELTAW_SHELL_SESSION_H

#include <stdbool.h>
#include <stdint.h>

#include "deltaw/base/err.h"
#include "deltaw/base/option.h"
#include "deltaw/shell/output.h"
#include "deltaw/view/view.h"

struct session;

/* What a host offers; any pointer may be NULL (batch and line REPL). */
struct picture_room;
struct session_host {
    void *data;
    /* Show the session's view of this name in a tile.  When NULL, view verbs
     * print the picture. */
    bool (*show)(void *data, const char *view, struct err *err);
    /* layout, zoom, clear: what only a screen can do. */
    bool (*screen)(void *data, const char *verb, const struct args *args, struct err *err);
    /* The words of the layout command that gives the tiles as they are, and the view that
     * is zoomed, NULL: none. */
    void (*layout)(void *data, struct args *layout, const char **zoomed);
    /* Lines of history, i from 0 (oldest); NULL after the last. */
    const char *(*history)(void *data, size_t i);
    /* A command of a script (-f, source, lesson) is about to run: show it as if it
     * had been typed.  Not called for say and pause-for-enter. */
    void (*echo)(void *data, const char *command);
    /* The text of `say`, one paragraph.  When NULL, it is printed as a result. */
    void (*narrate)(void *data, const char *text);
    /* Runs a command of the shell in the terminal, until it ends; status: 128 + N when signal
     * N ended it.  NULL: nobody is there to ask for it. */
    bool (*shell)(void *data, const char *command, int *status, struct err *err);
    /* Bytes to the terminal that must not change the picture. */
    bool (*terminal)(void *data, const char *bytes, size_t n, struct err *err);
    /* What pictures the terminal takes, and how big; and such a picture to it. */
    void (*picture_room)(void *data, struct picture_room *room);
    bool (*picture)(void *data, const char *bytes, size_t n, struct err *err);
};

struct session_setup {
    int threads; /* 0: all cores */
    bool seeded; /* there is a default of seed=: */
    uint64_t seed;
    bool keep_going; /* go on after a failed command */
    bool prefixes;   /* unique prefixes of verbs are accepted: at a prompt only */
    struct session_host host;
};

struct session *session_new(const struct session_setup *setup, struct err *err);
void session_free(struct session *session); /* stops and joins what runs */
/* Stops what runs; false: within so many seconds not all has stopped, as where a library is
 * busy with a file.  Then the session cannot be freed, and the program ends by _exit. */
bool session_settle(struct session *session, double seconds);

/* Queue text (one or many lines; `;` separates, `#` comments).  `source` names
 * it in errors ("script.dw", "-c"); line numbers are added for files.  `quit` from a "prompt"
 * gives up what is being waited for; what writes a file is let finish, unless it comes again. */
void session_feed(struct session *session, const char *text, const char *source);
/* The same where the text is line `line` (from 1) of something longer. */
void session_feed_line(struct session *session, const char *text, const char *source, int line);
/* The same from a file or a descriptor, read to its end; nested at most 25 deep. */
bool session_feed_file(struct session *session, const char *path, struct err *err);
/* The same for the rc file, whose commands are not echoed. */
bool session_feed_rc(struct session *session, const char *path, struct err *err);
/* A line typed while the session is STEP_PAUSED runs at once, and then the session pauses
 * again, even when the line fails; otherwise as session_feed. */
void session_feed_aside(struct session *session, const char *text, const char *source);

enum step {
    STEP_IDLE,    /* nothing queued */
    STEP_RAN,     /* one command ran (or one piece of waiting ended): step again */
    STEP_FAILED,  /* one command failed and its error was printed; see session_exit_code */
    STEP_WAITING, /* for a job or a background task: poll session_wake(), step again */
    STEP_PAUSED,  /* pause-for-enter: session_enter() continues */
    STEP_QUIT,
};
/* Runs at most one command.  After STEP_FAILED the rest of the queue is gone
 * unless keep_going. */
enum step session_step(struct session *session, struct output *out);
void session_enter(struct session *session);
/* ^C: give up what is being waited for and what is queued.  Fits keep training. */
void session_cancel(struct session *session);

/* The command a key stands for.  Verbs of views and of the screen run at once, whatever is
 * being waited for, and print nothing but errors; others are queued.  A log keeps only the
 * last of several alike (map w_bias=1, map w_bias=1.5). */
void session_key(struct session *session, const char *command, struct output *out);
/* Verb and names of the arguments, "map w_bias=": commands of the same shape only replace
 * what the one before has set.  "" when the command is of another kind. */
void session_key_shape(const char *command, struct strbuf *out);

/* 0, or the exit code of the first failure. */
int session_exit_code(const struct session *session);
const struct wake *session_wake(const struct session *session);
/* What is being waited for, with progress: "loading mice.csv.gz 43 %"; "" for nothing.  For
 * a status line. */
void session_waiting(struct session *session, struct strbuf *out);
/* News since last time, a line each: "dnn1 done: 100 epochs, loss .5031 ...". */
void session_news(struct session *session, struct output *out);
/* Is a file watched? */
bool session_watches(const struct session *session);
/* Any fit running or paused, or cross-validation? */
bool session_busy(struct session *session);
/* Does the running command write a file? */
bool session_writes(const struct session *session);
/* Will any come to an end by itself: does one run that is not paused? */
bool session_works(struct session *session);

/* Models trained here, with at least `worth` seconds of work in each, whose present state
 * is in no file.  Names, parted by ", ", are added to out (may be NULL); returns how many. */
size_t session_unsaved(struct session *session, double worth, struct strbuf *out);
/* The session is being ended from outside: stops fits, waits up to `patience` seconds for
 * that, and writes those models as FOLDER/NAME-DATE-TIME-PID.npz for the user alone.  Adds
 * a line for each to told: where it is, or why it is not; with `names` (may be NULL) those
 * that are there are only named, parted by ", ".  Models of lessons are not at stake. */
void session_rescue(struct session *session, const char *folder, double patience, double worth,
                    struct strbuf *names, struct strbuf *told);
/* Everything that is open as a file, as `session save` writes it, for the user alone; trials
 * that cannot be had again are left out.  False: there is nothing worth it (no err), or it
 * cannot be written. */
bool session_keep(struct session *session, const char *path, struct err *err);
/* What such a file holds, in few words.  False: it is none. */
bool session_kept_words(const char *path, struct strbuf *out);
/* Was it ended by `quit!`, which gives up what was not saved? */
bool session_gives_up(const struct session *session);

/* What views draw; valid until the next session_* call. */
const struct scene *session_scene(struct session *session);
/* The session's own view of each kind, made on demand; its settings persist. */
struct view *session_view(struct session *session, const char *name, struct err *err);
/* Bring one up to date without waiting, as view_update_later: session_wake() tells
 * when there is more to show. */
bool session_update_view(struct session *session, struct view *view, struct err *err);
/* Notes on the options that views let go, as the model has no such variables. */
void session_tell_views(struct session *session, struct output *out);

/* Is a fit being replayed?  Then these keys, in tiles of views that show a model, are not
 * the view's: true when `key` is one of them, and `command` is what to run ("": nothing). */
bool session_replays(const struct session *session, const char *view);
bool session_replay_key(const struct session *session, const char *view, const char *key,
                        struct strbuf *command);
/* What they do: "name meaning" parted by two blanks, as the keys of views. */
const char *session_replay_keys(void);

/* Settings (set NAME=VALUE): "support", "background" ... NULL: unknown. */
const char *session_setting(const struct session *session, const char *name);
int session_threads(const struct session *session); /* the setting; 0: all cores */
/* What the settings say of how things look, over what the output can; background=auto and
 * curves=auto leave it as it is. */
void session_look(const struct session *session, struct style *style);

/* One header line: cohort, trials, job in front with epoch, rate, ETA, loss; drops what
 * matters least until it fits.  ASCII when the style of the last output, or of
 * session_style, is. */
void session_header(struct session *session, int width, struct strbuf *out);

/* Tell the style before the first step. */
void session_style(struct session *session, const struct style *style);

/* Completion of `line` at byte `point`: candidates and their meanings, from the
 * tables.  `from` is where the word begins.  Candidates for name= values hold
 * the value only. */
struct completion {
    size_t from;
    char *about; /* what they are values of, one line; NULL: each has a meaning of its own */
    size_t n;
    struct candidate {
        char *word;    /* replaces line[from..point) */
        char *meaning; /* one line, may be "" */
        bool open;     /* no blank after it: "name=", "folder/" */
    } * items;
};
void session_complete(struct session *session, const char *line, size_t point,
                      struct completion *out);
/* What may follow when the cursor is at the end of `line`: rest would complete its last
 * word, where that is certain, or is the default of an option; words describe briefly what
 * is possible after that.  Fast enough for every key. */
void session_hint(struct session *session, const char *line, struct strbuf *rest,
                  struct strbuf *words);
void completion_free(struct completion *completion);

#endif
