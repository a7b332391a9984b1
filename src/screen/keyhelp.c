/* What keys do: the footer and the page behind F1. */
#include "explorer.h"

#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/utf8.h"
#include "deltaw/shell/keytable.h"

static const struct view_ops *current_view(const struct explorer *e)
{
    return view_find(e->layout.view[e->layout.current]);
}

static void add_keys(struct popup *list, enum key_group group)
{
    const struct key_row *row;
    for (size_t i = 0; (row = key_row_at(i)); i++)
        if (row->group == group)
            popup_add(list, row->key, row->text);
}

/* "arrows cross-hair  [ ] bias  c ...": entries are parted by two blanks, the
 * key from its meaning by the last blank before a word of letters. */
static void add_view_keys(struct popup *list, const char *keys)
{
    char *copy = mem_text(keys), *at = copy;
    while (*at) {
        char *end = strstr(at, "  ");
        if (end)
            *end = '\0';
        char *text = strchr(at, ' ');
        /* "[ ] bias", "+ - range": single characters belong to the key */
        while (text && text[1] && (text[2] == ' ' || text[2] == '\0') && strchr(text + 1, ' '))
            text = strchr(text + 1, ' ');
        if (text)
            *text++ = '\0';
        if (text && strlen(at) == 1 && text[0] && text[1] == ' ')
            text[-1] = ' ';
        popup_add(list, at, text ? text : "");
        if (!end)
            break;
        at = end + 2;
        at += strspn(at, " ");
    }
    free(copy);
}

static void add_heading(struct popup *list, const char *before, const char *name)
{
    char *heading = mem_printf("%s%s:", before, name);
    popup_add(list, "", heading);
    free(heading);
}

static void add_tile_keys(struct explorer *e)
{
    const struct view_ops *view = current_view(e);
    if (!view || e->layout.no_tiles)
        return;
    add_heading(
        &e->help,
        e->view_focus && !e->reading ? "in the tile: " : "in the tile, after Esc: ", view->name);
    if (session_replays(e->session, view->name))
        add_view_keys(&e->help, session_replay_keys());
    add_view_keys(&e->help, view->keys);
    add_keys(&e->help, KEYS_TILE);
}

/* Where there is no room beside the keys, meanings go on in rows below. */
static void wrap_meanings(struct popup *list, int width)
{
    enum { FRAME = 6, LEAST = 12 }; /* borders, blanks, the gap behind the keys */
    struct popup wrapped = {.chosen = -1};
    int widest = 0;
    for (size_t i = 0; i < list->n; i++) {
        int cells = utf8_width(list->rows[i].word);
        widest = cells > widest ? cells : widest;
    }
    int room = width - FRAME - widest > LEAST ? width - FRAME - widest : LEAST;
    for (size_t i = 0; i < list->n; i++) {
        const char *rest = list->rows[i].meaning, *word = list->rows[i].word;
        do {
            size_t skip, n = utf8_row(rest, *word ? room : width, &skip);
            char *row = mem_text_n(rest, n);
            popup_add(&wrapped, word, row);
            free(row);
            word = " "; /* no key, yet not a heading */
            rest += n + skip;
        } while (*rest);
    }
    popup_clear(list);
    *list = wrapped;
}

/* Keys of what has the focus come first. */
void keyhelp_open(struct explorer *e)
{
    popup_clear(&e->help);
    bool tile = e->view_focus && !e->reading;
    if (!e->view_focus)
        add_keys(&e->help, KEYS_PROMPT);
    else if (tile)
        add_tile_keys(e);
    add_heading(&e->help, "in the transcript", e->reading ? "" : ", after / or Tab there");
    add_keys(&e->help, KEYS_TEXT);
    add_heading(&e->help, "everywhere", "");
    add_keys(&e->help, KEYS_COMMON);
    if (!tile)
        add_tile_keys(e);
    if (e->view_focus) {
        add_heading(&e->help, "at the prompt", "");
        add_keys(&e->help, KEYS_PROMPT);
    }
    const char *mouse = session_setting(e->session, "mouse");
    if (mouse && strcmp(mouse, "yes") == 0) {
        add_heading(&e->help, "with the mouse", "");
        add_keys(&e->help, KEYS_MOUSE);
    }
    popup_add(&e->help, "", "commands: `help`, `help VERB`");
    wrap_meanings(&e->help, e->width - 2);
}

/* Entries, parted by two blanks, as long as there is room. */
static void add_entries(struct strbuf *out, const char *entries, int room)
{
    bool fits = true;
    for (const char *end; fits && *entries; entries = end + strspn(end, " ")) {
        end = strstr(entries, "  ") ? strstr(entries, "  ") : entries + strlen(entries);
        char *entry = mem_printf("%s%.*s", out->len ? "  " : "", (int)(end - entries), entries);
        fits = utf8_width(strbuf_text(out)) + utf8_width(entry) <= room;
        if (fits)
            strbuf_puts(out, entry);
        free(entry);
    }
}

void keyhelp_footer(const struct explorer *e, int room, struct strbuf *out)
{
    static const char at_prompt[] = "F1 help  F2 layout  Esc view  Tab complete  ^C cancel  "
                                    "^D quit  PgUp/PgDn scroll  ^L redraw";
    static const char vi_prompt[] = "F1 help  F2 layout  F6 view  Tab complete  ^C cancel  "
                                    "^D quit  PgUp/PgDn scroll  ^L redraw";
    static const char in_view[] = "F1 keys  Esc prompt  Tab tile  n/p view";
    static const char in_replay[] = ", . step  Space play/pause  q end replay  : prompt  "
                                    "Home/End  F1 keys  Tab tile  n/p view";
    static const char replay_prompt[] = "F6 view, then , . step  Space play/pause  q end replay  "
                                        "F1 help  F2 layout  Tab complete  ^C cancel";
    static const char in_text[] =
        "F1 keys  Esc prompt  Tab tile  / search  n N again up, down  g G ends";
    const struct view_ops *view = current_view(e);
    bool replays = session_replays(e->session, e->layout.view[e->layout.current]);
    const char *entries = e->reading      ? in_text
                          : e->view_focus ? replays ? in_replay : in_view
                          : replays       ? replay_prompt
                          : lineedit_vi() ? vi_prompt
                                          : at_prompt;
    add_entries(out, entries, room);
    if (entries == in_view && view)
        add_entries(out, view->keys, room);
}
