#include "ahead.h"

#include <pthread.h>
#include <stdlib.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/thread.h"

enum { LEAST = 2, MOST = 32, TOGETHER = 256 }; /* batches of a column; of all */

/* A column.  Batches are counted from its first and stand in the ring at their number. */
struct lane {
    struct parquet_reader *reader;
    struct parquet_batch *ring; /* [depth] */
    size_t made, taken;
    bool lent; /* the one at `taken` is what the caller looks at */
    bool busy; /* a thread is at the reader, and at the ring from `made` on */
    bool over; /* no more come: err, or the end */
    struct err err;
};

struct parquet_ahead {
    size_t n, depth;
    struct lane *lanes;   /* [n] */
    struct lane **lane;   /* [n_columns]; NULL: not wanted */
    size_t looked;        /* where threads look for work next */
    pthread_mutex_t lock; /* of all above but what a busy lane's thread has */
    pthread_cond_t made, room;
    bool quit;
    size_t n_helpers;
    pthread_t *helpers; /* [n_helpers] */
};

static size_t room_of(const struct parquet_ahead *a, const struct lane *lane)
{
    return lane->busy || lane->over ? 0 : a->depth - (lane->made - lane->taken);
}

/* A column that half of its batches can be made of: fewer are not worth a turn. */
static struct lane *find_work(struct parquet_ahead *a)
{
    for (size_t i = 0; i < a->n; i++) {
        struct lane *lane = &a->lanes[(a->looked + i) % a->n];
        if (room_of(a, lane) < a->depth / 2)
            continue;
        a->looked = (a->looked + i + 1) % a->n;
        return lane;
    }
    return NULL;
}

/* Called and left with the lock held. */
static void decode(struct parquet_ahead *a, struct lane *lane)
{
    size_t room = room_of(a, lane), want = room < a->depth / 2 ? room : a->depth / 2, n = 0;
    int got = 1;
    lane->busy = true;
    pthread_mutex_unlock(&a->lock);
    for (; n < want && got > 0; n += got > 0)
        got =
            parquet_reader_next(lane->reader, &lane->ring[(lane->made + n) % a->depth], &lane->err);
    pthread_mutex_lock(&a->lock);
    lane->made += n;
    lane->busy = false;
    lane->over = got <= 0;
    pthread_cond_signal(&a->made);
}

static void *help(void *arg)
{
    struct parquet_ahead *a = arg;
    thread_background(THREAD_BACKGROUND);
    pthread_mutex_lock(&a->lock);
    while (!a->quit) {
        struct lane *lane = find_work(a);
        if (lane)
            decode(a, lane);
        else
            pthread_cond_wait(&a->room, &a->lock);
    }
    pthread_mutex_unlock(&a->lock);
    return NULL;
}

/* With fewer threads than asked for it is slower, not wrong. */
static void start_helpers(struct parquet_ahead *a, size_t n)
{
    a->helpers = mem_new(n, sizeof *a->helpers);
    while (a->n_helpers < n && thread_start(&a->helpers[a->n_helpers], help, a, NULL))
        a->n_helpers++;
}

struct parquet_ahead *parquet_ahead_new(const struct parquet_meta *meta, int fd, const bool *wanted,
                                        int threads)
{
    struct parquet_ahead *a = mem_new(1, sizeof *a);
    a->lane = mem_new(meta->n_columns, sizeof *a->lane);
    a->lanes = mem_new(meta->n_columns, sizeof *a->lanes);
    for (size_t i = 0; i < meta->n_columns; i++)
        if (wanted[i])
            a->lane[i] = &a->lanes[a->n++];
    size_t each = TOGETHER / (a->n ? a->n : 1);
    a->depth = each < LEAST ? LEAST : each > MOST ? MOST : each;
    for (size_t i = 0; i < meta->n_columns; i++)
        if (a->lane[i]) {
            a->lane[i]->reader = parquet_reader_new(meta, i, fd);
            a->lane[i]->ring = mem_new(a->depth, sizeof *a->lane[i]->ring);
        }
    pthread_mutex_init(&a->lock, NULL);
    pthread_cond_init(&a->made, NULL);
    pthread_cond_init(&a->room, NULL);
    start_helpers(a, threads > 1 ? (size_t)threads - 1 : 0);
    return a;
}

void parquet_ahead_free(struct parquet_ahead *a)
{
    if (!a)
        return;
    pthread_mutex_lock(&a->lock);
    a->quit = true;
    pthread_cond_broadcast(&a->room);
    pthread_mutex_unlock(&a->lock);
    for (size_t i = 0; i < a->n_helpers; i++)
        pthread_join(a->helpers[i], NULL);
    for (size_t i = 0; i < a->n; i++) {
        for (size_t k = 0; k < a->depth; k++)
            parquet_batch_free(&a->lanes[i].ring[k]);
        free(a->lanes[i].ring);
        parquet_reader_free(a->lanes[i].reader);
    }
    pthread_mutex_destroy(&a->lock);
    pthread_cond_destroy(&a->made);
    pthread_cond_destroy(&a->room);
    free(a->helpers), free(a->lanes), free(a->lane), free(a);
}

/* The batch that the caller has done with goes back to the ring. */
static void give_back(struct parquet_ahead *a, struct lane *lane)
{
    lane->taken += lane->lent;
    lane->lent = false;
    if (a->n_helpers > 0 && room_of(a, lane) == a->depth / 2)
        pthread_cond_signal(&a->room);
}

const struct parquet_batch *parquet_ahead_next(struct parquet_ahead *a, size_t column,
                                               struct err *err)
{
    struct lane *lane = a->lane[column];
    pthread_mutex_lock(&a->lock);
    give_back(a, lane);
    while (lane->made == lane->taken && !lane->over) {
        struct lane *work = lane->busy ? find_work(a) : lane;
        if (work)
            decode(a, work);
        else
            pthread_cond_wait(&a->made, &a->lock);
    }
    lane->lent = lane->made > lane->taken;
    const struct parquet_batch *batch = &lane->ring[lane->taken % a->depth];
    bool lent = lane->lent;
    if (!lent && lane->err.code != ERR_NONE)
        *err = lane->err;
    pthread_mutex_unlock(&a->lock);
    return lent ? batch : NULL;
}
