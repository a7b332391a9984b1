#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "../filters.h"

/* "A..B", "A.." or "..B"; counted from 1. */
static bool read_range(const char *text, size_t *first, size_t *last)
{
    const char *dots = strstr(text, "..");
    long long a = 1, b = 0;
    if (!dots || strlen(text) == 2)
        return false;
    char *head = mem_text_n(text, (size_t)(dots - text));
    bool good = (!head[0] || (number_parse_integer(head, &a) && a >= 1)) &&
                (!dots[2] || (number_parse_integer(dots + 2, &b) && b >= a));
    free(head);
    *first = (size_t)a;
    *last = (size_t)b;
    return good;
}

static bool trials_run(struct session *session, const struct args *args, struct output *out,
                       struct err *err)
{
    (void)out;
    size_t first, last;
    if (!read_range(args_at(args, 0), &first, &last))
        return err_at(err, ERR_USAGE, args->items[0].column,
                      "trials: '%s' is not a range; write "
                      "1..500, 501.. or ..500, counted from 1 in each animal",
                      args_at(args, 0));
    return filter_trials(session, first, last, err);
}

extern const struct command command_trials;
const struct command command_trials = {
    .name = "trials",
    .group = GROUP_DATA,
    .arguments = "A..B",
    .summary = "leave only the trials A to B of every animal",
    .detail = "Counted from 1 in each animal; A.. goes to the end, ..B begins with the first.  An "
              "animal with fewer than A trials falls out.",
    .examples = "trials 1..100\ntrials 101..",
    .positional_type = OPTION_TEXT,
    .positional_min = 1,
    .positional_max = 1,
    .answer = filter_answer,
    .trial_bytes = 100,
    .run = trials_run,
};
