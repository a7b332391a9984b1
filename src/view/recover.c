/* recover: known rules found again, a row a case and rule beside what was published; of a
 * confusion, which rule is chosen for whose choices. */
#include <stdlib.h>

#include "deltaw/base/mem.h"
#include "deltaw/view/view.h"
#include "list.h"

static const struct option_row recover_view_options[] = {
    {"row", OPTION_TEXT, 0, 0, NULL, NULL, "the row that the cursor is on"},
    {0},
};

enum { NAMES = 3 }; /* setting, case and rule; agents, animals and trials */

struct recover_state {
    struct list list;
    size_t changes; /* of what is shown; 0: nothing */
    bool confusion;
    size_t n_done, n_runs, below, of;
    struct strbuf failure;
};

static bool recover_configure(void *state, const struct args *args, struct err *err)
{
    struct recover_state *s = state;
    (void)err;
    list_go(&s->list, args_text(args, recover_view_options, "row"));
    return true;
}

static void recover_clear(struct recover_state *s)
{
    list_clear(&s->list);
    strbuf_reset(&s->failure);
    s->changes = 0;
}

/* Rules have a colour each; agents and what was chosen of several rules none. */
static void take_rows(struct recover_state *s, const struct recover *r)
{
    struct table *rows = &s->list.table;
    (s->confusion ? recover_matrix : recover_table)(r, rows);
    s->list.names = NAMES;
    s->list.colour = mem_resize(s->list.colour, rows->n_rows, sizeof *s->list.colour);
    for (size_t row = 0; row < rows->n_rows; row++) {
        size_t rule = row % recover_rows(&r->plan);
        s->list.colour[row] = s->confusion || rule == r->plan.n_rules ? -1 : (int)rule;
    }
}

static void recover_take(struct recover_state *s, const struct recover *r)
{
    recover_clear(s);
    s->confusion = r->plan.confusion;
    s->n_done = r->study.n_done, s->n_runs = r->study.n_runs;
    take_rows(s, r);
    recover_below(r, &s->below, &s->of);
    recover_say_failures(r, &s->failure);
}

static bool recover_update(void *state, const struct scene *scene, bool pending,
                           struct view_job **job, struct err *err)
{
    struct recover_state *s = state;
    (void)pending, (void)job;
    if (!scene->recover) {
        recover_clear(s);
        return err_set(err, ERR_FAILED,
                       "no recovery yet; `recover quick=yes` makes small ones of all settings");
    }
    if (s->changes != scene->recover_changes) {
        recover_take(s, scene->recover);
        s->changes = scene->recover_changes;
    }
    return true;
}

static void recover_draw(void *state, struct canvas *canvas, struct rect area,
                         const struct style *style)
{
    struct recover_state *s = state;
    list_draw(&s->list, list_cursor(&s->list, 0), canvas, area, style);
}

static void recover_title(const void *state, struct strbuf *out)
{
    const struct recover_state *s = state;
    strbuf_puts(out, s->confusion ? "recover (rule chosen, share of seeds)"
                                  : "recover (error of known rules)");
    if (s->changes && s->n_done < s->n_runs)
        strbuf_printf(out, " · %zu of %zu fits done", s->n_done, s->n_runs);
}

static void recover_describe(const void *state, struct strbuf *out)
{
    const struct recover_state *s = state;
    strbuf_puts(out, s->confusion ? "share of seeds on which the rule of a column is chosen"
                                  : "errors of known rules that are found again");
    strbuf_printf(out, ", %zu of %zu fits done", s->n_done, s->n_runs);
    if (s->of > 0)
        strbuf_printf(out, "; %zu of %zu errors are below those published", s->below, s->of);
    if (s->failure.len)
        strbuf_printf(out, "; %s", strbuf_text(&s->failure));
    strbuf_putc(out, '.');
}

static void recover_data(const void *state, struct table *out)
{
    const struct recover_state *s = state;
    table_copy(&s->list.table, out);
}

static bool recover_key(void *state, const char *key, struct strbuf *command)
{
    const struct recover_state *s = state;
    return list_key(&s->list, 0, "recover", key, command);
}

static void recover_release(void *state)
{
    struct recover_state *s = state;
    recover_clear(s);
    list_free(&s->list);
    strbuf_free(&s->failure);
}

static const struct answer_row recover_answer[] = {
    {"recover", ANSWER_TABLE, .meaning = "a row a case and rule, or of the confusion's matrix"},
    {0},
};

const struct view_ops recover_view = {
    .name = "recover",
    .summary = "known rules found again: errors beside those published, or confusions",
    .keys = "arrows row  e export  y copy  z zoom",
    .options = recover_view_options,
    .state_size = sizeof(struct recover_state),
    .configure = recover_configure,
    .update = recover_update,
    .title = recover_title,
    .draw = recover_draw,
    .describe = recover_describe,
    .table = recover_data,
    .answer = recover_answer,
    .key = recover_key,
    .release = recover_release,
};
