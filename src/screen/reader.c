/* Reading the transcript: scrolling, and searching as in less and tmux. */
#include "explorer.h"

static const char label[] = "search: ";

static int rows_shown(const struct explorer *e)
{
    return e->place.transcript.height - 1;
}

void reader_scroll(struct explorer *e, long by)
{
    transcript_scroll(&e->transcript, by, e->place.transcript.width, rows_shown(e));
    e->dirty = true;
}

/* Keys that scroll, always or (`reading`) where keys go to the transcript. */
static const struct {
    const char *name;
    enum { BY_ROW, BY_PAGE, TO_END } by;
    int up;
    bool reading;
} scroll_keys[] = {
    {"pgup", BY_PAGE, 1, false},    {"S-pgup", BY_PAGE, 1, false}, {"pgdn", BY_PAGE, -1, false},
    {"S-pgdn", BY_PAGE, -1, false}, {"S-up", BY_ROW, 1, false},    {"S-down", BY_ROW, -1, false},
    {"C-home", TO_END, 1, false},   {"C-end", TO_END, -1, false},  {"up", BY_ROW, 1, true},
    {"k", BY_ROW, 1, true},         {"down", BY_ROW, -1, true},    {"j", BY_ROW, -1, true},
    {"b", BY_PAGE, 1, true},        {"space", BY_PAGE, -1, true},  {"home", TO_END, 1, true},
    {"g", TO_END, 1, true},         {"end", TO_END, -1, true},     {"G", TO_END, -1, true},
};

static bool scroll_key(struct explorer *e, const struct keypress *key, bool reading)
{
    const long rows[] = {1, rows_shown(e) > 2 ? rows_shown(e) - 1 : 1, e->transcript.rows};
    for (size_t i = 0; i < sizeof scroll_keys / sizeof *scroll_keys; i++)
        if (scroll_keys[i].reading == reading && key_is(key, scroll_keys[i].name)) {
            reader_scroll(e, scroll_keys[i].up * rows[scroll_keys[i].by]);
            return true;
        }
    return false;
}

bool reader_scroll_key(struct explorer *e, const struct keypress *key)
{
    return scroll_key(e, key, false);
}

/* Says how a search ended. */
static bool find(struct explorer *e, bool below)
{
    struct transcript *t = &e->transcript;
    enum found found = transcript_find(t, below, e->place.transcript.width, rows_shown(e));
    e->dirty = true;
    if (found == FOUND_AROUND)
        explorer_hint(e, "Search goes on from the %s.", below ? "beginning" : "end");
    return found != FOUND_NONE;
}

bool reader_search(struct explorer *e, const char *text, struct err *err)
{
    struct transcript *t = &e->transcript;
    if (*text)
        transcript_seek(t, text);
    if (!t->needle)
        return err_set(err, ERR_USAGE, "search: for what?  As in `search dnn1`");
    if (!find(e, false))
        return err_set(err, ERR_FAILED, "search: '%s' is nowhere in the transcript", t->needle);
    explorer_focus(e, true, true);
    return true;
}

/* --- the line that is searched for ----------------------------------------------- */

void reader_ask(struct explorer *e)
{
    explorer_focus(e, true, true);
    e->asking = true;
    e->asked_from = e->transcript.scrolled;
    strbuf_reset(&e->asked);
}

static void ask_key(struct explorer *e, const struct keypress *key)
{
    struct transcript *t = &e->transcript;
    e->dirty = true;
    if (key_is(key, "enter")) {
        e->asking = false;
        if (t->needle && !find(e, false))
            explorer_hint(e, "'%s' is nowhere in the transcript.", t->needle);
        return;
    }
    if (key_is(key, "esc") || key_is(key, "C-g") || key_is(key, "C-c")) {
        e->asking = false;
        transcript_seek(t, NULL);
        t->scrolled = e->asked_from;
        return;
    }
    size_t length = e->asked.len;
    if (key_is(key, "backspace")) {
        while (length > 0 && ((unsigned char)e->asked.text[--length] & 0xc0) == 0x80)
            ;
        strbuf_cut(&e->asked, length);
    } else if (key_is(key, "C-u")) {
        strbuf_reset(&e->asked);
    } else if (key_is(key, "space")) {
        strbuf_putc(&e->asked, ' ');
    } else if (key->n_bytes && (unsigned char)key->bytes[0] >= 32 && key->bytes[0] != 127) {
        strbuf_add(&e->asked, key->bytes, key->n_bytes);
    }
    /* what has been typed is shown at once */
    t->scrolled = e->asked_from;
    transcript_seek(t, strbuf_text(&e->asked));
    if (t->needle) {
        transcript_find(t, false, e->place.transcript.width, rows_shown(e));
        t->found = 0;
    }
}

void reader_draw_line(struct explorer *e, struct rect row)
{
    int x = row.x + canvas_text(&e->frame, row.x, row.y, row.width, label, COLOUR_DEFAULT,
                                CELL_BOLD, &e->style);
    x += canvas_text(&e->frame, x, row.y, row.x + row.width - x - 1, strbuf_text(&e->asked),
                     COLOUR_DEFAULT, 0, &e->style);
    e->cursor_x = x;
    e->cursor_y = row.y;
}

/* --- keys -------------------------------------------------------------------------- */

bool reader_key(struct explorer *e, const struct keypress *key)
{
    struct transcript *t = &e->transcript;
    if (e->asking)
        return ask_key(e, key), true;
    if (scroll_key(e, key, true))
        ;
    else if ((key_is(key, "n") || key_is(key, "N")) && !t->needle)
        explorer_hint(e, "Nothing was searched for. / does.");
    else if (key_is(key, "n") || key_is(key, "N")) {
        if (!find(e, key_is(key, "N")))
            explorer_hint(e, "'%s' is nowhere in the transcript.", t->needle);
    } else {
        return false;
    }
    return true;
}
