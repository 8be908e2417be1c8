/* Waiting for a condition until a time, by the clock that nobody sets. */
#ifndef GUICHET_BASE_STEADY_H
#define GUICHET_BASE_STEADY_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

/* Microseconds since some moment: for durations, never for dates. */
int64_t steady_now(void);

/* A condition for steady_wait; the caller destroys it with pthread_cond_destroy. */
void steady_cond_init(pthread_cond_t *condition);

/* As pthread_cond_wait, with the lock held; false once it is that time of steady_now. */
bool steady_wait(pthread_cond_t *condition, pthread_mutex_t *lock, int64_t until);

#endif
