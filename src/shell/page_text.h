/* The words of a report that no verb says. */
#ifndef SHELL_PAGE_TEXT_H
#define SHELL_PAGE_TEXT_H

#include "state.h"

void page_text_head(struct strbuf *out, const struct scene *scene);
/* What was done, in the words of a paper, with the numbers filled in. */
void page_text_methods(struct strbuf *out, const struct scene *scene);
/* The commands of the session, then the report itself. */
void page_text_script(struct strbuf *out, const char *journal, const char *path);
/* References, of what the models use; the end of the page. */
void page_text_foot(struct strbuf *out, const struct scene *scene);

#endif
