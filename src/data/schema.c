#include "schema.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/option.h"

struct part {
    const char *name;     /* in deltaw's own logs and of the option */
    const char *also[20]; /* what other logs call it, as reduced by `reduced` */
    const char *of;       /* for messages */
    bool may_lack;        /* a log can do without */
};

static const struct part parts[ROLE_N] = {
    [ROLE_SUBJECT] = {"subject",
                      {"mouse", "animal", "id", "rat", "monkey", "subjectname", "subjectid",
                       "mousename", "mouseid", "animalname", "animalid", "ratname", "ratid",
                       "nickname", "subjectnickname"},
                      "animal",
                      true},
    [ROLE_SESSION] = {"session",
                      {"sessionid", "sessionnumber", "sessionnum", "sessionno", "sessionidx",
                       "sessionindex", "sessionname", "sess", "eid", "day"},
                      "session",
                      true},
    [ROLE_TRIAL] = {"trial",
                    {"trialnumber", "trialnum", "trialno", "trialid", "trialidx", "trialindex",
                     "triali"},
                    "trial number",
                    true},
    [ROLE_STIMULUS] = {"stimulus",
                       {"signedcontrast", "signedstimulus", "signedcoherence", "signedevidence",
                        "contrastdifference", "contrastdiff", "stim", "stimulusvalue",
                        "stimulussigned", "contrastsigned"},
                       "signed stimulus",
                       false},
    [ROLE_CHOICE] = {"choice",
                     {"response", "choices", "resp", "decision", "choseright", "chooseright",
                      "wentright", "responseright", "choiceright", "mousechoice", "animalchoice",
                      "chosenside", "choiceside", "responseside", "responsechoice"},
                     "choice",
                     false},
    [ROLE_REWARD] = {"reward",
                     {"rewarded", "rewards", "feedback", "feedbacktype", "correct", "iscorrect",
                      "outcome", "success", "hit", "isrewarded", "trialoutcome"},
                     "reward",
                     false},
    [ROLE_ANSWER] = {"answer",
                     {"correctside", "correctchoice", "correctresponse", "correctanswer",
                      "rewardside", "rewardedside", "targetside"},
                     "correct side",
                     true},
    [ROLE_DATE] = {"date",
                   {"sessiondate", "datetime", "startdate", "sessionstarttime"},
                   "date",
                   true},
    [ROLE_LEFT] = {"left",
                   {"contrastleft", "leftcontrast", "stimulusleft", "leftstimulus", "stimleft",
                    "leftstim", "contrastl"},
                   "left contrast",
                   true},
    [ROLE_RIGHT] = {"right",
                    {"contrastright", "rightcontrast", "stimulusright", "rightstimulus",
                     "stimright", "rightstim", "contrastr"},
                    "right contrast",
                    true},
};

const char *schema_role_name(enum role role)
{
    return parts[role].name;
}

static const char *skip(const char *text)
{
    while (*text == ' ' || *text == '_' || *text == '.' || *text == '-' || *text == '\t')
        text++;
    return text;
}

bool schema_same_name(const char *a, const char *b)
{
    for (a = skip(a), b = skip(b); *a && *b; a = skip(a + 1), b = skip(b + 1))
        if (tolower((unsigned char)*a) != tolower((unsigned char)*b))
            return false;
    return *a == *b;
}

static const char *wish(const struct load_options *o, enum role role)
{
    switch (role) {
    case ROLE_SUBJECT: return o->subject;
    case ROLE_SESSION: return o->session;
    case ROLE_TRIAL: return o->trial;
    case ROLE_STIMULUS: return o->stimulus;
    case ROLE_CHOICE: return o->choice;
    case ROLE_REWARD: return o->reward;
    case ROLE_ANSWER: return o->answer;
    case ROLE_DATE: return o->date;
    case ROLE_LEFT: return o->left;
    case ROLE_RIGHT: return o->right;
    case ROLE_N: break;
    }
    return NULL;
}

/* The columns as a list for a message, cut when it gets long. */
static void list_columns(const struct log_source *source, struct strbuf *out)
{
    strbuf_puts(out, source->n_columns == 1 ? "the only column is " : "the columns are ");
    for (size_t i = 0; i < source->n_columns; i++) {
        if (out->len > 400) {
            strbuf_printf(out, " and %zu more", source->n_columns - i);
            break;
        }
        strbuf_printf(out, "%s%.60s", i ? ", " : "", source->columns[i].name);
    }
}

static const char *column_name(void *context, size_t i)
{
    const struct log_source *source = context;
    return i < source->n_columns ? source->columns[i].name : NULL;
}

static bool refuse_unknown(const struct log_source *source, enum role role, const char *name,
                           struct err *err)
{
    struct strbuf list = {0};
    const char *near = nearest_word(name, column_name, (void *)(uintptr_t)source);
    list_columns(source, &list);
    source_refuse(source, err, "no column '%.80s' (%s=%.80s)%s%.80s%s; %s", name, parts[role].name,
                  name, near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "",
                  strbuf_text(&list));
    strbuf_free(&list);
    return false;
}

static bool refuse_two(const struct log_source *source, enum role role, long one, long two,
                       struct err *err)
{
    if (strcmp(source->columns[one].name, source->columns[two].name) == 0)
        return source_refuse(source, err, "two columns are called '%.80s'; rename one",
                             source->columns[one].name);
    return source_refuse(
        source, err, "'%.80s' and '%.80s' could both be the %s; say %s=%.80s or %s=%.80s",
        source->columns[one].name, source->columns[two].name, parts[role].of, parts[role].name,
        source->columns[one].name, parts[role].name, source->columns[two].name);
}

/* What the user named: spelled exactly, else the same but for case and so on. */
static bool match_wish(const struct log_source *source, enum role role, const char *name,
                       long *column, struct err *err)
{
    long exact[2] = {-1, -1}, loose[2] = {-1, -1};
    for (size_t i = source->n_columns; i-- > 0;) {
        bool same = strcmp(source->columns[i].name, name) == 0;
        long *found = same ? exact : loose;
        if (same || schema_same_name(source->columns[i].name, name)) {
            found[1] = found[0];
            found[0] = (long)i;
        }
    }
    const long *found = exact[0] >= 0 ? exact : loose;
    if (found[1] >= 0)
        return refuse_two(source, role, found[0], found[1], err);
    if (found[0] < 0 && !(parts[role].may_lack && strcmp(name, "none") == 0))
        return refuse_unknown(source, role, name, err);
    *column = found[0];
    return true;
}

static bool also_called(enum role role, const char *column)
{
    const char *const *also = parts[role].also;
    for (size_t i = 0; i < sizeof parts[role].also / sizeof *also && also[i]; i++)
        if (schema_same_name(also[i], column))
            return true;
    return false;
}

/* By known names.  Columns already taken are out. */
static bool match_known(const struct log_source *source, enum role role,
                        const struct schema *schema, long *column, struct err *err)
{
    long own = -1, known = -1, known_too = -1;
    for (size_t i = 0; i < source->n_columns; i++) {
        if (schema->used[i])
            continue;
        if (schema_same_name(parts[role].name, source->columns[i].name)) {
            if (own >= 0)
                return refuse_two(source, role, own, (long)i, err);
            own = (long)i;
        } else if (also_called(role, source->columns[i].name)) {
            known_too = known;
            known = (long)i;
        }
    }
    if (own < 0 && known_too >= 0 && !schema->native)
        return refuse_two(source, role, known_too, known, err);
    *column = own >= 0 || schema->native ? own : known;
    return true;
}

/* All columns of deltaw's own logs, answer aside, under their own names: then
 * no other name is looked for, so that columns kept by name stay what they were. */
static bool is_native(const struct log_source *source)
{
    for (int role = 0; role < ROLE_ANSWER; role++) {
        bool found = false;
        for (size_t i = 0; i < source->n_columns && !found; i++)
            found = strcmp(source->columns[i].name, parts[role].name) == 0;
        if (!found)
            return false;
    }
    return true;
}

/* A signed stimulus, or the two sides of which it is the difference. */
static bool settle_stimulus(const struct log_source *source, const struct load_options *o,
                            struct schema *schema, struct err *err)
{
    long *c = schema->column;
    bool pair_wished = o->left || o->right;
    if (o->stimulus && pair_wished)
        return err_set(err, ERR_USAGE,
                       "say stimulus=COLUMN, or left=COLUMN right=COLUMN, "
                       "not both");
    bool own = c[ROLE_STIMULUS] >= 0 &&
               schema_same_name(source->columns[c[ROLE_STIMULUS]].name, parts[ROLE_STIMULUS].name);
    if (pair_wished) {
        c[ROLE_STIMULUS] = -1;
    } else if (o->stimulus || own) {
        c[ROLE_LEFT] = c[ROLE_RIGHT] = -1;
    } else if (c[ROLE_STIMULUS] >= 0 && c[ROLE_LEFT] >= 0 && c[ROLE_RIGHT] >= 0) {
        return source_refuse(
            source, err,
            "the stimulus could be '%.60s', or '%.60s' minus '%.60s'; say "
            "stimulus=%.60s, or left=%.60s right=%.60s",
            source->columns[c[ROLE_STIMULUS]].name, source->columns[c[ROLE_RIGHT]].name,
            source->columns[c[ROLE_LEFT]].name, source->columns[c[ROLE_STIMULUS]].name,
            source->columns[c[ROLE_LEFT]].name, source->columns[c[ROLE_RIGHT]].name);
    }
    if (c[ROLE_STIMULUS] >= 0)
        c[ROLE_LEFT] = c[ROLE_RIGHT] = -1;
    return true;
}

static bool refuse_lacking(const struct log_source *source, enum role role, struct err *err)
{
    struct strbuf list = {0};
    list_columns(source, &list);
    if (role == ROLE_STIMULUS)
        source_refuse(source, err,
                      "no column for the stimulus; say stimulus=COLUMN (signed, "
                      "negative = left), or left=COLUMN right=COLUMN; %s",
                      strbuf_text(&list));
    else if (role == ROLE_SUBJECT)
        source_refuse(source, err,
                      "no column for the animal; say subject=COLUMN, or "
                      "subject=none when all trials are of one animal; %s",
                      strbuf_text(&list));
    else
        source_refuse(source, err, "no column for the %s; say %s=COLUMN; %s", parts[role].of,
                      parts[role].name, strbuf_text(&list));
    strbuf_free(&list);
    return false;
}

static bool check_complete(const struct log_source *source, const struct load_options *o,
                           const struct schema *schema, struct err *err)
{
    const long *c = schema->column;
    if (c[ROLE_STIMULUS] < 0 && (c[ROLE_LEFT] < 0 || c[ROLE_RIGHT] < 0)) {
        if (c[ROLE_LEFT] < 0 && c[ROLE_RIGHT] < 0)
            return refuse_lacking(source, ROLE_STIMULUS, err);
        return refuse_lacking(source, c[ROLE_LEFT] < 0 ? ROLE_LEFT : ROLE_RIGHT, err);
    }
    if (c[ROLE_SUBJECT] < 0 && !o->subject)
        return refuse_lacking(source, ROLE_SUBJECT, err);
    if (c[ROLE_CHOICE] < 0 || c[ROLE_REWARD] < 0)
        return refuse_lacking(source, c[ROLE_CHOICE] < 0 ? ROLE_CHOICE : ROLE_REWARD, err);
    return true;
}

static bool named(const struct log_source *source, long column, const char *name)
{
    return column >= 0 && schema_same_name(source->columns[column].name, name);
}

static bool match_all(const struct log_source *source, const struct load_options *o,
                      struct schema *schema, struct err *err)
{
    for (int role = 0; role < ROLE_N; role++) {
        const char *name = wish(o, (enum role)role);
        if (name && !match_wish(source, (enum role)role, name, &schema->column[role], err))
            return false;
        if (schema->column[role] >= 0)
            schema->used[schema->column[role]] = true;
    }
    for (int role = 0; role < ROLE_N; role++)
        if (!wish(o, (enum role)role) &&
            !match_known(source, (enum role)role, schema, &schema->column[role], err))
            return false;
    return settle_stimulus(source, o, schema, err) && check_complete(source, o, schema, err);
}

bool schema_match(const struct log_source *source, const struct load_options *options,
                  struct schema *schema, struct err *err)
{
    *schema = (struct schema){.native = is_native(source)};
    schema->used = mem_new(source->n_columns, sizeof *schema->used);
    for (int role = 0; role < ROLE_N; role++)
        schema->column[role] = -1;
    if (!match_all(source, options, schema, err)) {
        schema_free(schema);
        return false;
    }
    memset(schema->used, 0, source->n_columns);
    for (int role = 0; role < ROLE_N; role++)
        if (schema->column[role] >= 0)
            schema->used[schema->column[role]] = true;
    schema->ibl = named(source, schema->column[ROLE_LEFT], "contrastleft") &&
                  named(source, schema->column[ROLE_RIGHT], "contrastright") &&
                  named(source, schema->column[ROLE_REWARD], "feedbacktype");
    return true;
}

void schema_describe(const struct schema *schema, const struct log_source *source,
                     enum load_contrast contrast, struct strbuf *out)
{
    static const char *const without[ROLE_N] = {[ROLE_SUBJECT] = "(the file's name)",
                                                [ROLE_SESSION] = "(one)",
                                                [ROLE_TRIAL] = "(counted)",
                                                [ROLE_ANSWER] = "(from choice and reward)"};
    const long *c = schema->column;
    bool tanh5 = contrast == LOAD_CONTRAST_TANH5;
    for (int role = 0; role <= ROLE_DATE; role++) {
        const char *name = c[role] >= 0 ? source->columns[c[role]].name : without[role];
        if (role == ROLE_STIMULUS && c[role] < 0) {
            strbuf_printf(out, tanh5 ? "  stimulus=f(%s)-f(%s)" : "  stimulus=%s-%s",
                          source->columns[c[ROLE_RIGHT]].name, source->columns[c[ROLE_LEFT]].name);
        } else if (role == ROLE_STIMULUS && tanh5) {
            strbuf_printf(out, "  stimulus=f(%s)", name);
        } else if (name) {
            strbuf_printf(out, "%s%s=%s", role ? "  " : "", parts[role].name, name);
        }
    }
    if (tanh5)
        strbuf_puts(out, "  f(c)=tanh(5c)/tanh(5)");
    if (source->note)
        strbuf_printf(out, "  %s", source->note);
}

void schema_free(struct schema *schema)
{
    free(schema->used);
    *schema = (struct schema){0};
}
