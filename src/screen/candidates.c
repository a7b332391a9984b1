/* What the prompt offers while one types: the pop-up of candidates and, after the cursor,
 * what may still follow. */
#include "explorer.h"

#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "screen.h"

static bool is(const struct keypress *key, const char *name)
{
    return strcmp(key->name, name) == 0;
}

static void line_now(struct strbuf *line, size_t *point)
{
    struct strbuf prompt = {0};
    lineedit_show(&prompt, line, point);
    strbuf_free(&prompt);
}

/* What fits at the cursor. */
static void candidates_now(struct explorer *e, struct completion *out, size_t *typed)
{
    struct strbuf line = {0};
    size_t point;
    line_now(&line, &point);
    session_complete(e->session, strbuf_text(&line), point, out);
    *typed = point > out->from ? point - out->from : 0;
    strbuf_free(&line);
}

void candidates_show(struct explorer *e, const struct completion *completion)
{
    popup_fill(&e->popup, completion);
    e->popup_at = completion->from;
    e->dirty = true;
}

void candidates_narrow(struct explorer *e)
{
    struct completion c;
    size_t typed;
    if (!e->popup.n)
        return;
    candidates_now(e, &c, &typed);
    bool done = c.n == 1 && strlen(c.items[0].word) == typed;
    if (c.n == 0 || c.from != e->popup_at || done)
        popup_clear(&e->popup);
    else
        candidates_show(e, &c);
    completion_free(&c);
}

/* Puts the chosen one into the line; after a folder or a name= its contents are offered next. */
static void take(struct explorer *e)
{
    struct completion c, next;
    size_t typed, chosen = (size_t)e->popup.chosen;
    candidates_now(e, &c, &typed);
    popup_clear(&e->popup);
    if (chosen < c.n) {
        const struct candidate *item = &c.items[chosen];
        char *text = mem_printf("%s%s", item->word, item->open ? "" : " ");
        lineedit_replace(c.from, text);
        free(text);
        if (item->open) {
            candidates_now(e, &next, &typed);
            if (next.n > 1)
                candidates_show(e, &next);
            completion_free(&next);
        }
    }
    completion_free(&c);
}

bool candidates_key(struct explorer *e, const struct keypress *key)
{
    long page = e->popup.shown > 1 ? e->popup.shown - 1 : 1;
    if (!e->popup.n || lineedit_midway())
        return false;
    if (is(key, "tab") || is(key, "down") || is(key, "C-n"))
        popup_choose(&e->popup, 1);
    else if (is(key, "S-tab") || is(key, "up") || is(key, "C-p"))
        popup_choose(&e->popup, -1);
    else if (is(key, "pgdn") || is(key, "pgup"))
        popup_choose(&e->popup, is(key, "pgdn") ? page : -page);
    else if (is(key, "esc") || is(key, "C-g"))
        popup_clear(&e->popup);
    else if (e->popup.chosen >= 0 && (is(key, "enter") || is(key, "right")))
        take(e);
    else
        return false;
    e->dirty = true;
    return true;
}

void candidates_hint(struct explorer *e, struct strbuf *words)
{
    struct strbuf line = {0};
    size_t point;
    strbuf_reset(&e->rest);
    bool told_apart = e->style.colours >= 256 || screen_dims(); /* from what has been typed */
    if (!told_apart || e->popup.n || e->view_focus || lineedit_midway() ||
        strcmp(session_setting(e->session, "hints"), "off") == 0)
        return;
    line_now(&line, &point);
    const char *text = strbuf_text(&line);
    if (point == line.len && line.len > 0 && !strchr(text, '\n')) {
        session_hint(e->session, text, &e->rest, words);
        /* where the tables offer nothing, the last line typed with that beginning */
        if (!e->rest.len && !words->len && text[line.len - 1] != ' ')
            lineedit_recall(text, &e->rest);
    }
    strbuf_free(&line);
}

bool candidates_rest_key(struct explorer *e, const struct keypress *key)
{
    bool whole = is(key, "right") || is(key, "C-f") || is(key, "end") || is(key, "C-e");
    bool word = is(key, "C-right") || is(key, "M-f");
    if ((!whole && !word) || lineedit_vi_command() || lineedit_midway())
        return false;
    struct strbuf line = {0}, words = {0};
    size_t point;
    line_now(&line, &point);
    candidates_hint(e, &words); /* keys may have arrived since it was drawn */
    bool takes = e->rest.len > 0 && point == line.len;
    strbuf_free(&line);
    strbuf_free(&words);
    if (!takes)
        return false;
    const char *rest = e->rest.text;
    size_t n = strspn(rest, " ");
    n += strcspn(rest + n, " ");
    char *text = whole ? mem_text(rest) : mem_text_n(rest, n);
    lineedit_replace(point, text);
    free(text);
    strbuf_reset(&e->rest);
    e->dirty = true;
    return true;
}
