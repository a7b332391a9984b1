#include "blas.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>

#include "deltaw/base/err.h"
#include "deltaw/base/mem.h"
#include "deltaw/learn/engine.h"

static const char soname[] = "libopenblas.so.0";
static struct blas_functions functions; /* const after the first blas_open() */
static pthread_once_t once = PTHREAD_ONCE_INIT;

/* A function by name into a pointer of its type (POSIX: dlsym's void * holds it). */
static void find(void *library, const char *name, void *pointer)
{
    *(void **)pointer = dlsym(library, name);
    if (!*(void **)pointer)
        err_die("%s lacks %s; reinstall the package libopenblas0", soname, name);
}

static void load(void)
{
    void (*set_threads)(int);
    void *library = dlopen(soname, RTLD_NOW | RTLD_LOCAL);
    if (!library)
        err_die("cannot load OpenBLAS (%s); install the package libopenblas0", dlerror());
    find(library, "openblas_set_num_threads", &set_threads);
    find(library, "dpotrf_", &functions.dpotrf);
    find(library, "dpotri_", &functions.dpotri);
    find(library, "openblas_get_corename", &functions.core);
    find(library, "ssyrk_", &functions.ssyrk);
    find(library, "dgemm_", &functions.dgemm);
    set_threads(1); /* also where the environment was not set in time */
}

const struct blas_functions *blas_open(void)
{
    pthread_once(&once, load);
    return &functions;
}

bool blas_room(int threads, const char *what, struct err *err)
{
    static const double library = 70e6, buffer = 134.3e6; /* of a thread in a product */
    double bytes = library + buffer * threads, left = mem_space();
    return bytes <= left ||
           err_set(
               err, ERR_FAILED,
               "%s: not enough memory: %d threads of linear algebra take %.3g GB of the address "
               "space, whose limit (ulimit -v) leaves %.3g GB; threads=1 takes least",
               what, threads, bytes / 1e9, left / 1e9);
}

void blas_prepare(void)
{
    setenv("OPENBLAS_NUM_THREADS", "1", 1);
#if defined __x86_64__
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl"))
        setenv("OPENBLAS_CORETYPE", "SkylakeX", 0);
    else if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
        setenv("OPENBLAS_CORETYPE", "Haswell", 0);
#endif
}

const char *blas_core(void)
{
    return blas_open()->core();
}
