#include "models_r2.h"

#include <math.h>
#include <stdlib.h>

#include "deltaw/base/mem.h"
#include "deltaw/study/probe.h"
#include "watch.h"

struct r2_entry {
    struct model *model; /* a reference: an address stands for one model */
    double r2;
};

static const struct r2_entry *find(const struct r2_book *book, const struct model *model)
{
    for (size_t i = 0; i < book->n; i++)
        if (book->known[i].model == model)
            return &book->known[i];
    return NULL;
}

double r2_known(const struct r2_book *book, const struct model *model)
{
    const struct r2_entry *entry = find(book, model);
    return entry ? entry->r2 : NAN;
}

double r2_look(struct r2_book *book, const struct model *model, const struct cohort *cohort)
{
    const struct r2_entry *entry = find(book, model);
    if (entry)
        return entry->r2;
    if (!book->wanted)
        book->wanted = view_job_new(&models_work, NULL);
    struct r2_job *job = (struct r2_job *)book->wanted;
    job->item = mem_resize(job->item, job->n + 1, sizeof *job->item);
    job->item[job->n++] = (struct r2_want){model_hold(model), cohort_hold(cohort), NAN, false};
    return NAN;
}

void r2_release(struct view_job *head)
{
    struct r2_job *job = (struct r2_job *)head;
    for (size_t i = 0; i < job->n; i++) {
        model_drop(job->item[i].model);
        cohort_drop(job->item[i].cohort);
    }
    free(job->item);
}

void r2_forget(struct r2_book *book, size_t n, const struct model *const *kept)
{
    size_t left = 0;
    for (size_t i = 0; i < book->n; i++) {
        size_t at = 0;
        while (at < n && kept[at] != book->known[i].model)
            at++;
        if (at < n)
            book->known[left++] = book->known[i];
        else
            model_drop(book->known[i].model);
    }
    book->n = left;
    view_job_free(book->wanted);
    book->wanted = NULL;
}

void r2_free(struct r2_book *book)
{
    r2_forget(book, 0, NULL);
    free(book->known);
    book->known = NULL;
}

bool r2_compute(struct view_job *head, const atomic_bool *stop, struct err *err)
{
    struct r2_job *job = (struct r2_job *)head;
    (void)err;
    struct recovery recovery;
    for (size_t i = 0; i < job->n && !atomic_load(stop); i++) {
        struct r2_want *want = &job->item[i];
        bool fine = recovery_compute(want->model, want->cohort, stop, &recovery, NULL);
        want->r2 = fine ? recovery.r2[0] : NAN;
        want->found = !atomic_load(stop);
    }
    return true;
}

void r2_adopt(struct r2_book *book, const struct view_job *head)
{
    const struct r2_job *job = (const struct r2_job *)head;
    for (size_t i = 0; i < job->n; i++) {
        const struct r2_want *want = &job->item[i];
        if (want->found && !find(book, want->model)) {
            book->known = mem_resize(book->known, book->n + 1, sizeof *book->known);
            book->known[book->n++] = (struct r2_entry){model_hold(want->model), want->r2};
        }
    }
}
