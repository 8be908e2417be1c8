/* The tables of filters, one a file. Private to template. */
#ifndef GUICHET_TEMPLATE_FILTERS_H
#define GUICHET_TEMPLATE_FILTERS_H

#include "template/filter.h"

extern const struct filter_table filters_text, filters_html, filters_number, filters_arithmetic, filters_date,
    filters_working_days, filters_list, filters_table, filters_logic, filters_query, filters_france, filters_geo,
    filters_links, filters_truncate, filters_language, filters_humanize, filters_wrap;

#define FILTER_TABLE(name, title, filters)                                                                             \
    const struct filter_table name = {title, filters, sizeof(filters) / sizeof *(filters)}

#endif
