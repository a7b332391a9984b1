/* A table as aligned text. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/number.h"
#include "deltaw/base/table.h"
#include "deltaw/base/utf8.h"

enum { GAP = 2, TEXT_LEAST = 8, DIGITS = 4 };

/* How a column will be laid out. */
struct column_layout {
    char **texts; /* [1 + n_rows]: the heading and the cells, safe to print */
    bool right;
    int rank;
    int cells, width; /* of the widest cell; of the column */
};

char *table_heading(const struct column *column)
{
    const char *text = column->heading ? column->heading : column->name;
    char *words = utf8_visible(text, strlen(text), "");
    for (char *c = words; !column->heading && *c; c++)
        *c = *c == '_' ? ' ' : *c;
    return words;
}

/* As many digits as the second one of the error needs. */
static char *measured_words(double value, double error)
{
    char v[NUMBER_SIZE], e[NUMBER_SIZE];
    if (isnan(error) || error <= 0)
        return mem_printf("%s%s", number_format(v, value, DIGITS), error == 0 ? " held" : "");
    int digits = 1 - (int)floor(log10(error));
    digits = digits < 0 ? 0 : digits > 12 ? 12 : digits;
    return mem_printf("%s +- %s", number_fixed(v, value, digits, false),
                      number_fixed(e, error, digits, false));
}

/* Numbers stand on the right. */
static bool is_right(const struct column *column)
{
    return column->type != COLUMN_TEXT && column->type != COLUMN_FLAG &&
           column->type != COLUMN_MEASURED;
}

char *table_cell_words(const struct column *column, const struct table_cell *cell)
{
    char buf[NUMBER_SIZE];
    double value = cell->number;
    if (column->type == COLUMN_TEXT)
        return utf8_visible(cell->text ? cell->text : "", cell->text ? strlen(cell->text) : 0, "");
    if (column->type == COLUMN_FLAG)
        return mem_text(value == 1 ? "*" : "");
    if (isnan(value))
        return mem_text("-");
    if (column->type == COLUMN_MEASURED)
        return measured_words(value, cell[1].number);
    if (column->bracketed)
        return mem_printf("(%s)", number_grouped(buf, llround(value)));
    if (column->type == COLUMN_SECONDS)
        return mem_text(number_duration(buf, value));
    if (column->type == COLUMN_COUNT && fabs(value) < 1e15)
        return mem_text(number_grouped(buf, llround(value)));
    if (column->type == COLUMN_FIXED || column->type == COLUMN_SIGNED)
        return mem_text(number_fixed(buf, value, column->digits, column->type == COLUMN_SIGNED));
    return mem_text(number_format(buf, value, column->digits > 0 ? column->digits : DIGITS));
}

bool table_seen(const struct table *t, size_t column, enum column_seen where)
{
    const struct column *c = &t->columns[column];
    bool any = !c->optional || where == SEEN_DATA;
    for (size_t i = 0; i < t->n_rows && !any; i++) {
        const struct table_cell *cell = &t->cells[i * t->n_columns + column];
        any = c->type == COLUMN_TEXT ? cell->text && *cell->text : !isnan(cell->number);
    }
    return any && (!c->seen || c->seen & where);
}

/* Is the text that of the row above, which is enough for people? */
static bool is_again(const struct table *t, size_t row, size_t column)
{
    const struct table_cell *cell = &t->cells[row * t->n_columns + column];
    return t->columns[column].once && row > 0 && cell->text &&
           strcmp(cell->text, cell[-(long)t->n_columns].text) == 0;
}

/* Of the columns that are seen; *n: how many. */
static struct column_layout *measure(const struct table *t, size_t *n)
{
    struct column_layout *layouts = mem_new(t->n_columns, sizeof *layouts);
    *n = 0;
    for (size_t j = 0; j < t->n_columns; j++) {
        if (!table_seen(t, j, SEEN_TEXT))
            continue;
        struct column_layout *s = &layouts[(*n)++];
        s->right = is_right(&t->columns[j]);
        s->rank = t->columns[j].rank;
        s->texts = mem_new(1 + t->n_rows, sizeof *s->texts);
        s->texts[0] = table_heading(&t->columns[j]);
        for (size_t i = 0; i < t->n_rows; i++) {
            s->texts[1 + i] = is_again(t, i, j) ? mem_text("")
                                                : table_cell_words(&t->columns[j],
                                                                   &t->cells[i * t->n_columns + j]);
            int w = utf8_width(s->texts[1 + i]);
            s->cells = w > s->cells ? w : s->cells;
        }
        int name = utf8_width(s->texts[0]);
        s->width = name > s->cells ? name : s->cells;
    }
    return layouts;
}

static int total(const struct column_layout *layouts, size_t n)
{
    int width = n ? GAP * ((int)n - 1) : 0;
    for (size_t j = 0; j < n; j++)
        width += layouts[j].width;
    return width;
}

/* Takes cells from the widest text columns (or the names of numbers), one by
 * one, none below `least`. */
static void shrink(struct column_layout *layouts, size_t n, int width, bool numbers, int least)
{
    for (int excess = total(layouts, n) - width; excess > 0; excess--) {
        struct column_layout *widest = NULL;
        for (size_t j = 0; j < n; j++) {
            struct column_layout *s = &layouts[j];
            int floor = s->right && s->cells > least ? s->cells : least;
            if (s->right == numbers && s->width > floor && (!widest || s->width > widest->width))
                widest = s;
        }
        if (!widest)
            return;
        widest->width--;
    }
}

/* Leaves out what may be, the highest rank first, while it is too wide. */
static size_t leave_out(struct column_layout *layouts, size_t n, int width)
{
    while (total(layouts, n) > width) {
        size_t worst = 0;
        for (size_t j = 1; j < n; j++)
            worst = layouts[j].rank > layouts[worst].rank ? j : worst;
        if (layouts[worst].rank == 0)
            break;
        struct column_layout out = layouts[worst]; /* kept behind, to be freed */
        memmove(&layouts[worst], &layouts[worst + 1], (n - worst - 1) * sizeof *layouts);
        layouts[--n] = out;
    }
    return n;
}

/* How many columns fit, of *all, which loses those left out by rank; a mark stands for the
 * others that do not fit. */
static size_t fit(struct column_layout *layouts, size_t *all, int width)
{
    size_t n = *all = leave_out(layouts, *all, width);
    shrink(layouts, n, width, false, TEXT_LEAST);
    shrink(layouts, n, width, true, 3);
    shrink(layouts, n, width, false, 3);
    if (total(layouts, n) <= width)
        return n;
    while (n > 1 && total(layouts, n) + GAP + 1 > width)
        n--;
    if (layouts[0].width > width)
        layouts[0].width = width;
    return n;
}

static void put(struct strbuf *out, const char *text, int width, bool right)
{
    int w = utf8_width(text);
    if (w > width) {
        size_t n = utf8_prefix(text, width - 1);
        char *head = mem_text_n(text, n);
        int room = width - 1 - utf8_width(head);
        strbuf_puts(out, head);
        strbuf_puts(out, "…");
        strbuf_fill(out, ' ', (size_t)room); /* half of a wide character */
        free(head);
        return;
    }
    if (right)
        strbuf_fill(out, ' ', (size_t)(width - w));
    strbuf_puts(out, text);
    if (!right)
        strbuf_fill(out, ' ', (size_t)(width - w));
}

static void end_line(struct strbuf *out, bool more)
{
    if (more)
        strbuf_puts(out, "  …");
    size_t n = out->len;
    while (n && out->text[n - 1] == ' ')
        n--;
    strbuf_cut(out, n);
    strbuf_putc(out, '\n');
}

void table_print(const struct table *t, int width, struct strbuf *out)
{
    size_t all, of;
    struct column_layout *layouts = measure(t, &all);
    size_t n = all;
    of = all;
    if (width > 0)
        n = fit(layouts, &of, width);
    bool more = n < of && total(layouts, n) + GAP + 1 <= width;
    for (size_t i = 0; i <= t->n_rows; i++) {
        for (size_t j = 0; j < n; j++) {
            if (j)
                strbuf_fill(out, ' ', GAP);
            put(out, layouts[j].texts[i], layouts[j].width, layouts[j].right);
        }
        end_line(out, more);
    }
    for (size_t j = 0; j < all; j++) {
        for (size_t i = 0; i <= t->n_rows; i++)
            free(layouts[j].texts[i]);
        free(layouts[j].texts);
    }
    free(layouts);
}
