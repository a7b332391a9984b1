/* Hints: what may still follow on the line being typed, from the tables that completion
 * reads. */
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "complete.h"

static void add_word(struct strbuf *out, const char *word, size_t n)
{
    if (n == 0)
        return;
    if (out->len)
        strbuf_putc(out, ' ');
    strbuf_add(out, word, n);
}

/* How the usage "FILE... [name=value]..." or "data|MODEL FILE" continues after this many
 * words; a part with dots repeats forever. */
static void add_usage(const char *usage, size_t given, struct strbuf *out)
{
    while (*usage) {
        size_t n = strcspn(usage, " ");
        const char *next = usage + n + strspn(usage + n, " ");
        bool on = usage[0] == '[' && !memchr(usage, ']', n);
        if (on) { /* "[on FILE|off]" is one part */
            n = strcspn(usage, "]") + 1;
            next = usage + n + strspn(usage + n, " ");
        }
        bool named = memchr(usage, '=', n) || memmem(usage, n, "OPTION", 6);
        bool again = n > 3 && memmem(usage, n, "...", 3);
        if (!named && given > 0 && !again)
            given--;
        else if (!named && (!on || given == 0))
            add_word(out, usage, n);
        usage = next;
    }
}

/* Options not given yet, with their defaults: "[policy=stim+bias w0=zero ...]". */
static void add_options(const struct command *command, const struct words *words,
                        struct strbuf *out)
{
    const char *first = NULL;
    size_t n = 0;
    for (size_t i = 1; i + 1 < words->n && !first; i++)
        first = words->items[i].equals ? NULL : words->items[i].text;
    for (const struct option_row *o = command_options(command); o && o->name; o++) {
        bool known = complete_words_name(words, o->name);
        if (known || (first && command->takes && !command->takes(first, o->name)))
            continue;
        strbuf_printf(out, "%s%s=%s",
                      n++        ? " "
                      : out->len ? " ["
                                 : "[",
                      o->name, o->fallback ? o->fallback : "");
    }
    if (n)
        strbuf_putc(out, ']');
}

static void add_after_blank(const struct command *command, const struct words *words,
                            struct strbuf *out)
{
    size_t given = 0;
    for (size_t i = 1; i + 1 < words->n; i++)
        given += words->items[i].equals == 0;
    add_usage(command->arguments, given, out);
    add_options(command, words, out);
}

/* After "name=": the default and what it may be. */
static void add_value(const struct command *command, const struct word *word, struct strbuf *rest,
                      struct strbuf *out)
{
    char *name = mem_text_n(word->text, word->equals);
    const struct option_row *options = command_options(command);
    const struct option_row *o = options ? option_of(options, name) : NULL;
    free(name);
    if (!o)
        return;
    if (!word->text[word->equals + 1]) {
        strbuf_puts(rest, o->fallback ? o->fallback : "");
        option_range(o, out);
        strbuf_printf(out, "  %s", o->text);
    } else if (rest->len) {
        strbuf_puts(out, o->text);
    }
}

/* One candidate: the rest of it, and what it means. */
static void add_only(const struct candidate *only, const char *typed, const struct command *command,
                     struct strbuf *rest, struct strbuf *out)
{
    size_t n = strlen(typed);
    if (strncmp(only->word, typed, n) != 0)
        return; /* quoted in another way */
    strbuf_puts(rest, only->word + n);
    const struct command *verb = command ? NULL : command_find(only->word);
    const struct option_row *options = command ? command_options(command) : NULL;
    size_t length = strlen(only->word);
    if (verb) {
        add_usage(verb->arguments, 0, out);
        if (command_options(verb) && command_options(verb)->name)
            add_word(out, "[name=value...]", 15);
        strbuf_printf(out, "%s%s", out->len ? "  " : "", verb->summary);
    } else if (options && length > 1 && only->word[length - 1] == '=') {
        char *name = mem_text_n(only->word, length - 1);
        const struct option_row *o = option_of(options, name);
        if (o && o->fallback)
            strbuf_puts(out, o->fallback);
        else if (o)
            option_range(o, out);
        strbuf_printf(out, "  %s", only->meaning);
        free(name);
    } else {
        strbuf_puts(out, only->meaning);
    }
}

static void add_several(const struct completion *c, struct strbuf *out)
{
    enum { MOST = 12 };
    for (size_t i = 0; i < c->n && i < MOST; i++)
        add_word(out, c->items[i].word, strlen(c->items[i].word));
    if (c->n > MOST)
        add_word(out, "...", 3);
}

void session_hint(struct session *session, const char *line, struct strbuf *rest,
                  struct strbuf *words_out)
{
    struct words words;
    struct completion c = {0};
    size_t length = strlen(line), from = line_before(line, length, &words);
    if (words.n == 0 || (words.n == 1 && !words.items[0].text[0])) {
        words_free(&words);
        return;
    }
    struct err ignored = {0};
    const struct command *command =
        words.n > 1 ? command_resolve(words.items[0].text, 0, session->setup.prefixes, &ignored)
                    : NULL;
    const struct word *word = &words.items[words.n - 1];
    if (words.n > 1 && !command) {
        words_free(&words);
        return;
    }
    if (command && !word->text[0] && !command->raw && from == length) {
        add_after_blank(command, &words, words_out);
        words_free(&words);
        return;
    }
    complete_line(session, line, length, COMPLETE_FAST, &c);
    if (c.n == 1 && c.from <= length)
        add_only(&c.items[0], line + c.from, command, rest, words_out);
    else if (command && c.n > 1 && (command->raw || word->text[0]) && !word->equals)
        add_several(&c, words_out);
    if (command && !command->raw && word->equals > 0) {
        strbuf_reset(words_out);
        if (rest->len && !word->text[word->equals + 1])
            strbuf_reset(rest); /* the default comes first */
        add_value(command, word, rest, words_out);
    }
    completion_free(&c);
    words_free(&words);
}
