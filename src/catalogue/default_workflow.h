/* Private to catalogue/. */
#ifndef GUICHET_CATALOGUE_DEFAULT_WORKFLOW_H
#define GUICHET_CATALOGUE_DEFAULT_WORKFLOW_H

/* JSON, as docs/definitions. */
extern const char default_workflow[], default_card_workflow[];

#endif
