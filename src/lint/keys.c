/* Keys that nobody reads: a word mistyped loses what it was to set. The keys are those of docs/definitions, and
 * Publik's own that are kept. */
#include "lint/internal.h"

/* Words between blanks. */
static const struct {
    const char *of, *keys;
} known[] = {
    {"form",
     "kind slug name description documentation keywords category category_name workflow workflow_name workflow_options "
     "functions disabled disabled_redirection publication_date expiration_date confirmation enable_tracking_codes "
     "tracking_code_verify_fields only_allow_one roles backoffice_submission_roles always_advertise has_captcha "
     "skip_from_360_view include_download_all_button required_authentication_contexts digest_template "
     "digest_templates lateral_template submission_lateral_template drafts_lifespan drafts_max_per_user quotas service "
     "fields "
     "custom_views detailed_emails discussion geolocations hidden hidden_from_api_results history_pane_default_mode "
     "internal_identifier management_sidebar_items submission_sidebar_items max_field_id submission_user_association "
     "user_support workflow_migrations appearance_keywords acl_read old_but_non_anonymised_warning last_modification "
     "id_template field_id_prefix"},
    {"workflow",
     "kind slug name category category_name description documentation functions statuses options backoffice_fields "
     "global_actions criticality_levels status_remapping last_modification"},
    {"mail-template", "kind slug name category category_name description documentation subject body attachments"},
    {"comment-template", "kind slug name category category_name description documentation comment attachments"},
    {"source",
     "kind slug name category category_name description documentation source cache_duration query_parameter "
     "id_parameter data_attribute id_attribute text_attribute qs_data record_on_errors notify_on_errors id_property "
     "label_template_property external external_status external_type users_included_roles users_excluded_roles "
     "include_disabled_users"},
    {"category", "kind slug name description position of export_roles statistics_roles management_roles redirect_url "
                 "homepage_position limit"},
    {"block", "kind slug name category category_name description documentation fields digest_template post_conditions"},
    {"field",
     "id type label varname required hint condition display_locations extra_css_class anonymise prefill in_filters "
     "default_value documentation"},
    {"field:string", "maxlength validation source size use_hint_as_first_option"},
    {"field:email", "size"},
    {"field:text", "rows cols maxlength display_mode pre source validation"},
    {"field:numeric", "restrict_to_integers min_value max_value"},
    {"field:date", "minimum_date maximum_date minimum_is_future date_in_the_past date_can_be_today"},
    {"field:bool", ""},
    {"field:item",
     "items source display_mode use_hint_as_first_option display_disabled_items initial_date_alignment "
     "image_desktop_size image_mobile_size initial_zoom min_zoom max_zoom radio_orientation custom_view_id "
     "show_as_radio initial_position default_position position_template marker_behaviour"},
    {"field:items",
     "items source display_mode min_choices max_choices display_disabled_items image_desktop_size image_mobile_size "
     "radio_orientation"},
    {"field:map", "initial_zoom min_zoom max_zoom initial_position default_position position_template init_with_geoloc "
                  "inside_area"},
    {"field:address", "precision"},
    {"field:file", "max_file_size max_files max_total_size document_type allow_portfolio_picking "
                   "automatic_image_resize remove_metadata camera "
                   "storage quality "
                   "validation_functions"},
    {"field:ranked-items", "items randomize_items"},
    {"field:time-range", "source display_mode"},
    {"field:password", "min_length max_length count_uppercase count_lowercase count_digit count_special confirmation "
                       "confirmation_title strength_indicator formats"},
    {"field:computed", "value_template freeze_on_initial_value source"},
    {"field:block", "block fields digest_template post_conditions max_items min_items default_items_count "
                    "label_display remove_button add_element_label remove_element_label row_labels "
                    "total_row publik_type"},
    {"field:comment", ""},
    {"field:title", ""},
    {"field:subtitle", ""},
    {"field:page", "post_conditions stops"},
    {"status", "id name colour visibility forced_endpoint backoffice_info_text extra_css_class loop_items_template "
               "after_loop_status documentation actions"},
    {"global", "id name backoffice_info_text documentation actions triggers"},
    {"trigger:manual", "type id roles statuses allow_as_mass_action require_confirmation confirmation_text"},
    {"trigger:timeout",
     "type id anchor anchor_template anchor_expression anchor_status_first anchor_status_latest timeout"},
    {"trigger:webservice", "type id identifier roles statuses"},
    {"action", "type id condition documentation label"},
    {"action:jump", "status mode timeout trigger by set_marker_on_status identifier"},
    {"action:choice",
     "by status require_confirmation confirmation_text ignore_form_errors backoffice_info_text set_marker_on_status "
     "allow_as_mass_action identifier"},
    {"action:jumponsubmit", "status set_marker_on_status identifier"},
    {"action:form",
     "by varname fields hide_submit_button post_conditions include_in_form_history backoffice_info_text"},
    {"action:addattachment",
     "title display_title button_label display_button required hint by varname backoffice_filefield_id "
     "attach_to_history allow_portfolio_picking push_to_portfolio document_type max_file_size backoffice_info_text"},
    {"action:export_to_model",
     "model_file_mode model_file model_file_template filename convert_to_pdf method by varname backoffice_filefield_id "
     "attach_to_history push_to_portfolio backoffice_info_text"},
    {"action:editable",
     "by status operation_mode page_identifier set_marker_on_status identifier backoffice_info_text"},
    {"action:commentable", "button_label hint required varname by backoffice_info_text"},
    {"action:sendmail", "to subject body mail_template attachments custom_from varname comment"},
    {"action:aggregationemail", "to"},
    {"action:geolocate", "method address_string map_variable photo_variable overwrite"},
    {"action:inform", "to subject body sms preference target_url repeat"},
    {"action:ask-documents", "by documents delay status backoffice_info_text set_marker_on_status identifier"},
    {"action:give-documents", "by document_type max_file_size status set_marker_on_status identifier"},
    {"action:notification", "to title body target_url origin users_template"},
    {"action:assign_carddata",
     "formdef_slug target_mode target_id user_association_mode user_association_template action_label"},
    {"action:edit_carddata", "action_label formdef_slug target_mode target_id mappings map_fields_by_varname"},
    {"action:create_carddata", "action_label formdef_slug map_fields_by_varname mappings user_association_mode "
                               "user_association_template varname keep_user"},
    {"action:create_formdata",
     "action_label formdef_slug map_fields_by_varname mappings user_association_mode user_association_template varname "
     "keep_user backoffice_submission keep_submission_context attach_to_history draft draft_edit_operation_mode "
     "page_identifier"},
    {"action:dispatch", "role_key dispatch_type role_id variable rules operation_mode"},
    {"action:displaymsg", "message level position to"},
    {"action:register-comment", "comment comment_template to level attachments"},
    {"action:sendsms", "to_mode to body counter_name"},
    {"action:webservice_call",
     "url method qs_data post post_data request_signature_key timeout cache_duration response_type varname "
     "backoffice_filefield_id attach_file_to_history store_all_responses action_on_app_error action_on_4xx "
     "action_on_5xx action_on_bad_data action_on_network_errors action_on_other_errors notify_on_errors "
     "record_on_errors record_errors set_marker_on_status"},
    {"action:set-backoffice-fields", "fields"},
    {"action:redirect_to_url", "url"},
    {"action:anonymise", "mode unlink_user"},
    {"action:remove", ""},
};

static const char *keys_of(str of)
{
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (str_eq(of, str_of(known[i].of)))
            return known[i].keys;
    return NULL;
}

static bool has_key(const char *keys, str key, struct near_search *search)
{
    for (str word, rest = str_of(keys); rest.len > 0 && str_next(&rest, ' ', &word);) {
        if (str_eq(word, key))
            return true;
        near_try(search, word);
    }
    return false;
}

/* The keys of an object, against those of all of its sort and those of its type. */
static void check(struct linting *linting, const json_t *object, const char *sort, const char *own, str where)
{
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)object, key, value)
    {
        struct near_search search = {.word = str_of(key)};
        if (has_key(sort, search.word, &search) || has_key(own, search.word, &search))
            continue;
        str end = near_say(linting->arena, &search);
        linting_add(linting, false, where, "La clé « %s » n’est lue par personne%.*s", key, STR_ARG(end));
    }
}

/* Parts of a type that does not run are told by that alone: their keys are Publik's. */
static void check_typed(struct linting *linting, const json_t *object, const char *sort, str where)
{
    str type = json_str(object, "type");
    const char *own = keys_of(str_fmt(linting->arena, "%s:%.*s", sort, STR_ARG(type))), *common = keys_of(str_of(sort));
    if (own != NULL)
        check(linting, object, common == NULL ? "" : common, own, where);
}

static void check_fields(struct linting *linting, const json_t *fields, str around)
{
    for (size_t i = 0; i < json_array_size(fields); i++) {
        const json_t *field = json_array_get(fields, i);
        check_typed(linting, field, "field",
                    str_fmt(linting->arena, "%.*schamp %.*s", STR_ARG(around), STR_ARG(json_str(field, "id"))));
        if (str_eq(json_str(field, "type"), STR("block")))
            check_fields(linting, json_list(field, "fields"),
                         str_fmt(linting->arena, "%.*schamp %.*s, ", STR_ARG(around), STR_ARG(json_str(field, "id"))));
    }
}

static void check_actions(struct linting *linting, const json_t *actions, str around)
{
    for (size_t i = 0; i < json_array_size(actions); i++) {
        const json_t *action = json_array_get(actions, i);
        str type = json_str(action, "type");
        str where = str_fmt(linting->arena, "%.*s, action %zu (%.*s)", STR_ARG(around), i + 1, STR_ARG(type));
        check_typed(linting, action, "action", where);
        if (str_eq(type, STR("form")))
            check_fields(linting, json_list(action, "fields"), str_fmt(linting->arena, "%.*s, ", STR_ARG(where)));
    }
}

static void check_parts(struct linting *linting, const char *list, const char *sort, const char *what)
{
    const json_t *parts = json_list(linting->json, list);
    for (size_t i = 0; i < json_array_size(parts); i++) {
        const json_t *part = json_array_get(parts, i), *triggers = json_list(part, "triggers");
        str where = str_fmt(linting->arena, "%s « %.*s »", what, STR_ARG(json_str(part, "name")));
        check(linting, part, keys_of(str_of(sort)), "", where);
        check_actions(linting, json_list(part, "actions"), where);
        for (size_t k = 0; k < json_array_size(triggers); k++)
            check_typed(linting, json_array_get(triggers, k), "trigger", where);
    }
}

void linting_keys(struct linting *linting)
{
    const char *keys = keys_of(linting->kind);
    if (keys == NULL) /* kept whole, not run */
        return;
    check(linting, linting->json, keys, "", STR_EMPTY);
    check_fields(linting, json_list(linting->json, "fields"), STR_EMPTY);
    check_fields(linting, json_list(linting->json, "options"), STR("option, "));
    check_fields(linting, json_list(linting->json, "backoffice_fields"), STR("donnée de traitement, "));
    check_parts(linting, "statuses", "status", "statut");
    check_parts(linting, "global_actions", "global", "action globale");
}
