/* Log: one line a fact on standard error, « 2026-12-14T09:30:00Z level event key=value … », for the supervisor's
 * journal. No personal datum, no secret, no line break: values are quoted where they need it. */
#ifndef GUICHET_BASE_LOG_H
#define GUICHET_BASE_LOG_H

#include "base/err.h"

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARNING, LOG_ERROR };

/* Lines below this level are dropped; LOG_INFO at start. */
void log_set_level(enum log_level level);

/* event is a word with dots (« mail.sent »); format gives the rest of the line. */
void log_line(enum log_level level, const char *event, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Lines go to fn, which says what it does with them, instead of standard error: for rehearsals. From any thread; NULL
 * brings standard error back. text: the rest of the line, without a line break. */
typedef void (*log_sink)(enum log_level level, const char *event, const char *text);
void log_set_sink(log_sink fn);

/* The err of a failure that nobody else will tell of. */
void log_err(const char *event, const struct err *err);

#endif
