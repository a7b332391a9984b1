#include "screen.h"

#include <errno.h>
#include <langinfo.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>
#include <wchar.h>

#include "hosting.h" /* before term.h, whose macros have names of members */

#define NCURSES_NOMACROS
#include <curses.h>
#include <term.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/utf8.h"
#include "deltaw/draw/palette.h"
#include "stderr_held.h"
#include "terminfo.h"

/* Whatever a handler needs must be static. */
static struct {
    bool utf8, coloured, mouse;
    bool described; /* curses goes by terminfo_direct */
    SCREEN *screen;
    int width, height;
    struct cell *shown; /* what the terminal has, [height][width] */
    int cursor;         /* as curs_set has it; -1: unknown */
    volatile sig_atomic_t active, asked;
    struct termios before;
    char farewell[512]; /* bytes that give the terminal back */
    size_t n_farewell;
} self;

static const char paste_on[] = "\033[?2004h", paste_off[] = "\033[?2004l";
static const char mouse_on[] = "\033[?1002h\033[?1006h", mouse_off[] = "\033[?1006l\033[?1002l";

/* --- what the terminal can --------------------------------------------------- */

/* style.colours for a terminal with this many. */
static int colours_of(int n)
{
    static const int steps[] = {COLOURS_DIRECT, 256, 16, 8};
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
        if (n >= steps[i])
            return steps[i];
    return 0;
}

struct host_ability host_ability(void)
{
    struct host_ability can = {0};
    const char *name = getenv("TERM");
    int status;
    if (!name || !*name || setupterm(name, STDOUT_FILENO, &status) != OK)
        return can;
    const char *move_to = tigetstr("cup");
    int n = tigetnum("colors");
    can.full = move_to && move_to != (char *)-1 && tigetflag("hc") <= 0;
    can.colours = n >= 256 && terminfo_says_direct(name) ? COLOURS_DIRECT : colours_of(n);
    del_curterm(set_curterm(NULL));
    return can;
}

bool host_why_lines(struct strbuf *out)
{
    static const char remedy[] = "set TERM=xterm-256color, or what your terminal is; --plain "
                                 "asks for lines";
    const char *name = getenv("TERM");
    int status = 0;
    if ((name && strcmp(name, "dumb") == 0) || host_ability().full)
        return false;
    if (!name || !*name) {
        strbuf_printf(out, "lines, no full screen: TERM is not set; %s", remedy);
    } else if (setupterm(name, STDOUT_FILENO, &status) != OK) {
        char *safe = utf8_visible(name, strlen(name), "");
        strbuf_printf(out, "lines, no full screen: terminfo knows no terminal TERM=%.40s; %s", safe,
                      remedy);
        free(safe);
    } else {
        strbuf_printf(out, "lines, no full screen: TERM=%s cannot move its cursor; %s", name,
                      remedy);
        del_curterm(set_curterm(NULL));
    }
    return true;
}

int screen_columns(int fd)
{
    struct winsize size;
    return isatty(fd) && ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

/* --- on and off --------------------------------------------------------------- */

static bool write_all(const char *bytes, size_t n)
{
    while (n) {
        ssize_t written = write(STDOUT_FILENO, bytes, n);
        if (written < 0 && errno == EAGAIN)
            poll(&(struct pollfd){.fd = STDOUT_FILENO, .events = POLLOUT}, 1, -1);
        else if (written < 0 && errno != EINTR)
            return false;
        if (written > 0) {
            bytes += written;
            n -= (size_t)written;
        }
    }
    return true;
}

static void say(const char *bytes)
{
    write_all(bytes, strlen(bytes));
}

bool screen_raw(const char *bytes, size_t n, struct err *err)
{
    fflush(stdout);
    return write_all(bytes, n) || err_system(err, ERR_FAILED, "terminal");
}

static int farewell_byte(int c)
{
    if (self.n_farewell + 1 < sizeof self.farewell)
        self.farewell[self.n_farewell++] = (char)c;
    return c;
}

static void prepare_farewell(void)
{
    static const char *const capabilities[] = {"sgr0", "op", "rmkx", "cnorm", "rmcup"};
    self.n_farewell = 0;
    for (const char *c = paste_off; *c; c++)
        farewell_byte(*c);
    for (const char *c = mouse_off; self.mouse && *c; c++)
        farewell_byte(*c);
    for (size_t i = 0; i < sizeof capabilities / sizeof capabilities[0]; i++) {
        const char *text = tigetstr(capabilities[i]);
        if (text && text != (char *)-1)
            tputs(text, 1, farewell_byte);
    }
    farewell_byte('\r');
}

/* Keys one by one and unchanged, but ^C, ^Z and ^\ still raise signals. */
static void set_modes(void)
{
    cbreak();
    noecho();
    nonl();
    struct termios modes;
    if (tcgetattr(STDIN_FILENO, &modes) != 0)
        return;
    modes.c_lflag &= ~(tcflag_t)(ICANON | ECHO | IEXTEN);
    modes.c_lflag |= ISIG;
    modes.c_iflag &= ~(tcflag_t)(IXON | ICRNL | INLCR | IGNCR | ISTRIP);
    modes.c_cc[VMIN] = 1;
    modes.c_cc[VTIME] = 0;
    tcsetattr(STDIN_FILENO, TCSADRAIN, &modes);
    def_prog_mode();
}

static void take_size(void)
{
    self.width = COLS;
    self.height = LINES;
    free(self.shown);
    self.shown = calloc((size_t)self.width * (size_t)self.height, sizeof *self.shown);
}

/* With a description of our own when it is to have direct colours; commands that are run
 * from here shall not inherit it. */
static SCREEN *new_terminal(bool direct)
{
    char *description = direct ? terminfo_direct(getenv("TERM")) : NULL;
    const char *outer = getenv("TERMINFO");
    char *before = outer ? mem_text(outer) : NULL;
    SCREEN *screen = NULL;
    if (description) {
        setenv("TERMINFO", description, 1);
        screen = newterm(NULL, stdout, stdin);
        if (before)
            setenv("TERMINFO", before, 1);
        else
            unsetenv("TERMINFO");
    }
    self.described = screen != NULL;
    free(description);
    free(before);
    return screen ? screen : newterm(NULL, stdout, stdin);
}

bool screen_open(bool direct, struct err *err)
{
    /* curses would take an outdated size from these, and keep it */
    unsetenv("LINES");
    unsetenv("COLUMNS");
    self.utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
    if (tcgetattr(STDIN_FILENO, &self.before) != 0)
        return err_system(err, ERR_FAILED, "terminal");
    self.screen = new_terminal(direct);
    if (!self.screen) {
        const char *name = getenv("TERM");
        return err_set(err, ERR_FAILED, "terminal '%s' has no full screen; --plain does without",
                       name ? name : "");
    }
    prepare_farewell();
    self.active = 1;
    set_modes();
    typeahead(-1); /* curses must not look at input: the loop reads it */
    self.coloured = start_color() == OK;
    if (self.coloured)
        use_default_colors();
    self.cursor = -1;
    take_size();
    stderr_hold();
    refresh();
    say(paste_on);
    return true;
}

void screen_close(void)
{
    if (!self.active)
        return;
    screen_mouse(false);
    self.active = 0;
    say(paste_off);
    /* without an alternate screen the shell continues in the last row */
    move(self.height - 1, 0);
    clrtoeol();
    curs_set(1);
    refresh();
    endwin();
    tcsetattr(STDIN_FILENO, TCSADRAIN, &self.before);
    delscreen(self.screen);
    self.screen = NULL;
    free(self.shown);
    self.shown = NULL;
    stderr_release();
}

void screen_crash(void)
{
    if (!self.active)
        return;
    self.active = 0;
    ssize_t ignored = write(STDOUT_FILENO, self.farewell, self.n_farewell);
    struct pollfd fd = {.fd = STDIN_FILENO, .events = POLLIN};
    char answer[64];
    if (self.asked && poll(&fd, 1, 100) > 0) /* it would be typed into the shell */
        ignored = read(STDIN_FILENO, answer, sizeof answer);
    (void)ignored;
    tcsetattr(STDIN_FILENO, TCSANOW, &self.before);
    stderr_release();
}

void screen_mouse(bool on)
{
    if (on == self.mouse || !self.active)
        return;
    self.mouse = on;
    prepare_farewell();
    say(on ? mouse_on : mouse_off);
}

void screen_suspend(void (*stop)(void *data), void *data)
{
    bool mouse = self.mouse;
    screen_mouse(false);
    say(paste_off);
    curs_set(1);
    endwin();
    stop(data);
    set_modes();
    refresh();
    say(paste_on);
    screen_mouse(mouse);
    self.cursor = -1;
}

/* Terminals whose alternate screen is that of xterm read an OSC to its end; the
 * consoles and the old ones would print it. */
bool screen_ask_background(void)
{
    const char *enter = tigetstr("smcup");
    if (!self.coloured || !enter || enter == (char *)-1 || !strstr(enter, "\033[?1049h"))
        return false;
    say(BACKGROUND_QUESTION);
    return true;
}

void screen_ask_through(void)
{
    self.asked = 1;
    say("\033[5n");
}

void screen_size(int *width, int *height)
{
    struct winsize size;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 && size.ws_row > 0 &&
        (size.ws_col != self.width || size.ws_row != self.height)) {
        resizeterm(size.ws_row, size.ws_col);
        take_size();
        clearok(curscr, TRUE);
    }
    *width = self.width;
    *height = self.height;
}

bool screen_dims(void)
{
    return self.active && (termattrs() & A_DIM) != 0;
}

bool screen_braille(void)
{
    const char *name = self.active ? getenv("TERM") : NULL;
    return name && self.utf8 && strncmp(name, "linux", 5) != 0;
}

int screen_colours(void)
{
    return self.coloured ? colours_of(COLORS) : 0;
}

/* --- cells ---------------------------------------------------------------------- */

static attr_t attributes_of(const struct cell *cell)
{
    return (cell->attributes & CELL_BOLD ? A_BOLD : 0) | (cell->attributes & CELL_DIM ? A_DIM : 0) |
           (cell->attributes & CELL_REVERSE ? A_REVERSE : 0) |
           (cell->attributes & CELL_UNDERLINE ? A_UNDERLINE : 0);
}

/* Terminals with direct colours (xterm-direct) take red, green and blue, but for numbers
 * below 8, which are colours of the palette as everywhere; below 256 in our own description. */
static int terminal_colour(int colour)
{
    if (colour < 8 || COLORS <= 256)
        return colour < COLORS ? colour : -1;
    if (self.described)
        return colour < COLOUR_RGB   ? colour
               : (colour & 0xffff00) ? colour & 0xffffff
                                     : 0x000100 | (colour & 255);
    double rgb[3];
    int packed = 0;
    palette_rgb(colour, rgb); /* also of COLOUR_RGB */
    for (int c = 0; c < 3; c++)
        packed = packed << 8 | (int)lround(255 * rgb[c]);
    return packed;
}

static int pair_of(const struct cell *cell)
{
    int foreground = cell->foreground, background = cell->background;
    if (!self.coloured || (foreground < 0 && background < 0))
        return 0;
    int pair = alloc_pair(terminal_colour(foreground), terminal_colour(background));
    return pair > 0 ? pair : 0;
}

static void show_row(const struct cell *row, int y)
{
    for (int x = 0; x < self.width; x++) {
        const struct cell *cell = &row[x];
        if (cell->glyph == 0 && x > 0 && utf8_codepoint_width(row[x - 1].glyph) == 2)
            continue; /* curses fills the right half of a wide one itself */
        wchar_t text[2] = {(wchar_t)cell->glyph, 0};
        if (cell->glyph < ' ' || cell->glyph == 127)
            text[0] = ' ';
        else if (cell->glyph > 127 && !self.utf8)
            text[0] = '?';
        else if (utf8_codepoint_width(cell->glyph) == 2 && x == self.width - 1)
            text[0] = ' '; /* its right half has no room */
        cchar_t glyph;
        int pair = pair_of(cell);
        setcchar(&glyph, text, attributes_of(cell), 0, &pair);
        mvadd_wch(y, x, &glyph);
    }
}

void screen_show(const struct canvas *canvas, int x, int y, bool anew)
{
    if (!self.active || !self.shown || canvas->width != self.width || canvas->height != self.height)
        return;
    if (anew)
        clearok(curscr, TRUE);
    size_t row_size = (size_t)self.width * sizeof *self.shown;
    for (int row = 0; row < self.height; row++) {
        const struct cell *now = canvas->cells + (size_t)row * (size_t)self.width;
        struct cell *old = self.shown + (size_t)row * (size_t)self.width;
        if (memcmp(now, old, row_size) == 0)
            continue;
        memcpy(old, now, row_size);
        show_row(now, row);
    }
    int cursor = x >= 0;
    if (cursor != self.cursor)
        curs_set(cursor);
    self.cursor = cursor;
    if (cursor)
        move(y, x);
    refresh();
}

const char *screen_version(void)
{
    return curses_version();
}
