#include "list.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/utf8.h"
#include "deltaw/draw/palette.h"
#include "deltaw/view/view.h"

enum { GAP = 2, MARGIN = 2, BAR_LEAST = 8, BAR_MOST = 40, NAME_LEAST = 6 };

void list_clear(struct list *list)
{
    table_free(&list->table);
    free(list->colour);
    list->colour = NULL;
}

void list_free(struct list *list)
{
    list_clear(list);
    free(list->at);
    list->at = NULL;
}

void list_colour(struct list *list, int colour)
{
    size_t n = list->table.n_rows;
    list->colour = mem_resize(list->colour, n, sizeof *list->colour);
    list->colour[n - 1] = colour;
}

static const struct table_cell *cell_at(const struct list *list, size_t row, size_t column)
{
    return &list->table.cells[row * list->table.n_columns + column];
}

const char *list_name(const struct list *list, size_t row)
{
    return cell_at(list, row, 0)->text;
}

/* Is it said by the row above, which is seen? */
static bool repeated(const struct list *list, size_t row, size_t column)
{
    return list->table.columns[column].once && row > list->top &&
           strcmp(cell_at(list, row, column)->text, cell_at(list, row - 1, column)->text) == 0;
}

/* Empty where there is no number. */
static char *words_at(const struct list *list, size_t row, size_t column)
{
    const struct column *c = &list->table.columns[column];
    const struct table_cell *cell = cell_at(list, row, column);
    bool none = c->type != COLUMN_TEXT && isnan(cell->number);
    return none ? mem_text("") : table_cell_words(c, cell);
}

/* "table5, w_0 wrong by 1, dnn".  Caller frees. */
static char *name_of(const struct list *list, size_t row)
{
    struct strbuf name = {0};
    for (size_t i = 0; i == 0 || i < list->names; i++) {
        char *words = words_at(list, row, i);
        strbuf_printf(&name, "%s%s", i ? ", " : "", words);
        free(words);
    }
    return strbuf_take(&name);
}

size_t list_cursor(const struct list *list, size_t fallback)
{
    for (size_t i = 0; list->at && i < list->table.n_rows; i++) {
        char *name = name_of(list, i);
        bool here = strcmp(name, list->at) == 0;
        free(name);
        if (here)
            return i;
    }
    return fallback < list->table.n_rows ? fallback : 0;
}

bool list_key(const struct list *list, size_t fallback, const char *view, const char *key,
              struct strbuf *command)
{
    size_t before = list_cursor(list, fallback), now = before;
    size_t last = list->table.n_rows ? list->table.n_rows - 1 : 0;
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
    if (now != before)
        list_move(list, now, view, command);
    return true;
}

void list_move(const struct list *list, size_t row, const char *view, struct strbuf *command)
{
    char *name = name_of(list, row);
    strbuf_printf(command, "%s row=", view);
    args_word(name, command);
    free(name);
}

static bool has_heads(struct rect area)
{
    return area.height >= 3;
}

long list_row_at(const struct list *list, struct rect area, int y)
{
    long line = y - area.y - has_heads(area), row = line + (long)list->top;
    return line >= 0 && (size_t)row < list->table.n_rows ? row : -1;
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

static size_t columns_of(const struct list *list)
{
    return list->table.n_columns < LIST_COLUMNS ? list->table.n_columns : LIST_COLUMNS;
}

static int column_width(const struct list *list, size_t column)
{
    const struct column *c = &list->table.columns[column];
    bool bar = c->type == COLUMN_SHARE, any = column == 0;
    char *heading = table_heading(c);
    int width = utf8_width(heading);
    free(heading);
    for (size_t row = 0; row < list->table.n_rows; row++) {
        char *words = words_at(list, row, column);
        int cells = utf8_width(words);
        any = any || cells > 0;
        width = !bar && cells > width ? cells : width;
        free(words);
    }
    return !any || !table_seen(&list->table, column, SEEN_TILE) ? 0 : bar ? BAR_LEAST : width;
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
    size_t n = columns_of(list), bar = n;
    for (size_t i = 0; i < n; i++) {
        w->of[i] = column_width(list, i);
        bar = list->table.columns[i].type == COLUMN_SHARE ? i : bar;
    }
    while (total(w, n) > room) {
        size_t worst = 0;
        for (size_t i = 1; i < n; i++)
            if (w->of[i] > 0 && list->table.columns[i].rank > list->table.columns[worst].rank)
                worst = i;
        if (list->table.columns[worst].rank == 0) {
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

/* Blanks before a number. */
static int pad_of(const struct column *column, const char *text, int width)
{
    int used = utf8_width(text);
    bool right = column->type != COLUMN_TEXT && column->type != COLUMN_FLAG;
    return right && used < width ? width - used : 0;
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
    for (size_t i = 0; i < columns_of(list); i++) {
        if (w->of[i] == 0)
            continue;
        const struct column *c = &list->table.columns[i];
        char *text = repeated(list, row, i) ? mem_text("") : words_at(list, row, i);
        if (c->type == COLUMN_SHARE && *text) {
            draw_bar(canvas, x, y, w->of[i], cell_at(list, row, i)->number, foreground, style);
        } else {
            int pad = pad_of(c, text, w->of[i]);
            int room = w->of[i] - pad < right - x - pad ? w->of[i] - pad : right - x - pad;
            canvas_text(canvas, x + pad, y, room, text, i == 0 ? foreground : COLOUR_DEFAULT,
                        attributes, style);
        }
        free(text);
        x += w->of[i] + GAP;
    }
}

static void draw_heads(const struct list *list, const struct widths *w, struct canvas *canvas,
                       struct rect area, const struct style *style)
{
    int x = area.x + MARGIN;
    unsigned attributes = style->colours > 0 ? CELL_DIM : 0;
    for (size_t i = 0; i < columns_of(list); i++) {
        if (w->of[i] == 0)
            continue;
        char *heading = table_heading(&list->table.columns[i]);
        int pad = pad_of(&list->table.columns[i], heading, w->of[i]);
        int left = area.x + area.width - x - pad;
        canvas_text(canvas, x + pad, area.y, w->of[i] - pad < left ? w->of[i] - pad : left, heading,
                    COLOUR_DEFAULT, attributes, style);
        free(heading);
        x += w->of[i] + GAP;
    }
}

void list_draw(struct list *list, size_t cursor, struct canvas *canvas, struct rect area,
               const struct style *style)
{
    struct widths w = {0};
    bool heads = has_heads(area);
    size_t rows = (size_t)(area.height - heads);
    fit_widths(list, area.width - MARGIN, &w);
    if (heads)
        draw_heads(list, &w, canvas, area, style);
    if (list->top + rows > list->table.n_rows) /* no blank rows while others are hidden */
        list->top = list->table.n_rows > rows ? list->table.n_rows - rows : 0;
    list->top = cursor < list->top ? cursor : list->top;
    list->top = cursor >= list->top + rows ? cursor + 1 - rows : list->top;
    for (size_t i = 0; i < rows && list->top + i < list->table.n_rows; i++) {
        draw_row(list, &w, list->top + i, list->top + i == cursor, canvas, area,
                 area.y + heads + (int)i, style);
    }
}
