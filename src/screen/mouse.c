/* The mouse, when it was asked for: a click selects, the wheel scrolls, a border
 * can be dragged. */
#include "explorer.h"

#include <stdlib.h>
#include <string.h>

static bool is(const struct keypress *key, const char *name)
{
    return strcmp(key->name, name) == 0;
}

static void click_tile(struct explorer *e, int tile, int x, int y)
{
    struct err err = {0};
    struct strbuf command = {0};
    const char *name = e->layout.view[tile];
    struct view *view = session_view(e->session, name, &err);
    e->layout.current = tile;
    explorer_focus(e, true, false);
    if (view && view_click(view, e->place.tile[tile], &e->style, x, y, &command))
        explorer_run(e, strbuf_text(&command));
    strbuf_free(&command);
}

static void press(struct explorer *e, int x, int y)
{
    int tile = layout_tile_at(&e->place, x, y), bar = layout_bar_at(&e->place, x, y);
    e->dragged = bar;
    e->moved = false;
    if (tile >= 0) {
        click_tile(e, tile, x, y);
    } else if (bar < 0 && y >= e->place.transcript.y) {
        explorer_focus(e, false, false);
    }
}

static void drag(struct explorer *e, int x, int y)
{
    if (e->dragged < 0 || e->dragged >= e->place.n_bars)
        return;
    bool beside = e->place.bar[e->dragged].tile >= 0;
    if (layout_move(&e->layout, &e->place, e->dragged, beside ? x : y)) {
        e->named = beside || e->place.bar[e->dragged].row >= 0 ? NULL : e->named;
        e->moved = true;
        explorer_place(e);
    }
}

/* A moved border is reported as the command that would move it there. */
static void let_go(struct explorer *e)
{
    if (e->dragged >= 0 && e->dragged < e->place.n_bars && e->moved)
        explorer_tell_layout(e,
                             e->place.bar[e->dragged].tile < 0 && e->place.bar[e->dragged].row < 0);
    e->dragged = -1;
}

bool mouse_key(struct explorer *e, const struct keypress *key)
{
    if (is(key, "wheel-up"))
        transcript_scroll(&e->transcript, 3, e->place.transcript.width,
                          e->place.transcript.height - 1);
    else if (is(key, "wheel-down"))
        transcript_scroll(&e->transcript, -3, e->place.transcript.width,
                          e->place.transcript.height - 1);
    else if (is(key, "click"))
        press(e, key->x, key->y);
    else if (is(key, "drag"))
        drag(e, key->x, key->y);
    else if (is(key, "release"))
        let_go(e);
    else
        return false;
    e->dirty = true;
    return true;
}
