#include <stdlib.h>

#include "../state.h"

static const struct column trial_columns[] = {
    {"subject", .type = COLUMN_TEXT},
    {"session", .type = COLUMN_TEXT},
    {"trial", .type = COLUMN_COUNT},
    {"stimulus", COLUMN_NUMBER, 6, .meaning = "right is positive"},
    {"choice", COLUMN_NUMBER, 6, .meaning = "1 right"},
    {"reward", .type = COLUMN_NUMBER, .digits = 6},
    {"answer", COLUMN_NUMBER, 6, .meaning = "the side that pays, 1 right"},
    {0},
};

static bool head_run(struct session *session, const struct args *args, struct output *out,
                     struct err *err)
{
    const struct cohort *cohort = session_need_cohort(session, err);
    long long n = 10;
    if (!cohort)
        return false;
    const char *asked = args_at(args, 0);
    if (asked && (!number_parse_integer(asked, &n) || n < 1 || n > 100000))
        return err_at(err, ERR_USAGE, args->items[0].column,
                      "head: '%s' is not a number of trials from 1 to 100000", asked);
    struct table table = {0};
    table_declare(&table, trial_columns);
    size_t a = 0;
    for (size_t t = 0; t < cohort->n_trials && t < (size_t)n; t++) {
        while (t >= cohort->animals[a].first + cohort->animals[a].count)
            a++;
        const char *subject = cohort->animals[a].name;
        const char *session_name = cohort->session_names[cohort->session[t]];
        table_add(&table, 2, (const char *[]){subject, session_name}, 5,
                  (double[]){cohort->trial[t], cohort->stimulus[t], cohort->choice[t],
                             cohort->reward[t], cohort->answer[t]});
    }
    output_table(out, "trials", &table);
    table_free(&table);
    return true;
}

static const struct answer_row head_answer[] = {
    {"trials", .type = ANSWER_TABLE, .columns = trial_columns},
    {0},
};

const struct command command_head = {
    .name = "head",
    .group = GROUP_DATA,
    .arguments = "[N]",
    .summary = "the first N trials as they were understood, 10 by default",
    .detail =
        "stimulus < 0 is left; choice and answer: 0 left, 1 right; answer is the side that pays.",
    .examples = "head\nhead 3",
    .positional_type = OPTION_TEXT,
    .positional_max = 1,
    .answer = head_answer,
    .run = head_run,
};
