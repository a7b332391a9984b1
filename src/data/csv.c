#include "csv.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/utf8.h"
#include "csv_cells.h"
#include "lines.h"

struct csv {
    struct log_source *source;
    struct lines lines;
    char separator, told; /* told: by a line "sep=;" */
    char *joined;         /* a record that spans lines */
    size_t joined_capacity;
    char *first; /* without a header: the first row, from which the number of columns is known */
    size_t first_n;
    bool numbers;             /* decimal= or thousands= must be turned into plain numbers */
    char *header;             /* its line */
    bool started;             /* a row has been read */
    size_t header_n, n_again; /* how often it came again */
    enum { EVEN, TAIL, ROW_NAMES } more; /* what rows have that the header has not */
};

static enum lines_got refuse(const struct csv *csv, struct err *err, const char *why)
{
    source_refuse(csv->source, err, "%s", why);
    return LINES_ERROR;
}

/* Does the text end inside a quoted field?  quoted: it begins inside of one. */
static bool open_quote(const char *text, size_t n, char separator, bool quoted)
{
    bool start = true;
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
        bool open = open_quote(*text, *n, csv->separator, used > 0);
        used += *n;
        if (!open)
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
    if (memchr(*text, '"', *n) && open_quote(*text, *n, csv->separator, false))
        return join(csv, text, n, err);
    return LINES_LINE;
}

static bool is_comment(const struct csv *csv, const char *text, bool before_header)
{
    const char *mark = csv->source->options->comment;
    if (!mark)
        mark = before_header ? "#" : "";
    return *mark && strncmp(text, mark, strlen(mark)) == 0;
}

/* The line of the header, or without one the first row; skips comments and lines to be skipped. */
static enum lines_got find_header(struct csv *csv, char **text, size_t *n, struct err *err)
{
    const struct load_options *o = csv->source->options;
    size_t comments = 0;
    enum lines_got got;
    for (size_t i = 0; i < o->skip; i++) {
        got = lines_next(&csv->lines, text, n, err);
        if (got != LINES_LINE)
            return got;
    }
    for (;;) {
        got = record(csv, text, n, err);
        if (got != LINES_LINE)
            return got;
        if (*n == 5 && strncasecmp(*text, "sep=", 4) == 0) { /* Excel's word to itself */
            csv->told = (*text)[4];
            continue;
        }
        bool comment = is_comment(csv, *text, true);
        if (!comment && strspn(*text, " \t") < *n)
            break;
        comments += comment;
    }
    if (comments)
        strbuf_printf(&csv->source->odd,
                      "%zu line%s that begin%s with %s before the header %s skipped\n", comments,
                      comments == 1 ? "" : "s", comments == 1 ? "s" : "",
                      o->comment ? o->comment : "#", comments == 1 ? "was" : "were");
    return got;
}

static void name_columns(struct log_source *source, const struct log_cell *names, size_t n)
{
    source->n_columns = n;
    source->columns = mem_new(n, sizeof *source->columns);
    for (size_t i = 0; i < n; i++)
        source->columns[i].name = source->options->no_header
                                      ? mem_printf("%zu", i + 1)
                                      : utf8_visible(names[i].text, names[i].n, "");
}

static bool read_header(struct csv *csv, struct err *err)
{
    const struct load_options *o = csv->source->options;
    char *text;
    size_t n;
    csv->separator = ',';
    enum lines_got got = find_header(csv, &text, &n, err);
    if (got == LINES_ERROR)
        return false;
    if (got == LINES_END)
        return err_set(err, ERR_DATA,
                       "%s:1: the file is empty; a log begins with a line of column names",
                       csv->lines.path);
    if (memchr(text, '\r', n))
        return source_refuse(csv->source, err,
                             "lines end in CR alone; save the file with LF or CRLF");
    csv->separator = o->separator ? o->separator
                     : csv->told  ? csv->told
                                  : csv_find_separator(text, n);
    if (!o->no_header) {
        csv->header = mem_copy(text, n + 1, 1);
        csv->header_n = n;
    } else {
        csv->first = mem_copy(text, n + 1, 1);
        csv->first_n = n;
    }
    size_t room = n + 1;
    struct log_cell *names = mem_new(room, sizeof *names);
    size_t n_names = csv_split(csv->separator, text, n, names, room);
    if (n_names > 0)
        name_columns(csv->source, names, n_names);
    free(names);
    return n_names > 0 || refuse(csv, err, "text follows a closing quote") != LINES_ERROR;
}

/* Takes whatever no other format recognises. */
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
                   : csv->separator == ' ' ? "separator=blanks"
                   : csv->separator == '|' ? "separator=|"
                                           : NULL;
    csv->numbers = source->options->decimal || source->options->thousands;
    return true;
}

/* The next line with a record. */
static enum lines_got next_record(struct csv *csv, char **text, size_t *n, struct err *err)
{
    if (csv->first) {
        free(csv->joined);
        csv->joined = *text = csv->first;
        *n = csv->first_n;
        csv->joined_capacity = csv->first_n + 1;
        csv->first = NULL;
        return LINES_LINE;
    }
    for (;;) {
        enum lines_got got = record(csv, text, n, err);
        if (got != LINES_LINE)
            return got;
        if (csv->lines.unended && csv->source->options->growing)
            return LINES_END;
        if (*n == 0 || (**text == ' ' && strspn(*text, " ") == *n))
            continue;
        if (*n == csv->header_n && csv->header && memcmp(*text, csv->header, *n) == 0)
            csv->n_again++; /* files were put one behind the other */
        else if (!csv->source->options->comment || !is_comment(csv, *text, false))
            return got;
    }
}

/* A first row with one field more than the header: a separator at its end, or, as R writes
 * them, names of rows in front: in quotes where commas part the fields, else a decimal comma
 * would make a row of 1,0,5 one. */
static void look_for_more(struct csv *csv, const struct log_cell *cells, size_t count, bool quoted)
{
    struct log_source *source = csv->source;
    if (count != source->n_columns + 1)
        return;
    if (cells[count - 1].n == 0) {
        csv->more = TAIL;
    } else if (strcmp(cells[0].text, "1") == 0 && (quoted || csv->separator != ',')) {
        csv->more = ROW_NAMES;
        strbuf_puts(&source->odd, "the first column has no name: taken for numbers of rows, as R "
                                  "writes them\n");
    }
}

/* Those fields that have a column go into the cells.  False: *n_fields, how many there are, is
 * not what the header says. */
static bool split_row(struct csv *csv, char *text, size_t n, size_t *n_fields)
{
    struct log_source *source = csv->source;
    size_t room = source->n_columns + 1;
    if (csv->started && csv->more == EVEN) {
        *n_fields = csv_split(csv->separator, text, n, source->cells, source->n_columns);
        return *n_fields == source->n_columns;
    }
    struct log_cell *cells = mem_new(room, sizeof *cells);
    bool quoted = *text == '"'; /* splitting takes quotes off */
    size_t count = csv_split(csv->separator, text, n, cells, room);
    if (!csv->started)
        look_for_more(csv, cells, count, quoted);
    csv->started = true;
    bool whole = count == room && (csv->more == ROW_NAMES || cells[room - 1].n == 0);
    size_t from = csv->more == ROW_NAMES;
    memcpy(source->cells, cells + from, source->n_columns * sizeof *cells);
    free(cells);
    *n_fields = count;
    return csv->more == EVEN ? count == source->n_columns
                             : whole || (csv->more == TAIL && count == source->n_columns);
}

static void refuse_count(const struct csv *csv, const char *text, size_t count, struct err *err)
{
    if (count == 0)
        refuse(csv, err, "text follows a closing quote");
    else
        source_refuse(csv->source, err, "%zu field%s, but the header names %zu columns%s%s", count,
                      count == 1 ? "" : "s", csv->source->n_columns,
                      csv->more == ROW_NAMES ? ", and rows before have their number in front" : "",
                      *text == '#' || *text == '%' ? "; comment= says what comments begin with"
                                                   : "");
}

enum log_got csv_next(struct log_source *source, struct err *err)
{
    struct csv *csv = source->state;
    char *text;
    size_t n;
    enum lines_got got = next_record(csv, &text, &n, err);
    if (got == LINES_END && csv->n_again)
        strbuf_printf(&source->odd, "the header comes again in %zu line%s, which are no rows\n",
                      csv->n_again, csv->n_again == 1 ? "" : "s");
    if (got != LINES_LINE)
        return got == LINES_END ? LOG_END : LOG_ERROR;
    size_t count;
    if (!split_row(csv, text, n, &count)) {
        refuse_count(csv, text, count, err);
        return LOG_ERROR;
    }
    for (size_t i = 0; csv->numbers && i < source->n_columns; i++)
        csv_make_plain(source->options, &source->cells[i]);
    return LOG_ROW;
}

void csv_close(struct log_source *source)
{
    struct csv *csv = source->state;
    if (!csv)
        return;
    lines_stop(&csv->lines);
    free(csv->joined);
    free(csv->first);
    free(csv->header);
    free(csv);
}
