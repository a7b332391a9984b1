/* .npz files: there and back, against numpy both ways, and hostile ones. */
#include <dirent.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "deltaw/base/strbuf.h"
#include "deltaw/data/npz.h"
#include "folder.h"

/* Runs a numpy script with the folder as its argument: 0, or 77 without numpy. */
static int python(const char *script)
{
    char *command = mem_printf("/usr/bin/python3 -c 'import numpy' 2>/dev/null || exit 77\n"
                               "/usr/bin/python3 - %s <<'END'\n"
                               "import sys, json, numpy as np\nd = sys.argv[1] + '/'\n%s\nEND\n",
                               folder, script);
    fflush(stdout);
    int status = system(command);
    free(command);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

static void fill(struct npz *npz)
{
    const double w[6] = {0.1, -2, 3e30, 1.5, -0.0, NAN};
    const double history[4] = {1.0 / 3, -1e-300, INFINITY, 5};
    const double counts[3] = {-3, 0, 9007199254740992.0};
    const size_t shape[2] = {2, 3}, long_shape[4] = {1, 2, 1, 2}, three = 3, none = 0;
    npz_add(npz, "dnn.0.weight", NPZ_FLOAT32, 2, shape, w);
    npz_add(npz, "history", NPZ_FLOAT64, 4, long_shape, history);
    npz_add(npz, "counts", NPZ_INT64, 1, &three, counts);
    npz_add(npz, "empty", NPZ_FLOAT32, 1, &none, w);
    npz_add(npz, "scalar", NPZ_FLOAT64, 0, NULL, w);
    npz_add_text(npz, "deltaw_json", "{\"name\": \"Mäuse \xf0\x9f\x90\xad\", \"n\": [1, null]}");
    npz_add_text(npz, "nothing", "");
}

static bool same(const struct npz_array *a, const struct npz_array *b)
{
    if (a->type != b->type || a->size != b->size || a->n_dimensions != b->n_dimensions ||
        strcmp(a->name, b->name) != 0)
        return false;
    for (size_t i = 0; i < a->n_dimensions; i++)
        if (a->shape[i] != b->shape[i])
            return false;
    if (a->type == NPZ_TEXT)
        return strcmp(a->text, b->text) == 0;
    for (size_t i = 0; i < a->size; i++) {
        double x = a->type == NPZ_FLOAT32 ? (double)(float)a->values[i] : a->values[i];
        if (!(x == b->values[i] || (isnan(x) && isnan(b->values[i]))))
            return false;
    }
    return true;
}

static void test_round_trip(void)
{
    struct npz npz = {0}, back = {0};
    struct err err = {0};
    fill(&npz);
    tap_ok(npz_write(file("a.npz"), &npz, &err), "arrays of every type are written");
    tap_is_text(err.message, "", "without an error");
    tap_ok(npz_read(file("a.npz"), &back, &err), "and read: %s", err.message);
    tap_ok(back.n == npz.n, "all of them");
    for (size_t i = 0; i < npz.n && i < back.n; i++)
        tap_ok(same(&npz.arrays[i], &back.arrays[i]), "%s is the same", npz.arrays[i].name);
    tap_ok(npz_find(&back, "counts") && !npz_find(&back, "count"), "found by the whole name");
    sleep(2); /* the time in a zip entry has a resolution of two seconds */
    npz_write(file("b.npz"), &npz, &err);
    char *a, *b;
    size_t na = slurp(file("a.npz"), &a), nb = slurp(file("b.npz"), &b);
    tap_ok(na == nb && na > 0 && memcmp(a, b, na) == 0, "written later, the bytes are the same");
    free(a);
    free(b);
    npz_free(&npz);
    npz_free(&back);
}

static void test_numpy_reads(void)
{
    int got = python(
        "z = np.load(d + 'a.npz', allow_pickle=False)\n"
        "assert sorted(z.files) == sorted(['dnn.0.weight', 'history', 'counts', 'empty', 'scalar',"
        " 'deltaw_json', 'nothing'])\n"
        "w = z['dnn.0.weight']\n"
        "assert w.dtype == np.float32 and w.shape == (2, 3)\n"
        "assert w[0, 0] == np.float32(.1) and w[0, 1] == -2 and np.isnan(w[1, 2])\n"
        "h = z['history']\n"
        "assert h.dtype == np.float64 and h.shape == (1, 2, 1, 2) and h.flat[0] == 1 / 3\n"
        "assert z['counts'].tolist() == [-3, 0, 2**53] and z['counts'].dtype == np.int64\n"
        "assert z['empty'].shape == (0,) and z['scalar'].shape == () and z['scalar'] == .1\n"
        "assert json.loads(str(z['deltaw_json'])) == {'name': 'M\\u00e4use \\U0001f42d', 'n': "
        "[1, None]}\n"
        "assert str(z['nothing']) == ''\n"
        "import zipfile\n"
        "assert zipfile.ZipFile(d + 'a.npz').testzip() is None\n");
    if (got == 77)
        tap_skip("no numpy");
    else
        tap_ok(got == 0, "numpy.load reads our file");
}

static void check_numpy_file(const char *name)
{
    struct npz npz = {0};
    struct err err = {0};
    if (!tap_ok(npz_read(file(name), &npz, &err), "%s opens: %s", name, err.message))
        return;
    static const char *const twelve[] = {"f4", "f8", "F4", "F8", "f2", "i1", "i2",    "i4",
                                         "i8", "I4", "u1", "u2", "u4", "u8", "order", NULL};
    for (size_t k = 0; twelve[k]; k++) {
        const struct npz_array *a = npz_find(&npz, twelve[k]);
        bool fine = a && a->n_dimensions == 2 && a->shape[0] == 3 && a->shape[1] == 4;
        for (size_t i = 0; fine && i < 12; i++)
            fine = a->values[i] == (double)i;
        tap_ok(fine, "%s: %s is 0 to 11 in C order", name, twelve[k]);
    }
    const struct npz_array *a = npz_find(&npz, "signs");
    tap_ok(a && a->values[0] == -128 && a->values[1] == -1 && a->values[2] == 127,
           "%s: int8 has its sign", name);
    a = npz_find(&npz, "flags");
    tap_ok(a && a->type == NPZ_INT64 && a->values[0] == 1 && a->values[1] == 0, "%s: bool", name);
    a = npz_find(&npz, "halves");
    tap_ok(a && a->type == NPZ_FLOAT32 && a->values[0] == -1.5 && a->values[1] == ldexp(1, -24) &&
               isinf(a->values[2]) && isnan(a->values[3]) && a->values[4] == 65504,
           "%s: float16 with its ends", name);
    a = npz_find(&npz, "cube");
    tap_ok(a && a->n_dimensions == 3 && a->values[1 * 12 + 2 * 4 + 3] == 123,
           "%s: a Fortran cube is turned", name);
    a = npz_find(&npz, "text");
    tap_is_text(a ? a->text : NULL, "größer\n", "%s: text", name);
    a = npz_find(&npz, "bytes");
    tap_is_text(a ? a->text : NULL, "abc", "%s: bytes", name);
    npz_free(&npz);
}

/* Which of the others are read. */
static void check_odd_files(void)
{
    static const struct {
        const char *name, *says;
    } cases[] = {{"v2.npz", ""},
                 {"v3.npz", ""},
                 {"complex.npz", "dtype '<c16'"},
                 {"records.npz", "structured"},
                 {"object.npz", "dtype '|O'"},
                 {"five.npz", "more than 4"},
                 {"large.npz", "2^53"},
                 {"texts.npz", "several texts"},
                 {"none.npz", "no array"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct npz npz = {0};
        struct err err = {0};
        bool fine = npz_read(file(cases[i].name), &npz, &err);
        if (*cases[i].says)
            tap_ok(!fine && strstr(err.message, cases[i].says) && npz.n == 0 &&
                       err.code == ERR_DATA,
                   "%s is refused: %s", cases[i].name, err.message);
        else
            tap_ok(fine && npz.arrays[0].values[2] == 2, "%s opens", cases[i].name);
        npz_free(&npz);
    }
}

static void test_numpy_writes(void)
{
    int got = python(
        "x = np.arange(12).reshape(3, 4)\n"
        "k = {t: x.astype('<' + t) for t in ('f4 f8 f2 i1 i2 i4 i8 u1 u2 u4 u8').split()}\n"
        "k.update(F4=x.astype('>f4'), F8=x.astype('>f8'), I4=x.astype('>i4'))\n"
        "k['order'] = np.asfortranarray(x.astype('f8'))\n"
        "k['signs'] = np.array([-128, -1, 127], 'i1'); k['flags'] = np.array([True, False])\n"
        "k['halves'] = np.array([-1.5, 2**-24, np.inf, np.nan, 65504], 'f2')\n"
        "c = np.zeros((2, 3, 4)); c[1, 2, 3] = 123; k['cube'] = np.asfortranarray(c)\n"
        "k['text'] = np.array('gr\\u00f6\\u00dfer\\n'); k['bytes'] = np.array(b'abc')\n"
        "np.savez(d + 'stored.npz', **k); np.savez_compressed(d + 'packed.npz', **k)\n"
        "import zipfile, io\n"
        "for v in (2, 3):\n"
        "    b = io.BytesIO(); np.lib.format.write_array(b, np.arange(3.), version=(v, 0))\n"
        "    zipfile.ZipFile(d + 'v%d.npz' % v, 'w').writestr('a.npy', b.getvalue())\n"
        "np.savez(d + 'complex.npz', a=np.arange(3) * 1j)\n"
        "np.savez(d + 'records.npz', a=np.zeros(3, [('x', 'f4')]))\n"
        "np.savez(d + 'object.npz', a=np.array([{}, None], object))\n"
        "np.savez(d + 'five.npz', a=np.zeros((1, 1, 1, 1, 1)))\n"
        "np.savez(d + 'large.npz', a=np.array([2**60]))\n"
        "np.savez(d + 'texts.npz', a=np.array(['a', 'b']))\n"
        "np.savez(d + 'none.npz')\n");
    if (got == 77) {
        tap_skip("no numpy");
        return;
    }
    tap_ok(got == 0, "numpy writes its files");
    check_numpy_file("stored.npz");
    check_numpy_file("packed.npz");
    check_odd_files();
}

/* A .npy member with this dictionary and n bytes of data, in a stored zip made
 * by hand: nothing of the writer is involved. */
static void put(struct strbuf *b, uint64_t v, size_t n)
{
    for (size_t i = 0; i < n; i++)
        strbuf_putc(b, (char)(v >> 8 * i));
}

static uint32_t crc(const char *p, size_t n)
{
    uint32_t c = ~0u;
    for (size_t i = 0; i < n; i++) {
        c ^= (unsigned char)p[i];
        for (int k = 0; k < 8; k++)
            c = c >> 1 ^ (c & 1 ? 0xedb88320u : 0);
    }
    return ~c;
}

static void write_by_hand(const char *path, const char *dictionary, size_t n, uint32_t claimed)
{
    struct strbuf npy = {0}, zip = {0};
    strbuf_add(&npy, "\x93NUMPY\x01\x00", 8);
    put(&npy, strlen(dictionary), 2);
    strbuf_puts(&npy, dictionary);
    strbuf_fill(&npy, '\0', n);
    uint32_t sum = crc(npy.text, npy.len), size = claimed ? claimed : (uint32_t)npy.len;
    for (int central = 0; central < 2; central++) {
        size_t at = zip.len;
        strbuf_add(&zip, central ? "PK\1\2\0\0" : "PK\3\4", central ? 6 : 4);
        put(&zip, 20, 2);         /* version needed */
        put(&zip, 0, 2 + 2);      /* flags, stored */
        put(&zip, 0x00210000, 4); /* time, date */
        put(&zip, sum, 4);
        put(&zip, central ? size : npy.len, 4);
        put(&zip, central ? size : npy.len, 4);
        put(&zip, 5, 2);
        strbuf_fill(&zip, '\0', central ? 2 + 2 + 2 + 2 + 4 + 4 : 2);
        strbuf_puts(&zip, "a.npy");
        if (!central) {
            strbuf_add(&zip, npy.text, npy.len);
            continue;
        }
        size_t length = zip.len - at;
        strbuf_add(&zip, "PK\5\6\0\0\0\0\1\0\1\0", 12);
        put(&zip, length, 4);
        put(&zip, at, 4);
        put(&zip, 0, 2);
    }
    spit(path, zip.text, zip.len);
    strbuf_free(&npy);
    strbuf_free(&zip);
}

static void test_hostile_headers(void)
{
    static const struct {
        const char *dictionary;
        size_t n;
        uint32_t claimed;
        const char *says; /* NULL: fine */
    } cases[] = {
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2), }\n", 16, 0, NULL},
        {"{\"shape\":(4L,),\"descr\":\"<f4\",\"fortran_order\":False}", 16, 0, NULL},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (), }", 4, 0, NULL},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (1000000000000,), }", 16, 0, "fit"},
        {"{'descr': '<f8', 'fortran_order': False, 'shape': (2305843009213693952,), }", 0, 0,
         "fit"},
        {"{'descr': '<f8', 'fortran_order': False, 'shape': (4294967296,4294967296), }", 0, 0,
         "too large"},
        {"{'descr': '<f8', 'fortran_order': False, 'shape': (99999999999999999999,), }", 0, 0,
         "shape"},
        {"{'descr': '<f8', 'fortran_order': False, 'shape': (-1,), }", 8, 0, "shape"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }", 16, 0, "fit"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (3, ", 12, 0, "broken"},
        {"{'descr': '<f4', 'fortran_order': Maybe, 'shape': (3,), }", 12, 0, "fortran"},
        {"{'descr': '<f4', 'shape': (3,), }", 12, 0, "lacks"},
        {"{'descr': '<U99999999999999999999', 'fortran_order': False, 'shape': (), }", 4, 0,
         "dtype"},
        {"{'descr': '<U4611686018427387905', 'fortran_order': False, 'shape': (), }", 4, 0,
         "dtype"},
        {"{'descr': '', 'fortran_order': False, 'shape': (), }", 4, 0, "dtype"},
        {"{'descr': '<f4", 0, 0, "dtype"},
        {"", 0, 0, "dictionary"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (4,), }", 16, 0xfffffff0u, "claims"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (4,), }", 16, 4096, NULL /* any */},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct npz npz = {0};
        struct err err = {0};
        write_by_hand(file("hand.npz"), cases[i].dictionary, cases[i].n, cases[i].claimed);
        bool fine = npz_read(file("hand.npz"), &npz, &err);
        if (cases[i].claimed == 4096)
            tap_ok(!fine && npz.n == 0, "a wrong size is refused: %s", err.message);
        else if (!cases[i].says)
            tap_ok(fine && npz.n == 1, "read: %s %s", cases[i].dictionary, err.message);
        else
            tap_ok(!fine && npz.n == 0 && strstr(err.message, cases[i].says) &&
                       strstr(err.message, "array a"),
                   "refused: %s", err.message);
        npz_free(&npz);
    }
}

/* Every cut and every changed byte of a good file: an error or an answer, never
 * a crash (run under ASan too), and a cut is always noticed. */
static void test_damage(void)
{
    struct npz npz = {0};
    struct err err = {0};
    const double w[4] = {1, 2, 3, 4};
    const size_t shape[2] = {2, 2};
    npz_add(&npz, "w", NPZ_FLOAT32, 2, shape, w);
    npz_add_text(&npz, "t", "text");
    npz_write(file("good.npz"), &npz, &err);
    npz_free(&npz);
    char *bytes;
    size_t n = slurp(file("good.npz"), &bytes), read = 0, kept = 0;
    for (size_t cut = 0; cut < n; cut++) {
        spit(file("bad.npz"), bytes, cut);
        err_clear(&err);
        read += npz_read(file("bad.npz"), &npz, &err);
        npz_free(&npz);
    }
    tap_ok(n > 0 && read == 0, "each of the %zu cuts of a file is refused", n);
    for (size_t i = 0; i < n; i++) {
        char old = bytes[i];
        bytes[i] = (char)(old ^ 0x41);
        spit(file("bad.npz"), bytes, n);
        err_clear(&err);
        if (npz_read(file("bad.npz"), &npz, &err)) {
            const struct npz_array *a = npz_find(&npz, "w");
            kept += a && a->size == 4 && (a->values[0] != 1 || a->values[3] != 4);
        }
        npz_free(&npz);
        bytes[i] = old;
    }
    tap_ok(kept == 0, "no changed byte gives other numbers");
    free(bytes);
}

static void test_files(void)
{
    struct npz npz = {0}, out = {0};
    struct err err = {0};
    tap_ok(!npz_read(file("missing.npz"), &out, &err) && err.code == ERR_DATA &&
               strstr(err.message, "missing.npz"),
           "a missing file: %s", err.message);
    err_clear(&err);
    tap_ok(!npz_read(folder, &out, &err) && strstr(err.message, "folder"), "%s", err.message);
    err_clear(&err);
    spit(file("empty.npz"), "", 0);
    tap_ok(!npz_read(file("empty.npz"), &out, &err) && strstr(err.message, "empty"), "%s",
           err.message);
    err_clear(&err);
    spit(file("text.npz"), "subject,session\n", 16);
    tap_ok(!npz_read(file("text.npz"), &out, &err) && strstr(err.message, "zip"), "%s",
           err.message);
    err_clear(&err);
    fill(&npz);
    if (access("/dev/full", W_OK) == 0) {
        tap_ok(!npz_write("/dev/full", &npz, &err), "a full disk is told: %s", err.message);
        err_clear(&err);
    } else {
        tap_skip("no /dev/full");
    }
    tap_ok(!npz_write(file("no/such/folder.npz"), &npz, &err), "%s", err.message);
    npz_free(&npz);
    const double half = 0.5;
    err_clear(&err);
    npz_add(&npz, "i", NPZ_INT64, 0, NULL, &(double){NAN});
    spit(file("old.npz"), "old", 3);
    tap_ok(!npz_write(file("old.npz"), &npz, &err), "NaN is no integer: %s", err.message);
    char *bytes;
    size_t n = slurp(file("old.npz"), &bytes);
    tap_ok(n == 3 && memcmp(bytes, "old", 3) == 0, "and the old file is as it was");
    free(bytes);
    npz_free(&npz);
    npz_add(&npz, "h", NPZ_FLOAT64, 0, NULL, &half);
    npz_free(&npz);
}

static void test_corpus(void)
{
    const char *srcdir = getenv("srcdir");
    char path[600];
    size_t n = 0;
    snprintf(path, sizeof path, "%s/tests/corpus", srcdir ? srcdir : ".");
    DIR *d = opendir(path);
    if (!tap_ok(d != NULL, "the corpus is there"))
        return;
    for (struct dirent *e; (e = readdir(d));) {
        if (e->d_name[0] == '.')
            continue;
        struct npz npz = {0};
        struct err err = {0};
        snprintf(path, sizeof path, "%s/tests/corpus/%s", srcdir ? srcdir : ".", e->d_name);
        bool fine = npz_read(path, &npz, &err);
        if (strstr(e->d_name, ".npz"))
            tap_ok(!fine && strstr(err.message, e->d_name), "%s: %s", e->d_name, err.message);
        else if (fine)
            tap_ok(false, "%s opens as .npz", e->d_name);
        n++;
        npz_free(&npz);
    }
    closedir(d);
    tap_ok(n >= 60, "%zu files of the corpus", n);
}

int main(void)
{
    folder_begin();
    test_round_trip();
    test_numpy_reads();
    test_numpy_writes();
    test_hostile_headers();
    test_damage();
    test_files();
    test_corpus();
    folder_end();
    return tap_done();
}
