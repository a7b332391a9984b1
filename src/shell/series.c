#include "series.h"

#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"

void series_add(struct session *session, struct series *series, const struct series_ops *ops,
                const char *name)
{
    series->ops = ops;
    series->group.name = mem_text(name);
    session->series = mem_resize(session->series, session->n_series + 1, sizeof *session->series);
    session->series[session->n_series++] = series;
}

struct series *series_find(const struct session *session, const char *name)
{
    for (size_t i = 0; i < session->n_series; i++)
        if (strcmp(session->series[i]->group.name, name) == 0)
            return session->series[i];
    return NULL;
}

struct series *series_of(const struct session *session, const struct job_group *group)
{
    for (size_t i = 0; i < session->n_series; i++)
        if (&session->series[i]->group == group)
            return session->series[i];
    return NULL;
}

bool series_over(const struct series *series)
{
    return series->ops->over(series);
}

bool series_busy(const struct session *session)
{
    for (size_t i = 0; i < session->n_series; i++)
        if (!series_over(session->series[i]))
            return true;
    return false;
}

void series_collect(struct session *session)
{
    for (size_t i = 0; i < session->n_series; i++)
        session->series[i]->ops->collect(session, session->series[i]);
}

void series_reap(struct session *session, bool all)
{
    for (size_t i = session->n_series; i-- > 0;) {
        struct series *series = session->series[i];
        if (!all && !(series_over(series) && series->told))
            continue;
        char *name = (char *)series->group.name;
        session->series[i] = session->series[--session->n_series];
        series->ops->free(session, series);
        free(name);
    }
    if (session->n_series == 0) {
        free(session->series);
        session->series = NULL;
    }
}

static bool is_named(const struct session *session, const struct args *args,
                     const struct series *series)
{
    bool all = args->n == 1 && strcmp(args->items[0].value, "all") == 0;
    for (size_t i = 0; i < args->n; i++)
        if (strcmp(args->items[i].value, series->group.name) == 0)
            return true;
    return all || (args->n == 0 && !session_fits_busy(session));
}

const struct column series_stop_columns[] = {
    {"name", .type = COLUMN_TEXT},
    {"done", COLUMN_COUNT, .meaning = "fits whose results are kept"},
    {"of", .type = COLUMN_COUNT},
    {0},
};

size_t series_stop(struct session *session, const struct args *args, struct output *out)
{
    size_t n = 0;
    struct table table = {0};
    table_declare(&table, series_stop_columns);
    for (size_t i = 0; i < session->n_series; i++) {
        struct series *series = session->series[i];
        struct job_progress p;
        if (series_over(series) || !is_named(session, args, series))
            continue;
        series->ops->stop(series);
        series->ops->progress(session, series, &p);
        output_say(out, "%s is stopping; the %zu of %zu that are done are kept", series->group.name,
                   p.done, p.n);
        table_add(&table, 1, (const char *[]){series->group.name}, 2,
                  (double[]){(double)p.done, (double)p.n});
        n++;
    }
    answer_table(&out->object, "series", &table);
    table_free(&table);
    return n;
}
