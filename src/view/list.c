#include "list.h"

#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/utf8.h"
#include "deltaw/draw/palette.h"
#include "deltaw/view/view.h"

enum { GAP = 2, MARGIN = 2, BAR_LEAST = 8, BAR_MOST = 40, NAME_LEAST = 6 };

void list_clear(struct list *list, const struct list_column *columns, size_t n_columns)
{
    for (size_t i = 0; i < list->n_rows * list->n_columns; i++)
        free(list->cell[i]);
    free(list->cell);
    free(list->colour);
    list->cell = NULL;
    list->colour = NULL;
    list->n_rows = 0;
    list->columns = columns;
    list->n_columns = n_columns;
}

void list_free(struct list *list)
{
    list_clear(list, NULL, 0);
    free(list->at);
    list->at = NULL;
}

size_t list_row(struct list *list, int colour)
{
    size_t row = list->n_rows++, n = list->n_columns;
    list->cell = mem_resize(list->cell, list->n_rows * n, sizeof *list->cell);
    list->colour = mem_resize(list->colour, list->n_rows, sizeof *list->colour);
    list->colour[row] = colour;
    for (size_t i = 0; i < n; i++)
        list->cell[row * n + i] = mem_text("");
    return row;
}

void list_set(struct list *list, size_t row, size_t column, char *text)
{
    char **cell = &list->cell[row * list->n_columns + column];
    free(*cell);
    *cell = text;
}

size_t list_cursor(const struct list *list, size_t fallback)
{
    for (size_t i = 0; list->at && i < list->n_rows; i++)
        if (strcmp(list->cell[i * list->n_columns], list->at) == 0)
            return i;
    return fallback < list->n_rows ? fallback : 0;
}

bool list_key(const struct list *list, size_t fallback, const char *view, const char *key,
              struct strbuf *command)
{
    size_t before = list_cursor(list, fallback), now = before;
    size_t last = list->n_rows ? list->n_rows - 1 : 0;
    if (strcmp(key, "up") == 0)
        now -= now > 0;
    else if (strcmp(key, "down") == 0)
        now += now < last;
    else if (strcmp(key, "home") == 0)
        now = 0;
    else if (strcmp(key, "end") == 0)
        now = last;
    else
        return false;
    if (now != before) {
        strbuf_printf(command, "%s row=", view);
        args_word(list->cell[now * list->n_columns], command);
    }
    return true;
}

void list_go(struct list *list, const char *name)
{
    char *copy = name ? mem_text(name) : NULL;
    free(list->at);
    list->at = copy;
}

/* --- the picture ------------------------------------------------------------------ */

struct widths {
    int of[LIST_COLUMNS]; /* 0: left out */
    int all;
};

static int column_width(const struct list *list, size_t column)
{
    const struct list_column *c = &list->columns[column];
    int width = utf8_width(c->name);
    bool any = column == 0;
    for (size_t row = 0; row < list->n_rows; row++) {
        int cell = utf8_width(list->cell[row * list->n_columns + column]);
        any = any || cell > 0;
        width = !c->bar && cell > width ? cell : width;
    }
    return !any ? 0 : c->bar ? BAR_LEAST : width;
}

static int total(const struct widths *w, size_t n)
{
    int all = -GAP;
    for (size_t i = 0; i < n; i++)
        all += w->of[i] > 0 ? w->of[i] + GAP : 0;
    return all;
}

/* Columns without cells are left out, then those of the highest rank; the name is cut last.
 * A bar takes the room that is left. */
static void fit_widths(const struct list *list, int room, struct widths *w)
{
    size_t n = list->n_columns, bar = n;
    for (size_t i = 0; i < n; i++) {
        w->of[i] = column_width(list, i);
        bar = list->columns[i].bar ? i : bar;
    }
    while (total(w, n) > room) {
        size_t worst = 0;
        for (size_t i = 1; i < n; i++)
            if (w->of[i] > 0 && list->columns[i].rank > list->columns[worst].rank)
                worst = i;
        if (list->columns[worst].rank == 0) {
            int over = total(w, n) - room;
            w->of[0] = w->of[0] - over > NAME_LEAST ? w->of[0] - over : NAME_LEAST;
            break;
        }
        w->of[worst] = 0;
    }
    if (bar < n && w->of[bar] > 0) {
        int most = w->of[bar] + room - total(w, n);
        w->of[bar] = most < BAR_MOST ? most : BAR_MOST;
    }
    w->all = total(w, n);
}

/* Eighths of a cell; in ASCII whole ones. */
static void draw_bar(struct canvas *canvas, int x, int y, int width, double share, int foreground,
                     const struct style *style)
{
    share = share < 0 ? 0 : share > 1 ? 1 : share;
    int eighths = (int)(share * width * 8 + .5);
    for (int i = 0; i < width; i++) {
        int here = eighths - i * 8;
        uint32_t full = style->ascii ? '#' : 0x2588, none = style->ascii ? '.' : 0xb7;
        uint32_t part = style->ascii ? (here >= 4 ? '#' : '.') : 0x2590 - (uint32_t)here;
        bool empty = here <= 0;
        canvas_put(canvas, x + i, y,
                   here >= 8 ? full
                   : empty   ? none
                             : part,
                   empty ? COLOUR_DEFAULT : foreground, COLOUR_DEFAULT, empty ? CELL_DIM : 0);
    }
}

static void draw_row(const struct list *list, const struct widths *w, size_t row, bool here,
                     struct canvas *canvas, struct rect area, int y, const struct style *style)
{
    int x = area.x + MARGIN, right = area.x + area.width;
    unsigned attributes = here && style->colours > 0 ? CELL_BOLD : 0;
    int foreground =
        list->colour[row] < 0 ? COLOUR_DEFAULT : palette_curve(list->colour[row], style);
    if (here) {
        canvas_put(canvas, area.x, y, style->ascii ? '>' : 0x25b8, COLOUR_DEFAULT, COLOUR_DEFAULT,
                   CELL_BOLD);
    }
    for (size_t i = 0; i < list->n_columns; i++) {
        const struct list_column *c = &list->columns[i];
        const char *text = list->cell[row * list->n_columns + i];
        if (w->of[i] == 0)
            continue;
        if (c->bar && *text) {
            draw_bar(canvas, x, y, w->of[i], strtod(text, NULL), foreground, style);
        } else {
            int used = utf8_width(text), pad = c->right && used < w->of[i] ? w->of[i] - used : 0;
            int room = w->of[i] - pad < right - x - pad ? w->of[i] - pad : right - x - pad;
            canvas_text(canvas, x + pad, y, room, text, i == 0 ? foreground : COLOUR_DEFAULT,
                        attributes, style);
        }
        x += w->of[i] + GAP;
    }
}

static void draw_heads(const struct list *list, const struct widths *w, struct canvas *canvas,
                       struct rect area, const struct style *style)
{
    int x = area.x + MARGIN;
    unsigned attributes = style->colours > 0 ? CELL_DIM : 0;
    for (size_t i = 0; i < list->n_columns; i++) {
        const struct list_column *c = &list->columns[i];
        int used = utf8_width(c->name), pad = c->right && used < w->of[i] ? w->of[i] - used : 0;
        if (w->of[i] > 0) {
            int left = area.x + area.width - x - pad;
            canvas_text(canvas, x + pad, area.y, w->of[i] - pad < left ? w->of[i] - pad : left,
                        c->name, COLOUR_DEFAULT, attributes, style);
            x += w->of[i] + GAP;
        }
    }
}

void list_draw(struct list *list, size_t cursor, struct canvas *canvas, struct rect area,
               const struct style *style)
{
    struct widths w = {0};
    bool heads = area.height >= 3;
    size_t rows = (size_t)(area.height - heads);
    fit_widths(list, area.width - MARGIN, &w);
    if (heads)
        draw_heads(list, &w, canvas, area, style);
    if (list->top + rows > list->n_rows) /* no blank rows while others are hidden */
        list->top = list->n_rows > rows ? list->n_rows - rows : 0;
    list->top = cursor < list->top ? cursor : list->top;
    list->top = cursor >= list->top + rows ? cursor + 1 - rows : list->top;
    for (size_t i = 0; i < rows && list->top + i < list->n_rows; i++) {
        draw_row(list, &w, list->top + i, list->top + i == cursor, canvas, area,
                 area.y + heads + (int)i, style);
    }
}
