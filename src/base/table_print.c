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
    char **texts; /* [1 + n_rows]: the name and the cells, safe to print */
    bool right;
    int cells, width; /* of the widest cell; of the column */
};

static char *cell_text(const struct table_column *column, const struct table_cell *cell)
{
    char buf[NUMBER_SIZE];
    if (column->type == COLUMN_TEXT)
        return utf8_visible(cell->text ? cell->text : "", cell->text ? strlen(cell->text) : 0, "");
    if (isnan(cell->number))
        return mem_text("-");
    if (column->type == COLUMN_COUNT && fabs(cell->number) < 1e15)
        return mem_text(number_grouped(buf, llround(cell->number)));
    return mem_text(number_format(buf, cell->number, column->digits > 0 ? column->digits : DIGITS));
}

static struct column_layout *measure(const struct table *t)
{
    struct column_layout *layouts = mem_new(t->n_columns, sizeof *layouts);
    for (size_t j = 0; j < t->n_columns; j++) {
        struct column_layout *s = &layouts[j];
        s->right = t->columns[j].type != COLUMN_TEXT;
        s->texts = mem_new(1 + t->n_rows, sizeof *s->texts);
        s->texts[0] = utf8_visible(t->columns[j].name, strlen(t->columns[j].name), "");
        for (size_t i = 0; i < t->n_rows; i++) {
            s->texts[1 + i] = cell_text(&t->columns[j], &t->cells[i * t->n_columns + j]);
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

/* How many columns fit; a mark stands for those that do not. */
static size_t fit(struct column_layout *layouts, size_t n, int width)
{
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
    struct column_layout *layouts = measure(t);
    size_t n = width > 0 ? fit(layouts, t->n_columns, width) : t->n_columns;
    bool more = n < t->n_columns && total(layouts, n) + GAP + 1 <= width;
    for (size_t i = 0; i <= t->n_rows; i++) {
        for (size_t j = 0; j < n; j++) {
            if (j)
                strbuf_fill(out, ' ', GAP);
            put(out, layouts[j].texts[i], layouts[j].width, layouts[j].right);
        }
        end_line(out, more);
    }
    for (size_t j = 0; j < t->n_columns; j++) {
        for (size_t i = 0; i <= t->n_rows; i++)
            free(layouts[j].texts[i]);
        free(layouts[j].texts);
    }
    free(layouts);
}
