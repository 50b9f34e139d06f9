package org.precertocsp.responder.audit;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.precertocsp.responder.io.Json;

/// One record as stored in a file, parsed only as far as needed: chains are verified over millions.
public final class AuditRecord {
    private final byte[] bytes;
    private final long number;
    private final String kind;
    private final String previous;

    private final String at;

    private AuditRecord(byte[] bytes, long number, String kind, String previous, String at) {
        this.bytes = bytes;
        this.number = number;
        this.kind = kind;
        this.previous = previous;
        this.at = at;
    }

    /// Parses the fields that chain the record to others; empty if this is not a record.
    ///
    /// @param bytes the line without its end; stored without copying, so never changed afterwards
    public static Optional<AuditRecord> read(byte[] bytes) {
        try (JsonParser parser = Json.MAPPER.createParser(bytes)) {
            return read(bytes, parser);
        } catch (IOException _) {
            // How Jackson reports invalid JSON.
            return Optional.empty();
        }
    }

    private static Optional<AuditRecord> read(byte[] bytes, JsonParser parser) throws IOException {
        if (parser.nextToken() != JsonToken.START_OBJECT) {
            return Optional.empty();
        }
        long number = -1;
        @Nullable String kind = null;
        @Nullable String previous = null;
        String at = "";
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            JsonToken value = parser.nextToken();
            if (name.equals("n") && value == JsonToken.VALUE_NUMBER_INT) {
                number = parser.getLongValue();
            } else if (name.equals("kind") && value == JsonToken.VALUE_STRING) {
                kind = parser.getText();
            } else if (name.equals("previous") && value == JsonToken.VALUE_STRING) {
                previous = parser.getText();
            } else if (name.equals("at") && value == JsonToken.VALUE_STRING) {
                at = parser.getText();
            } else {
                parser.skipChildren();
            }
        }
        return number < 0 || kind == null || previous == null || parser.nextToken() != null
                ? Optional.empty()
                : Optional.of(new AuditRecord(bytes, number, kind, previous, at));
    }

    /// Its index in the log, counted from 0.
    public long number() {
        return number;
    }

    public String kind() {
        return kind;
    }

    /// The leaf hash of the record before it, in hexadecimal.
    public String previous() {
        return previous;
    }

    /// When it was written, in ISO 8601; empty for a checkpoint, which does not contain its time.
    public String at() {
        return at;
    }

    /// The record as written; never to be changed.
    public byte[] bytes() {
        return bytes;
    }

    public boolean is(byte[] other) {
        return Arrays.equals(bytes, other);
    }

    /// A field that is a whole number; 0 if there is none. For large records, of which nothing else
    /// is needed: an object for each value takes several times as long.
    long whole(String field) {
        try (JsonParser parser = Json.MAPPER.createParser(bytes)) {
            parser.nextToken();
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                JsonToken value = parser.nextToken();
                if (name.equals(field)) {
                    return value == JsonToken.VALUE_NUMBER_INT ? parser.getLongValue() : 0;
                }
                parser.skipChildren();
            }
            return 0;
        } catch (IOException e) {
            throw new IllegalStateException("it was read as JSON before", e);
        }
    }

    /// The whole record, for callers that need more than the chain does.
    public JsonNode tree() {
        try {
            return Json.MAPPER.readTree(bytes);
        } catch (IOException e) {
            throw new IllegalStateException("it was read as JSON before", e);
        }
    }
}
