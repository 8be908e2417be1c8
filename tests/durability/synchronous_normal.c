/* Preloaded into a program, it has SQLite run with synchronous=NORMAL where the program asks for FULL: what power-cut's
 * canary needs, so that the program itself has no such switch. */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef int (*exec_fn)(void *db, const char *sql, int (*row)(void *, int, char **, char **), void *arg, char **message);

int sqlite3_exec(void *db, const char *sql, int (*row)(void *, int, char **, char **), void *arg, char **message);

int sqlite3_exec(void *db, const char *sql, int (*row)(void *, int, char **, char **), void *arg, char **message)
{
    static const char full[] = "synchronous=FULL", normal[] = "synchronous=NORMAL";
    exec_fn real = (exec_fn)dlsym(RTLD_NEXT, "sqlite3_exec");
    const char *at = strstr(sql, full);
    if (at == NULL)
        return real(db, sql, row, arg, message);
    char *changed = NULL;
    if (asprintf(&changed, "%.*s%s%s", (int)(at - sql), sql, normal, at + sizeof full - 1) < 0)
        abort();
    int code = real(db, changed, row, arg, message);
    free(changed);
    return code;
}
