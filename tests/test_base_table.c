/* base: tables as text, CSV and JSON. */
#include "deltaw/base/answer.h"
#include "deltaw/base/table.h"
#include "deltaw/base/utf8.h"
#include "tap.h"

static void is_print(const struct table *t, int width, const char *want, const char *what)
{
    struct strbuf out = {0};
    table_print(t, width, &out);
    tap_is_text(strbuf_text(&out), want, "%s", what);
    bool fits = true;
    char *save;
    for (char *text = out.text, *line; (line = strtok_r(text, "\n", &save)); text = NULL)
        fits &= width == 0 || utf8_width(line) <= width;
    tap_ok(fits, "%s: no line is wider than %d", what, width);
    strbuf_free(&out);
}

static struct table animals(void)
{
    struct table t = {0};
    table_column(&t, "animal", COLUMN_TEXT, 0);
    table_column(&t, "trials", COLUMN_COUNT, 0);
    table_column(&t, "loss", COLUMN_NUMBER, 4);
    table_column(&t, "note", COLUMN_TEXT, 0);
    table_row(&t);
    table_text(&t, 0, "DAP014");
    table_number(&t, 1, 12345);
    table_number(&t, 2, .50314159265358979);
    table_text(&t, 3, "a long note, with a comma");
    table_row(&t);
    table_text(&t, 0, "中文e\xcc\x81");
    table_number(&t, 1, 7);
    table_text(&t, 3, "x");
    table_row(&t);
    table_number(&t, 2, -1e-7);
    return t;
}

static void test_print(void)
{
    struct table t = animals();
    is_print(&t, 0,
             "animal  trials    loss  note\n"
             "DAP014  12,345  0.5031  a long note, with a comma\n"
             "中文e\xcc\x81        7       -  x\n"
             "             -  -1e-07\n",
             "columns aligned");
    is_print(&t, 80,
             "animal  trials    loss  note\n"
             "DAP014  12,345  0.5031  a long note, with a comma\n"
             "中文e\xcc\x81        7       -  x\n"
             "             -  -1e-07\n",
             "a wide screen changes nothing");
    is_print(&t, 36,
             "animal  trials    loss  note\n"
             "DAP014  12,345  0.5031  a long note…\n"
             "中文e\xcc\x81        7       -  x\n"
             "             -  -1e-07\n",
             "a text column is cut");
    is_print(&t, 26,
             "ani…  trials    loss  note\n"
             "DAP…  12,345  0.5031  a l…\n"
             "中…        7       -  x\n"
             "           -  -1e-07\n",
             "narrow: the numbers stay whole");
    is_print(&t, 16,
             "an…  trials  …\n"
             "DA…  12,345  …\n"
             "中…       7  …\n"
             "          -  …\n",
             "narrower: a mark for the columns that have no room");
    is_print(&t, 5, "an…\nDA…\n中…\n\n", "five cells");
    is_print(&t, 1, "…\n…\n…\n\n", "one cell");
    table_free(&t);
    tap_ok(!t.columns && !t.cells && !t.n_rows, "table_free empties");
    struct table none = {0};
    is_print(&none, 80, "\n", "no columns");
}

static void test_hostile(void)
{
    struct table t = {0};
    table_column(&t, "na\nme", COLUMN_TEXT, 0);
    table_row(&t);
    table_text(&t, 0, "\033[2J\xff");
    table_text(&t, 0, "\033]0;x\007\xff");
    is_print(&t, 0, "na\\x0ame\n\\x1b]0;x\\x07\\xff\n", "control characters are made safe");
    table_free(&t);
}

static void test_machines(void)
{
    struct table t = animals();
    struct strbuf out = {0};
    table_csv(&t, &out);
    tap_is_text(strbuf_text(&out),
                "animal,trials,loss,note\n"
                "DAP014,12345,0.503141593,\"a long note, with a comma\"\n"
                "中文e\xcc\x81,7,,x\n"
                ",,-1e-07,\n",
                "CSV");
    strbuf_reset(&out);
    table_json(&t, &out);
    tap_is_text(strbuf_text(&out),
                "[{\"animal\": \"DAP014\", \"trials\": 12345, \"loss\": 0.5031415926535898, "
                "\"note\": \"a long note, with a comma\"}, "
                "{\"animal\": \"中文e\xcc\x81\", \"trials\": 7, \"loss\": null, \"note\": \"x\"}, "
                "{\"animal\": \"\", \"trials\": null, \"loss\": -1e-07, \"note\": \"\"}]",
                "JSON");
    table_free(&t);
    strbuf_reset(&out);
    table_column(&t, "bin", COLUMN_COUNT, 0);
    table_each(&t, "by_animal", "Mäx \"B\"", COLUMN_NUMBER, 4);
    table_each(&t, "by_animal", "bin", COLUMN_NUMBER, 4);
    table_each(&t, "by_rule", "dnn hidden=4", COLUMN_NUMBER, 4);
    table_add(&t, 0, NULL, 4, (double[]){1, .5, NAN, 2});
    table_json(&t, &out);
    tap_is_text(strbuf_text(&out),
                "[{\"bin\": 1, \"by_animal\": [{\"name\": \"Mäx \\\"B\\\"\", \"value\": 0.5}, "
                "{\"name\": \"bin\", \"value\": null}], "
                "\"by_rule\": [{\"name\": \"dnn hidden=4\", \"value\": 2}]}]",
                "JSON of columns whose names are data");
    strbuf_reset(&out);
    table_csv(&t, &out);
    tap_is_text(strbuf_text(&out), "bin,\"Mäx \"\"B\"\"\",by_animal:bin,dnn hidden=4\n1,0.5,,2\n",
                "and CSV, where no two columns have one name");
    table_free(&t);
    strbuf_reset(&out);
    table_column(&t, "only", COLUMN_COUNT, 0);
    table_row(&t);
    table_row(&t);
    table_number(&t, 0, 9007199254740991.);
    table_csv(&t, &out);
    tap_is_text(strbuf_text(&out), "only\n\"\"\n9007199254740991\n",
                "a row of one empty field is no empty line, a count has all its digits");
    strbuf_reset(&out);
    table_free(&t);
    table_json(&t, &out);
    tap_is_text(strbuf_text(&out), "[]", "JSON of no table");
    strbuf_free(&out);
}

static void test_many(void)
{
    struct table t = {0};
    table_column(&t, "i", COLUMN_COUNT, 0);
    table_column(&t, "name", COLUMN_TEXT, 0);
    for (int i = 0; i < 20000; i++) {
        char name[16];
        snprintf(name, sizeof name, "n%d", i);
        table_row(&t);
        table_number(&t, 0, i);
        table_text(&t, 1, name);
    }
    bool kept = true;
    for (int i = 0; i < 20000; i++)
        kept &= t.cells[i * 2].number == i && atoi(t.cells[i * 2 + 1].text + 1) == i;
    tap_ok(kept && t.n_rows == 20000, "20,000 rows are kept");
    table_free(&t);
}

static void test_sort(void)
{
    static const struct {
        const char *name;
        double value;
    } rows[] = {{"b", 2}, {"c", NAN}, {"a", 3}, {"d", 2}};
    struct table t = {0};
    struct strbuf order = {0};
    table_sort(&t, 0, false);
    table_column(&t, "name", COLUMN_TEXT, 0);
    table_column(&t, "value", COLUMN_NUMBER, 3);
    for (size_t i = 0; i < 4; i++) {
        table_row(&t);
        table_text(&t, 0, rows[i].name);
        table_number(&t, 1, rows[i].value);
    }
    for (int by = 0; by < 3; by++) {
        table_sort(&t, by > 0, by == 2);
        for (size_t i = 0; i < 4; i++)
            strbuf_puts(&order, t.cells[i * 2].text);
        strbuf_putc(&order, ' ');
    }
    tap_is_text(order.text, "abcd bdac abdc ",
                "sorted by name, from the least, from the most; missing last, equal as before");
    strbuf_free(&order);
    table_free(&t);
}

static void test_rows(void)
{
    struct table t = {0};
    struct strbuf out = {0};
    table_columns(&t, "animal|note", COLUMN_TEXT, 0);
    table_columns(&t, "trials|sessions", COLUMN_COUNT, 0);
    table_column(&t, "side", COLUMN_TEXT, 0);
    table_add(&t, 3, (const char *[]){"a", NULL, "left"}, 2, (double[]){3, 1});
    table_add(&t, 1, (const char *[]){"b"}, 1, (double[]){4});
    table_csv(&t, &out);
    tap_is_text(out.text, "animal,note,trials,sessions,side\na,,3,1,left\nb,,4,,\n",
                "several columns of a type, whole rows, and the beginning of one");
    strbuf_free(&out);
    table_free(&t);
}

/* One declaration: what people read, and what programs do. */
static void test_declared(void)
{
    static const struct column columns[] = {
        {"rule_name", COLUMN_TEXT, .once = true},
        {"use", COLUMN_FLAG, .heading = ""},
        {"held_out", COLUMN_FIXED, 2, .optional = true, .rank = 1},
        {"ms_per_epoch", COLUMN_NUMBER, 3, .heading = "ms/epoch", .rank = 2},
        {"value", COLUMN_MEASURED, .heading = "value"},
        {"error", COLUMN_NUMBER, .seen = SEEN_DATA},
        {"seconds_left", COLUMN_SECONDS, .heading = "ETA"},
        {"shape", COLUMN_TEXT, .seen = SEEN_PEOPLE},
        {0},
    };
    struct table t = {0}, copy = {0};
    struct strbuf out = {0};
    table_declare(&t, columns);
    table_add(&t, 2, (const char *[]){"dnn", "2 x 3"}, 6, (double[]){1, NAN, 4, .031, .0042, 120});
    table_add(&t, 2, (const char *[]){"dnn", "4"}, 6, (double[]){0, NAN, 40, .5, 0, NAN});
    table_print(&t, 80, &out);
    tap_is_text(out.text,
                "rule name     ms/epoch  value             ETA  shape\n"
                "dnn        *         4  .0310 +- .0042  2 min  2 x 3\n"
                "                    40  0.5 held            -  4\n",
                "people see headings, words for seconds, a text once, and no empty column");
    strbuf_reset(&out);
    table_print(&t, 45, &out);
    tap_is_text(out.text,
                "rule name     value             ETA  shape\n"
                "dnn        *  .0310 +- .0042  2 min  2 x 3\n"
                "              0.5 held            -  4\n",
                "where it is narrow what has a rank goes");
    strbuf_reset(&out);
    table_copy(&t, &copy);
    table_csv(&copy, &out);
    tap_is_text(out.text,
                "rule_name,use,held_out,ms_per_epoch,value,error,seconds_left\n"
                "dnn,1,,4,0.031,0.0042,120\ndnn,0,,40,0.5,0,\n",
                "programs get keys, all numbers, and nothing that is for people");
    strbuf_reset(&out);
    table_json(&copy, &out);
    tap_ok(strstr(out.text, "\"use\": true, \"held_out\": null,") && !strstr(out.text, "shape"),
           "JSON has true and false: %s", out.text);
    strbuf_free(&out);
    table_free(&t);
    table_free(&copy);
}

static void test_answers(void)
{
    static const struct column columns[] = {{"n", COLUMN_COUNT, .meaning = "how many"}, {0}};
    static const struct answer_row more[] = {{"loss", ANSWER_NUMBER, .sometimes = true}, {0}};
    static const struct answer_row rows[] = {
        {"name", .type = ANSWER_TEXT},
        ANSWER_ALSO(more),
        {"rows", ANSWER_TABLE, .columns = columns},
        {0},
    };
    struct strbuf out = {0}, required = {0};
    answer_text(&out, "name", NULL);
    answer_number(&out, "loss", NAN);
    answer_texts(&out, "all", 2, (const char *[]){"a", "b\""});
    answer_numbers(&out, "none", 0, NULL);
    answer_json(&out, "object", "{\"a\":\n1}");
    tap_is_text(out.text,
                ",\"name\":null,\"loss\":null,\"all\":[\"a\",\"b\\\"\"],\"none\":[],"
                "\"object\":{\"a\": 1}",
                "fields, on one line");
    strbuf_reset(&out);
    answer_schema(rows, &out, &required);
    tap_is_text(required.text, ",\"name\",\"rows\"", "keys that are always there");
    tap_ok(strstr(out.text, "\"loss\":{\"type\":[\"number\",\"null\"]}") &&
               strstr(out.text,
                      "\"n\":{\"type\":[\"integer\",\"null\"],\"description\":\"how many\"}"),
           "the schema of fields and columns: %s", out.text);
    strbuf_free(&out);
    strbuf_free(&required);
}

int main(void)
{
    test_declared();
    test_answers();
    test_rows();
    test_print();
    test_hostile();
    test_machines();
    test_many();
    test_sort();
    return tap_done();
}
