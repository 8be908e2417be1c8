#include "cli/options.h"

#include <stdio.h>
#include <string.h>

static void print_help(const struct option *options, size_t count, const char *usage, FILE *to)
{
    fprintf(to, "Usage : guichet %s\n\n", usage);
    for (size_t i = 0; i < count; i++)
        fprintf(to, "  --%-12s %s\n", options[i].name, options[i].help);
}

static struct option *find(struct option *options, size_t count, str name)
{
    for (size_t i = 0; i < count; i++)
        if (str_eq(str_of(options[i].name), name))
            return &options[i];
    return NULL;
}

/* --name value, --name=value, --flag. */
static bool take(struct arena *arena, struct option *options, size_t count, int argc, char **argv, int *at)
{
    str name, value;
    bool has_value = str_cut(str_of(argv[*at] + 2), '=', &name, &value);
    struct option *option = find(options, count, name);
    if (option == NULL) {
        fprintf(stderr, "guichet %s : option inconnue --%.*s (voir --help)\n", argv[0], STR_ARG(name));
        return false;
    }
    if (option->is_flag) {
        option->value = "yes";
        return true;
    }
    if (!has_value && *at + 1 >= argc) {
        fprintf(stderr, "guichet %s : --%s demande une valeur\n", argv[0], option->name);
        return false;
    }
    option->value = has_value ? str_z(arena, value) : argv[++*at];
    return true;
}

/* Fills values and words. */
static bool parse(struct arena *arena, int argc, char **argv, struct option *options, size_t count, const char *usage,
                  struct words *words)
{
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
            print_help(options, count, usage, stdout);
            return false;
        }
        if (strncmp(argv[i], "--", 2) != 0)
            *vec_push(arena, words) = argv[i];
        else if (!take(arena, options, count, argc, argv, &i))
            return false;
    }
    return true;
}

int options_run(int argc, char **argv, struct option *options, size_t count, const char *usage, options_fn *fn)
{
    struct arena *arena = arena_new();
    struct words words = {0};
    int status = parse(arena, argc, argv, options, count, usage, &words) ? fn(arena, &words, options, count) : 2;
    arena_free(arena);
    return status;
}

int options_misused(const char *usage)
{
    fprintf(stderr, "Usage : guichet %s\n", usage);
    return 2;
}

const char *option_or(const struct option *options, size_t count, const char *name, const char *fallback)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(options[i].name, name) == 0 && options[i].value != NULL)
            return options[i].value;
    return fallback;
}

bool option_is_set(const struct option *options, size_t count, const char *name)
{
    return option_or(options, count, name, NULL) != NULL;
}

str options_line(struct arena *arena)
{
    char line[1100];
    if (fgets(line, sizeof line, stdin) == NULL)
        return STR_EMPTY;
    str text = str_of(line);
    while (text.len > 0 && (text.ptr[text.len - 1] == '\n' || text.ptr[text.len - 1] == '\r'))
        text.len--;
    return str_dup(arena, text);
}

struct installation *options_open(const struct option *options, size_t count)
{
    struct arena *arena = arena_new();
    const char *data = option_or(options, count, "data", "data");
    str url = str_of(option_or(options, count, "store", str_fmt(arena, "sqlite:%s", data).ptr));
    struct err err = {0};
    struct installation *installation = installation_open(url, data, option_or(options, count, "pages", NULL), &err);
    if (installation == NULL)
        fail_with("store", &err);
    arena_free(arena);
    return installation;
}

int fail_with(const char *command, const struct err *err)
{
    fprintf(stderr, "guichet %s : %s%s%s\n", command, err->message, err->detail[0] != '\0' ? " — " : "", err->detail);
    return 1;
}
