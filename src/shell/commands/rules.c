#include <stdlib.h>
#include <string.h>

#include "../fitting.h"
#include "../state.h"

static const struct option_row rules_table[] = {
    {"policy", OPTION_FEATURES, 0, 0, NULL, NULL,
     "features that parameters are counted for; default: those of the model in use, or stim+bias"},
    {0},
};

/* Settings to count parameters for: the policy asked for, or the one in use. */
static bool take_policy(const struct session *session, const struct args *args,
                        struct fit_settings *s, struct err *err)
{
    const char *asked = args_text(args, rules_table, "policy");
    struct err why = {0};
    fit_settings_default(s);
    if (asked)
        return fit_settings_policy(s, asked, &why) ||
               err_at(err, why.code, args_column(args, "policy"), "rules: %s", why.message);
    struct fit *fit = session->current ? session_fit(session, session->current) : NULL;
    struct model *model = fit ? fit_model(fit) : NULL;
    if (model) {
        if (!model->rule->no_weights)
            fit_settings_policy(s, model->settings.policy.text, NULL);
        model_drop(model);
    }
    return true;
}

static size_t count(const struct rule *rule, const struct fit_settings *of,
                    struct fit_settings *used, struct tensors *tensors)
{
    static const struct args none;
    struct err ignored = {0};
    fit_settings_default(used);
    rule_settings(rule, &none, fit_options, NULL, "rules", used, &ignored);
    if (!rule->no_weights)
        fit_settings_policy(used, of->policy.text, NULL);
    return rule_parameters(rule, used, tensors);
}

/* "5 parameters with policy stim+bias"; for networks, their sizes too. */
static void count_words(const struct rule *rule, const struct fit_settings *s, size_t n,
                        struct strbuf *out)
{
    char buf[NUMBER_SIZE];
    strbuf_printf(out, "%s parameter%s", number_grouped(buf, (long long)n), n == 1 ? "" : "s");
    if (!rule->no_weights)
        strbuf_printf(out, ", policy %s", s->policy.text);
    if (!rule_refuses(rule, "layers"))
        strbuf_printf(out, ", %zu x %zu units", s->shape.layers, s->shape.hidden);
    else if (!rule_refuses(rule, "hidden"))
        strbuf_printf(out, ", %zu units", s->shape.hidden);
}

static void rules_all(const struct fit_settings *of, struct output *out)
{
    struct table table = {0};
    table_column(&table, "rule", COLUMN_TEXT, 0);
    table_column(&table, "parameters", COLUMN_COUNT, 0);
    table_columns(&table, "summary|equation|source", COLUMN_TEXT, 0);
    struct strbuf text = {0};
    for (size_t i = 0; rule_at(i); i++) {
        const struct rule *rule = rule_at(i);
        struct fit_settings used;
        size_t n = count(rule, of, &used, NULL);
        table_add(&table, 4,
                  (const char *[]){rule->name, rule->summary, rule->equation, rule->source}, 1,
                  (double[]){n});
        strbuf_printf(&text, "%s%s  %s\n    %s\n    ", i ? "\n" : "", rule->name, rule->summary,
                      rule->equation);
        count_words(rule, &used, n, &text);
        strbuf_printf(&text, "; %s\n", rule->source);
    }
    if (out->mode == OUTPUT_TEXT)
        output_block(out, strbuf_text(&text));
    output_data(out, "rules", &table);
    strbuf_free(&text);
    table_free(&table);
}

/* --- rules RULE ------------------------------------------------------------------ */

static void rule_options(const struct rule *rule, struct table *table)
{
    table_columns(table, "option|values|default|text", COLUMN_TEXT, 0);
    for (const struct option_row *o = fit_options; o->name; o++)
        if (!rule_refuses(rule, o->name))
            help_option(o, rule_fallback(rule, o), table);
}

static void tensor_words(const struct tensors *tensors, struct strbuf *out)
{
    for (size_t i = 0; i < tensors->n; i++) {
        const struct tensor *t = &tensors->item[i];
        strbuf_printf(out, t->n_dimensions == 2 ? "%s%s [%zu x %zu]" : "%s%s [%zu]", i ? ", " : "",
                      t->name, t->rows, t->cols);
    }
}

static void rules_one(const struct rule *rule, const struct fit_settings *of, struct output *out)
{
    struct table options = {0};
    struct strbuf text = {0}, words = {0};
    struct fit_settings used;
    struct tensors tensors;
    int width = out->width > 40 ? out->width : 40;
    size_t n = count(rule, of, &used, &tensors);
    rule_options(rule, &options);
    strbuf_printf(&text, "%s  ", rule->name);
    help_text_fill(&text, rule->summary, 4, width - (int)strlen(rule->name));
    strbuf_printf(&text, "    %s\n    ", rule->equation);
    help_text_fill(&text, rule->source, 4, width);
    strbuf_puts(&text, "    ");
    count_words(rule, &used, n, &words);
    strbuf_puts(&words, ": ");
    tensor_words(&tensors, &words);
    help_text_fill(&text, strbuf_text(&words), 4, width);
    strbuf_puts(&text, "Options of `fit` [default]\n");
    for (size_t i = 0; i < options.n_rows; i++) {
        const struct table_cell *cell = &options.cells[i * options.n_columns];
        strbuf_printf(&text, "  %s=%s", cell[0].text, cell[1].text);
        if (cell[2].text[0])
            strbuf_printf(&text, "  [%s]", cell[2].text);
        strbuf_puts(&text, "\n      ");
        help_text_fill(&text, cell[3].text, 6, width);
    }
    if (out->mode == OUTPUT_TEXT)
        output_block(out, strbuf_text(&text));
    output_field_text(out, "rule", rule->name);
    output_field_text(out, "equation", rule->equation);
    output_field_text(out, "source", rule->source);
    output_field_number(out, "parameters", (double)n);
    output_data(out, "options", &options);
    strbuf_free(&text);
    strbuf_free(&words);
    table_free(&options);
}

static bool rules_run(struct session *session, const struct args *args, struct output *out,
                      struct err *err)
{
    struct fit_settings of = {0};
    if (!take_policy(session, args, &of, err))
        return false;
    const char *name = args_at(args, 0);
    if (!name) {
        rules_all(&of, out);
        return true;
    }
    const struct rule *rule = rule_need(name, args->items[0].column, "rules", err);
    if (rule)
        rules_one(rule, &of, out);
    return rule != NULL;
}

const struct command command_rules = {
    .name = "rules",
    .group = GROUP_FIT,
    .arguments = "[RULE] [policy=FEATURES]",
    .summary = "the learning rules that can be fitted, or one with its options",
    .detail = "w: weights; s: stimulus; y: choice (1 right); r: reward; z: the side that pays; "
              "side: [s > 0]; day: 1 on the first trial of a session; x: features of the policy; "
              "p = P(right); f(y) = 2 y - 1; dw: the change of the weights after the trial.",
    .examples = "rules\nrules reinforce-base\nrules policy=stim+prevchoice+bias",
    .options = rules_table,
    .positional_type = OPTION_RULE,
    .positional_max = 1,
    .run = rules_run,
};
