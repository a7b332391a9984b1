#include "line.h"

#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/strbuf.h"

/* Where reading stands. */
struct reader {
    const char *text;
    size_t at, end;
    size_t start; /* where the command's first line begins */
    int line;
};

static char peek(const struct reader *r)
{
    return r->at < r->end ? r->text[r->at] : '\0';
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v';
}

static bool is_name(char c, bool first)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
           (!first && ((c >= '0' && c <= '9') || c == '-' || c == '.'));
}

static void take_newline(struct reader *r)
{
    r->at++;
    r->line++;
}

/* Blanks, and a backslash before a newline, which joins two lines. */
static void skip_blanks(struct reader *r)
{
    for (;;)
        if (is_blank(peek(r)))
            r->at++;
        else if (peek(r) == '\\' && r->at + 1 < r->end && r->text[r->at + 1] == '\n') {
            r->at++;
            take_newline(r);
        } else
            return;
}

static void skip_to_newline(struct reader *r)
{
    while (r->at < r->end && r->text[r->at] != '\n')
        r->at++;
}

/* A quoted run; r->at is on the opening quote.  False: it is not closed. */
static bool read_quoted(struct reader *r, struct strbuf *out)
{
    char quote = r->text[r->at++];
    while (r->at < r->end && r->text[r->at] != quote && r->text[r->at] != '\n') {
        char next = r->at + 1 < r->end ? r->text[r->at + 1] : '\0';
        if (quote == '"' && r->text[r->at] == '\\' && (next == '"' || next == '\\'))
            r->at++;
        strbuf_putc(out, r->text[r->at++]);
    }
    if (peek(r) != quote)
        return false;
    r->at++;
    return true;
}

/* isn't, animals': directly after a letter, which was not quoted. */
static bool is_apostrophe(const struct reader *r, const struct strbuf *word)
{
    char before = word->len > 0 ? r->text[r->at - 1] : '\0';
    return peek(r) == '\'' && before != '-' && before != '.' && is_name(before, false);
}

/* One word.  False on a quote left open; the word is then what there was. */
static bool read_word(struct reader *r, struct word *word, int *open)
{
    struct strbuf text = {0};
    bool plain = true, good = true; /* only characters of a name so far */
    *word = (struct word){.column = (int)(r->at - r->start) + 1};
    while (good && r->at < r->end) {
        char c = r->text[r->at];
        if (is_blank(c) || c == '\n' || c == ';')
            break;
        if ((c == '"' || c == '\'') && !is_apostrophe(r, &text)) {
            *open = (int)(r->at - r->start) + 1;
            good = read_quoted(r, &text);
            plain = false;
        } else if (c == '\\' && r->at + 1 < r->end) {
            if (r->text[r->at + 1] == '\n')
                break;
            strbuf_putc(&text, r->text[r->at + 1]);
            r->at += 2;
            plain = false;
        } else {
            if (c == '=' && plain && text.len > 0)
                word->equals = text.len;
            plain = plain && is_name(c, text.len == 0);
            strbuf_putc(&text, c);
            r->at++;
        }
    }
    word->text = text.text ? strbuf_take(&text) : mem_text("");
    return good;
}

static struct word *add_word(struct words *words)
{
    words->items = mem_resize(words->items, words->n + 1, sizeof *words->items);
    return &words->items[words->n++];
}

static size_t start_of_line(const char *text, size_t at)
{
    while (at > 0 && text[at - 1] != '\n')
        at--;
    return at;
}

/* `!`, and all of the line behind it. */
static void read_raw(struct reader *r, struct words *out)
{
    size_t from = ++r->at;
    *add_word(out) = (struct word){.text = mem_text("!"), .column = (int)(from - r->start)};
    skip_to_newline(r);
    *add_word(out) = (struct word){.text = mem_text_n(r->text + from, r->at - from),
                                   .column = (int)(from - r->start) + 1};
}

bool line_next(const char *text, size_t *at, int *line, struct words *out, struct err *err)
{
    struct reader r = {.text = text, .at = *at, .end = strlen(text), .line = *line};
    *out = (struct words){.line = r.line, .begin = r.at, .end = r.at};
    bool good = true;
    int open = 0;
    while (good && r.at < r.end) {
        skip_blanks(&r);
        char c = peek(&r);
        if (c == '\0')
            break;
        if (c == '#') {
            skip_to_newline(&r);
        } else if (c == '\n') {
            take_newline(&r);
            if (out->n > 0)
                break;
        } else if (c == ';') {
            r.at++;
            if (out->n > 0)
                break;
        } else {
            if (out->n == 0) {
                out->begin = r.at;
                out->line = r.line;
                out->start = r.start = start_of_line(text, r.at);
            }
            if (out->n == 0 && c == '!')
                read_raw(&r, out);
            else
                good = read_word(&r, add_word(out), &open);
            out->end = r.at;
        }
    }
    if (!good) {
        skip_to_newline(&r);
        err_at(err, ERR_USAGE, open,
               "the quote opened here is not closed on its line; close it "
               "with %c, or write \\%c for the sign itself",
               text[r.start + (size_t)open - 1], text[r.start + (size_t)open - 1]);
    }
    *at = r.at;
    *line = r.line;
    return good;
}

void words_free(struct words *words)
{
    for (size_t i = 0; i < words->n; i++)
        free(words->items[i].text);
    free(words->items);
    *words = (struct words){0};
}

size_t line_before(const char *text, size_t point, struct words *out)
{
    struct reader r = {.text = text, .end = point, .line = 1};
    *out = (struct words){.line = 1};
    size_t from = point;
    int open;
    for (;;) {
        skip_blanks(&r);
        char c = peek(&r);
        if (r.at >= r.end) { /* the cursor is after a blank: a new word */
            *add_word(out) = (struct word){.text = mem_text(""), .column = (int)point + 1};
            return point;
        }
        if (c == ';' || c == '\n') {
            words_free(out);
            c == '\n' ? take_newline(&r) : (void)r.at++;
        } else if (c == '#' || (c == '!' && out->n == 0)) {
            skip_to_newline(&r);
            if (r.at >= r.end) { /* within a comment there is nothing to complete */
                words_free(out);
                return point;
            }
        } else {
            from = r.at;
            read_word(&r, add_word(out), &open);
            if (r.at >= r.end)
                return from;
        }
    }
}

size_t line_offset(const char *text, size_t from, size_t point, size_t n, char *quote)
{
    size_t at = from;
    *quote = '\0';
    for (size_t passed = 0; at < point;) {
        char c = text[at], next = at + 1 < point ? text[at + 1] : '\0';
        if (*quote && c == *quote) {
            *quote = '\0';
            at++;
            continue;
        }
        if (passed == n)
            break;
        if (!*quote && (c == '"' || c == '\'')) {
            *quote = c;
            at++;
            continue;
        }
        if (c == '\\' && next && (!*quote || (*quote == '"' && (next == '"' || next == '\\'))))
            at++;
        at++;
        passed++;
    }
    return at;
}

char *line_in_quotes(const char *word, char quote, bool opens, bool closes)
{
    struct strbuf out = {0};
    if (opens)
        strbuf_putc(&out, quote);
    for (const char *c = word; *c; c++) {
        if (quote == '\'' && *c == quote) {
            strbuf_puts(&out, "'\\''");
            continue;
        }
        if (quote == '"' && (*c == '"' || *c == '\\'))
            strbuf_putc(&out, '\\');
        strbuf_putc(&out, *c);
    }
    if (closes)
        strbuf_putc(&out, quote);
    return out.text ? strbuf_take(&out) : mem_text("");
}
