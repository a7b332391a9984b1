/* help: the verbs and the keys, to be read beside the work. */
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/utf8.h"
#include "deltaw/view/view.h"
#include "source.h"
#include "watch.h"
#include "wording.h"

static const struct option_row help_options[] = {{0}};

enum { NAME_WIDTH = 15, BESIDE_FROM = 36 };

/* One line of the page: a heading, or a name and what it means. */
struct help_state {
    struct table page; /* group, name, text; groups together */
    size_t n_groups;
    size_t top, n_lines, height; /* of the last picture */
    size_t *heads;               /* [n_groups] their lines in it */
};

static bool help_configure(void *state, const struct args *args, struct err *err)
{
    (void)state, (void)args, (void)err;
    return true;
}

static void page_clear(struct help_state *s)
{
    table_free(&s->page);
    memset(&s->page, 0, sizeof s->page);
    free(s->heads);
    s->heads = NULL;
    s->n_groups = 0;
}

static void page_row(struct help_state *s, const char *group, const char *name, const char *text)
{
    struct table *page = &s->page;
    const char *last = page->n_rows ? page->cells[(page->n_rows - 1) * 3].text : "";
    s->n_groups += strcmp(last, group) != 0;
    table_row(page);
    table_text(page, 0, group);
    table_text(page, 1, name);
    table_text(page, 2, text);
}

/* "[ ] bias": the keys end where a word of letters begins that is not the last. */
static void key_row(struct help_state *s, const char *group, const char *entry)
{
    const char *text = strrchr(entry, ' ');
    for (const char *at = entry; (at = strchr(at, ' ')); at++) {
        if (at[1] && at[2] && at[2] != ' ' && at[1] != ' ') {
            text = at;
            break;
        }
    }
    char *key = text ? mem_text_n(entry, (size_t)(text - entry)) : mem_text(entry);
    page_row(s, group, key, text ? text + 1 : "");
    free(key);
}

static void view_rows(struct help_state *s, const struct view_ops *ops)
{
    char *group = mem_printf("Keys in the tile %s", ops->name), *copy = mem_text(ops->keys);
    for (char *at = copy, *end; at && *at; at = end) {
        end = strstr(at, "  ");
        if (end) {
            *end = '\0';
            end += 2;
            end += strspn(end, " ");
        }
        key_row(s, group, at);
    }
    free(group);
    free(copy);
}

static bool help_update(void *state, const struct scene *scene, bool pending, struct view_job **job,
                        struct err *err)
{
    struct help_state *s = state;
    (void)pending, (void)job;
    if (s->page.n_rows > 0) /* it never changes */
        return true;
    table_column(&s->page, "group", COLUMN_TEXT, 0);
    table_column(&s->page, "name", COLUMN_TEXT, 0);
    table_column(&s->page, "text", COLUMN_TEXT, 0);
    for (size_t i = 0; i < scene->n_help; i++)
        page_row(s, scene->help[i].group, scene->help[i].name, scene->help[i].text);
    for (size_t i = 0; view_at(i); i++)
        view_rows(s, view_at(i));
    s->heads = mem_new(s->n_groups, sizeof *s->heads);
    (void)err;
    return true;
}

static void help_title(const void *state, struct strbuf *out)
{
    const struct help_state *s = state;
    strbuf_puts(out, "help");
    if (s->n_lines > s->height && s->height > 0) {
        size_t last = s->top + s->height < s->n_lines ? s->top + s->height : s->n_lines;
        strbuf_printf(out, " · lines %zu to %zu of %zu", s->top + 1, last, s->n_lines);
    }
}

/* Where the picture is, so that lines above its top are counted, not drawn. */
struct pen {
    struct canvas *canvas;
    struct rect area;
    const struct style *style;
    size_t line, top;
};

static void pen_line(struct pen *pen, int x, const char *text, unsigned attributes)
{
    if (pen->canvas && pen->line >= pen->top && pen->line - pen->top < (size_t)pen->area.height) {
        canvas_text(pen->canvas, pen->area.x + x, pen->area.y + (int)(pen->line - pen->top),
                    pen->area.width - x, text, COLOUR_DEFAULT, attributes, pen->style);
    }
}

/* The text in as many lines as it takes beside its name. */
static void pen_entry(struct pen *pen, const char *name, const char *text)
{
    struct strbuf wrapped = {0};
    int left = pen->area.width >= BESIDE_FROM ? NAME_WIDTH : 2;
    bool below = left == 2 || utf8_width(name) > NAME_WIDTH - 2;
    pen_line(pen, 1, name, pen->style->colours > 0 ? CELL_BOLD : 0);
    pen->line += below && *text;
    wording_wrap(text, pen->area.width - left - 1 > 8 ? pen->area.width - left - 1 : 8, &wrapped);
    for (char *rest = wrapped.text, *line; (line = strsep(&rest, "\n")) && *line;) {
        pen_line(pen, left == 2 ? 3 : left, line, 0);
        pen->line++;
    }
    strbuf_free(&wrapped);
}

static size_t lay_page(struct help_state *s, struct pen *pen)
{
    size_t n_heads = 0;
    const char *group = "";
    pen->line = 0;
    for (size_t i = 0; i < s->page.n_rows; i++) {
        const struct table_cell *row = &s->page.cells[3 * i];
        if (strcmp(group, row[0].text) != 0) {
            pen->line += i > 0;
            s->heads[n_heads++] = pen->line;
            pen_line(pen, 0, row[0].text, CELL_BOLD | CELL_UNDERLINE);
            pen->line++;
            group = row[0].text;
        }
        pen_entry(pen, row[1].text, row[2].text ? row[2].text : "");
    }
    return pen->line;
}

static void help_draw(void *state, struct canvas *canvas, struct rect area,
                      const struct style *style)
{
    struct help_state *s = state;
    struct pen pen = {.area = area, .style = style};
    s->height = (size_t)area.height;
    s->n_lines = lay_page(s, &pen);
    size_t last = s->n_lines > s->height ? s->n_lines - s->height : 0;
    s->top = s->top < last ? s->top : last;
    pen.canvas = canvas;
    pen.top = s->top;
    lay_page(s, &pen);
}

static void help_describe(const void *state, struct strbuf *out)
{
    const struct help_state *s = state;
    size_t verbs = 0;
    while (verbs < s->page.n_rows && strncmp(s->page.cells[3 * verbs].text, "Keys", 4) != 0)
        verbs++;
    strbuf_printf(out, "%zu verbs, and the keys; `help VERB` explains one.", verbs);
}

static void help_data(const void *state, struct table *out)
{
    const struct help_state *s = state;
    table_copy(&s->page, out);
}

/* The heading before or after the first line in sight. */
static void step_group(struct help_state *s, bool on)
{
    for (size_t i = 0; i < s->n_groups; i++) {
        size_t g = on ? i : s->n_groups - 1 - i;
        if (on ? s->heads[g] > s->top : s->heads[g] < s->top) {
            s->top = s->heads[g];
            return;
        }
    }
}

static bool help_key(void *state, const char *key, struct strbuf *command)
{
    struct help_state *s = state;
    size_t page = s->height > 2 ? s->height - 1 : 1;
    (void)command;
    if (strcmp(key, "up") == 0)
        s->top -= s->top > 0;
    else if (strcmp(key, "down") == 0)
        s->top++;
    else if (strcmp(key, "space") == 0)
        s->top += page;
    else if (strcmp(key, "b") == 0)
        s->top = s->top > page ? s->top - page : 0;
    else if (strcmp(key, "home") == 0)
        s->top = 0;
    else if (strcmp(key, "end") == 0)
        s->top = s->n_lines; /* drawing limits it */
    else if (strcmp(key, "[") == 0 || strcmp(key, "]") == 0)
        step_group(s, key[0] == ']');
    else
        return false;
    size_t last = s->n_lines > s->height ? s->n_lines - s->height : 0;
    s->top = s->top < last ? s->top : last;
    return true;
}

static void help_release(void *state)
{
    page_clear(state);
}

const struct view_ops help_view = {
    .name = "help",
    .summary = "the verbs and the keys",
    .keys = "arrows line  Space page  b page back  [ ] group  z zoom",
    .options = help_options,
    .positional = 1, /* the verb's: help fit */
    .state_size = sizeof(struct help_state),
    .configure = help_configure,
    .update = help_update,
    .title = help_title,
    .draw = help_draw,
    .describe = help_describe,
    .table = help_data,
    .key = help_key,
    .release = help_release,
};
