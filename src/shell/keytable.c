#include "deltaw/shell/keytable.h"

static const struct key_row rows[] = {
    {KEYS_PROMPT, "Tab", "complete; in the list Tab or arrows choose, Enter takes"},
    {KEYS_PROMPT, "Right", "at the end of the line: take what is shown behind it"},
    {KEYS_PROMPT, "Up, Down, ^R", "lines typed before that begin like this; search in them"},
    {KEYS_PROMPT, "Esc, F6", "to the tile and back"},
    {KEYS_PROMPT, "^D", "quit, on an empty line"},
    {KEYS_TILE, "Tab, S-Tab", "next, previous tile; the transcript is the last"},
    {KEYS_TILE, "n, p", "next, previous view in this tile"},
    {KEYS_TILE, "< >", "narrower, wider tile"},
    {KEYS_TILE, "/", "search the transcript"},
    {KEYS_TILE, "?", "what keys do"},
    {KEYS_TILE, "Esc, :", "to the prompt"},
    {KEYS_TEXT, "Up, Down, k j", "scroll by a row"},
    {KEYS_TEXT, "b, Space", "by a page"},
    {KEYS_TEXT, "Home, End, g G", "to the beginning, the end"},
    {KEYS_TEXT, "/", "search; n further up, N down"},
    {KEYS_TEXT, "Tab, S-Tab", "to the tiles"},
    {KEYS_TEXT, "Esc, :", "to the prompt"},
    {KEYS_COMMON, "F1", "what keys do"},
    {KEYS_COMMON, "F2", "next layout: beside, above, one, text"},
    {KEYS_COMMON, "M-Up, M-Down", "more, fewer rows of transcript"},
    {KEYS_COMMON, "PgUp, PgDn", "scroll the transcript by a page"},
    {KEYS_COMMON, "S-Up, S-Down", "by a row"},
    {KEYS_COMMON, "C-Home, C-End", "to its ends; Home, End too, once scrolled"},
    {KEYS_COMMON, "^C", "clear the line; give up what is waited for, not fits"},
    {KEYS_COMMON, "^L", "draw everything again"},
    {KEYS_COMMON, "^Z", "stop the program; fg continues it"},
    {KEYS_MOUSE, "click", "to that tile, the prompt, a cell of a map"},
    {KEYS_MOUSE, "drag a border", "change the size of what it parts"},
    {KEYS_MOUSE, "wheel", "scroll the transcript"},
};

const struct key_row *key_row_at(size_t i)
{
    return i < sizeof rows / sizeof rows[0] ? &rows[i] : NULL;
}

const char *key_group_name(enum key_group group)
{
    static const char *const names[] = {"Keys at the prompt", "Keys in every tile",
                                        "Keys in the transcript", "Keys everywhere",
                                        "Mouse, after set mouse=yes"};
    return names[group];
}
