#include "popup.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/utf8.h"

void popup_clear(struct popup *popup)
{
    for (size_t i = 0; i < popup->n; i++) {
        free(popup->rows[i].word);
        free(popup->rows[i].meaning);
    }
    free(popup->rows);
    *popup = (struct popup){0};
}

void popup_add(struct popup *popup, const char *word, const char *meaning)
{
    popup->rows = mem_resize(popup->rows, popup->n + 1, sizeof *popup->rows);
    popup->rows[popup->n++] = (struct popup_row){
        .word = utf8_clean(word, strlen(word)),
        .meaning = meaning ? utf8_clean(meaning, strlen(meaning)) : mem_text(""),
    };
}

static bool same(const struct popup *popup, const struct completion *completion)
{
    if (popup->n != completion->n)
        return false;
    for (size_t i = 0; i < popup->n; i++)
        if (strcmp(popup->rows[i].word, completion->items[i].word) != 0)
            return false;
    return true;
}

void popup_fill(struct popup *popup, const struct completion *completion)
{
    if (popup->n && same(popup, completion)) {
        size_t shown = popup->shown > 0 ? (size_t)popup->shown : 1;
        size_t last = popup->n > shown ? popup->n - shown : 0;
        popup->first = popup->first >= last ? 0 : popup->first + shown;
        popup->first = popup->first < last ? popup->first : last;
        return;
    }
    popup_clear(popup);
    for (size_t i = 0; i < completion->n; i++)
        popup_add(popup, completion->items[i].word, completion->items[i].meaning);
}

static int widest(const struct popup *popup, bool meaning, int most)
{
    int width = 0;
    for (size_t i = 0; i < popup->n; i++) {
        if (!popup->rows[i].word[0])
            continue; /* a heading goes over both */
        int one = utf8_width(meaning ? popup->rows[i].meaning : popup->rows[i].word);
        width = one > width ? one : width;
    }
    return width < most ? width : most;
}

void popup_draw(struct popup *popup, struct canvas *canvas, int x, int bottom, struct rect room,
                const char *title, const struct style *style)
{
    int inside = room.width - 4;
    if (!popup->n || inside < 8)
        return;
    int word = widest(popup, false, inside > 40 ? inside / 2 : inside);
    int meaning = widest(popup, true, inside - word - 2);
    meaning = meaning > 3 ? meaning : 0;
    int width = word + (meaning ? meaning + 2 : 0) + 4;
    int rows = bottom - room.y - 1;
    rows = rows > (int)popup->n ? (int)popup->n : rows;
    if (rows < 1)
        return;
    popup->shown = rows;
    x = x + width > room.x + room.width ? room.x + room.width - width : x;
    x = x < room.x ? room.x : x;
    struct rect box = {x, bottom - rows - 1, width, rows + 2};
    canvas_clear(canvas, box);
    char more[64] = "";
    if (title)
        snprintf(more, sizeof more, "%s%s", title, (int)popup->n > rows ? ", Down: more" : "");
    else if ((int)popup->n > rows)
        snprintf(more, sizeof more, "%zu of %zu, Tab: more", popup->first + 1, popup->n);
    canvas_frame(canvas, box, more, false, style);
    for (int i = 0; i < rows && popup->first + (size_t)i < popup->n; i++) {
        const struct popup_row *row = &popup->rows[popup->first + (size_t)i];
        int y = box.y + 1 + i;
        canvas_text(canvas, x + 2, y, word, row->word, COLOUR_DEFAULT, CELL_BOLD, style);
        if (row->word[0])
            canvas_text(canvas, x + 2 + word + 2, y, meaning, row->meaning, COLOUR_DEFAULT, 0,
                        style);
        else /* a heading */
            canvas_text(canvas, x + 2, y, width - 4, row->meaning, COLOUR_DEFAULT, 0, style);
    }
}
