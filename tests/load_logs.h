/* Logs to load: written as text, read as a cohort, described on a line. */
#ifndef TESTS_LOAD_LOGS_H
#define TESTS_LOAD_LOGS_H

#include <inttypes.h>

#include "deltaw/base/strbuf.h"
#include "deltaw/data/load.h"
#include "folder.h"

TAP_USED static struct cohort *load_path(const char *path, struct load_options o, struct err *err)
{
    struct cohort *c = NULL;
    o.paths = &path;
    o.n_paths = 1;
    return cohort_load(&o, &c, err) ? c : NULL;
}

TAP_USED static struct cohort *load_text(const char *text, struct load_options o, struct err *err)
{
    spit_text(file("log.csv"), text);
    err_clear(err);
    return load_path(file("log.csv"), o, err);
}

/* The cohort on one line: NAME[SESSION: trial stimulus choice reward answer, ...] */
TAP_USED static char *describe(const struct cohort *c)
{
    struct strbuf out = {0};
    for (size_t a = 0; a < c->n_animals; a++) {
        const struct animal *animal = &c->animals[a];
        strbuf_printf(&out, "%s%s[", a ? " " : "", animal->name);
        for (size_t t = animal->first; t < animal->first + animal->count; t++) {
            if (t == animal->first || c->session[t] != c->session[t - 1])
                strbuf_printf(&out, "%s%s:", t == animal->first ? "" : "; ",
                              c->session_names[c->session[t]]);
            else
                strbuf_putc(&out, ',');
            strbuf_printf(&out, " %d %g %d %g %d", c->trial[t], (double)c->stimulus[t],
                          c->choice[t], (double)c->reward[t], c->answer[t]);
        }
        strbuf_putc(&out, ']');
    }
    return strbuf_take(&out);
}

/* `want`: the description, or what the error says. */
TAP_USED static void check(const char *text, struct load_options o, const char *want,
                           const char *what)
{
    struct err err = {0};
    struct cohort *c = load_text(text, o, &err);
    char *got = c ? describe(c) : mem_text(err.message);
    if (c || strchr(want, '['))
        tap_is_text(got, want, "%s", what);
    else
        tap_ok(strstr(got, want) && err.code == ERR_DATA, "%s: %s", what, got);
    free(got);
    cohort_drop(c);
}

#define HEAD "subject,session,trial,stimulus,choice,reward\n"

static const struct load_options plain;

/* Does the report tell it? */
TAP_USED static bool said(const struct cohort *c, const char *text)
{
    return c && (strstr(c->report.mapping, text) || strstr(c->report.notes, text));
}

#endif
