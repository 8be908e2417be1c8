/* What a browser may fill a field with by itself (HTML's autocomplete). */
#include "forms/field.h"

#include <string.h>

/* By the datum of the account, as fields name it (RGAA 11.13, ux.md 5.2). */
static str token_of_name(str name)
{
    static const struct {
        const char *name, *token;
    } known[] = {
        {"first_name", "given-name"},
        {"firstname", "given-name"},
        {"prenom", "given-name"},
        {"last_name", "family-name"},
        {"lastname", "family-name"},
        {"nom", "family-name"},
        {"email", "email"},
        {"courriel", "email"},
        {"phone", "tel"},
        {"mobile", "tel"},
        {"telephone", "tel"},
        {"address_street", "address-line1"},
        {"street", "address-line1"},
        {"zipcode", "postal-code"},
        {"address_zipcode", "postal-code"},
        {"code_postal", "postal-code"},
        {"city", "address-level2"},
        {"address_city", "address-level2"},
        {"birthdate", "bday"},
        {"date_de_naissance", "bday"},
        {"country", "country-name"},
        {"address_country", "country-name"},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (str_eq(name, str_of(known[i].name)))
            return str_of(known[i].token);
    return STR_EMPTY;
}

/* The datum of the account that a template such as {{ session_user_var_email }} reads; empty where it reads others. */
static str datum_of_template(const struct template *template)
{
    static const char *const roots[] = {"session_user_var_", "form_user_var_", "session_user_", "form_user_"};
    struct template_names names = template_names(template);
    for (size_t i = 0; names.len == 1 && i < sizeof roots / sizeof *roots; i++)
        if (str_starts(names.at[0].path, str_of(roots[i])))
            return str_slice(names.at[0].path, strlen(roots[i]), names.at[0].path.len);
    return STR_EMPTY;
}

/* A class autocomplete-TOKEN says it (Publik); else what it is prefilled with, else the name of a field that nothing
 * prefills. A child's name is called otherwise and gets none: the parent's must not be proposed for it;
 * nor must it in the rows of a block, which are of several people. */
str field_autocomplete(const struct field *field)
{
    for (str part, rest = field->css; str_next(&rest, ' ', &part);)
        if (str_starts(part, STR("autocomplete-")))
            return str_slice(part, strlen("autocomplete-"), part.len);
    if (field->prefill == PREFILL_USER)
        return token_of_name(field->prefill_user);
    if (field->prefill == PREFILL_TEMPLATE)
        return token_of_name(datum_of_template(field->prefill_template));
    bool is_in_row = field->control.len > field->id.len + 1;
    return is_in_row ? STR_EMPTY : token_of_name(field->varname);
}
