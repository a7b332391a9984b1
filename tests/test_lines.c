/* Lines of plain and packed files, CSV records. */
#include <stdint.h>
#include <sys/stat.h>
#include <unistd.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/rng.h"
#include "deltaw/base/strbuf.h"
#include "gz.h"
#include "lines.h"
#include "names.h"
#include "source.h"
#include "tap.h"

static char folder[] = "/tmp/deltaw-lines-XXXXXX";
static char path[256];

static void spit(const void *bytes, size_t n)
{
    FILE *f = fopen(path, "wb");
    if (!f || fwrite(bytes, 1, n, f) != n || fclose(f) != 0)
        tap_ok(false, "cannot write %s", path);
}

static void pack(const char *text, size_t n, struct strbuf *out)
{
    struct gz_out *gz = gz_out_new();
    gz_out_write(gz, text, n, out);
    gz_out_finish(gz, out);
}

static bool start(struct lines *lines, struct err *err)
{
    struct gz_in *gz = gz_open(path, NULL, NULL, err);
    if (!gz)
        return false;
    lines_start(lines, gz, path);
    return true;
}

static void stop(struct lines *lines)
{
    gz_close(lines->gz);
    lines_stop(lines);
}

/* All lines of the file, each followed by '|'; then the error, if any. */
static char *all_lines(void)
{
    struct strbuf out = {0};
    struct lines lines;
    struct err err = {0};
    enum lines_got got = LINES_END;
    if (start(&lines, &err)) {
        char *text;
        size_t n;
        while ((got = lines_next(&lines, &text, &n, &err)) == LINES_LINE) {
            if (text[n] != '\0')
                strbuf_puts(&out, "(no NUL)");
            strbuf_add(&out, text, n);
            strbuf_putc(&out, '|');
        }
        stop(&lines);
    }
    if (err.code != ERR_NONE)
        strbuf_puts(&out, err.message +
                              (strncmp(err.message, path, strlen(path)) == 0 ? strlen(path) : 0));
    strbuf_puts(&out, "");
    return out.text ? strbuf_take(&out) : mem_text("");
}

static void check_lines(const char *bytes, size_t n, const char *want, const char *what)
{
    spit(bytes, n);
    char *got = all_lines();
    tap_is_text(got, want, "%s", what);
    free(got);
    struct strbuf packed = {0};
    pack(bytes, n, &packed);
    spit(packed.text, packed.len);
    got = all_lines();
    tap_is_text(got, want, "%s, packed", what);
    free(got);
    strbuf_free(&packed);
}

static void test_plain(void)
{
    static const struct {
        const char *text, *want, *what;
    } cases[] = {
        {"a\nb\n", "a|b|", "lines"},
        {"a\nb", "a|b|", "no newline at the end"},
        {"a\r\nb\r\n", "a|b|", "CRLF"},
        {"a\r\nb\r", "a|b|", "CR at the end"},
        {"a\n\n\nb\n", "a|||b|", "empty lines are lines"},
        {"\xef\xbb\xbf"
         "a\nb\n",
         "a|b|", "a byte order mark"},
        {"\xef\xbb\xbf", "", "nothing but a mark"},
        {"\n", "|", "one empty line"},
        {"", "", "nothing"},
        {"a\rb\n", "a\rb|", "CR inside a line stays"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        check_lines(cases[i].text, strlen(cases[i].text), cases[i].want, cases[i].what);
    static const char nul[] = "a\nb\0c\nd\n";
    check_lines(nul, sizeof nul - 1,
                "a|:2: there is a NUL byte here: this is not a text file, or not UTF-8",
                "a NUL byte");
}

static void test_long(void)
{
    size_t n = LINES_LIMIT;
    char *text = mem_resize(NULL, n + 8, 1);
    memset(text, 'x', n + 8);
    text[0] = '\n';
    text[n + 1] = '\n';
    spit(text, n + 2);
    struct lines lines;
    struct err err = {0};
    char *line;
    size_t length = 0;
    start(&lines, &err);
    lines_next(&lines, &line, &length, &err);
    tap_ok(lines_next(&lines, &line, &length, &err) == LINES_LINE && length == n,
           "a line of 1 MiB is read");
    stop(&lines);
    text[n + 1] = 'x';
    text[n + 2] = '\n';
    for (int newline = 0; newline < 2; newline++) {
        spit(text, newline ? n + 3 : n + 2);
        start(&lines, &err);
        lines_next(&lines, &line, &length, &err);
        tap_ok(lines_next(&lines, &line, &length, &err) == LINES_ERROR &&
                   strstr(err.message, ":2: the line is longer than 1 MiB"),
               "one byte more is refused%s: %s", newline ? "" : ", also at the end", err.message);
        err_clear(&err);
        stop(&lines);
    }
    free(text);
}

/* Many lines of many lengths, so that every place of the buffer is a border. */
static void test_many(void)
{
    struct strbuf text = {0}, packed = {0};
    struct rng rng = rng_stream(7, RNG_TEST, 0, 0);
    enum { N = 60000 };
    uint32_t *length = mem_new(N, sizeof *length);
    for (size_t i = 0; i < N; i++) {
        length[i] = i % 1000 ? rng_below(&rng, 60) : 100000 + rng_below(&rng, 100000);
        strbuf_fill(&text, (char)('a' + i % 26), length[i]);
        strbuf_puts(&text, i % 3 ? "\n" : "\r\n");
    }
    /* Members of 100,000 bytes: gzip as bgzip and `cat a.gz b.gz` make it. */
    for (size_t at = 0; at < text.len; at += 100000)
        pack(text.text + at, text.len - at < 100000 ? text.len - at : 100000, &packed);
    for (int gz = 0; gz < 2; gz++) {
        spit(gz ? packed.text : text.text, gz ? packed.len : text.len);
        struct lines lines;
        struct err err = {0};
        char *line;
        size_t n, i = 0;
        bool fine = start(&lines, &err);
        for (; lines_next(&lines, &line, &n, &err) == LINES_LINE; i++)
            fine = fine && i < N && n == length[i] &&
                   (n == 0 || (line[0] == (char)('a' + i % 26) && line[n - 1] == line[0]));
        tap_ok(fine && i == N && lines.line == N && err.code == ERR_NONE,
               "%d lines over many buffers%s %s", N, gz ? ", many gzip members" : "", err.message);
        tap_ok(gz_position(lines.gz) == (gz ? packed.len : text.len),
               "the position is the file's size at the end");
        stop(&lines);
    }
    strbuf_free(&text);
    strbuf_free(&packed);
    free(length);
}

static void test_gzip(void)
{
    struct strbuf packed = {0}, again = {0};
    pack("a\nb\n", 4, &packed);
    pack("a\nb\n", 4, &again);
    tap_ok(packed.len == again.len && memcmp(packed.text, again.text, packed.len) == 0 &&
               memcmp(packed.text + 3, "\0\0\0\0\0", 5) == 0,
           "no time and no name in the header");
    size_t n = packed.len;
    for (size_t cut = 2; cut < n; cut++) {
        spit(packed.text, cut);
        char *got = all_lines();
        if (!strstr(got, "ends early"))
            tap_ok(false, "a cut at %zu is noticed, not: %s", cut, got);
        free(got);
    }
    spit(packed.text, n - 9);
    char *got = all_lines();
    tap_ok(strstr(got, ":1: ") || strstr(got, "|:3: the gzip data ends early"),
           "a cut is told with its line: %s", got);
    free(got);

    strbuf_fill(&packed, '\0', 700);
    spit(packed.text, packed.len);
    got = all_lines();
    tap_is_text(got, "a|b|", "zeros behind the data are padding");
    free(got);
    strbuf_cut(&packed, n);
    strbuf_puts(&packed, "garbage");
    spit(packed.text, packed.len);
    got = all_lines();
    tap_ok(strstr(got, "a|b|:3: bytes that are not gzip follow"), "garbage behind: %s", got);
    free(got);
    strbuf_cut(&packed, n);
    packed.text[n - 5] ^= 1; /* the checksum */
    spit(packed.text, packed.len);
    got = all_lines();
    tap_ok(strstr(got, "damaged"), "a wrong checksum: %s", got);
    free(got);

    strbuf_reset(&packed);
    pack("a\n", 2, &packed);
    pack("", 0, &packed);
    pack("b", 1, &packed);
    pack("c\n", 2, &packed);
    spit(packed.text, packed.len);
    got = all_lines();
    tap_is_text(got, "a|bc|", "a line may go over two members, and one may be empty");
    free(got);
    strbuf_free(&packed);
    strbuf_free(&again);
}

static void test_others(void)
{
    static const struct {
        const char *bytes;
        size_t n;
        const char *says;
    } cases[] = {{"PK\3\4xxxxxx", 10, "spreadsheet"},
                 {"\xfd"
                  "7zXZ\0xxx",
                  9, "damaged or cut off"},
                 {"BZh91AY&SY", 10, "cut off"},
                 {"\x28\xb5\x2f\xfdxxxx", 8, "damaged or cut off"},
                 {"\x93NUMPY\1\0", 8, ".npy"},
                 {"\x89HDF\r\n\x1a\n", 8, "HDF5"},
                 {"MATLAB 5.0", 10, "MATLAB"},
                 {"PAR1xxxx", 8, "Parquet"},
                 {"\xff\xfe"
                  "a\0",
                  4, "UTF-16"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct log_source source;
        struct load_options options = {0};
        struct err err = {0};
        spit(cases[i].bytes, cases[i].n);
        bool opened =
            source_open(&source, &(struct input){.path = path, .name = path}, &options, &err);
        tap_ok(!opened && strstr(err.message, cases[i].says), "%s", err.message);
    }
}

/* Fields of every record, '<' and '>' around each. */
static void check_csv(const char *text, const char *want, const char *what)
{
    struct strbuf out = {0};
    struct log_source csv;
    struct load_options options = {.format = "csv"};
    struct err err = {0};
    spit(text, strlen(text));
    if (source_open(&csv, &(struct input){.path = path, .name = path}, &options, &err)) {
        while (source_next(&csv, &err) == LOG_ROW) {
            strbuf_printf(&out, "%zu", csv.row);
            for (size_t i = 0; i < csv.n_columns; i++)
                strbuf_printf(&out, "<%s>",
                              strlen(csv.cells[i].text) == csv.cells[i].n ? csv.cells[i].text
                                                                          : "(length)");
        }
        source_close(&csv);
    }
    if (err.code != ERR_NONE)
        strbuf_puts(&out, err.message + strlen(path));
    tap_is_text(strbuf_text(&out), want, "%s", what);
    strbuf_free(&out);
}

static void test_csv(void)
{
    check_csv("a,b\n1,2\n3,4\n", "2<1><2>3<3><4>", "records");
    check_csv("a\tb\n1\t2,5\n", "2<1><2,5>", "tabs");
    check_csv("a;b\n1;2,5\n", "2<1><2,5>", "semicolons");
    check_csv("\"a;b\",c\n1,2\n", "2<1><2>", "separators in quotes do not count");
    check_csv("a,b\n,\n", "2<><>", "empty fields");
    check_csv("a,b\n 1 ,\t2\n", "2<1><2>", "blanks are cut off");
    check_csv("a,b\n\"x,y\",\"he said \"\"no\"\"\"\n", "2<x,y><he said \"no\">", "quotes");
    check_csv("a,b\n\"x\ny\",1\n\n2,3\n", "2<x\ny><1>5<2><3>",
              "a newline in quotes; an empty line is skipped; lines are counted");
    check_csv("a,b\n\"x\r\n\r\ny\",1\n2,3\n", "2<x\n\ny><1>5<2><3>", "several, and CRLF");
    check_csv("a,b\n\"\",\"\"\n", "2<><>", "empty quotes");
    check_csv("a,b\n5\" disk,1\n", "2<5\" disk><1>", "a quote inside a field is a letter");
    check_csv("a,b\n\"x\"y,1\n", ":2: text follows a closing quote", "text behind a quote");
    check_csv("a,b\n1,2\n\"x,1\n2,3\n", "2<1><2>:3: a quote opened here is never closed",
              "a quote that is not closed");
    check_csv("a,b\n1\n", ":2: 1 field, but the header names 2 columns", "too few fields");
    check_csv("a,b\n4,2,3\n", ":2: 3 fields, but the header names 2 columns", "too many");
    check_csv("a,b\n4,2\n1,2,3\n", "2<4><2>:3: 3 fields, but the header names 2 columns",
              "too many in a later row");
    check_csv("a,b\n1,0,5\n2,0,5\n", ":2: 3 fields, but the header names 2 columns",
              "no quotes: it may be a decimal comma");
    check_csv("a b\n1 2 3\n2 4 5\n", "2<2><3>3<4><5>", "between blanks none is needed");
    check_csv("a,b\n\"1\",2,3\n\"2\",4,5\n", "2<2><3>3<4><5>", "numbers of rows, as R writes them");
    check_csv("a,b\n\"1\",2,3\n2,4\n",
              "2<2><3>:3: 2 fields, but the header names 2 columns, and rows before have their "
              "number in front",
              "not in every row");
    check_csv("a,b\n\"1\",2,3\n\"2\",4,5,6\n",
              "2<2><3>:3: 4 fields, but the header names 2 columns, and rows before have their "
              "number in front",
              "numbers of rows, and too many");
    check_csv("a,b\n1,2,\n3,4\n", "2<1><2>3<3><4>", "a separator at the end of some rows");
    check_csv("", ":1: the file is empty; a log begins with a line of column names", "empty");
    check_csv("\n \n", ":1: the file is empty; a log begins with a line of column names",
              "only blank lines");
    check_csv("\n\na,b\n1,2\n", "4<1><2>", "blank lines before the header");
    check_csv("a,b\r1,2\r", ":1: lines end in CR alone; save the file with LF or CRLF", "CR");
    check_csv("a,b", "", "a header alone");
}

static void test_names(void)
{
    struct names names = {0};
    char text[16];
    bool fine = true;
    for (uint32_t round = 0; round < 2; round++)
        for (uint32_t i = 0; i < 5000; i++) {
            int n = snprintf(text, sizeof text, "%u", i * 7919);
            fine = fine && names_add(&names, text, (size_t)n) == i;
        }
    tap_ok(fine && names.n == 5000, "5,000 names keep their numbers");
    tap_ok(names_find(&names, "no", 2) == NAMES_NONE, "an unknown one has none");
    tap_ok(names_add(&names, "a\0b", 3) != names_add(&names, "a\0c", 3), "NUL is a byte");
    names_free(&names);
}

int main(void)
{
    if (!mkdtemp(folder))
        return 1;
    snprintf(path, sizeof path, "%s/file", folder);
    test_plain();
    test_long();
    test_many();
    test_gzip();
    test_others();
    test_csv();
    test_names();
    unlink(path);
    tap_ok(rmdir(folder) == 0, "nothing is left over");
    return tap_done();
}
