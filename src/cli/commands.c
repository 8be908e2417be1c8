#include "cli/cli.h"

const struct command *const commands[] = {NULL};
const size_t command_count = 0;
