/* The write-ahead log, written in few pieces. SQLite writes each frame by two calls, its head and its page, some two
 * hundred of them a commit; here they gather in memory, and go to the file together: with the last frame of a commit,
 * before a sync, and before anything is read. What is acknowledged, and in which order it reaches the disk, is as
 * before: SQLite syncs the log before it tells other connections of the commit.
 *
 * Format of a frame: https://sqlite.org/fileformat2.html#walformat */
#include "store/sqlite.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

enum { GATHERED_MOST = 128 << 10, FRAME_HEAD = 24 };

struct log_file {
    sqlite3_file base;
    sqlite3_file *real; /* behind this struct, in the memory that SQLite gives */
    char *gathered;     /* GATHERED_MOST bytes, from the first write on */
    sqlite3_int64 at;   /* where in the file they belong */
    int used;
    bool ends_commit; /* the frame whose head came last */
};

static sqlite3_vfs *usual;

static int flush(struct log_file *log)
{
    int used = log->used;
    log->used = 0; /* a write that failed is undone by SQLite, not tried again */
    return used == 0 ? SQLITE_OK : log->real->pMethods->xWrite(log->real, log->gathered, used, log->at);
}

static int gather(struct log_file *log, const void *bytes, int amount, sqlite3_int64 at)
{
    if (log->gathered == NULL && (log->gathered = malloc(GATHERED_MOST)) == NULL)
        return SQLITE_IOERR_NOMEM;
    if (log->used == 0)
        log->at = at;
    memcpy(log->gathered + log->used, bytes, (size_t)amount);
    log->used += amount;
    return SQLITE_OK;
}

/* The head of a commit's last frame holds the size of the database, that of any other 0. */
static bool head_ends_commit(const void *head)
{
    static const char none[4];
    return memcmp((const char *)head + 4, none, sizeof none) != 0;
}

static int write_log(sqlite3_file *file, const void *bytes, int amount, sqlite3_int64 at)
{
    struct log_file *log = (struct log_file *)file;
    int code = SQLITE_OK;
    if (log->used > 0 && (at != log->at + log->used || amount > GATHERED_MOST - log->used))
        code = flush(log);
    if (code == SQLITE_OK && amount > GATHERED_MOST)
        return log->real->pMethods->xWrite(log->real, bytes, amount, at);
    if (code == SQLITE_OK)
        code = gather(log, bytes, amount, at);
    bool is_head = amount == FRAME_HEAD;
    if (code == SQLITE_OK && !is_head && log->ends_commit)
        code = flush(log);
    log->ends_commit = is_head && head_ends_commit(bytes);
    return code;
}

static int read_log(sqlite3_file *file, void *out, int amount, sqlite3_int64 at)
{
    struct log_file *log = (struct log_file *)file;
    int code = flush(log);
    return code != SQLITE_OK ? code : log->real->pMethods->xRead(log->real, out, amount, at);
}

static int sync_log(sqlite3_file *file, int flags)
{
    struct log_file *log = (struct log_file *)file;
    int code = flush(log);
    return code != SQLITE_OK ? code : log->real->pMethods->xSync(log->real, flags);
}

static int truncate_log(sqlite3_file *file, sqlite3_int64 size)
{
    struct log_file *log = (struct log_file *)file;
    int code = flush(log);
    return code != SQLITE_OK ? code : log->real->pMethods->xTruncate(log->real, size);
}

static int size_of_log(sqlite3_file *file, sqlite3_int64 *size)
{
    struct log_file *log = (struct log_file *)file;
    int code = flush(log);
    return code != SQLITE_OK ? code : log->real->pMethods->xFileSize(log->real, size);
}

static int close_log(sqlite3_file *file)
{
    struct log_file *log = (struct log_file *)file;
    int flushed = flush(log), closed = log->real->pMethods->xClose(log->real);
    free(log->gathered);
    return flushed != SQLITE_OK ? flushed : closed;
}

static int control_log(sqlite3_file *file, int operation, void *arg)
{
    struct log_file *log = (struct log_file *)file;
    return log->real->pMethods->xFileControl(log->real, operation, arg);
}

static int sector_size(sqlite3_file *file)
{
    struct log_file *log = (struct log_file *)file;
    return log->real->pMethods->xSectorSize(log->real);
}

static int device_characteristics(sqlite3_file *file)
{
    struct log_file *log = (struct log_file *)file;
    return log->real->pMethods->xDeviceCharacteristics(log->real);
}

/* SQLite locks the database, never its log: no lock is needed here. */
static const sqlite3_io_methods log_methods = {
    .iVersion = 1,
    .xClose = close_log,
    .xRead = read_log,
    .xWrite = write_log,
    .xTruncate = truncate_log,
    .xSync = sync_log,
    .xFileSize = size_of_log,
    .xFileControl = control_log,
    .xSectorSize = sector_size,
    .xDeviceCharacteristics = device_characteristics,
};

static int open_file(sqlite3_vfs *vfs, const char *path, sqlite3_file *file, int flags, int *out_flags)
{
    (void)vfs;
    if (!(flags & SQLITE_OPEN_WAL))
        return usual->xOpen(usual, path, file, flags, out_flags);
    struct log_file *log = (struct log_file *)file;
    *log = (struct log_file){.real = (sqlite3_file *)(log + 1)};
    int code = usual->xOpen(usual, path, log->real, flags, out_flags);
    if (code == SQLITE_OK)
        log->base.pMethods = &log_methods;
    return code;
}

void sqlite_log_register(void)
{
    static sqlite3_vfs vfs;
    usual = sqlite3_vfs_find(NULL);
    vfs = *usual;
    vfs.zName = SQLITE_VFS;
    vfs.szOsFile += (int)sizeof(struct log_file);
    vfs.xOpen = open_file;
    sqlite3_vfs_register(&vfs, false);
}
