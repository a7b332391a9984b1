/* A picture in the place of the screen: drawn over all of it, and gone with the next key. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "deltaw/draw/picture.h"
#include "explorer.h"
#include "hosting.h"
#include "screen.h"

enum { USUAL_WIDTH = 9, USUAL_HEIGHT = 18 }; /* pixels of a cell, where nothing is known */

static bool knows_kitty(void)
{
    const char *term = getenv("TERM"), *program = getenv("TERM_PROGRAM");
    bool inside = getenv("TMUX") != NULL || (term && strncmp(term, "screen", 6) == 0);
    return !inside &&
           ((term && (strstr(term, "kitty") || strstr(term, "ghostty"))) ||
            getenv("KITTY_WINDOW_ID") ||
            (program && (strcmp(program, "WezTerm") == 0 || strcmp(program, "ghostty") == 0)));
}

bool hosting_knows_sixel(const char *report)
{
    if (!hosting_background_is_last(report))
        return false;
    for (const char *at = strchr(report, ';'); at; at = strchr(at + 1, ';'))
        if (at[1] == '4' && (at[2] == ';' || at[2] == 'c'))
            return true;
    return false;
}

void hosting_picture_room(void *data, struct picture_room *room)
{
    struct winsize size;
    (void)data;
    bool known = ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 && size.ws_row > 0;
    int columns = known ? size.ws_col : 80, rows = known ? size.ws_row : 24;
    int wide = known && size.ws_xpixel ? size.ws_xpixel / columns : USUAL_WIDTH;
    room->line = known && size.ws_ypixel ? size.ws_ypixel / rows : USUAL_HEIGHT;
    room->width = columns * wide;
    room->height = (rows - 2) * room->line; /* without the last, which says how to go on */
    room->kind = knows_kitty() ? PICTURE_KITTY : PICTURE_NONE;
}

bool hosting_picture(void *data, const char *bytes, size_t n, struct err *err)
{
    return hosting_terminal(data, bytes, n, err) && hosting_terminal(data, "\n", 1, err);
}

void explorer_picture_room(void *data, struct picture_room *room)
{
    struct explorer *e = data;
    hosting_picture_room(data, room);
    if (room->kind == PICTURE_NONE && e->sixel)
        room->kind = PICTURE_SIXEL;
}

bool explorer_picture(void *data, const char *bytes, size_t n, struct err *err)
{
    struct explorer *e = data;
    static const char clear[] = "\033[0m\033[2J\033[H";
    char below[64];
    int length = snprintf(below, sizeof below, "\033[%d;1HAny key goes back.", e->height);
    if (!screen_raw(clear, strlen(clear), err) || !screen_raw(bytes, n, err) ||
        !screen_raw(below, (size_t)length, err))
        return false;
    e->picture = true;
    return true;
}

bool explorer_end_picture(struct explorer *e)
{
    static const char gone[] = "\033_Ga=d,q=2\033\\"; /* kitty's; others skip it */
    struct err err;
    if (!e->picture)
        return false;
    if (knows_kitty())
        screen_raw(gone, strlen(gone), &err);
    e->picture = false;
    e->repaint = e->redraw = e->dirty = true;
    return true;
}
