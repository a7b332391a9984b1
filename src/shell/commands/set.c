#include "../state.h"

static const struct column setting_columns[] = {
    {"setting", .type = COLUMN_TEXT}, {"value", .type = COLUMN_TEXT},
    {"default", .type = COLUMN_TEXT}, {"values", .type = COLUMN_TEXT},
    {"meaning", .type = COLUMN_TEXT}, {0},
};

/* All of them, or those that were set, which people know. */
static void set_tell(const struct session *session, const struct args *args, struct output *out)
{
    struct table table = {0};
    table_declare(&table, setting_columns);
    for (const struct option_row *o = setting_options; o->name; o++) {
        if (args->n > 0 && !args_given(args, o->name))
            continue;
        struct strbuf range = {0};
        option_range(o, &range);
        const char *value = session_setting(session, o->name);
        table_add(&table, 5,
                  (const char *[]){o->name, value, o->fallback, strbuf_text(&range), o->text}, 0,
                  NULL);
        strbuf_free(&range);
    }
    if (args->n > 0)
        answer_table(&out->object, "settings", &table);
    else
        output_data(out, "settings", &table);
    struct strbuf text = {0};
    for (size_t i = 0; i < table.n_rows && args->n == 0 && out->mode == OUTPUT_TEXT; i++) {
        const struct table_cell *cell = &table.cells[i * table.n_columns];
        strbuf_printf(&text, "%s=%s\n    %s; %s\n", cell[0].text, cell[1].text, cell[4].text,
                      cell[3].text);
    }
    if (text.len > 0)
        output_block(out, text.text);
    strbuf_free(&text);
    table_free(&table);
}

static bool set_run(struct session *session, const struct args *args, struct output *out,
                    struct err *err)
{
    for (size_t i = 0; i < args->n; i++)
        if (!session_set(session, args->items[i].name, args->items[i].value, err))
            return false;
    set_tell(session, args, out);
    return true;
}

static const struct answer_row set_answer[] = {
    {"settings", .type = ANSWER_TABLE, .columns = setting_columns},
    {0},
};

const struct command command_set = {
    .name = "set",
    .group = GROUP_ELSE,
    .arguments = "[NAME=VALUE]...",
    .summary = "change a setting, or list them all",
    .detail = "Settings last until the program ends; put them into the rc file to keep them.",
    .examples = "set\nset seed=7\nset support=0 background=dark",
    .options = setting_options,
    .answer = set_answer,
    .run = set_run,
};
