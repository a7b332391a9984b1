#include "page.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/html.h"
#include "deltaw/base/mem.h"
#include "deltaw/base/outfile.h"
#include "deltaw/draw/figure.h"
#include "page_text.h"

/* HTML, then the figure below it where there is one. */
struct part {
    struct strbuf html;
    char *view, *caption; /* NULL: no figure */
    struct figure light, dark;
};

struct page {
    char *path;
    size_t n_parts, step, model;
    struct part *parts; /* [n_parts], at least one */
    struct model **models;
    size_t n_models;
};

/* --- what is on it --------------------------------------------------------------- */

enum needs { NOTHING, MODEL, TWO_MODELS, CV };

/* In this order; each_model: once for every model, whose name follows the verb. */
static const struct page_part_row {
    const char *heading; /* of a section that begins here; NULL: none */
    const char *verb;    /* NULL: `view` as a figure or table */
    const char *view;
    enum needs needs;
    bool each_model;
} steps[] = {
    {"Data", "data", NULL, NOTHING, false},
    {NULL, "animals", NULL, NOTHING, false},
    {NULL, NULL, "accuracy", NOTHING, false},
    {NULL, NULL, "psychometric", NOTHING, false},
    {"Models", NULL, "models", MODEL, false},
    {NULL, "show", NULL, MODEL, true},
    {"The rule", NULL, "map", MODEL, false},
    {NULL, NULL, "slice", MODEL, false},
    {NULL, NULL, "weights", MODEL, false},
    {NULL, NULL, "loss", MODEL, false},
    {"How well choices are predicted", "score", NULL, MODEL, false},
    {NULL, "compare", NULL, TWO_MODELS, false},
    {"Cross-validation", NULL, "cv", CV, false},
    {"Diagnosis", "diagnose", NULL, MODEL, true},
};
enum { STEPS = sizeof steps / sizeof *steps };

static bool has(const struct page *page, const struct session *session, enum needs needs)
{
    switch (needs) {
    case NOTHING: return true;
    case MODEL: return page->n_models > 0;
    case TWO_MODELS: return page->n_models > 1;
    case CV: return session->studies[STUDY_CV].study != NULL;
    }
    return false;
}

static struct strbuf *html_of(struct page *page)
{
    return &page->parts[page->n_parts - 1].html;
}

static void new_part(struct page *page)
{
    page->parts = mem_resize(page->parts, page->n_parts + 1, sizeof *page->parts);
    page->parts[page->n_parts++] = (struct part){0};
}

struct page *page_new(struct session *session, const char *path)
{
    struct page *page = mem_new(1, sizeof *page);
    const struct scene *scene = session_scene(session);
    page->path = path_expand(path);
    page->models = mem_new(scene->n_models, sizeof *page->models);
    for (size_t i = 0; i < scene->n_models; i++)
        page->models[page->n_models++] = model_hold(scene->models[i].model);
    new_part(page);
    page_text_head(html_of(page), scene);
    page_text_methods(html_of(page), scene);
    return page;
}

void page_free(struct page *page)
{
    if (!page)
        return;
    for (size_t i = 0; i < page->n_parts; i++) {
        strbuf_free(&page->parts[i].html);
        figure_free(&page->parts[i].light);
        figure_free(&page->parts[i].dark);
        free(page->parts[i].view);
        free(page->parts[i].caption);
    }
    for (size_t i = 0; i < page->n_models; i++)
        model_drop(page->models[i]);
    free(page->models);
    free(page->parts);
    free(page->path);
    free(page);
}

void page_take(struct page *page, const char *html, size_t n)
{
    strbuf_add(html_of(page), html, n);
}

void page_lack(struct page *page, const char *why)
{
    struct strbuf *html = html_of(page);
    strbuf_puts(html, "<p class=\"lack\">");
    html_text(html, why);
    strbuf_puts(html, "</p>\n");
}

/* --- its steps ------------------------------------------------------------------- */

/* The view as a figure, or as its table where it has none. */
static void take_view(struct page *page, struct session *session, const char *name)
{
    struct err err = {0};
    struct strbuf caption = {0};
    struct view *view = session_view(session, name, &err);
    if (!view || !view_update(view, session_scene(session), &err)) {
        page_lack(page, err.message);
        return;
    }
    struct part *part = &page->parts[page->n_parts - 1];
    if (!view_figure(view, false, &part->light)) {
        struct table table = {0};
        view_table(view, &table);
        html_table(html_of(page), &table);
        table_free(&table);
        return;
    }
    view_figure(view, true, &part->dark);
    view_describe(view, &caption);
    part->view = mem_text(name);
    part->caption = strbuf_take(&caption);
    new_part(page);
}

static void run(struct page *page, struct session *session, const struct page_part_row *step,
                const char *model, struct output *out)
{
    const struct command *command = command_find(step->verb);
    struct args args = {0};
    struct err err = {0};
    strbuf_printf(html_of(page), "<h3><code>%s", step->verb);
    if (model) {
        args_set(&args, NULL, model, 0);
        strbuf_putc(html_of(page), ' ');
        html_text(html_of(page), model);
    }
    strbuf_puts(html_of(page), "</code></h3>\n");
    output_begin(out, step->verb);
    if (!verb_run(session, command, &args, out, &err))
        page_lack(page, err.message);
    args_free(&args);
}

bool page_step(struct page *page, struct session *session, struct output *out)
{
    while (page->step < STEPS) {
        const struct page_part_row *step = &steps[page->step];
        size_t model = page->model++;
        bool first = model == 0;
        bool there = has(page, session, step->needs) && (!step->verb || command_find(step->verb));
        if (!step->each_model || !there || page->model >= page->n_models)
            page->step++, page->model = 0;
        if (!there)
            continue;
        if (step->heading && first)
            strbuf_printf(html_of(page), "<h2>%s</h2>\n", step->heading);
        if (step->verb)
            run(page, session, step, step->each_model ? page->models[model]->name : NULL, out);
        else
            take_view(page, session, step->view);
        return true;
    }
    page_text_script(html_of(page), log_journal(session), page->path);
    page_text_foot(html_of(page), session_scene(session));
    return false;
}

/* --- writing --------------------------------------------------------------------- */

enum { WIDTH_MM = 170, FONT_POINTS = 8 };

/* Without the caption, which stands below it on the page. */
static bool paint(struct figure *figure, bool dark, struct strbuf *out, struct err *err)
{
    struct strbuf svg = {0};
    free(figure->caption);
    figure->caption = NULL;
    const struct figure_look look = {
        .width = WIDTH_MM, .height = NAN, .font = FONT_POINTS, .family = "sans", .dark = dark};
    bool good = figure_paint(figure, FIGURE_SVG, &look, &svg, err);
    strbuf_puts(out, "data:image/svg+xml;base64,");
    html_base64(out, strbuf_text(&svg), svg.len);
    strbuf_free(&svg);
    return good;
}

/* Both ways as pictures of the page's own, which browsers choose from without a script. */
static bool put_figure(struct part *part, struct strbuf *out, struct err *err)
{
    strbuf_printf(out,
                  "<figure id=\"%s\">\n<picture>\n<source media=\"(prefers-color-scheme: "
                  "dark)\" srcset=\"",
                  part->view);
    if (!paint(&part->dark, true, out, err))
        return false;
    strbuf_puts(out, "\">\n<img src=\"");
    if (!paint(&part->light, false, out, err))
        return false;
    strbuf_printf(out,
                  "\" alt=\"The %s as a figure; its caption tells what it shows.\">\n"
                  "</picture>\n<figcaption>",
                  part->view);
    html_text(out, part->caption);
    strbuf_puts(out, "</figcaption>\n</figure>\n");
    return true;
}

static bool write_work(void *data, struct task *task, struct err *err)
{
    (void)task;
    struct page *page = data;
    struct strbuf text = {0};
    bool good = true;
    for (size_t i = 0; good && i < page->n_parts; i++) {
        strbuf_add(&text, strbuf_text(&page->parts[i].html), page->parts[i].html.len);
        good = !page->parts[i].view || put_figure(&page->parts[i], &text, err);
    }
    good = good && outfile_write(page->path, strbuf_text(&text), text.len, err);
    strbuf_free(&text);
    return good;
}

static bool write_finish(struct session *session, void *data, struct output *out, struct err *err)
{
    (void)session, (void)err;
    const struct page *page = data;
    size_t figures = 0;
    for (size_t i = 0; i < page->n_parts; i++)
        figures += page->parts[i].view != NULL;
    output_say(out, "%s: a report of %zu model%s, with %zu figures", page->path, page->n_models,
               page->n_models == 1 ? "" : "s", figures);
    output_field_text(out, "file", page->path);
    output_field_number(out, "models", (double)page->n_models);
    output_field_number(out, "figures", (double)figures);
    return true;
}

static void write_release(void *data)
{
    page_free(data);
}

bool page_write(struct page *page, struct session *session, struct err *err)
{
    return task_start(session, mem_printf("writing %s", page->path), page, write_work, write_finish,
                      write_release, err);
}
