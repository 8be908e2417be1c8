/* password: chosen here for another service. What is typed is hashed as soon as it is read; nothing shows it again. */
#include "forms/field.h"

#include "base/password.h"

#include <ctype.h>
#include <openssl/evp.h>

enum { DOTS = 8, LEAST_USUAL = 12 };

struct password_params {
    int64_t least, most;                  /* characters; most 0: PASSWORD_MOST bytes */
    int64_t upper, lower, digits, others; /* how many at least */
    bool wants_confirmation;
    str confirmation_title;
    bool keeps_argon2id, keeps_sha1, keeps_md5;
};

/* ---- The definition ---- */

static int64_t number_of(const json_t *json, const char *key, int64_t usual)
{
    int64_t number = usual;
    if (json_is_integer(json_object_get(json, key)))
        number = json_int(json, key);
    else
        str_to_int64(str_trim(json_str(json, key)), &number);
    return number < 0 ? 0 : number;
}

static void compile_formats(struct compiling *compiling, const json_t *formats, struct password_params *params)
{
    for (size_t i = 0; i < json_array_size(formats); i++) {
        str format = json_str_of(json_array_get(formats, i));
        params->keeps_sha1 = params->keeps_sha1 || str_eq(format, STR("sha1"));
        params->keeps_md5 = params->keeps_md5 || str_eq(format, STR("md5"));
        params->keeps_argon2id = params->keeps_argon2id || str_eq(format, STR("argon2id"));
        if (str_eq(format, STR("cleartext")))
            compiling_report(compiling, STR("password:formats=cleartext"),
                             "un mot de passe n’est jamais gardé en clair : son empreinte argon2id l’est", false);
    }
    params->keeps_argon2id = params->keeps_argon2id || !(params->keeps_sha1 || params->keeps_md5);
}

static const void *compile(struct compiling *compiling, const struct field *field)
{
    struct password_params *params = arena_new_of(compiling->arena, struct password_params);
    const json_t *json = field->json;
    params->least = number_of(json, "min_length", LEAST_USUAL);
    params->most = number_of(json, "max_length", 0);
    params->upper = number_of(json, "count_uppercase", 0);
    params->lower = number_of(json, "count_lowercase", 0);
    params->digits = number_of(json, "count_digit", 0);
    params->others = number_of(json, "count_special", 0);
    params->wants_confirmation = !json_is_false(json_object_get(json, "confirmation"));
    params->confirmation_title = str_trim(json_str(json, "confirmation_title"));
    compile_formats(compiling, json_list(json, "formats"), params);
    return params;
}

/* ---- The rules ---- */

static void add_rule(struct buf *out, int64_t count, const char *one, const char *several)
{
    if (count > 0)
        buf_fmt(out, "%s%lld %s", out->len > 0 ? ", " : "", (long long)count, count > 1 ? several : one);
}

/* « 12 caractères ou plus, 1 majuscule, 2 chiffres »; empty: none. */
static str rules_of(const struct password_params *params, struct arena *arena)
{
    struct buf out = buf_new(arena, 512);
    add_rule(&out, params->least, "caractère ou plus", "caractères ou plus");
    add_rule(&out, params->most, "caractère au plus", "caractères au plus");
    add_rule(&out, params->upper, "majuscule", "majuscules");
    add_rule(&out, params->lower, "minuscule", "minuscules");
    add_rule(&out, params->digits, "chiffre", "chiffres");
    add_rule(&out, params->others, "signe (comme ! ou ?)", "signes (comme ! ou ?)");
    return buf_str(&out);
}

static bool keeps_rules(const struct password_params *params, str password)
{
    int64_t upper = 0, lower = 0, digits = 0, others = 0, length = (int64_t)utf8_length(password);
    for (size_t i = 0; i < password.len; i++) {
        unsigned char c = (unsigned char)password.ptr[i];
        upper += c >= 'A' && c <= 'Z';
        lower += c >= 'a' && c <= 'z';
        digits += c >= '0' && c <= '9';
        others += c > ' ' && c < 0x7F && !isalnum(c);
    }
    return length >= params->least && (params->most == 0 || length <= params->most) && upper >= params->upper &&
           lower >= params->lower && digits >= params->digits && others >= params->others;
}

static str what_is_wrong(const struct field *field, struct arena *arena, const struct posted *posted, str password,
                         str confirmation)
{
    const struct password_params *params = field->params;
    str problem = posted_problem(posted, field->control);
    if (problem.len > 0)
        return problem;
    if (password.len > PASSWORD_MOST)
        return STR("Ce mot de passe est trop long : 1 000 caractères au plus.");
    if (!keeps_rules(params, password))
        return str_fmt(arena, "Le mot de passe doit contenir %.*s.", STR_ARG(rules_of(params, arena)));
    if (params->wants_confirmation && !str_eq(password, confirmation))
        return STR("Les deux saisies du mot de passe ne sont pas les mêmes. Saisissez-le à nouveau.");
    return STR_EMPTY;
}

/* ---- Reading ---- */

static void set_digest(struct arena *arena, json_t *answer, const char *name, const EVP_MD *method, str password)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    if (EVP_Digest(password.ptr, password.len, digest, &size, method, NULL) != 1)
        return;
    char *text = arena_alloc(arena, 2 * (size_t)size);
    str_hex(digest, size, text);
    json_set_str(answer, str_of(name), (str){text, 2 * (size_t)size});
}

static json_t *hashed(const struct password_params *params, struct arena *arena, str password)
{
    json_t *answer = json_object();
    if (params->keeps_argon2id)
        json_set_str(answer, STR("argon2id"), password_hash(arena, password));
    if (params->keeps_sha1)
        set_digest(arena, answer, "sha1", EVP_sha1(), password);
    if (params->keeps_md5)
        set_digest(arena, answer, "md5", EVP_md5(), password);
    return answer;
}

/* While one types, half a password means nothing: what was chosen before stays. */
static json_t *read(const struct field *field, const struct form_context *context, const struct posted *posted,
                    str *error)
{
    struct arena *arena = context->arena;
    str password = STR_EMPTY, confirmation = STR_EMPTY;
    posted_exactly(posted, field->control, &password);
    posted_exactly(posted, str_fmt(arena, "%.*s-confirmation", STR_ARG(field->control)), &confirmation);
    if (posted->is_typing || posted->stays || password.len + confirmation.len == 0)
        return NULL;
    *error = what_is_wrong(field, arena, posted, password, confirmation);
    return error->len > 0 ? NULL : hashed(field->params, arena, password);
}

/* ---- What is shown ---- */

static void view(const struct field *field, const struct form_context *context, const json_t *answers,
                 struct value_dict *out)
{
    const struct password_params *params = field->params;
    struct arena *arena = context->arena;
    str title = params->confirmation_title;
    value_dict_set(arena, out, STR("rules"), value_text(rules_of(params, arena)));
    value_dict_set(arena, out, STR("has_password"), value_bool(field_has_answer(field, answers)));
    if (params->wants_confirmation)
        value_dict_set(arena, out, STR("confirmation"),
                       value_text(title.len > 0 ? title : STR("Saisissez-le une seconde fois")));
}

static str display(const struct field *field, struct arena *arena, const json_t *answers)
{
    (void)field;
    (void)answers;
    struct buf out = buf_new(arena, 64);
    for (int i = 0; i < DOTS; i++)
        buf_add(&out, STR("●"));
    return buf_str(&out);
}

/* form_var_x_sha1: for the workflow that makes the account elsewhere. */
static bool attribute(const struct field *field, struct arena *arena, const struct answers_view *view, str key,
                      struct value *out)
{
    (void)arena;
    str hash = json_str(answer_of(field, view->answers), str_z(arena, key));
    if (hash.len > 0)
        *out = value_text(hash);
    return hash.len > 0;
}

/* A text that a template gives would be a password in clear. */
static json_t *from_value(const struct field *field, const struct form_context *context, struct value value)
{
    (void)field;
    (void)context;
    (void)value;
    return NULL;
}

static str missing(const struct field *field, struct arena *arena)
{
    (void)field;
    (void)arena;
    return STR("Choisissez un mot de passe.");
}

const struct field_type field_password = {
    .name = "password",
    .holds_answer = true,
    .is_typed = true,
    .index = INDEX_NONE,
    .required_default = FIELD_REQUIRED,
    .compile = compile,
    .read = read,
    .view = view,
    .display = display,
    .value = field_value_shown,
    .attribute = attribute,
    .from_value = from_value,
    .keep = field_keep,
    .missing = missing,
    .is_object = true,
    .is_secret = true,
};
