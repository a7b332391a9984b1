/* Help from the tables. */
#include "deltaw/shell/help.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/utf8.h"
#include "deltaw/shell/keytable.h"
#include "glossary.h"
#include "help_inside.h"
#include "state.h"

void help_text_fill(struct strbuf *out, const char *text, int indent, int width)
{
    struct strbuf line = {0};
    for (size_t n; *text; text += n ? n : 1) {
        n = strcspn(text, " \n");
        if (n > 0 && line.len > 0)
            strbuf_putc(&line, ' ');
        strbuf_add(&line, text, n);
    }
    const char *at = strbuf_text(&line);
    for (size_t n, skip; *at; at += n + skip) {
        if (at != line.text) {
            strbuf_putc(out, '\n');
            strbuf_fill(out, ' ', (size_t)indent);
        }
        n = utf8_row(at, width - indent, &skip);
        strbuf_add(out, at, n);
    }
    strbuf_putc(out, '\n');
    strbuf_free(&line);
}

void view_keys_words(const char *keys, struct strbuf *out)
{
    strbuf_puts(out, "");
    for (const char *k = keys ? keys : ""; *k; k++) { /* two blanks separate them */
        bool gap = k[0] == ' ' && k[1] == ' ';
        strbuf_puts(out, gap ? "; " : (char[2]){*k, '\0'});
        k += gap;
    }
}

static void hit(struct table *table, const char *where, const char *name, const char *text)
{
    table_add(table, 3, (const char *[]){where, name, text}, 0, NULL);
}

static int page_width(const struct output *out)
{
    return out->width < 40 ? 40 : out->width > 100 ? 100 : out->width;
}

static const struct column verb_columns[] = {
    {"group", .type = COLUMN_TEXT},
    {"verb", .type = COLUMN_TEXT},
    {"arguments", .type = COLUMN_TEXT},
    {"summary", .type = COLUMN_TEXT},
    {0},
};
static const struct column key_columns[] = {
    {"where", .type = COLUMN_TEXT},
    {"key", .type = COLUMN_TEXT},
    {"text", .type = COLUMN_TEXT},
    {0},
};
static const struct column example_columns[] = {
    {"verb", .type = COLUMN_TEXT}, {"example", .type = COLUMN_TEXT}, {0}};
static const struct column found_columns[] = {
    {"verb", .type = COLUMN_TEXT},
    {"option", .type = COLUMN_TEXT},
    {"text", .type = COLUMN_TEXT},
    {0},
};
const struct column help_option_columns[] = {
    {"option", .type = COLUMN_TEXT},
    {"values", .type = COLUMN_TEXT},
    {"default", .type = COLUMN_TEXT},
    {"text", .type = COLUMN_TEXT},
    {0},
};
static const struct column glossary_columns[] = {
    {"word", .type = COLUMN_TEXT},
    {"spellings", .type = COLUMN_TEXT},
    {"meaning", .type = COLUMN_TEXT},
    {0},
};
const struct answer_row help_answer[] = {
    {"verbs", ANSWER_TABLE, .columns = verb_columns, .sometimes = true},
    {"keys", ANSWER_TABLE, .columns = key_columns, .sometimes = true},
    {"examples", .type = ANSWER_TABLE, .columns = example_columns, .sometimes = true},
    {"found", ANSWER_TABLE, .columns = found_columns, .sometimes = true},
    {"glossary", ANSWER_TABLE, .columns = glossary_columns, .sometimes = true},
    {"word", ANSWER_TEXT, .sometimes = true, .meaning = "as the glossary has it"},
    {"meaning", ANSWER_TEXT, .sometimes = true, .meaning = "of the word"},
    {"topic", ANSWER_TEXT, .sometimes = true, .meaning = "the verb that is explained"},
    {"arguments", ANSWER_TEXT, .sometimes = true},
    {"summary", ANSWER_TEXT, .sometimes = true},
    {"detail", ANSWER_TEXT, .sometimes = true},
    {"example_lines", ANSWER_TEXT, .sometimes = true},
    {"options", ANSWER_TABLE, .columns = help_option_columns, .sometimes = true},
    {0},
};

void help_all(struct output *out)
{
    struct strbuf text = {0};
    struct table table = {0};
    table_declare(&table, verb_columns);
    for (enum command_group g = GROUP_DATA; g <= GROUP_ELSE; g++) {
        strbuf_printf(&text, "%s\n", command_group_name(g));
        for (size_t i = 0; command_at(i); i++) {
            const struct command *c = command_at(i);
            if (c->group != g)
                continue;
            strbuf_printf(&text, "  %-15s ", c->name);
            help_text_fill(&text, c->summary, 18, page_width(out));
            table_add(&table, 4,
                      (const char *[]){command_group_name(g), c->name, c->arguments, c->summary}, 0,
                      NULL);
        }
    }
    strbuf_puts(&text, "`help VERB` shows options and examples, `help WORD` searches.\n");
    output_block(out, strbuf_text(&text));
    output_data(out, "verbs", &table);
    table_free(&table);
    strbuf_free(&text);
}

/* Of every tile, the transcript ..., then of each view. */
void help_keys(struct output *out)
{
    struct strbuf text = {0};
    struct table table = {0};
    table_declare(&table, key_columns);
    for (int g = 0; g < KEYS_GROUPS; g++) {
        strbuf_printf(&text, "%s\n", key_group_name((enum key_group)g));
        const struct key_row *row;
        for (size_t i = 0; (row = key_row_at(i)); i++) {
            if ((int)row->group != g)
                continue;
            strbuf_printf(&text, "  %-15s ", row->key);
            help_text_fill(&text, row->text, 18, page_width(out));
            hit(&table, key_group_name(row->group), row->key, row->text);
        }
    }
    strbuf_puts(&text, "Keys of the views\n");
    for (size_t i = 0; view_at(i); i++) {
        const struct view_ops *ops = view_at(i);
        struct strbuf keys = {0};
        view_keys_words(ops->keys, &keys);
        strbuf_printf(&text, "  %-15s ", ops->name);
        help_text_fill(&text, strbuf_text(&keys), 18, page_width(out));
        hit(&table, ops->name, NULL, strbuf_text(&keys));
        strbuf_free(&keys);
    }
    struct strbuf keys = {0};
    view_keys_words(session_replay_keys(), &keys);
    strbuf_puts(&text, "While a fit is replayed, in every tile\n  ");
    help_text_fill(&text, strbuf_text(&keys), 2, page_width(out));
    strbuf_free(&keys);
    output_block(out, strbuf_text(&text));
    output_data(out, "keys", &table);
    table_free(&table);
    strbuf_free(&text);
}

void help_examples(struct output *out)
{
    struct table table = {0};
    table_declare(&table, example_columns);
    for (size_t i = 0; command_at(i); i++) {
        const char *at = command_at(i)->examples;
        while (*at) {
            size_t n = strcspn(at, "\n");
            char *line = mem_text_n(at, n);
            table_add(&table, 2, (const char *[]){command_at(i)->name, line}, 0, NULL);
            free(line);
            at += n + (at[n] == '\n');
        }
    }
    output_table(out, "examples", &table);
    table_free(&table);
}

/* --- the glossary --------------------------------------------------------------- */

static void term_text(const struct glossary_row *row, int width, struct strbuf *out)
{
    strbuf_printf(out, "%s\n    ", row->name);
    help_text_fill(out, row->meaning, 4, width);
}

void help_glossary(struct output *out)
{
    struct strbuf text = {0};
    struct table table = {0};
    const struct glossary_row *row;
    table_declare(&table, glossary_columns);
    for (size_t i = 0; (row = glossary_at(i)); i++) {
        term_text(row, page_width(out), &text);
        table_add(&table, 3, (const char *[]){row->name, row->spellings, row->meaning}, 0, NULL);
    }
    output_block(out, strbuf_text(&text));
    output_data(out, "glossary", &table);
    table_free(&table);
    strbuf_free(&text);
}

/* What the word means, where the glossary has it. */
static bool help_term(const char *word, struct output *out)
{
    const struct glossary_row *row = glossary_find(word);
    if (!row)
        return false;
    struct strbuf text = {0};
    term_text(row, page_width(out), &text);
    output_block(out, strbuf_text(&text));
    output_field_text(out, "word", row->name);
    output_field_text(out, "meaning", row->meaning);
    strbuf_free(&text);
    return true;
}

/* --- one verb ------------------------------------------------------------------ */

/* The words of an option in rows, each but the last ended after a '|'; how wide the last is. */
static int words_rows(const char *text, int indent, int width, struct strbuf *out)
{
    int cells = 0;
    while (*text) {
        const char *bar = strchr(text, '|');
        size_t n = bar ? (size_t)(bar + 1 - text) : strlen(text);
        char *word = mem_text_n(text, n);
        int wide = utf8_width(word);
        if (cells > indent && cells + wide > width) {
            strbuf_putc(out, '\n');
            strbuf_fill(out, ' ', (size_t)indent);
            cells = indent;
        }
        strbuf_puts(out, word);
        cells += wide;
        text += n;
        free(word);
    }
    return cells;
}

static void option_help(const struct option_row *option, int width, struct strbuf *out)
{
    struct strbuf head = {0};
    strbuf_printf(&head, "  %s=", option->name);
    option_range(option, &head);
    if (option->fallback)
        strbuf_printf(&head, "  [%s]", option->fallback);
    int cells = words_rows(strbuf_text(&head), (int)strlen(option->name) + 3, width, out);
    if (cells > 34) {
        strbuf_putc(out, '\n');
        cells = 0;
    }
    strbuf_fill(out, ' ', (size_t)(36 - cells));
    help_text_fill(out, option->text, 36, width);
    strbuf_free(&head);
}

void help_option(const struct option_row *o, const char *fallback, struct table *out)
{
    struct strbuf range = {0};
    option_range(o, &range);
    table_add(out, 4,
              (const char *[]){o->name, strbuf_text(&range), fallback ? fallback : "", o->text}, 0,
              NULL);
    strbuf_free(&range);
}

static void options_data(const struct option_row *options, struct output *out)
{
    struct table table = {0};
    table_declare(&table, help_option_columns);
    for (const struct option_row *o = options; o && o->name; o++)
        help_option(o, o->fallback, &table);
    output_data(out, "options", &table);
    table_free(&table);
}

static void verb_help(const struct command *c, struct output *out)
{
    struct strbuf text = {0};
    const struct option_row *options = command_options(c);
    const struct view_ops *view = view_find(c->name);
    int width = page_width(out);
    strbuf_printf(&text, "%s%s%s\n  ", c->name, c->arguments[0] ? " " : "", c->arguments);
    help_text_fill(&text, c->summary, 2, width);
    strbuf_puts(&text, "\n  ");
    help_text_fill(&text, c->detail, 2, width);
    if (options && options->name)
        strbuf_puts(&text, "Options [default]\n");
    for (const struct option_row *o = options; o && o->name; o++)
        option_help(o, width, &text);
    if (view && c->group == GROUP_LOOK && view->keys) {
        struct strbuf keys = {0};
        view_keys_words(view->keys, &keys);
        strbuf_puts(&text, "Keys in the tile\n  ");
        help_text_fill(&text, strbuf_text(&keys), 2, width);
        strbuf_free(&keys);
    }
    strbuf_puts(&text, "Examples\n");
    for (const char *at = c->examples; *at;) {
        size_t n = strcspn(at, "\n");
        strbuf_puts(&text, "  ");
        strbuf_add(&text, at, n);
        strbuf_putc(&text, '\n');
        at += n + (at[n] == '\n');
    }
    output_block(out, strbuf_text(&text));
    output_field_text(out, "topic", c->name);
    output_field_text(out, "arguments", c->arguments);
    output_field_text(out, "summary", c->summary);
    output_field_text(out, "detail", c->detail);
    output_field_text(out, "example_lines", c->examples);
    options_data(options, out);
    strbuf_free(&text);
}

/* --- search ---------------------------------------------------------------------- */

static bool found(const char *text, const char *word)
{
    return text && strcasestr(text, word);
}

static void search_options(const char *where, const struct option_row *options, const char *word,
                           struct table *table)
{
    for (const struct option_row *o = options; o && o->name; o++)
        if (found(o->name, word) || found(o->text, word) || found(o->words, word)) {
            char *name = mem_printf("%s=", o->name);
            hit(table, where, name, o->text);
            free(name);
        }
}

/* The hits for people: verb and option, then the whole text. */
static void print_hits(const struct table *table, struct output *out)
{
    struct strbuf text = {0};
    int room = 0;
    for (int pass = 0; pass < 2; pass++) /* how wide the names are; then the lines */
        for (size_t i = 0; i < table->n_rows; i++) {
            const struct table_cell *cell = &table->cells[i * table->n_columns];
            char *head = mem_printf("  %s %s", cell[0].text, cell[1].text);
            int width = utf8_width(head) + 2;
            if (pass == 0) {
                room = width > room && width <= 32 ? width : room;
            } else {
                strbuf_puts(&text, head);
                strbuf_fill(&text, ' ', (size_t)(width < room ? room - width + 2 : 2));
                help_text_fill(&text, cell[2].text, room, page_width(out));
            }
            free(head);
        }
    output_block(out, strbuf_text(&text));
    strbuf_free(&text);
}

bool help_topic(const char *topic, struct output *out, struct err *err)
{
    const struct command *command = command_find(topic);
    if (command) {
        verb_help(command, out);
        help_term(topic, out);
        return true;
    }
    bool known = help_term(topic, out);
    struct table table = {0};
    table_declare(&table, found_columns);
    for (size_t i = 0; topic[0] && command_at(i); i++) {
        const struct command *c = command_at(i);
        if (found(c->name, topic) || found(c->summary, topic) || found(c->detail, topic))
            hit(&table, c->name, "", c->summary);
        search_options(c->name, command_options(c), topic, &table);
    }
    for (size_t i = 0; topic[0] && rule_at(i); i++)
        if (found(rule_at(i)->name, topic) || found(rule_at(i)->summary, topic))
            hit(&table, "fit", rule_at(i)->name, rule_at(i)->equation);
    bool good = table.n_rows > 0;
    const char *near = nearest_word(topic, command_name_at, NULL);
    if (good) {
        print_hits(&table, out);
        if (rule_find(topic))
            output_say(out, "`rules %s` describes this rule.", topic);
        output_data(out, "found", &table);
    }
    if (!good && !known && near)
        err_set(err, ERR_FAILED, "help: '%s' occurs nowhere; did you mean '%s'?", topic, near);
    else if (!good && !known)
        err_set(err, ERR_FAILED, "help: '%s' occurs nowhere; `help` lists the verbs", topic);
    table_free(&table);
    return good || known;
}
