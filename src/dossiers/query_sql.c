/* Statements are texts that are there when the program starts; so what a query asks comes in as a list, in JSON, of
 * tests that the statement goes through for each dossier. An answer may be several (items): a test passes where one of
 * them does, a negated test where none does. Of each group one test must pass.
 *
 * Both engines compare texts by bytes, and numbers as doubles: fifteen digits are exact. */
#include "dossiers/query_sql.h"

/* ---- What leads to the dossiers ----
 *
 * A listed field is in dossier_value for the dossiers of the versions that list it, :since being the first of them;
 * older ones are looked at one by one. The form is compared in a way that no index serves where another is to be used.
 */

#define OLDER " UNION ALL SELECT o.id FROM dossier o WHERE :since > 1 AND o.form = :form AND o.form_version < :since"
#define OF_FORM "d.form = :form"
#define OF_SEQUENCE "d.form = :form AND d.sequence = :sequence"
#define OF_IDENTIFIER "d.form = :form AND d.identifier = :low AND d.identifier <> ''"
#define OF_ACCOUNT "d.account = :account AND d.account <> 0 AND d.form || '' = :form"
#define OF_TEXT                                                                                                        \
    "d.id IN (SELECT v.dossier FROM dossier_value v WHERE v.form = :form AND v.field = :lead"                          \
    " AND v.text BETWEEN :low AND :high" OLDER ")"
#define OF_NUMBER                                                                                                      \
    "d.id IN (SELECT v.dossier FROM dossier_value v WHERE v.form = :form AND v.field = :lead"                          \
    " AND v.number BETWEEN :from AND :to" OLDER ")"
#define OF_STATUS                                                                                                      \
    "d.id IN (SELECT l.dossier FROM dossier_listing l WHERE l.role = :every AND l.form = :form AND l.status = "        \
    ":status)"
#define OF_FINAL                                                                                                       \
    "d.id IN (SELECT l.dossier FROM dossier_listing l WHERE l.role = :every AND l.form = :form"                        \
    " AND l.phase BETWEEN :lowest AND :highest)"

/* ---- The dossier at hand ----
 *
 * A workflow that runs has changed it, or it is about to be filed: it is asked as it is now, in place of what the store
 * has of it. A row of what tests and orders read; the rest is not looked at. */

#define OWN                                                                                                            \
    ", own AS (SELECT :own AS id, '' AS uuid, '' AS code, '' AS form, 0 AS form_version, '' AS workflow,"              \
    " 0 AS workflow_version, :own_form_number AS form_number, :own_sequence AS sequence, :own_account AS account,"     \
    " '' AS submitter_name, '' AS email, '' AS channel, 0 AS agent, :own_status AS status, :own_received AS received," \
    " :own_updated AS updated, 0 AS arrived, :own_final AS is_final, 0 AS revision, 0 AS is_anonymised,"               \
    " 0 AS is_removed, :own_answers AS answers, '{}' AS data, '{}' AS marks, :own_identifier AS identifier, '' AS "    \
    "summary, :own_level AS level"                                                                                     \
    " WHERE :own <> 0) "
#define OTHER " AND d.id <> :own"

/* ---- The tests ---- */

#define HOLDS(like, collate)                                                                                           \
    " CASE t.kind WHEN 'any' THEN x.text <> ''"                                                                        \
    " WHEN 'like' THEN x.text " like " t.low"                                                                          \
    " WHEN 'text' THEN (t.low IS NULL OR x.text" collate " > t.low OR (t.with_low AND x.text = t.low))"                \
    " AND (t.high IS NULL OR x.text" collate " < t.high OR (t.with_high AND x.text = t.high))"                         \
    " ELSE (t.least IS NULL OR x.number > t.least OR (t.with_low AND x.number = t.least))"                             \
    " AND (t.most IS NULL OR x.number < t.most OR (t.with_high AND x.number = t.most)) END"

#define COLUMN(text)                                                                                                   \
    " CASE t.place WHEN 'status' THEN d.status WHEN 'account' THEN CAST(d.account AS " text ")"                        \
    " WHEN 'sequence' THEN CAST(d.sequence AS " text ") WHEN 'id' THEN CAST(d.id AS " text ")"                         \
    " WHEN 'final' THEN CAST(d.is_final AS " text ") WHEN 'identifier' THEN d.identifier"                              \
    " WHEN 'level' THEN CAST(d.level AS " text ")"                                                                     \
    " WHEN 'number' THEN CAST(d.form_number AS " text ") || '-' || CAST(d.sequence AS " text ") END"

#define KEPT(holds)                                                                                                    \
    " AND d.is_removed = 0 AND d.is_anonymised = 0 AND (:groups = 0 OR (SELECT COUNT(DISTINCT t.of_group)"             \
    " FROM test t WHERE t.negated <> EXISTS (" holds ")) = :groups)"

#define TESTS_SQLITE                                                                                                   \
    "WITH test AS MATERIALIZED (SELECT json_extract(value, '$.group') AS of_group,"                                    \
    " json_extract(value, '$.kind') AS kind, json_extract(value, '$.place') AS place,"                                 \
    " json_extract(value, '$.path') AS path, json_extract(value, '$.negated') AS negated,"                             \
    " json_extract(value, '$.low') AS low, json_extract(value, '$.high') AS high,"                                     \
    " json_extract(value, '$.least') AS least, json_extract(value, '$.most') AS most,"                                 \
    " json_extract(value, '$.with_low') AS with_low, json_extract(value, '$.with_high') AS with_high"                  \
    " FROM json_each(:tests))"
#define KEPT_SQLITE                                                                                                    \
    KEPT("SELECT 1 FROM (SELECT e.text, CASE WHEN t.kind = 'number' AND e.text GLOB '*[0-9]*'"                         \
         " AND e.text NOT GLOB '*[^-+.0-9eE]*' THEN CAST(e.text AS REAL)"                                              \
         " WHEN t.kind = 'digits' AND length(e.text) BETWEEN 1 AND 9 AND e.text NOT GLOB '*[^0-9]*'"                   \
         " THEN CAST(e.text AS REAL) END AS number FROM (SELECT CASE type WHEN 'true' THEN 'true'"                     \
         " WHEN 'false' THEN 'false' ELSE CAST(value AS TEXT) END AS text FROM json_each(CASE t.place"                 \
         " WHEN 'answer' THEN d.answers ELSE json_array(" COLUMN("TEXT") ") END, t.path)) e) x WHERE" HOLDS("GLOB",    \
                                                                                                            ""))

#define TESTS_POSTGRES                                                                                                 \
    "WITH test AS MATERIALIZED (SELECT CAST(j ->> 'group' AS INTEGER) AS of_group, j ->> 'kind' AS kind,"              \
    " j ->> 'place' AS place, j ->> 'field' AS field, CAST(j ->> 'negated' AS BOOLEAN) AS negated,"                    \
    " j ->> 'low' AS low, j ->> 'high' AS high, CAST(j ->> 'least' AS DOUBLE PRECISION) AS least,"                     \
    " CAST(j ->> 'most' AS DOUBLE PRECISION) AS most, CAST(j ->> 'with_low' AS BOOLEAN) AS with_low,"                  \
    " CAST(j ->> 'with_high' AS BOOLEAN) AS with_high FROM json_array_elements(CAST(:tests AS JSON)) j)"
#define KEPT_POSTGRES                                                                                                  \
    KEPT("SELECT 1 FROM (SELECT e.text, CASE WHEN t.kind = 'number'"                                                   \
         " AND e.text ~ '^[-+]?[0-9]+([.][0-9]+)?([eE][-+]?[0-9]+)?$' THEN CAST(e.text AS DOUBLE PRECISION)"           \
         " WHEN t.kind = 'digits' AND e.text ~ '^[0-9]{1,9}$' THEN CAST(e.text AS DOUBLE PRECISION) END AS number"     \
         " FROM (SELECT CASE t.place WHEN 'answer' THEN CAST(d.answers AS JSON) -> t.field"                            \
         " ELSE to_json(" COLUMN(                                                                                      \
             "TEXT") ") END AS json) s, json_array_elements_text(CASE json_typeof(s.json)"                             \
                     " WHEN 'array' THEN s.json ELSE json_build_array(s.json) END) AS e (text)) x WHERE" HOLDS(        \
                         "~", " COLLATE \"C\""))

/* ---- The order: as PostgreSQL has it, what has no answer last, or first when turned round ---- */

#define SORTED(number, text)                                                                                           \
    " ORDER BY CASE WHEN :down = 0 THEN " number " END NULLS LAST, CASE WHEN :down = 1 THEN " number                   \
    " END DESC NULLS FIRST, CASE WHEN :down = 0 THEN " text " END NULLS LAST, CASE WHEN :down = 1 THEN " text          \
    " END DESC NULLS FIRST, CASE WHEN :down = 0 THEN d.id END, CASE WHEN :down = 1 THEN d.id END DESC LIMIT :limit"
#define NUMBERS(double, answer)                                                                                                                                                                                                                           \
    "CASE :order WHEN 'received' THEN CAST(d.received AS " double ") WHEN 'updated' THEN CAST(d.updated AS " double ") WHEN 'sequence' THEN CAST(d.sequence AS " double ") WHEN 'level' THEN CAST(d.level AS " double ") WHEN 'number' THEN CAST(" answer \
                                                                                                                                                                                                                      " AS " double ") END"
#define TEXTS(answer) "CASE :order WHEN 'status' THEN d.status WHEN 'text' THEN " answer " END"
#define ANSWER_SQLITE "json_extract(d.answers, :path)"
#define ANSWER_POSTGRES "(CAST(d.answers AS JSON) ->> :field)"
#define SORTED_SQLITE SORTED(NUMBERS("REAL", ANSWER_SQLITE), TEXTS(ANSWER_SQLITE))
#define SORTED_POSTGRES SORTED(NUMBERS("DOUBLE PRECISION", ANSWER_POSTGRES), TEXTS(ANSWER_POSTGRES) " COLLATE \"C\"")

/* ---- The statements ---- */

#define COUNTED(lead, kept)                                                                                            \
    "SELECT (SELECT COUNT(*) FROM dossier d WHERE " lead OTHER kept ") + (SELECT COUNT(*) FROM own d WHERE 1 = 1" kept \
    ")"
#define SELECTED(lead, kept, sorted)                                                                                   \
    "SELECT " LOAD_COLUMNS " FROM (SELECT " LOAD_COLUMNS " FROM dossier d WHERE " lead OTHER kept                      \
    " UNION ALL SELECT " LOAD_COLUMNS " FROM own d WHERE 1 = 1" kept ") d" sorted
#define COUNT(lead)                                                                                                    \
    {                                                                                                                  \
        TESTS_SQLITE OWN COUNTED(lead, KEPT_SQLITE), TESTS_POSTGRES OWN COUNTED(lead, KEPT_POSTGRES)                   \
    }
#define SELECT(lead)                                                                                                   \
    {                                                                                                                  \
        TESTS_SQLITE OWN SELECTED(lead, KEPT_SQLITE, SORTED_SQLITE),                                                   \
            TESTS_POSTGRES OWN SELECTED(lead, KEPT_POSTGRES, SORTED_POSTGRES)                                          \
    }
#define EACH_LEAD(statement)                                                                                           \
    {                                                                                                                  \
        [LEAD_FORM] = statement(OF_FORM), [LEAD_SEQUENCE] = statement(OF_SEQUENCE),                                    \
        [LEAD_IDENTIFIER] = statement(OF_IDENTIFIER), [LEAD_ACCOUNT] = statement(OF_ACCOUNT),                          \
        [LEAD_TEXT] = statement(OF_TEXT), [LEAD_NUMBER] = statement(OF_NUMBER), [LEAD_STATUS] = statement(OF_STATUS),  \
        [LEAD_FINAL] = statement(OF_FINAL)                                                                             \
    }

const struct sql query_counts[LEAD_COUNT] = EACH_LEAD(COUNT);
const struct sql query_selects[LEAD_COUNT] = EACH_LEAD(SELECT);

#define AMONG " SELECT d.id FROM dossier d WHERE d.id IN "
const struct sql query_passing = {
    TESTS_SQLITE AMONG "(SELECT value FROM json_each(:ids))" KEPT_SQLITE,
    TESTS_POSTGRES AMONG "(SELECT CAST(json_array_elements_text(CAST(:ids AS JSON)) AS BIGINT))" KEPT_POSTGRES};

#define HISTORY "SELECT " LOAD_HISTORY_COLUMNS ", dossier FROM dossier_history WHERE dossier IN "
const struct sql query_histories = {
    HISTORY "(SELECT value FROM json_each(:ids)) ORDER BY dossier, position",
    HISTORY "(SELECT CAST(json_array_elements_text(CAST(:ids AS JSON)) AS BIGINT)) ORDER BY dossier, position"};
