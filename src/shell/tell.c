/* Fields that the answers of several verbs share. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "state.h"

const struct answer_row tell_cohort_answer[] = {
    {"name", .type = ANSWER_TEXT, .meaning = "of the cohort; null: none is loaded"},
    {"animals", .type = ANSWER_COUNT},
    {"trials", .type = ANSWER_COUNT},
    {0},
};

void tell_cohort(const struct cohort *cohort, struct output *out)
{
    output_field_text(out, "name", cohort ? cohort->name : NULL);
    output_field_number(out, "animals", cohort ? (double)cohort->n_animals : 0);
    output_field_number(out, "trials", cohort ? (double)cohort->n_trials : 0);
}

const struct answer_row tell_report_answer[] = {
    ANSWER_ALSO(tell_cohort_answer),
    {"source", .type = ANSWER_TEXT, .meaning = "the files"},
    {"rows", .type = ANSWER_COUNT, .meaning = "that were read"},
    {"no_choice", .type = ANSWER_COUNT, .meaning = "rows without a choice, which are dropped"},
    {"no_reward", .type = ANSWER_COUNT, .meaning = "rows of unknown reward"},
    {"reward_half", .type = ANSWER_FLAG, .meaning = "these count as one half; else are dropped"},
    {"columns", .type = ANSWER_OBJECT, .meaning = "what was taken for what"},
    {"other_columns", .type = ANSWER_TEXTS, .meaning = "that conditions and policies may name"},
    {"sides", .type = ANSWER_TEXT, .meaning = "which choice and which stimulus is right"},
    {"odd", .type = ANSWER_TEXTS, .meaning = "what was odd in the files"},
    {0},
};

/* "subject=mouse  stimulus=s" as an object; words without a sign go to the one before. */
static void mapping_object(const char *mapping, struct output *out)
{
    struct strbuf object = {0};
    for (const char *at = mapping ? mapping : ""; *at;) {
        const char *end = strstr(at, "  "), *kept = strstr(at, "; kept: ");
        end = kept && (!end || kept < end) ? kept : end;
        size_t n = end ? (size_t)(end - at) : strlen(at), key = strcspn(at, "=");
        char *name = mem_text_n(at, key < n ? key : n);
        char *value = mem_text_n(at + (key < n ? key + 1 : 0), key < n ? n - key - 1 : n);
        answer_text(&object, key < n ? name : "note", value);
        free(name);
        free(value);
        at += end == kept ? strlen(at) : n + strspn(at + n, " ");
    }
    char *json = mem_printf("{%s}", object.len ? object.text + 1 : "");
    answer_json(&out->object, "columns", json);
    strbuf_free(&object);
    free(json);
}

static void lines_field(const char *name, const char *lines, struct output *out)
{
    char *copy = mem_text(lines ? lines : ""), *rest = copy, *line;
    const char **items = mem_new(strlen(copy) + 1, sizeof *items);
    size_t n = 0;
    while ((line = strsep(&rest, "\n")))
        if (*line)
            items[n++] = line;
    answer_texts(&out->object, name, n, items);
    free(items);
    free(copy);
}

void tell_report(const struct cohort *cohort, struct output *out)
{
    const struct load_report *report = &cohort->report;
    const char **others = mem_new(cohort->n_columns + 1, sizeof *others);
    for (size_t i = 0; i < cohort->n_columns; i++)
        others[i] = cohort->columns[i].name;
    tell_cohort(cohort, out);
    output_field_text(out, "source", cohort->source);
    output_field_number(out, "rows", (double)report->n_rows);
    output_field_number(out, "no_choice", (double)report->n_no_choice);
    output_field_number(out, "no_reward", (double)report->n_no_reward);
    answer_flag(&out->object, "reward_half", report->reward_half);
    mapping_object(report->mapping, out);
    answer_texts(&out->object, "other_columns", cohort->n_columns, others);
    output_field_text(out, "sides", report->sides);
    lines_field("odd", report->notes, out);
    free(others);
}

const struct answer_row tell_fits_answer[] = {
    {"jobs", ANSWER_TABLE, .columns = view_jobs_columns},
    {0},
};

void tell_fits(struct session *session, size_t n, struct fit *const *fits, struct output *out)
{
    const struct scene *scene = session_scene(session);
    struct table table = {0};
    table_declare(&table, view_jobs_columns);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < scene->n_jobs; j++)
            if (strcmp(scene->jobs[j].name, fit_name(fits[i])) == 0)
                view_jobs_row(&scene->jobs[j], &table);
    answer_table(&out->object, "jobs", &table);
    table_free(&table);
}

const struct answer_row tell_model_answer[] = {
    {"model", .type = ANSWER_TEXT},
    {"rule", .type = ANSWER_TEXT},
    {"parameters", .type = ANSWER_COUNT},
    {0},
};

void tell_model(const char *name, const struct rule *rule, size_t parameters, struct output *out)
{
    output_field_text(out, "model", name);
    output_field_text(out, "rule", rule->name);
    output_field_number(out, "parameters", (double)parameters);
}

const struct answer_row tell_file_answer[] = {
    {"file", .type = ANSWER_TEXT},
    {0},
};
