/* `export VERB FILE`: what a verb answers, in a file.  The verb runs within the export, its
 * answer goes to an output of its own, and the file is written once it has ended. */
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/outfile.h"
#include "page.h"

struct capture {
    struct output out;
    struct strbuf bytes;
    const struct command *verb;
    char *path;
    struct page *page; /* of a report: it takes what several verbs say; else NULL */
    /* notes and complaints go where they would without it */
    void (*complaint)(void *host, const char *bytes, size_t n);
    void *host;
};

static void take(void *host, const char *bytes, size_t n)
{
    struct capture *c = host;
    if (c->page)
        page_take(c->page, bytes, n);
    else
        strbuf_add(&c->bytes, bytes, n);
}

static void pass_on(void *host, const char *bytes, size_t n)
{
    struct capture *c = host;
    if (c->complaint)
        c->complaint(c->host, bytes, n);
}

static struct capture *capture_new(const struct output *to, enum output_mode mode)
{
    struct capture *c = mem_new(1, sizeof *c);
    c->complaint = to->complaint;
    c->host = to->host;
    c->out = *to;
    c->out.mode = mode;
    c->out.host = c;
    c->out.result = take;
    c->out.complaint = pass_on;
    c->out.object = c->out.text = c->out.command = (struct strbuf){0};
    return c;
}

bool capture_can(const char *name)
{
    static const char *const verbs[] = {"score",   "animals", "data", "show",
                                        "compare", "rules",   NULL};
    for (size_t i = 0; verbs[i]; i++)
        if (strcmp(verbs[i], name) == 0)
            return true;
    return false;
}

bool capture_start(struct session *session, const char *name, const char *path,
                   enum output_mode mode, const struct output *to, struct err *err)
{
    static const struct args none;
    struct capture *c = capture_new(to, mode);
    c->verb = command_find(name);
    c->path = path_expand(path);
    output_begin(&c->out, name);
    c->out.verb = c->verb->name;
    session->capture = c;
    return verb_run(session, c->verb, &none, &c->out, err);
}

bool capture_page(struct session *session, struct page *page, const struct output *to,
                  struct err *err)
{
    bool ok = true;
    struct capture *c = capture_new(to, OUTPUT_HTML);
    c->page = page;
    c->out.style.ascii = false;
    session->capture = c;
    return capture_goes_on(session, &ok, err) || ok;
}

bool capture_goes_on(struct session *session, bool *ok, struct err *err)
{
    struct capture *c = session->capture;
    if (!c || !c->page || (!*ok && session->cancelled))
        return false;
    if (!*ok)
        page_lack(c->page, err->message);
    *err = (struct err){0};
    *ok = true;
    do {
        if (!page_step(c->page, session, &c->out)) {
            struct page *page = c->page;
            c->page = NULL;
            capture_drop(session);
            *ok = page_write(page, session, err);
            return *ok;
        }
    } while (!session->task);
    return true;
}

struct output *capture_output(const struct session *session, struct output *out)
{
    return session->capture ? &session->capture->out : out;
}

/* key,value: the fields of an answer that has no table. */
static void fields_csv(struct capture *c)
{
    char *text = mem_printf("{%s}", c->out.object.len ? c->out.object.text + 1 : "");
    json_t *object = json_loads(text, 0, NULL), *value;
    const char *key;
    strbuf_puts(&c->bytes, "key,value\n");
    json_object_foreach(object, key, value)
    {
        char *words = json_is_string(value) ? mem_text(json_string_value(value))
                      : json_is_null(value)
                          ? mem_text("")
                          : json_dumps(value, JSON_ENCODE_ANY | JSON_REAL_PRECISION(9));
        strbuf_printf(&c->bytes, "%s,", key);
        strbuf_csv_text(&c->bytes, words);
        strbuf_putc(&c->bytes, '\n');
        free(words);
    }
    json_decref(object);
    free(text);
}

bool capture_end(struct session *session, struct output *out, struct err *err)
{
    struct capture *c = session->capture;
    if (!c)
        return true;
    if (c->out.mode == OUTPUT_CSV && c->bytes.len == 0)
        fields_csv(c);
    output_end(&c->out, NULL);
    if (!outfile_write(c->path, strbuf_text(&c->bytes), c->bytes.len, err))
        return false;
    size_t lines = 0;
    for (size_t i = 0; i < c->bytes.len; i++)
        lines += c->bytes.text[i] == '\n';
    output_say(out, "%s: what `%s` says", c->path, c->verb->name);
    output_field_text(out, "file", c->path);
    output_field_text(out, "view", c->verb->name);
    output_field_text(out, "as", c->out.mode == OUTPUT_CSV ? "csv" : "json");
    output_field_number(out, "rows", c->out.mode == OUTPUT_CSV ? (double)lines - 1 : NAN);
    return true;
}

void capture_drop(struct session *session)
{
    struct capture *c = session->capture;
    session->capture = NULL;
    if (!c)
        return;
    page_free(c->page);
    output_free(&c->out);
    strbuf_free(&c->bytes);
    free(c->path);
    free(c);
}
