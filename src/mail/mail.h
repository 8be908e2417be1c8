/* mail: messages, and their delivery by SMTP. A message is a job, written in the transaction of its cause with the
 * words that it says; it is laid out and leaves later, and is tried again while the relay does not take it. What was
 * sent is kept as a row; where no relay is set the row alone is kept, and the demonstration shows it at /courriels/. */
#ifndef GUICHET_MAIL_H
#define GUICHET_MAIL_H

#include "base/base.h"
#include "pages/pages.h"
#include "store/jobs.h"

/* A file that goes with a message. Its bytes are read when the message leaves; until then mail_names_file keeps them
 * from the purge. */
struct mail_file {
    str blob, name, type;
    str bytes; /* once read */
};

struct mail {
    const str *to; /* addresses: each gets a message of its own */
    size_t to_count;
    str from;      /* address; empty: the relay's */
    str from_name; /* may be empty */
    str reply_to;  /* address, may be empty */
    str subject;
    str page;      /* « receipt »: templates/mails/receipt.txt and .html, rendered when the message leaves */
    json_t *words; /* an object: what they say, as it was when the message was caused */
    const struct mail_file *files;
    size_t file_count;
    int64_t dossier; /* of whom it speaks; 0: of none */
};

/* What the page « layout » shows: words, one button, a footer. */
struct mail_page {
    str site_name, title;
    str text;                     /* plain: paragraphs apart by empty lines */
    str action_label, action_url; /* may be empty */
    str footer;
};
/* Fills subject (the title), page and words. */
void mail_compose(struct arena *arena, const struct mail_page *page, struct mail *mail);

/* A job « mail.send » with this message; key as in struct job. */
#define MAIL_JOB_KIND "mail.send"
enum { MAIL_ATTEMPTS = 20, MAIL_LEASE_SECONDS = 180 };
struct job mail_job(struct arena *arena, const struct mail *mail, str key);

/* The two parts of a message, and the files that go with it. */
struct mail_parts {
    str text, html;
    struct VEC_OF(struct mail_file) files;
};
/* Where messages go. */
struct mail_relay {
    str url;            /* smtp://host:25, smtps://host:465; empty: nothing is sent, rows are kept */
    str user, password; /* may be empty */
    str from;           /* the sender of messages that name none */
    bool requires_tls;  /* refuse a relay without STARTTLS */
    /* When the process began to end, 0: it did not. A message that a slow relay keeps under way is soon left then, for
     * its next try. */
    _Atomic instant ending;
    /* Told of each message that is kept since nothing is sent; may be NULL: for rehearsals. */
    void (*kept)(const struct mail *mail, str to, const struct mail_parts *parts);
};

/* All files of a message together: what relays take is 10 MB and more, and base 64 adds a third. */
enum { MAIL_FILES_MOST = 12 << 20 };

/* Files that a message had to leave without: they are no longer kept, or are too many bytes. */
struct mail_lost {
    struct arena *arena;
    int64_t dossier;
    struct VEC_OF(str) names;
};

/* Does a job: sends to each address that has not had it yet, and keeps a row for each. ERR_INVALID where the relay
 * refused for good (5xx) or the message is none; else the runner tries again. What its files are kept in: files. A
 * message leaves without those that it can't have, and says so; lost tells them where it left. */
bool mail_run_job(const struct mail_relay *relay, const struct pages *pages, struct store *store, struct stores *files,
                  const struct job *job, struct mail_lost *lost, struct err *err);
/* Whether a message that has not left yet names this file. */
bool mail_names_file(struct tx *tx, str blob, bool *named, struct err *err);

/* ERR_UNSUPPORTED where there is no such page. */
bool mail_render(struct arena *arena, const struct pages *pages, str page, const json_t *words, struct mail_parts *out,
                 struct err *err);
/* The whole message (RFC 5322, 2045, 2047) for one address. id: left part of the Message-ID. A line break in an address
 * or a subject can't reach a header. */
str mail_message(struct arena *arena, const struct mail *mail, const struct mail_parts *parts, str to, str id,
                 instant at);
/* One try to hand one message to the relay. */
bool mail_deliver(const struct mail_relay *relay, str from, str to, str message, struct err *err);

/* What was sent or kept, newest first. before: id of the last row of the page before, 0 at first. */
struct mail_row {
    int64_t id;
    str to, subject, text, html;
    str state; /* « sent », « kept » */
    instant at;
};
struct mail_rows VEC_OF(struct mail_row);
bool mail_list(struct tx *tx, struct arena *arena, int64_t before, int64_t most, struct mail_rows *out,
               struct err *err);
/* ERR_NOT_FOUND where there is none. */
bool mail_find(struct tx *tx, struct arena *arena, int64_t id, struct mail_row *out, struct err *err);

extern const struct migration mail_migrations[];
extern const size_t mail_migration_count;

#endif
