#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../fitting.h"
#include "../help_inside.h"
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

static const struct column rule_columns[] = {
    {"rule", .type = COLUMN_TEXT},
    {"parameters", .type = COLUMN_COUNT},
    {"policy", COLUMN_TEXT, .meaning = "that they are counted for; empty: it has none"},
    {"hidden", COLUMN_COUNT, .meaning = "units of a network"},
    {"layers", .type = COLUMN_COUNT},
    {"summary", .type = COLUMN_TEXT},
    {"equation", .type = COLUMN_TEXT},
    {"source", .type = COLUMN_TEXT},
    {0},
};

/* Its size as a network; NaN: it is none, or has but one layer. */
static double hidden_of(const struct rule *rule, const struct fit_settings *s)
{
    return rule_refuses(rule, "hidden") ? NAN : (double)s->shape.hidden;
}

static double layers_of(const struct rule *rule, const struct fit_settings *s)
{
    return rule_refuses(rule, "layers") ? NAN : (double)s->shape.layers;
}

static void rules_all(const struct fit_settings *of, struct output *out)
{
    struct table table = {0};
    table_declare(&table, rule_columns);
    struct strbuf text = {0};
    for (size_t i = 0; rule_at(i); i++) {
        const struct rule *rule = rule_at(i);
        struct fit_settings used;
        size_t n = count(rule, of, &used, NULL);
        const char *policy = rule->no_weights ? "" : used.policy.text;
        table_add(&table, 5,
                  (const char *[]){rule->name, policy, rule->summary, rule->equation, rule->source},
                  3, (double[]){n, hidden_of(rule, &used), layers_of(rule, &used)});
        strbuf_printf(&text, "%s%s  %s\n    %s\n    ", i ? "\n" : "", rule->name, rule->summary,
                      rule->equation);
        count_words(rule, &used, n, &text);
        strbuf_printf(&text, "; %s\n", rule->source);
    }
    output_block(out, strbuf_text(&text));
    output_data(out, "rules", &table);
    strbuf_free(&text);
    table_free(&table);
}

/* --- rules RULE ------------------------------------------------------------------ */

static void rule_options(const struct rule *rule, struct table *table)
{
    table_declare(table, help_option_columns);
    for (const struct option_row *o = fit_options; o->name; o++)
        if (!rule_refuses(rule, o->name))
            help_option(o, rule_fallback(rule, o), table);
}

static const struct column tensor_columns[] = {
    {"tensor", .type = COLUMN_TEXT},
    {"rows", .type = COLUMN_COUNT},
    {"columns", .type = COLUMN_COUNT, .meaning = "null: it has one dimension"},
    {0},
};

static void tensor_words(const struct tensors *tensors, struct table *table, struct strbuf *out)
{
    table_declare(table, tensor_columns);
    for (size_t i = 0; i < tensors->n; i++) {
        const struct tensor *t = &tensors->item[i];
        bool matrix = t->n_dimensions == 2;
        strbuf_printf(out, matrix ? "%s%s [%zu x %zu]" : "%s%s [%zu]", i ? ", " : "", t->name,
                      t->rows, t->cols);
        table_add(table, 1, (const char *[]){t->name}, 2,
                  (double[]){t->rows, matrix ? (double)t->cols : NAN});
    }
}

static void rules_one(const struct rule *rule, const struct fit_settings *of, struct output *out)
{
    struct table options = {0}, sizes = {0};
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
    tensor_words(&tensors, &sizes, &words);
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
    output_block(out, strbuf_text(&text));
    output_field_text(out, "rule", rule->name);
    output_field_text(out, "summary", rule->summary);
    output_field_text(out, "equation", rule->equation);
    output_field_text(out, "source", rule->source);
    output_field_number(out, "parameters", (double)n);
    output_field_text(out, "policy", rule->no_weights ? NULL : used.policy.text);
    output_field_number(out, "hidden", hidden_of(rule, &used));
    output_field_number(out, "layers", layers_of(rule, &used));
    answer_table(&out->object, "tensors", &sizes);
    table_free(&sizes);
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

static const struct answer_row rules_answer[] = {
    {"rules", .type = ANSWER_TABLE, .columns = rule_columns, .sometimes = true},
    {"rule", .type = ANSWER_TEXT, .sometimes = true},
    {"summary", .type = ANSWER_TEXT, .sometimes = true},
    {"equation", .type = ANSWER_TEXT, .sometimes = true},
    {"source", .type = ANSWER_TEXT, .sometimes = true},
    {"parameters", .type = ANSWER_COUNT, .sometimes = true},
    {"policy", .type = ANSWER_TEXT, .sometimes = true},
    {"hidden", .type = ANSWER_COUNT, .sometimes = true},
    {"layers", .type = ANSWER_COUNT, .sometimes = true},
    {"tensors", .type = ANSWER_TABLE, .columns = tensor_columns, .sometimes = true},
    {"options", .type = ANSWER_TABLE, .columns = help_option_columns, .sometimes = true},
    {0},
};

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
    .answer = rules_answer,
    .run = rules_run,
};
