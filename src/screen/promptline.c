/* The prompt: the line that is typed, on one row, scrolled sideways; what may still follow,
 * after the cursor; and the pop-up of candidates. */
#include "explorer.h"

#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/utf8.h"
#include "screen.h"

/* --- candidates ---------------------------------------------------------------------- */

/* What fits at the cursor. */
static void candidates_now(struct explorer *e, struct completion *out, size_t *typed)
{
    size_t n, point;
    const char *line = lineedit_line(&n, &point);
    session_complete(e->session, line, point, out);
    *typed = point > out->from ? point - out->from : 0;
}

void promptline_candidates_show(struct explorer *e, const struct completion *completion)
{
    popup_fill(&e->popup, completion);
    e->popup_at = completion->from;
    e->dirty = true;
}

void promptline_candidates_narrow(struct explorer *e)
{
    struct completion c;
    size_t typed;
    if (!e->popup.n)
        return;
    candidates_now(e, &c, &typed);
    bool done = c.n == 1 && strlen(c.items[0].word) == typed;
    if (c.n == 0 || c.from != e->popup_at || done)
        popup_clear(&e->popup);
    else
        promptline_candidates_show(e, &c);
    completion_free(&c);
}

/* Puts the chosen one into the line; after a folder or a name= its contents are offered next. */
static void take(struct explorer *e)
{
    struct completion c, next;
    size_t typed, chosen = (size_t)e->popup.chosen;
    candidates_now(e, &c, &typed);
    popup_clear(&e->popup);
    if (chosen < c.n) {
        const struct candidate *item = &c.items[chosen];
        char *text = mem_printf("%s%s", item->word, item->open ? "" : " ");
        lineedit_replace(c.from, text);
        free(text);
        if (item->open) {
            candidates_now(e, &next, &typed);
            if (next.n > 1)
                promptline_candidates_show(e, &next);
            completion_free(&next);
        }
    }
    completion_free(&c);
}

bool promptline_candidates_key(struct explorer *e, const struct keypress *key)
{
    long page = e->popup.shown > 1 ? e->popup.shown - 1 : 1;
    if (!e->popup.n || lineedit_midway())
        return false;
    if (key_is(key, "tab") || key_is(key, "down") || key_is(key, "C-n"))
        popup_choose(&e->popup, 1);
    else if (key_is(key, "S-tab") || key_is(key, "up") || key_is(key, "C-p"))
        popup_choose(&e->popup, -1);
    else if (key_is(key, "pgdn") || key_is(key, "pgup"))
        popup_choose(&e->popup, key_is(key, "pgdn") ? page : -page);
    else if (key_is(key, "esc") || key_is(key, "C-g"))
        popup_clear(&e->popup);
    else if (e->popup.chosen >= 0 && (key_is(key, "enter") || key_is(key, "right")))
        take(e);
    else
        return false;
    e->dirty = true;
    return true;
}

/* e->rest, and words on what may follow it. */
static void candidates_hint(struct explorer *e, struct strbuf *words)
{
    size_t n, point;
    strbuf_reset(&e->rest);
    bool told_apart = e->style.colours >= 256 || screen_dims(); /* from what has been typed */
    if (!told_apart || e->popup.n || e->view_focus || lineedit_midway() ||
        strcmp(session_setting(e->session, "hints"), "off") == 0)
        return;
    const char *line = lineedit_line(&n, &point);
    if (point == n && n > 0 && !strchr(line, '\n')) {
        session_hint(e->session, line, &e->rest, words);
        /* where the tables offer nothing, the last line typed with that beginning */
        if (!e->rest.len && !words->len && line[n - 1] != ' ')
            lineedit_recall(line, &e->rest);
    }
}

bool promptline_candidates_rest_key(struct explorer *e, const struct keypress *key)
{
    bool whole =
        key_is(key, "right") || key_is(key, "C-f") || key_is(key, "end") || key_is(key, "C-e");
    bool word = key_is(key, "C-right") || key_is(key, "M-f");
    if ((!whole && !word) || lineedit_vi_command() || lineedit_midway())
        return false;
    struct strbuf words = {0};
    size_t n, point;
    candidates_hint(e, &words); /* keys may have arrived since it was drawn */
    strbuf_free(&words);
    lineedit_line(&n, &point);
    if (!e->rest.len || point != n)
        return false;
    const char *rest = e->rest.text;
    size_t blanks = strspn(rest, " "), first = blanks + strcspn(rest + blanks, " ");
    char *text = whole ? mem_text(rest) : mem_text_n(rest, first);
    lineedit_replace(point, text);
    free(text);
    strbuf_reset(&e->rest);
    e->dirty = true;
    return true;
}

/* --- the line ------------------------------------------------------------------------ */

/* One character as it is drawn: itself, ^X for a control, a mark for a newline. */
static int glyphs_of(uint32_t codepoint, const struct style *style, uint32_t out[2])
{
    out[0] = codepoint;
    out[1] = 0; /* the right half of a wide one */
    if (codepoint == '\n' && !style->ascii) {
        out[0] = 0x21b5;
        return 1;
    }
    if (codepoint < 32 || codepoint == 127) {
        out[0] = '^';
        out[1] = codepoint ^ 64;
        return 2;
    }
    return utf8_codepoint_width(codepoint);
}

static int cells_of(const char *text, size_t n, const struct style *style)
{
    int cells = 0;
    uint32_t codepoint, ignored[2];
    for (size_t i = 0; i < n; cells += glyphs_of(codepoint, style, ignored))
        i += utf8_decode(text + i, n - i, &codepoint);
    return cells;
}

/* Text from cell `from` of it on, into `room` cells at (x, y). */
static void draw_part(struct canvas *canvas, int x, int y, int room, const char *text, size_t n,
                      int from, const struct style *style)
{
    uint32_t codepoint, glyph[2];
    int at = -from;
    for (size_t i = 0; i < n && at < room;) {
        i += utf8_decode(text + i, n - i, &codepoint);
        int width = glyphs_of(codepoint, style, glyph);
        if (width > 0 && at >= 0 && at + width <= room) {
            canvas_plain(canvas, x + at, y, glyph[0], codepoint == '\n' ? CELL_DIM : 0);
            if (width == 2)
                canvas_plain(canvas, x + at + 1, y, glyph[1], 0);
        }
        at += width;
    }
}

static int prompt_room(const struct strbuf *prompt, int width)
{
    int cells = utf8_width(strbuf_text(prompt));
    return cells < width * 2 / 3 ? cells : width * 2 / 3;
}

/* After the cursor at the end of the line: what the right arrow accepts, and a few words on
 * what else is possible. */
static void draw_hint(struct explorer *e, int x, int y, int room, char before)
{
    struct strbuf words = {0};
    unsigned attributes = e->style.colours >= 256 ? 0 : CELL_DIM;
    int foreground = e->style.colours >= 256 ? 244 : COLOUR_DEFAULT;
    candidates_hint(e, &words);
    const char *rest = strbuf_text(&e->rest);
    int used = canvas_text(&e->frame, x, y, room, rest, foreground, attributes, &e->style);
    char last = e->rest.len ? rest[e->rest.len - 1] : before;
    used += last == '=' || last == ' ' ? 0 : 2; /* what would go right there, or words on it */
    if (words.len && room - used > 3)
        canvas_text(&e->frame, x + used, y, room - used, words.text, foreground, attributes,
                    &e->style);
    strbuf_free(&words);
}

void promptline_draw(struct explorer *e, struct rect row)
{
    struct strbuf prompt = {0};
    size_t n, point;
    const char *line = lineedit_line(&n, &point);
    lineedit_prompt(&prompt);
    int left = prompt_room(&prompt, row.width), room = row.width - left;
    int cursor = cells_of(line, point, &e->style), whole = cells_of(line, n, &e->style);
    /* keep the cursor in sight, with a little of what is around it */
    int margin = room > 16 ? 6 : room > 6 ? 2 : 0;
    if (whole < room)
        e->line_offset = 0;
    else if (cursor < e->line_offset + margin)
        e->line_offset = cursor > margin ? cursor - margin : 0;
    else if (cursor >= e->line_offset + room - margin)
        e->line_offset = cursor - room + margin + 1;
    int tail = utf8_width(strbuf_text(&prompt)) - left;
    draw_part(&e->frame, row.x, row.y, left, strbuf_text(&prompt), prompt.len, tail, &e->style);
    draw_part(&e->frame, row.x + left, row.y, room, line, n, e->line_offset, &e->style);
    if (e->line_offset > 0)
        canvas_plain(&e->frame, row.x + left, row.y, '<', CELL_REVERSE);
    if (whole - e->line_offset > room)
        canvas_plain(&e->frame, row.x + row.width - 1, row.y, '>', CELL_REVERSE);
    e->cursor_x = row.x + left + cursor - e->line_offset;
    e->cursor_y = row.y;
    draw_hint(e, e->cursor_x, row.y, row.x + row.width - e->cursor_x, n ? line[n - 1] : ' ');
    strbuf_free(&prompt);
}

int promptline_column(const struct explorer *e, size_t at)
{
    struct strbuf prompt = {0};
    size_t n, point;
    const char *line = lineedit_line(&n, &point);
    lineedit_prompt(&prompt);
    int column = prompt_room(&prompt, e->place.transcript.width) +
                 cells_of(line, at < n ? at : n, &e->style) - e->line_offset;
    strbuf_free(&prompt);
    return column > 0 ? column : 0;
}
