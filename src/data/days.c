/* A date with the time of day may be that of the trial, not that of the session: then every
 * trial would be a session of its own. */
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "natural.h"
#include "rows.h"

enum { FEW = 10 }; /* sessions */

static size_t count_single(const struct rows *rows)
{
    size_t n = 0;
    for (size_t i = 0; i < rows->n_sessions; i++)
        n += rows->sessions[i].count <= 1;
    return n;
}

/* Sessions of one animal, file, name and day become the first of them: into [n_sessions]. */
static size_t find_days(const struct rows *rows, uint32_t *into)
{
    struct names days = {0};
    struct strbuf key = {0};
    uint32_t *first = mem_new(rows->n_sessions, sizeof *first);
    for (size_t i = 0; i < rows->n_sessions; i++) {
        const struct log_session *s = &rows->sessions[i];
        size_t day = s->date ? natural_day(s->date) : 0, before = days.n;
        strbuf_reset(&key);
        strbuf_printf(&key, "%u %u %s/%.*s", s->subject, s->file, s->session, (int)day,
                      s->date ? s->date : "");
        if (day == 0)
            strbuf_printf(&key, " %zu", i);
        uint32_t k = names_add(&days, key.text, key.len);
        if (days.n > before)
            first[k] = (uint32_t)i;
        into[i] = first[k];
    }
    size_t n = days.n;
    names_free(&days);
    strbuf_free(&key);
    free(first);
    return n;
}

static void name_day(struct log_session *s)
{
    size_t day = s->date ? natural_day(s->date) : 0;
    if (day == 0)
        return;
    s->date[day] = '\0';
    free(s->name);
    s->name = *s->session ? mem_printf("%s/%s", s->date, s->session) : mem_text(s->date);
}

/* into: index before -> that of the session it joins; on the way out -> the index after. */
static void join(struct rows *rows, uint32_t *into)
{
    size_t n = 0;
    for (size_t i = 0; i < rows->n_sessions; i++) {
        struct log_session *s = &rows->sessions[i];
        if (into[i] != i) {
            into[i] = into[into[i]];
            rows->sessions[into[i]].count += s->count;
            free(s->date);
            free(s->session);
            free(s->name);
            continue;
        }
        name_day(s);
        into[i] = (uint32_t)n;
        rows->sessions[n++] = *s;
    }
    rows->n_sessions = n;
    for (size_t i = 0; i < rows->n; i++)
        rows->row[i].session = into[rows->row[i].session];
}

void rows_join_days(struct rows *rows)
{
    size_t before = rows->n_sessions, single = count_single(rows);
    if (before < FEW || 2 * single < before)
        return;
    uint32_t *into = mem_new(before, sizeof *into);
    size_t n = find_days(rows, into);
    if (n < before) {
        join(rows, into);
        strbuf_printf(&rows->odd,
                      "the time in dates changes from trial to trial: sessions go by the day\n");
        single = count_single(rows);
    }
    free(into);
    if (2 * single > rows->n_sessions && rows->n_sessions >= FEW)
        strbuf_printf(&rows->odd,
                      "%zu of %zu sessions are of one trial: session= and date= name what the "
                      "trials of a session have in common, or say date=none\n",
                      single, rows->n_sessions);
}
