#include "page_text.h"

#include <math.h>
#include <string.h>

#include "deltaw/base/html.h"
#include "glossary.h"

#ifdef HAVE_CONFIG_H
#include <config.h>
#endif
#ifndef PACKAGE_VERSION
#define PACKAGE_VERSION "unknown"
#endif

static const char style[] =
    ":root{color-scheme:light dark;--fore:#1b1f24;--back:#fff;--soft:#5c6670;--rule:#d5dae0;"
    "--fill:#f4f6f8}\n"
    "@media(prefers-color-scheme:dark){:root{--fore:#e3e6ea;--back:#16181b;--soft:#9aa4ae;"
    "--rule:#363c43;--fill:#1f2327}}\n"
    "body{font:16px/1.5 system-ui,sans-serif;color:var(--fore);background:var(--back);"
    "max-width:52rem;margin:0 auto;padding:1.5rem}\n"
    "h1{font-size:1.7rem;line-height:1.2}\n"
    "h2{font-size:1.25rem;margin-top:2.5rem;border-bottom:1px solid var(--rule)}\n"
    "h3{font-size:1rem;margin:1.5rem 0 .5rem}\n"
    "p{margin:.35rem 0}\n"
    "p.line{padding-left:6.5rem;text-indent:-6.5rem}\n"
    "p>b{display:inline-block;min-width:6.2rem;text-indent:0;color:var(--soft)}\n"
    "p.lack{color:var(--soft);font-style:italic}\n"
    "code,pre{font:.86rem/1.45 ui-monospace,monospace}\n"
    "pre{background:var(--fill);padding:.7rem 1rem;overflow-x:auto;border-radius:4px}\n"
    ".wide{overflow-x:auto}\n"
    "table{border-collapse:collapse;font-size:.88rem;margin:.6rem 0}\n"
    "th,td{padding:.2rem .7rem .2rem 0;text-align:left;white-space:nowrap}\n"
    "th{border-bottom:1px solid var(--fore)}\n"
    "td{border-bottom:1px solid var(--rule)}\n"
    ".n{text-align:right;font-variant-numeric:tabular-nums}\n"
    "figure{margin:1.2rem 0}\n"
    "figure img{width:100%;height:auto}\n"
    "figcaption{font-size:.88rem;color:var(--soft)}\n"
    "dt{font-weight:600}dd{margin:0 0 .4rem 1.2rem}\n"
    "@media print{body{max-width:none;padding:0}figure,tr{break-inside:avoid}}\n";

static void put(struct strbuf *out, const char *before, const char *text, const char *after)
{
    strbuf_puts(out, before);
    html_text(out, text ? text : "");
    strbuf_puts(out, after);
}

void page_text_head(struct strbuf *out, const struct scene *scene)
{
    const char *name = scene->cohort ? scene->cohort->name : "models";
    strbuf_puts(out, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                     "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                     "<meta name=\"generator\" content=\"deltaw " PACKAGE_VERSION "\">\n");
    put(out, "<title>How animals learn: ", name, "</title>\n");
    strbuf_printf(out, "<style>\n%s</style>\n</head>\n<body>\n", style);
    put(out, "<h1>How animals learn: ", name, "</h1>\n");
    if (scene->cohort && scene->cohort->truth)
        strbuf_puts(out, "<p>These are simulated agents: the rule they learn by is known, and "
                         "shown beside what was inferred.</p>\n");
    strbuf_printf(out,
                  "<p>Made by deltaw %s.  In every table and picture right is 1 and "
                  "positive.</p>\n",
                  PACKAGE_VERSION);
}

static void model_methods(struct strbuf *out, const struct scene_model *shown)
{
    const struct model *m = shown->model;
    char buf[NUMBER_SIZE];
    size_t held = 0;
    for (size_t i = 0; i < m->n_animals; i++)
        held += m->held_out && m->held_out[i];
    put(out, "<li><code>", m->name, "</code>: ");
    put(out, "", m->rule->summary, "");
    if (m->rule->equation)
        put(out, ", <code>", m->rule->equation, "</code>");
    put(out, ", with the policy <code>", m->settings.policy.text, "</code>");
    strbuf_printf(out, " (%zu parameters, seed %lu)", model_parameters(m), m->settings.seed);
    if (!isnan(shown->status.train))
        strbuf_printf(out, "; %s nats per trial in training",
                      number_fixed(buf, -shown->status.train, 4, true));
    if (held > 0 && !isnan(shown->status.held_out))
        strbuf_printf(out, ", %s on %zu held-out animal%s",
                      number_fixed(buf, -shown->status.held_out, 4, true), held,
                      held == 1 ? "" : "s");
    strbuf_puts(out, model_on_plateau(m)
                         ? "; still on the plateau, so its map tells nothing.</li>\n"
                         : ".</li>\n");
}

void page_text_methods(struct strbuf *out, const struct scene *scene)
{
    const struct cohort *cohort = scene->cohort;
    strbuf_puts(out, "<h2>Methods</h2>\n");
    if (cohort) {
        put(out, "<p>Choices of the log <code>", cohort->name, "</code>");
        strbuf_printf(out, " (%zu animals, %zu trials, digest <code>%016llx</code>)",
                      cohort->n_animals, cohort->n_trials, (unsigned long long)cohort->digest);
        if (cohort->chain && cohort->chain[0])
            put(out, ", after <code>", cohort->chain, "</code>");
        strbuf_puts(out, ", were taken for those of a logistic policy, P(right) = 1 / (1 + "
                         "exp(-w&middot;x)), whose weights w change after every trial by a rule "
                         "dw (Liu, Geadah and Pillow 2025; Ashwood et al. 2020).  Rules were "
                         "fitted by the likelihood of all choices of the animals not held "
                         "out; scores are log-likelihoods in nats per trial, of which chance has "
                         "-.6931.</p>\n");
    }
    strbuf_puts(out, scene->n_models ? "<ul>\n" : "<p>No model was fitted.</p>\n");
    for (size_t i = 0; i < scene->n_models; i++)
        model_methods(out, &scene->models[i]);
    strbuf_puts(out, scene->n_models ? "</ul>\n" : "");
}

void page_text_script(struct strbuf *out, const char *journal, const char *path)
{
    struct strbuf word = {0};
    args_word(path, &word);
    put(out,
        "<h2>To make it again</h2>\n<p>Saved as a file, these lines are run by "
        "<code>deltaw -f FILE</code>.</p>\n<pre>",
        journal, "wait\nreport ");
    put(out, "", strbuf_text(&word), "</pre>\n");
    strbuf_free(&word);
}

static const struct {
    const char *rule; /* NULL: always */
    const char *text;
} references[] = {
    {NULL, "Ashwood ZC, Roy NA, Bak JH, The International Brain Laboratory, Pillow JW (2020). "
           "Inferring learning rules from animal decision-making. NeurIPS 33:3442-3453."},
    {NULL, "Liu YH, Geadah V, Pillow J (2025). Flexible inference for animal learning rules using "
           "neural networks. NeurIPS. arXiv:2509.04661"},
    {"gp", "MacKay DJC (1992). Bayesian interpolation. Neural Computation 4:415-447."},
    {"gp", "Williams CKI, Rasmussen CE (1996). Gaussian processes for regression. NeurIPS "
           "8:514-520."},
    {"randomwalk", "Roy NA, Bak JH, The International Brain Laboratory, Akrami A, Brody CD, Pillow "
                   "JW (2021). Extracting the dynamics of behavior in sensory decision-making "
                   "experiments. Neuron 109:597-610."},
    {NULL, "Williams RJ (1992). Simple statistical gradient-following algorithms for connectionist "
           "reinforcement learning. Machine Learning 8:229-256."},
};

static bool uses(const struct scene *scene, const char *rule)
{
    for (size_t i = 0; i < scene->n_models; i++)
        if (strcmp(scene->models[i].model->rule->name, rule) == 0)
            return true;
    return false;
}

void page_text_foot(struct strbuf *out, const struct scene *scene)
{
    const struct glossary_row *row;
    strbuf_puts(
        out,
        "<h2>Words</h2>\n<details>\n<summary>What the words of this page mean</summary>\n<dl>\n");
    for (size_t i = 0; (row = glossary_at(i)); i++) {
        put(out, "<dt>", row->name, "</dt>\n");
        put(out, "<dd>", row->meaning, "</dd>\n");
    }
    strbuf_puts(out, "</dl>\n</details>\n<h2>References</h2>\n<ul>\n");
    for (size_t i = 0; i < sizeof references / sizeof *references; i++)
        if (!references[i].rule || uses(scene, references[i].rule))
            put(out, "<li>", references[i].text, "</li>\n");
    strbuf_puts(out, "</ul>\n</body>\n</html>\n");
}
