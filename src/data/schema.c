#include "schema.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/option.h"

struct part {
    const char *name;     /* in deltaw's own logs and of the option */
    const char *also[20]; /* names in other logs, as reduced by `reduced` */
    const char *of;       /* for messages */
    bool may_lack;        /* a log can do without */
};

static const struct part parts[ROLE_N] = {
    [ROLE_SUBJECT] = {"subject",
                      {"mouse", "animal", "id", "rat", "monkey", "subjectname", "subjectid",
                       "mousename", "mouseid", "animalname", "animalid", "ratname", "ratid",
                       "nickname", "subjectnickname", "participant", "participantid"},
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
                       true},
    [ROLE_CHOICE] = {"choice",
                     {"response", "choices", "resp", "decision", "choseright", "chooseright",
                      "wentright", "responseright", "choiceright", "mousechoice", "animalchoice",
                      "chosenside", "choiceside", "responseside", "responsechoice"},
                     "choice",
                     true},
    [ROLE_REWARD] = {"reward",
                     {"rewarded", "rewards", "feedback", "feedbacktype", "correct", "iscorrect",
                      "outcome", "success", "hit", "isrewarded", "trialoutcome"},
                     "reward",
                     true},
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

const char schema_gap_name[] = "after_gap";

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
    schema_list(source, &list);
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

/* Spelled exactly, else the same but for case and so on: up to two of them. */
static void find_columns(const struct log_source *source, const char *name, long found[2])
{
    long exact[2] = {-1, -1}, loose[2] = {-1, -1};
    for (size_t i = source->n_columns; i-- > 0;) {
        bool same = strcmp(source->columns[i].name, name) == 0;
        long *into = same ? exact : loose;
        if (same || schema_same_name(source->columns[i].name, name)) {
            into[1] = into[0];
            into[0] = (long)i;
        }
    }
    memcpy(found, exact[0] >= 0 ? exact : loose, sizeof exact);
}

/* What the user named, a column or "COLUMN:VALUE=MEANING,...". */
static bool match_wish(const struct log_source *source, enum role role, const char *wished,
                       struct schema *schema, struct err *err)
{
    long found[2];
    find_columns(source, wished, found);
    const char *sign = strchr(wished, '='), *colon = NULL;
    for (const char *p = wished; found[0] < 0 && sign && p < sign; p++)
        colon = *p == ':' ? p : colon;
    char *name = colon ? mem_text_n(wished, (size_t)(colon - wished)) : mem_text(wished);
    enum code_kind kind = role == ROLE_REWARD                          ? KIND_REWARD
                          : role == ROLE_CHOICE || role == ROLE_ANSWER ? KIND_CHOICE
                                                                       : KIND_STIMULUS;
    bool fine = !colon || role < ROLE_STIMULUS || role == ROLE_DATE ||
                code_map_read(&schema->map[role], colon + 1, kind, err);
    find_columns(source, name, found);
    if (!fine)
        err_prefix(err, "%s=%s", parts[role].name, wished);
    else if (found[1] >= 0)
        fine = refuse_two(source, role, found[0], found[1], err);
    else if (found[0] < 0 && !(parts[role].may_lack && strcmp(name, "none") == 0))
        fine = refuse_unknown(source, role, name, err);
    schema->column[role] = found[0];
    free(name);
    return fine;
}

static bool also_called(enum role role, const char *column)
{
    const char *const *also = parts[role].also;
    for (size_t i = 0; i < sizeof parts[role].also / sizeof *also && also[i]; i++)
        if (schema_same_name(also[i], column))
            return true;
    return false;
}

/* By known names.  Columns already taken do not count. */
static bool match_known(const struct log_source *source, enum role role, struct schema *schema,
                        long *column, struct err *err)
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
    schema->also[role] = own >= 0 && !schema->native ? known : -1;
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

/* Without a choice, the column that instructed the animal is the correct side. */
static void match_instruction(const struct log_source *source, struct schema *schema)
{
    static const char *const names[] = {"instruction", "instructedside", "trialtype", "trialtypes",
                                        "trialside",   "stimulusside",   "stimside",  NULL};
    if (schema->column[ROLE_CHOICE] >= 0 || schema->column[ROLE_ANSWER] >= 0)
        return;
    for (size_t k = 0; names[k]; k++)
        for (size_t i = 0; i < source->n_columns; i++)
            if ((!schema->used[i] || schema->column[ROLE_STIMULUS] == (long)i) &&
                schema_same_name(names[k], source->columns[i].name)) {
                schema->column[ROLE_ANSWER] = (long)i;
                return;
            }
}

/* Two roles of one column make sense for a stimulus that tells the correct side. */
static bool check_apart(const struct log_source *source, const struct schema *schema,
                        struct err *err)
{
    static const enum role apart[][2] = {{ROLE_CHOICE, ROLE_REWARD},   {ROLE_CHOICE, ROLE_STIMULUS},
                                         {ROLE_CHOICE, ROLE_ANSWER},   {ROLE_REWARD, ROLE_ANSWER},
                                         {ROLE_REWARD, ROLE_STIMULUS}, {ROLE_LEFT, ROLE_RIGHT}};
    const long *c = schema->column;
    for (size_t i = 0; i < sizeof apart / sizeof *apart; i++) {
        long a = c[apart[i][0]];
        if (a < 0 || a != c[apart[i][1]])
            continue;
        const char *name = source->columns[a].name;
        return source_refuse(source, err,
                             "%s and %s are both taken from '%.60s', which cannot tell both; if it "
                             "tells the correct side say choice=none answer=%.60s, and choices are "
                             "taken from it and the reward",
                             parts[apart[i][0]].name, parts[apart[i][1]].name, name, name);
    }
    return true;
}

static bool check_complete(const struct log_source *source, const struct load_options *o,
                           struct schema *schema, struct err *err)
{
    const long *c = schema->column;
    bool answer = c[ROLE_ANSWER] >= 0, one_side = (c[ROLE_LEFT] < 0) != (c[ROLE_RIGHT] < 0);
    schema->no_stimulus = o->stimulus && c[ROLE_STIMULUS] < 0;
    schema->choice_from_answer = c[ROLE_CHOICE] < 0 && answer && c[ROLE_REWARD] >= 0;
    schema->reward_from_answer = c[ROLE_REWARD] < 0 && answer && c[ROLE_CHOICE] >= 0;
    enum role lacking = ROLE_N;
    if (c[ROLE_SUBJECT] < 0 && !o->subject && !schema->constant[ROLE_SUBJECT])
        lacking = ROLE_SUBJECT;
    else if (c[ROLE_CHOICE] < 0 && !schema->choice_from_answer)
        lacking = ROLE_CHOICE;
    else if (c[ROLE_REWARD] < 0 && !schema->reward_from_answer)
        lacking = ROLE_REWARD;
    else if (c[ROLE_STIMULUS] < 0 && !schema->no_stimulus && one_side)
        lacking = c[ROLE_LEFT] < 0 ? ROLE_LEFT : ROLE_RIGHT;
    else if (c[ROLE_STIMULUS] < 0 && !schema->no_stimulus && c[ROLE_LEFT] < 0)
        lacking = ROLE_STIMULUS;
    if (lacking != ROLE_N)
        return schema_refuse_lacking(source, o, schema, lacking, parts[lacking].of, err);
    return check_apart(source, schema, err);
}

static bool has_column(const struct log_source *source, const char *name)
{
    for (size_t i = 0; i < source->n_columns; i++)
        if (schema_same_name(source->columns[i].name, name))
            return true;
    return false;
}

/* The columns that cohort_save writes, in its order. */
static bool is_saved(const struct log_source *source)
{
    for (int role = 0; role < ROLE_NATIVE; role++)
        if ((size_t)role >= source->n_columns ||
            strcmp(source->columns[role].name, parts[role].name) != 0)
            return false;
    return true;
}

static bool match_all(const struct log_source *source, const struct load_options *o,
                      struct schema *schema, struct err *err)
{
    for (int role = 0; role < ROLE_N; role++) {
        const char *name = wish(o, (enum role)role);
        if (name && !match_wish(source, (enum role)role, name, schema, err))
            return false;
        if (schema->column[role] >= 0)
            schema->used[schema->column[role]] = true;
    }
    for (int role = 0; role < ROLE_N; role++)
        if (!wish(o, (enum role)role) && !schema->constant[role] &&
            !match_known(source, (enum role)role, schema, &schema->column[role], err))
            return false;
    for (int role = 0; role < ROLE_N; role++)
        if (schema->column[role] >= 0)
            schema->used[schema->column[role]] = true;
    if (!o->answer)
        match_instruction(source, schema);
    return settle_stimulus(source, o, schema, err) && check_complete(source, o, schema, err);
}

bool schema_match(const struct log_source *source, const struct load_options *options,
                  struct schema *schema, struct err *err)
{
    schema->native = is_native(source);
    schema->gap = -1;
    schema->used = mem_new(source->n_columns, sizeof *schema->used);
    for (int role = 0; role < ROLE_N; role++)
        schema->column[role] = schema->also[role] = -1;
    if (!match_all(source, options, schema, err)) {
        schema_free(schema);
        return false;
    }
    memset(schema->used, 0, source->n_columns);
    for (int role = 0; role < ROLE_N; role++)
        if (schema->column[role] >= 0)
            schema->used[schema->column[role]] = true;
    schema->habit = is_saved(source) ? HABIT_SAVED
                    : has_column(source, "contrastleft") && has_column(source, "contrastright")
                        ? HABIT_IBL
                    : schema->native ? HABIT_NATIVE
                                     : HABIT_NONE;
    if (schema->habit == HABIT_SAVED && source->n_columns > ROLE_NATIVE &&
        strcmp(source->columns[ROLE_NATIVE].name, schema_gap_name) == 0)
        schema->gap = ROLE_NATIVE;
    if (schema->gap >= 0)
        schema->used[schema->gap] = true;
    return true;
}

void schema_free(struct schema *schema)
{
    for (int role = 0; role < ROLE_N; role++) {
        code_map_free(&schema->map[role]);
        free(schema->constant[role]);
    }
    free(schema->used);
    *schema = (struct schema){0};
}
