#include "base/log.h"

#include "base/when.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

static _Atomic int least = LOG_INFO;
static _Atomic log_sink sink;

void log_set_level(enum log_level level)
{
    atomic_store(&least, (int)level);
}

void log_set_sink(log_sink fn)
{
    atomic_store(&sink, fn);
}

/* A line break or another control character in a value could forge a line. */
static void flatten(char *text)
{
    for (; *text != '\0'; text++)
        if ((unsigned char)*text < 0x20 || *text == 0x7F)
            *text = ' ';
}

void log_line(enum log_level level, const char *event, const char *format, ...)
{
    static const char *const names[] = {"debug", "info", "warning", "error"};
    if ((int)level < atomic_load(&least))
        return;
    char rest[2048];
    va_list args;
    va_start(args, format);
    vsnprintf(rest, sizeof rest, format, args);
    va_end(args);
    flatten(rest);
    log_sink to = atomic_load(&sink);
    if (to != NULL) {
        to(level, event, rest);
        return;
    }
    struct datetime utc = datetime_utc(instant_now());
    char line[2304];
    int length =
        snprintf(line, sizeof line, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ %s %s %s\n", utc.date.year, utc.date.month,
                 utc.date.day, utc.hour, utc.minute, utc.second, utc.microsecond / 1000, names[level], event, rest);
    if (length > 0 && write(STDERR_FILENO, line, (size_t)length) < 0)
        return; /* nowhere left to tell it */
}

void log_err(const char *event, const struct err *err)
{
    log_line(LOG_ERROR, event, "code=%d message=\"%s\" detail=\"%s\"", (int)err->code, err->message, err->detail);
}
