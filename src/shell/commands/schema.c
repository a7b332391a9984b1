/* How one lab's tables are to be read: the options of a load, kept under a name in
 * XDG_CONFIG_HOME/deltaw/schemas, an option a line. */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "deltaw/base/infile.h"
#include "deltaw/base/mem.h"
#include "deltaw/base/outfile.h"
#include "../loading.h"

enum { LARGEST = 64 * 1024 };

/* The folder of schemas, or the file of one; NULL with an error without a home. */
static char *schema_path(const char *name, struct err *err)
{
    const char *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
    bool own = config && config[0] == '/';
    if (!own && !(home && home[0] == '/')) {
        err_set(err, ERR_FAILED, "schema: neither XDG_CONFIG_HOME nor HOME tells where to keep it");
        return NULL;
    }
    return mem_printf("%s%s/deltaw/schemas%s%s", own ? config : home, own ? "" : "/.config",
                      name ? "/" : "", name ? name : "");
}

/* In place of a name: load takes no schema. */
#define NO_SCHEMA "none"

static bool check_name(const char *name, int column, struct err *err)
{
    static const char letters[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
    if (strcmp(name, NO_SCHEMA) == 0)
        return err_at(err, ERR_USAGE, column, "schema: %s is the word for no schema; take another",
                      NO_SCHEMA);
    if (*name && strspn(name, letters) == strlen(name) && strlen(name) < 100)
        return true;
    return err_at(err, ERR_USAGE, column, "schema: '%.80s' is no name: letters, digits, _ and -",
                  name);
}

/* The folders above the file, where they are missing. */
static void make_folders(const char *path)
{
    char *copy = mem_text(path);
    for (char *p = copy + 1; *p; p++)
        if (*p == '/') {
            *p = '\0';
            mkdir(copy, 0700);
            *p = '/';
        }
    free(copy);
}

static void tell_options(const char *name, const struct args *args, struct output *out)
{
    struct strbuf options = {0};
    for (size_t i = 0; i < args->n; i++)
        answer_text(&options, args->items[i].name, args->items[i].value);
    char *json = mem_printf("{%s}", options.len ? options.text + 1 : "");
    output_field_text(out, "schema", name);
    answer_json(&out->object, "options", json);
    strbuf_free(&options);
    free(json);
}

static bool schema_save(struct session *session, const char *name, struct output *out,
                        struct err *err)
{
    if (session->loaded.n == 0)
        return err_set(err, ERR_FAILED,
                       "schema save: no load with options came before; load a log "
                       "with the options that it needs");
    char *path = schema_path(name, err);
    if (!path)
        return false;
    struct strbuf text = {0};
    for (size_t i = 0; i < session->loaded.n; i++)
        strbuf_printf(&text, "%s=%s\n", session->loaded.items[i].name,
                      session->loaded.items[i].value);
    make_folders(path);
    bool fine = outfile_write(path, text.text, text.len, err);
    if (fine) {
        output_say(out, "%s keeps %zu option%s of load; `schema use %s` takes them up", name,
                   session->loaded.n, session->loaded.n == 1 ? "" : "s", name);
        tell_options(name, &session->loaded, out);
    }
    strbuf_free(&text);
    free(path);
    return fine;
}

/* A line "option=value" of a file; others are refused. */
static bool take_line(struct args *args, const char *line, const char *path, struct err *err)
{
    const char *sign = strchr(line, '=');
    char *name = sign ? mem_text_n(line, (size_t)(sign - line)) : mem_text(line);
    bool known = sign && option_find(loading_table, name);
    if (known)
        args_set(args, name, sign + 1, 0);
    else
        err_set(err, ERR_DATA, "%s: '%.80s' is no option of load", path, line);
    free(name);
    return known;
}

static bool read_schema(const char *path, struct args *args, struct err *err)
{
    size_t n;
    struct err why = {0};
    char *text = infile_text(path, LARGEST, &n, &why), *next = text;
    bool fine =
        text || err_set(err, ERR_FAILED, "%s; `schema` lists those that are kept", why.message);
    for (char *line; fine && (line = strsep(&next, "\n"));)
        fine = !*line || take_line(args, line, path, err);
    free(text);
    return fine;
}

static bool schema_use(struct session *session, const char *name, struct output *out,
                       struct err *err)
{
    struct args args = {0};
    if (strcmp(name, NO_SCHEMA) != 0) {
        char *path = schema_path(name, err);
        bool fine = path && read_schema(path, &args, err) &&
                    args_check(&args, loading_table, 0, "schema", err);
        free(path);
        if (!fine) {
            args_free(&args);
            return false;
        }
    }
    args_free(&session->schema);
    session->schema = args;
    struct strbuf text = {0};
    for (size_t i = 0; i < args.n; i++)
        strbuf_printf(&text, " %s=%s", args.items[i].name, args.items[i].value);
    output_say(out,
               args.n ? "load goes on with%s, unless told otherwise" : "load takes no schema%s",
               strbuf_text(&text));
    tell_options(name, &args, out);
    strbuf_free(&text);
    return true;
}

static const struct column schema_columns[] = {{"schema", .type = COLUMN_TEXT}, {0}};

static bool schema_list(struct output *out, struct err *err)
{
    char *path = schema_path(NULL, err);
    if (!path)
        return false;
    DIR *d = opendir(path);
    struct table table = {0};
    table_declare(&table, schema_columns);
    for (struct dirent *e; d && (e = readdir(d));)
        if (check_name(e->d_name, 0, NULL)) {
            table_row(&table);
            table_text(&table, 0, e->d_name);
        }
    if (d)
        closedir(d);
    table_sort(&table, 0, true);
    if (table.n_rows || out->mode == OUTPUT_JSON)
        output_table(out, "schemas", &table);
    else
        output_say(out, "no schema is kept; `schema save NAME` keeps the options of the last load");
    table_free(&table);
    free(path);
    return true;
}

static bool schema_run(struct session *session, const struct args *args, struct output *out,
                       struct err *err)
{
    const char *verb = args_at(args, 0), *name = args_at(args, 1);
    if (!verb)
        return schema_list(out, err);
    bool save = strcmp(verb, "save") == 0;
    if ((!save && strcmp(verb, "use") != 0) || !name)
        return err_at(err, ERR_USAGE, args->items[0].column,
                      "schema: write schema save NAME, schema use NAME, or schema alone");
    bool none = !save && strcmp(name, NO_SCHEMA) == 0;
    if (!none && !check_name(name, args->items[1].column, err))
        return false;
    return save ? schema_save(session, name, out, err) : schema_use(session, name, out, err);
}

static const struct answer_row schema_answer[] = {
    {"schemas", .type = ANSWER_TABLE, .columns = schema_columns, .sometimes = true},
    {"schema", .type = ANSWER_TEXT, .sometimes = true, .meaning = "that was kept or taken up"},
    {"options", .type = ANSWER_OBJECT, .sometimes = true, .meaning = "of load"},
    {0},
};

const struct command command_schema = {
    .name = "schema",
    .group = GROUP_DATA,
    .arguments = "[save|use NAME]",
    .summary = "keep the options of a load under a name, and use them again",
    .detail = "save keeps the options that the last load or watch was given; use makes them those "
              "of every load from then on, unless the load gives others; `schema use none` ends "
              "that.  Without words the names that are kept are listed.  They are files in "
              "XDG_CONFIG_HOME/deltaw/schemas, an option a line.",
    .examples = "schema",
    .positional_type = OPTION_TEXT,
    .first_words = "save|use",
    .positional_max = 2,
    .answer = schema_answer,
    .run = schema_run,
};
