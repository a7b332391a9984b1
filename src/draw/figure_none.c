/* Used instead of the cairo files where there is no cairo. */
#include "deltaw/draw/figure.h"

bool figure_paint(const struct figure *figure, enum figure_kind kind,
                  const struct figure_look *look, struct strbuf *out, struct err *err)
{
    (void)figure, (void)kind, (void)look, (void)out;
    return err_set(err, ERR_FAILED,
                   "this deltaw was built without cairo, which draws .svg, .pdf "
                   "and .png: install the Debian package libcairo2-dev, run configure and make "
                   "again; .txt, .ans, .csv and .npz need no cairo");
}

const char *figure_library(void)
{
    return NULL;
}
