#include "csv_cells.h"

#include <string.h>

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

/* Fields into `cells` as far as there is room; returns how many there are, 0 when text follows the
 * closing quote of a field. */
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

char csv_find_separator(const char *text, size_t n)
{
    static const char separators[] = {',', '\t', ';', '|'};
    size_t count[sizeof separators] = {0}, blanks = 0;
    bool quoted = false;
    for (size_t i = 0; i < n; i++) {
        if (text[i] == '"')
            quoted = !quoted;
        for (size_t k = 0; k < sizeof separators && !quoted; k++)
            count[k] += text[i] == separators[k];
        blanks += !quoted && text[i] == ' ';
    }
    size_t best = 0;
    for (size_t k = 1; k < sizeof separators; k++)
        if (count[k] > count[best])
            best = k;
    return count[best] == 0 && blanks > 0 ? ' ' : separators[best];
}

/* Runs of blanks become one tab each, so that they can be split at. */
static size_t join_blanks(char *text, size_t n)
{
    size_t to = 0;
    bool quoted = false;
    for (size_t i = 0; i < n; i++) {
        if (text[i] == '"')
            quoted = !quoted;
        if (quoted || (text[i] != ' ' && text[i] != '\t'))
            text[to++] = text[i];
        else if (to > 0 && text[to - 1] != '\t')
            text[to++] = '\t';
    }
    if (to > 0 && text[to - 1] == '\t')
        to--;
    text[to] = '\0';
    return to;
}

size_t csv_split(char separator, char *text, size_t n, struct log_cell *cells, size_t room)
{
    if (separator != ' ')
        return split(text, n, separator, cells, room);
    return split(text, join_blanks(text, n), '\t', cells, room);
}

void csv_make_plain(const struct load_options *o, struct log_cell *cell)
{
    char decimal = o->decimal ? o->decimal : '.', to[64];
    size_t n = 0, points = 0;
    if (cell->n == 0 || cell->n >= sizeof to)
        return;
    for (size_t i = 0; i < cell->n; i++) {
        char c = cell->text[i];
        points += c == decimal;
        if (c == decimal)
            to[n++] = '.';
        else if (c >= '0' && c <= '9')
            to[n++] = c;
        else if ((c == '-' || c == '+') && i == 0)
            to[n++] = c;
        else if (!(o->thousands && c == o->thousands && points == 0 && i > 0))
            return;
    }
    if (points > 1)
        return;
    memcpy(cell->text, to, n);
    cell->text[n] = '\0';
    cell->n = n;
}
