/* The picture. */
#include "explorer.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "deltaw/base/thread.h"
#include "deltaw/base/utf8.h"
#include "hosting.h"
#include "screen.h"

void explorer_hint(struct explorer *e, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    vsnprintf(e->hint, sizeof e->hint, format, list);
    va_end(list);
    e->dirty = true;
}

/* A named layout looks different at different sizes. */
static void take_named(struct explorer *e)
{
    struct layout layout = e->layout;
    struct err err = {0};
    if (!e->named ||
        !layout_parse(&layout, layout_named_picture(e->named, e->width, e->height), &err))
        return;
    layout.zoom = e->layout.zoom;
    layout.zoom_text = e->layout.zoom_text;
    layout.no_tiles = e->layout.no_tiles;
    e->layout = layout;
}

void explorer_place(struct explorer *e)
{
    take_named(e);
    canvas_resize(&e->base, e->width, e->height);
    canvas_resize(&e->frame, e->width, e->height);
    struct layout layout = e->layout;
    int *text = layout_text_rows(&layout);
    if (e->drawer > 0 && *text == 0) /* a long text takes what it needs, for now */
        *text = e->drawer;
    layout_place(&layout, e->width, e->height, &e->place);
    if (e->drawer > 0 && *text == e->drawer) {
        struct placement usual;
        layout_place(&e->layout, e->width, e->height, &usual);
        if (usual.transcript.height > e->place.transcript.height)
            e->place = usual;
    }
    e->out.width = e->place.transcript.width > 0 ? e->place.transcript.width : 80;
    e->stale = e->redraw = e->dirty = true;
}

static void take_style(struct explorer *e)
{
    struct style style = hosting_style(e->setup, e->session);
    const char *background = session_setting(e->session, "background");
    if (e->background_known && strcmp(background, "auto") == 0)
        style.dark = e->is_dark;
    int have = screen_colours();
    if (style.colours > have)
        style.colours = have;
    if (style.curves == CURVES_AUTO && screen_braille())
        style.curves = CURVES_BRAILLE;
    e->style = style;
    const char *mouse = session_setting(e->session, "mouse");
    screen_mouse(mouse && strcmp(mouse, "yes") == 0);
    session_style(e->session, &style);
    /* the transcript holds text, not colours */
    e->out.style = style;
    e->out.style.colours = 0;
}

static bool tile_shown(const struct explorer *e, int i)
{
    return e->place.tile[i].width > 0 && e->place.tile[i].height > 0;
}

void explorer_update(struct explorer *e)
{
    take_style(e);
    for (int i = 0; i < e->layout.n_tiles; i++) {
        struct err err = {0};
        struct view *view =
            tile_shown(e, i) ? session_view(e->session, e->layout.view[i], &err) : NULL;
        if (view)
            session_update_view(e->session, view, &err);
    }
    session_tell_views(e->session, &e->out);
    e->updated_at = clock_seconds();
    e->stale = false;
    e->redraw = true;
}

/* A title that is wider than `room` goes without "per trial"; it may still be cut. */
static void shorten(struct strbuf *title, int room)
{
    static const char words[] = " per trial";
    char *at = strstr(strbuf_text(title), words);
    if (!at || utf8_width(title->text) <= room)
        return;
    size_t n = strlen(words);
    memmove(at, at + n, strlen(at + n) + 1);
    title->len -= n;
}

static void draw_tile(struct explorer *e, int i)
{
    struct err err = {0};
    struct rect area = e->place.tile[i];
    struct view *view = session_view(e->session, e->layout.view[i], &err);
    struct strbuf title = {0};
    if (view) {
        view_draw(view, &e->base, area, &e->style); /* some titles say what is seen */
        view_title_within(view, session_scene(e->session), area.width - 3, &title);
    } else {
        strbuf_puts(&title, e->layout.view[i]);
        canvas_text(&e->base, area.x, area.y, area.width, err.message, COLOUR_DEFAULT, 0,
                    &e->style);
    }
    bool focus = e->view_focus && !e->reading && i == e->layout.current;
    int room = area.width - 3;
    shorten(&title, room);
    unsigned attributes = CELL_BOLD | (focus ? CELL_REVERSE : 0);
    canvas_title(&e->base, area.x, area.y - 1, room, strbuf_text(&title), attributes, &e->style);
    strbuf_free(&title);
}

/* In the border above the transcript: that not all tiles are in sight. */
static void draw_hidden(struct explorer *e)
{
    char text[40];
    int n = e->layout.n_tiles, hidden = e->place.n_hidden;
    if (hidden == 0 || e->layout.no_tiles)
        return;
    int length = snprintf(text, sizeof text, " %s%d of %d tiles ", e->layout.zoom ? "zoom: " : "",
                          n - hidden, n);
    canvas_text(&e->base, e->place.box.width - 2 - length, e->place.transcript.y - 1, length, text,
                COLOUR_DEFAULT, 0, &e->style);
}

static void draw_base(struct explorer *e)
{
    canvas_clear(&e->base, (struct rect){0, 0, e->width, e->height});
    struct strbuf header = {0};
    session_header(e->session, e->place.header.width, &header);
    canvas_text(&e->base, e->place.header.x, e->place.header.y, e->place.header.width,
                strbuf_text(&header), COLOUR_DEFAULT, 0, &e->style);
    strbuf_free(&header);
    layout_draw_borders(&e->place, &e->base, &e->style);
    for (int i = 0; i < e->layout.n_tiles; i++)
        if (tile_shown(e, i))
            draw_tile(e, i);
    draw_hidden(e);
    e->redraw = false;
    e->tiles_drawn = true;
}

static void draw_footer(struct explorer *e)
{
    struct rect row = e->place.footer;
    int room = row.width - 4;
    struct strbuf text = {0};
    unsigned attributes = 0;
    bool below = e->transcript.scrolled > 0; /* Enter reads on first */
    if (e->step == STEP_PAUSED && !e->popup.n && !e->asking && !below) {
        strbuf_printf(&text, "Enter goes on  ^C ends this%s%s", e->hint[0] ? "  " : "", e->hint);
        attributes = CELL_BOLD;
    } else if (e->hint[0]) {
        strbuf_puts(&text, e->hint);
        attributes = CELL_BOLD;
    } else if (e->popup.n) {
        strbuf_puts(&text, "Tab, arrows: choose  Enter: take  Esc: close");
    } else if (e->step == STEP_WAITING) {
        session_waiting(e->session, &text);
        if (text.len)
            strbuf_puts(&text, "  ^C cancels");
    } else if (e->asking) {
        strbuf_puts(&text, "Enter search  Esc give it up  Backspace, ^U delete");
    } else if (below) {
        strbuf_printf(&text, "%ld rows below: %s", e->transcript.scrolled,
                      e->reading         ? "G"
                      : lineedit_empty() ? "PgDn or Enter"
                                         : "PgDn");
    }
    if (!text.len || (e->view_focus && e->step == STEP_IDLE && !e->hint[0] && !e->asking))
        keyhelp_footer(e, room - 2, &text);
    canvas_title(&e->frame, row.x + 1, row.y, room, strbuf_text(&text), attributes, &e->style);
    strbuf_free(&text);
}

static void draw_text(struct explorer *e)
{
    struct rect area = e->place.transcript;
    struct rect lines = {area.x, area.y, area.width, area.height - 1};
    e->transcript.marking = e->reading;
    int used = transcript_draw(&e->transcript, &e->frame, lines, &e->style);
    struct rect row = {area.x, area.y + used, area.width, 1};
    if (e->asking)
        reader_draw_line(e, row);
    else
        promptline_draw(e, row);
    draw_footer(e);
}

static void draw_over(struct explorer *e)
{
    struct rect room = {1, 1, e->width - 2, e->height - 2};
    if (e->popup.n) {
        int x = e->place.transcript.x + promptline_column(e, e->popup_at);
        int above = e->cursor_y - 1, below = e->height - 2 - e->cursor_y;
        int bottom = above, want = (int)e->popup.n + 2;
        if (above < 8 && above < want && below > above) { /* the prompt is high up */
            room.y = e->cursor_y + 1;
            bottom = room.y + (want < below ? want : below) - 1;
        } else if (above > e->height / 2 + 2) { /* keep the tiles in sight */
            room.y = bottom - e->height / 2 - 1;
        }
        popup_draw(&e->popup, &e->frame, x, bottom, room, NULL, &e->style);
    }
    if (e->help.n)
        popup_draw(&e->help, &e->frame, 2, e->height - 2, room, "keys", &e->style);
}

static void draw_too_small(struct explorer *e)
{
    struct rect whole = {0, 0, e->width, e->height};
    canvas_clear(&e->frame, whole);
    char text[100];
    snprintf(text, sizeof text, "deltaw needs %d by %d cells; this is %d by %d.", LAYOUT_MIN_WIDTH,
             LAYOUT_MIN_HEIGHT, e->width, e->height);
    canvas_notice(&e->frame, whole, text, 0, &e->style);
}

void explorer_draw(struct explorer *e)
{
    if (e->picture) {
        e->dirty = e->redraw = false;
        e->drawn_at = clock_seconds();
        return;
    }
    if (e->place.too_small) {
        draw_too_small(e);
        e->cursor_x = -1;
        e->redraw = false;
    } else {
        if (e->redraw)
            draw_base(e);
        memcpy(e->frame.cells, e->base.cells,
               (size_t)e->width * (size_t)e->height * sizeof *e->frame.cells);
        draw_text(e);
        draw_over(e);
    }
    bool tiles = e->tiles_drawn;
    e->tiles_drawn = false;
    bool cursor = (!e->view_focus || e->asking) && !e->help.n;
    screen_show(&e->frame, cursor ? e->cursor_x : -1, e->cursor_y, e->repaint);
    e->dirty = e->repaint = false;
    e->drawn_at = clock_seconds();
    if (tiles && e->answers && isnan(e->flow_at)) {
        screen_ask_through();
        e->flow_at = e->drawn_at;
    }
}
