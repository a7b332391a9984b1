#include "deltaw/data/memo.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"

struct cohort_memo {
    pthread_mutex_t lock;
    size_t n;
    struct {
        char *name;
        double value;
    } * item;
};

struct cohort_memo *cohort_memo_new(void)
{
    struct cohort_memo *memo = mem_new(1, sizeof *memo);
    pthread_mutex_init(&memo->lock, NULL);
    return memo;
}

void cohort_memo_free(struct cohort_memo *memo)
{
    for (size_t i = 0; i < memo->n; i++)
        free(memo->item[i].name);
    pthread_mutex_destroy(&memo->lock);
    free(memo->item);
    free(memo);
}

bool cohort_recall(const struct cohort *cohort, const char *name, double *value)
{
    struct cohort_memo *memo = cohort->memo;
    bool found = false;
    pthread_mutex_lock(&memo->lock);
    for (size_t i = 0; i < memo->n && !found; i++)
        if ((found = strcmp(memo->item[i].name, name) == 0))
            *value = memo->item[i].value;
    pthread_mutex_unlock(&memo->lock);
    return found;
}

void cohort_remember(const struct cohort *cohort, const char *name, double value)
{
    struct cohort_memo *memo = cohort->memo;
    double known;
    if (cohort_recall(cohort, name, &known))
        return;
    pthread_mutex_lock(&memo->lock);
    memo->item = mem_resize(memo->item, memo->n + 1, sizeof *memo->item);
    memo->item[memo->n].name = mem_text(name);
    memo->item[memo->n++].value = value;
    pthread_mutex_unlock(&memo->lock);
}
