#include "csv.h"

#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/utf8.h"
#include "lines.h"

struct csv {
    struct log_source *source;
    struct lines lines;
    char separator;
    char *joined; /* a record that spans lines */
    size_t joined_capacity;
};

static enum lines_got refuse(const struct csv *csv, struct err *err, const char *why)
{
    source_refuse(csv->source, err, "%s", why);
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
    csv->source->row = csv->lines.line;
    if (memchr(*text, '"', *n) && open_quote(*text, *n, csv->separator))
        return join(csv, text, n, err);
    return LINES_LINE;
}

/* Unquotes in place; *at is behind the closing quote after.  False: text there. */
static bool unquote(char **at, const char *end, char separator, struct log_cell *cell)
{
    char *to = *at + 1, *from = to;
    cell->text = to;
    while (from < end) {
        if (*from == '"') {
            if (from + 1 < end && from[1] == '"')
                from++;
            else
                break;
        }
        *to++ = *from++;
    }
    cell->n = (size_t)(to - cell->text);
    if (from < end)
        from++;
    while (from < end && *from == ' ' && *from != separator)
        from++;
    *at = from;
    bool fine = from == end || *from == separator;
    *to = '\0';
    return fine;
}

static void trim(struct log_cell *cell)
{
    while (cell->n > 0 && (cell->text[0] == ' ' || cell->text[0] == '\t')) {
        cell->text++;
        cell->n--;
    }
    while (cell->n > 0 && (cell->text[cell->n - 1] == ' ' || cell->text[cell->n - 1] == '\t'))
        cell->n--;
    cell->text[cell->n] = '\0';
}

/* Fields into `cells` as far as there is room; returns how many there are, 0
 * when a quoted field goes on behind its quote. */
static size_t split(char *text, size_t n, char separator, struct log_cell *cells, size_t room)
{
    char *at = text;
    const char *end = text + n;
    size_t count = 0;
    for (;;) {
        struct log_cell cell;
        cell.text = at;
        cell.n = 0;
        if (at < end && *at == '"') {
            if (!unquote(&at, end, separator, &cell))
                return 0;
        } else {
            while (at < end && *at != separator)
                at++;
            cell.n = (size_t)(at - cell.text);
        }
        bool last = at == end;
        cell.text[cell.n] = '\0';
        if (cell.n > 0 && (cell.text[0] <= ' ' || cell.text[cell.n - 1] <= ' '))
            trim(&cell);
        if (count < room) {
            cells[count].text = cell.text;
            cells[count].n = cell.n;
        }
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

static void name_columns(struct log_source *source, const struct log_cell *names, size_t n)
{
    source->n_columns = n;
    source->columns = mem_new(n, sizeof *source->columns);
    for (size_t i = 0; i < n; i++)
        source->columns[i].name = utf8_clean(names[i].text, names[i].n);
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
                       "%s:1: the file is empty; a log begins with a line of column names",
                       csv->lines.path);
    if (memchr(text, '\r', n))
        return source_refuse(csv->source, err,
                             "lines end in CR alone; save the file with LF or CRLF");
    csv->separator = find_separator(text, n);
    size_t room = n + 1;
    struct log_cell *names = mem_new(room, sizeof *names);
    size_t n_names = split(text, n, csv->separator, names, room);
    if (n_names > 0)
        name_columns(csv->source, names, n_names);
    free(names);
    return n_names > 0 || refuse(csv, err, "text follows a closing quote") != LINES_ERROR;
}

/* Whatever no other format knows. */
bool csv_sniff(const unsigned char *head, size_t n)
{
    (void)head;
    (void)n;
    return true;
}

bool csv_open(struct log_source *source, struct err *err)
{
    struct csv *csv = mem_new(1, sizeof *csv);
    source->state = csv;
    csv->source = source;
    lines_start(&csv->lines, source->in, source->path);
    if (!read_header(csv, err))
        return false;
    source->note = csv->separator == '\t'  ? "separator=tab"
                   : csv->separator == ';' ? "separator=semicolon"
                                           : NULL;
    return true;
}

enum log_got csv_next(struct log_source *source, struct err *err)
{
    struct csv *csv = source->state;
    char *text;
    size_t n;
    do {
        enum lines_got got = record(csv, &text, &n, err);
        if (got != LINES_LINE)
            return got == LINES_END ? LOG_END : LOG_ERROR;
    } while (n == 0 || (*text == ' ' && strspn(text, " ") == n));
    size_t count = split(text, n, csv->separator, source->cells, source->n_columns);
    if (count == source->n_columns)
        return LOG_ROW;
    if (count == 0)
        refuse(csv, err, "text follows a closing quote");
    else
        source_refuse(source, err, "%zu field%s, but the header names %zu columns", count,
                      count == 1 ? "" : "s", source->n_columns);
    return LOG_ERROR;
}

void csv_close(struct log_source *source)
{
    struct csv *csv = source->state;
    if (!csv)
        return;
    lines_stop(&csv->lines);
    free(csv->joined);
    free(csv);
}
