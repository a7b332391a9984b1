#include "csv.h"

#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/utf8.h"

static enum lines_got refuse(const struct csv *csv, struct err *err, const char *why)
{
    err_set(err, ERR_DATA, "%s:%zu: %s", csv->lines.path, csv->line, why);
    return LINES_ERROR;
}

/* Does the text end inside a quoted field? */
static bool open_quote(const char *text, size_t n, char separator)
{
    bool quoted = false, start = true;
    for (size_t i = 0; i < n; i++) {
        if (quoted) {
            if (text[i] == '"' && i + 1 < n && text[i + 1] == '"')
                i++;
            else if (text[i] == '"')
                quoted = false;
        } else if (text[i] == '"' && start) {
            quoted = true;
            start = false;
        } else {
            start = text[i] == separator;
        }
    }
    return quoted;
}

/* Lines up to the one that closes the quote, joined. */
static enum lines_got join(struct csv *csv, char **text, size_t *n, struct err *err)
{
    size_t used = 0;
    for (;;) {
        if (used + *n + 2 > LINES_LIMIT)
            return refuse(csv, err, "a quote opened here is not closed within 1 MiB");
        csv->joined = mem_reserve(csv->joined, &csv->joined_capacity, used + *n + 2, 1);
        memcpy(csv->joined + used, *text, *n + 1);
        used += *n;
        if (!open_quote(csv->joined, used, csv->separator))
            break;
        csv->joined[used++] = '\n';
        enum lines_got got = lines_next(&csv->lines, text, n, err);
        if (got == LINES_END)
            return refuse(csv, err, "a quote opened here is never closed");
        if (got == LINES_ERROR)
            return got;
    }
    *text = csv->joined;
    *n = used;
    return LINES_LINE;
}

static enum lines_got record(struct csv *csv, char **text, size_t *n, struct err *err)
{
    enum lines_got got = lines_next(&csv->lines, text, n, err);
    if (got != LINES_LINE)
        return got;
    csv->line = csv->lines.line;
    if (memchr(*text, '"', *n) && open_quote(*text, *n, csv->separator))
        return join(csv, text, n, err);
    return LINES_LINE;
}

/* Unquotes in place; *at is behind the closing quote after.  False: text there. */
static bool unquote(char **at, const char *end, char separator, struct field *field)
{
    char *to = *at + 1, *from = to;
    field->text = to;
    while (from < end) {
        if (*from == '"') {
            if (from + 1 < end && from[1] == '"')
                from++;
            else
                break;
        }
        *to++ = *from++;
    }
    field->n = (size_t)(to - field->text);
    if (from < end)
        from++;
    while (from < end && *from == ' ' && *from != separator)
        from++;
    *at = from;
    bool fine = from == end || *from == separator;
    *to = '\0';
    return fine;
}

static void trim(struct field *field)
{
    while (field->n > 0 && (field->text[0] == ' ' || field->text[0] == '\t')) {
        field->text++;
        field->n--;
    }
    while (field->n > 0 && (field->text[field->n - 1] == ' ' || field->text[field->n - 1] == '\t'))
        field->n--;
    field->text[field->n] = '\0';
}

/* Fields into `fields` as far as there is room; returns how many there are, 0
 * when a quoted field goes on behind its quote. */
static size_t split(char *text, size_t n, char separator, struct field *fields, size_t room)
{
    char *at = text;
    const char *end = text + n;
    size_t count = 0;
    for (;;) {
        struct field field = {at, 0};
        if (at < end && *at == '"') {
            if (!unquote(&at, end, separator, &field))
                return 0;
        } else {
            while (at < end && *at != separator)
                at++;
            field.n = (size_t)(at - field.text);
        }
        bool last = at == end;
        field.text[field.n] = '\0';
        if (field.n > 0 && (field.text[0] <= ' ' || field.text[field.n - 1] <= ' '))
            trim(&field);
        if (count < room)
            fields[count] = field;
        count++;
        if (last)
            return count;
        at++;
    }
}

static char find_separator(const char *text, size_t n)
{
    size_t count[3] = {0};
    const char separators[3] = {',', '\t', ';'};
    bool quoted = false;
    for (size_t i = 0; i < n; i++) {
        if (text[i] == '"')
            quoted = !quoted;
        for (size_t k = 0; k < 3 && !quoted; k++)
            count[k] += text[i] == separators[k];
    }
    size_t best = 0;
    for (size_t k = 1; k < 3; k++)
        if (count[k] > count[best])
            best = k;
    return separators[best];
}

static bool read_header(struct csv *csv, struct err *err)
{
    char *text;
    size_t n;
    enum lines_got got;
    csv->separator = ',';
    do {
        got = record(csv, &text, &n, err);
    } while (got == LINES_LINE && strspn(text, " \t") == n);
    if (got == LINES_ERROR)
        return false;
    if (got == LINES_END)
        return err_set(err, ERR_DATA,
                       "%s:1: the file is empty; a log begins with a line of "
                       "column names",
                       csv->lines.path);
    if (memchr(text, '\r', n))
        return err_set(err, ERR_DATA,
                       "%s:%zu: lines end in CR alone; save the file with LF or "
                       "CRLF",
                       csv->lines.path, csv->line);
    csv->separator = find_separator(text, n);
    size_t room = n + 1;
    csv->fields = mem_new(room, sizeof *csv->fields);
    csv->n_columns = split(text, n, csv->separator, csv->fields, room);
    if (csv->n_columns == 0)
        return refuse(csv, err, "text follows a closing quote") != LINES_ERROR;
    csv->columns = mem_new(csv->n_columns, sizeof *csv->columns);
    for (size_t i = 0; i < csv->n_columns; i++)
        csv->columns[i] = utf8_clean(csv->fields[i].text, csv->fields[i].n);
    return true;
}

bool csv_open(struct csv *csv, const char *path, const atomic_bool *cancel, struct err *err)
{
    *csv = (struct csv){0};
    if (!lines_open(&csv->lines, path, cancel, err))
        return false;
    if (!read_header(csv, err)) {
        csv_close(csv);
        return false;
    }
    return true;
}

enum lines_got csv_next(struct csv *csv, struct err *err)
{
    char *text;
    size_t n;
    do {
        enum lines_got got = record(csv, &text, &n, err);
        if (got != LINES_LINE)
            return got;
    } while (n == 0 || (*text == ' ' && strspn(text, " ") == n));
    size_t count = split(text, n, csv->separator, csv->fields, csv->n_columns);
    if (count == csv->n_columns)
        return LINES_LINE;
    if (count == 0)
        return refuse(csv, err, "text follows a closing quote");
    err_set(err, ERR_DATA, "%s:%zu: %zu field%s, but the header names %zu columns", csv->lines.path,
            csv->line, count, count == 1 ? "" : "s", csv->n_columns);
    return LINES_ERROR;
}

void csv_close(struct csv *csv)
{
    for (size_t i = 0; csv->columns && i < csv->n_columns; i++)
        free(csv->columns[i]);
    free(csv->columns);
    free(csv->fields);
    free(csv->joined);
    lines_close(&csv->lines);
    *csv = (struct csv){0};
}
