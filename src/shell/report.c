/* Errors as people read them. */
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/utf8.h"
#include "state.h"

/* The line, and a caret under byte `column`; a long line is shown from where
 * the caret has room. */
static void caret(const char *line, int column, int width, struct strbuf *out)
{
    size_t length = strlen(line), before = (size_t)column - 1;
    if (before > length)
        before = length;
    char *prefix = utf8_clean(line, before), *rest = utf8_clean(line + before, length - before);
    const char *from = prefix;
    int room = width > 20 ? width - 2 : 78, at;
    while ((at = utf8_width(from)) > room * 2 / 3) {
        size_t step = utf8_prefix(from, room / 2);
        from += step > 0 ? step : strlen(from);
    }
    strbuf_puts(out, "  ");
    strbuf_puts(out, from);
    strbuf_add(out, rest, utf8_prefix(rest, room - at));
    strbuf_puts(out, "\n  ");
    strbuf_fill(out, ' ', (size_t)at);
    strbuf_puts(out, "^\n");
    free(prefix);
    free(rest);
}

void report_error(const struct running *now, const struct err *err, struct output *out)
{
    if (out->mode == OUTPUT_JSON)
        return; /* output_end says it */
    struct strbuf text = {0};
    char *message = utf8_clean(err->message, strlen(err->message));
    char *source = utf8_clean(now->source, strlen(now->source));
    if (now->prompt) {
        if (err->column > 0)
            caret(now->line_text, err->column, out->width, &text);
    } else if (now->line > 0) {
        strbuf_printf(&text, "%s:%d: ", source, now->line);
    } else {
        strbuf_printf(&text, "%s: ", source);
    }
    strbuf_puts(&text, message);
    output_complain(out, "%s", strbuf_text(&text));
    free(message);
    free(source);
    strbuf_free(&text);
}
