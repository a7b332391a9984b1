/* `report FILE`: a page of what other verbs answer and of figures of the views.  The verbs
 * run one after the other within the report, as capture.c has them. */
#ifndef SHELL_PAGE_H
#define SHELL_PAGE_H

#include "state.h"

struct page;

/* The page of the open cohort and all models, to be written to `path` (copied). */
struct page *page_new(struct session *session, const char *path);
void page_free(struct page *page);
/* Output of a verb, which is HTML already, into the page. */
void page_take(struct page *page, const char *html, size_t n);
/* Why a verb has no answer: a line of the page. */
void page_lack(struct page *page, const char *why);
/* The next part: a figure is taken at once; a verb writes to `out` and may leave a task
 * behind.  False: there are no more. */
bool page_step(struct page *page, struct session *session, struct output *out);
/* Starts the task that paints the figures and writes the file; it owns the page then. */
bool page_write(struct page *page, struct session *session, struct err *err);

#endif
