package org.precertocsp.responder.audit;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// Writes JSON in the canonical form of RFC 8785: keys ordered by their UTF-16 units, no
/// whitespace, strings escaped only where required. Numbers are integers, so they need no special
/// form.
public final class CanonicalJson {
    /// Beyond this, numbers lose digits in other readers (RFC 8785 §3.2.2.3).
    private static final long MAX_NUMBER = (1L << 53) - 1;

    private CanonicalJson() {}

    /// A value that is canonical JSON already, such as a long list that its caller assembled.
    ///
    /// @param text plain ASCII
    public record Ready(String text) {}

    /// @param fields strings, whole numbers, booleans, [Ready]s, and lists and maps of them
    public static byte[] object(Map<String, ?> fields) {
        StringBuilder text = new StringBuilder(256);
        writeObject(text, fields);
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static void writeObject(StringBuilder text, Map<?, ?> fields) {
        SortedMap<String, Object> sorted = new TreeMap<>();
        fields.forEach((key, value) -> sorted.put((String) key, value));
        char separator = '{';
        for (Map.Entry<String, Object> field : sorted.entrySet()) {
            text.append(separator);
            writeString(text, field.getKey());
            text.append(':');
            write(text, field.getValue());
            separator = ',';
        }
        text.append(separator == '{' ? "{}" : "}");
    }

    private static void write(StringBuilder text, Object value) {
        switch (value) {
            case String string -> writeString(text, string);
            case Long number -> writeNumber(text, number);
            case Integer number -> writeNumber(text, number);
            case Boolean truth -> text.append(truth.booleanValue());
            case Ready ready -> text.append(ready.text());
            case Map<?, ?> map -> writeObject(text, map);
            case List<?> list -> writeList(text, list);
            default -> throw new IllegalArgumentException("no JSON for " + value.getClass());
        }
    }

    private static void writeList(StringBuilder text, List<?> list) {
        char separator = '[';
        for (Object value : list) {
            text.append(separator);
            write(text, value);
            separator = ',';
        }
        text.append(separator == '[' ? "[]" : "]");
    }

    private static void writeNumber(StringBuilder text, long number) {
        if (Math.abs(number) > MAX_NUMBER) {
            throw new IllegalArgumentException(number + " is too large for a JSON number");
        }
        text.append(number);
    }

    private static void writeString(StringBuilder text, String string) {
        text.append('"');
        for (int i = 0; i < string.length(); i++) {
            writeCharacter(text, string, i);
        }
        text.append('"');
    }

    private static void writeCharacter(StringBuilder text, String string, int at) {
        char c = string.charAt(at);
        switch (c) {
            case '"' -> text.append("\\\"");
            case '\\' -> text.append("\\\\");
            case '\b' -> text.append("\\b");
            case '\t' -> text.append("\\t");
            case '\n' -> text.append("\\n");
            case '\f' -> text.append("\\f");
            case '\r' -> text.append("\\r");
            default -> {
                if (c < 0x20) {
                    text.append("\\u00").append(c < 0x10 ? '0' : '1');
                    text.append(Character.forDigit(c & 0xf, 16));
                } else {
                    // Half a surrogate pair has no UTF-8; a file's name may contain one.
                    text.append(isLone(string, at) ? '\uFFFD' : c);
                }
            }
        }
    }

    private static boolean isLone(String string, int at) {
        char c = string.charAt(at);
        if (Character.isHighSurrogate(c)) {
            return at + 1 == string.length() || !Character.isLowSurrogate(string.charAt(at + 1));
        }
        return Character.isLowSurrogate(c)
                && (at == 0 || !Character.isHighSurrogate(string.charAt(at - 1)));
    }
}
