/* The job that removes the files that nobody names. Private to installation. */
#ifndef GUICHET_INSTALLATION_SWEEP_BLOBS_H
#define GUICHET_INSTALLATION_SWEEP_BLOBS_H

#include "installation/installation.h"

#define BLOBS_SWEEP_JOB "blobs.sweep"
enum { BLOBS_SWEEP_LEASE_SECONDS = 3600 }; /* it asks every site for every file */
/* A job_fn; its context is the installation. It comes again a day later. */
bool blobs_run_sweep_job(void *installation, struct store *common, const struct job *job, struct err *err);
/* A store_fn on the common store, without argument: adds the job where it is not there yet. */
bool blobs_schedule_sweep(struct tx *tx, void *unused, struct err *err);

#endif
