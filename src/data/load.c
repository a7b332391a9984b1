/* From the rows of the logs to a cohort: codes understood, sessions and trials in order,
 * unusable trials dropped and counted. */
#include "deltaw/data/load.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/number.h"
#include "deltaw/base/strbuf.h"
#include "deltaw/data/unrewarded.h"
#include "order.h"
#include "remarks.h"
#include "rows.h"
#include "spellings.h"
#include "truthfile.h"
#include "meanings.h"

struct loader {
    const struct load_options *options;
    struct rows rows;
    struct order order;
    struct meanings meanings;
    size_t n_no_choice, n_no_reward, n_half, n_answers;
    size_t n_rewarded, n_unrewarded;
    bool left_out;          /* trials of this animal before the next that is kept */
    float lowest, highest;  /* stimulus */
    size_t n_names, n_kept; /* columns and trials of the cohort */
    const char **names;
    struct unrewarded unrewarded;
};

/* Without a column: what was rewarded, or the other side of what was not; where
 * the reward is unknown the side of the stimulus, left at 0. */
static uint8_t deduce_answer(const struct cohort_trial *t)
{
    if (t->reward == 0.5f)
        return t->stimulus > 0;
    return t->reward == 1 ? t->choice : !t->choice;
}

static void keep_extras(const struct loader *l, size_t at, float *extra)
{
    for (size_t i = 0, k = 0; i < l->rows.n_extras; i++) {
        const struct extra *e = &l->rows.extras[i];
        if (!e->text && e->any)
            extra[k++] = at < e->n ? e->values[at] : NAN;
    }
}

/* A trial whose reward is unknown. */
static void put_aside(struct loader *l, const struct row *row, const struct trial *is, size_t at,
                      float *extra)
{
    const struct log_session *s = &l->rows.sessions[row->session];
    struct cohort_trial t = {.stimulus = row->stimulus,
                             .reward = .5f,
                             .choice = (uint8_t)is->choice,
                             .gap = row->gap,
                             .trial = row->trial};
    if (!isfinite(row->stimulus))
        return;
    t.answer = is->answer >= 0 ? (uint8_t)is->answer : deduce_answer(&t);
    keep_extras(l, at, extra);
    unrewarded_add(&l->unrewarded, l->n_names, l->names, l->rows.subjects.text[s->subject], s->name,
                   l->n_kept, &t, extra);
}

/* Without a choice, or with an unknown reward that is not kept at one half. */
static bool leave_out(struct loader *l, struct trial *is)
{
    if (is->choice < 0) {
        l->n_no_choice++;
        return true;
    }
    if (is->reward < 0) {
        l->n_no_reward++;
        if (l->options->missing_reward == LOAD_MISSING_DROP)
            return true;
        is->reward = 0.5f;
    } else if (is->reward == 0.5f) {
        l->n_half++;
    }
    return false;
}

static bool add_row(struct loader *l, struct cohort_builder *b, size_t at, float *extra,
                    struct err *err)
{
    const struct row *row = &l->rows.row[at];
    struct trial is = meanings_trial(meanings_of(&l->meanings, &l->rows, row), row);
    if (leave_out(l, &is)) {
        if (is.choice >= 0)
            put_aside(l, row, &is, at, extra);
        l->left_out = true;
        return true;
    }
    if (!isfinite(row->stimulus))
        return rows_refuse(
            &l->rows, row, err,
            "the stimulus is empty on a trial with a choice; remove the row or empty its choice");
    struct cohort_trial t = {.stimulus = row->stimulus,
                             .reward = is.reward,
                             .choice = (uint8_t)is.choice,
                             .gap =
                                 row->gap || (l->left_out && l->options->missed == LOAD_MISSED_GAP),
                             .trial = row->trial,
                             .row = row->line};
    t.answer = is.answer >= 0 ? (uint8_t)is.answer : deduce_answer(&t);
    l->n_answers += is.answer >= 0;
    l->lowest = t.stimulus < l->lowest ? t.stimulus : l->lowest;
    l->highest = t.stimulus > l->highest ? t.stimulus : l->highest;
    struct log_session *session = &l->rows.sessions[row->session];
    session->most = fabsf(t.stimulus) > session->most ? fabsf(t.stimulus) : session->most;
    l->n_rewarded += t.reward == 1;
    l->n_unrewarded += t.reward == 0;
    bool tells = t.stimulus != 0 && (t.reward == 0 || t.reward == 1);
    session->tell += tells;
    session->agree += tells && (t.reward == 1) == (t.choice == (t.stimulus > 0));
    keep_extras(l, at, extra);
    cohort_builder_trial(b, &t, extra);
    l->n_kept++;
    l->left_out = false;
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
    const char **names = l->names = mem_new(l->rows.n_extras, sizeof *names);
    float *extra = mem_new(l->rows.n_extras, sizeof *extra);
    size_t n = 0;
    bool fine = true, straight = in_file_order(l);
    for (size_t i = 0; i < l->rows.n_extras; i++)
        if (!l->rows.extras[i].text && l->rows.extras[i].any)
            names[n++] = l->rows.extras[i].name;
    l->n_names = n;
    cohort_builder_columns(b, n, names);
    uint32_t subject = NAMES_NONE, session = NAMES_NONE;
    for (size_t i = 0; i < l->rows.n && fine; i++) {
        size_t at = l->order.row[i];
        const struct log_session *s = &l->rows.sessions[l->rows.row[at].session];
        if (s->subject != subject) {
            subject = s->subject;
            cohort_builder_animal(b, l->rows.subjects.text[subject]);
            l->left_out = false;
        }
        if (l->rows.row[at].session != session) {
            session = l->rows.row[at].session;
            cohort_builder_session(b, s->name);
            cohort_builder_file(b, l->rows.files[s->file].path);
        }
        fine = add_row(l, b, at, extra, err);
        if (straight && (i + 1) % DISCARD == 0)
            discard(l, i + 1 - DISCARD, i + 1);
    }
    free(extra);
    return fine;
}

/* Names of columns, the first few when there are many. */
static void list_extras(const struct rows *rows, bool kept, const char *title, struct strbuf *out)
{
    enum { SHOWN = 12 };
    size_t n = 0;
    for (size_t i = 0; i < rows->n_extras; i++) {
        const struct extra *e = &rows->extras[i];
        if ((!e->text && e->any) == kept && n++ < SHOWN)
            strbuf_printf(out, "%s%s", n > 1 ? ", " : title, e->name);
    }
    if (n > SHOWN)
        strbuf_printf(out, " and %zu more", n - SHOWN);
}

/* The first file of each group. */
static const struct log_file *first_of(const struct loader *l, size_t group)
{
    size_t i = 0;
    while (l->meanings.group[i] != group)
        i++;
    return &l->rows.files[i];
}

static char *describe(const struct loader *l)
{
    struct strbuf out = {0};
    for (size_t g = 0; g < l->meanings.n; g++) {
        const struct log_file *file = first_of(l, g);
        if (l->meanings.n > 1)
            strbuf_printf(&out, "%s%s: ", g ? "; " : "", file->path);
        strbuf_puts(&out, file->mapping);
    }
    list_extras(&l->rows, true, "; kept: ", &out);
    list_extras(&l->rows, false, "; left out, not numbers: ", &out);
    return strbuf_take(&out);
}

static char *describe_sides(const struct loader *l)
{
    struct strbuf out = {0};
    for (size_t g = 0; g < l->meanings.n; g++) {
        const char *text = code_sides_text(l->meanings.of[g].choice);
        if (l->meanings.n > 1)
            strbuf_printf(&out, "%s%s: ", g ? "; " : "", first_of(l, g)->path);
        strbuf_puts(&out, first_of(l, g)->choice_from_answer ? "choice from the correct side and "
                                                               "the reward"
                          : first_of(l, g)->told ? "choice as its values were said to be"
                                                 : text);
        if (l->meanings.of[g].flip)
            strbuf_puts(&out, ", turned round");
    }
    return strbuf_take(&out);
}

/* What the stimuli look like, with what to do about it. */
static void note_stimuli(const struct loader *l, struct strbuf *out)
{
    float lo = l->lowest, hi = l->highest, most = fmaxf(-lo, hi);
    char a[NUMBER_SIZE], b[NUMBER_SIZE];
    if (!(lo < hi) && lo == 0)
        return;
    number_float(a, lo);
    number_float(b, hi);
    if (lo < 0 && hi > 0) {
        if (most > 10)
            strbuf_printf(out,
                          "the stimulus reaches %s: per cent? fits want about 1; divide=%s "
                          "scales it\n",
                          most == hi ? b : a, most > 10 && most <= 100 ? "100" : b);
        return;
    }
    strbuf_printf(out, "all stimuli are on one side (%s to %s): ", a, b);
    if (lo == 0 && hi == 1)
        strbuf_puts(out, "if 0 is left say stimulus=COLUMN:0=-1,1=1\n");
    else if (lo == 1 && hi == 2)
        strbuf_puts(out, "if 1 is left say stimulus=COLUMN:1=-1,2=1\n");
    else if (lo > 20)
        strbuf_printf(out, "center=%.4g scale=log2 puts their middle at 0\n",
                      sqrt((double)lo * (double)hi));
    else
        strbuf_puts(out, "left should be negative; center=NUMBER says where the middle is\n");
}

/* Rewards that tell nothing. */
static void note_rewards(const struct loader *l, struct strbuf *out)
{
    enum { ENOUGH = 50 };
    if (l->n_rewarded >= ENOUGH && l->n_unrewarded == 0)
        strbuf_puts(out, "every trial is rewarded: are errors left out of the log?\n");
    if (l->n_unrewarded >= ENOUGH && l->n_rewarded == 0)
        strbuf_puts(out, "no trial is rewarded: is this the column of the reward?\n");
}

static char *describe_odd(const struct loader *l, const char *truth_note)
{
    struct strbuf out = {0};
    size_t swapped = 0, words = 0;
    note_rewards(l, &out);
    remark_turned(&l->rows, &out);
    remark_mixed(&l->rows, &out);
    note_stimuli(l, &out);
    strbuf_puts(&out, strbuf_text(&l->meanings.odd));
    strbuf_puts(&out, strbuf_text(&l->order.odd));
    spellings_note(&l->rows.subjects, &out);
    for (size_t i = 0; i < l->rows.n_files; i++) {
        swapped += l->rows.files[i].n_swapped;
        words += l->rows.files[i].n_words;
    }
    if (words)
        strbuf_puts(&out, "stimuli left and right are read as -1 and 1\n");
    if (swapped)
        strbuf_printf(&out, "%zu negative right contrasts read as left ones\n", swapped);
    if (l->n_half)
        strbuf_printf(&out, "reward .5 kept on %zu trials\n", l->n_half);
    strbuf_puts(&out, strbuf_text(&l->rows.odd));
    if (truth_note)
        strbuf_printf(&out, "%s\n", truth_note);
    strbuf_puts(&out, "");
    return out.text ? strbuf_take(&out) : mem_text("");
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
    unrewarded_give(&l->unrewarded, c);
    if (l->rows.n_files == 1)
        c->truth = truth_file_read(l->rows.files[0].path, c->digest, &note);
    free(c->report.mapping);
    free(c->report.sides);
    free(c->report.notes);
    c->report = (struct load_report){
        .n_rows = l->rows.n,
        .n_no_choice = l->n_no_choice,
        .n_no_reward = l->n_no_reward,
        .reward_half = l->options->missing_reward == LOAD_MISSING_HALF,
        .mapping = describe(l),
        .sides = describe_sides(l),
        .notes = describe_odd(l, note),
        .answer_unknown = l->rows.files[0].no_stimulus && l->n_answers == 0,
    };
    strbuf_free(&source);
    free(title);
    free(note);
    return c;
}

/* What putting the rows in order and making columns of them takes.  Rows in file order are
 * given back as they become trials. */
static bool check_room(const struct loader *l, struct err *err)
{
    enum { ORDER = 2 * sizeof(size_t), TRIAL = 3 * sizeof(float) + sizeof(int32_t) + 2 };
    size_t columns = 0;
    for (size_t i = 0; i < l->rows.n_extras; i++)
        columns += !l->rows.extras[i].text && l->rows.extras[i].any;
    return mem_room((double)l->rows.n * (double)(ORDER + TRIAL + columns * sizeof(float)),
                    l->rows.files[0].path, err);
}

static bool load(struct loader *l, struct cohort **out, struct err *err)
{
    if (!rows_read(&l->rows, l->options, err))
        return false;
    if (!check_room(l, err))
        return false;
    rows_join_days(&l->rows);
    if (!meanings_find(&l->rows, l->options, &l->meanings, err) ||
        !order_rows(&l->rows, l->options, &l->order, err))
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
    struct loader l = {.options = options, .lowest = INFINITY, .highest = -INFINITY};
    bool fine = load(&l, out, err);
    rows_free(&l.rows);
    order_free(&l.order);
    unrewarded_free(&l.unrewarded);
    free(l.names);
    meanings_free(&l.meanings);
    if (fine && options->permille)
        atomic_store(options->permille, 1000);
    return fine;
}
