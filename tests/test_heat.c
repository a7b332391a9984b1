/* Plots: what every cell of a heat map shows; its cross-hair and its legend. */
#include "plot_scenes.h"

/* In 17 x 3 there are no axes: two panels of eight cells, six half rows. */
static void test_fine_cells(void)
{
    struct scene *s = mem_new(1, sizeof *s);
    struct canvas c;
    size_t nx, ny;
    int wrong = 0, halves = 0;
    scene_make(s, NX, NY);
    heat_map_room((struct rect){0, 0, 17, 3}, 2, &rich, &nx, &ny);
    tap_ok(nx == NX && ny == NY, "the room of a map is what it is drawn with: %zu x %zu", nx, ny);
    heat(&c, 17, 3, &s->map, &rich);
    for (int i = 0; i < 2 * NX * 3; i++) {
        int p = i / (NX * 3), x = i % NX, y = i / NX % 3;
        const struct cell *cell = at(&c, p * 9 + x, y);
        size_t up = (size_t)((NY - 1 - 2 * y) * NX + x), down = up - NX;
        bool top = s->support[p][up], low = s->support[p][down];
        int a = palette_diverging(s->value[p][up] / .04, &rich);
        int b = palette_diverging(s->value[p][down] / .04, &rich);
        struct cell none = palette_no_data(&rich), want = none;
        if (top)
            want = (struct cell){0x2580, a, low ? b : none.background, 0};
        else if (low)
            want = (struct cell){0x2584, b, none.background, 0};
        wrong += cell->glyph != want.glyph || cell->foreground != want.foreground ||
                 cell->background != want.background;
        halves += top != low;
    }
    tap_ok(wrong == 0, "every half cell has the colour of its value or none (%d wrong)", wrong);
    tap_ok(halves > 5, "with data in one half only in %d", halves);
    canvas_free(&c);
    free(s);
}

static void test_coarse_cells(void)
{
    struct scene *s = mem_new(1, sizeof *s);
    scene_make(s, NX, NY);
    s->value[0][3] = NAN;
    s->support[0][3] = 9;
    s->value[0][4] = 0;
    s->support[0][4] = 9;
    for (int k = 0; k < N_STYLES; k++) {
        struct canvas c;
        int wrong = 0;
        if (styles[k].colours == 256 && !styles[k].ascii)
            continue;
        /* as high as wide: without axes only below five rows */
        s->map.ny = 4;
        heat(&c, 17, 4, &s->map, &styles[k]);
        for (int i = 0; i < NX * 4; i++) {
            const struct cell *cell = at(&c, i % NX, 3 - i / NX);
            double t = s->value[0][i] / .04;
            bool data = s->support[0][i] && isfinite(t);
            int foreground = t < 0   ? palette_negative(&styles[k])
                             : t > 0 ? palette_positive(&styles[k])
                                     : COLOUR_DEFAULT;
            wrong += cell->glyph !=
                     (data ? palette_glyph(t, &styles[k]) : palette_no_data(&styles[k]).glyph);
            wrong += cell->foreground != (data ? foreground : COLOUR_DEFAULT);
        }
        tap_ok(wrong == 0, "every cell has its value's glyph or the mark of none (%d colours%s)",
               styles[k].colours, styles[k].ascii ? ", ASCII" : "");
        canvas_free(&c);
    }
    free(s);
}

/* Nobody knows the sign of a cell: it has no shade of its own, and the legend says so. */
static void test_unsettled(void)
{
    static const double x[4] = {0, 1, 2, 3}, y[2] = {0, 1};
    static const double value[8] = {1, 1, -1, -1, 1, 1, -1, -1};
    static const bool unsettled[8] = {1, 0, 1, 0, 1, 0, 0, 0};
    struct heat_panel panel = {"", value, NULL, unsettled};
    struct heat_map m = {.nx = 4,
                         .ny = 2,
                         .x = x,
                         .y = y,
                         .limit = 1,
                         .n_panels = 1,
                         .panels = &panel,
                         .cross_panel = -1};
    struct canvas c;
    heat(&c, 4, 1, &m, &rich);
    tap_ok(at(&c, 0, 0)->glyph == 0x2592 && at(&c, 1, 0)->glyph == 0x2580 &&
               at(&c, 2, 0)->glyph == 0x2592 && at(&c, 3, 0)->glyph == 0x2580,
           "two halves a cell: shaded where half of it is unsettled");
    tap_ok(at(&c, 0, 0)->foreground == palette_diverging(1, &rich),
           "in the colour of what it would be");
    canvas_free(&c);
    heat(&c, 4, 2, &m, &ascii);
    tap_ok(at(&c, 0, 1)->glyph == '~' && at(&c, 2, 1)->glyph == '~' && at(&c, 0, 0)->glyph == '~' &&
               at(&c, 2, 0)->glyph == palette_glyph(-1, &ascii),
           "a mark instead of a letter");
    canvas_free(&c);
    heat(&c, 70, 12, &m, &ascii);
    tap_ok(says(&c, &ascii, "~ sign unsettled"), "the legend tells the mark");
    canvas_free(&c);
    panel.unsettled = NULL;
    heat(&c, 70, 12, &m, &ascii);
    tap_ok(!says(&c, &ascii, "unsettled"), "only where there is one");
    canvas_free(&c);
}

/* Cells of a map in a smaller area: means over those with data. */
static void test_means(void)
{
    double x[4] = {0, 1, 2, 3}, y[1] = {0}, value[4] = {1, 0, -1, -1};
    uint32_t support[4] = {1, 1, 1, 0};
    struct heat_panel panel = {"", value, support, NULL};
    struct heat_map m = {NULL, NULL,   4,  1, x, y,    false, false, 1,
                         1,    &panel, -1, 0, 0, NULL, NULL,  NULL,  NULL};
    struct canvas c;
    heat(&c, 2, 1, &m, &ascii);
    tap_ok(at(&c, 0, 0)->glyph == palette_glyph(.5, &ascii) && at(&c, 1, 0)->glyph == 'i',
           "a cell that shows two shows the mean of those with data");
    canvas_free(&c);
}

/* Three rows in two cells: the last half is nobody's. */
static void test_odd_rows(void)
{
    double x[1] = {0}, y[3] = {0, 1, 2}, value[3] = {1, 1, 1};
    struct heat_panel panel = {"", value, NULL, NULL};
    struct heat_map m = {NULL, NULL,   1,  3, x, y,    false, false, 1,
                         1,    &panel, -1, 0, 0, NULL, NULL,  NULL,  NULL};
    struct canvas c;
    heat(&c, 1, 2, &m, &rich);
    tap_ok(at(&c, 0, 0)->background >= 0 && at(&c, 0, 1)->glyph == 0x2580 &&
               at(&c, 0, 1)->foreground == palette_diverging(1, &rich) &&
               at(&c, 0, 1)->background == COLOUR_DEFAULT,
           "an odd row fills half a cell");
    canvas_free(&c);
}

static void test_row_levels(void)
{
    struct scene *s = mem_new(1, sizeof *s);
    struct canvas c;
    scene_make(s, NX, 3);
    s->map.y_levels = true;
    s->y[0] = 0, s->y[1] = .5, s->y[2] = 7;
    heat(&c, 40, 12, &s->map, &ascii); /* nine rows of map from row 1 */
    int rows[3];
    for (int i = 0; i < 3; i++)
        for (rows[i] = 0; rows[i] < 12; rows[i]++)
            if (at(&c, 6, rows[i])->glyph == '+' &&
                at(&c, 5, rows[i])->glyph == (uint32_t) "057"[i])
                break;
    tap_ok(rows[0] == 8 && rows[1] == 5 && rows[2] == 2,
           "levels of y are labelled in the middle of their rows (%d %d %d)", rows[0], rows[1],
           rows[2]);
    canvas_free(&c);
    free(s);
}

static void test_levels(void)
{
    static const double levels[] = {-1, -.5, -.25, -.125, 0, .125, .25, .5, 1};
    struct scene *s = mem_new(1, sizeof *s);
    scene_make(s, 9, 4);
    for (int i = 0; i < 9; i++)
        s->x[i] = levels[i];
    for (int i = 0; i < 9 * 4; i++)
        s->value[0][i] = (i % 9 % 2 ? .04 : -.04), s->support[0][i] = 1;
    s->map.x_levels = true, s->map.n_panels = 1;
    for (int width = 20; width < 75; width++) {
        struct canvas c;
        int axis = 0, run = 1, even = true, runs = 1, x;
        heat(&c, width, 6, &s->map, &utf8);
        while (axis < 8 && at(&c, axis, 1)->glyph != 0x2502 && at(&c, axis, 1)->glyph != 0x2524)
            axis++;
        int cells = (width - axis - 1) / 9;
        for (x = axis + 2; x < width && at(&c, x, 1)->glyph != ' '; x++)
            if (at(&c, x, 1)->glyph == at(&c, x - 1, 1)->glyph)
                run++;
            else
                even = even && run == cells, run = 1, runs++;
        if (!(even && run == cells && runs == 9 && axis <= 6 && cells >= (width - 7) / 9) ||
            !says(&c, &utf8, "-1") || !says(&c, &utf8, " 0 "))
            tap_ok(false, "levels in %d cells: columns of one width, labelled", width);
        int left = says(&c, &utf8, "-.125"), right = says(&c, &utf8, "  .125");
        if (left != right || says(&c, &utf8, "-.5 ") != says(&c, &utf8, " .5 "))
            tap_ok(false, "both sides of the middle are labelled alike in %d cells", width);
        if (width == 70)
            tap_ok(says(&c, &utf8,
                        "         -1     -.5   -.25   -.125    0    .125    .25"
                        "    .5      1  s"),
                   "each label in the middle of its column");
        canvas_free(&c);
    }
    tap_ok(true, "levels have columns of one width");
    free(s);
}

static int differences(const struct canvas *a, const struct canvas *b)
{
    int n = 0;
    for (int i = 0; i < a->width * a->height; i++)
        n += a->cells[i].glyph != b->cells[i].glyph ||
             a->cells[i].foreground != b->cells[i].foreground ||
             a->cells[i].background != b->cells[i].background;
    return n;
}

static void test_cross(void)
{
    struct scene *s = mem_new(1, sizeof *s);
    scene_make(s, NX, NY);
    for (int k = 0; k < N_STYLES; k++) {
        struct canvas none, one, moved;
        int most = styles[k].colours ? 1 : 3, seen = 0, moves = 0;
        s->map.cross_panel = -1;
        heat(&none, 40, 15, &s->map, &styles[k]);
        for (int i = 0; i < NX * NY; i++) {
            s->map.cross_panel = 1, s->map.cross_x = i % NX, s->map.cross_y = i / NX;
            heat(&one, 40, 15, &s->map, &styles[k]);
            int n = differences(&none, &one);
            seen += n >= 1 && n <= most;
            s->map.cross_y = (i / NX + 1) % NY;
            heat(&moved, 40, 15, &s->map, &styles[k]);
            moves += differences(&one, &moved) > 0;
            canvas_free(&one);
            canvas_free(&moved);
        }
        tap_ok(seen == NX * NY && moves == NX * NY,
               "the cross-hair is seen on every cell and moves (%d colours%s)", styles[k].colours,
               styles[k].ascii ? ", ASCII" : "");
        canvas_free(&none);
    }
    struct canvas c;
    s->map.cross_x = NX, s->map.cross_y = -4;
    heat(&c, 40, 15, &s->map, &utf8);
    tap_ok(!says(&c, &utf8, "\u253c"), "a cross-hair outside is not drawn");
    canvas_free(&c);
    free(s);
}

/* The ladder between the ends has the colours of the map. */
static void test_legend_colours(void)
{
    struct canvas c;
    canvas_init(&c, 60, 1);
    heat_legend(.04, NULL, &c, 0, 0, 60, &rich);
    int n = palette_steps(&rich), wrong = 0;
    for (int i = -n; i <= n; i++) {
        const struct cell *cell = at(&c, 5 + n + i, 0);
        wrong +=
            (i ? cell->foreground : cell->background) != palette_diverging((double)i / n, &rich);
    }
    tap_ok(wrong == 0 && at(&c, 5 + n, 0)->glyph == '0',
           "the legend has every colour, 0 amid them");
    for (int k = 5; k < N_STYLES; k++) {
        canvas_clear(&c, (struct rect){0, 0, 60, 1});
        heat_legend(.04, NULL, &c, 0, 0, 60, &styles[k]);
        tap_ok(at(&c, 5, 0)->foreground == palette_negative(&styles[k]) &&
                   at(&c, 13, 0)->foreground == palette_positive(&styles[k]),
               "in %d colours it has that of minus first", styles[k].colours);
    }
    canvas_free(&c);
}

static void test_heat_words(void)
{
    struct scene *s = mem_new(1, sizeof *s);
    scene_make(s, NX, NY);
    for (int k = 0; k < N_STYLES; k++) {
        struct canvas c;
        const struct style *style = &styles[k];
        heat(&c, 60, 16, &s->map, style);
        tap_ok(says(&c, style, "-.04 ") && says(&c, style, " +.04") && says(&c, style, "no data") &&
                   says(&c, style, "w_stim") && says(&c, style, "error r=0") &&
                   says(&c, style, "correct r=1") && says(&c, style, "  s"),
               "titles, labels and the legend are there (%d colours%s)", style->colours,
               style->ascii ? ", ASCII" : "");
        canvas_free(&c);
    }
    struct canvas c;
    canvas_init(&c, 60, 1);
    heat_legend(.04, NULL, &c, 0, 0, 60, &ascii);
    tap_ok(says(&c, &ascii, "-.04 ihgfedcba.ABCDEFGHI +.04   blank: no data"),
           "the ASCII legend says which letters are minus");
    for (int room = 0; room < 60; room++) {
        canvas_clear(&c, (struct rect){0, 0, 60, 1});
        heat_legend(.04, NULL, &c, 0, 0, room, &styles[room % N_STYLES]);
        for (int x = room; x < 60; x++)
            if (at(&c, x, 0)->glyph != ' ')
                tap_ok(false, "a legend in %d cells keeps to them", room);
    }
    canvas_free(&c);
    s->map.n_panels = 0, s->map.empty = "no rule yet";
    heat(&c, 30, 5, &s->map, &utf8);
    tap_ok(says(&c, &utf8, "no rule yet"), "an empty map says why");
    canvas_free(&c);
    free(s);
}

int main(void)
{
    test_fine_cells();
    test_coarse_cells();
    test_unsettled();
    test_means();
    test_odd_rows();
    test_row_levels();
    test_levels();
    test_cross();
    test_legend_colours();
    test_heat_words();
    return tap_done();
}
