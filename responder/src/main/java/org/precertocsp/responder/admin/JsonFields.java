package org.precertocsp.responder.admin;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Instant;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Optional;
import java.util.Set;
import org.precertocsp.ocsp.RevocationReason;
import org.precertocsp.responder.intake.DisplayText;
import org.precertocsp.responder.intake.ReasonParser;
import org.precertocsp.responder.intake.TimeParser;
import org.precertocsp.responder.io.Json;

/// The fields of one JSON object. A field that no reader has read is unknown and is rejected, so
/// that a misspelt one is never ignored.
public final class JsonFields {
    private final JsonNode object;
    private final Set<String> asked = new HashSet<>();

    private JsonFields(JsonNode object) {
        this.object = object;
    }

    /// @throws ApiException it is not one JSON object
    public static JsonFields of(byte[] json) throws ApiException {
        try {
            JsonNode node = Json.STRICT.readTree(json);
            if (!node.isObject()) {
                throw malformed("expected one JSON object");
            }
            return new JsonFields(node);
        } catch (JsonProcessingException e) {
            throw malformed("not JSON: " + e.getOriginalMessage());
        } catch (IOException e) {
            throw malformed("not JSON: " + e.getMessage());
        }
    }

    private static ApiException malformed(String detail) {
        return ApiException.of(ApiException.Kind.MALFORMED, detail);
    }

    public Optional<String> text(String name) throws ApiException {
        asked.add(name);
        JsonNode value = object.get(name);
        if (value == null || value.isNull()) {
            return Optional.empty();
        }
        if (!value.isTextual()) {
            throw ApiException.field(name, "expected a string");
        }
        return Optional.of(value.textValue());
    }

    /// False where it is absent.
    boolean flag(String name) throws ApiException {
        asked.add(name);
        JsonNode value = object.get(name);
        if (value == null || value.isNull()) {
            return false;
        }
        if (!value.isBoolean()) {
            throw ApiException.field(name, "expected true or false");
        }
        return value.booleanValue();
    }

    public String required(String name) throws ApiException {
        return text(name).orElseThrow(() -> ApiException.field(name, "is missing"));
    }

    /// Whole seconds.
    Optional<Instant> time(String name) throws ApiException {
        Optional<String> text = text(name);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        // In a list an invalid date is left out; here the caller can correct it.
        Optional<Instant> time =
                TimeParser.parse(text.get())
                        .filter(it -> !it.zoneAssumed() && text.get().indexOf(':') > 0)
                        .map(TimeParser.Parsed::time);
        if (time.isEmpty()) {
            throw ApiException.field(
                    name,
                    "'%s' is not an ISO 8601 time with its offset, such as 2026-03-01T12:00:00Z"
                            .formatted(DisplayText.of(text.get())));
        }
        return time;
    }

    Optional<RevocationReason> reason(String name) throws ApiException {
        Optional<String> text = text(name);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(
                ReasonParser.read(text.get())
                        .filter(
                                it ->
                                        it != RevocationReason.UNSPECIFIED
                                                || isUnspecified(text.get()))
                        .orElseThrow(
                                () ->
                                        ApiException.field(
                                                name,
                                                "'%s' is not a reason of RFC 5280 §5.3.1, such as keyCompromise"
                                                        .formatted(DisplayText.of(text.get())))));
    }

    /// Texts that mean no reason in lists are errors here: a caller writes `unspecified`.
    private static boolean isUnspecified(String text) {
        return text.strip().equalsIgnoreCase("unspecified") || text.strip().equals("0");
    }

    /// To be called when all known fields were read.
    public void refuseOthers() throws ApiException {
        for (Iterator<String> names = object.fieldNames(); names.hasNext(); ) {
            String name = names.next();
            if (!asked.contains(name)) {
                throw ApiException.field(name, "unknown field");
            }
        }
    }
}
