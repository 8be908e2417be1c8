/* The jobs that ask other servers for a dossier (workflow.h, CALL_JOB_KIND and SMS_JOB_KIND). Private to installation/.
 *
 * At least once: a peer that was asked before the process died is asked again, with the same Idempotency-Key; what
 * follows of its answer is written once, with the end of the job. */
#ifndef GUICHET_INSTALLATION_RUN_CALLS_H
#define GUICHET_INSTALLATION_RUN_CALLS_H

#include "installation/installation.h"

enum {
    CALL_ATTEMPTS = 16, /* over a day and a half */
    CALL_LEASE_SECONDS = 120,
    CALL_MILLISECONDS = 20000,      /* for an exchange, unless the definition says otherwise */
    CALL_MILLISECONDS_MOST = 60000, /* and then */
    CALL_FILE_MOST = 20 << 20,      /* bytes of a file that is answered */
};

bool call_run_job(struct place *place, const struct job *job, struct err *err);
/* The dossier, which waits for it, goes on as its circuit says of a server that does not answer. */
bool call_give_up(struct place *place, const struct job *job, struct err *err);
bool sms_run_job(struct place *place, const struct job *job, struct err *err);

#endif
