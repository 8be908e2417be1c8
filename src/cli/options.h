/* Options of a sub-command: --name value, --flag, and the words between them. */
#ifndef GUICHET_CLI_OPTIONS_H
#define GUICHET_CLI_OPTIONS_H

#include "installation/installation.h"

struct option {
    const char *name;  /* « data » */
    bool is_flag;      /* takes no value */
    const char *value; /* as given; « yes » for a flag; NULL: not given */
    const char *help;  /* « DIR  le dossier des données » */
};

struct words VEC_OF(const char *);

/* A whole command: reads its options, and runs fn with them and the words between; else 2: an option is unknown or
 * lacks its value, or --help was asked, told on the terminal. */
typedef int options_fn(struct arena *arena, const struct words *words, const struct option *options, size_t count);
int options_run(int argc, char **argv, struct option *options, size_t count, const char *usage, options_fn *fn);
/* « Usage : guichet USAGE » on standard error; 2. */
int options_misused(const char *usage);
/* The value, or the fallback. */
const char *option_or(const struct option *options, size_t count, const char *name, const char *fallback);
bool option_is_set(const struct option *options, size_t count, const char *name);

/* The first line of standard input, without its end: a secret that no list of processes shows. */
str options_line(struct arena *arena);

/* The two that open an installation; put them first in a command's table. */
#define OPTIONS_OF_PLACE                                                                                               \
    {"data", false, NULL, "DIR   dossier des données (défaut : data)"},                                                \
    {                                                                                                                  \
        "store", false, NULL, "URL   sqlite:DIR ou postgresql://… (défaut : sqlite: et le dossier des données)"    \
    }
/* Opens what --data and --store name; tells on the terminal why it can't. */
struct installation *options_open(const struct option *options, size_t count);

/* « guichet COMMAND : message » on standard error; 1. */
int fail_with(const char *command, const struct err *err);

#endif
