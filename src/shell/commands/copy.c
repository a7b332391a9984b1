#include <string.h>

#include "../state.h"

/* xterm takes at most 100,000 bytes of base64. */
enum { COPY_MOST = 74000 };

static const struct option_row copy_options[] = {
    {"as", OPTION_WORD, 0, 0, "text|csv", "text",
     "text: the sentence and the picture, csv: the table"},
    {0},
};

static void take_text(struct view *view, const struct args *args, const struct output *out,
                      struct strbuf *text)
{
    if (strcmp(args_text(args, copy_options, "as"), "csv") == 0) {
        struct table table = {0};
        view_table(view, &table);
        table_csv(&table, text);
        table_free(&table);
    } else {
        struct style style = {.ascii = out->style.ascii};
        view_print(view, out->width, &style, text);
    }
}

static bool copy_run(struct session *session, const struct args *args, struct output *out,
                     struct err *err)
{
    const struct session_host *host = &session->setup.host;
    const char *name = args_at(args, 0), *as = args_text(args, copy_options, "as");
    if (!name && !session->last_view)
        return err_set(err, ERR_USAGE,
                       "copy: no view has been looked at yet; name one, as in `copy map`");
    if (name && !view_verb_known(&args->items[0], "copy", err))
        return false;
    name = name ? name : session->last_view;
    if (!host->terminal)
        return err_set(
            err, ERR_FAILED,
            "copy: there is no terminal with a clipboard here; `export %s FILE.%s` writes a file",
            name, strcmp(as, "csv") == 0 ? "csv" : "txt");
    struct view *view = session_view(session, name, err);
    if (!view || !view_update(view, session_scene(session), err)) {
        err_prefix(err, "copy %s", name);
        return false;
    }
    struct strbuf text = {0}, bytes = {0};
    char size[NUMBER_SIZE];
    take_text(view, args, out, &text);
    number_grouped(size, (long long)text.len);
    output_field_text(out, "view", name);
    output_field_text(out, "as", as);
    output_field_number(out, "bytes", (double)text.len);
    bool good = text.len <= COPY_MOST ||
                err_set(err, ERR_FAILED,
                        "copy: the %s as %s has %s bytes, and terminals take 74,000 at most; "
                        "`export %s FILE.%s` writes a file",
                        name, as, size, name, strcmp(as, "csv") == 0 ? "csv" : "txt");
    strbuf_puts(&bytes, "\033]52;c;");
    strbuf_base64(&bytes, strbuf_text(&text), text.len);
    strbuf_putc(&bytes, '\a');
    good = good && host->terminal(host->data, bytes.text, bytes.len, err);
    strbuf_free(&text);
    strbuf_free(&bytes);
    if (good)
        output_say(out, "the %s as %s, %s bytes, given to the terminal's clipboard", name, as,
                   size);
    return good;
}

static const struct answer_row copy_answer[] = {
    {"view", .type = ANSWER_TEXT},
    {"as", .type = ANSWER_TEXT},
    {"bytes", .type = ANSWER_COUNT},
    {0},
};

const struct command command_copy = {
    .name = "copy",
    .group = GROUP_KEEP,
    .arguments = "[VIEW] [as=text|csv]",
    .summary = "put a view's text or table on the clipboard",
    .detail = "Without a name: the view last looked at.  The bytes go to the terminal (OSC 52), "
              "also over ssh; whether they reach the clipboard is up to it: xterm wants "
              "allowWindowOps, tmux `set -s set-clipboard on`.  At most 74,000 bytes.  In batch "
              "and in a pipe there is no clipboard: use export.",
    .examples = "copy map\ncopy loss as=csv",
    .options = copy_options,
    .positional_type = OPTION_VIEW,
    .positional_max = 1,
    .unlogged = true,
    .answer = copy_answer,
    .run = copy_run,
};
