package org.precertocsp.responder.io;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import org.precertocsp.der.ByteString;

/// How this program reads and writes JSON: records as objects, times as ISO 8601 in UTC,
/// [ByteString] in hexadecimal, an empty `Optional` as null.
///
/// There are two configurations for two kinds of writers. [#MAPPER] reads files and replies of our
/// own programs, and ignores unknown fields, since a newer version may write more. [#STRICT] reads
/// requests of people and other programs, and rejects duplicate fields and any data after the end:
/// a mistake must not be ignored.
public final class Json {
    /// For JSON from our own programs, and for all output. Its parser and tree methods are also
    /// used for documents of third parties.
    public static final JsonMapper MAPPER =
            JsonMapper.builder()
                    .addModule(new Jdk8Module())
                    .addModule(new JavaTimeModule())
                    .addModule(
                            new SimpleModule()
                                    .addSerializer(ByteString.class, ToStringSerializer.instance))
                    .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
                    .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                    .build();

    /// For JSON from callers.
    public static final JsonMapper STRICT =
            MAPPER.rebuild()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .build();

    private static final ObjectMapper SPARSE =
            MAPPER.rebuild()
                    .defaultPropertyInclusion(
                            JsonInclude.Value.construct(
                                    JsonInclude.Include.NON_ABSENT, JsonInclude.Include.NON_ABSENT))
                    .build();

    private Json() {}

    /// One line, without its end; every field of a record is present, absent ones as null.
    ///
    /// @param value a record, map, list or tree of plain data
    public static String line(Object value) {
        return write(() -> MAPPER.writeValueAsString(value));
    }

    /// As [#line], but fields that are absent are left out.
    public static String sparseLine(Object value) {
        return write(() -> SPARSE.writeValueAsString(value));
    }

    /// As [#line], in UTF-8.
    public static byte[] bytes(Object value) {
        return write(() -> MAPPER.writeValueAsBytes(value));
    }

    /// As [#line], indented over several lines, for files that people read, too.
    public static String indented(Object value) {
        return write(() -> MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(value));
    }

    private interface Writing<T> {
        T write() throws JsonProcessingException;
    }

    private static <T> T write(Writing<T> writing) {
        try {
            return writing.write();
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("plain data can always be written", e);
        }
    }
}
