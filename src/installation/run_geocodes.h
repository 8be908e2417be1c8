/* The jobs that ask where an address is (workflow.h, GEOCODE_JOB_KIND). Private to installation/. */
#ifndef GUICHET_INSTALLATION_RUN_GEOCODES_H
#define GUICHET_INSTALLATION_RUN_GEOCODES_H

#include "installation/installation.h"

/* The circuit waits for it: it is not held up for long by a geocoder that is away. */
enum { GEOCODE_ATTEMPTS = 3, GEOCODE_LEASE_SECONDS = 60 };

bool geocode_run_job(struct place *place, const struct job *job, struct err *err);
/* For one that was begun so often and never ended: administrators are told in the history, the circuit goes on. */
bool geocode_give_up(struct place *place, const struct job *job, struct err *err);

#endif
