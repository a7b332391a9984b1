/* base: errors, memory, strings, UTF-8. */
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "deltaw/base/err.h"
#include "deltaw/base/mem.h"
#include "deltaw/base/strbuf.h"
#include "deltaw/base/utf8.h"
#include "tap.h"

/* Did `run` abort, saying "deltaw: ..."? */
static bool dies(void (*run)(void))
{
    fflush(stdout);
    int ends[2];
    if (pipe(ends) != 0)
        return false;
    pid_t child = fork();
    if (child == 0) {
        struct rlimit none = {0, 0};
        setrlimit(RLIMIT_CORE, &none);
        signal(SIGABRT, SIG_DFL);
        dup2(ends[1], STDERR_FILENO);
        run();
        _exit(0);
    }
    close(ends[1]);
    char said[64] = "";
    ssize_t n = read(ends[0], said, sizeof said - 1);
    close(ends[0]);
    int status;
    waitpid(child, &status, 0);
    return n >= 8 && !strncmp(said, "deltaw: ", 8) && WIFSIGNALED(status) &&
           WTERMSIG(status) == SIGABRT;
}

static void test_err(void)
{
    struct err err = {0};
    tap_ok(!err_set(&err, ERR_DATA, "%s:%d: bad", "m.csv", 7), "err_set returns false");
    tap_ok(err.code == ERR_DATA && err.column == 0, "the code is kept");
    err_set(&err, ERR_FAILED, "second");
    tap_is_text(err.message, "m.csv:7: bad", "the first message stays");
    err_prefix(&err, "load %s", "x");
    tap_is_text(err.message, "load x: m.csv:7: bad", "err_prefix");
    err_clear(&err);
    tap_ok(err.code == ERR_NONE && !err.message[0], "err_clear");
    err_prefix(&err, "nothing");
    tap_is_text(err.message, "", "no prefix before no message");
    err_at(&err, ERR_USAGE, 5, "word");
    tap_ok(err.code == ERR_USAGE && err.column == 5, "err_at keeps the column");
    char word[10001];
    memset(word, 'a', sizeof word - 1);
    word[sizeof word - 1] = '\0';
    err_clear(&err);
    err_set(&err, ERR_USAGE, "no view '%s'; `layout` lists them", word);
    size_t length = strlen(err.message);
    tap_ok(length < 700 && strstr(err.message, "a...a") &&
               strstr(err.message, "a'; `layout` lists them"),
           "of a long word the middle goes, not the remedy");
    tap_ok(!err_set(NULL, ERR_FAILED, "x") && !err_system(NULL, ERR_FAILED, "x"), "NULL is fine");
    err_clear(&err);
    errno = ENOENT;
    err_system(&err, ERR_FAILED, "no.csv");
    tap_is_text(err.message, "no.csv: No such file or directory", "err_system");

    err_clear(&err);
    err_set(&err, ERR_DATA,
            "a\033[2Jb\nc\xff d\xc2\x9b"
            "e\xc3\xa9");
    tap_is_text(err.message, "a?[2Jb c? d?e\xc3\xa9", "hostile bytes are made safe");
    err_clear(&err);
    char wide[3000];
    for (size_t i = 0; i < sizeof wide - 1; i += 2)
        memcpy(wide + i, "\xc3\xa9", 2);
    wide[2998] = '\0';
    err_set(&err, ERR_DATA, "x%s", wide);
    size_t n = strlen(err.message);
    tap_ok(n > 500 && n < sizeof err.message, "a long message is cut (%zu bytes)", n);
    err_prefix(&err, "%s", wide);
    n = strlen(err.message);
    uint32_t cp;
    bool whole = n < sizeof err.message;
    for (size_t i = 0; i + 2 < n;) {
        i += utf8_decode(err.message + i, n - i, &cp);
        whole &= cp != 0xfffd;
    }
    tap_ok(whole, "and keeps to UTF-8 with a long prefix");
}

static void too_many(void)
{
    free(mem_new(SIZE_MAX / 2, 3));
}

static void too_large(void)
{
    free(mem_resize(NULL, SIZE_MAX / 4, 3));
}

static void test_mem(void)
{
    unsigned char *bytes = mem_new(100, 3);
    int any = 0;
    for (size_t i = 0; i < 300; i++)
        any |= bytes[i];
    tap_ok(!any, "mem_new is zero");
    bytes = mem_resize(bytes, 500, 1);
    bytes[499] = 1;
    free(bytes);
    double *aligned = mem_aligned(3, sizeof *aligned);
    tap_ok((uintptr_t)aligned % 64 == 0 && aligned[0] == 0 && aligned[2] == 0, "mem_aligned");
    free(aligned);
    free(mem_new(0, 8));
    free(mem_aligned(0, 8));
    free(mem_resize(NULL, 0, 8));
    free(mem_copy(NULL, 0, 8));
    tap_ok(true, "nothing is something to free");

    int *items = NULL;
    size_t capacity = 0, moves = 0, before = 0;
    for (size_t i = 0; i < 100000; i++) {
        items = mem_reserve(items, &capacity, i + 1, sizeof *items);
        items[i] = (int)i;
        moves += capacity != before;
        before = capacity;
    }
    bool kept = true;
    for (int i = 0; i < 100000; i++)
        kept &= items[i] == i;
    tap_ok(kept && capacity >= 100000 && moves < 20, "mem_reserve doubles (%zu moves)", moves);
    free(items);
    capacity = 0;
    items = mem_reserve(NULL, &capacity, 0, sizeof *items);
    tap_ok(items != NULL, "mem_reserve of nothing is not NULL");
    free(items);

    char *text = mem_text("abc"), *part = mem_text_n("abcdef", 4);
    char *made = mem_printf("%d-%s", 7, "x");
    tap_is_text(text, "abc", "mem_text");
    tap_is_text(part, "abcd", "mem_text_n");
    tap_is_text(made, "7-x", "mem_printf");
    free(text);
    free(part);
    free(made);
    tap_ok(dies(too_many), "a product that overflows ends the program");
    tap_ok(dies(too_large), "so does a size no memory has");
}

static void test_strbuf(void)
{
    struct strbuf b = {0};
    tap_is_text(strbuf_text(&b), "", "an empty buffer is an empty text");
    strbuf_cut(&b, 0);
    strbuf_reset(&b);
    strbuf_puts(&b, "ab");
    strbuf_putc(&b, 'c');
    strbuf_fill(&b, '.', 3);
    strbuf_add(&b, "xyz", 2);
    tap_is_text(strbuf_text(&b), "abc...xy", "puts, putc, fill, add");
    strbuf_cut(&b, 100);
    tap_ok(b.len == 8, "a cut behind the end is none");
    strbuf_cut(&b, 3);
    strbuf_printf(&b, "%0500d|%s", 7, "end");
    tap_ok(b.len == 507 && strlen(b.text) == 507, "a format longer than the room");
    tap_is_text(strbuf_text(&b) + 500, "007|end", "is whole");
    char *taken = strbuf_take(&b);
    tap_ok(strlen(taken) == 507 && !b.text && !b.len && !b.capacity, "strbuf_take empties");
    free(taken);
    taken = strbuf_take(&b);
    tap_is_text(taken, "", "taking nothing gives a text");
    free(taken);

    strbuf_codepoint(&b, 0x394);
    strbuf_codepoint(&b, 0x1f42d);
    tap_is_text(strbuf_text(&b), "\xce\x94\xf0\x9f\x90\xad", "code points");
    strbuf_reset(&b);
    strbuf_json_text(&b, "a\"\\\n\t\r\001\177\xc2\x9b\xc3\xa9\xff/");
    tap_is_text(strbuf_text(&b), "\"a\\\"\\\\\\n\\t\\r\\u0001\\u007f\\u009b\xc3\xa9\xef\xbf\xbd/\"",
                "JSON text");
    strbuf_reset(&b);
    double values[] = {0.1, -0.0, 1e300, 12, NAN, INFINITY, 1.0 / 3};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        strbuf_json_number(&b, values[i]);
        strbuf_putc(&b, ' ');
    }
    tap_is_text(strbuf_text(&b), "0.1 0 1e+300 12 null null 0.3333333333333333 ", "JSON numbers");
    strbuf_reset(&b);
    const char *fields[] = {"plain", "a,b", "say \"x\"", "l\nm", "", "'q"};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        strbuf_csv_text(&b, fields[i]);
        strbuf_putc(&b, ';');
    }
    tap_is_text(strbuf_text(&b), "plain;\"a,b\";\"say \"\"x\"\"\";\"l\nm\";;'q;", "CSV fields");
    strbuf_free(&b);
    tap_ok(!b.text && !b.capacity, "strbuf_free");
}

static void test_decode(void)
{
    static const struct {
        const char *bytes, *what;
        size_t n, takes;
        uint32_t cp;
    } cases[] = {
        {"a", "ASCII", 1, 1, 'a'},
        {"\xc3\xa9", "two bytes", 2, 2, 0xe9},
        {"\xe2\x82\xac", "three", 3, 3, 0x20ac},
        {"\xf0\x9f\x90\xad", "four", 4, 4, 0x1f42d},
        {"\xf4\x8f\xbf\xbf", "the last", 4, 4, 0x10ffff},
        {"\xf4\x90\x80\x80", "behind the last", 4, 1, 0xfffd},
        {"\xc0\xaf", "overlong '/'", 2, 1, 0xfffd},
        {"\xe0\x80\xaf", "overlong in three", 3, 1, 0xfffd},
        {"\xf0\x80\x80\xaf", "overlong in four", 4, 1, 0xfffd},
        {"\xed\xa0\x80", "a surrogate", 3, 1, 0xfffd},
        {"\x80", "a lone continuation", 1, 1, 0xfffd},
        {"\xe2\x82", "cut off", 2, 1, 0xfffd},
        {"\xe2(\xac", "broken within", 3, 1, 0xfffd},
        {"\xff", "no lead byte", 1, 1, 0xfffd},
        {"", "nothing", 0, 0, 0xfffd},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint32_t cp;
        size_t took = utf8_decode(cases[i].bytes, cases[i].n, &cp);
        tap_ok(took == cases[i].takes && cp == cases[i].cp, "decode %s", cases[i].what);
    }
    bool round = true;
    for (uint32_t cp = 1; cp <= 0x10ffff; cp++) {
        char bytes[4];
        uint32_t back;
        size_t n = utf8_encode(cp, bytes);
        bool surrogate = cp >= 0xd800 && cp < 0xe000;
        round &= utf8_decode(bytes, n, &back) == n && back == (surrogate ? 0xfffd : cp);
    }
    tap_ok(round, "every code point there and back");
}

static void test_width(void)
{
    static const struct {
        uint32_t cp;
        int width;
    } cases[] = {
        {'a', 1},     {0, 0},       {0x1b, 0},    {0x7f, 0},    {0x9b, 0},     {0xa0, 1},
        {0xad, 1},    {0xe9, 1},    {0x300, 0},   {0x36f, 0},   {0x370, 1},    {0x394, 1},
        {0x200b, 0},  {0x200d, 0},  {0x20ac, 1},  {0x20dd, 0},  {0x2500, 1},   {0x2588, 1},
        {0x259a, 1},  {0x28ff, 1},  {0x2026, 1},  {0x1100, 2},  {0x1160, 0},   {0x3042, 2},
        {0x4e2d, 2},  {0xac00, 2},  {0xff21, 2},  {0xff61, 1},  {0xfe0f, 0},   {0x1f42d, 2},
        {0x1f600, 2}, {0x1fb00, 1}, {0x20000, 2}, {0xe0100, 0}, {0xfffd, 1},   {0x231a, 2},
        {0x2714, 1},  {0x3000, 2},  {0x303f, 1},  {0xd7a3, 2},  {0x10ffff, 1}, {0x4dc0, 2},
        {0x600, 1},   {0x6dd, 1},   {0x6dc, 0},   {0x3248, 2},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        tap_ok(utf8_codepoint_width(cases[i].cp) == cases[i].width, "U+%04X takes %d",
               (unsigned)cases[i].cp, cases[i].width);
    tap_ok(utf8_width("maus \xe4\xb8\xad e\xcc\x81") == 9, "the width of a text");
    const char *mixed = "a\xe4\xb8\xad"
                        "b";
    tap_ok(utf8_prefix(mixed, 0) == 0 && utf8_prefix(mixed, 1) == 1 && utf8_prefix(mixed, 2) == 1 &&
               utf8_prefix(mixed, 3) == 4 && utf8_prefix(mixed, 9) == 5,
           "a prefix never holds half a character");
    tap_ok(utf8_prefix("e\xcc\x81x", 1) == 3, "and keeps the accent of its last one");
    char *clean = utf8_visible("a\033b\xc2\x9b"
                               "c\xff\xc3\xa9\n",
                               10, "");
    tap_is_text(clean, "a\\x1bb\\u009bc\\xff\xc3\xa9\\x0a", "utf8_visible");
    char *again = utf8_visible(clean, strlen(clean), "");
    tap_is_text(again, clean, "twice is once");
    free(again);
    free(clean);
    char *ascii = utf8_ascii("\xce\x94w\xe2\x80\xa6 \xe4\xb8\xad e\xcc\x81\n\033\xff");
    tap_is_text(ascii, "dw~ ?? e\n\033?", "utf8_ascii keeps the widths");
    free(ascii);
}

int main(void)
{
    test_err();
    test_mem();
    test_strbuf();
    test_decode();
    test_width();
    return tap_done();
}
