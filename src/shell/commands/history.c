#include <stdlib.h>

#include "../state.h"

static const struct column line_columns[] = {
    {"number", .type = COLUMN_COUNT},
    {"line", .type = COLUMN_TEXT},
    {0},
};

static bool history_run(struct session *session, const struct args *args, struct output *out,
                        struct err *err)
{
    const struct session_host *host = &session->setup.host;
    long long most = 1000000000;
    if (args->n > 0 && (!number_parse_integer(args->items[0].value, &most) || most < 1))
        return err_at(err, ERR_USAGE, args->items[0].column,
                      "history: '%s' is not a number of lines", args->items[0].value);
    struct table table = {0};
    table_declare(&table, line_columns);
    size_t n = 0;
    while (host->history && host->history(host->data, n))
        n++;
    if (n == 0)
        output_note(out, "no history: lines typed at a prompt are kept");
    for (size_t i = (long long)n > most ? n - (size_t)most : 0; i < n; i++) {
        const char *line = host->history(host->data, i);
        output_say(out, "%5zu  %s", i + 1, line);
        table_add(&table, 1, (const char *[]){line}, 1, (double[]){i + 1});
    }
    output_data(out, "lines", &table);
    table_free(&table);
    return true;
}

static const struct answer_row history_answer[] = {
    {"lines", .type = ANSWER_TABLE, .columns = line_columns},
    {0},
};

const struct command command_history = {
    .name = "history",
    .group = GROUP_ELSE,
    .arguments = "[N]",
    .summary = "the lines typed at the prompt, the last N or all",
    .detail = "They are kept between runs.",
    .examples = "history\nhistory 5",
    .positional_type = OPTION_TEXT,
    .positional_max = 1,
    .unlogged = true,
    .answer = history_answer,
    .run = history_run,
};
