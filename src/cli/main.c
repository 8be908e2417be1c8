#include "cli/cli.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void help(FILE *to)
{
    fputs("guichet : le guichet numérique d'une métropole\n\nUsage : guichet COMMANDE [OPTIONS]\n\n", to);
    for (size_t i = 0; i < command_count; i++)
        fprintf(to, "  %-10s %s\n", commands[i]->name, commands[i]->summary);
    fputs("\nguichet COMMANDE --help dit les options d'une commande.\n", to);
}

int main(int argc, char **argv)
{
    setlocale(LC_CTYPE, "C.UTF-8");
    setenv("TZ", "Europe/Paris", 0);
    if (argc < 2) {
        help(stderr);
        return 2;
    }
    for (size_t i = 0; i < command_count; i++)
        if (strcmp(argv[1], commands[i]->name) == 0)
            return commands[i]->run(argc - 1, argv + 1);
    if (strcmp(argv[1], "help") == 0 || strcmp(argv[1], "--help") == 0) {
        help(stdout);
        return 0;
    }
    fprintf(stderr, "guichet : commande inconnue « %s » ; guichet help les énumère.\n", argv[1]);
    return 2;
}
