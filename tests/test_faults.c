/* Whatever fails while a file is put on the disk: the old file is there or the new, nothing
 * between, the message names it, and the session lives on. */
#include <dirent.h>
#include <sys/stat.h>

#include "desk.h"
#include "faulty.h"
#include "folder.h"
#include "recall.h"
#include "deltaw/data/npz.h"
#include "rescue.h"

enum { MOST_CALLS = 200 };

static const struct action {
    const char *command, *file;
    const char *side; /* written with it; NULL: none */
    bool grows;       /* it is added to: the old is the new's beginning */
} actions[] = {
    {"save data a.csv", "a.csv", "a.csv.truth.json", false},
    {"save data a.csv.gz", "a.csv.gz", "a.csv.gz.truth.json", false},
    {"save data a.npz", "a.npz", "a.npz.truth.json", false},
    {"save m m.npz", "m.npz", NULL, false},
    {"save m r.npz snapshots=yes", "r.npz", NULL, false},
    {"export loss t.csv", "t.csv", NULL, false},
    {"export loss t.json", "t.json", NULL, false},
    {"export loss t.npz", "t.npz", NULL, false},
    {"export loss t.txt", "t.txt", NULL, false},
    {"export loss t.ans", "t.ans", NULL, false},
    {"export loss f.svg", "f.svg", NULL, false},
    {"export loss f.pdf", "f.pdf", NULL, false},
    {"export loss f.png", "f.png", NULL, false},
    {"export show s.json", "s.json", NULL, false},
    {"session save w.npz", "w.npz", NULL, false},
    {"log on l.dw; say one; say two; log off", "l.dw", NULL, true},
    {"cv static seeds=1 folds=2 file=cv.jsonl; wait", "cv.jsonl", NULL, true},
};
enum { N_ACTIONS = sizeof actions / sizeof *actions };

static struct desk *begin(int seed)
{
    struct desk *d = desk_new(&(struct session_setup){.threads = 1});
    char *line = mem_printf("simulate reinforce animals=2 trials=%d seed=%d; "
                            "fit reinforce-base name=m; wait m; loss",
                            30 + seed, seed);
    say(d, "prompt", line);
    free(line);
    return d;
}

struct content {
    char *bytes;
    size_t n;
};

static struct content look(const char *path)
{
    struct content c;
    c.n = path ? slurp(path, &c.bytes) : 0;
    if (!path)
        c.bytes = mem_text("");
    return c;
}

static bool same(const struct content *a, const struct content *b)
{
    return a->n == b->n && memcmp(a->bytes, b->bytes, a->n) == 0;
}

/* Whole lines only, after what was there. */
static bool has_grown(const struct content *now, const struct content *old)
{
    return now->n >= old->n && memcmp(now->bytes, old->bytes, old->n) == 0 &&
           (!now->n || now->bytes[now->n - 1] == '\n');
}

static int temporaries(void)
{
    int n = 0;
    DIR *d = opendir(".");
    for (struct dirent *e; d && (e = readdir(d));)
        n += strncmp(e->d_name, ".deltaw-", 8) == 0;
    closedir(d);
    return n;
}

static void put_back(const char *path, const struct content *c)
{
    if (path)
        spit(path, c->bytes, c->n);
}

/* A log and its truth that are there belong together. */
static bool loads(struct desk *d, const struct action *a)
{
    if (!a->side)
        return true;
    char *line = mem_printf("load %s; data", a->file);
    bool fine = say(d, "prompt", line) == STEP_IDLE && has(&d->result, "truth") &&
                !strstr(strbuf_text(&d->complaint), "belongs to other");
    free(line);
    return fine;
}

struct trial_run {
    const struct action *action;
    struct content old[2], new[2]; /* the file and that beside it */
};

/* One failing call.  False: there are not so many of the kind. */
static bool fail_once(const struct trial_run *s, enum fault kind, int n)
{
    const struct action *a = s->action;
    put_back(a->file, &s->old[0]);
    put_back(a->side, &s->old[1]);
    struct desk *d = begin(a->grows ? 1 : 2);
    faulty_set(kind, n);
    enum step step = say(d, "prompt", a->command);
    bool hit = atomic_load(&faulty.hit);
    faulty_set(kind, -1);
    struct content now = look(a->file);
    bool is_old = same(&now, &s->old[0]), is_new = same(&now, &s->new[0]);
    if (a->grows)
        is_old = is_new = has_grown(&now, &s->old[0]);
    if (hit) {
        bool told = strstr(strbuf_text(&d->complaint), a->file) != NULL;
        bool failed = step == STEP_FAILED || session_exit_code(d->session) != 0;
        tap_ok(is_old || is_new, "%s, %s %d fails: the old file or the new", a->command,
               fault_names[kind], n);
        tap_ok(a->grows || failed || is_new, "a success is one");
        if (!tap_ok(told || !failed, "the message names the file"))
            tap_show("said", strbuf_text(&d->complaint));
        tap_ok(temporaries() == 0, "nothing is left beside it");
        tap_ok(loads(d, a), "data and truth belong together");
        tap_ok(say(d, "prompt", "models") == STEP_IDLE && has(&d->result, "m"),
               "the session goes on");
    }
    free(now.bytes);
    desk_free(d);
    return hit;
}

static void forget(struct trial_run *s)
{
    for (int i = 0; i < 2; i++) {
        free(s->old[i].bytes);
        free(s->new[i].bytes);
    }
}

static void fail_all(const struct action *a)
{
    struct trial_run s = {.action = a};
    for (int seed = 1; seed <= 2; seed++) {
        if (a->grows && seed == 2)
            break;
        struct desk *d = begin(seed);
        tap_ok(say(d, "prompt", a->command) == STEP_IDLE, "%s goes well: %s", a->command,
               strbuf_text(&d->complaint));
        struct content *to = seed == 1 ? s.old : s.new;
        to[0] = look(a->file);
        to[1] = look(a->side);
        desk_free(d);
    }
    const char *first_end = a->grows ? strchr(s.old[0].bytes, '\n') : NULL;
    if (first_end) /* the rest is to be written again */
        s.old[0].n = (size_t)(first_end + 1 - s.old[0].bytes);
    int calls = 0;
    for (enum fault kind = 0; kind < FAULT_KINDS; kind++)
        for (int n = 0; n < MOST_CALLS && fail_once(&s, kind, n); n++)
            calls++;
    tap_ok(calls > 0, "%s: %d calls failed, one by one", a->command, calls);
    forget(&s);
}

/* The history takes whole lines or none, and says nothing. */
static void test_history(void)
{
    mkdir("state", 0700);
    mkdir("state/deltaw", 0700);
    setenv("XDG_STATE_HOME", file("state"), 1);
    recall_open();
    recall_add("the first line");
    struct content old = look("state/deltaw/history");
    tap_ok(old.n > 0, "the history is written");
    for (enum fault kind = FAULT_WRITE; kind <= FAULT_SHORT; kind++) {
        faulty_set(kind, 0);
        recall_add(kind == FAULT_WRITE ? "another line" : "one more line");
        tap_ok(atomic_load(&faulty.hit), "%s fails", fault_names[kind]);
        faulty_set(kind, -1);
        struct content now = look("state/deltaw/history");
        tap_ok(same(&now, &old), "no half of a line stays in the history");
        free(now.bytes);
    }
    free(old.bytes);
    recall_close();
}

/* Half a line is written and cannot be taken back. */
static void leave_half(bool begin)
{
    atomic_store(&faulty.no_cut, begin);
    faulty_set(FAULT_SHORT, begin ? 0 : -1);
}

static size_t history_last(void)
{
    size_t n = 0;
    while (recall_line(n + 1))
        n++;
    return n;
}

/* Half of one is no line, and the next one is whole. */
static void test_half_of_history(bool mended)
{
    recall_open();
    recall_add("a whole line");
    leave_half(true);
    recall_add("half of this is lost");
    leave_half(false);
    recall_close();
    struct content now = look("state/deltaw/history");
    tap_ok(now.n > 0 && now.bytes[now.n - 1] != '\n', "half a line is in the history");
    free(now.bytes);
    recall_open();
    tap_is_text(recall_line(0) ? recall_line(history_last()) : "", "a whole line",
                "half a line is not read");
    atomic_store(&faulty.no_cut, !mended);
    recall_add("the next line");
    atomic_store(&faulty.no_cut, false);
    recall_close();
    recall_open();
    tap_is_text(recall_line(history_last()), "the next line", "the next one is, %s",
                mended ? "what was before it is cut off" : "where that cannot be cut off");
    recall_close();
}

static void test_half_of_log(void)
{
    struct desk *d = begin(1);
    say(d, "prompt", "log on half.dw; say one");
    leave_half(true);
    say(d, "prompt", "say 'these are many words'");
    leave_half(false);
    tap_ok(has(&d->complaint, "the log ends here"), "a log that cannot be written ends");
    struct content now = look("half.dw");
    tap_ok(now.n > 0 && now.bytes[now.n - 1] != '\n', "with half a command");
    free(now.bytes);
    say(d, "prompt", "source half.dw");
    tap_ok(has(&d->result, "half a command, which is left out: say"), "which is told, not run: %s",
           strbuf_text(&d->result));
    say(d, "prompt", "log on half.dw; say two; log off");
    char *text;
    slurp("half.dw", &text);
    tap_ok(strstr(text, "\nsay one\n# commands") && strstr(text, "\nsay two\n"),
           "the next log is after the last whole one: %s", text);
    free(text);
    spit_text("ours.dw", "say mine");
    say(d, "prompt", "log on ours.dw; log off");
    slurp("ours.dw", &text);
    tap_ok(strncmp(text, "say mine\n# commands", 19) == 0, "a script's last line stays: %s", text);
    free(text);
    desk_free(d);
}

/* Half a line that cannot be cut off: the file is refused and stays, and is gone on with later. */
static void test_cut(void)
{
    static const char command[] = "cv static seeds=1 folds=2 file=torn.jsonl; wait";
    struct desk *d = begin(1);
    tap_ok(say(d, "prompt", command) == STEP_IDLE, "a file of results");
    struct content whole = look("torn.jsonl");
    struct content torn = {mem_copy(whole.bytes, whole.n, 1), whole.n - 9};
    put_back("torn.jsonl", &torn);
    desk_free(d);
    d = begin(1);
    faulty_set(FAULT_CUT, 0);
    say(d, "prompt", command);
    tap_ok(atomic_load(&faulty.hit), "half a line is cut off: %s", strbuf_text(&d->complaint));
    faulty_set(FAULT_CUT, -1);
    struct content now = look("torn.jsonl");
    tap_ok(same(&now, &torn), "where it cannot be, the file stays");
    tap_ok(has(&d->complaint, "torn.jsonl"), "and is named");
    say(d, "prompt", command);
    free(now.bytes);
    now = look("torn.jsonl");
    tap_ok(now.n >= whole.n && now.bytes[now.n - 1] == '\n', "the next goes on with it");
    desk_free(d);
    free(whole.bytes), free(torn.bytes), free(now.bytes);
}

static void make_log(void)
{
    char text[512] = "subject,session,trial,stimulus,choice,reward\n";
    for (int t = 1; t <= 10; t++)
        snprintf(text + strlen(text), sizeof text - strlen(text), "A,1,%d,%s,1,%d\n", t,
                 t % 2 ? "0.5" : "-0.5", t % 3 == 0);
    spit_text("in.csv", text);
}

/* A schema is the options of the last load, whole, or what was kept before. */
static void test_schema(void)
{
    setenv("XDG_CONFIG_HOME", file("config"), 1);
    make_log();
    struct desk *d = begin(1);
    say(d, "prompt", "load in.csv stimulus=stimulus; schema save mine");
    struct content old = look("config/deltaw/schemas/mine"), now;
    tap_ok(old.n > 0, "a schema is kept: %s", strbuf_text(&d->complaint));
    say(d, "prompt", "load in.csv stimulus=stimulus choice=choice");
    int calls = 0;
    for (enum fault kind = 0; kind < FAULT_KINDS; kind++) {
        faulty_set(kind, 0);
        enum step step = say(d, "prompt", "schema save mine");
        bool hit = atomic_load(&faulty.hit);
        faulty_set(kind, -1);
        now = look("config/deltaw/schemas/mine");
        tap_ok(!hit || same(&now, &old), "%s fails: the schema before stays", fault_names[kind]);
        tap_ok(!hit || (step == STEP_FAILED && has(&d->complaint, "schemas/mine")),
               "and it is said");
        free(now.bytes);
        if (hit)
            calls++;
    }
    tap_ok(calls >= 4, "%d calls failed", calls);
    tap_ok(say(d, "prompt", "schema save mine") == STEP_IDLE, "then there is room");
    now = look("config/deltaw/schemas/mine");
    tap_ok(now.n > old.n, "and it is the new one");
    free(old.bytes), free(now.bytes);
    desk_free(d);
}

/* What quit keeps: of the session the old or the new; what lies in kept/ opens. */
static void test_kept(void)
{
    struct err err = {0};
    struct desk *d = begin(1);
    rescue_at_quit(d->session, true);
    desk_free(d);
    struct content old = look("state/deltaw/session.npz");
    tap_ok(old.n > 0, "the session is kept");
    int calls = 0;
    for (enum fault kind = 0; kind < FAULT_KINDS; kind++)
        for (int n = 0; n < MOST_CALLS; n++) {
            d = begin(2);
            put_back("state/deltaw/session.npz", &old);
            faulty_set(kind, n);
            rescue_at_quit(d->session, true);
            bool hit = atomic_load(&faulty.hit);
            faulty_set(kind, -1);
            desk_free(d);
            if (!hit)
                break;
            struct npz npz = {0};
            calls++;
            if (!tap_ok(npz_read("state/deltaw/session.npz", &npz, &err), "%s %d fails as it ends",
                        fault_names[kind], n))
                tap_show("said", err.message);
            npz_free(&npz);
            d = begin(1);
            tap_ok(say(d, "prompt", "open kept") == STEP_IDLE || has(&d->complaint, "no "),
                   "what is kept opens: %s", strbuf_text(&d->complaint));
            tap_ok(system("rm -f state/deltaw/kept/*.npz") == 0, "taken away");
            desk_free(d);
        }
    tap_ok(calls > 8, "%d calls failed, one by one", calls);
    free(old.bytes);
}

int main(void)
{
    folder_begin();
    if (chdir(folder) != 0)
        return 1;
    test_cut();
    for (size_t i = 0; i < N_ACTIONS; i++)
        fail_all(&actions[i]);
    test_history();
    test_half_of_history(true);
    test_half_of_history(false);
    test_half_of_log();
    test_schema();
    test_kept();
    folder_end();
    return tap_done();
}
