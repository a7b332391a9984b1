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
    free(popup->about);
    *popup = (struct popup){.chosen = -1};
}

void popup_add(struct popup *popup, const char *word, const char *meaning)
{
    if (popup->n == 0)
        popup->chosen = -1;
    popup->rows = mem_resize(popup->rows, popup->n + 1, sizeof *popup->rows);
    popup->rows[popup->n++] = (struct popup_row){
        .word = utf8_visible(word, strlen(word), ""),
        .meaning = meaning ? utf8_visible(meaning, strlen(meaning), "") : mem_text(""),
    };
}

void popup_fill(struct popup *popup, const struct completion *completion)
{
    popup_clear(popup);
    for (size_t i = 0; i < completion->n; i++)
        popup_add(popup, completion->items[i].word, completion->items[i].meaning);
    if (completion->about)
        popup->about = utf8_visible(completion->about, strlen(completion->about), "");
}

void popup_choose(struct popup *popup, long by)
{
    long n = (long)popup->n, first = (long)popup->first;
    long shown = popup->shown > 0 ? popup->shown : 1;
    if (n == 0)
        return;
    if (by == 1 || by == -1) /* goes round */
        popup->chosen = popup->chosen < 0 ? by > 0 ? 0 : n - 1 : (popup->chosen + by + n) % n;
    else
        popup->chosen = popup->chosen + by < 0    ? 0
                        : popup->chosen + by >= n ? n - 1
                                                  : popup->chosen + by;
    if (popup->chosen < first)
        first = popup->chosen;
    else if (popup->chosen >= first + shown)
        first = popup->chosen - shown + 1;
    popup->first = (size_t)first;
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

/* Which rows are in sight, when not all are; or the title. */
static void title_of(const struct popup *popup, int rows, const char *title, char *out, size_t room)
{
    bool more = (int)popup->n > rows;
    out[0] = '\0';
    if (popup->about && !more)
        snprintf(out, room, "%.*s", (int)utf8_prefix(popup->about, (int)room / 4), popup->about);
    else if (title)
        snprintf(out, room, "%s%s", title, more ? ", Down: more" : "");
    else if (more && popup->chosen >= 0)
        snprintf(out, room, "%ld of %zu", popup->chosen + 1, popup->n);
    else if (more)
        snprintf(out, room, "%zu to %zu of %zu", popup->first + 1, popup->first + (size_t)rows,
                 popup->n);
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
    int about = popup->about ? utf8_width(popup->about) + 5 : 0;
    width = about > width ? about : width;
    width = width > room.width ? room.width : width;
    int rows = bottom - room.y - 1;
    rows = rows > (int)popup->n ? (int)popup->n : rows;
    if (rows < 1)
        return;
    popup->shown = rows;
    if (popup->chosen >= 0) /* keep it in sight whatever room there is now */
        popup_choose(popup, 0);
    size_t last = popup->n - (size_t)rows;
    popup->first = popup->first < last ? popup->first : last;
    x = x + width > room.x + room.width ? room.x + room.width - width : x;
    x = x < room.x ? room.x : x;
    struct rect box = {x, bottom - rows - 1, width, rows + 2};
    canvas_clear(canvas, box);
    char text[512];
    title_of(popup, rows, title, text, sizeof text);
    canvas_frame(canvas, box, text, style);
    for (int i = 0; i < rows && popup->first + (size_t)i < popup->n; i++) {
        const struct popup_row *row = &popup->rows[popup->first + (size_t)i];
        int y = box.y + 1 + i;
        unsigned mark = (long)popup->first + i == popup->chosen ? CELL_REVERSE : 0;
        for (int at = x + 1; mark && at < x + width - 1; at++)
            canvas_plain(canvas, at, y, ' ', mark);
        canvas_text(canvas, x + 2, y, word, row->word, COLOUR_DEFAULT, CELL_BOLD | mark, style);
        if (row->word[0])
            canvas_text(canvas, x + 2 + word + 2, y, meaning, row->meaning, COLOUR_DEFAULT, mark,
                        style);
        else /* a heading */
            canvas_text(canvas, x + 2, y, width - 4, row->meaning, COLOUR_DEFAULT, 0, style);
    }
}
