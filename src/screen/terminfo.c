/* curses takes what a terminal can from terminfo alone, and the entries that know of direct
 * colours are rarely installed and hardly ever what TERM says.  So the entry that TERM says
 * is written anew with direct colours, in the compiled form of term(5), for curses to read.
 * The palette of the terminal, which it shares with others, is left as it is. */
#include "terminfo.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NCURSES_NOMACROS
#include <curses.h>
#include <term.h>

#include "deltaw/base/strbuf.h"

enum { MAGIC = 01036, ABSENT = -1 }; /* numbers of 32 bits */
/* Colours as struct cell has them, below 256 those of the palette. */
#define SET_COLOUR(base, bright)                                                             \
    "\033[%?%p1%{8}%<%t" base "%p1%d%e%p1%{16}%<%t" bright "%p1%{8}%-%d%e%p1%{256}%<%t" base \
    "8;5;%p1%d%e" base "8;2;%p1%{65536}%/%d;%p1%{256}%/%{255}%&%d;%p1%{255}%&%d%;m"

bool terminfo_says_direct(const char *term)
{
    enum { FIRST_XTERM = 331 };
    const char *says = getenv("COLORTERM"), *xterm = getenv("XTERM_VERSION");
    if (says && (strcmp(says, "truecolor") == 0 || strcmp(says, "24bit") == 0))
        return true;
    return xterm && strncmp(xterm, "XTerm(", 6) == 0 && atoi(xterm + 6) >= FIRST_XTERM &&
           strncmp(term, "xterm", 5) == 0; /* and no tmux within it */
}

static void put_short(struct strbuf *out, int value)
{
    strbuf_putc(out, (char)(value & 255));
    strbuf_putc(out, (char)(value >> 8 & 255));
}

static void put_even(struct strbuf *out)
{
    if (out->len % 2)
        strbuf_putc(out, 0);
}

static size_t count(const char *const *names)
{
    size_t n = 0;
    while (names[n])
        n++;
    return n;
}

static int number_of(const char *name)
{
    int value = strcmp(name, "colors") == 0  ? 1 << 24
                : strcmp(name, "pairs") == 0 ? 1 << 16
                                             : tigetnum(name);
    return value < 0 ? ABSENT : value;
}

/* NULL: the terminal has none. */
static const char *string_of(const char *name)
{
    static const char *const ours[][2] = {
        {"setaf", SET_COLOUR("3", "9")},
        {"setab", SET_COLOUR("4", "10")},
        {"setf", NULL},
        {"setb", NULL},
        {"initc", NULL},
        {"initp", NULL},
        {"oc", NULL},
        {"scp", NULL},
    };
    for (size_t i = 0; i < sizeof ours / sizeof *ours; i++)
        if (strcmp(name, ours[i][0]) == 0)
            return ours[i][1];
    const char *text = tigetstr(name);
    return text == (char *)-1 ? NULL : text;
}

static void put_strings(struct strbuf *out, size_t n, struct strbuf *table)
{
    for (size_t i = 0; i < n; i++) {
        const char *text = string_of(strnames[i]);
        put_short(out, text ? (int)table->len : ABSENT);
        if (text)
            strbuf_add(table, text, strlen(text) + 1);
    }
}

/* Names that term(5) has no place for: RGB says that colours are red, green and blue. */
static void put_extended(struct strbuf *out)
{
    static const char names[] = "AX\0RGB";
    static const int header[] = {2, 0, 0, 2, sizeof names};
    put_even(out);
    for (size_t i = 0; i < sizeof header / sizeof *header; i++)
        put_short(out, header[i]);
    strbuf_putc(out, tigetflag("AX") > 0);
    strbuf_putc(out, 1);
    put_short(out, 0);
    put_short(out, 3);
    strbuf_add(out, names, sizeof names);
}

static void describe(const char *term, struct strbuf *out)
{
    size_t flags = count(boolnames), numbers = count(numnames), strings = count(strnames);
    struct strbuf table = {0}, offsets = {0};
    put_strings(&offsets, strings, &table);
    put_short(out, MAGIC);
    put_short(out, (int)strlen(term) + 1);
    put_short(out, (int)flags);
    put_short(out, (int)numbers);
    put_short(out, (int)strings);
    put_short(out, (int)table.len);
    strbuf_add(out, term, strlen(term) + 1);
    for (size_t i = 0; i < flags; i++)
        strbuf_putc(out, strcmp(boolnames[i], "ccc") != 0 && tigetflag(boolnames[i]) > 0);
    put_even(out);
    for (size_t i = 0; i < numbers; i++) {
        int value = number_of(numnames[i]);
        put_short(out, value);
        put_short(out, value >> 16);
    }
    strbuf_add(out, strbuf_text(&offsets), offsets.len);
    strbuf_add(out, strbuf_text(&table), table.len);
    put_extended(out);
    strbuf_free(&offsets);
    strbuf_free(&table);
}

static char *in_hex(const struct strbuf *bytes)
{
    struct strbuf out = {0};
    strbuf_puts(&out, "hex:");
    for (size_t i = 0; i < bytes->len; i++)
        strbuf_printf(&out, "%02X", (unsigned char)bytes->text[i]);
    return strbuf_take(&out);
}

char *terminfo_direct(const char *term)
{
    struct strbuf bytes = {0};
    char *text = NULL;
    int status;
    if (!term || !*term || setupterm(term, STDOUT_FILENO, &status) != OK)
        return NULL;
    if (tigetnum("colors") >= 256 && tigetnum("colors") < 1 << 24) {
        describe(term, &bytes);
        text = in_hex(&bytes);
    }
    del_curterm(set_curterm(NULL));
    strbuf_free(&bytes);
    return text;
}
