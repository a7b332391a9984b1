#include "../state.h"

static void set_table(const struct session *session, struct output *out)
{
    struct table table = {0};
    table_columns(&table, "setting|value|default|values|meaning", COLUMN_TEXT, 0);
    for (const struct option_row *o = setting_options; o->name; o++) {
        struct strbuf range = {0};
        option_range(o, &range);
        const char *value = session_setting(session, o->name);
        table_add(&table, 5,
                  (const char *[]){o->name, value, o->fallback, strbuf_text(&range), o->text}, 0,
                  NULL);
        strbuf_free(&range);
    }
    if (out->mode != OUTPUT_TEXT)
        output_table(out, "settings", &table);
    struct strbuf text = {0};
    for (size_t i = 0; i < table.n_rows && out->mode == OUTPUT_TEXT; i++) {
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
    if (args->n == 0)
        set_table(session, out);
    for (size_t i = 0; i < args->n; i++)
        if (!settings_set(session, args->items[i].name, args->items[i].value, err))
            return false;
    return true;
}

const struct command command_set = {
    .name = "set",
    .group = GROUP_ELSE,
    .arguments = "[NAME=VALUE]...",
    .summary = "change a setting, or list them all",
    .detail = "Settings last until the program ends; put them into the rc file to keep them.",
    .examples = "set\nset seed=7\nset support=0 background=dark",
    .options = setting_options,
    .run = set_run,
};
