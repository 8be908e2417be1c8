/* cli: the sub-commands of the guichet binary, one file each. */
#ifndef GUICHET_CLI_H
#define GUICHET_CLI_H

#include "base/base.h"

/* A sub-command: argv[0] is its name. Returns the exit status: 0 done, 1 failed, 2 wrong usage. */
struct command {
    const char *name;
    const char *summary; /* one line of « guichet help », French */
    int (*run)(int argc, char **argv);
};

extern const struct command *const commands[];
extern const size_t command_count;

#endif
