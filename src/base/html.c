#include "deltaw/base/html.h"

#include <stdlib.h>
#include <string.h>

#include "deltaw/base/utf8.h"

void html_text(struct strbuf *out, const char *text)
{
    char *visible = utf8_visible(text, strlen(text), "\n");
    for (const char *c = visible; *c; c++)
        switch (*c) {
        case '&': strbuf_puts(out, "&amp;"); break;
        case '<': strbuf_puts(out, "&lt;"); break;
        case '>': strbuf_puts(out, "&gt;"); break;
        case '"': strbuf_puts(out, "&quot;"); break;
        default: strbuf_putc(out, *c);
        }
    free(visible);
}

static void cell(struct strbuf *out, const char *element, const struct column *column, char *words)
{
    bool number = column->type != COLUMN_TEXT && column->type != COLUMN_FLAG;
    strbuf_printf(out, "<%s%s>", element, number ? " class=\"n\"" : "");
    html_text(out, words);
    strbuf_printf(out, "</%s>", element);
    free(words);
}

void html_table(struct strbuf *out, const struct table *t)
{
    strbuf_puts(out, "<div class=\"wide\"><table>\n<thead><tr>");
    for (size_t j = 0; j < t->n_columns; j++)
        if (table_seen(t, j, SEEN_TEXT))
            cell(out, "th", &t->columns[j], table_heading(&t->columns[j]));
    strbuf_puts(out, "</tr></thead>\n<tbody>\n");
    for (size_t i = 0; i < t->n_rows; i++) {
        strbuf_puts(out, "<tr>");
        for (size_t j = 0; j < t->n_columns; j++)
            if (table_seen(t, j, SEEN_TEXT))
                cell(out, "td", &t->columns[j],
                     table_cell_words(&t->columns[j], &t->cells[i * t->n_columns + j]));
        strbuf_puts(out, "</tr>\n");
    }
    strbuf_puts(out, "</tbody>\n</table></div>\n");
}

void html_base64(struct strbuf *out, const char *bytes, size_t n)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < n; i += 3) {
        unsigned group = 0;
        for (size_t j = 0; j < 3; j++)
            group = group << 8 | (i + j < n ? (unsigned char)bytes[i + j] : 0);
        for (size_t j = 0; j < 4; j++)
            strbuf_putc(out, i + j > n ? '=' : digits[group >> (18 - 6 * j) & 63]);
    }
}
