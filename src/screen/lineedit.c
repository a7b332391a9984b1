#include "lineedit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <readline/history.h>
#include <readline/readline.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/utf8.h"
#include "recall.h"

static struct {
    bool open, full_screen, initialised;
    struct lineedit_host host;
    struct strbuf queue; /* bytes readline has not asked for yet */
    size_t taken;
    FILE *nowhere;
    struct completion completion; /* of the last attempt */
    const char *editing;          /* asked for */
    bool inputrc_vi;
} self;

static int next_byte(FILE *ignored)
{
    (void)ignored;
    if (self.taken >= self.queue.len)
        return EOF;
    return (unsigned char)self.queue.text[self.taken++];
}

static int byte_waiting(void)
{
    return self.taken < self.queue.len;
}

static void draw_nothing(void)
{
}

/* readline 8.2 may keep one undo list in two places: in an entry of the history (what
 * is left in the midst of a search) and with the line it saved, which frees it.  An
 * entry gone to later would then be undone with freed memory.  The line is done: none
 * of them is needed. */
static void forget_undo(void)
{
    HIST_ENTRY **entries = history_list();
    for (int i = 0; entries && i < history_length; i++)
        entries[i]->data = NULL;
    rl_undo_list = NULL;
}

static void on_line(char *line)
{
    forget_undo();
    if (line)
        recall_add(line);
    self.host.line(self.host.data, line);
    free(line);
}

/* Longest common beginning of all words, at least what is typed already. */
static size_t common_length(const struct completion *c, size_t typed)
{
    size_t n = strlen(c->items[0].word);
    for (size_t i = 1; i < c->n; i++) {
        size_t same = 0;
        while (same < n && c->items[i].word[same] == c->items[0].word[same])
            same++;
        n = same;
    }
    while (n && (c->items[0].word[n] & 0xc0) == 0x80)
        n--; /* not within a character */
    return n > typed ? n : typed;
}

/* To readline the whole line up to the point is one word, since the session knows better
 * where words begin. */
static char **attempt(const char *text, int start, int end)
{
    (void)text;
    (void)start;
    rl_attempted_completion_over = 1;
    rl_completion_suppress_append = 1;
    completion_free(&self.completion);
    self.completion = (struct completion){0};
    session_complete(self.host.session, rl_line_buffer, (size_t)end, &self.completion);
    struct completion *c = &self.completion;
    if (!c->n || c->from > (size_t)end)
        return NULL;
    int from = (int)c->from;
    char **matches = mem_new(c->n + 2, sizeof *matches);
    if (c->n == 1) {
        matches[0] = mem_printf("%.*s%s%s", from, rl_line_buffer, c->items[0].word,
                                c->items[0].open ? "" : " ");
        return matches;
    }
    size_t typed = (size_t)end - c->from, n = common_length(c, typed);
    const char *common = n > typed ? c->items[0].word : rl_line_buffer + from;
    matches[0] = mem_printf("%.*s%.*s", from, rl_line_buffer, (int)n, common);
    for (size_t i = 0; i < c->n; i++)
        matches[i + 1] = mem_printf("%.*s%s", from, rl_line_buffer, c->items[i].word);
    return matches;
}

static void display(char **matches, int n, int longest)
{
    (void)longest;
    if (self.full_screen) {
        self.host.candidates(self.host.data, &self.completion);
        return;
    }
    int columns = 80, lines = 24;
    rl_get_screen_size(&lines, &columns);
    (void)matches;
    fputc('\n', rl_outstream);
    struct completion *c = &self.completion;
    if (c->about)
        fprintf(rl_outstream, "%.*s:\n", (int)utf8_prefix(c->about, columns - 2), c->about);
    int widest = 0;
    for (size_t i = 0; i < c->n; i++) {
        int width = utf8_width(c->items[i].word);
        widest = width > widest && width <= 30 ? width : widest;
    }
    for (size_t i = 0; i < c->n && n; i++) {
        const char *meaning = c->items[i].meaning ? c->items[i].meaning : "";
        int pad = widest - utf8_width(c->items[i].word);
        int room = columns - 1 - widest - 4;
        bool cut = utf8_width(meaning) > room;
        fprintf(rl_outstream, "  %s%*s  %.*s%s\n", c->items[i].word, pad > 0 ? pad : 0, "",
                room > 3 ? (int)utf8_prefix(meaning, cut ? room - 3 : room) : 0, meaning,
                cut && room > 3 ? "..." : "");
    }
    rl_forced_update_display();
}

static void apply_editing(void)
{
    bool automatic = !self.editing || strcmp(self.editing, "auto") == 0;
    bool vi = automatic ? self.inputrc_vi : strcmp(self.editing, "vi") == 0;
    if (vi != (rl_editing_mode == 0))
        rl_variable_bind("editing-mode", vi ? "vi" : "emacs");
    if (!automatic && !self.full_screen)
        rl_variable_bind("show-mode-in-prompt", vi ? "on" : "off");
}

void lineedit_editing(const char *mode)
{
    if (self.editing && strcmp(mode, self.editing) == 0)
        return;
    static const char *const modes[] = {"auto", "emacs", "vi"};
    for (size_t i = 0; i < 3; i++)
        if (strcmp(mode, modes[i]) == 0)
            self.editing = modes[i];
    if (self.initialised)
        apply_editing();
}

static void initialise(bool full_screen)
{
    rl_readline_name = "deltaw";
    rl_catch_signals = 0;
    rl_catch_sigwinch = 0;
    rl_change_environment = 0;
    rl_attempted_completion_function = attempt;
    rl_completer_word_break_characters = "";
    rl_basic_word_break_characters = "";
    rl_completer_quote_characters = "";
    rl_sort_completion_matches = 0;
    rl_ignore_completion_duplicates = 0;
    rl_completion_display_matches_hook = display;
    if (full_screen) {
        rl_prep_term_function = NULL;
        rl_deprep_term_function = NULL;
        rl_redisplay_function = draw_nothing;
        rl_getc_function = next_byte;
        rl_input_available_hook = byte_waiting;
        self.nowhere = fopen("/dev/null", "we");
        if (self.nowhere)
            rl_outstream = self.nowhere;
    } else if (!isatty(STDOUT_FILENO)) {
        rl_outstream = stderr; /* results go to a file, the prompt does not */
    }
    rl_initialize();
    self.inputrc_vi = rl_editing_mode == 0;
    recall_bind_arrows();
    rl_variable_bind("show-all-if-ambiguous", "on");
    rl_variable_bind("skip-completed-text", "on");
    if (full_screen) {
        rl_variable_bind("bell-style", "none");
        rl_variable_bind("enable-bracketed-paste", "off");
        if (self.nowhere)
            rl_outstream = self.nowhere; /* rl_initialize sets it again */
    }
}

void lineedit_open(const struct lineedit_host *host, const char *prompt, bool full_screen)
{
    self.host = *host;
    self.full_screen = full_screen;
    if (!self.initialised)
        initialise(full_screen);
    self.initialised = true;
    self.open = true;
    apply_editing();
    rl_callback_handler_install(prompt, on_line);
}

void lineedit_close(void)
{
    if (!self.open)
        return;
    self.open = false;
    rl_callback_handler_remove();
    completion_free(&self.completion);
    self.completion = (struct completion){0};
    if (self.full_screen) {
        strbuf_free(&self.queue);
        self.taken = 0;
    }
}

void lineedit_read(void)
{
    rl_callback_read_char();
}

void lineedit_hide(void)
{
    if (self.open)
        rl_clear_visible_line();
}

void lineedit_unhide(void)
{
    if (self.open) {
        rl_on_new_line();
        rl_redisplay();
    }
}

void lineedit_resized(void)
{
    if (self.initialised)
        rl_resize_terminal();
}

void lineedit_suspend(void (*stop)(void))
{
    if (self.open && rl_deprep_term_function)
        rl_deprep_term_function();
    stop();
    if (self.open && rl_prep_term_function) {
        rl_prep_term_function(1);
        rl_forced_update_display();
    }
}

void lineedit_type(const char *bytes, size_t n)
{
    /* In a search readline 8.2 reads on after ^X, ^V and ^Q though nothing has come,
     * and crashes: these end it. */
    bool search = RL_ISSTATE(RL_STATE_ISEARCH | RL_STATE_NSEARCH);
    if (search && n > 0 && n <= 2 && memchr("\030\026\021", bytes[n - 1], 3)) {
        bytes = "\007";
        n = 1;
    }
    strbuf_add(&self.queue, bytes, n);
    while (self.open && self.taken < self.queue.len)
        rl_callback_read_char();
    strbuf_reset(&self.queue);
    self.taken = 0;
}

bool lineedit_knows(const char *bytes, size_t n)
{
    int type;
    return rl_function_of_keyseq_len(bytes, n, NULL, &type) != NULL;
}

void lineedit_paste(const char *text, size_t n)
{
    if (lineedit_midway())
        lineedit_type("\007", 1); /* end a search first */
    struct strbuf lines = {0};
    for (size_t i = 0; i < n; i++) /* terminals send CR, or CR LF, for the newline */
        if (text[i] == '\r')
            strbuf_putc(&lines, '\n');
        else if (text[i] == '\t')
            strbuf_putc(&lines, ' ');
        else if (text[i] != '\n' || i == 0 || text[i - 1] != '\r')
            strbuf_putc(&lines, text[i]);
    while (lines.len && lines.text[lines.len - 1] == '\n')
        strbuf_cut(&lines, lines.len - 1);
    rl_begin_undo_group();
    char *rest = lines.text; /* NULL when empty, for which strsep gives nothing */
    bool first = true;
    for (char *line; (line = strsep(&rest, "\n")); first = false) {
        char *clean = utf8_visible(line, strlen(line), "");
        if (!first)
            rl_insert_text("\n");
        rl_insert_text(clean);
        free(clean);
    }
    rl_end_undo_group();
    strbuf_free(&lines);
}

bool lineedit_midway(void)
{
    return RL_ISSTATE(RL_STATE_ISEARCH | RL_STATE_NSEARCH | RL_STATE_MULTIKEY | RL_STATE_MOREINPUT |
                      RL_STATE_NUMERICARG | RL_STATE_VIMOTION | RL_STATE_CHARSEARCH |
                      RL_STATE_METANEXT) != 0;
}

void lineedit_replace(size_t from, const char *text)
{
    if (from > (size_t)rl_point)
        return;
    rl_begin_undo_group();
    rl_delete_text((int)from, rl_point);
    rl_point = (int)from;
    rl_insert_text(text);
    rl_end_undo_group();
}

void lineedit_recall(const char *line, struct strbuf *rest)
{
    size_t n = strlen(line);
    for (size_t i = (size_t)history_length; i-- > 0;) {
        const char *old = recall_line(i);
        if (old && strncmp(old, line, n) == 0 && old[n] && !strchr(old, '\n')) {
            strbuf_puts(rest, old + n);
            return;
        }
    }
}

bool lineedit_vi_command(void)
{
    return rl_editing_mode == 0 && rl_get_keymap() == vi_movement_keymap;
}

bool lineedit_vi(void)
{
    return rl_editing_mode == 0;
}

void lineedit_drop_line(void)
{
    if (!self.open)
        return;
    rl_free_line_state();
    rl_callback_sigcleanup();
    rl_replace_line("", 1);
    rl_point = rl_mark = 0;
    using_history(); /* and no longer at an older entry */
}

bool lineedit_empty(void)
{
    return rl_end == 0 && !lineedit_midway();
}

void lineedit_prompt(struct strbuf *out)
{
    if (rl_editing_mode == 0 && !lineedit_midway())
        strbuf_puts(out, lineedit_vi_command() ? "(cmd) " : "(ins) ");
    bool hidden = false; /* \001..\002: bytes of a prompt that are not shown */
    for (const char *c = rl_display_prompt ? rl_display_prompt : ""; *c; c++)
        if (*c == '\001' || *c == '\002')
            hidden = *c == '\001';
        else if (!hidden)
            strbuf_putc(out, *c);
}

const char *lineedit_line(size_t *n, size_t *point)
{
    *n = (size_t)rl_end;
    *point = (size_t)rl_point;
    return rl_line_buffer;
}

const char *lineedit_version(void)
{
    return rl_library_version;
}
