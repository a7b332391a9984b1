/* Where there is no HDF5. */
#include "nwb.h"

bool nwb_open(struct log_source *source, struct err *err)
{
    return err_set(err, ERR_DATA,
                   "%s: this is an HDF5 file, and this deltaw was built without HDF5; save the "
                   "trials as CSV",
                   source->path);
}
