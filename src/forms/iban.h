/* Private to forms/. */
#ifndef GUICHET_FORMS_IBAN_H
#define GUICHET_FORMS_IBAN_H

#include "base/str.h"

/* Whether a compact account number is as long as its country's are (ISO 13616 registry); from 15 to 34 signs where the
 * country is not in the registry. */
bool iban_length_fits(str iban);

#endif
