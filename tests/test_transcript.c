/* The transcript: wrapping, scrolling, hostile text; and the list of candidates. */
#include "transcript.h"

#include "popup.h"
#include "tap.h"

static const struct style plain = {.ascii = false};

static void add(struct transcript *t, const char *text)
{
    transcript_add(t, LINE_PLAIN, text, strlen(text));
}

static void picture(struct transcript *t, int width, int height, struct strbuf *out)
{
    struct canvas canvas;
    canvas_init(&canvas, width, height);
    transcript_draw(t, &canvas, (struct rect){0, 0, width, height}, &plain);
    strbuf_reset(out);
    canvas_emit(&canvas, &plain, out);
    canvas_free(&canvas);
}

static void test_wrap(void)
{
    struct transcript t = {0};
    struct strbuf out = {0};
    add(&t, "one two three\nabcdefghijklmno\n\nlast");
    picture(&t, 8, 7, &out);
    tap_is_text(strbuf_text(&out), "one two\nthree\nabcdefgh\nijklmno\n\nlast\n\n",
                "lines break at blanks, long words anywhere");
    add(&t, " line\n");
    picture(&t, 20, 4, &out);
    tap_is_text(strbuf_text(&out), "one two three\nabcdefghijklmno\n\nlast line\n",
                "what comes without a newline is one line");
    picture(&t, 20, 2, &out);
    tap_is_text(strbuf_text(&out), "\nlast line\n", "the end is what is shown");
    transcript_free(&t);
    add(&t, "漢字漢字 é\n");
    picture(&t, 5, 3, &out);
    tap_is_text(strbuf_text(&out), "漢字\n漢字\né\n", "wide characters are not cut in two");
    transcript_free(&t);
    strbuf_free(&out);
}

static void test_scroll(void)
{
    struct transcript t = {0};
    struct strbuf out = {0};
    for (int i = 0; i < 100; i++) {
        char line[20];
        snprintf(line, sizeof line, "line %d\n", i);
        add(&t, line);
    }
    transcript_scroll(&t, 10, 20, 3);
    picture(&t, 20, 3, &out);
    tap_is_text(strbuf_text(&out), "line 87\nline 88\nline 89\n", "ten rows up");
    add(&t, "more\n");
    picture(&t, 20, 3, &out);
    tap_is_text(strbuf_text(&out), "line 87\nline 88\nline 89\n", "new lines do not push it away");
    transcript_scroll(&t, 1000, 20, 3);
    picture(&t, 20, 3, &out);
    tap_is_text(strbuf_text(&out), "line 0\nline 1\nline 2\n", "the beginning can be reached");
    transcript_scroll(&t, -1000, 20, 3);
    picture(&t, 20, 3, &out);
    tap_is_text(strbuf_text(&out), "line 98\nline 99\nmore\n", "and the end again");
    for (int i = 0; i < TRANSCRIPT_LINES + 5; i++)
        add(&t, "x\n");
    tap_ok(t.n <= TRANSCRIPT_LINES && t.rows == (long)t.n, "old lines go (%zu left)", t.n);
    transcript_clear(&t);
    tap_ok(t.n == 0 && t.rows == 0, "cleared");
    transcript_free(&t);
    strbuf_free(&out);
}

static void test_search(void)
{
    struct transcript t = {0};
    struct strbuf out = {0};
    for (int i = 0; i < 100; i++) {
        char line[40];
        snprintf(line, sizeof line, "%s %d\n", i % 25 == 3 ? "a Needle in" : "straw", i);
        add(&t, line);
    }
    add(&t, "deltaw> search needle\n");
    tap_ok(transcript_find(&t, false, 20, 3) == FOUND_NONE, "nothing is searched for");
    transcript_seek(&t, "needle");
    bool seen = transcript_find(&t, false, 20, 3) == FOUND_NEXT;
    picture(&t, 20, 3, &out);
    tap_ok(seen && strstr(out.text, "a Needle in 78"), "found further up, whatever the capitals");
    seen = transcript_find(&t, false, 20, 3) == FOUND_NEXT;
    picture(&t, 20, 3, &out);
    tap_ok(seen && strstr(out.text, "a Needle in 53"), "and the next");
    seen = transcript_find(&t, true, 20, 3) == FOUND_NEXT;
    picture(&t, 20, 3, &out);
    tap_ok(seen && strstr(out.text, "a Needle in 78"), "and down again");
    seen = transcript_find(&t, true, 20, 3) == FOUND_AROUND;
    picture(&t, 20, 3, &out);
    tap_ok(seen && strstr(out.text, "a Needle in 3\n"), "round to the first, the search left out");
    tap_ok(transcript_find(&t, false, 20, 3) == FOUND_AROUND, "and to the last");
    transcript_seek(&t, "NEEDLE");
    tap_ok(transcript_find(&t, false, 20, 3) == FOUND_NONE, "capitals are meant");
    transcript_seek(&t, "dle in 5");
    t.marking = true;
    transcript_find(&t, false, 10, 4);
    struct canvas canvas;
    canvas_init(&canvas, 10, 4);
    transcript_draw(&t, &canvas, (struct rect){0, 0, 10, 4}, &plain);
    int marked = 0;
    for (int i = 0; i < 40; i++)
        marked += (canvas.cells[i].attributes & CELL_REVERSE) != 0;
    tap_ok(marked == 7, "what was found is marked over a break of the line (%d)", marked);
    canvas_free(&canvas);
    long rows = t.rows;
    transcript_drop_last(&t);
    tap_ok(t.rows < rows && t.n == 100, "the last line goes");
    transcript_clear(&t);
    tap_ok(transcript_find(&t, false, 20, 3) == FOUND_NONE, "nothing in nothing");
    transcript_free(&t);
    strbuf_free(&out);
}

static void test_hostile(void)
{
    struct transcript t = {0};
    struct strbuf out = {0};
    add(&t, "a\033[31mred\a\x9b\xff\tb\r\n");
    picture(&t, 40, 1, &out);
    bool harmless = true;
    for (const char *c = strbuf_text(&out); *c; c++)
        harmless = harmless && ((unsigned char)*c >= 32 || *c == '\n') && *c != 127;
    tap_ok(harmless && strstr(strbuf_text(&out), "[31mred"), "control characters are harmless");
    transcript_free(&t);
    strbuf_free(&out);
}

static void test_kinds(void)
{
    struct transcript t = {0};
    transcript_add(&t, LINE_NOTE, "old\n", 4);
    size_t mark = transcript_mark(&t);
    transcript_add(&t, LINE_PLAIN, "result\n", 7);
    transcript_add(&t, LINE_NOTE, "wrong\n", 6);
    transcript_change(&t, mark, LINE_NOTE, LINE_ERROR);
    tap_ok(t.n == 3 && t.lines[0].kind == LINE_NOTE && t.lines[1].kind == LINE_PLAIN &&
               t.lines[2].kind == LINE_ERROR,
           "only notes since the mark become errors");
    struct canvas canvas;
    struct style colours = {.colours = 16};
    canvas_init(&canvas, 10, 3);
    transcript_draw(&t, &canvas, (struct rect){0, 0, 10, 3}, &colours);
    tap_ok(canvas.cells[20].foreground != COLOUR_DEFAULT &&
               canvas.cells[10].foreground == COLOUR_DEFAULT,
           "errors are coloured, results are not");
    canvas_clear(&canvas, (struct rect){0, 0, 10, 3});
    transcript_draw(&t, &canvas, (struct rect){0, 0, 10, 3}, &plain);
    tap_ok(canvas.cells[20].foreground == COLOUR_DEFAULT && canvas.cells[20].attributes != 0,
           "without colours they are marked otherwise");
    canvas_free(&canvas);
    transcript_free(&t);
}

static void test_popup(void)
{
    struct candidate items[12];
    static char words[12][20], meaning[] = "a meaning";
    for (int i = 0; i < 12; i++) {
        snprintf(words[i], sizeof words[i], "word%d", i);
        items[i] = (struct candidate){.word = words[i], .meaning = meaning};
    }
    struct completion completion = {.n = 12, .items = items};
    struct popup popup = {0};
    struct canvas canvas;
    struct strbuf out = {0};
    canvas_init(&canvas, 30, 8);
    struct rect room = {0, 0, 30, 8};
    popup_fill(&popup, &completion);
    popup_draw(&popup, &canvas, 20, 7, room, NULL, &plain);
    canvas_emit(&canvas, &plain, &out);
    tap_ok(strstr(strbuf_text(&out), "word0") && strstr(strbuf_text(&out), "a meaning") &&
               !strstr(strbuf_text(&out), "word11") && popup.shown == 6,
           "candidates with their meaning, as many as fit (%d)", popup.shown);
    popup_choose(&popup, 1);
    tap_ok(popup.chosen == 0, "one further from none is the first");
    popup_choose(&popup, -1);
    canvas_clear(&canvas, room);
    strbuf_reset(&out);
    popup_draw(&popup, &canvas, 20, 7, room, NULL, &plain);
    canvas_emit(&canvas, &plain, &out);
    tap_ok(strstr(strbuf_text(&out), "12 of 12") && strstr(strbuf_text(&out), "word11") &&
               !strstr(strbuf_text(&out), "word0 "),
           "round to the last, which is in sight");
    bool marked = false;
    for (int x = 0; x < 30; x++)
        marked = marked || (canvas.cells[6 * 30 + x].attributes & CELL_REVERSE);
    tap_ok(marked, "and marked");
    popup_choose(&popup, -5);
    popup_choose(&popup, -50);
    tap_ok(popup.chosen == 0 && popup.first == 0, "by more: no further than the ends");
    completion.n = 3;
    popup_fill(&popup, &completion);
    tap_ok(popup.chosen == -1 && popup.first == 0 && popup.n == 3, "others: none is chosen");
    for (int width = 0; width < 30; width++) /* must not write outside, whatever the room */
        popup_draw(&popup, &canvas, width, width % 8, (struct rect){0, 0, width, width % 8}, NULL,
                   &plain);
    tap_ok(true, "any room");
    popup_clear(&popup);
    strbuf_free(&out);
    canvas_free(&canvas);
}

int main(void)
{
    test_wrap();
    test_scroll();
    test_search();
    test_hostile();
    test_kinds();
    test_popup();
    return tap_done();
}
