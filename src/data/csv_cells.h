/* Lines of text as cells. */
#ifndef DATA_CSV_CELLS_H
#define DATA_CSV_CELLS_H

#include "source.h"

/* Whichever of , tab ; | the line has most of; blanks when it has none. */
char csv_find_separator(const char *text, size_t n);
/* Fields into `cells`, in place, as far as there is room; returns how many there are, 0 when text
 * follows the closing quote of a field.  separator ' ': runs of blanks. */
size_t csv_split(char separator, char *text, size_t n, struct log_cell *cells, size_t room);
/* "1.234,5" -> "1234.5" where the cell is such a number. */
void csv_make_plain(const struct load_options *o, struct log_cell *cell);

#endif
