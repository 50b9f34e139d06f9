package org.precertocsp.responder.admin;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;

/// As much of JSON Schema as our document uses; a keyword it does not know fails the test.
record JsonSchema(JsonNode document) {
    private static final List<String> REMARKS = List.of("description", "examples");

    void check(JsonNode schema, JsonNode value, String where) {
        schema.properties()
                .forEach(
                        keyword ->
                                check(keyword.getKey(), keyword.getValue(), schema, value, where));
    }

    private void check(
            String keyword, JsonNode rule, JsonNode schema, JsonNode value, String where) {
        switch (keyword) {
            case "$ref" -> check(document.at(rule.asText().substring(1)), value, where);
            case "type" -> assertThat(type(value)).as(where).isEqualTo(rule.asText());
            case "enum" -> assertThat(rule).as(where).contains(value);
            case "pattern" -> assertThat(value.asText()).as(where).matches(rule.asText());
            case "minLength" ->
                    assertThat(value.asText().length())
                            .as(where)
                            .isGreaterThanOrEqualTo(rule.asInt());
            case "maxLength" ->
                    assertThat(value.asText().length()).as(where).isLessThanOrEqualTo(rule.asInt());
            case "format" -> checkFormat(rule.asText(), value);
            case "items" -> value.forEach(item -> check(rule, item, where + "[]"));
            case "required" ->
                    rule.forEach(
                            name ->
                                    assertThat(value.has(name.asText()))
                                            .as("%s has %s", where, name)
                                            .isTrue());
            case "properties" ->
                    rule.properties().stream()
                            .filter(it -> value.has(it.getKey()))
                            .forEach(
                                    it ->
                                            check(
                                                    it.getValue(),
                                                    value.get(it.getKey()),
                                                    where + "." + it.getKey()));
            case "additionalProperties" -> checkNoOthers(schema, value, where);
            default -> assertThat(REMARKS).as("keyword").contains(keyword);
        }
    }

    private static void checkFormat(String format, JsonNode value) {
        if (format.equals("date-time")) {
            OffsetDateTime.parse(value.asText());
        }
    }

    private static void checkNoOthers(JsonNode schema, JsonNode value, String where) {
        List<String> known = new ArrayList<>();
        schema.path("properties").fieldNames().forEachRemaining(known::add);
        List<String> present = new ArrayList<>();
        value.fieldNames().forEachRemaining(present::add);
        assertThat(known).as(where).containsAll(present);
    }

    private static String type(JsonNode value) {
        return switch (value.getNodeType()) {
            case OBJECT -> "object";
            case ARRAY -> "array";
            case STRING -> "string";
            case BOOLEAN -> "boolean";
            case NUMBER -> value.isIntegralNumber() ? "integer" : "number";
            default -> "null";
        };
    }
}
