/* Where there is no libmatio. */
#include "mat.h"

bool mat_open(struct log_source *source, struct err *err)
{
    return err_set(err, ERR_DATA,
                   "%s: this is a MATLAB file, and this deltaw was built without libmatio; save "
                   "the trials as CSV (writetable)",
                   source->path);
}
