/* geocoder: addresses, and the server that knows them: it finds those that a text means, and the one at a position. The
 * server is one that speaks as the national address base does (BAN, addok): by default the Géoplateforme of the French
 * mapping agency, « https://data.geopf.fr/geocodage/ »; a site names another in its settings:
 *
 *     "geocoder": {"url": "https://adresses.ville.fr/"}     or     "geocoder": false, nobody is asked
 *
 * What leaves is the text that was typed, or the position, and where the site's own map begins, so that what is near
 * comes first; nothing about the person. Answers stay in memory (remote.h), never on disk. Who asks waits
 * GEOCODER_MILLISECONDS at the most, and goes on without an answer then: an address can always be typed whole. */
#ifndef GUICHET_GEOCODER_H
#define GUICHET_GEOCODER_H

#include "remote/remote.h"

enum {
    GEOCODER_MILLISECONDS = 1500,
    GEOCODER_SECONDS = 24 * 3600, /* an answer is good */
    GEOCODER_TEXT_LEAST = 3,      /* signs of what is looked for; the Géoplateforme's own bounds */
    GEOCODER_TEXT_MOST = 200,
    GEOCODER_ADDRESSES_MOST = 10, /* of an answer */
};

struct address {
    str label;          /* in one line, as people write it */
    str number;         /* « 12 bis »; of a house */
    str street;         /* or what stands for it: a hamlet */
    str complement;     /* stairs, building, box: never asked of the geocoder */
    str postcode, city; /* the city's name */
    str citycode;       /* INSEE; empty: unknown */
    str id;             /* of the address base; empty: typed by hand */
    bool has_position;
    struct position position;
    double score; /* how well it fits what was looked for, 0 to 1 */
};
struct addresses VEC_OF(struct address);

enum address_kind { ADDRESS_ANY, ADDRESS_MUNICIPALITY };

/* Whom a site asks. */
struct geocoder {
    struct remote_session *session;
    str url;       /* ends by « / »; empty: nobody */
    bool has_near; /* what is near comes first */
    struct position near;
};
/* settings: the site's. session may be NULL: nobody is asked. */
struct geocoder geocoder_of(struct arena *arena, const json_t *settings, struct remote_session *session);

/* False where there is no answer: nobody is asked, or who is asked is silent or says nonsense (the administrator is
 * told, remote.h). True without any address: none is meant by the text, which may be too short to ask. */
bool geocoder_search(const struct geocoder *geocoder, str text, enum address_kind kind, struct addresses *out);
/* The address nearest to a position; true with no address in out: there is none near. */
bool geocoder_reverse(const struct geocoder *geocoder, struct position position, struct addresses *out);

/* ---- Addresses ---- */

/* {"label", "number", "street", "complement", "postcode", "city", "citycode", "id", "lat", "lon"}; what is not known
 * has no key. A new reference. */
json_t *address_to_json(const struct address *address);
/* The same from any bytes: each part is one line of bounded length, or left out; a code that can't be one, a position
 * that is not on Earth are left out. False where nothing is left. */
bool address_from_json(struct arena *arena, const json_t *json, struct address *out);
/* « 12 bis rue de la République » gives « 12 bis » and the street; a text without a number is the street. */
void address_split_street(str text, str *number, str *street);
/* « 12 rue de la République, 69001 Lyon », as people write it; what has no postcode is the street alone. */
struct address address_of_text(struct arena *arena, str text);
/* In one line, of its parts. */
str address_label(struct arena *arena, const struct address *address);
/* Number and street. */
str address_street_line(struct arena *arena, const struct address *address);
/* Whether both name the same door: number, street, postcode and city, however they are written. */
bool address_is_same(struct arena *arena, const struct address *a, const struct address *b);
/* « 69256 », « 2A004 », « 97411 »: empty where it can't be the code of a commune. */
str address_citycode(struct arena *arena, str text);

/* ---- A part, also for fuzzing ---- */

/* The addresses of an answer (GeoJSON, RFC 7946, with addok's properties), at most GEOCODER_ADDRESSES_MOST; features
 * that are none are passed over. False where it is no such answer. */
bool geocoder_read(struct arena *arena, const json_t *answer, struct addresses *out);

#endif
