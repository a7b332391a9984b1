/* The schema of what commands answer with --json, from the rows they declare. */
#include <jansson.h>
#include <stdlib.h>

#include "deltaw/shell/help.h"
#include "state.h"

const struct answer_row answer_none[] = {{0}};

/* What every answer may have. */
static const struct answer_row answer_all[] = {
    {"command", ANSWER_TEXT, .meaning = "the line as it was typed"},
    {"text", ANSWER_TEXT, .sometimes = true, .meaning = "what people read"},
    {"seconds_taken", ANSWER_NUMBER, .sometimes = true, .meaning = "with set timing=on"},
    {0},
};

static void verb_schema(const struct command *command, struct strbuf *out)
{
    struct strbuf properties = {0}, required = {0};
    answer_schema(answer_all, &properties, &required);
    if (command_answer(command))
        answer_schema(command_answer(command), &properties, &required);
    strbuf_json_text(out, command->name);
    strbuf_puts(out, ":{");
    strbuf_puts(out, "\"type\":\"object\"");
    answer_text(out, "description", command->summary);
    strbuf_puts(out, ",\"properties\":{\"verb\":{\"const\":");
    strbuf_json_text(out, command->name);
    strbuf_printf(out,
                  "},\"ok\":{\"const\":true}%s},\"required\":[\"verb\",\"ok\"%s],"
                  "\"additionalProperties\":false}",
                  strbuf_text(&properties), strbuf_text(&required));
    strbuf_free(&properties);
    strbuf_free(&required);
}

bool help_schema(struct strbuf *out)
{
    struct strbuf verbs = {0}, choices = {0};
    bool whole = true;
    for (size_t i = 0; command_at(i); i++) {
        whole = whole && command_answer(command_at(i));
        strbuf_puts(&verbs, i ? "," : "");
        verb_schema(command_at(i), &verbs);
        strbuf_printf(&choices, "{\"$ref\":\"#/$defs/%s\"},", command_at(i)->name);
    }
    strbuf_puts(&verbs,
                ",\"failed\":{\"type\":\"object\",\"description\":\"a command that failed\","
                "\"properties\":{\"command\":{\"type\":\"string\"},\"ok\":{\"const\":false},"
                "\"error\":{\"type\":\"string\"},\"code\":{\"type\":\"integer\",\"description\":"
                "\"what the program exits with\"},\"column\":{\"type\":\"integer\"},"
                "\"source\":{\"type\":[\"string\",\"null\"]},\"line\":{\"type\":\"integer\"}},"
                "\"required\":[\"command\",\"ok\",\"error\",\"code\",\"source\",\"line\"]}");
    struct strbuf text = {0};
    strbuf_printf(&text,
                  "{\"$schema\":\"https://json-schema.org/draft/2020-12/schema\","
                  "\"title\":\"answers of deltaw --json, an object a line and command\","
                  "\"oneOf\":[%s{\"$ref\":\"#/$defs/failed\"}],\"$defs\":{%s}}",
                  strbuf_text(&choices), strbuf_text(&verbs));
    json_t *schema = json_loads(strbuf_text(&text), 0, NULL);
    char *pretty = schema ? json_dumps(schema, JSON_INDENT(1)) : NULL;
    strbuf_puts(out, pretty ? pretty : "");
    strbuf_putc(out, '\n');
    free(pretty);
    json_decref(schema);
    strbuf_free(&text);
    strbuf_free(&verbs);
    strbuf_free(&choices);
    return whole && schema;
}
