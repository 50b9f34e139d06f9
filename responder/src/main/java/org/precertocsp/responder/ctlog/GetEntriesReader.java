package org.precertocsp.responder.ctlog;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.Base64;
import java.util.Optional;
import org.precertocsp.responder.io.Json;

/// Reads the entries of a get-entries response (RFC 6962 §4.6).
///
/// Reads token by token: the chains of other issuers' entries, most of the response, are neither
/// decoded nor kept.
public final class GetEntriesReader {
    private GetEntriesReader() {}

    /// Reads a response from its first entry to its last, at most `most`.
    ///
    /// @param first index of the first entry, as requested
    /// @throws MalformedEntryException the answer is not what §4.6 describes; nothing of it is
    ///   usable
    public static EntryPage read(byte[] json, long first, int most, IssuerFilter ours)
            throws MalformedEntryException {
        EntryFilter filter = new EntryFilter(ours, first);
        try (JsonParser parser = Json.MAPPER.createParser(json)) {
            findEntries(parser);
            while (parser.nextToken() == JsonToken.START_OBJECT && filter.count() < most) {
                readOne(parser, filter);
            }
        } catch (IOException | IllegalArgumentException e) {
            // The library's message would contain parts of the response.
            throw new MalformedEntryException(
                    "the answer is not JSON of entries in base64, after %d of them"
                            .formatted(filter.count()));
        }
        return filter.page();
    }

    private static void findEntries(JsonParser parser) throws IOException, MalformedEntryException {
        if (parser.nextToken() != JsonToken.START_OBJECT) {
            throw new MalformedEntryException("the answer is not a JSON object");
        }
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            boolean entries = parser.currentName().equals("entries");
            JsonToken value = parser.nextToken();
            if (entries && value == JsonToken.START_ARRAY) {
                return;
            }
            parser.skipChildren();
        }
        throw new MalformedEntryException("the answer has no array named entries");
    }

    private static void readOne(JsonParser parser, EntryFilter filter)
            throws IOException, MalformedEntryException {
        Optional<TimestampedEntry> found = Optional.empty();
        boolean leafSeen = false;
        boolean kept = false;
        Optional<String> early = Optional.empty();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            JsonToken value = parser.nextToken();
            if (name.equals("leaf_input") && value == JsonToken.VALUE_STRING && !leafSeen) {
                leafSeen = true;
                found = filter.add(parser.getBinaryValue());
                if (found.isPresent() && early.isPresent()) {
                    keep(filter, found.get(), Base64.getDecoder().decode(early.get()));
                    kept = true;
                }
            } else if (name.equals("extra_data") && value == JsonToken.VALUE_STRING) {
                if (!leafSeen) {
                    early = Optional.of(parser.getText());
                } else if (found.isPresent() && !kept) {
                    keep(filter, found.get(), parser.getBinaryValue());
                    kept = true;
                }
            } else {
                parser.skipChildren();
            }
        }
        if (!leafSeen) {
            throw new MalformedEntryException(
                    "entry %d has no leaf_input".formatted(filter.count()));
        }
        if (found.isPresent() && !kept) {
            filter.markUnreadable();
        }
    }

    // The extra data proves nothing, so it is only counted if it cannot be parsed.
    private static void keep(EntryFilter filter, TimestampedEntry entry, byte[] extraData) {
        try {
            filter.keep(entry, EntryExtraData.ofExtraData(extraData, entry.kind()));
        } catch (MalformedEntryException _) {
            filter.markUnreadable();
        }
    }
}
