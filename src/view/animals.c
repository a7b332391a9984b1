/* animals: a row each, and the way to what one of them did. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/number.h"
#include "deltaw/view/view.h"
#include "choose.h"
#include "list.h"
#include "source.h"
#include "wording.h"

static const char *const sorts[] = {"file", "animal", "trials", "sessions", "correct", "right"};

static const struct option_row animals_options[] = {
    {"sort", OPTION_WORD, 0, 0, "file|animal|trials|sessions|correct|right", "file",
     "by this column, numbers from the greatest; file: as in the file"},
    {"row", OPTION_ANIMAL, 0, 0, NULL, NULL, "the row that keys of the tile act on"},
    {"open", OPTION_ANIMAL, 0, 0, NULL, NULL,
     "in the full screen: its weights and psychometric curve beside the table"},
    {0},
};

const struct column view_animals_columns[] = {
    {"animal", .type = COLUMN_TEXT},
    {"trials", COLUMN_COUNT, .rank = 2},
    {"sessions", COLUMN_COUNT, .rank = 3},
    {"correct_percent", COLUMN_NUMBER, 3, .heading = "correct %", .rank = 1},
    {"right_percent", COLUMN_NUMBER, 3, .heading = "right %", .rank = 4},
    {"correct", COLUMN_SHARE, .heading = "", .seen = SEEN_TILE, .rank = 5},
    {0},
};

struct animals_state {
    struct list list;
    size_t sort; /* index of sorts */
    bool resorted;
    struct cohort *cohort; /* that the table is of; NULL: none */
    double correct;        /* percent, of all trials; NaN: unknown */
};

/* --- the table ---------------------------------------------------------------------- */

struct counts {
    double right, correct, known;
};

static struct counts count(const struct cohort *cohort, const struct animal *animal)
{
    struct counts n = {0};
    for (size_t t = animal->first; t < animal->first + animal->count; t++) {
        n.right += cohort->choice[t];
        if (cohort->reward[t] == 0 || cohort->reward[t] == 1) {
            n.correct += cohort->choice[t] == cohort->answer[t];
            n.known++;
        }
    }
    return n;
}

static double share(const struct cohort *cohort, const struct counts *n)
{
    return n->known > 0 && !cohort->report.answer_unknown ? n->correct / n->known : NAN;
}

/* The share of all animals together. */
static double fill(const struct cohort *cohort, size_t sort, struct table *out)
{
    struct counts all = {0};
    table_declare(out, view_animals_columns);
    for (size_t i = 0; i < cohort->n_animals; i++) {
        const struct animal *animal = &cohort->animals[i];
        struct counts n = count(cohort, animal);
        double correct = share(cohort, &n);
        double right = animal->count > 0 ? number_percent(n.right / (double)animal->count) : NAN;
        table_add(
            out, 1, (const char *[]){animal->name}, 5,
            (double[]){animal->count, animal->n_sessions, number_percent(correct), right, correct});
        all.correct += n.correct;
        all.known += n.known;
    }
    if (sort > 0)
        table_sort(out, sort - 1, true);
    return share(cohort, &all);
}

static size_t sort_of(const char *word)
{
    size_t i = 0;
    while (strcmp(sorts[i], word) != 0)
        i++;
    return i;
}

void view_animals_table(const struct cohort *cohort, const char *sort, struct table *out)
{
    fill(cohort, sort_of(sort), out);
}

/* --- the tile ------------------------------------------------------------------------- */

static bool animals_configure(void *state, const struct args *args, struct err *err)
{
    struct animals_state *s = state;
    size_t sort = sort_of(args_text(args, animals_options, "sort"));
    (void)err;
    s->resorted = s->resorted || sort != s->sort;
    s->sort = sort;
    list_go(&s->list, args_text(args, animals_options, "row"));
    return true;
}

static bool animals_check(const void *state, const struct scene *scene, struct err *err)
{
    const struct animals_state *s = state;
    return !s->list.at || !scene->cohort || choose_animal(scene->cohort, s->list.at, err) >= 0;
}

/* Rows are counted anew for other trials only: these may be millions. */
static bool animals_update(void *state, const struct scene *scene, bool pending,
                           struct view_job **job, struct err *err)
{
    struct animals_state *s = state;
    (void)pending, (void)job;
    if (!scene->cohort || scene->cohort->n_trials == 0)
        return err_set(err, ERR_FAILED,
                       scene->cohort ? "no trials are left; `undo` or `reset`"
                                     : WORDING_NO_TRIALS "; " WORDING_HELPERS);
    if (s->cohort == scene->cohort && !s->resorted)
        return true;
    struct cohort *held = cohort_hold(scene->cohort);
    cohort_drop(s->cohort);
    s->cohort = held;
    s->resorted = false;
    list_clear(&s->list);
    s->correct = 100 * fill(held, s->sort, &s->list.table);
    s->list.colour = mem_new(held->n_animals, sizeof *s->list.colour);
    for (size_t i = 0; i < held->n_animals; i++)
        s->list.colour[i] = -1;
    return true;
}

static void animals_title(const void *state, struct strbuf *out)
{
    const struct animals_state *s = state;
    strbuf_puts(out, "animals");
    if (s->sort > 0)
        strbuf_printf(out, " · by %s", sorts[s->sort]);
}

static void animals_draw(void *state, struct canvas *canvas, struct rect area,
                         const struct style *style)
{
    struct animals_state *s = state;
    list_draw(&s->list, list_cursor(&s->list, 0), canvas, area, style);
}

static void animals_describe(const void *state, struct strbuf *out)
{
    const struct animals_state *s = state;
    char buf[2][NUMBER_SIZE];
    strbuf_printf(out, "%zu animal%s, %s trials", s->cohort->n_animals,
                  s->cohort->n_animals == 1 ? "" : "s",
                  number_grouped(buf[0], (long long)s->cohort->n_trials));
    if (isfinite(s->correct))
        strbuf_printf(out, ", %s %% correct", number_fixed(buf[1], s->correct, 1, false));
    strbuf_putc(out, '.');
}

static void animals_data(const void *state, struct table *out)
{
    const struct animals_state *s = state;
    if (s->cohort)
        table_copy(&s->list.table, out);
}

static void open_row(const struct animals_state *s, size_t row, struct strbuf *command)
{
    strbuf_puts(command, "animals open=");
    args_word(list_name(&s->list, row), command);
}

static bool animals_key(void *state, const char *key, struct strbuf *command)
{
    struct animals_state *s = state;
    if (strcmp(key, "o") == 0) {
        size_t next = (s->sort + 1) % (sizeof sorts / sizeof sorts[0]);
        strbuf_printf(command, "animals sort=%s", sorts[next]);
    } else if (strcmp(key, "enter") == 0) {
        open_row(s, list_cursor(&s->list, 0), command);
    } else {
        return list_key(&s->list, 0, "animals", key, command);
    }
    return true;
}

/* A click moves the cursor; one on the row it is on opens that animal. */
static bool animals_click(void *state, struct rect area, const struct style *style, int x, int y,
                          struct strbuf *command)
{
    struct animals_state *s = state;
    (void)style, (void)x;
    long row = list_row_at(&s->list, area, y);
    if (row < 0)
        return false;
    if ((size_t)row == list_cursor(&s->list, 0))
        open_row(s, (size_t)row, command);
    else
        list_move(&s->list, (size_t)row, "animals", command);
    return true;
}

static void animals_release(void *state)
{
    struct animals_state *s = state;
    list_clear(&s->list);
    list_free(&s->list);
    cohort_drop(s->cohort);
}

const struct view_ops animals_view = {
    .name = "animals",
    .summary = "the animals: trials, sessions, correct and rightward choices",
    .keys = "arrows row  o order  Enter weights and psychometric  e export  y copy  z zoom",
    .options = animals_options,
    .state_size = sizeof(struct animals_state),
    .configure = animals_configure,
    .check = animals_check,
    .update = animals_update,
    .title = animals_title,
    .draw = animals_draw,
    .describe = animals_describe,
    .table = animals_data,
    .key = animals_key,
    .click = animals_click,
    .release = animals_release,
};
