#include "filters.h"

#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"

struct filtering {
    struct cohort *from, *made;
    struct cohort_step step;
    size_t n;         /* words of the condition */
    int *at, *column; /* [n] where each begins in the condition and in the line */
};

static void filter_release(void *data)
{
    struct filtering *f = data;
    cohort_drop(f->from);
    cohort_drop(f->made);
    free(f->step.condition);
    free(f->at);
    free(f->column);
    free(f);
}

/* Columns in the condition count from the joined words; make them count in the line. */
static void place(const struct filtering *f, struct err *err)
{
    for (size_t i = f->n; err->column > 0 && i-- > 0;)
        if (err->column >= f->at[i]) {
            err->column += f->column[i] - f->at[i];
            return;
        }
}

static bool filter_work(void *data, struct task *task, struct err *err)
{
    (void)task;
    struct filtering *f = data;
    struct err why = {0};
    if (cohort_take_step(f->from, &f->step, &f->made, &why))
        return true;
    place(f, &why);
    const char *verb = !f->step.condition ? "trials" : f->step.keep ? "keep" : "drop";
    err_at(err, why.code, why.column, "%s: %s", verb, why.message);
    return false;
}

static bool filter_finish(struct session *session, void *data, struct output *out, struct err *err)
{
    (void)err;
    struct filtering *f = data;
    struct strbuf text = {0};
    cohort_words(f->made, &text);
    strbuf_puts(&text, " of ");
    cohort_words(f->from, &text);
    output_say(out, "%s are left; `undo` brings the others back", strbuf_text(&text));
    tell_cohort(f->made, out);
    output_field_number(out, "animals_before", (double)f->from->n_animals);
    output_field_number(out, "trials_before", (double)f->from->n_trials);
    strbuf_free(&text);
    session_push_cohort(session, f->made, &f->step);
    f->made = NULL;
    return true;
}

const struct answer_row filter_answer[] = {
    ANSWER_ALSO(tell_cohort_answer),
    {"animals_before", .type = ANSWER_COUNT},
    {"trials_before", .type = ANSWER_COUNT},
    {0},
};

static bool start(struct session *session, struct filtering *f, struct err *err)
{
    return task_start(session, mem_text("taking trials out"), f, filter_work, filter_finish,
                      filter_release, err);
}

bool filter_start(struct session *session, const struct args *args, bool keep, struct err *err)
{
    const struct cohort *cohort = session_need_cohort(session, err);
    if (!cohort)
        return false;
    struct filtering *f = mem_new(1, sizeof *f);
    struct strbuf condition = {0};
    f->from = cohort_hold(cohort);
    f->step.keep = keep;
    f->n = args->n;
    f->at = mem_new(args->n, sizeof *f->at);
    f->column = mem_new(args->n, sizeof *f->column);
    for (size_t i = 0; i < args->n; i++) {
        if (i > 0)
            strbuf_putc(&condition, ' ');
        f->at[i] = (int)condition.len + 1;
        f->column[i] = args->items[i].column;
        strbuf_puts(&condition, args->items[i].value);
    }
    f->step.condition = strbuf_take(&condition);
    return start(session, f, err);
}

bool filter_trials(struct session *session, size_t first, size_t last, struct err *err)
{
    const struct cohort *cohort = session_need_cohort(session, err);
    if (!cohort)
        return false;
    struct filtering *f = mem_new(1, sizeof *f);
    f->from = cohort_hold(cohort);
    f->step.first = first;
    f->step.last = last;
    return start(session, f, err);
}
