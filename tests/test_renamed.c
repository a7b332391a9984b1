/* Options by the names and values they once had: every verb refuses all that it may be
 * given, and says how they are written now. */
#include "../src/shell/renamed.h"

#include "deltaw/shell/command.h"
#include "desk.h"

static size_t refused_by(struct desk *d, const struct command *command)
{
    const struct option_row *options = command_options(command);
    const struct renamed *row;
    size_t n = 0;
    for (size_t i = 0; (row = renamed_at(i)); i++) {
        if (!options || !renamed_applies(row, options))
            continue;
        char *line = mem_printf("%s %s %s=%s", command->name,
                                strcmp(command->name, "fit") == 0 ? "dnn" : "reinforce", row->was,
                                row->value ? row->value : "yes");
        char *want = mem_printf("%s: %s=%s is written %s=%s", command->name, row->was,
                                row->value ? row->value : "", row->is, row->written);
        bool failed = say(d, "x", line) == STEP_FAILED;
        tap_ok(failed && strstr(strbuf_text(&d->complaint), want), "%s: %s", line, want);
        free(line);
        free(want);
        n++;
    }
    return n;
}

/* What each of them is written as now is an option, with that word. */
static void test_rows(void)
{
    const struct renamed *row;
    for (size_t i = 0; (row = renamed_at(i)); i++) {
        size_t n = 0;
        for (size_t j = 0; command_at(j); j++) {
            const struct option_row *options = command_options(command_at(j));
            const struct option_row *now = options ? option_find(options, row->is) : NULL;
            bool word = now && now->words && *row->written && !strchr(row->written, ' ');
            if (!now || !renamed_applies(row, options))
                continue;
            n++;
            tap_ok(!word || option_has_word(now, row->written), "%s has %s=%s", command_at(j)->name,
                   row->is, row->written);
        }
        tap_ok(n > 0, "somebody may write %s=", row->was);
    }
}

int main(void)
{
    struct desk *d = desk_new(NULL);
    size_t n_fit = 0, n_simulate = 0;
    say(d, "x", "simulate reinforce animals=2 trials=50");
    for (size_t i = 0; command_at(i); i++) {
        size_t n = refused_by(d, command_at(i));
        n_fit += strcmp(command_at(i)->name, "fit") == 0 ? n : 0;
        n_simulate += strcmp(command_at(i)->name, "simulate") == 0 ? n : 0;
    }
    tap_ok(n_fit == 9 && n_simulate >= 5, "%zu of fit and %zu of simulate", n_fit, n_simulate);
    test_rows();
    desk_free(d);
    return tap_done();
}
