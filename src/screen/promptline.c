/* The prompt and the line that is typed, on one row, scrolled sideways. */
#include "explorer.h"

#include <string.h>

#include "deltaw/base/utf8.h"

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
            canvas_put(canvas, x + at, y, glyph[0], COLOUR_DEFAULT, COLOUR_DEFAULT,
                       codepoint == '\n' ? CELL_DIM : 0);
            if (width == 2)
                canvas_put(canvas, x + at + 1, y, glyph[1], COLOUR_DEFAULT, COLOUR_DEFAULT, 0);
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
    used += last == '=' || last == ' '
                ? 0
                : 2; /* the text that would go right there, or a few words on it */
    if (words.len && room - used > 3)
        canvas_text(&e->frame, x + used, y, room - used, words.text, foreground, attributes,
                    &e->style);
    strbuf_free(&words);
}

void promptline_draw(struct explorer *e, struct rect row)
{
    struct strbuf prompt = {0}, line = {0};
    size_t point;
    lineedit_show(&prompt, &line, &point);
    int left = prompt_room(&prompt, row.width), room = row.width - left;
    int cursor = cells_of(strbuf_text(&line), point, &e->style);
    int whole = cells_of(strbuf_text(&line), line.len, &e->style);
    /* keep the cursor in sight, with a little of what is around it */
    int margin = room > 16 ? 6 : room > 6 ? 2 : 0;
    if (whole < room)
        e->line_offset = 0;
    else if (cursor < e->line_offset + margin)
        e->line_offset = cursor > margin ? cursor - margin : 0;
    else if (cursor >= e->line_offset + room - margin)
        e->line_offset = cursor - room + margin + 1;
    int tail = prompt.len ? utf8_width(strbuf_text(&prompt)) - left : 0;
    draw_part(&e->frame, row.x, row.y, left, strbuf_text(&prompt), prompt.len, tail, &e->style);
    draw_part(&e->frame, row.x + left, row.y, room, strbuf_text(&line), line.len, e->line_offset,
              &e->style);
    if (e->line_offset > 0)
        canvas_put(&e->frame, row.x + left, row.y, '<', COLOUR_DEFAULT, COLOUR_DEFAULT,
                   CELL_REVERSE);
    if (whole - e->line_offset > room)
        canvas_put(&e->frame, row.x + row.width - 1, row.y, '>', COLOUR_DEFAULT, COLOUR_DEFAULT,
                   CELL_REVERSE);
    e->cursor_x = row.x + left + cursor - e->line_offset;
    e->cursor_y = row.y;
    draw_hint(e, e->cursor_x, row.y, row.x + row.width - e->cursor_x,
              line.len ? line.text[line.len - 1] : ' ');
    strbuf_free(&prompt);
    strbuf_free(&line);
}

int promptline_column(const struct explorer *e, size_t at)
{
    struct strbuf prompt = {0}, line = {0};
    size_t point;
    lineedit_show(&prompt, &line, &point);
    at = at < line.len ? at : line.len;
    int column = prompt_room(&prompt, e->place.transcript.width) +
                 cells_of(strbuf_text(&line), at, &e->style) - e->line_offset;
    strbuf_free(&prompt);
    strbuf_free(&line);
    return column > 0 ? column : 0;
}
