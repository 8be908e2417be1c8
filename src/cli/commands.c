#include "cli/cli.h"

extern const struct command command_template;

const struct command *const commands[] = {
    &command_template,
};
const size_t command_count = sizeof commands / sizeof *commands;
