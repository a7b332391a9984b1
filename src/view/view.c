/* Opening, configuring and printing views, whichever they are. */
#include "deltaw/view/view.h"

#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/utf8.h"
#include "parts.h"

struct view {
    const struct view_ops *ops;
    struct args args;  /* all that was ever given and still holds */
    void *state;       /* of ops->state_size bytes, zeroed before the first configure */
    bool shown;        /* the last update found something to show */
    struct err reason; /* when it did not */
};

static const struct view_ops *const all_views[] = {
#define VIEW(ops) &ops,
#include "views.def"
#undef VIEW
    NULL,
};

const struct view_ops *view_at(size_t i)
{
    size_t n = sizeof all_views / sizeof all_views[0];
    return i < n ? all_views[i] : NULL;
}

const struct view_ops *view_find(const char *name)
{
    for (size_t i = 0; all_views[i]; i++) {
        if (strcmp(all_views[i]->name, name) == 0) {
            return all_views[i];
        }
    }
    return NULL;
}

/* `fresh` over `kept`: fresh positional arguments replace all kept ones. */
static struct args args_merged(const struct view_ops *ops, const struct args *kept,
                               const struct args *fresh)
{
    struct args merged = args_copy(kept);
    if (ops->merge) {
        ops->merge(&merged, fresh);
    }
    if (args_positional(fresh) > 0) {
        parts_forget(&merged, NULL);
    }
    for (size_t i = 0; i < fresh->n; i++) {
        const struct arg *arg = &fresh->items[i];
        args_set(&merged, arg->name, arg->value, arg->column);
    }
    return merged;
}

bool view_configure(struct view *view, const struct args *args, struct err *err)
{
    const struct view_ops *ops = view->ops;
    const struct args none = {0};
    if (!args) {
        args = &none;
    }
    if (!args_check(args, ops->options, ops->positional, ops->name, err)) {
        return false;
    }
    struct args merged = args_merged(ops, &view->args, args);
    if (!ops->configure(view->state, &merged, err)) {
        args_free(&merged);
        return false;
    }
    args_free(&view->args);
    view->args = merged;
    return true;
}

struct view *view_open(const struct view_ops *ops, const struct args *args, struct err *err)
{
    struct view *view = mem_new(1, sizeof *view);
    view->ops = ops;
    view->state = mem_new(1, ops->state_size);
    err_set(&view->reason, ERR_FAILED, "nothing to show yet");
    if (!view_configure(view, args, err)) {
        view_close(view);
        return NULL;
    }
    return view;
}

void view_close(struct view *view)
{
    if (!view) {
        return;
    }
    view->ops->release(view->state);
    free(view->state);
    args_free(&view->args);
    free(view);
}

const struct view_ops *view_ops_of(const struct view *view)
{
    return view->ops;
}

/* A reason stands below the view's own name, and after it in complaints. */
static void drop_name(char *message, const char *name)
{
    size_t n = strlen(name);
    if (strncmp(message, name, n) == 0 && strncmp(message + n, ": ", 2) == 0) {
        memmove(message, message + n + 2, strlen(message + n + 2) + 1);
    }
}

bool view_update(struct view *view, const struct scene *scene, struct err *err)
{
    struct err reason = {0};
    view->shown = view->ops->update(view->state, scene, &reason);
    drop_name(reason.message, view->ops->name);
    view->reason = reason;
    if (!view->shown) {
        return err_set(err, reason.code, "%s", reason.message);
    }
    return true;
}

void view_title(const struct view *view, struct strbuf *out)
{
    view->ops->title(view->state, out);
}

void view_draw(struct view *view, struct canvas *canvas, struct rect area,
               const struct style *style)
{
    if (area.width <= 0 || area.height <= 0) {
        return;
    }
    if (view->shown) {
        view->ops->draw(view->state, canvas, area, style);
    } else {
        parts_notice(canvas, area, view->reason.message, style);
    }
}

void view_describe(const struct view *view, struct strbuf *out)
{
    if (view->shown) {
        view->ops->describe(view->state, out);
    } else {
        strbuf_puts(out, view->reason.message);
    }
}

void view_table(const struct view *view, struct table *out)
{
    view->ops->table(view->state, out);
}

bool view_key(struct view *view, const char *key, struct strbuf *command)
{
    bool asked = view->shown || view->ops->always_keys;
    return (asked && view->ops->key(view->state, key, command)) ||
           (view->shown && parts_key(view->ops->name, key, command));
}

/* A picture a quarter as high as wide is what a terminal's cells make 2:1. */
static int picture_height(int width)
{
    int height = width / 4;
    return height < 10 ? 10 : height > 20 ? 20 : height;
}

void view_print(struct view *view, int width, const struct style *style, struct strbuf *out)
{
    struct strbuf text = {0}, plain = {0};
    view_describe(view, &text);
    parts_styled(strbuf_text(&text), style, &plain);
    parts_wrap(strbuf_text(&plain), width, out);
    if (view->shown && width > 0) {
        struct canvas canvas;
        struct rect area = {0, 1, width, picture_height(width)};
        canvas_init(&canvas, width, area.height + 1);
        strbuf_reset(&text);
        view_title(view, &text);
        canvas_text(&canvas, 0, 0, width, strbuf_text(&text), COLOUR_DEFAULT, CELL_BOLD, style);
        view_draw(view, &canvas, area, style);
        canvas_emit(&canvas, style, out);
        canvas_free(&canvas);
    }
    strbuf_free(&text);
    strbuf_free(&plain);
}
