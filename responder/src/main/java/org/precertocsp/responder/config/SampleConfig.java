package org.precertocsp.responder.config;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Configurations to start from. `sample.yaml` explains every key with its unit and its default,
/// and is valid YAML as it is. The configuration that an operator starts with is made from it by
/// commenting out every optional key, so that the two never differ.
public final class SampleConfig {
    /// The keys that stay active: without them a responder cannot start.
    private static final Set<String> ACTIVE =
            Set.of(
                    "store",
                    "store.directory",
                    "http",
                    "http.listen",
                    "admin",
                    "admin.listen",
                    "issuers",
                    "issuers[0]",
                    "issuers[0].name",
                    "issuers[0].certificates",
                    "issuers[0].certificates[0]",
                    "issuers[0].profile",
                    "issuers[0].responder",
                    "issuers[0].responder.certificate",
                    "issuers[0].responder.key",
                    "issuers[0].responder.key.pem",
                    "issuers[0].responder.key.pem.file");

    private static final Pattern LINE =
            Pattern.compile("( *)(- +)?(?:([A-Za-z0-9]+):(?: .*)?|[^#\\s-].*)?");

    private SampleConfig() {}

    /// Every key active with its default, or with an example where it has none.
    public static String full() {
        try (InputStream sample = SampleConfig.class.getResourceAsStream("sample.yaml")) {
            if (sample == null) {
                throw new IllegalStateException("sample.yaml is not beside " + SampleConfig.class);
            }
            return new String(sample.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The minimal configuration, everything else commented out: valid as soon as the files it
    /// names exist.
    public static String text() {
        return minimal(Map.of());
    }

    /// The same, with these values instead of the sample's.
    ///
    /// @param own the files to name; each is optional
    public static String text(Own own) {
        Map<String, String> values = new HashMap<>();
        own.store().ifPresent(it -> values.put("store.directory", quoted(it)));
        own.issuer()
                .ifPresent(
                        it -> {
                            values.put("issuers[0].certificates[0]", quoted(it));
                            values.put("issuers[0].name", name(it));
                        });
        own.responder().ifPresent(it -> values.put("issuers[0].responder.certificate", quoted(it)));
        own.key().ifPresent(it -> values.put("issuers[0].responder.key.pem.file", quoted(it)));
        return minimal(values);
    }

    /// The files that an operator already has.
    ///
    /// @param store the store's directory
    /// @param issuer the CA certificate
    /// @param responder the responder certificate
    /// @param key its private key in PEM
    public record Own(
            Optional<Path> store,
            Optional<Path> issuer,
            Optional<Path> responder,
            Optional<Path> key) {}

    private static String quoted(Path path) {
        return "\"" + path.toString().replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
    }

    /// A file's name without its extension, in the characters that issuer names may have.
    private static String name(Path certificate) {
        String file = String.valueOf(certificate.getFileName());
        String stem = file.replaceFirst("\\.[^.]*$", "").replaceAll("[^A-Za-z0-9._-]+", "-");
        return stem.matches("[A-Za-z0-9].*") ? stem : "issuer";
    }

    private static String minimal(Map<String, String> values) {
        StringBuilder text = new StringBuilder();
        Places places = new Places();
        for (String line : full().lines().toList()) {
            Matcher parts = LINE.matcher(line);
            if (line.isBlank() || !parts.matches()) {
                // "  - # comment" opens an item whose keys follow.
                if (line.matches(" *- +#.*")) {
                    String item = places.item(line.indexOf('-'), "");
                    text.append(ACTIVE.contains(item) ? line : commented(line)).append('\n');
                } else {
                    text.append(line).append('\n');
                }
                continue;
            }
            String indent = parts.group(1);
            String path =
                    parts.group(2) == null
                            ? places.key(indent.length(), String.valueOf(parts.group(3)))
                            : places.item(
                                    indent.length(),
                                    parts.group(3) == null ? "" : String.valueOf(parts.group(3)));
            if (ACTIVE.contains(path)) {
                String value = values.get(path);
                text.append(value == null ? line : line.replaceFirst("(- |: ).*$", "$1") + value);
            } else {
                text.append(commented(line));
            }
            text.append('\n');
        }
        return text.toString();
    }

    private static String commented(String line) {
        return line.replaceFirst("^( *)", "$1#");
    }

    /// The position in the document of each line, by its indentation.
    private static final class Places {
        private record Level(int indent, String path) {}

        private final Deque<Level> open = new ArrayDeque<>();
        private final Set<String> items = new HashSet<>();

        String key(int indent, String key) {
            String parent = parent(indent);
            return opened(indent, parent.isEmpty() ? key : parent + "." + key);
        }

        /// @param key of the mapping that begins on the same line, or empty
        String item(int indent, String key) {
            String list = parent(indent);
            int number = 0;
            while (!items.add(list + "[" + number + "]")) {
                number++;
            }
            String item = opened(indent, list + "[" + number + "]");
            return key.isEmpty() ? item : opened(indent + 2, item + "." + key);
        }

        private String parent(int indent) {
            while (!open.isEmpty() && open.peek().indent() >= indent) {
                open.pop();
            }
            return open.isEmpty() ? "" : open.peek().path();
        }

        private String opened(int indent, String path) {
            open.push(new Level(indent, path));
            return path;
        }
    }
}
