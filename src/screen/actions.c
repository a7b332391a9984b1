/* Keys and what they do. */
#include "explorer.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/thread.h"
#include "hosting.h"

static const double worth_seconds = 10; /* of work: less than that is soon redone */

/* --- lines ------------------------------------------------------------------------ */

enum { PROMPT_CELLS = 8 }; /* "deltaw> " */

/* Gives the tiles their room back. */
static void close_drawer(struct explorer *e)
{
    if (e->drawer == 0)
        return;
    e->drawer = 0;
    explorer_place(e);
}

static void echo(struct explorer *e, const char *prompt, const char *line)
{
    transcript_print(&e->transcript, LINE_COMMAND, "%s%s\n", prompt, line);
    e->transcript.scrolled = 0;
    e->dirty = true;
    close_drawer(e);
}

static void quit_if_asked_twice(struct explorer *e)
{
    struct strbuf names = {0};
    bool busy = session_busy(e->session);
    size_t n = session_unsaved(e->session, worth_seconds, &names);
    bool writes = session_writes(e->session);
    if (e->asked_end || (!busy && !n && !writes))
        e->quit = true;
    else if (writes)
        explorer_hint(e, "A file is being written. ^D again leaves without it.");
    else if (busy)
        explorer_hint(e, "A fit is not done. ^D again or `quit` leaves; what it learned is kept.");
    else
        explorer_hint(e, "Not saved: %s. ^D again or `quit` leaves; they are kept.",
                      strbuf_text(&names));
    strbuf_free(&names);
    e->asked_end = true;
}

void explorer_enter(struct explorer *e, const char *line)
{
    popup_clear(&e->popup);
    e->dirty = true;
    if (!line) {
        quit_if_asked_twice(e);
        return;
    }
    bool blank = !line[strspn(line, " \t\n")];
    bool paused = e->step == STEP_PAUSED;
    if (blank && e->transcript.scrolled > 0) { /* reading goes on */
        reader_scroll_key(e, &(struct keypress){.name = "pgdn"});
        return;
    }
    if (paused && blank) {
        session_enter(e->session);
        e->step = STEP_RAN;
        return;
    }
    char *copy = mem_text(line), *rest = copy;
    for (char *one; (one = strsep(&rest, "\n"));)
        echo(e, one == copy ? "deltaw> " : "      > ", one);
    free(copy);
    /* while an earlier line has not run, messages appear below this line's echo */
    bool idle = e->step == STEP_IDLE || e->step == STEP_FAILED;
    e->out.echoed = idle && !strchr(line, '\n') ? PROMPT_CELLS : 0;
    if (!blank)
        (paused ? session_feed_aside : session_feed)(e->session, line, "prompt");
    e->step = paused || (idle && !blank) ? STEP_RAN : e->step;
}

void explorer_interrupt(struct explorer *e)
{
    bool asked = e->asked_interrupt;
    if (explorer_end_picture(e))
        return;
    e->asked_interrupt = e->asked_end = false;
    e->hint[0] = '\0';
    e->dirty = true;
    if (e->help.n) {
        popup_clear(&e->help);
        e->redraw = true;
    } else if (!lineedit_empty()) { /* and the candidates that belong to it */
        e->redraw = e->popup.n > 0;
        popup_clear(&e->popup);
        lineedit_drop_line();
    } else if (e->step == STEP_WAITING || e->step == STEP_PAUSED || e->step == STEP_RAN) {
        session_cancel(e->session);
    } else if (e->view_focus) {
        explorer_focus(e, false, false);
    } else if (e->drawer) {
        close_drawer(e);
    } else if (session_busy(e->session)) {
        explorer_hint(e, "Nothing is waited for. `stop` ends the fit, `quit` leaves.");
    } else if (asked) {
        e->quit = true;
        e->code = ERR_INTERRUPTED;
    } else {
        explorer_hint(e, "Nothing to cancel. ^D, `quit` or ^C again leaves.");
        e->asked_interrupt = true;
    }
}

/* --- keys -------------------------------------------------------------------------- */

static void toggle_focus(struct explorer *e)
{
    if (!e->view_focus)
        close_drawer(e);
    explorer_focus(e, !e->view_focus, e->layout.no_tiles);
}

static void view_focus_key(struct explorer *e, const struct keypress *key)
{
    struct strbuf command = {0};
    e->redraw = e->dirty = true;
    if (e->asking)
        reader_key(e, key);
    else if (mistyped_key(e, key))
        ;
    else if (!e->reading &&
             session_replay_key(e->session, e->layout.view[e->layout.current], key->name, &command))
        explorer_run(e, strbuf_text(&command));
    else if (key_is(key, "esc") || key_is(key, ":") || key_is(key, "C-g"))
        explorer_focus(e, false, false);
    else if (key_is(key, "tab"))
        tiles_step(e, 1);
    else if (key_is(key, "S-tab"))
        tiles_step(e, -1);
    else if (key_is(key, "?"))
        keyhelp_open(e);
    else if (key_is(key, "enter") && e->step == STEP_PAUSED)
        explorer_enter(e, "");
    else if (key_is(key, "/"))
        reader_ask(e);
    else if (key_is(key, "C-d"))
        quit_if_asked_twice(e);
    else if (!(e->reading ? reader_key(e, key) : tiles_key(e, key)) && key->name[0])
        explorer_hint(e, "%s does nothing here. ? lists the keys, Esc goes to the prompt.",
                      key->name);
    strbuf_free(&command);
}

/* Terminals differ in these; readline gets the sequence it certainly knows. */
static bool type_named(const struct keypress *key)
{
    static const char *const known[][2] = {
        {"up", "\033[A"},   {"down", "\033[B"},   {"right", "\033[C"},   {"left", "\033[D"},
        {"home", "\033[H"}, {"end", "\033[F"},    {"delete", "\033[3~"}, {"insert", "\033[2~"},
        {"enter", "\r"},    {"C-right", "\033f"}, {"C-left", "\033b"},   {"backspace", "\177"},
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (key_is(key, known[i][0])) {
            lineedit_type(known[i][1], strlen(known[i][1]));
            return true;
        }
    return false;
}

static void escape_at_prompt(struct explorer *e)
{
    if (lineedit_vi())
        lineedit_type("\033", 1);
    else if (lineedit_midway())
        lineedit_type("\007", 1);
    else
        toggle_focus(e);
}

static void complete_at_prompt(struct explorer *e)
{
    size_t n, point;
    char *before = mem_text(lineedit_line(&n, &point));
    lineedit_type("\t", 1);
    if (!e->popup.n && strcmp(before, lineedit_line(&n, &point)) == 0)
        explorer_hint(e, "Nothing is known that fits here.");
    free(before);
}

static void prompt_key(struct explorer *e, const struct keypress *key)
{
    e->dirty = true;
    bool sequence = key->n_bytes > 1 && key->bytes[0] == '\033';
    if (promptline_candidates_rest_key(e, key))
        ;
    else if (key_is(key, "esc"))
        escape_at_prompt(e);
    else if (key_is(key, "tab"))
        complete_at_prompt(e);
    else if (key_is(key, "C-d") && lineedit_empty())
        quit_if_asked_twice(e);
    else if (type_named(key))
        ;
    else if (sequence ? lineedit_knows(key->bytes, key->n_bytes) : key->name[0] || !e->utf8)
        lineedit_type(key->bytes, key->n_bytes);
}

/* Keys that mean the same everywhere. */
static bool common_key(struct explorer *e, const struct keypress *key)
{
    if (e->asking || (lineedit_midway() && !e->view_focus))
        return false;
    if (key_is(key, "f1"))
        keyhelp_open(e);
    else if (key_is(key, "f2"))
        explorer_run(e, "layout next");
    else if (key_is(key, "f6"))
        toggle_focus(e);
    else if (key_is(key, "C-l"))
        e->repaint = e->stale = true;
    else if (key_is(key, "M-up") || key_is(key, "M-down"))
        tiles_more_text(e, key_is(key, "M-up") ? 1 : -1);
    else if (reader_scroll_key(e, key))
        ;
    else if (!e->view_focus && e->transcript.scrolled && lineedit_empty() &&
             (key_is(key, "home") || key_is(key, "end")))
        reader_key(e, key);
    else if (key_is(key, "C-c")) /* another interrupt key was set */
        explorer_interrupt(e);
    else
        return false;
    e->dirty = true;
    return true;
}

/* True: the page of keys took the key. */
static bool help_key(struct explorer *e, const struct keypress *key)
{
    if (!e->help.n)
        return false;
    e->dirty = e->redraw = true;
    size_t page = e->help.shown > 1 ? (size_t)e->help.shown - 1 : 1, first = e->help.first;
    size_t last = e->help.n > (size_t)e->help.shown ? e->help.n - (size_t)e->help.shown : 0;
    if (key_is(key, "down") || key_is(key, "up"))
        page = 1;
    if (key_is(key, "down") || key_is(key, "pgdn") || key_is(key, "space"))
        e->help.first = first + page < last ? first + page : last;
    else if (key_is(key, "up") || key_is(key, "pgup"))
        e->help.first = first > page ? first - page : 0;
    else
        popup_clear(&e->help);
    return true;
}

static void take_report(struct explorer *e, const char *report)
{
    if (hosting_background_is_last(report)) {
        e->asked_at = NAN;
        e->answers = true;
        e->sixel = hosting_knows_sixel(report);
    }
    bool dark;
    if (!hosting_background_parse(report, &dark) || (e->background_known && e->is_dark == dark))
        return;
    e->background_known = true;
    e->is_dark = dark;
    e->stale = true;
}

/* ESC [ 0 n: the terminal is alive and has drawn everything sent before the question. */
bool explorer_is_flow(const struct keypress *key)
{
    return key->n_bytes == 4 && memcmp(key->bytes, "\033[0n", 4) == 0;
}

void explorer_key(struct explorer *e, const struct keypress *key)
{
    if (explorer_is_flow(key) && !isnan(e->flow_at)) {
        e->through_at = clock_seconds();
        e->flow_took = e->through_at - e->flow_at;
        e->flow_at = NAN;
    }
    if (key->report)
        take_report(e, key->bytes);
    if (!key->paste && !key->name[0] && key->n_bytes != 1)
        return; /* no key */
    if (explorer_end_picture(e))
        return;
    e->hint[0] = '\0';
    e->dirty = true;
    if (!key_is(key, "C-d"))
        e->asked_end = false;
    if (!key_is(key, "C-c"))
        e->asked_interrupt = false;
    if (help_key(e, key))
        return;
    if (!key->paste && promptline_candidates_key(e, key))
        return;
    if (tiles_mouse(e, key)) {
        ;
    } else if (key->paste) {
        explorer_focus(e, false, false);
        lineedit_paste(strbuf_text(&e->keys.paste), e->keys.paste.len);
        popup_clear(&e->popup);
    } else if (!common_key(e, key)) {
        if (e->view_focus)
            view_focus_key(e, key);
        else
            prompt_key(e, key);
    }
    if (!key_is(key, "tab"))
        promptline_candidates_narrow(e);
}
