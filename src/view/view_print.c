/* Views as figures, as commands and as text. */
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/utf8.h"
#include "deltaw/base/mem.h"
#include "deltaw/draw/figure.h"
#include "deltaw/view/view.h"
#include "view_state.h"
#include "wording.h"

/* The side convention ends a title; in a figure it is below. */
static void figure_words(const struct view *view, struct figure *out)
{
    static const char sides[] = " · " SIDES_TEXT;
    struct strbuf title = {0}, caption = {0};
    view_title(view, &title);
    view_describe(view, &caption);
    size_t n = sizeof sides - 1;
    if (title.len > n && strcmp(title.text + title.len - n, sides) == 0) {
        strbuf_cut(&title, title.len - n);
        out->note = mem_text(SIDES_TEXT);
    }
    out->title = strbuf_take(&title);
    out->caption = strbuf_take(&caption);
}

bool view_figure(struct view *view, bool dark, struct figure *out)
{
    enum { WIDTH = 400, HEIGHT = 120 }; /* room for all points of a curve */
    struct style style = {.colours = 256, .dark = dark};
    struct canvas canvas;
    *out = (struct figure){.width = WIDTH, .height = HEIGHT};
    if (!view->shown)
        return false;
    canvas_init(&canvas, WIDTH, HEIGHT);
    canvas.figure = out;
    view->ops->draw(view->state, &canvas, (struct rect){0, 0, WIDTH, HEIGHT}, &style);
    canvas_free(&canvas);
    if (out->n == 0) {
        figure_free(out);
        return false;
    }
    figure_words(view, out);
    return true;
}

void view_command(const struct view *view, struct strbuf *out)
{
    strbuf_puts(out, view->ops->name);
    args_words(&view->args, out);
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
    wording_styled(strbuf_text(&text), style, &plain);
    char *safe = utf8_visible(strbuf_text(&plain), plain.len, "\n");
    wording_wrap(safe, width, out);
    free(safe);
    if (view->shown && width > 0) {
        struct canvas canvas;
        struct rect area = {0, 1, width, picture_height(width)};
        canvas_init(&canvas, width, area.height + 1);
        strbuf_reset(&text);
        view_draw(view, &canvas, area, style);
        view_title(view, &text); /* some say what is seen */
        canvas_text(&canvas, 0, 0, width, strbuf_text(&text), COLOUR_DEFAULT, CELL_BOLD, style);
        canvas_emit(&canvas, style, out);
        canvas_free(&canvas);
        size_t length = out->len; /* a short list leaves no blank lines */
        while (length > 1 && out->text[length - 1] == '\n' && out->text[length - 2] == '\n')
            length--;
        strbuf_cut(out, length);
    }
    strbuf_free(&text);
    strbuf_free(&plain);
}
