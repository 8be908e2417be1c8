/* The tables.
 *
 * dossier           one row a dossier; a removed one stays as a blank row, so that its number and code never come
 * again; a card's identifier is free again. listed and indexed tell what the rows of the next tables hold of it, so
 * that what a change leaves as it was is not written again (rows_side.c)
 * dossier_listing   one row for each role that may see it (and one for « * »,
 * the administrators): every list is a walk along one of its indexes. The lists of cards are others (list_of_role)
 * dossier_value     the typed side index of the fields that are listed, and of the digests of cards
 * dossier_search    the folded text, for FTS5 or tsvector
 * dossier_words     FTS5's index of it, up to dossier_words_mark (search.c)
 * dossier_quota     how many places are taken, by form, period and account; dossier_quota_taken: by which dossier
 * dossier_summary   what the next daily mail of a role tells of (summaries.c)
 * dossier_history   chained (chain.h): the dossier holds the end of its chain
 * dossier_note, dossier_notice, dossier_blob, dossier_form (the forms' numbers, and the highest that was reserved for a
 * dossier of each) */
#include "dossiers/chain.h"
#include "dossiers/tables.h"

#define TABLES(ID)                                                                                                     \
    "CREATE TABLE dossier_form (form TEXT PRIMARY KEY, number BIGINT NOT NULL UNIQUE);"                                \
    "CREATE TABLE dossier ("                                                                                           \
    " id " ID " PRIMARY KEY, uuid TEXT NOT NULL, code TEXT NOT NULL UNIQUE, form TEXT NOT NULL,"                       \
    " form_version BIGINT NOT NULL, form_name TEXT NOT NULL, workflow TEXT NOT NULL, workflow_version BIGINT NOT "     \
    "NULL,"                                                                                                            \
    " form_number BIGINT NOT NULL, sequence BIGINT NOT NULL, account BIGINT NOT NULL, submitter_name TEXT NOT NULL,"   \
    " email TEXT NOT NULL, channel TEXT NOT NULL, agent BIGINT NOT NULL, status TEXT NOT NULL,"                        \
    " status_name TEXT NOT NULL, status_colour TEXT NOT NULL, public_status TEXT NOT NULL, received BIGINT NOT NULL,"  \
    " updated BIGINT NOT NULL, arrived BIGINT NOT NULL, is_final INTEGER NOT NULL, waits_for_submitter INTEGER NOT "   \
    "NULL,"                                                                                                            \
    " summary TEXT NOT NULL, revision BIGINT NOT NULL, is_anonymised INTEGER NOT NULL, is_removed INTEGER NOT NULL,"   \
    " answers TEXT NOT NULL, data TEXT NOT NULL, marks TEXT NOT NULL);"                                                \
    "CREATE UNIQUE INDEX dossier_number ON dossier (form, sequence);"                                                  \
    "CREATE INDEX dossier_account ON dossier (account, id) WHERE account <> 0;"                                        \
    "CREATE TABLE dossier_history ("                                                                                   \
    " id " ID " PRIMARY KEY, dossier BIGINT NOT NULL, at BIGINT NOT NULL, author INTEGER NOT NULL,"                    \
    " account BIGINT NOT NULL, author_name TEXT NOT NULL, status TEXT NOT NULL, parts TEXT NOT NULL);"                 \
    "CREATE INDEX dossier_history_of ON dossier_history (dossier, id);"                                                \
    "CREATE TABLE dossier_note ("                                                                                      \
    " id " ID " PRIMARY KEY, dossier BIGINT NOT NULL, at BIGINT NOT NULL, account BIGINT NOT NULL,"                    \
    " author TEXT NOT NULL, text TEXT NOT NULL);"                                                                      \
    "CREATE INDEX dossier_note_of ON dossier_note (dossier, id);"                                                      \
    "CREATE TABLE dossier_notice ("                                                                                    \
    " id " ID " PRIMARY KEY, account BIGINT NOT NULL, dossier BIGINT NOT NULL, at BIGINT NOT NULL,"                    \
    " title TEXT NOT NULL, body TEXT NOT NULL, url TEXT NOT NULL, is_read INTEGER NOT NULL);"                          \
    "CREATE INDEX dossier_notice_of ON dossier_notice (account, id);"                                                  \
    "CREATE INDEX dossier_notice_about ON dossier_notice (dossier);"                                                   \
    "CREATE TABLE dossier_blob (blob TEXT NOT NULL, dossier BIGINT NOT NULL, PRIMARY KEY (blob, dossier));"            \
    "CREATE INDEX dossier_blob_of ON dossier_blob (dossier);"                                                          \
    "CREATE TABLE dossier_listing ("                                                                                   \
    " role TEXT NOT NULL, received BIGINT NOT NULL, dossier BIGINT NOT NULL, form TEXT NOT NULL, status TEXT NOT "     \
    "NULL,"                                                                                                            \
    " is_final INTEGER NOT NULL, is_waiting INTEGER NOT NULL, updated BIGINT NOT NULL,"                                \
    " PRIMARY KEY (role, received, dossier))"

#define LISTING_INDEXES                                                                                                \
    "CREATE INDEX dossier_listing_of ON dossier_listing (dossier);"                                                    \
    "CREATE INDEX dossier_listing_state ON dossier_listing (role, is_final, received, dossier);"                       \
    "CREATE INDEX dossier_listing_waiting ON dossier_listing (role, is_waiting, received, dossier);"                   \
    "CREATE INDEX dossier_listing_form_waiting ON dossier_listing (role, form, is_waiting, received, dossier);"        \
    "CREATE INDEX dossier_listing_form ON dossier_listing (role, form, received, dossier);"                            \
    "CREATE INDEX dossier_listing_form_state ON dossier_listing (role, form, is_final, received, dossier);"            \
    "CREATE INDEX dossier_listing_status ON dossier_listing (role, form, status, received, dossier, is_waiting);"      \
    "CREATE INDEX dossier_listing_updated ON dossier_listing"                                                          \
    " (role, updated, dossier, received, form, status, is_final, is_waiting);"                                         \
    "CREATE TABLE dossier_value ("                                                                                     \
    " form TEXT NOT NULL, field TEXT NOT NULL, text TEXT NOT NULL, dossier BIGINT NOT NULL, number DOUBLE PRECISION,"  \
    " PRIMARY KEY (form, field, text, dossier))"

/* Each b-tree of the table is written to at each step of each dossier: those are kept that no other can serve. */
#define PHASES(rowid)                                                                                                  \
    "CREATE TABLE dossier_phase ("                                                                                     \
    " role TEXT NOT NULL, phase INTEGER NOT NULL, received BIGINT NOT NULL, dossier BIGINT NOT NULL,"                  \
    " form TEXT NOT NULL, status TEXT NOT NULL, updated BIGINT NOT NULL,"                                              \
    " PRIMARY KEY (role, phase, received, dossier))" rowid ";"                                                         \
    "INSERT INTO dossier_phase (role, phase, received, dossier, form, status, updated)"                                \
    " SELECT role, CASE WHEN is_final = 1 THEN 0 ELSE 1 + is_waiting END, received, dossier, form, status, updated"    \
    " FROM dossier_listing;"                                                                                           \
    "DROP TABLE dossier_listing;"                                                                                      \
    "ALTER TABLE dossier_phase RENAME TO dossier_listing;"                                                             \
    "CREATE INDEX dossier_listing_of ON dossier_listing (dossier);"                                                    \
    "CREATE INDEX dossier_listing_form ON dossier_listing (role, form, phase, received, dossier);"                     \
    "CREATE INDEX dossier_listing_status ON dossier_listing (role, form, status, received, dossier, phase);"           \
    "CREATE INDEX dossier_listing_updated ON dossier_listing"                                                          \
    " (role, updated, dossier, received, form, status, phase)"

#define CHAINS(bytes)                                                                                                  \
    "ALTER TABLE dossier ADD COLUMN history_length BIGINT NOT NULL DEFAULT 0;"                                         \
    "ALTER TABLE dossier ADD COLUMN history_head " bytes " NOT NULL DEFAULT '';"                                       \
    "ALTER TABLE dossier_history ADD COLUMN position BIGINT NOT NULL DEFAULT 0;"                                       \
    "ALTER TABLE dossier_history ADD COLUMN salt " bytes " NOT NULL DEFAULT '';"                                       \
    "ALTER TABLE dossier_history ADD COLUMN content " bytes " NOT NULL DEFAULT '';"                                    \
    "ALTER TABLE dossier_history ADD COLUMN link " bytes " NOT NULL DEFAULT ''"

const struct migration dossiers_migrations[] = {
    {1, "dossiers",
     TABLES(
         "INTEGER") " WITHOUT ROWID;" LISTING_INDEXES " WITHOUT ROWID;"
                    "CREATE INDEX dossier_value_of ON dossier_value (dossier);"
                    "CREATE TABLE dossier_search (dossier INTEGER PRIMARY KEY, words TEXT NOT NULL);"
                    "CREATE VIRTUAL TABLE dossier_words USING fts5 (words, content = 'dossier_search',"
                    " content_rowid = 'dossier', tokenize = 'ascii', prefix = '2 3 4 5 6', detail = none, columnsize "
                    "= 0)",
     TABLES("BIGINT") ";" LISTING_INDEXES ";"
                      "CREATE INDEX dossier_value_of ON dossier_value (dossier);"
                      "CREATE TABLE dossier_search (dossier BIGINT PRIMARY KEY, words TSVECTOR NOT NULL);"
                      "CREATE INDEX dossier_search_words ON dossier_search USING GIN (words)"},
    {2, "dossiers", "ALTER TABLE dossier_form ADD COLUMN reserved BIGINT NOT NULL DEFAULT 0", NULL},
    {3, "dossiers", PHASES(" WITHOUT ROWID"), PHASES("")},
    {4, "dossiers",
     "DROP TABLE dossier_words;"
     "CREATE VIRTUAL TABLE dossier_words USING fts5 (words, content = '', tokenize = 'ascii', prefix = '2 3 4 5',"
     " detail = none, columnsize = 0);"
     "INSERT INTO dossier_words (dossier_words, rank) VALUES ('automerge', 8);"
     "CREATE TABLE dossier_words_mark (up_to BIGINT NOT NULL);"
     "INSERT INTO dossier_words_mark VALUES (0)",
     "SELECT 1"},
    {5, "dossiers",
     "ALTER TABLE dossier ADD COLUMN identifier TEXT NOT NULL DEFAULT '';"
     "CREATE UNIQUE INDEX dossier_identifier ON dossier (form, identifier) WHERE identifier <> ''",
     NULL},
    {6, "dossiers",
     "CREATE TABLE dossier_quota (form TEXT NOT NULL, period TEXT NOT NULL, account BIGINT NOT NULL,"
     " used BIGINT NOT NULL, PRIMARY KEY (form, period, account));"
     "CREATE TABLE dossier_quota_taken (dossier BIGINT NOT NULL, period TEXT NOT NULL, account BIGINT NOT NULL,"
     " PRIMARY KEY (dossier, period, account))",
     NULL},
    {7, "dossiers",
     "CREATE TABLE dossier_mass (id BIGINT PRIMARY KEY, form TEXT NOT NULL, account BIGINT NOT NULL, made BIGINT NOT "
     "NULL,"
     " started BIGINT NOT NULL, ended BIGINT NOT NULL, is_cut INTEGER NOT NULL, action TEXT NOT NULL,"
     " label TEXT NOT NULL, input TEXT NOT NULL, back TEXT NOT NULL);"
     "CREATE INDEX dossier_mass_of ON dossier_mass (account, id);"
     "CREATE INDEX dossier_mass_made ON dossier_mass (made);"
     "CREATE TABLE dossier_mass_item (mass BIGINT NOT NULL, position BIGINT NOT NULL, dossier BIGINT NOT NULL,"
     " status TEXT NOT NULL, state INTEGER NOT NULL, message TEXT NOT NULL, PRIMARY KEY (mass, state, position));"
     "CREATE TABLE dossier_mass_blob (blob TEXT NOT NULL, mass BIGINT NOT NULL, PRIMARY KEY (blob, mass))",
     NULL},
    {8, "dossiers", "ALTER TABLE dossier_notice ADD COLUMN origin TEXT NOT NULL DEFAULT ''", NULL},
    {9, "dossiers", CHAINS("BLOB"), CHAINS("BYTEA"), chain_all},
    {10, "dossiers",
     "DROP INDEX dossier_history_of;"
     "CREATE UNIQUE INDEX dossier_history_of ON dossier_history (dossier, position)",
     NULL},
    {11, "dossiers",
     "ALTER TABLE dossier ADD COLUMN level BIGINT NOT NULL DEFAULT 0;"
     "ALTER TABLE dossier ADD COLUMN level_name TEXT NOT NULL DEFAULT '';"
     "ALTER TABLE dossier ADD COLUMN level_colour TEXT NOT NULL DEFAULT '';"
     "ALTER TABLE dossier_listing ADD COLUMN level BIGINT NOT NULL DEFAULT 0;"
     "CREATE INDEX dossier_listing_level ON dossier_listing (role, level, received, dossier) WHERE level > 0",
     NULL},
    {12, "dossiers",
     "CREATE TABLE dossier_summary (role TEXT NOT NULL, dossier BIGINT NOT NULL, PRIMARY KEY (role, dossier))", NULL},
    {13, "dossiers",
     "CREATE TABLE dossier_upgrade (id BIGINT PRIMARY KEY, workflow TEXT NOT NULL, version BIGINT NOT NULL,"
     " statuses TEXT NOT NULL, account BIGINT NOT NULL, author TEXT NOT NULL, started BIGINT NOT NULL,"
     " ended BIGINT NOT NULL, next BIGINT NOT NULL, total BIGINT NOT NULL, done BIGINT NOT NULL,"
     " behind BIGINT NOT NULL, is_overtaken INTEGER NOT NULL);"
     "CREATE INDEX dossier_upgrade_of ON dossier_upgrade (workflow, id)",
     NULL},
    {14, "dossiers",
     "ALTER TABLE dossier ADD COLUMN listed TEXT NOT NULL DEFAULT '';"
     "ALTER TABLE dossier ADD COLUMN indexed TEXT NOT NULL DEFAULT ''",
     NULL},
};
const size_t dossiers_migration_count = sizeof dossiers_migrations / sizeof *dossiers_migrations;
