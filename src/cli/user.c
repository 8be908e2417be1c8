/* guichet user create | revoke | list: the first administrator, and agents. */
#include "cli/cli.h"
#include "cli/options.h"

#include <stdio.h>
#include <string.h>

static const char usage[] =
    "user create --email E [--name N] [--site S [--admin] [--role R,R]] [--password-stdin | --password P]"
    " | revoke --email E --site S [--role R,R] | list";

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
        return password.len == 0 ||
               (account_set_password(people, account->id, password, err) && session_end_all(people, account->id, err));
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

/* The address that people see: --url, else that of « guichet serve » without options. */
static str base_url(struct installation *installation, struct arena *arena, const struct option *options, size_t count)
{
    if (option_is_set(options, count, "url"))
        return str_of(option_or(options, count, "url", ""));
    struct estate *estate = installation_hold(installation);
    const struct site *site = sites_by_slug(&estate->sites, str_of(option_or(options, count, "site", "")));
    if (site == NULL && estate->sites.len > 0)
        site = &estate->sites.at[0];
    installation->public_port = 8080;
    str url = site == NULL ? STR("http://localhost:8080") : installation_site_url(installation, arena, site);
    estate_release(installation, estate);
    return url;
}

/* Without a password: a link to choose one, by mail and on this terminal. */
static bool send_link(struct installation *installation, struct arena *arena, const struct account *account,
                      const struct option *options, size_t count, struct err *err)
{
    str token = random_token(arena), base = base_url(installation, arena, options, count);
    str link = str_fmt(arena, "%.*s/mot-de-passe/nouveau/%.*s/", STR_ARG(base), STR_ARG(token));
    struct mail_page words = {.site_name = STR("Guichet"),
                              .title = STR("Choisissez votre mot de passe"),
                              .text = STR("Bonjour,\n\nUn compte vous est ouvert. Ce lien sert pendant 2 heures."),
                              .action_label = STR("Choisir un mot de passe"),
                              .action_url = link,
                              .footer = STR("Lien trop ancien ? Demandez un nouveau mot de passe à la connexion.")};
    struct mail mail = {.to = &account->email, .to_count = 1};
    mail_compose(arena, &words, &mail);
    struct job job = mail_job(arena, &mail, STR_EMPTY);
    if (!account_send_link(installation->people, account->email, LINK_RESET, token, &job, err))
        return false;
    printf("Lien pour choisir un mot de passe (2 heures) : %.*s\n", STR_ARG(link));
    return true;
}

static int create(struct installation *installation, struct arena *arena, const struct option *options, size_t count)
{
    struct err err = {0};
    str password = option_is_set(options, count, "password-stdin") ? options_line(arena)
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
    if (is_new && password.len == 0 && !send_link(installation, arena, &account, options, count, &err))
        return fail_with("user", &err);
    return 0;
}

/* Takes the named roles of a site back, or all. */
static int revoke(struct installation *installation, struct arena *arena, const struct option *options, size_t count)
{
    struct people *people = installation->people;
    struct account account;
    struct membership membership;
    struct err err = {0};
    str site = str_of(option_or(options, count, "site", "")), role;
    if (!account_by_email(people, arena, str_of(option_or(options, count, "email", "")), &account, &err) ||
        !membership_find(people, arena, account.id, site, &membership, &err))
        return fail_with("user", &err);
    bool all = !option_is_set(options, count, "role"), ok = true;
    for (size_t i = 0; ok && all && i < membership.count; i++)
        ok = membership_remove(people, account.id, site, membership.roles[i], &err);
    for (str rest = str_of(option_or(options, count, "role", "")); ok && str_next(&rest, ',', &role);)
        ok = membership_remove(people, account.id, site, role, &err);
    if (ok && all)
        ok = membership_remove(people, account.id, site, STR(ROLE_ADMIN), &err);
    if (!ok)
        return fail_with("user", &err);
    printf("%.*s : rôles retirés\n", STR_ARG(account.email));
    return 0;
}

static void print_roles(struct installation *installation, struct arena *arena, const struct account *account)
{
    struct estate *estate = installation_hold(installation);
    for (size_t i = 0; i < estate->sites.len; i++) {
        struct membership membership;
        str site = estate->sites.at[i].slug;
        if (!membership_find(installation->people, arena, account->id, site, &membership, NULL) || !membership.is_agent)
            continue;
        printf("    %.*s :%s", STR_ARG(site), membership.is_admin ? " administration" : "");
        for (size_t k = 0; k < membership.count; k++)
            printf(" %.*s", STR_ARG(membership.roles[k]));
        printf("\n");
    }
    estate_release(installation, estate);
}

static int list(struct installation *installation, struct arena *arena, const struct option *options, size_t count)
{
    (void)options;
    (void)count;
    struct accounts accounts = {0};
    struct err err = {0};
    if (!account_list(installation->people, arena, &accounts, &err))
        return fail_with("user", &err);
    for (size_t i = 0; i < accounts.len; i++) {
        printf("%-40.*s %.*s\n", STR_ARG(accounts.at[i].email), STR_ARG(account_name(arena, &accounts.at[i])));
        print_roles(installation, arena, &accounts.at[i]);
    }
    return 0;
}

typedef int user_word(struct installation *installation, struct arena *arena, const struct option *options,
                      size_t count);

/* NULL where the words and options make no sense. */
static user_word *word_of(const struct words *words, const struct option *options, size_t count)
{
    if (words->len != 1)
        return NULL;
    bool has_email = option_is_set(options, count, "email"), has_site = option_is_set(options, count, "site");
    if (strcmp(words->at[0], "list") == 0)
        return list;
    if (strcmp(words->at[0], "revoke") == 0)
        return has_email && has_site ? revoke : NULL;
    return strcmp(words->at[0], "create") == 0 && has_email ? create : NULL;
}

static int run_words(struct arena *arena, const struct words *words, const struct option *options, size_t count)
{
    user_word *word = word_of(words, options, count);
    if (word == NULL)
        return options_misused(usage);
    struct installation *installation = options_open(options, count);
    int status = installation == NULL ? 1 : word(installation, arena, options, count);
    installation_close(installation);
    return status;
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
        {"password-stdin", true, NULL,
         "lit le mot de passe sur l’entrée ; sans mot de passe, un lien sert à en choisir un"},
        {"url", false, NULL, "URL   adresse publique, pour ce lien (défaut : celle du site, port 8080)"},
    };
    return options_run(argc, argv, options, sizeof options / sizeof *options, usage, run_words);
}

const struct command command_user = {"user", "crée des comptes, nomme des agents et des administrateurs", run};
