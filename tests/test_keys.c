/* The key decoder: every sequence whole, cut at every place, and alone. */
#include "hosting.h"
#include "keys.h"

#include <math.h>
#include <stdlib.h>

#include "deltaw/base/rng.h"
#include "tap.h"

struct example {
    const char *bytes, *names; /* names parted by blanks */
};

static const struct example examples[] = {
    {"a", "a"},
    {"aB [", "a B space ["},
    {"\r", "enter"},
    {"\t", "tab"},
    {"\177", "backspace"},
    {"\001\n\014\004", "C-a C-j C-l C-d"},
    {"\303\251", "\303\251"},
    {"\346\274\242x", "\346\274\242 x"},
    {"\360\237\220\255", "\360\237\220\255"},
    {"\033[A\033[B\033[C\033[D", "up down right left"},
    {"\033OA\033OH\033OF", "up home end"},
    {"\033[H\033[F\033[1~\033[4~\033[7~\033[8~", "home end home end home end"},
    {"\033[2~\033[3~\033[5~\033[6~", "insert delete pgup pgdn"},
    {"\033OP\033OQ\033OR\033OS", "f1 f2 f3 f4"},
    {"\033[11~\033[15~\033[17~\033[24~", "f1 f5 f6 f12"},
    {"\033[[A\033[[E", "f1 f5"},
    {"\033[1;5C\033[1;3D\033[1;2A\033[5;5~", "C-right M-left S-up C-pgup"},
    {"\033[1;6D", "C-S-left"},
    {"\033[Z", "S-tab"},
    {"\033f\033B", "M-f M-B"},
    {"\033\177", "M-backspace"},
    {"\033\303\251", "M-\303\251"},
    {"\033[97;5u", "C-a"},
    {"\033[27u", "esc"},
    {"\033\033[A", "esc up"},
    {"\033[A\033", "up esc"},
    {"\033[<0;5;7M\033[<32;6;7M\033[<0;6;7m", "click drag release"},
    {"\033[<64;1;1M\033[<65;1;1M\033[<4;2;2M", "wheel-up wheel-down click"},
    {"\033[<0;0;7M\033[<2;3;4M\033[<1;2Mx\033[<0;5;7;9M\033[<35;3;4M", "? ? ? x ? ?"},
    {"\033[", "M-["},
    {"\033O", "M-O"},
    {"\033]", "M-]"},
    {"\033]11;rgb:1e1e/1e1e/2e2e\033\\a", "report(11;rgb:1e1e/1e1e/2e2e) a"},
    {"\033]11;rgb:ff/ff/ff\007\033[A", "report(11;rgb:ff/ff/ff) up"},
    {"b\033[?62;22c\r", "b report(?62;22c) enter"},
};
enum { N_EXAMPLES = sizeof examples / sizeof examples[0] };

static void list(struct keys *keys, double now, struct strbuf *out)
{
    struct keypress key;
    while (keys_next(keys, now, &key)) {
        strbuf_puts(out, out->len ? " " : "");
        if (key.paste)
            strbuf_printf(out, "paste(%s)", strbuf_text(&keys->paste));
        else if (key.report)
            strbuf_printf(out, "report(%.*s)", (int)key.n_bytes, key.bytes);
        else
            strbuf_puts(out, key.name[0] ? key.name : "?");
    }
}

static void test_whole_and_cut(void)
{
    for (size_t i = 0; i < N_EXAMPLES; i++) {
        size_t n = strlen(examples[i].bytes);
        bool same = true;
        for (size_t cut = 0; cut < n; cut++) {
            struct keys keys = {0};
            struct strbuf names = {0};
            keys_feed(&keys, examples[i].bytes, cut, 10);
            list(&keys, 10.001, &names);
            keys_feed(&keys, examples[i].bytes + cut, n - cut, 10.002);
            list(&keys, 10.003, &names);
            list(&keys, 11, &names);
            if (strcmp(strbuf_text(&names), examples[i].names) != 0) {
                same = false;
                tap_note("cut at %zu gives '%s'", cut, strbuf_text(&names));
            }
            strbuf_free(&names);
            keys_free(&keys);
        }
        tap_ok(same, "keys %s, cut anywhere", examples[i].names);
    }
}

static void test_escape(void)
{
    struct keys keys = {0};
    struct keypress key;
    tap_ok(isinf(keys_deadline(&keys)), "no deadline without a byte");
    keys_feed(&keys, "\033", 1, 5);
    tap_ok(!keys_next(&keys, 5.001, &key), "a lone ESC is not told at once");
    double deadline = keys_deadline(&keys);
    tap_ok(deadline > 5 && deadline < 5.2, "its deadline is soon (%g)", deadline);
    tap_ok(keys_next(&keys, deadline, &key) && strcmp(key.name, "esc") == 0,
           "at the deadline it is ESC");
    tap_ok(isinf(keys_deadline(&keys)), "and the deadline is gone");
    keys_feed(&keys, "\033", 1, 6);
    keys_feed(&keys, "x", 1, 6.01);
    tap_ok(keys_next(&keys, 6.01, &key) && strcmp(key.name, "M-x") == 0 && key.n_bytes == 2,
           "a letter soon after makes it Meta");
    keys_free(&keys);
}

/* An answer cut short is nobody's typing, however late its end comes. */
static void test_reports(void)
{
    struct keys keys = {0};
    struct strbuf out = {0};
    keys_feed(&keys, "\033]11;rgb:ff", 11, 10);
    list(&keys, 10.5, &out);
    tap_is_text(strbuf_text(&out), "", "an answer may come in parts");
    keys_feed(&keys, "ff/0000/0000\007x", 14, 10.9);
    list(&keys, 11.5, &out);
    tap_is_text(strbuf_text(&out), "report(11;rgb:ffff/0000/0000) x", "and is put together");
    strbuf_reset(&out);
    keys_feed(&keys, "\033]11;rgb:ff", 11, 20);
    list(&keys, 21.1, &out);
    tap_is_text(strbuf_text(&out), "report()", "one without an end is given up");
    keys_free(&keys);
    strbuf_free(&out);
}

static void test_background(void)
{
    bool dark = false;
    tap_ok(hosting_background_parse("11;rgb:0000/0000/0000", &dark) && dark, "black is dark");
    tap_ok(hosting_background_parse("11;rgb:fdfd/f6f6/e3e3", &dark) && !dark, "cream is light");
    tap_ok(hosting_background_parse("11;rgb:00/2b/36", &dark) && dark, "two digits a channel");
    tap_ok(hosting_background_parse("11;rgba:ffff/ffff/ffff/8000", &dark) && !dark, "with alpha");
    static const char *const bad[] = {"",
                                      "11",
                                      "11;rgb",
                                      "11;rgb:",
                                      "11;rgb:ff/ff",
                                      "10;rgb:0/0/0",
                                      "11;rgb:ff/ff/",
                                      "11;rgb:-1/0/0",
                                      "11;rgb:12345/0/0"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        tap_ok(!hosting_background_parse(bad[i], &dark), "'%s' is no background", bad[i]);
    tap_ok(hosting_background_is_last("?64;1;2c") && !hosting_background_is_last("?2026;2$y") &&
               !hosting_background_is_last(""),
           "which answer is the last");
    setenv("COLORFGBG", "0;default;15", 1);
    tap_ok(hosting_background_from_environment(&dark) && !dark, "COLORFGBG, light");
    setenv("COLORFGBG", "15;0", 1);
    tap_ok(hosting_background_from_environment(&dark) && dark, "COLORFGBG, dark");
    setenv("COLORFGBG", "15;default", 1);
    tap_ok(!hosting_background_from_environment(&dark), "COLORFGBG may not say");
    unsetenv("COLORFGBG");
    tap_ok(!hosting_background_from_environment(&dark), "or be missing");
}

static void test_paste(void)
{
    const char *text = "\033[200~say 1\r\nsay \303\251\033[A\033[201x\033[201~z";
    size_t n = strlen(text);
    bool same = true;
    for (size_t cut = 0; cut < n; cut++) {
        struct keys keys = {0};
        struct strbuf names = {0};
        keys_feed(&keys, text, cut, 1);
        list(&keys, 1.001, &names);
        keys_feed(&keys, text + cut, n - cut, 1.1);
        list(&keys, 1.1, &names);
        same = same &&
               strcmp(strbuf_text(&names), "paste(say 1\r\nsay \303\251\033[A\033[201x) z") == 0;
        strbuf_free(&names);
        keys_free(&keys);
    }
    tap_ok(same, "a paste comes whole, with what looks like keys in it, cut anywhere");

    struct keys keys = {0};
    struct keypress key;
    keys_feed(&keys, "\033[200~never ends", 16, 1);
    tap_ok(!keys_next(&keys, 1.5, &key), "a paste without an end is waited for");
    tap_ok(keys_next(&keys, keys_deadline(&keys), &key) && key.paste &&
               strcmp(strbuf_text(&keys.paste), "never ends") == 0,
           "but not forever");
    keys_free(&keys);

    struct keys big = {0};
    static char block[4096];
    memset(block, 'x', sizeof block);
    keys_feed(&big, "\033[200~", 6, 1);
    for (size_t fed = 0; fed < 2 * (size_t)KEYS_PASTE_LIMIT; fed += sizeof block) {
        (void)keys_next(&big, 1, &key);
        keys_feed(&big, block, keys_room(&big), 1);
    }
    (void)keys_next(&big, 1, &key);
    tap_ok(big.paste.len == KEYS_PASTE_LIMIT, "a paste without measure is cut (%zu)",
           big.paste.len);
    keys_free(&big);
}

/* Whatever comes, it ends, and every byte is used. */
static void test_noise(void)
{
    uint64_t seed = 20240;
    tap_note("seed %llu", (unsigned long long)seed);
    struct rng rng = rng_stream(seed, RNG_TEST, 0, 0);
    static const char likely[] = "\033\033[O0125;~ABu\300\303\251\200x";
    bool used = true, named = true;
    for (int round = 0; round < 2000; round++) {
        struct keys keys = {0};
        struct keypress key;
        char bytes[64];
        uint32_t n = rng_below(&rng, sizeof bytes);
        for (uint32_t i = 0; i < n; i++)
            bytes[i] = rng_below(&rng, 4) ? likely[rng_below(&rng, sizeof likely - 1)]
                                          : (char)rng_below(&rng, 256);
        keys_feed(&keys, bytes, n, 1);
        for (int i = 0; i < 200 && keys_next(&keys, 100 + i, &key); i++)
            named = named && strlen(key.name) < sizeof key.name;
        used = used && keys.n == 0;
        keys_free(&keys);
    }
    tap_ok(used, "noise is used up");
    tap_ok(named, "names of noise are ended");

    struct keys keys = {0};
    struct keypress key;
    char longest[5000];
    memset(longest, '1', sizeof longest);
    longest[0] = 27;
    longest[1] = '[';
    keys_feed(&keys, longest, sizeof longest, 1);
    tap_ok(keys_next(&keys, 1, &key) && keys_room(&keys) > 0,
           "a sequence longer than the room is let go");
    keys_free(&keys);
}

static void test_mouse(void)
{
    struct keys keys = {0};
    struct keypress key;
    keys_feed(&keys, "\033[<0;25;7M\033[<99999;1;1Ma", 24, 1);
    tap_ok(keys_next(&keys, 1, &key) && key.x == 24 && key.y == 6, "cells are counted from 0");
    tap_ok(keys_next(&keys, 1, &key) && !key.name[0], "a button nobody has is nobody's");
    keys_free(&keys);
}

int main(void)
{
    test_whole_and_cut();
    test_escape();
    test_reports();
    test_background();
    test_paste();
    test_noise();
    test_mouse();
    return tap_done();
}
