/* What schemas say: which columns were taken, and what to type when one is lacking. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "schema.h"

void schema_list(const struct log_source *source, struct strbuf *out)
{
    size_t before = out->len;
    strbuf_puts(out, source->n_columns == 1 ? "the only column is " : "the columns are ");
    for (size_t i = 0; i < source->n_columns; i++) {
        if (out->len - before > 400) {
            strbuf_printf(out, " and %zu more", source->n_columns - i);
            break;
        }
        strbuf_printf(out, "%s%.60s", i ? ", " : "", source->columns[i].name);
    }
}

/* Does the name hold the word, without regard to case? */
static bool holds(const char *name, const char *word)
{
    return strcasestr(name, word) != NULL;
}

/* Nothing fits by name: the first column that is not taken for the animal, which logs begin
 * with; else the only one that is left.  NULL: none. */
static const char *only_free(const struct log_source *source, const struct schema *schema,
                             enum role role)
{
    const char *found = NULL;
    for (size_t i = 0; i < source->n_columns; i++) {
        if (schema->used[i])
            continue;
        if (found)
            return NULL;
        found = source->columns[i].name;
        if (role == ROLE_SUBJECT)
            break;
    }
    return found;
}

/* A column whose name fits the role (NULL: none), preferably one not taken yet. */
static const char *likely(const struct log_source *source, const struct schema *schema,
                          enum role role)
{
    static const char *const words[ROLE_N][12] = {
        [ROLE_SUBJECT] = {"mouse", "animal", "subj", "rat", "monkey", "name", "id"},
        [ROLE_STIMULUS] = {"stim", "contrast", "coher", "evidence", "freq", "tone", "cue", "signal",
                           "instruction", "difference"},
        [ROLE_CHOICE] = {"choice", "resp", "choose", "chose", "decision", "action", "side", "lick",
                         "poke", "port"},
        [ROLE_REWARD] = {"reward", "outcome", "feedback", "correct", "result", "hit", "water"},
        [ROLE_LEFT] = {"left"},
        [ROLE_RIGHT] = {"right"}};
    for (int taken = 0; taken < 2; taken++)
        for (size_t k = 0; k < 12 && words[role][k]; k++)
            for (size_t i = 0; i < source->n_columns; i++)
                if (schema->used[i] == taken && holds(source->columns[i].name, words[role][k]))
                    return source->columns[i].name;
    return only_free(source, schema, role);
}

/* The command as it was given, and with what it lacks. */
static void line_to_type(const struct log_source *source, const struct load_options *options,
                         const char *name, const char *column, struct strbuf *out)
{
    const char *quote = strpbrk(column, " ,;#'\"") ? "\"" : "";
    bool said = options->said && strlen(options->said) < 200;
    strbuf_printf(out, "; type perhaps: load %.200s %s=%s%.60s%s",
                  said ? options->said : source->path, name, quote, column, quote);
}

static void taken(const struct log_source *source, const struct schema *schema, struct strbuf *out)
{
    bool any = false;
    for (int role = 0; role < ROLE_N; role++) {
        if (schema->column[role] < 0)
            continue;
        strbuf_printf(out, "%s%s=%.40s",
                      any ? " " : "; taken so far: ", schema_role_name((enum role)role),
                      source->columns[schema->column[role]].name);
        any = true;
    }
}

bool schema_refuse_lacking(const struct log_source *source, const struct load_options *options,
                           const struct schema *schema, enum role role, const char *of,
                           struct err *err)
{
    static const char *const ways[ROLE_N] = {
        [ROLE_STIMULUS] = "stimulus=COLUMN (signed, negative = left), or left=COLUMN "
                          "right=COLUMN, or stimulus=none",
        [ROLE_SUBJECT] = "subject=COLUMN, or subject=none when all trials are of one animal",
        [ROLE_CHOICE] = "choice=COLUMN, or answer=COLUMN for choices from the correct side and "
                        "the reward",
        [ROLE_REWARD] = "reward=COLUMN, or answer=COLUMN for rewards from the correct side"};
    struct strbuf list = {0};
    const char *name = schema_role_name(role), *column = likely(source, schema, role);
    schema_list(source, &list);
    taken(source, schema, &list);
    if (column)
        line_to_type(source, options, name, column, &list);
    if (ways[role])
        source_refuse(source, err, "no column for the %s; say %s; %s", of, ways[role],
                      strbuf_text(&list));
    else
        source_refuse(source, err, "no column for the %s; say %s=COLUMN; %s", of, name,
                      strbuf_text(&list));
    strbuf_free(&list);
    return false;
}

static const char *without(const struct schema *schema, enum role role)
{
    static const char *const words[ROLE_N] = {[ROLE_SUBJECT] = "(the file's name)",
                                              [ROLE_SESSION] = "(one a file)",
                                              [ROLE_TRIAL] = "(counted)",
                                              [ROLE_CHOICE] = "(from answer and reward)",
                                              [ROLE_REWARD] = "(from choice and answer)",
                                              [ROLE_ANSWER] = "(from choice and reward)"};
    if (schema->constant[role])
        return "(the file's name)";
    if (role == ROLE_SESSION && schema->column[ROLE_DATE] >= 0)
        return "(by date)";
    return role == ROLE_ANSWER && schema->no_stimulus ? "(unknown)" : words[role];
}

static void describe_stimulus(const struct schema *schema, const struct log_source *source,
                              const struct load_options *o, struct strbuf *out)
{
    const long *c = schema->column;
    bool tanh5 = source->tanh5;
    const char *f = tanh5 ? "f(" : "", *end = tanh5 ? ")" : "";
    strbuf_puts(out, o->flip_stimulus ? "  stimulus=-" : "  stimulus=");
    if (schema->no_stimulus)
        strbuf_puts(out, "none");
    else if (c[ROLE_STIMULUS] < 0)
        strbuf_printf(out, "%s%s%s-%s%s%s", f, source->columns[c[ROLE_RIGHT]].name, end, f,
                      source->columns[c[ROLE_LEFT]].name, end);
    else if (o->scale == LOAD_SCALE_LOG2)
        strbuf_printf(out, "log2(%s/%g)", source->columns[c[ROLE_STIMULUS]].name, o->center);
    else if (o->center != 0 || o->divide != 0)
        strbuf_printf(out, "(%s-%g)/%g", source->columns[c[ROLE_STIMULUS]].name, o->center,
                      o->divide != 0 ? o->divide : 1);
    else
        strbuf_printf(out, "%s%s%s", f, source->columns[c[ROLE_STIMULUS]].name, end);
}

void schema_describe(const struct schema *schema, const struct log_source *source,
                     const struct load_options *options, struct strbuf *out)
{
    const long *c = schema->column;
    for (int role = 0; role <= ROLE_DATE; role++) {
        const char *name =
            c[role] >= 0 ? source->columns[c[role]].name : without(schema, (enum role)role);
        if (role == ROLE_STIMULUS)
            describe_stimulus(schema, source, options, out);
        else if (name)
            strbuf_printf(out, "%s%s=%s", role ? "  " : "", schema_role_name((enum role)role),
                          name);
    }
    if (source->tanh5)
        strbuf_puts(out, "  f(c)=tanh(5c)/tanh(5)");
    if (source->note)
        strbuf_printf(out, "  %s", source->note);
}
