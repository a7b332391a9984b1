/* Titles where there is little room: what the picture or the header also says goes first,
 * the side convention stays. */
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/utf8.h"
#include "deltaw/view/view.h"
#include "wording.h"

static const char between[] = " · ";

static void cut_text(struct strbuf *title, const char *text)
{
    char *at = strstr(title->text, text);
    if (at) {
        memmove(at, at + strlen(text), strlen(at + strlen(text)) + 1);
        title->len = strlen(title->text);
    }
}

/* Cut the first part after another that `is` accepts; `name` is for it. */
static bool cut_first(struct strbuf *title, const char *name,
                      bool (*is)(const char *part, const char *name))
{
    char *at = title->text;
    while ((at = strstr(at, between))) {
        at += strlen(between);
        char *end = strstr(at, between);
        end = end ? end : at + strlen(at);
        char *part = mem_text_n(at, (size_t)(end - at));
        bool found = is(part, name);
        free(part);
        if (found) {
            at -= strlen(between);
            memmove(at, end, strlen(end) + 1);
            title->len = strlen(title->text);
            return true;
        }
    }
    return false;
}

/* "w × stimulus", "by stimulus": the axes tell. */
static bool is_axes(const char *part, const char *name)
{
    (void)name;
    return strstr(part, " × ") || strncmp(part, "by ", 3) == 0;
}

/* "few", "few (on the plateau)" */
static bool is_name(const char *part, const char *name)
{
    size_t n = name ? strlen(name) : 0;
    return n && strncmp(part, name, n) == 0 && (!part[n] || strncmp(part + n, " (", 2) == 0);
}

static bool is_r2(const char *part, const char *name)
{
    (void)name;
    return strncmp(part, "R² ", strlen("R² ")) == 0;
}

void view_title_within(const struct view *view, const struct scene *scene, int width,
                       struct strbuf *out)
{
    static const char sides[] = SIDES_TEXT, brief[] = "right positive";
    const struct scene_model *model = view_scene_model(view, scene, 0);
    const char *name = model ? model->model->name : NULL;
    view_title(view, out);
    bool convention =
        out->len >= strlen(sides) && strcmp(out->text + out->len - strlen(sides), sides) == 0;
    if (!convention || utf8_width(out->text) <= width)
        return;
    cut_first(out, NULL, is_axes);
    if (utf8_width(out->text) > width && scene->n_models == 1) /* the header names it */
        cut_first(out, name, is_name);
    if (utf8_width(out->text) > width) {
        strbuf_cut(out, out->len - strlen(sides));
        strbuf_puts(out, brief);
    }
    if (utf8_width(out->text) > width)
        cut_text(out, " by stimulus");
    if (utf8_width(out->text) > width)
        cut_text(out, " per trial");
    if (utf8_width(out->text) > width) {
        strbuf_cut(out, out->len - strlen("positive"));
        strbuf_puts(out, "+");
    }
    if (utf8_width(out->text) > width)
        cut_first(out, name, is_name);
    if (utf8_width(out->text) > width) /* last: texts speak of it */
        cut_first(out, NULL, is_r2);
}
