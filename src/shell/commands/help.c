#include <string.h>

#include "../help_inside.h"
#include "../state.h"

static bool help_run(struct session *session, const struct args *args, struct output *out,
                     struct err *err)
{
    static const struct args none;
    bool taken;
    if (!view_verb_tile(session, &none, &taken, err) || taken)
        return taken;
    if (args->n == 0)
        help_all(out);
    else if (strcmp(args->items[0].value, "keys") == 0)
        help_keys(out);
    else if (strcmp(args->items[0].value, "examples") == 0)
        help_examples(out);
    else if (strcmp(args->items[0].value, "glossary") == 0)
        help_glossary(out);
    else
        return help_topic(args->items[0].value, out, err);
    return true;
}

const struct command command_help = {
    .name = "help",
    .group = GROUP_ELSE,
    .arguments = "[VERB|WORD|keys|examples|glossary]",
    .summary = "all verbs, one verb, or what a word means",
    .detail =
        "`help VERB` shows its options and examples; `help WORD` tells what a word of a title, "
        "legend or table means, and searches names, summaries and option texts; `help glossary` "
        "has all those words; `help keys` lists the keys of the full screen and `help examples` "
        "all examples.  `layout map|help` keeps the verbs and keys in a tile of the full screen.",
    .examples = "help\nhelp fit\nhelp seed\nhelp R2\nhelp glossary\nhelp keys\nhelp examples",
    .positional_type = OPTION_VERB,
    .positional_max = 1,
    .first_words = "keys|examples|glossary",
    .unlogged = true,
    .answer = help_answer,
    .run = help_run,
};
