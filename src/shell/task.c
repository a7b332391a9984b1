/* Background work of commands: one thread per task, at most one waited for.
 * The thread writes ok and err, then sets `over` (release) and sends the wake;
 * the main thread reads them after it saw `over`. */
#include <stdlib.h>

#include "deltaw/base/mem.h"
#include "state.h"

static void *task_main(void *arg)
{
    struct task *task = arg;
    thread_background(THREAD_BACKGROUND);
    task->ok = task->work(task->data, task, &task->err);
    const struct wake *wake = task->wake; /* the task may be freed once it is over */
    atomic_store(&task->over, true);
    wake_send(wake);
    return NULL;
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
    task->started = clock_seconds();
    task->wake = &session->wake;
    atomic_store(&task->permille, -1);
    if (!thread_start(&task->thread, task_main, task, err)) {
        release(data);
        free(label);
        free(task);
        return false;
    }
    session->task = task;
    return true;
}

void task_free(struct task *task)
{
    pthread_join(task->thread, NULL);
    task->release(task->data);
    free(task->label);
    free(task);
}

void task_give_up(struct session *session)
{
    struct task *task = session->task;
    if (!task)
        return;
    atomic_store(&task->cancel, true);
    task->next = session->given_up;
    session->given_up = task;
    session->task = NULL;
}

void task_reap(struct session *session, bool wait)
{
    for (struct task **at = &session->given_up; *at;) {
        struct task *task = *at;
        if (wait || atomic_load(&task->over)) {
            *at = task->next;
            task_free(task);
        } else {
            at = &task->next;
        }
    }
}
