#include "../state.h"

static bool rules_run(struct session *session, const struct args *args, struct output *out,
                      struct err *err)
{
    (void)session, (void)args, (void)err;
    struct table table = {0};
    table_column(&table, "rule", COLUMN_TEXT, 0);
    table_column(&table, "parameters", COLUMN_COUNT, 0);
    table_column(&table, "summary", COLUMN_TEXT, 0);
    table_column(&table, "equation", COLUMN_TEXT, 0);
    table_column(&table, "source", COLUMN_TEXT, 0);
    struct strbuf text = {0};
    for (size_t i = 0; rule_at(i); i++) {
        const struct rule *rule = rule_at(i);
        const struct rule_shape shape = {.n_weights = 2, .hidden = 32, .layers = 2};
        struct tensors tensors = {0};
        char buf[NUMBER_SIZE];
        rule->layout(&shape, &tensors);
        table_row(&table);
        table_text(&table, 0, rule->name);
        table_number(&table, 1, (double)tensors.size);
        table_text(&table, 2, rule->summary);
        table_text(&table, 3, rule->equation);
        table_text(&table, 4, rule->source);
        strbuf_printf(&text, "%s%s  %s\n    %s\n    %s parameters (2 weights, 2 x 32 units); %s\n",
                      i ? "\n" : "", rule->name, rule->summary, rule->equation,
                      number_grouped(buf, (long long)tensors.size), rule->source);
    }
    if (out->mode == OUTPUT_TEXT)
        output_block(out, strbuf_text(&text));
    output_data(out, "rules", &table);
    strbuf_free(&text);
    table_free(&table);
    return true;
}

extern const struct command command_rules;
const struct command command_rules = {
    .name = "rules",
    .group = GROUP_FIT,
    .arguments = "",
    .summary = "the learning rules that can be fitted, with their equations",
    .detail = "w: weights; s: stimulus; y: choice (1 right); r: reward; side: [s > 0]; day: 1 on "
              "the first trial of a session; dw: the change of the weights after the trial.",
    .examples = "rules",
    .run = rules_run,
};
