#include "remarks.h"

#include "deltaw/base/number.h"

/* Sessions whose rewards go to the side that those of the others do not. */
void remark_turned(const struct rows *rows, struct strbuf *out)
{
    enum { ENOUGH = 15 };
    const struct log_session *first = NULL;
    size_t n = 0, tell = 0, agree = 0;
    for (size_t i = 0; i < rows->n_sessions; i++) {
        const struct log_session *s = &rows->sessions[i];
        bool turned = s->tell >= ENOUGH && 10 * s->agree < s->tell;
        tell += turned ? 0 : s->tell;
        agree += turned ? 0 : s->agree;
        first = turned && n++ == 0 ? s : first;
    }
    if (first && 10 * agree > 9 * tell)
        strbuf_printf(
            out,
            "rewards go to choices away from the stimulus in %zu session%s, not in others "
            "(%.60s of %.60s): are codes turned round there?\n",
            n, n == 1 ? "" : "s", first->name, rows->subjects.text[first->subject]);
}

/* Some sessions in per cent, others in shares of one. */
void remark_mixed(const struct rows *rows, struct strbuf *out)
{
    const struct log_session *small = NULL, *large = NULL;
    char a[NUMBER_SIZE], b[NUMBER_SIZE];
    for (size_t i = 0; i < rows->n_sessions; i++) {
        const struct log_session *s = &rows->sessions[i];
        small = s->most > 0 && s->most <= 1 ? s : small;
        large = s->most > 10 && s->most <= 100 ? s : large;
    }
    if (small && large)
        strbuf_printf(out,
                      "per cent and shares mixed? stimuli reach %s in session %.60s of %.60s, %s "
                      "in session %.60s of %.60s\n",
                      number_float(a, large->most), large->name,
                      rows->subjects.text[large->subject], number_float(b, small->most),
                      small->name, rows->subjects.text[small->subject]);
}
