/* Running another program on a file, bounded. */
#ifndef GUICHET_BASE_CHILD_H
#define GUICHET_BASE_CHILD_H

#include "base/base.h"

/* The file that the program reads: what it is called on its command line. */
#define CHILD_FILE "/proc/self/fd/3"

/* Runs a program with fd as CHILD_FILE and no other file, 1 GB of memory, 20 seconds of a processor and 30 in all, 64
 * MB of files written. What it prints first goes to out (size bytes, NUL-ended). Its exit status; -1 where it could not
 * run or was stopped. */
int child_run(const char *const *words, int fd, char *out, size_t size);

#endif
