/* Filters that only queries know (cards|objects:"slug"|filter_by:"x"|filter_value:"y"): the object answers them. */
#include "template/filters.h"

#define QUERY(name)                                                                                                    \
    {                                                                                                                  \
        name, NULL, ARGUMENT_OPTIONAL, FILTER_WCS | FILTER_QUERY                                                       \
    }

static const struct filter filters[] = {
    QUERY("absent"),
    QUERY("between"),
    QUERY("current_user"),
    QUERY("distance_filter"),
    QUERY("details_format"),
    QUERY("done"),
    QUERY("equal"),
    QUERY("exclude_self"),
    QUERY("exclude_value"),
    QUERY("existing"),
    QUERY("filter_by"),
    QUERY("filter_by_distance"),
    QUERY("filter_by_identifier"),
    QUERY("filter_by_internal_id"),
    QUERY("filter_by_number"),
    QUERY("filter_by_status"),
    QUERY("filter_by_user"),
    QUERY("filter_value"),
    QUERY("get_preference"),
    QUERY("greater_than"),
    QUERY("greater_than_or_equal"),
    QUERY("has_role"),
    QUERY("i_equal"),
    QUERY("icontains"),
    QUERY("in"),
    QUERY("is_future"),
    QUERY("is_past"),
    QUERY("is_this_week"),
    QUERY("is_today"),
    QUERY("is_today_or_future"),
    QUERY("is_today_or_past"),
    QUERY("is_tomorrow"),
    QUERY("is_yesterday"),
    QUERY("less_than"),
    QUERY("less_than_or_equal"),
    QUERY("not_equal"),
    QUERY("not_in"),
    QUERY("objects"),
    QUERY("order_by"),
    QUERY("pending"),
    QUERY("roles"),
    QUERY("same_user"),
    QUERY("set_geo_center"),
    QUERY("strip_metadata"),
    QUERY("user_id_for_service"),
    QUERY("with_custom_view"),
    QUERY("with_drafts"),
};

FILTER_TABLE(filters_query, filters);
