/* Completion from the tables. */
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/utf8.h"
#include "deltaw/shell/layouts.h"
#include "complete.h"

void complete_add(struct completion *out, const char *word, const char *meaning, bool open)
{
    out->items = mem_resize(out->items, out->n + 1, sizeof *out->items);
    out->items[out->n++] = (struct candidate){mem_text(word), mem_text(meaning), open};
}

void complete_add_if(struct completion *out, const char *prefix, const char *word,
                     const char *meaning, bool open)
{
    if (strncmp(word, prefix, strlen(prefix)) == 0)
        complete_add(out, word, meaning, open);
}

/* "a|b|c" */
static void add_words(struct completion *out, const char *prefix, const char *words,
                      const char *meaning)
{
    char *copy = mem_text(words ? words : ""), *rest = copy, *one;
    while (words && (one = strsep(&rest, "|")))
        complete_add_if(out, prefix, one, meaning, false);
    free(copy);
}

/* Is the word one of a list, separated by commas? */
static bool is_listed(const char *list, const char *word)
{
    size_t n = strlen(word);
    for (const char *at = list; at && *at; at += strcspn(at, ","), at += *at == ',')
        if (strcspn(at, ",") == n && strncmp(at, word, n) == 0)
            return true;
    return false;
}

/* Moves out->from behind the last comma of a list; what stands there. */
static const char *last_of_list(struct completion *out, const char *prefix)
{
    const char *comma = strrchr(prefix, ',');
    out->from += comma ? (size_t)(comma + 1 - prefix) : 0;
    return comma ? comma + 1 : prefix;
}

/* listed: what stands before in a list, which another may follow; NULL: it is no list. */
static void add_models(const struct session *session, struct completion *out, const char *prefix,
                       const char *listed)
{
    for (size_t i = 0; i < session->n_fits; i++) {
        if (is_listed(listed, fit_name(session->fits[i].fit)))
            continue;
        struct strbuf meaning = {0};
        fit_words(session->fits[i].fit, &meaning);
        complete_add_if(out, prefix, fit_name(session->fits[i].fit), strbuf_text(&meaning),
                        listed != NULL);
        strbuf_free(&meaning);
    }
}

static void add_groups(const struct session *session, struct completion *out, const char *prefix)
{
    for (size_t i = 0; i < session->n_groups; i++) {
        size_t n = 0;
        for (size_t k = 0; k < session->n_fits; k++)
            n += fit_group(session->fits[k].fit) == session->groups[i];
        char *meaning = mem_printf("a group of %zu fit%s", n, n == 1 ? "" : "s");
        complete_add_if(out, prefix, session->groups[i]->name, meaning, false);
        free(meaning);
    }
}

void complete_animals(const struct session *session, struct completion *out, const char *prefix,
                      const char *listed)
{
    const struct cohort *cohort = session_cohort(session);
    for (size_t i = 0; cohort && i < cohort->n_animals; i++) {
        const struct animal *animal = &cohort->animals[i];
        char buf[NUMBER_SIZE];
        const char *name = animal->name;
        bool plain = utf8_is_visible(name) && !strchr(name, ',');
        if (plain && !is_listed(listed, name)) {
            char *meaning = mem_printf("%s trials", number_grouped(buf, (long long)animal->count));
            complete_add_if(out, prefix, name, meaning, listed != NULL);
            free(meaning);
        }
    }
}

static void add_verbs(struct completion *out, const char *prefix)
{
    for (size_t i = 0; command_at(i); i++)
        complete_add_if(out, prefix, command_at(i)->name, command_at(i)->summary, false);
}

static void add_views(struct completion *out, const char *prefix)
{
    for (size_t i = 0; view_at(i); i++)
        complete_add_if(out, prefix, view_at(i)->name, view_at(i)->summary, false);
}

/* A view of a picture; the first word may name a whole picture.  out->from moves behind the
 * last '|', ',' or '/'. */
static void add_layouts(struct completion *out, const char *prefix)
{
    size_t before = 0;
    for (size_t i = 0; prefix[i]; i++)
        before = strchr("|,/", prefix[i]) ? i + 1 : before;
    out->from += before;
    for (size_t i = 0; before == 0 && layout_named_at(i); i++)
        complete_add_if(out, prefix, layout_named_at(i)->name, layout_named_at(i)->text, false);
    if (before == 0)
        complete_add_if(out, prefix, "next", "the next arrangement of the same tiles", false);
    add_views(out, prefix + before);
}

static void add_rules(struct completion *out, const char *prefix)
{
    for (size_t i = 0; rule_at(i); i++)
        complete_add_if(out, prefix, rule_at(i)->name, rule_at(i)->equation, false);
}

static const char *const native_columns[] = {
    "subject", "session", "trial", "stimulus", "choice", "reward", "answer", NULL,
};

void complete_columns(const struct session *session, struct completion *out, const char *prefix,
                      bool open)
{
    const struct cohort *cohort = session_cohort(session);
    for (size_t i = 0; native_columns[i]; i++)
        complete_add_if(out, prefix, native_columns[i], "column of the native log", open);
    for (size_t i = 0; cohort && i < cohort->n_columns; i++)
        complete_add_if(out, prefix, cohort->columns[i].name, "column of the open log", open);
}

bool complete_is_column(const struct session *session, const char *word)
{
    const struct cohort *cohort = session_cohort(session);
    for (size_t i = 0; native_columns[i]; i++)
        if (strcmp(native_columns[i], word) == 0)
            return true;
    return cohort && cohort_column(cohort, word);
}

/* Features of a policy, joined by "+". */
static void add_features(const struct session *session, struct completion *out, const char *prefix)
{
    static const char *const features[][2] = {
        {"stim", "the stimulus, left negative"},
        {"right", "the stimulus where it is on the right"},
        {"left", "the stimulus where it is on the left"},
        {"prevstim", "the stimulus of the trial before"},
        {"prevchoice", "the choice of the trial before: -1 left, 1 right"},
        {"bias", "1 on every trial"},
    };
    const struct cohort *cohort = session_cohort(session);
    const char *plus = strrchr(prefix, '+');
    if (plus)
        out->from += (size_t)(plus + 1 - prefix);
    const char *last = plus ? plus + 1 : prefix;
    for (size_t i = 0; i < sizeof features / sizeof *features; i++)
        complete_add_if(out, last, features[i][0], features[i][1], true);
    for (size_t i = 0; cohort && i < cohort->n_columns; i++)
        complete_add_if(out, last, cohort->columns[i].name, "column of the open log", true);
}

/* By number, with their titles. */
static void add_lessons(struct completion *out, const char *prefix)
{
    struct lessons lessons = {0};
    if (!lessons_find(&lessons, NULL))
        return;
    for (size_t i = 0; i < lessons.n; i++) {
        const struct lesson *lesson = &lessons.items[i];
        char *number = lesson->number >= 0 ? mem_printf("%d", lesson->number) : NULL;
        complete_add_if(out, prefix, number ? number : lesson->name, lesson->title, false);
        free(number);
    }
    lessons_free(&lessons);
}

/* Values of one type.  out->from moves behind the last comma of a list. */
static void add_values(const struct session *session, enum option_type type, const char *prefix,
                       const char *endings, enum complete_effort effort, struct completion *out)
{
    const char *last;
    switch (type) {
    case OPTION_FILE:
        if (effort == COMPLETE_ALL)
            complete_files(prefix, endings, out);
        break;
    case OPTION_LESSON:
        if (effort == COMPLETE_ALL) {
            add_lessons(out, prefix);
            complete_files(prefix, endings, out);
        }
        break;
    case OPTION_FEATURES: add_features(session, out, prefix); break;
    case OPTION_SETTING:
        for (const struct option_row *o = setting_options; o->name; o++)
            complete_add_if(out, prefix, o->name, o->text, false);
        break;
    case OPTION_ANIMALS:
        last = last_of_list(out, prefix);
        complete_animals(session, out, last, last > prefix ? prefix : "");
        break;
    case OPTION_ANIMAL: complete_animals(session, out, prefix, NULL); break;
    case OPTION_MODEL: add_models(session, out, prefix, NULL); break;
    case OPTION_MODELS:
        last = last_of_list(out, prefix);
        add_models(session, out, last, last > prefix ? prefix : "");
        break;
    case OPTION_GROUP: add_groups(session, out, prefix); break;
    case OPTION_JOB:
        add_groups(session, out, prefix);
        add_models(session, out, prefix, NULL);
        break;
    case OPTION_RULE: add_rules(out, prefix); break;
    case OPTION_VIEW: add_views(out, prefix); break;
    case OPTION_LAYOUT: add_layouts(out, prefix); break;
    case OPTION_VERB: add_verbs(out, prefix); break;
    case OPTION_COLUMN: complete_columns(session, out, prefix, false); break;
    default: break;
    }
}

bool complete_words_name(const struct words *words, const char *name)
{
    for (size_t i = 1; i + 1 < words->n; i++)
        if (words->items[i].equals == strlen(name) &&
            strncmp(words->items[i].text, name, strlen(name)) == 0)
            return true;
    return false;
}

/* The endings of the files an option names, from its text. */
static const char *option_endings(const struct option_row *option)
{
    return option->type == OPTION_FILE && strstr(option->text, ".npz") ? ".npz" : NULL;
}

static void add_option_value(const struct session *session, const struct command *command,
                             const struct words *words, enum complete_effort effort,
                             struct completion *out)
{
    const struct word *word = &words->items[words->n - 1];
    char *name = mem_text_n(word->text, word->equals);
    const char *prefix = word->text + word->equals + 1;
    const struct option_row *options = command_options(command);
    const struct option_row *option = options ? option_of(options, name) : NULL;
    free(name);
    out->from += word->equals + 1;
    if (!option)
        return;
    if (option->words)
        out->about = mem_text(option->text);
    add_words(out, prefix, option->words, "");
    for (size_t i = 0; i < out->n && option->fallback; i++)
        if (strcmp(out->items[i].word, option->fallback) == 0) {
            free(out->items[i].meaning);
            out->items[i].meaning = mem_text("the default");
        }
    if (option->type == OPTION_WEIGHT || option->type == OPTION_VARIABLE)
        complete_variables(session, words, option->type == OPTION_WEIGHT, prefix, out);
    else if (option->type != OPTION_WORD)
        add_values(session, option->type, prefix, option_endings(option), effort, out);
    if (out->n == 0 && option->fallback && !option->words)
        complete_add_if(out, prefix, option->fallback, "the default", false);
}

static void add_argument(const struct session *session, const struct command *command,
                         const struct words *words, enum complete_effort effort,
                         struct completion *out)
{
    const struct word *word = &words->items[words->n - 1];
    size_t positional = 0;
    const char *first = NULL;
    for (size_t i = 1; i + 1 < words->n; i++)
        if (words->items[i].equals == 0 || command->raw)
            first = positional++ == 0 ? words->items[i].text : first;
    if (positional < command_positional(command)) {
        if (positional == 0)
            add_words(out, word->text, command->first_words, command->summary);
        for (size_t i = 0; positional == 0 && command->first_at && command->first_at(i); i++)
            complete_add_if(out, word->text, command->first_at(i), command->summary, false);
        enum option_type type =
            positional == 0 ? command->positional_type : command->following_type;
        add_values(session, type, word->text, command->endings, effort, out);
    }
    const struct option_row *options = command_options(command);
    size_t begins;
    for (const struct option_row *o = options; o && o->name; o++)
        if (option_stands(o, &begins)) {
            complete_standing(session, words, options, o, word->text, out);
        } else if (!complete_words_name(words, o->name) &&
                   !(first && command->takes && !command->takes(first, o->name))) {
            char *text = mem_printf("%s=", o->name);
            complete_add_if(out, word->text, text, o->text, true);
            free(text);
        }
}

/* As the line reads it back; the sign that ends a name or a comparison stays a sign. */
static char *written(char *word, bool open)
{
    struct strbuf out = {0};
    size_t n = strlen(word);
    bool sign = open && n > 0 && word[n - 1] == '=';
    if (sign)
        word[n - 1] = '\0';
    if (*word || !sign)
        args_word(word, &out);
    if (sign)
        strbuf_putc(&out, '=');
    return strbuf_take(&out);
}

/* Candidates as they are written on the line, where quotes may be open. */
static void write_out(const char *line, size_t word, size_t point, struct completion *out)
{
    char quote = '\0';
    out->from = line_offset(line, word, point, out->from, &quote);
    bool opens = !quote && out->from < point && strchr("\"'", line[out->from]);
    for (size_t i = 0; i < out->n; i++) {
        struct candidate *c = &out->items[i];
        char *raw = c->word;
        c->word = quote || opens
                      ? line_in_quotes(raw, quote ? quote : line[out->from], opens, !c->open)
                      : written(raw, c->open);
        free(raw);
    }
}

/* What is already after the cursor is not inserted again. */
static void leave_out(const char *line, size_t point, struct completion *out)
{
    for (size_t i = 0; i < out->n; i++) {
        char *word = out->items[i].word;
        size_t n = strlen(word);
        if (line[point] == '=' && n > 1 && word[n - 1] == '=' && out->items[i].open)
            word[n - 1] = '\0';
        if (line[point] == ' ')
            out->items[i].open = true;
    }
}

void complete_line(struct session *session, const char *line, size_t point,
                   enum complete_effort effort, struct completion *out)
{
    struct words words;
    size_t length = strlen(line), start;
    point = point < length ? point : length;
    *out = (struct completion){0};
    start = line_before(line, point, &words);
    const struct word *word = words.n ? &words.items[words.n - 1] : NULL;
    if (words.n == 1)
        add_verbs(out, words.items[0].text);
    const struct command *command = NULL;
    if (words.n > 1) {
        struct err ignored = {0};
        command = command_resolve(words.items[0].text, 0, session->setup.prefixes, &ignored);
    }
    if (command && command->raw && command->positional_type == OPTION_COLUMN)
        complete_condition(session, &words, out);
    else if (command && word->equals > 0 && !command->raw)
        add_option_value(session, command, &words, effort, out);
    else if (command)
        add_argument(session, command, &words, effort, out);
    words_free(&words);
    write_out(line, start, point, out);
    leave_out(line, point, out);
}

void session_complete(struct session *session, const char *line, size_t point,
                      struct completion *out)
{
    complete_line(session, line, point, COMPLETE_ALL, out);
}

void completion_free(struct completion *completion)
{
    for (size_t i = 0; i < completion->n; i++) {
        free(completion->items[i].word);
        free(completion->items[i].meaning);
    }
    free(completion->items);
    free(completion->about);
    *completion = (struct completion){0};
}
