/* picture: a circuit as a drawing and as a table, from what workflow.h tells of it (struct outline).
 *
 * Every label, of a status and of a way alike, is a box that the layout reserves room for: none overlaps another. The
 * layout is Graphviz's, a program of its own that is told sizes and nothing else: no text of a definition reaches it.
 */
#ifndef GUICHET_PICTURE_H
#define GUICHET_PICTURE_H

#include "workflow/workflow.h"

/* The drawing as one <svg> element with a title and a description, to stand alone or in a page: its colours are its
 * own, its texts are text. Runs another program: a second for the largest; on a worker. False and err, in French for an
 * operator: ERR_UNAVAILABLE, Graphviz is not there or gave up; ERR_TOO_LARGE. */
bool picture_draw(struct arena *arena, const struct outline *outline, str *svg, struct err *err);

/* The same in Markdown, a line a status and a global action. */
str picture_table(struct arena *arena, const struct outline *outline);
/* A way in one sentence without where it leads: « Bouton « Accepter », par Agents, si … ». */
str picture_way(struct arena *arena, const struct outline_way *way);
/* Where it leads: the name of the status, or that it goes back. */
str picture_target(const struct outline *outline, const struct outline_way *way);
/* « ici depuis le … », « passé le … », « passé 3 fois, … »; empty where the dossier never was. */
str picture_visit(struct arena *arena, const struct outline_place *place);

#endif
