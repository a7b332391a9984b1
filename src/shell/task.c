/* Background work of commands: a job per task, at most one waited for.  The job writes ok
 * and err; the main thread reads them once it is done. */
#include <stdlib.h>

#include "deltaw/base/mem.h"
#include "state.h"

static void task_run(struct job *job)
{
    struct task *task = job->data;
    task->ok = task->work(task->data, task, &task->err);
}

void task_free(struct task *task)
{
    job_recall(&task->job);
    task->release(task->data);
    free(task->label);
    free(task);
}

bool task_start(struct session *session, char *label, void *data,
                bool (*work)(void *data, struct task *task, struct err *err),
                bool (*finish)(struct session *session, void *data, struct output *out,
                               struct err *err),
                void (*release)(void *data), struct err *err)
{
    struct task *task = mem_new(1, sizeof *task);
    task->data = data;
    task->work = work;
    task->finish = finish;
    task->release = release;
    task->label = label;
    task->job = (struct job){.run = task_run, .data = task, .lane = JOB_TASK};
    if (!job_send(session->jobs, &task->job, err)) {
        task_free(task);
        return false;
    }
    session->task = task;
    return true;
}

void task_give_up(struct session *session)
{
    struct task *task = session->task;
    if (!task)
        return;
    job_stop(&task->job);
    task->next = session->given_up;
    session->given_up = task;
    session->task = NULL;
}

void task_reap(struct session *session, bool wait)
{
    for (struct task **at = &session->given_up; *at;) {
        struct task *task = *at;
        if (wait || job_done(&task->job)) {
            *at = task->next;
            task_free(task);
        } else {
            at = &task->next;
        }
    }
}
