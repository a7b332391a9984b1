/* Errors for people: the line, a mark under the wrong word, and the message. */
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/utf8.h"
#include "state.h"

/* The physical line of the command that holds byte *column of all its lines; *column
 * becomes the byte in that line.  Returns how many lines come before. */
static int find_line(const char *lines, int *column, const char **line, size_t *n)
{
    int above = 0;
    for (*line = lines;; *line += *n + 1, above++) {
        *n = strcspn(*line, "\n");
        if (*column <= (int)*n + 1 || !(*line)[*n])
            return above;
        *column -= (int)*n + 1;
    }
}

void report_place(const struct running *now, const struct err *err, int *line, int *column)
{
    const char *text;
    size_t n;
    *line = now->line;
    *column = err->column;
    if (err->column > 0)
        *line += find_line(now->lines, column, &text, &n);
}

/* Does the message quote the word: 'WORD', or WORD: at its beginning? */
static bool quotes(const char *message, const char *word)
{
    size_t n = strlen(word);
    for (const char *at = n ? strstr(message, word) : NULL; at; at = strstr(at + 1, word))
        if ((at > message && at[-1] == '\'' && at[n] == '\'') || (at == message && at[n] == ':'))
            return true;
    return false;
}

void report_point(const struct running *now, struct err *err)
{
    for (size_t i = 0; i < now->args.n && err->column == 0; i++) {
        const struct arg *arg = &now->args.items[i];
        char *both = arg->name ? mem_printf("%s=%s", arg->name, arg->value) : NULL;
        if (quotes(err->message, arg->value) || (both && strstr(err->message, both)))
            err->column = arg->column + (both && arg->column ? (int)strlen(arg->name) + 1 : 0);
        else if (arg->name && quotes(err->message, arg->name))
            err->column = arg->column;
        free(both);
    }
}

/* Bytes of the word at `text`: a name ends before `=`, a quoted one after the
 * quote that closes it. */
static size_t word_length(const char *text, size_t n)
{
    size_t length = 0;
    if (n > 0 && (*text == '"' || *text == '\'')) {
        const char *close = memchr(text + 1, *text, n - 1);
        return close ? (size_t)(close - text) + 1 : n;
    }
    while (length < n && !strchr(" \t\r;=", text[length]))
        length++;
    return length;
}

/* "  fit dnn epoch=3" and "          ^~~~~"; a long line is shown from where the
 * mark has room.  at: the cells before the line where it already stands right
 * above; -1: it does not, so it is written too. */
static void mark(const char *line, size_t n, int column, int at, int width, struct strbuf *out)
{
    size_t before = (size_t)column - 1 < n ? (size_t)column - 1 : n;
    size_t length = word_length(line + before, n - before);
    char *prefix = utf8_visible(line, before, ""),
         *rest = utf8_visible(line + before, n - before, "");
    char *word = utf8_visible(line + before, length, "");
    const char *from = prefix;
    int room = width > 20 ? width - 2 : 78, left;
    while (at < 0 && utf8_width(from) > room * 2 / 3) {
        size_t step = utf8_prefix(from, room / 2);
        from += step > 0 ? step : strlen(from);
    }
    if (from > prefix)
        from += strspn(from, " ;");
    left = utf8_width(from);
    if (at < 0) {
        strbuf_puts(out, "  ");
        strbuf_puts(out, from);
        strbuf_add(out, rest, utf8_prefix(rest, room - left));
        strbuf_putc(out, '\n');
    }
    strbuf_fill(out, ' ', (size_t)(left + (at < 0 ? 2 : at)));
    strbuf_putc(out, '^');
    int tail = utf8_width(word) - 1, most = room - left - 1;
    tail = tail < most ? tail : most;
    strbuf_fill(out, '~', tail > 0 ? (size_t)tail : 0);
    strbuf_putc(out, '\n');
    free(prefix);
    free(rest);
    free(word);
}

/* Is the line on the screen, unbroken and right above? */
static bool stands_above(const struct running *now, const struct output *out)
{
    return now->prompt && out->echoed > 0 && !strpbrk(now->lines, "\n\t") &&
           out->echoed + utf8_width(now->lines) <= out->width;
}

void report_error(const struct running *now, const struct err *err, struct output *out)
{
    if (out->mode == OUTPUT_JSON)
        return; /* output_end says it */
    struct strbuf text = {0}, marked = {0};
    char *message = utf8_visible(err->message, strlen(err->message), "");
    char *source = utf8_visible(now->source, strlen(now->source), "");
    int line, column;
    report_place(now, err, &line, &column);
    if (err->column > 0) {
        const char *from;
        size_t n;
        int byte = err->column;
        find_line(now->lines, &byte, &from, &n);
        mark(from, n, byte, stands_above(now, out) ? out->echoed : -1, out->width, &marked);
    }
    if (now->prompt)
        strbuf_puts(&text, strbuf_text(&marked));
    else if (now->numbered)
        strbuf_printf(&text, "%s:%d: ", source, line);
    else
        strbuf_printf(&text, "%s: ", source);
    strbuf_puts(&text, message);
    if (!now->prompt && marked.len)
        strbuf_printf(&text, "\n%s", marked.text);
    output_complain(out, "%s", strbuf_text(&text));
    free(message);
    free(source);
    strbuf_free(&text);
    strbuf_free(&marked);
}
