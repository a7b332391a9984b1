/* From rows as they stand in the logs to a cohort: codes understood, sessions
 * and trials in order, unusable trials dropped and counted. */
#include "deltaw/data/load.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/strbuf.h"
#include "order.h"
#include "rows.h"
#include "truthfile.h"

struct loader {
    const struct load_options *options;
    struct rows rows;
    struct order order;
    enum sides *sides, *answers; /* [n_files] */
    bool *doubt;                 /* [n_files] */
    size_t n_no_choice, n_no_reward, n_half;
    float largest; /* |stimulus| */
};

/* 0, 1, .5 (kept as written), -1: unknown */
static float reward_of(const struct log_file *file, enum code code)
{
    bool sign = file->rewards.seen & 1u << CODE_MINUS; /* IBL's feedback: 0 is none */
    switch (code) {
    case CODE_ONE: return 1;
    case CODE_ZERO: return sign ? -1 : 0;
    case CODE_MINUS: return 0;
    case CODE_HALF: return 0.5f;
    default: return -1;
    }
}

static bool decide(struct loader *l, size_t i, struct err *err)
{
    struct log_file *file = &l->rows.files[i];
    struct code_agreement agreement = {0};
    for (size_t k = file->first; k < file->first + file->count; k++) {
        const struct row *row = &l->rows.row[k];
        float reward = reward_of(file, row->reward);
        if (!(row->stimulus != 0) || isnan(row->stimulus) || (reward != 0 && reward != 1))
            continue;
        agreement.fits[row->choice][(row->stimulus > 0) == (reward == 1)]++;
    }
    return code_decide(&file->choices, &agreement, file->habit, file->path, &l->sides[i],
                       &l->doubt[i], err) &&
           code_decide_answer(&file->answers, l->sides[i], file->path, &l->answers[i], err);
}

/* Without a column: what was rewarded, or the other side of what was not; where
 * the reward is unknown the side of the stimulus, left at 0. */
static uint8_t deduce_answer(const struct cohort_trial *t)
{
    if (t->reward == 0.5f)
        return t->stimulus > 0;
    return t->reward == 1 ? t->choice : !t->choice;
}

static bool take_answer(const struct loader *l, const struct log_file *file, const struct row *row,
                        struct cohort_trial *t, struct err *err)
{
    int side = code_side((enum code)row->answer, l->answers[file - l->rows.files]);
    t->answer = deduce_answer(t);
    if (side < 0)
        return true;
    if (t->reward != 0.5f && side != t->answer)
        return rows_refuse(&l->rows, row, err,
                           "the answer says %s was right, but the choice %s was %srewarded; "
                           "answer=none leaves that column out",
                           side ? "right" : "left", t->choice ? "right" : "left",
                           t->reward == 1 ? "" : "not ");
    t->answer = (uint8_t)side;
    return true;
}

static bool add_row(struct loader *l, struct cohort_builder *b, size_t at, float *extra,
                    struct err *err)
{
    const struct row *row = &l->rows.row[at];
    const struct log_file *file = &l->rows.files[l->rows.sessions[row->session].file];
    int side = code_side((enum code)row->choice, l->sides[file - l->rows.files]);
    float reward = reward_of(file, (enum code)row->reward);
    if (side < 0) {
        l->n_no_choice++;
        return true;
    }
    if (reward < 0) {
        l->n_no_reward++;
        if (l->options->missing_reward == LOAD_MISSING_DROP)
            return true;
        reward = 0.5f;
    } else if (reward == 0.5f) {
        l->n_half++;
    }
    if (!isfinite(row->stimulus))
        return rows_refuse(
            &l->rows, row, err,
            "the stimulus is empty on a trial with a choice; remove the row or empty its choice");
    struct cohort_trial t = {
        .stimulus = row->stimulus, .reward = reward, .choice = (uint8_t)side, .trial = row->trial};
    if (!take_answer(l, file, row, &t, err))
        return false;
    if (fabsf(t.stimulus) > l->largest)
        l->largest = fabsf(t.stimulus);
    size_t k = 0;
    for (size_t i = 0; i < l->rows.n_extras; i++) {
        const struct extra *e = &l->rows.extras[i];
        if (!e->text && e->any)
            extra[k++] = at < e->n ? e->values[at] : NAN;
    }
    cohort_builder_trial(b, &t, extra);
    return true;
}

enum { DISCARD = 1 << 16 }; /* rows */

/* Rows before `end` and from `begin` on have become trials: with a large log the rows
 * and the cohort need not both be in memory.  In file order only. */
static void discard(struct loader *l, size_t begin, size_t end)
{
    mem_discard(l->rows.row + begin, (end - begin) * sizeof *l->rows.row);
    mem_discard(l->order.row + begin, (end - begin) * sizeof *l->order.row);
    for (size_t i = 0; i < l->rows.n_extras; i++) {
        struct extra *e = &l->rows.extras[i];
        size_t last = end < e->n ? end : e->n;
        if (begin < last)
            mem_discard(e->values + begin, (last - begin) * sizeof *e->values);
    }
}

static bool in_file_order(const struct loader *l)
{
    for (size_t i = 0; i < l->rows.n; i++)
        if (l->order.row[i] != i)
            return false;
    return true;
}

static bool build(struct loader *l, struct cohort_builder *b, struct err *err)
{
    const char **names = mem_new(l->rows.n_extras, sizeof *names);
    float *extra = mem_new(l->rows.n_extras, sizeof *extra);
    size_t n = 0;
    bool fine = true, straight = in_file_order(l);
    for (size_t i = 0; i < l->rows.n_extras; i++)
        if (!l->rows.extras[i].text && l->rows.extras[i].any)
            names[n++] = l->rows.extras[i].name;
    cohort_builder_columns(b, n, names);
    uint32_t subject = NAMES_NONE, session = NAMES_NONE;
    for (size_t i = 0; i < l->rows.n && fine; i++) {
        size_t at = l->order.row[i];
        const struct log_session *s = &l->rows.sessions[l->rows.row[at].session];
        if (s->subject != subject) {
            subject = s->subject;
            cohort_builder_animal(b, l->rows.subjects.text[subject]);
        }
        if (l->rows.row[at].session != session) {
            session = l->rows.row[at].session;
            cohort_builder_session(b, s->name);
        }
        fine = add_row(l, b, at, extra, err);
        if (straight && (i + 1) % DISCARD == 0)
            discard(l, i + 1 - DISCARD, i + 1);
    }
    free(names);
    free(extra);
    return fine;
}

static void list_extras(const struct rows *rows, bool kept, const char *title, struct strbuf *out)
{
    size_t n = 0;
    for (size_t i = 0; i < rows->n_extras; i++) {
        const struct extra *e = &rows->extras[i];
        if ((!e->text && e->any) == kept)
            strbuf_printf(out, "%s%s", n++ ? ", " : title, e->name);
    }
}

/* Each different text once, with the files' names where they differ. */
static char *gather(const struct loader *l, const char *(*get)(const struct loader *, size_t))
{
    struct strbuf out = {0};
    bool same = true;
    for (size_t i = 1; i < l->rows.n_files; i++)
        same = same && strcmp(get(l, i), get(l, 0)) == 0;
    for (size_t i = 0; i < (same ? 1 : l->rows.n_files); i++) {
        if (i)
            strbuf_puts(&out, "; ");
        if (!same)
            strbuf_printf(&out, "%s: ", l->rows.files[i].path);
        strbuf_puts(&out, get(l, i));
    }
    return strbuf_take(&out);
}

static const char *mapping_of(const struct loader *l, size_t i)
{
    return l->rows.files[i].mapping;
}

static const char *sides_of(const struct loader *l, size_t i)
{
    return l->doubt[i] ? "choice 1 = right, 0 = left (but most rewards go with the other side: "
                         "is 1 right?)"
                       : code_sides_text(l->sides[i]);
}

static char *describe(const struct loader *l, const char *truth_note)
{
    struct strbuf out = {0};
    char *mapping = gather(l, mapping_of);
    size_t swapped = 0;
    strbuf_puts(&out, mapping);
    free(mapping);
    list_extras(&l->rows, true, "; kept: ", &out);
    list_extras(&l->rows, false, "; left out, not numbers: ", &out);
    for (size_t i = 0; i < l->rows.n_files; i++)
        swapped += l->rows.files[i].n_swapped;
    if (swapped)
        strbuf_printf(&out, "; %zu negative right contrasts read as left ones", swapped);
    if (l->n_half)
        strbuf_printf(&out, "; reward .5 kept on %zu trials", l->n_half);
    if (l->largest > 10)
        strbuf_printf(&out, "; the stimulus reaches %g: per cent? fits want about 1", l->largest);
    order_describe(&l->order, &out);
    if (truth_note)
        strbuf_printf(&out, "; %s", truth_note);
    return strbuf_take(&out);
}

static char *cohort_title(const struct load_options *o)
{
    if (o->name)
        return mem_text(o->name);
    const char *slash = strrchr(o->paths[0], '/');
    const char *base = slash ? slash + 1 : o->paths[0];
    if (o->n_paths == 1)
        return mem_text(base);
    return mem_printf("%s + %zu more", base, o->n_paths - 1);
}

static bool check_left(const struct loader *l, const struct cohort *c, struct err *err)
{
    if (c->n_trials > 0)
        return true;
    return err_set(err, ERR_DATA,
                   "%s: no trial is left of %zu rows: %zu without a choice, %zu "
                   "without a reward%s",
                   l->rows.files[0].path, l->rows.n, l->n_no_choice, l->n_no_reward,
                   l->n_no_reward ? " (missing_reward=half keeps those)" : "");
}

static struct cohort *finish(struct loader *l, struct cohort_builder *b)
{
    struct strbuf source = {0};
    char *title = cohort_title(l->options);
    char *note = NULL;
    for (size_t i = 0; i < l->options->n_paths; i++)
        strbuf_printf(&source, "%s%s", i ? " " : "", l->options->paths[i]);
    struct cohort *c = cohort_builder_finish(b, title, strbuf_text(&source));
    if (l->rows.n_files == 1)
        c->truth = truth_file_read(l->rows.files[0].path, c->digest, &note);
    free(c->report.mapping);
    free(c->report.sides);
    c->report = (struct load_report){
        .n_rows = l->rows.n,
        .n_no_choice = l->n_no_choice,
        .n_no_reward = l->n_no_reward,
        .reward_half = l->options->missing_reward == LOAD_MISSING_HALF,
        .mapping = describe(l, note),
        .sides = gather(l, sides_of),
    };
    strbuf_free(&source);
    free(title);
    free(note);
    return c;
}

static bool load(struct loader *l, struct cohort **out, struct err *err)
{
    if (!rows_read(&l->rows, l->options, err))
        return false;
    l->sides = mem_new(l->rows.n_files, sizeof *l->sides);
    l->answers = mem_new(l->rows.n_files, sizeof *l->answers);
    l->doubt = mem_new(l->rows.n_files, sizeof *l->doubt);
    for (size_t i = 0; i < l->rows.n_files; i++)
        if (!decide(l, i, err))
            return false;
    if (!order_rows(&l->rows, &l->order, err))
        return false;
    struct cohort_builder *b = cohort_builder_new();
    if (!build(l, b, err)) {
        cohort_builder_free(b);
        return false;
    }
    struct cohort *c = finish(l, b);
    if (!check_left(l, c, err)) {
        cohort_drop(c);
        return false;
    }
    *out = c;
    return true;
}

bool cohort_load(const struct load_options *options, struct cohort **out, struct err *err)
{
    struct loader l = {.options = options};
    bool fine = load(&l, out, err);
    rows_free(&l.rows);
    order_free(&l.order);
    free(l.sides);
    free(l.answers);
    free(l.doubt);
    if (fine && options->permille)
        atomic_store(options->permille, 1000);
    return fine;
}
