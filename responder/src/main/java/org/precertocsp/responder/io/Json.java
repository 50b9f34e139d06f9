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
/// There are two settings for two kinds of writers. Files and replies of our own programs are read
/// with [#MAPPER], which ignores fields it does not know, since a newer version may write more.
/// Requests of people and other programs are read with [#STRICT], which rejects a field that is
/// there twice and anything behind the end: a mistake must not be passed over.
public final class Json {
    /// For what our own programs wrote, and for all that is written. Its parser and tree methods
    /// are for documents of others, too.
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

    /// For what a caller wrote.
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

    /// One line, without its end; every field of a record is there, absent ones as null.
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
