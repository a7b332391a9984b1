#include "reader.h"

#include <stdlib.h>
#include <string.h>

#include "deltaw/base/jobs.h"
#include "deltaw/base/mem.h"
#include "deltaw/base/outfile.h"
#include "deltaw/base/utf8.h"
#include "filename.h"

enum { POLL_ROWS = 4096, MAX_ROWS = INT32_MAX };

/* Names go into files and are typed: text only. */
static bool check_name(struct reader *r, enum role role, struct err *err)
{
    const char *text = log_reader_text(r, role);
    size_t n = strlen(text);
    bool fine = utf8_is_text(text);
    if (r->schema.column[role] < 0 && !r->schema.constant[role])
        return true;
    if (n == 0)
        return log_reader_refuse(r, err, schema_role_name(role), "",
                                 "is not a name; fill it in, or remove the row if it is no trial");
    if (n > 200)
        return log_reader_refuse(r, err, schema_role_name(role), text, "is longer than 200 bytes");
    if (!fine)
        return log_reader_refuse(
            r, err, schema_role_name(role), text,
            "holds control characters or is not UTF-8; iconv -t utf8 converts it");
    return true;
}

/* The session's name in the cohort: unlike any other of this animal. */
static char *session_name(struct reader *r, const struct log_session *s)
{
    char *name = s->date && *s->session ? mem_printf("%s/%s", s->date, s->session)
                 : s->date              ? mem_text(s->date)
                 : *s->session          ? mem_text(s->session)
                 : r->several           ? filename_stem(r->file->path)
                                        : mem_text("1");
    struct strbuf key = {0};
    struct names *taken = &r->rows->session_names;
    for (size_t copy = 2;; copy++) {
        size_t before = taken->n;
        strbuf_reset(&key);
        strbuf_printf(&key, "%u %s", s->subject, name);
        names_add(taken, key.text, key.len);
        if (taken->n > before)
            break;
        char *next = mem_printf("%.*s#%zu", (int)strcspn(name, "#"), name, copy);
        free(name);
        name = next;
    }
    strbuf_free(&key);
    return name;
}

static bool new_session(struct reader *r, struct err *err)
{
    struct rows *rows = r->rows;
    if (!check_name(r, ROLE_SUBJECT, err) || !check_name(r, ROLE_SESSION, err) ||
        !check_name(r, ROLE_DATE, err))
        return false;
    uint32_t subject;
    const char *text = log_reader_text(r, ROLE_SUBJECT);
    if (r->schema.column[ROLE_SUBJECT] < 0 && !r->schema.constant[ROLE_SUBJECT]) {
        char *name = filename_stem(r->file->path);
        subject = names_add(&rows->subjects, name, strlen(name));
        free(name);
    } else {
        subject = names_add(&rows->subjects, text, strlen(text));
    }
    rows->sessions = mem_reserve(rows->sessions, &rows->session_capacity, rows->n_sessions + 1,
                                 sizeof *rows->sessions);
    struct log_session *s = &rows->sessions[rows->n_sessions];
    *s = (struct log_session){.subject = subject, .file = (uint32_t)(r->file - rows->files)};
    s->session = mem_text(log_reader_text(r, ROLE_SESSION));
    if (r->file->has_date)
        s->date = mem_text(log_reader_text(r, ROLE_DATE));
    s->name = session_name(r, s);
    rows->n_sessions++;
    return true;
}

/* The bytes that tell the sessions of a file apart. */
static const void *key_part(const struct reader *r, enum role role, size_t *n)
{
    const struct log_cell *cell = log_reader_cell(r, role);
    bool number = r->source.columns[r->schema.column[role]].type == LOG_NUMBER;
    *n = number ? sizeof cell->number : cell->n + 1;
    return number ? (const void *)&cell->number : cell->text;
}

/* Most rows belong to the session of the row before. */
static bool same_session(const struct reader *r)
{
    size_t at = 0, n;
    for (size_t i = 0; i < r->n_key_roles; i++, at += n) {
        const void *part = key_part(r, r->key_roles[i], &n);
        if (at + n > r->key.len || memcmp(r->key.text + at, part, n) != 0)
            return false;
    }
    return r->key.len > 0;
}

/* Those that differ within the file. */
static void find_key_roles(struct reader *r)
{
    static const enum role roles[] = {ROLE_SUBJECT, ROLE_SESSION, ROLE_DATE};
    for (size_t i = 0; i < 3; i++)
        if (!r->schema.constant[roles[i]] && r->schema.column[roles[i]] >= 0)
            r->key_roles[r->n_key_roles++] = roles[i];
}

/* Which session the row belongs to. */
static bool find_session(struct reader *r, struct err *err)
{
    if (same_session(r))
        return true;
    strbuf_reset(&r->key);
    for (size_t i = 0; i < r->n_key_roles; i++) {
        size_t n;
        const void *part = key_part(r, r->key_roles[i], &n);
        strbuf_add(&r->key, part, n);
    }
    strbuf_putc(&r->key, 0); /* never empty */
    uint32_t known = names_find(&r->keys, r->key.text, r->key.len);
    if (known == NAMES_NONE) {
        if (!new_session(r, err))
            return false;
        known = names_add(&r->keys, r->key.text, r->key.len);
    }
    r->session = (uint32_t)r->first_session + known;
    return true;
}

/* Only where the log has a column for it. */
static bool read_gap(struct reader *r, struct row *row, struct err *err)
{
    double v = 0;
    if (r->schema.gap >= 0 &&
        (!source_cell_number(&r->source, (size_t)r->schema.gap, &v) || (v != 0 && v != 1)))
        return source_refuse(&r->source, err, "%s is 0 or 1", schema_gap_name);
    row->gap = v == 1;
    return true;
}

static bool read_row(struct reader *r, struct err *err)
{
    struct rows *rows = r->rows;
    struct row row = {.line = (uint32_t)r->source.row};
    if (rows->n >= MAX_ROWS || r->source.row > UINT32_MAX)
        return err_set(err, ERR_DATA, "%s: more than %d rows", r->file->path, MAX_ROWS);
    if (log_reader_blank(r)) {
        r->file->n_blank++;
        return true;
    }
    if (!find_session(r, err))
        return false;
    row.session = r->session;
    if (!log_reader_trial(r, &row, err) || !log_reader_stimulus(r, &row.stimulus, err) ||
        !log_reader_codes(r, &row, err))
        return false;
    if (!read_gap(r, &row, err) || !log_reader_keep_extras(r, rows->n, err))
        return false;
    rows->sessions[row.session].count++;
    if (rows->n == rows->capacity &&
        !mem_room((double)(rows->n * sizeof *rows->row), r->file->path, err))
        return false;
    if (rows->n == rows->capacity)
        rows->row = mem_reserve(rows->row, &rows->capacity, rows->n + 1, sizeof *rows->row);
    rows->row[rows->n++] = row;
    r->file->count++;
    return true;
}

static bool look_up(const struct reader *r, struct err *err)
{
    const struct load_options *o = r->options;
    if (o->permille && r->bytes_all > 0) {
        double share = (double)(r->bytes_before + (r->source.in ? gz_position(r->source.in) : 0)) /
                       (double)r->bytes_all;
        atomic_store(o->permille, share < 1 ? (int)(1000 * share) : 1000);
    }
    if ((o->cancel && atomic_load(o->cancel)) || job_unwanted())
        return err_set(err, ERR_INTERRUPTED, "interrupted");
    return true;
}

/* What the place of the file tells, where no column is named for it. */
static bool take_parts(struct reader *r, struct err *err)
{
    static const enum role roles[INPUT_PARTS] = {ROLE_SUBJECT, ROLE_SESSION, ROLE_DATE};
    const struct load_options *o = r->options;
    const char *const told[INPUT_PARTS] = {o->subject, o->session, o->date};
    (void)err;
    for (int i = 0; i < INPUT_PARTS; i++)
        if (r->input->part[i] && !told[i])
            r->schema.constant[roles[i]] = mem_text(r->input->part[i]);
    return true;
}

/* As the IBL keeps its data, by where the file stands, or a table other than text with
 * the columns of its own. */
static bool is_ibl(const struct log_source *source)
{
    static const char *const own[] = {"contrastLeft", "contrastRight", "feedbackType"};
    size_t found = 0;
    for (size_t i = 0; i < source->n_columns; i++)
        for (size_t k = 0; k < 3; k++)
            found += strcmp(source->columns[i].name, own[k]) == 0;
    return source->input->ibl || (source->format->whole && found == 3);
}

/* Of the first file: columns that might have been taken for what others were taken for. */
static void note_also(struct reader *r)
{
    static const enum role roles[] = {ROLE_STIMULUS, ROLE_CHOICE, ROLE_REWARD, ROLE_ANSWER};
    for (size_t i = 0; i < 4 && r->rows->n_files == 1; i++) {
        long also = r->schema.also[roles[i]];
        if (also >= 0 && r->schema.column[roles[i]] != also && !r->schema.used[also])
            strbuf_printf(&r->source.odd, "%.60s is taken for the %s, not %.60s\n",
                          log_reader_column(r, roles[i]), schema_role_name(roles[i]),
                          r->source.columns[also].name);
    }
}

/* What the file's columns are, and which parts its name tells. */
static bool open_log(struct reader *r, struct err *err)
{
    const struct load_options *o = r->options;
    struct log_file *file = r->file;
    struct strbuf mapping = {0};
    if (!source_open(&r->source, r->input, o, err) || !take_parts(r, err) ||
        (o->names && !filename_take(o->names, file->path, r->schema.constant, err)) ||
        !schema_match(&r->source, o, &r->schema, err))
        return false;
    const long *c = r->schema.column;
    for (int role = 0; role < ROLE_N; role++)
        if (r->schema.constant[role])
            r->constant[role] = (struct log_cell){.text = r->schema.constant[role],
                                                  .n = strlen(r->schema.constant[role])};
    r->source.tanh5 = o->contrast == LOAD_CONTRAST_TANH5 ||
                      (o->contrast == LOAD_CONTRAST_AUTO && is_ibl(&r->source));
    note_also(r);
    schema_describe(&r->schema, &r->source, o, &mapping);
    file->format = r->source.format;
    file->mapping = strbuf_take(&mapping);
    file->has_trial = c[ROLE_TRIAL] >= 0;
    file->has_date = c[ROLE_DATE] >= 0 || r->schema.constant[ROLE_DATE];
    file->has_session = c[ROLE_SESSION] >= 0 || r->schema.constant[ROLE_SESSION];
    file->has_answer = c[ROLE_ANSWER] >= 0;
    file->no_stimulus = r->schema.no_stimulus;
    file->choice_from_answer = r->schema.choice_from_answer;
    file->reward_from_answer = r->schema.reward_from_answer;
    file->told = r->schema.map[ROLE_CHOICE].n > 0;
    file->habit = r->schema.habit;
    file->choice = mem_text(log_reader_column(r, c[ROLE_CHOICE] >= 0 ? ROLE_CHOICE : ROLE_ANSWER));
    r->quick = log_reader_is_quick(r);
    find_key_roles(r);
    return true;
}

static bool read_all(struct reader *r, struct err *err)
{
    if (!open_log(r, err))
        return false;
    log_reader_plan_extras(r);
    for (size_t seen = 0;; seen++) { /* blank rows count as well */
        if (seen % POLL_ROWS == 0 && !look_up(r, err))
            return false;
        enum log_got got = source_next(&r->source, err);
        if (got == LOG_ERROR)
            return false;
        if (got == LOG_END)
            break;
        if (!read_row(r, err))
            return false;
    }
    if (r->file->count == 0)
        return source_refuse(&r->source, err, "no rows follow the header");
    if (r->file->n_blank)
        strbuf_printf(&r->rows->odd, "%zu blank rows of %s are not trials\n", r->file->n_blank,
                      r->file->path);
    strbuf_puts(&r->rows->odd, strbuf_text(&r->source.odd));
    return true;
}

static bool read_file(struct rows *rows, const struct input *input,
                      const struct load_options *options, uint64_t before, uint64_t all,
                      bool several, struct err *err)
{
    struct reader r = {.rows = rows,
                       .file = &rows->files[rows->n_files],
                       .input = input,
                       .several = several,
                       .options = options,
                       .first_session = rows->n_sessions,
                       .bytes_before = before,
                       .bytes_all = all};
    *r.file = (struct log_file){.path = mem_text(input->name), .first = rows->n};
    rows->n_files++;
    bool fine = read_all(&r, err);
    source_close(&r.source);
    schema_free(&r.schema);
    names_free(&r.keys);
    strbuf_free(&r.key);
    free(r.extra);
    return fine;
}

static void free_file(struct log_file *file)
{
    free(file->path);
    free(file->mapping);
    free(file->choice);
}

static void free_sessions(struct rows *rows, size_t from)
{
    for (size_t i = from; i < rows->n_sessions; i++) {
        free(rows->sessions[i].date);
        free(rows->sessions[i].session);
        free(rows->sessions[i].name);
    }
    rows->n_sessions = from;
}

/* A file of many that cannot be read is left out, named, as if it had not been there. */
static void leave_out(struct rows *rows, size_t n_rows, size_t n_sessions, const struct err *why)
{
    rows->n = n_rows;
    free_sessions(rows, n_sessions);
    for (size_t i = 0; i < rows->n_extras; i++)
        if (rows->extras[i].n > n_rows)
            rows->extras[i].n = n_rows;
    free_file(&rows->files[--rows->n_files]);
    strbuf_printf(&rows->odd, "left out: %s\n", why->message);
}

/* Sessions of an archive are many, and a bad one should not keep the others away. */
static bool may_leave_out(const struct inputs *inputs, size_t i, const struct load_options *o,
                          const struct err *why)
{
    return inputs->input[i].ibl && inputs->n > 1 && !o->strict && why->code == ERR_DATA;
}

bool rows_read(struct rows *rows, const struct load_options *options, struct err *err)
{
    struct inputs inputs;
    struct err why = {0};
    uint64_t before = 0, all = 0;
    *rows = (struct rows){0};
    bool fine = log_inputs_find(&inputs, options, err);
    for (size_t i = 0; i < inputs.n; i++)
        all += inputs.input[i].size;
    rows->files = mem_new(inputs.n, sizeof *rows->files);
    strbuf_puts(&rows->odd, strbuf_text(&inputs.odd));
    for (size_t i = 0; i < inputs.n && fine; i++) {
        size_t n_rows = rows->n, n_sessions = rows->n_sessions;
        err_clear(&why);
        fine = read_file(rows, &inputs.input[i], options, before, all, inputs.n > 1, &why);
        if (!fine && may_leave_out(&inputs, i, options, &why)) {
            leave_out(rows, n_rows, n_sessions, &why);
            fine = true;
        }
        before += inputs.input[i].size;
    }
    if (!fine && why.code != ERR_NONE)
        *err = why;
    if (fine && rows->n_files == 0)
        fine = err_set(err, ERR_DATA, "no session can be read: %s", why.message);
    log_inputs_free(&inputs);
    return fine;
}

bool rows_refuse(const struct rows *rows, const struct row *row, struct err *err,
                 const char *format, ...)
{
    const struct log_file *file = &rows->files[rows->sessions[row->session].file];
    va_list list;
    va_start(list, format);
    source_refuse_at(file->format, file->path, row->line, err, format, list);
    va_end(list);
    return false;
}

void rows_free(struct rows *rows)
{
    for (size_t i = 0; i < rows->n_files; i++)
        free_file(&rows->files[i]);
    free_sessions(rows, 0);
    for (size_t i = 0; i < rows->n_extras; i++) {
        free(rows->extras[i].name);
        free(rows->extras[i].values);
    }
    strbuf_free(&rows->odd);
    free(rows->files);
    free(rows->row);
    free(rows->sessions);
    free(rows->extras);
    names_free(&rows->subjects);
    names_free(&rows->session_names);
    names_free(&rows->extra_names);
    *rows = (struct rows){0};
}
