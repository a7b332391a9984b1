/* Text and tables as HTML. */
#ifndef DELTAW_BASE_HTML_H
#define DELTAW_BASE_HTML_H

#include <stddef.h>

#include "deltaw/base/strbuf.h"
#include "deltaw/base/table.h"

/* Text that means nothing to HTML, in an element or an attribute in double quotes; what
 * cannot be seen is made visible as utf8_visible does it. */
void html_text(struct strbuf *out, const char *text);
/* What people see of a table: the head, then a row each; numbers have the class "n". */
void html_table(struct strbuf *out, const struct table *table);
/* Bytes in base64, as a data: address takes them. */
void html_base64(struct strbuf *out, const char *bytes, size_t n);

#endif
