#include "cli/cli.h"

extern const struct command command_access, command_card, command_check, command_demo, command_definition,
    command_dossier, command_export, command_import, command_jobs, command_rehearse, command_serve, command_site,
    command_template, command_user, command_verify, command_workflow;

const struct command *const commands[] = {
    &command_serve,  &command_site,    &command_user,     &command_access,     &command_import,   &command_export,
    &command_card,   &command_dossier, &command_check,    &command_definition, &command_workflow, &command_rehearse,
    &command_verify, &command_jobs,    &command_template, &command_demo,
};
const size_t command_count = sizeof commands / sizeof *commands;
