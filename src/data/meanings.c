#include "meanings.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"

/* 0, 1, .5 (kept as written), -1: unknown.  IBL's feedback: 0 is none. */
static float reward_of(enum code code, bool feedback)
{
    static const float reward[CODE_N] = {-1, 0, 0, 1, -1, -1, .5f, -1, -1, -1};
    return feedback && code == CODE_ZERO ? -1 : reward[code];
}

struct trial meanings_trial(const struct meaning *m, const struct row *row)
{
    struct trial t = {.choice = code_side((enum code)row->choice, m->choice),
                      .answer = code_side((enum code)row->answer, m->answer),
                      .reward = reward_of((enum code)row->reward, m->feedback)};
    if (m->from_answer)
        t.choice = t.answer < 0 || (t.reward != 0 && t.reward != 1) ? -1
                   : t.reward == 1                                  ? t.answer
                                                                    : 1 - t.answer;
    if (row->reward == CODE_MISSED)
        t.choice = -1;
    if (m->reward_from_answer)
        t.reward = t.choice < 0 || t.answer < 0 ? -1 : t.choice == t.answer;
    if (m->flip && t.choice >= 0)
        t.choice = 1 - t.choice;
    return t;
}

/* Files of the same columns belong together. */
static void find_groups(const struct rows *rows, struct meanings *m)
{
    m->group = mem_new(rows->n_files, sizeof *m->group);
    m->of = mem_new(rows->n_files, sizeof *m->of);
    struct names mappings = {0};
    for (size_t i = 0; i < rows->n_files; i++) {
        const struct log_file *file = &rows->files[i];
        m->group[i] = names_add(&mappings, file->mapping, strlen(file->mapping));
    }
    m->n = mappings.n;
    names_free(&mappings);
}

static void weigh(struct code_evidence *e, const struct row *row, size_t at)
{
    enum code choice = (enum code)row->choice;
    code_note(&e->choice, choice, at);
    code_note(&e->reward, (enum code)row->reward, at);
    code_note(&e->answer, (enum code)row->answer, at);
    float reward = reward_of((enum code)row->reward, false);
    if (reward != 0 && reward != 1)
        return;
    e->known[choice]++;
    e->rewarded[choice] += reward == 1;
    if (choice == CODE_ZERO || choice == CODE_ONE || choice == CODE_MINUS) {
        e->compared++;
        e->equal += (choice == CODE_ONE) == (reward == 1);
    }
    e->left = e->left || row->stimulus < 0;
    e->right = e->right || row->stimulus > 0;
    if (row->stimulus != 0 && !isnan(row->stimulus))
        e->fits[choice][(row->stimulus > 0) == (reward == 1)]++;
}

/* Where the log's rewards are -1 and 1 those of 0 were none, and prove nothing. */
static void gather(const struct rows *rows, const struct meanings *m, size_t group,
                   struct code_evidence *e)
{
    for (size_t i = 0; i < rows->n_files; i++) {
        const struct log_file *file = &rows->files[i];
        if (m->group[i] != group)
            continue;
        e->habit = file->habit;
        e->told = file->told;
        e->column = file->choice;
        for (size_t k = file->first; k < file->first + file->count; k++)
            weigh(e, &rows->row[k], k);
    }
}

static bool decide(const struct rows *rows, struct meanings *m, size_t group, struct err *err)
{
    struct code_evidence e = {0};
    struct err why = {0};
    size_t row = SIZE_MAX, file = 0;
    while (m->group[file] != group)
        file++;
    gather(rows, m, group, &e);
    struct meaning *means = &m->of[group];
    means->feedback = e.reward.seen & 1u << CODE_MINUS;
    means->from_answer = rows->files[file].choice_from_answer;
    means->reward_from_answer = rows->files[file].reward_from_answer;
    if (code_decide(&e, &means->choice, &m->odd, &row, &why) &&
        code_decide_answer(&e, means->choice, &means->answer, &row, &why))
        return true;
    if (row < rows->n)
        return rows_refuse(rows, &rows->row[row], err, "%s", why.message);
    return err_set(err, why.code, "%s: %s", rows->files[file].path, why.message);
}

/* How the correct side that the log tells goes with choices and rewards. */
static bool check_answers(const struct rows *rows, const struct meanings *m, struct strbuf *odd,
                          struct err *err)
{
    size_t against = 0, known = 0, first = 0;
    bool any = false;
    for (size_t i = 0; i < rows->n_files; i++)
        any = any || (rows->files[i].has_answer && !rows->files[i].choice_from_answer &&
                      !rows->files[i].reward_from_answer);
    for (size_t i = 0; any && i < rows->n; i++) {
        struct trial t = meanings_trial(meanings_of(m, rows, &rows->row[i]), &rows->row[i]);
        if (t.choice < 0 || t.answer < 0 || (t.reward != 0 && t.reward != 1))
            continue;
        known++;
        if ((t.choice == t.answer) == (t.reward == 1))
            continue;
        first = against++ ? first : i;
    }
    if (against == 0)
        return true;
    struct trial t = meanings_trial(meanings_of(m, rows, &rows->row[first]), &rows->row[first]);
    if (2 * against > known || (against < 3 && known < 20))
        return rows_refuse(rows, &rows->row[first], err,
                           "the answer says %s was right, but the choice %s was %srewarded, and so "
                           "on in %zu of %zu trials; answer=COLUMN:VALUE=left,VALUE=right says "
                           "what it means, answer=none leaves that column out",
                           t.answer ? "right" : "left", t.choice ? "right" : "left",
                           t.reward == 1 ? "" : "not ", against, known);
    strbuf_printf(odd, "%zu of %zu rewards do not go with the correct side: rewards by chance?\n",
                  against, known);
    return true;
}

bool meanings_find(const struct rows *rows, const struct load_options *options, struct meanings *m,
                   struct err *err)
{
    *m = (struct meanings){0};
    find_groups(rows, m);
    for (size_t g = 0; g < m->n; g++) {
        if (!decide(rows, m, g, err))
            return false;
        m->of[g].flip = options->flip_choice;
    }
    return check_answers(rows, m, &m->odd, err);
}

void meanings_free(struct meanings *m)
{
    free(m->of);
    free(m->group);
    strbuf_free(&m->odd);
    *m = (struct meanings){0};
}
