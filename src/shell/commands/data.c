#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "../state.h"

static void dropped(const struct load_report *report, struct strbuf *out)
{
    char rows[NUMBER_SIZE], n[NUMBER_SIZE];
    strbuf_printf(out, "%s rows", number_grouped(rows, (long long)report->n_rows));
    if (report->n_no_choice > 0)
        strbuf_printf(out, "; %s without a choice (no-go) dropped",
                      number_grouped(n, (long long)report->n_no_choice));
    if (report->n_no_reward > 0)
        strbuf_printf(
            out, "; %s of unknown reward %s", number_grouped(n, (long long)report->n_no_reward),
            report->reward_half ? "kept at one half" : "dropped (missing_reward=half keeps them)");
    if (report->n_no_choice == 0 && report->n_no_reward == 0)
        strbuf_puts(out, "; nothing dropped");
}

static void say_gaps(const struct cohort *cohort, struct strbuf *out)
{
    char n[NUMBER_SIZE];
    if (cohort_gaps(cohort) > 0)
        strbuf_printf(out,
                      "%s trials after trials that were left out, over which no prevchoice or lag "
                      "looks back",
                      number_grouped(n, (long long)cohort_gaps(cohort)));
}

static void columns(const struct cohort *cohort, struct strbuf *out)
{
    for (size_t i = 0; i < cohort->n_columns; i++)
        strbuf_printf(out, "%s%s", i ? ", " : "", cohort->columns[i].name);
}

/* What was odd at load, an item each. */
static void say_odd(const char *odd, struct output *out)
{
    for (const char *p = odd; p && *p; p += strcspn(p, "\n") + 1) {
        char *one = mem_text_n(p, strcspn(p, "\n"));
        output_line(out, p == odd ? "odd" : "", OUTPUT_LABEL, one);
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
    const struct load_report *report = &cohort->report;
    struct strbuf words = {0};
    output_line(out, "name", OUTPUT_LABEL, cohort->name);
    output_line(out, "from", OUTPUT_LABEL, cohort->source);
    if (*cohort->chain)
        output_line(out, "left by", OUTPUT_LABEL, cohort->chain);
    cohort_words(cohort, &words);
    output_words(out, "holds", &words);
    say_gaps(cohort, &words);
    output_words(out, "gaps", &words);
    if (report->n_rows > 0)
        dropped(report, &words);
    output_words(out, "read", &words);
    if (report->mapping)
        output_line(out, "columns", OUTPUT_LABEL, report->mapping);
    columns(cohort, &words);
    output_words(out, "also", &words);
    say_odd(report->notes, out);
    output_line(out, "sides", OUTPUT_LABEL,
                report->sides ? report->sides : "choice 1 = right, 0 = left; stimulus > 0 = right");
    if (cohort->truth)
        truth_words(cohort->truth, &words);
    output_words(out, "truth", &words);
    tell_report(cohort, out);
    output_field_text(out, "filters", cohort->chain);
    output_field_number(out, "gaps", (double)cohort_gaps(cohort));
    answer_json(&out->object, "truth", cohort->truth);
    strbuf_printf(&words, "%016" PRIx64, cohort->digest);
    output_fact(out, "digest", "digest", words.text);
    strbuf_free(&words);
    return true;
}

static const struct answer_row data_answer[] = {
    ANSWER_ALSO(tell_report_answer),
    {"filters", .type = ANSWER_TEXT, .meaning = "commands that took trials out"},
    {"gaps", .type = ANSWER_COUNT, .meaning = "trials after some that were left out"},
    {"truth", .type = ANSWER_OBJECT, .meaning = "what made a simulated cohort"},
    {"digest", .type = ANSWER_TEXT},
    {0},
};

extern const struct command command_data;
const struct command command_data = {
    .name = "data",
    .group = GROUP_DATA,
    .arguments = "",
    .summary = "what is loaded, what was dropped and why",
    .detail = "Also the columns that were taken, which choice is right, the truth of a simulated "
              "cohort, and the digest that saved models name.",
    .examples = "data",
    .answer = data_answer,
    .run = data_run,
};
