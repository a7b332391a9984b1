/* The COMMANDS and KEYS sections of the man page, in mdoc, from the tables. */
#include <string.h>

#include "deltaw/shell/help.h"
#include "deltaw/shell/keytable.h"
#include "glossary.h"
#include "help_inside.h"
#include "state.h"

/* A character of text, of those in `special` what roff writes for it. */
static void mdoc_put(struct strbuf *out, char c, const char *special)
{
    static const char characters[] = "\\^`~\"'";
    static const char *const escapes[] = {"\\e", "\\(ha", "\\(ga", "\\(ti", "\\(dq", "\\(aq"};
    if (strchr(special, c))
        strbuf_puts(out, escapes[strchr(characters, c) - characters]);
    else
        strbuf_putc(out, c);
}

/* Running text: a new line for a new sentence and before column 72, none that begins with a
 * control character; characters special to roff written out. */
static void mdoc_text(struct strbuf *out, const char *text)
{
    bool start = true;
    size_t line = out->len;
    for (const char *c = text; *c; c++) {
        bool full = out->len - line + strcspn(c + 1, " \n") > 72;
        if (start)
            line = out->len;
        if (start && (*c == '.' || *c == '\''))
            strbuf_puts(out, "\\&");
        start = false;
        if ((*c == ' ' || *c == '\n') && c > text && (full || strchr(".;:", c[-1]))) {
            while (c[1] == ' ')
                c++;
            if (c[1]) {
                strbuf_putc(out, '\n'); /* a new sentence, a new line */
                start = true;
            }
        } else {
            mdoc_put(out, *c == '\n' ? ' ' : *c, "\\^`~");
        }
    }
    strbuf_putc(out, '\n');
}

/* One argument of a macro, whatever is in it. */
static void mdoc_argument(struct strbuf *out, const char *text)
{
    strbuf_puts(out, " \"");
    if (text[0] && !text[1] && strchr(".,:;?!()[]|", text[0]))
        strbuf_puts(out, "\\&"); /* on its own it would be punctuation */
    for (const char *c = text; *c; c++)
        mdoc_put(out, *c, "\"\\^~");
    strbuf_putc(out, '"');
}

static void mdoc_options(struct strbuf *out, const struct option_row *options)
{
    if (!options || !options->name)
        return;
    strbuf_puts(out, ".Bl -tag -width Ds -compact\n");
    for (const struct option_row *o = options; o->name; o++) {
        struct strbuf range = {0};
        option_range(o, &range);
        strbuf_printf(out, ".It Cm %s Ns = Ns Ar", o->name);
        mdoc_argument(out, strbuf_text(&range));
        strbuf_putc(out, '\n');
        mdoc_text(out, o->text);
        if (o->fallback) {
            strbuf_puts(out, ".Pq default:");
            mdoc_argument(out, o->fallback);
            strbuf_putc(out, '\n');
        }
        strbuf_free(&range);
    }
    strbuf_puts(out, ".El\n");
}

static void mdoc_examples(struct strbuf *out, const char *examples)
{
    strbuf_puts(out, ".Bd -literal -compact\n");
    for (const char *c = examples; *c; c++) {
        if (c == examples || c[-1] == '\n')
            strbuf_puts(out, "    ");
        mdoc_put(out, *c, "\\^'");
    }
    strbuf_puts(out, "\n.Ed\n");
}

static void mdoc_command(struct strbuf *out, const struct command *c)
{
    strbuf_printf(out, ".It Cm %s%s", c->name[0] == '!' ? "\\&" : "", c->name); /* no sign */
    if (c->arguments[0]) {
        strbuf_puts(out, " Ar");
        mdoc_argument(out, c->arguments);
    }
    strbuf_putc(out, '\n');
    struct strbuf summary = {0};
    strbuf_puts(&summary, c->summary);
    if (summary.text[0] >= 'a' && summary.text[0] <= 'z')
        summary.text[0] = (char)(summary.text[0] - 'a' + 'A');
    strbuf_putc(&summary, '.');
    mdoc_text(out, summary.text);
    strbuf_free(&summary);
    mdoc_text(out, c->detail);
    mdoc_options(out, command_options(c));
    mdoc_examples(out, c->examples);
}

static void mdoc_keys(struct strbuf *out)
{
    strbuf_puts(out, ".Sh KEYS\n");
    for (int g = 0; g < KEYS_GROUPS; g++) {
        const struct key_row *row;
        strbuf_printf(out, ".Ss %s\n.Bl -tag -width Ds -compact\n",
                      key_group_name((enum key_group)g));
        for (size_t i = 0; (row = key_row_at(i)); i++)
            if ((int)row->group == g) {
                strbuf_puts(out, ".It Li");
                mdoc_argument(out, row->key);
                strbuf_putc(out, '\n');
                mdoc_text(out, row->text);
            }
        strbuf_puts(out, ".El\n");
    }
    strbuf_puts(out, ".Ss Keys of the views\n.Bl -tag -width Ds -compact\n");
    for (size_t i = 0; view_at(i); i++) {
        struct strbuf keys = {0};
        view_keys_words(view_at(i)->keys, &keys);
        strbuf_printf(out, ".It Li %s\n", view_at(i)->name);
        mdoc_text(out, strbuf_text(&keys));
        strbuf_free(&keys);
    }
    strbuf_puts(out, ".El\n");
}

static void mdoc_glossary(struct strbuf *out)
{
    const struct glossary_row *row;
    strbuf_puts(out, ".Sh GLOSSARY\n.Bl -tag -width Ds -compact\n");
    for (size_t i = 0; (row = glossary_at(i)); i++) {
        strbuf_puts(out, ".It");
        mdoc_argument(out, row->name);
        strbuf_putc(out, '\n');
        mdoc_text(out, row->meaning);
    }
    strbuf_puts(out, ".El\n");
}

bool help_mdoc(struct strbuf *out)
{
    size_t start = out->len;
    strbuf_puts(out, ".Sh COMMANDS\n");
    for (enum command_group g = GROUP_DATA; g <= GROUP_ELSE; g++) {
        strbuf_printf(out, ".Ss %s\n.Bl -tag -width Ds\n", command_group_name(g));
        for (size_t i = 0; command_at(i); i++)
            if (command_at(i)->group == g)
                mdoc_command(out, command_at(i));
        strbuf_puts(out, ".El\n");
    }
    mdoc_keys(out);
    mdoc_glossary(out);
    for (const char *c = out->text + start; *c; c++)
        if ((unsigned char)*c < ' ' && *c != '\n')
            return false;
    return true;
}
