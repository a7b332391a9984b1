#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "../state.h"

static void line(const struct output *to, struct strbuf *out, const char *name, const char *text)
{
    strbuf_printf(out, "%-9s ", name);
    help_text_fill(out, text ? text : "-", 10, to->width > 40 ? to->width : 40);
}

static void dropped(const struct load_report *report, struct strbuf *out)
{
    char rows[NUMBER_SIZE], n[NUMBER_SIZE];
    strbuf_printf(out, "%-9s %s rows", "read", number_grouped(rows, (long long)report->n_rows));
    if (report->n_no_choice > 0)
        strbuf_printf(out, "; %s without a choice (no-go) dropped",
                      number_grouped(n, (long long)report->n_no_choice));
    if (report->n_no_reward > 0)
        strbuf_printf(
            out, "; %s of unknown reward %s", number_grouped(n, (long long)report->n_no_reward),
            report->reward_half ? "kept at one half" : "dropped (missing_reward=half keeps them)");
    if (report->n_no_choice == 0 && report->n_no_reward == 0)
        strbuf_puts(out, "; nothing dropped");
    strbuf_putc(out, '\n');
}

static void gaps(const struct output *to, const struct cohort *cohort, struct strbuf *out)
{
    char n[NUMBER_SIZE];
    char *words = mem_printf("%s trials after trials that were left out, over which no prevchoice "
                             "or lag looks back",
                             number_grouped(n, (long long)cohort_gaps(cohort)));
    if (cohort_gaps(cohort) > 0)
        line(to, out, "gaps", words);
    free(words);
}

static void columns(const struct output *to, const struct cohort *cohort, struct strbuf *out)
{
    struct strbuf list = {0};
    for (size_t i = 0; i < cohort->n_columns; i++)
        strbuf_printf(&list, "%s%s", i ? ", " : "", cohort->columns[i].name);
    if (cohort->n_columns > 0)
        line(to, out, "also", strbuf_text(&list));
    strbuf_free(&list);
}

/* What was odd at load, an item each. */
static void notes(const struct output *to, const char *odd, struct strbuf *out)
{
    for (const char *p = odd; p && *p; p += strcspn(p, "\n") + 1) {
        char *one = mem_text_n(p, strcspn(p, "\n"));
        line(to, out, p == odd ? "odd" : "", one);
        free(one);
    }
}

/* ".0156", ".0156,.0313", "ibl"; of groups "alpha .1,.1 / alpha .2,.3" */
static void value_words(json_t *value, struct strbuf *out)
{
    char buf[NUMBER_SIZE];
    const char *name;
    json_t *one;
    size_t i, n = 0;
    json_array_foreach(value, i, one)
    {
        bool plain = !json_is_array(one) && !json_is_object(one);
        strbuf_puts(out, i == 0 ? "" : plain ? "," : " / ");
        value_words(one, out);
    }
    json_object_foreach(value, name, one)
    {
        strbuf_printf(out, "%s%s ", n++ ? " " : "", name);
        value_words(one, out);
    }
    if (json_is_string(value))
        strbuf_puts(out, json_string_value(value));
    else if (json_is_number(value))
        strbuf_puts(out, number_format(buf, json_number_value(value), 6));
    else if (json_is_boolean(value))
        strbuf_puts(out, json_is_true(value) ? "yes" : "no");
}

/* What made a simulated cohort, in words: "reinforce, policy stim+bias, ..." */
static void truth_words(const char *truth, struct strbuf *out)
{
    static const char *const elsewhere[] = {"rule", "command", "version", "animals", "trials"};
    json_t *object = json_loads(truth, 0, NULL);
    const json_t *rule = json_object_get(object, "rule");
    const char *name;
    json_t *value;
    strbuf_puts(out, json_is_string(rule) ? json_string_value(rule) : "a rule");
    json_object_foreach(object, name, value)
    {
        bool skip = json_is_object(value) || json_is_null(value);
        for (size_t i = 0; i < sizeof elsewhere / sizeof *elsewhere; i++)
            skip = skip || strcmp(name, elsewhere[i]) == 0;
        if (skip)
            continue;
        strbuf_printf(out, ", %s ", name);
        value_words(value, out);
    }
    json_decref(object);
}

static bool data_run(struct session *session, const struct args *args, struct output *out,
                     struct err *err)
{
    (void)args;
    const struct cohort *cohort = session_need_cohort(session, err);
    if (!cohort)
        return false;
    struct strbuf text = {0}, words = {0};
    cohort_words(cohort, &words);
    line(out, &text, "name", cohort->name);
    line(out, &text, "from", cohort->source);
    if (*cohort->chain)
        line(out, &text, "left by", cohort->chain);
    line(out, &text, "holds", strbuf_text(&words));
    gaps(out, cohort, &text);
    if (cohort->report.n_rows > 0)
        dropped(&cohort->report, &text);
    if (cohort->report.mapping)
        line(out, &text, "columns", cohort->report.mapping);
    columns(out, cohort, &text);
    notes(out, cohort->report.notes, &text);
    line(out, &text, "sides",
         cohort->report.sides ? cohort->report.sides
                              : "choice 1 = right, 0 = left; stimulus > 0 = right");
    if (cohort->truth) {
        strbuf_reset(&words);
        truth_words(cohort->truth, &words);
        line(out, &text, "truth", strbuf_text(&words));
    }
    strbuf_printf(&text, "%-9s %016" PRIx64 "\n", "digest", cohort->digest);
    output_block(out, strbuf_text(&text));
    output_field_text(out, "name", cohort->name);
    output_field_text(out, "source", cohort->source);
    output_field_text(out, "filters", cohort->chain);
    output_field_number(out, "gaps", (double)cohort_gaps(cohort));
    output_field_number(out, "animals", (double)cohort->n_animals);
    output_field_number(out, "trials", (double)cohort->n_trials);
    output_field_number(out, "rows", (double)cohort->report.n_rows);
    output_field_number(out, "no_choice", (double)cohort->report.n_no_choice);
    output_field_number(out, "no_reward", (double)cohort->report.n_no_reward);
    output_field_text(out, "odd", cohort->report.notes);
    output_field_text(out, "truth", cohort->truth);
    strbuf_reset(&words);
    strbuf_printf(&words, "%016" PRIx64, cohort->digest);
    output_field_text(out, "digest", words.text);
    strbuf_free(&text);
    strbuf_free(&words);
    return true;
}

extern const struct command command_data;
const struct command command_data = {
    .name = "data",
    .group = GROUP_DATA,
    .arguments = "",
    .summary = "what is loaded, what was dropped and why",
    .detail = "Also the columns that were taken, which choice is right, the truth of a simulated "
              "cohort, and the digest that saved models name.",
    .examples = "data",
    .run = data_run,
};
