/* A signed URL that came: whose it is, whether it is now, whether it is the first. */
#include "access/access.h"
#include "fetch/fetch.h"
#include "http/http.h"

enum { PARAMS_MOST = 1000 };

/* The only one of that name; false, and told, where there are several. */
static bool find_sole(const struct http_params *params, const char *name, str *out, struct err *err)
{
    size_t count = 0;
    *out = STR_EMPTY;
    for (size_t i = 0; i < params->len; i++)
        if (str_eq(params->at[i].name, str_of(name))) {
            *out = params->at[i].value;
            count++;
        }
    return count < 2 || err_set(err, ERR_FORBIDDEN, "Le paramètre « %s » est là plusieurs fois.", name);
}

static bool find_needed(const struct http_params *params, const char *name, str *out, struct err *err)
{
    return find_sole(params, name, out, err) &&
           (out->len > 0 || err_set(err, ERR_FORBIDDEN, "Le paramètre « %s » manque.", name));
}

/* What is signed stands before the signature, and nothing stands behind it: it would be a parameter that nobody signed.
 */
static bool cut_signed_part(str query, str *signed_part, struct err *err)
{
    static const str mark = STR_INIT("&signature=");
    size_t at = str_find(query, mark, 0);
    bool is_last = at != SIZE_MAX && str_find(query, STR("&"), at + mark.len) == SIZE_MAX;
    *signed_part = str_slice(query, 0, at);
    return is_last || err_set(err, ERR_FORBIDDEN, "La signature n’est pas le dernier paramètre.");
}

static bool check_time(str timestamp, instant now, struct err *err)
{
    instant at;
    if (!instant_parse(timestamp, &at))
        return err_set(err, ERR_FORBIDDEN, "Le paramètre « timestamp » n’est pas une date (2026-12-14T09:30:00Z).");
    int64_t late = (now - at) / INSTANT_SECOND;
    if (late >= -ACCESS_SKEW_SECONDS && late <= ACCESS_SKEW_SECONDS)
        return true;
    return err_set(err, ERR_FORBIDDEN, "L’heure de la signature est à plus de %d secondes de la nôtre : %lld s.",
                   ACCESS_SKEW_SECONDS, (long long)late);
}

static str digest_of(struct arena *arena, str orig, str nonce)
{
    return digest_hex(arena, str_fmt(arena, "%.*s\n%.*s", STR_ARG(orig), STR_ARG(nonce)));
}

const json_t *access_keys(const json_t *settings)
{
    return json_dict(json_dict(settings, "api"), "keys");
}

bool access_check_signature(struct arena *arena, const json_t *keys, str query, instant now,
                            struct access_signature *out, struct err *err)
{
    struct http_params params = {0};
    str orig, algo, timestamp, nonce, signature, signed_part;
    if (!http_parse_urlencoded(arena, query, PARAMS_MOST, &params))
        return err_set(err, ERR_FORBIDDEN, "Les paramètres ne se lisent pas.");
    if (!find_needed(&params, "orig", &orig, err) || !find_needed(&params, "algo", &algo, err) ||
        !find_needed(&params, "timestamp", &timestamp, err) || !find_sole(&params, "nonce", &nonce, err) ||
        !find_needed(&params, "signature", &signature, err) || !cut_signed_part(query, &signed_part, err))
        return false;
    str key = json_str_of(json_get(keys, orig));
    if (key.len == 0)
        return err_set(err, ERR_FORBIDDEN, "Aucune clé n’est connue pour « %.*s » (orig).",
                       STR_ARG(utf8_slice(orig, 0, 80)));
    if (!fetch_is_signed(arena, signed_part, key, algo, signature))
        return err_set(err, ERR_FORBIDDEN, "La signature n’est pas la bonne.");
    *out = (struct access_signature){orig, digest_of(arena, orig, nonce.len > 0 ? nonce : signature)};
    return check_time(timestamp, now, err);
}

/* ---- Once ---- */

static const char insert_nonce[] =
    "INSERT INTO api_nonce (digest, expires) VALUES (:digest, :expires) ON CONFLICT (digest) DO NOTHING";
static const char delete_old[] = "DELETE FROM api_nonce WHERE expires < :now";

struct using_nonce {
    str digest;
    instant now;
};

/* A signature is good from SKEW before its time to SKEW after it. One call in sixteen sweeps, so that calls at the same
 * moment seldom want the same rows. */
static bool use_nonce(struct tx *tx, void *arg, struct err *err)
{
    const struct using_nonce *using = arg;
    const struct sql_param params[] = {P_TEXT("digest", using->digest),
                                       P_INT("expires", using->now + (2 * ACCESS_SKEW_SECONDS + 1) * INSTANT_SECOND)};
    int64_t changed = 0;
    if (using->digest.ptr[0] == '0' && !tx_run(tx, delete_old, err, P_INT("now", using->now)))
        return false;
    if (!tx_run_params(tx, insert_nonce, params, sizeof params / sizeof *params, &changed, err))
        return false;
    return changed == 1 || err_set(err, ERR_FORBIDDEN, "Cette adresse signée a déjà servi (nonce).");
}

bool access_use_nonce(struct store *common, const struct access_signature *signature, instant now, struct err *err)
{
    struct using_nonce using = {signature->digest, now};
    return store_write(common, use_nonce, &using, err);
}
