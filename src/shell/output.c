#include "deltaw/shell/output.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/answer.h"
#include "deltaw/base/html.h"
#include "deltaw/base/utf8.h"
#include "help_inside.h"
#include "state.h"

/* THE place where text is made safe to show, whatever log, model, name or script it comes
 * from: nothing in it can be an order to the terminal, or hide.  Only pictures, which the
 * canvas made of cells, have escapes of their own.  JSON and CSV are UTF-8 by their own
 * rules; sentences, tables and complaints keep to 7 bits when asked to. */
static void pass(struct output *out, bool sentence, void (*to)(void *, const char *, size_t),
                 const char *text, size_t n)
{
    if (n == 0 || !to)
        return;
    out->echoed = 0;
    char *safe = utf8_visible(text, n, "\n\t");
    char *plain = sentence && out->style.ascii ? utf8_ascii(safe) : NULL;
    to(out->host, plain ? plain : safe, strlen(plain ? plain : safe));
    free(plain);
    free(safe);
}

static void result(struct output *out, const char *text, size_t n)
{
    pass(out, out->mode == OUTPUT_TEXT, out->result, text, n);
}

static void end_line(struct strbuf *text)
{
    if (text->len == 0 || text->text[text->len - 1] != '\n')
        strbuf_putc(text, '\n');
}

void output_say(struct output *out, const char *format, ...)
{
    struct strbuf text = {0};
    va_list list;
    va_start(list, format);
    strbuf_vprintf(&text, format, list);
    va_end(list);
    output_block(out, strbuf_text(&text));
    strbuf_free(&text);
}

/* An element of a report, with a label before its words or none. */
static void element(struct output *out, const char *label, const char *words)
{
    struct strbuf html = {0};
    bool lines = strchr(words, '\n') && strchr(words, '\n')[1];
    strbuf_puts(&html, lines ? "<pre>" : label ? "<p class=\"line\">" : "<p>");
    if (label) {
        strbuf_puts(&html, "<b>");
        html_text(&html, label);
        strbuf_puts(&html, "</b> ");
    }
    html_text(&html, words);
    strbuf_puts(&html, lines ? "</pre>\n" : "</p>\n");
    result(out, html.text, html.len);
    strbuf_free(&html);
}

void output_block(struct output *out, const char *text)
{
    if (out->mode == OUTPUT_HTML) {
        element(out, NULL, text);
        return;
    }
    if (out->mode == OUTPUT_CSV)
        return;
    if (out->mode == OUTPUT_JSON) {
        strbuf_puts(&out->text, text);
        end_line(&out->text);
        return;
    }
    size_t n = strlen(text);
    result(out, text, n);
    if (n == 0 || text[n - 1] != '\n')
        result(out, "\n", 1);
}

void output_picture(struct output *out, const char *text)
{
    if (out->mode == OUTPUT_HTML) /* which has figures */
        return;
    if (out->mode != OUTPUT_TEXT) {
        output_block(out, text);
        return;
    }
    if (!*text || !out->result)
        return;
    out->echoed = 0;
    char *plain = out->style.ascii ? utf8_ascii(text) : NULL;
    out->result(out->host, plain ? plain : text, strlen(plain ? plain : text));
    free(plain);
}

void output_data(struct output *out, const char *name, const struct table *table)
{
    if (out->mode == OUTPUT_JSON) {
        answer_table(&out->object, name, table);
    } else if (out->mode == OUTPUT_CSV) {
        struct strbuf text = {0};
        if (out->any) /* an empty line between the tables of a command */
            strbuf_putc(&text, '\n');
        table_csv(table, &text);
        result(out, strbuf_text(&text), text.len);
        strbuf_free(&text);
        out->any = true;
    }
}

void output_table(struct output *out, const char *name, const struct table *table)
{
    struct strbuf text = {0};
    if (out->mode == OUTPUT_HTML)
        html_table(&text, table);
    else if (out->mode == OUTPUT_TEXT)
        table_print(table, out->width, &text);
    else
        output_data(out, name, table);
    result(out, strbuf_text(&text), text.len);
    strbuf_free(&text);
}

__attribute__((format(printf, 3, 0))) static void complain(struct output *out, const char *before,
                                                           const char *format, va_list list)
{
    struct strbuf text = {0};
    strbuf_puts(&text, before);
    strbuf_vprintf(&text, format, list);
    end_line(&text);
    pass(out, true, out->complaint, text.text, text.len);
    strbuf_free(&text);
}

void output_note(struct output *out, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    if (!out->quiet)
        complain(out, "deltaw: ", format, list);
    va_end(list);
}

void output_complain(struct output *out, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    complain(out, "", format, list);
    va_end(list);
}

void output_line(struct output *out, const char *label, int room, const char *words)
{
    if (out->mode == OUTPUT_HTML) {
        element(out, label, words ? words : "-");
        return;
    }
    struct strbuf line = {0};
    strbuf_printf(&line, "%s%*s ", label, room - utf8_width(label), "");
    help_text_fill(&line, words ? words : "-", room + 1, out->width > 40 ? out->width : 40);
    output_block(out, strbuf_text(&line));
    strbuf_free(&line);
}

void output_field_text(struct output *out, const char *name, const char *value)
{
    answer_text(&out->object, name, value);
}

void output_field_number(struct output *out, const char *name, double value)
{
    answer_number(&out->object, name, value);
}

void output_words(struct output *out, const char *label, struct strbuf *words)
{
    if (words->len > 0)
        output_line(out, label, OUTPUT_LABEL, words->text);
    strbuf_reset(words);
}

void output_gap(struct output *out)
{
    if (out->mode == OUTPUT_TEXT)
        output_block(out, "\n");
}

void output_fact(struct output *out, const char *name, const char *label, const char *value)
{
    output_line(out, label, OUTPUT_LABEL, value);
    answer_text(&out->object, name, value);
}

void output_begin(struct output *out, const char *command)
{
    strbuf_reset(&out->object);
    strbuf_reset(&out->text);
    strbuf_reset(&out->command);
    strbuf_puts(&out->command, command);
    out->verb = NULL;
    out->any = false;
}

void output_end(struct output *out, const struct err *err)
{
    if (out->mode != OUTPUT_JSON)
        return;
    bool ok = !err || err->code == ERR_NONE;
    struct strbuf line = {0};
    strbuf_puts(&line, "{\"command\":");
    strbuf_json_text(&line, strbuf_text(&out->command));
    answer_flag(&line, "ok", ok);
    if (out->verb)
        answer_text(&line, "verb", out->verb);
    if (!ok) {
        answer_text(&line, "error", err->message);
        answer_number(&line, "code", err->code);
        if (err->column > 0)
            answer_number(&line, "column", err->column);
    }
    if (out->text.len > 0) {
        strbuf_cut(&out->text, out->text.len - 1); /* the last newline */
        answer_text(&line, "text", strbuf_text(&out->text));
    }
    strbuf_add(&line, strbuf_text(&out->object), out->object.len);
    strbuf_puts(&line, "}\n");
    result(out, line.text, line.len);
    strbuf_free(&line);
    strbuf_reset(&out->object);
    strbuf_reset(&out->text);
    out->any = false;
}

void output_free(struct output *out)
{
    strbuf_free(&out->object);
    strbuf_free(&out->text);
    strbuf_free(&out->command);
}
