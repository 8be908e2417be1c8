/* guichet user create | list: the first administrator, and agents. */
#include "cli/cli.h"
#include "cli/options.h"

#include <stdio.h>
#include <string.h>

static const char usage[] =
    "user create --email E [--name N] [--site S [--admin] [--role R,R]] [--password-stdin | --password P]"
    " | list";

static str read_line(struct arena *arena)
{
    char line[1100];
    if (fgets(line, sizeof line, stdin) == NULL)
        return STR_EMPTY;
    str text = str_of(line);
    while (text.len > 0 && (text.ptr[text.len - 1] == '\n' || text.ptr[text.len - 1] == '\r'))
        text.len--;
    return str_dup(arena, text);
}

/* The words before the last are the first name. */
static void set_name(struct arena *arena, struct account *account, str name)
{
    size_t cut = name.len;
    while (cut > 0 && name.ptr[cut - 1] != ' ')
        cut--;
    account->first_name = str_dup(arena, str_trim(str_slice(name, 0, cut)));
    account->last_name = str_dup(arena, str_slice(name, cut, name.len));
}

/* The account of the address: known, or made. */
static bool find_or_make(struct people *people, struct arena *arena, const struct option *options, size_t count,
                         str password, struct account *account, bool *is_new, struct err *err)
{
    str email = str_of(option_or(options, count, "email", ""));
    *is_new = false;
    if (account_by_email(people, arena, email, account, err))
        return password.len == 0 || account_set_password(people, account->id, password, err);
    if (err->code != ERR_NOT_FOUND)
        return false;
    *account = (struct account){.email = email};
    set_name(arena, account, str_of(option_or(options, count, "name", "")));
    *is_new = true;
    return account_create(people, arena, account, password, account, err);
}

static bool add_roles(struct installation *installation, int64_t account, const struct option *options, size_t count,
                      struct err *err)
{
    str site_slug = str_of(option_or(options, count, "site", ""));
    if (site_slug.len == 0)
        return true;
    struct estate *estate = installation_hold(installation);
    const struct site *site = sites_by_slug(&estate->sites, site_slug);
    bool ok = site != NULL || err_set(err, ERR_NOT_FOUND, "il n’y a pas de site « %.*s »", STR_ARG(site_slug));
    if (ok && site != NULL && option_is_set(options, count, "admin"))
        ok = membership_add(installation->people, account, site_slug, STR(ROLE_ADMIN), err) &&
             membership_add(installation->people, account, site_slug, site->default_role, err);
    for (str role, rest = str_of(option_or(options, count, "role", "")); ok && str_next(&rest, ',', &role);) {
        if (site_role(site, role) == NULL)
            ok = err_set(err, ERR_NOT_FOUND, "le site « %.*s » n’a pas de rôle « %.*s »", STR_ARG(site_slug),
                         STR_ARG(role));
        else
            ok = membership_add(installation->people, account, site_slug, role, err);
    }
    estate_release(installation, estate);
    return ok;
}

/* Without a password: a link to choose one, printed here and nowhere else. */
static bool print_link(struct installation *installation, struct arena *arena, const struct account *account,
                       struct err *err)
{
    str token = random_token(arena);
    struct mail mail = {
        .to = &account->email, .to_count = 1, .subject = STR("Votre compte"), .text = STR("Votre compte est ouvert.")};
    struct job job = mail_job(arena, &mail, STR_EMPTY);
    if (!account_send_link(installation->people, account->email, LINK_RESET, token, &job, err))
        return false;
    printf("Lien pour choisir un mot de passe (2 heures) : /mot-de-passe/nouveau/%.*s/\n", STR_ARG(token));
    return true;
}

static int create(struct installation *installation, struct arena *arena, const struct option *options, size_t count)
{
    struct err err = {0};
    str password = option_is_set(options, count, "password-stdin") ? read_line(arena)
                                                                   : str_of(option_or(options, count, "password", ""));
    str problem = password.len == 0 ? STR_EMPTY
                                    : password_problem(arena, password, str_of(option_or(options, count, "email", "")),
                                                       str_of(option_or(options, count, "name", "")));
    if (problem.len > 0)
        return fprintf(stderr, "guichet user : %.*s\n", STR_ARG(problem)), 1;
    struct account account;
    bool is_new;
    if (!find_or_make(installation->people, arena, options, count, password, &account, &is_new, &err) ||
        !add_roles(installation, account.id, options, count, &err))
        return fail_with("user", &err);
    printf("%.*s : %s\n", STR_ARG(account.email), is_new ? "compte créé" : "compte connu, rôles ajoutés");
    if (is_new && password.len == 0 && !print_link(installation, arena, &account, &err))
        return fail_with("user", &err);
    return 0;
}

static int list(struct installation *installation, struct arena *arena)
{
    struct accounts accounts = {0};
    struct err err = {0};
    if (!account_list(installation->people, arena, &accounts, &err))
        return fail_with("user", &err);
    for (size_t i = 0; i < accounts.len; i++)
        printf("%-40.*s %.*s\n", STR_ARG(accounts.at[i].email), STR_ARG(account_name(arena, &accounts.at[i])));
    return 0;
}

static int run(int argc, char **argv)
{
    struct option options[] = {
        OPTIONS_OF_PLACE,
        {"email", false, NULL, "E     adresse e-mail"},
        {"name", false, NULL, "N     prénom et nom"},
        {"site", false, NULL, "S     le site où la personne est agent"},
        {"role", false, NULL, "R,R   ses rôles sur ce site"},
        {"admin", true, NULL, "      administre ce site"},
        {"password", false, NULL, "P     mot de passe (visible dans la liste des processus)"},
        {"password-stdin", true, NULL, "lit le mot de passe sur l’entrée"},
    };
    size_t count = sizeof options / sizeof *options;
    struct arena *arena = arena_new();
    struct words words = {0};
    int status = 2;
    if (options_parse(arena, argc, argv, options, count, usage, &words)) {
        bool is_list = words.len == 1 && strcmp(words.at[0], "list") == 0;
        bool is_create = words.len == 1 && strcmp(words.at[0], "create") == 0 && option_is_set(options, count, "email");
        struct installation *installation = is_list || is_create ? options_open(options, count) : NULL;
        if (!is_list && !is_create)
            fprintf(stderr, "Usage : guichet %s\n", usage);
        else if (installation == NULL)
            status = 1;
        else
            status = is_list ? list(installation, arena) : create(installation, arena, options, count);
        installation_close(installation);
    }
    arena_free(arena);
    return status;
}

const struct command command_user = {"user", "crée des comptes, nomme des agents et des administrateurs", run};
