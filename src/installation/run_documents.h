/* The jobs that make a document for a dossier (workflow.h, DOCUMENT_JOB_KIND). Private to installation/.
 *
 * At least once: what a process that died had made is made again, and kept once, with the end of the job. */
#ifndef GUICHET_INSTALLATION_RUN_DOCUMENTS_H
#define GUICHET_INSTALLATION_RUN_DOCUMENTS_H

#include "installation/installation.h"

enum {
    DOCUMENT_ATTEMPTS = 16,
    DOCUMENT_LEASE_SECONDS = 240, /* conversions wait for each other */
};

bool document_run_job(struct place *place, const struct job *job, struct err *err);
/* The dossier, which waits for it, goes on without it. */
bool document_give_up(struct place *place, const struct job *job, struct err *err);

#endif
